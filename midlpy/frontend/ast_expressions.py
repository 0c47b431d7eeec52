"""Nodes of the syntax tree: names and expressions, as written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from midlpy.diagnostics import Span

if TYPE_CHECKING:
    from midlpy.frontend.ast_types import TypeName


class Name(Struct, frozen=True):
    """An identifier; of a qualified one (``lib.type``) the whole text."""

    text: str
    span: Span


class Integer(Struct, frozen=True):
    """*text* is the literal as written; *unsigned* when it has a U suffix."""

    value: int
    text: str
    unsigned: bool
    span: Span


class Float(Struct, frozen=True):
    """Kept as text too: ``version(1.10)`` is minor 10."""

    value: float
    text: str
    span: Span


class Character(Struct, frozen=True):
    """*value* is the code unit; *wide* for ``L'a'``."""

    value: int
    wide: bool
    span: Span


class String(Struct, frozen=True):
    """*value* has its escapes resolved and adjacent literals joined."""

    value: str
    wide: bool
    span: Span


class Uuid(Struct, frozen=True):
    """A bare UUID, as written."""

    text: str
    span: Span


class NameReference(Struct, frozen=True):
    name: Name

    @property
    def span(self) -> Span:
        return self.name.span


class Unary(Struct, frozen=True):
    """*operator* is one of ``- + ~ ! * &``."""

    operator: str
    operand: Expression
    span: Span


class Binary(Struct, frozen=True):
    """*operator* as C spells it."""

    operator: str
    left: Expression
    right: Expression
    span: Span


class Conditional(Struct, frozen=True):
    condition: Expression
    positive: Expression
    negative: Expression
    span: Span


class Cast(Struct, frozen=True):
    """A cast whose type is spelled with type words or a star.

    ``(T)x`` with a plain name is told from a call or a sum only by knowing what T is:
    the grammar gives a Cast where a token follows that can only start an operand,
    otherwise a Call or Binary whose left side is a Parenthesis around a name.
    """

    type: TypeName
    operand: Expression
    span: Span


class SizeofType(Struct, frozen=True):
    type: TypeName
    span: Span


class SizeofExpression(Struct, frozen=True):
    """The operand may turn out to be the name of a type."""

    operand: Expression
    span: Span


class Index(Struct, frozen=True):
    operand: Expression
    index: Expression
    span: Span


class Member(Struct, frozen=True):
    """*operator* is ``.`` or ``->``."""

    operand: Expression
    operator: str
    name: Name
    span: Span


class Call(Struct, frozen=True):
    function: Expression
    arguments: tuple[Expression, ...]
    span: Span


class Parenthesis(Struct, frozen=True):
    operand: Expression
    span: Span


class Braces(Struct, frozen=True):
    """A compound initialiser; legal nowhere, parsed to say so."""

    elements: tuple[Expression, ...]
    span: Span


Expression: TypeAlias = (
    Integer
    | Float
    | Character
    | String
    | Uuid
    | NameReference
    | Unary
    | Binary
    | Conditional
    | Cast
    | SizeofType
    | SizeofExpression
    | Index
    | Member
    | Call
    | Parenthesis
    | Braces
)
