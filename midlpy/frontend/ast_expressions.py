"""Nodes of the syntax tree: names and expressions, as written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from midlpy.diagnostics import Span

if TYPE_CHECKING:
    from midlpy.frontend.ast_types import TypeName


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier; of a qualified one (``lib.type``) the whole text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Integer:
    """*text* is the literal as written; *unsigned* when it has a U suffix."""

    value: int
    text: str
    unsigned: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Float:
    """Kept as text too: ``version(1.10)`` is minor 10."""

    value: float
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Character:
    """*value* is the code unit; *wide* for ``L'a'``."""

    value: int
    wide: bool
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    """*value* has its escapes resolved and adjacent literals joined."""

    value: str
    wide: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Uuid:
    """A bare UUID, as written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class NameReference:
    name: Name

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(frozen=True, slots=True)
class Unary:
    """*operator* is one of ``- + ~ ! * &``."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """*operator* as C spells it."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression
    positive: Expression
    negative: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Cast:
    """A cast whose type is spelled with type words or a star.

    ``(T)x`` with a plain name is told from a call or a sum only by knowing what T is:
    the grammar gives a Cast where a token follows that can only start an operand,
    otherwise a Call or Binary whose left side is a Parenthesis around a name.
    """

    type: TypeName
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class SizeofType:
    type: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class SizeofExpression:
    """The operand may turn out to be the name of a type."""

    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    operand: Expression
    index: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """*operator* is ``.`` or ``->``."""

    operand: Expression
    operator: str
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    function: Expression
    arguments: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parenthesis:
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Braces:
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
