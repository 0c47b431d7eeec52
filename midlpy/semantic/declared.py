"""Declared types: levels around a core, attributes attached, nothing decided yet.

A declaration such as ``[size_is(n)] PBYTE *a[4]`` reads outward from its name: an array,
a pointer, then the levels the typedef brings. Attributes belong to one of these levels
each. Only where a type is used are pointer kinds, strings and sizes settled, because only
there are the neighbours known; so typedefs keep this form, and the model does not.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import ir

if TYPE_CHECKING:
    from midlpy.semantic.scope import Constructed, FileScope


# The rule of what refuses the operations that reach it, and no more.
REFUSED: Final = "operation-refused"


class Count(Struct, frozen=True):
    """An expression of size_is and its kin; its names are looked up where it is used.

    *scope* is the file it is written in, for constants.
    """

    attribute: str
    expression: ast.Expression
    scope: FileScope
    span: Span


class Form(Enum):
    """What a level is."""

    POINTER = "pointer"
    ARRAY = "array"


class Level(Struct, frozen=True):
    """One pointer or one array dimension.

    *kind* is the pointer attribute that was written for it, *default* what applies
    otherwise inside a type. *bound* is the element count of a fixed array, None of an
    open one, whose *counts* stand there. *is_own*: written here, not brought by a typedef.
    """

    form: Form
    span: Span
    default: ir.PointerKind
    kind: ir.PointerKind | None = None
    bound: int | None = None
    size: Count | None = None
    length: Count | None = None
    first: Count | None = None
    is_string: bool = False
    is_own: bool = True
    has_default: bool = True
    counts: ast.Counts = ast.Counts.AHEAD

    @property
    def is_pointer(self) -> bool:
        return self.form is Form.POINTER

    @property
    def is_open(self) -> bool:
        """An array whose element count is not known here."""
        return self.form is Form.ARRAY and self.bound is None


class Void(Struct, frozen=True):
    """``void``."""


class Function(Struct, frozen=True):
    """What a function pointer points to."""

    span: Span


class Poison(Struct, frozen=True):
    """A mistake reported already; whatever follows from it is not worth a word."""

    span: Span


class InterfaceName(Struct, frozen=True):
    """A COM interface in the place of a type."""

    name: str


class Incomplete(Struct, frozen=True):
    """A struct, union or enum that is named and never gets a body."""

    label: str
    span: Span


class Untransmissible(Struct, frozen=True):
    """A type that is known and cannot travel; *rule* says so where it would have to."""

    reason: str
    rule: str


class Octets(Struct, frozen=True):
    """Octets behind their count: an open array that needs nobody to size it."""

    is_in_place: bool = False


Unnamed: TypeAlias = (
    ir.Base
    | ir.Guid
    | ir.BindingHandle
    | Void
    | Function
    | Poison
    | InterfaceName
    | Incomplete
    | Untransmissible
    | Octets
)

Core: TypeAlias = "Unnamed | Constructed"


class Declared(Struct, frozen=True):
    """*levels* outermost first. *text* is the type as the user spells it.

    *is_handle*: a ``[handle]`` typedef is among its names. *marshalled*: the attribute
    (transmit_as and its kin) that a typedef on the way has.
    """

    levels: tuple[Level, ...]
    core: Core
    text: str
    range: ir.Range | None = None
    is_handle: bool = False
    marshalled: str | None = None

    @property
    def is_refused(self) -> bool:
        """What its dialect has and NDR has not; nothing more is to be said about it."""
        return isinstance(self.core, Untransmissible) and self.core.rule == REFUSED

    @property
    def is_poison(self) -> bool:
        return isinstance(self.core, Poison)
