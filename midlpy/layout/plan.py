"""The wire plan: every type as levels, outermost first, with nothing left to decide.

A level is one construct of NDR around the next: a pointer around an array around a
scalar. A type of its own name (struct, union, enum, context handle, pipe) ends the row
of levels, since its plan stands once, where it is declared.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias
from uuid import UUID

import msgspec

from midlpy.diagnostics import Span
from midlpy.semantic.ir import BaseKind, Expression, PointerKind


class Form(Enum):
    """What a named type is; the value is the word used in printed plans."""

    ENUM = "enum"
    STRUCT = "struct"
    UNION = "union"
    ENCAPSULATED = "encapsulated union"
    CONTEXT_HANDLE = "context handle"
    PIPE = "pipe"
    CONVERTED = "converted"


# Levels


class Scalar(msgspec.Struct, frozen=True):
    kind: BaseKind


class Guid(msgspec.Struct, frozen=True):
    """A UUID: 16 octets aligned to 4."""


class Ranged(msgspec.Struct, frozen=True):
    """Legal values of a number, or element counts of sized data; both ends included."""

    target: Type
    low: int
    high: int


class Use(msgspec.Struct, frozen=True):
    """A named type. *unit* is the path of its file; *zero* an enum's member for 0.

    *keeps_name*: only case and underscores tell it from another type of its file.
    """

    unit: str
    name: str
    form: Form
    zero: str | None = None
    keeps_name: bool = False


class Switch(msgspec.Struct, frozen=True):
    """A union in its place, with what selects the arm.

    Of a field *start* is the type of the arm it begins with, None for an empty one.
    """

    union: Use
    discriminant: Expression
    start: Type | None = None


class Pointer(msgspec.Struct, frozen=True):
    target: Type
    kind: PointerKind


class Fixed(msgspec.Struct, frozen=True):
    """*count* elements, always."""

    element: Type
    count: int


class Conformant(msgspec.Struct, frozen=True):
    """A maximum count ahead of the elements; varying too when *length* or *first* is.

    Without *size* the data say how many.
    """

    element: Type
    size: Expression | None
    length: Expression | None
    first: Expression | None


class Varying(msgspec.Struct, frozen=True):
    """Room for *bound* elements, of which some travel."""

    element: Type
    bound: int
    length: Expression | None
    first: Expression | None


class Packed(msgspec.Struct, frozen=True):
    """An array of octets or of UTF-16 code units: ``bytes`` or ``str`` as one value.

    Fixed when *bound* stands alone, varying when *length* or *first* is beside it,
    conformant (and varying) when it is None.
    """

    is_wide: bool
    bound: int | None
    size: Expression | None
    length: Expression | None
    first: Expression | None


class Text(msgspec.Struct, frozen=True):
    """Zero-terminated; *character* is CHAR, BYTE or WCHAR, the rest as in Packed."""

    character: BaseKind
    bound: int | None
    size: Expression | None


class InPlace(msgspec.Struct, frozen=True):
    """A conformant *target* whose counts stand in its place, or do not travel."""

    target: Type
    is_counted: bool


class InterfacePointer(msgspec.Struct, frozen=True):
    """A marshalled object reference, opaque octets behind a unique pointer."""


Type: TypeAlias = (
    Scalar
    | Guid
    | Ranged
    | Use
    | Switch
    | Pointer
    | Fixed
    | Conformant
    | Varying
    | Packed
    | Text
    | InPlace
    | InterfacePointer
)


# Declarations. *later* names the types of this module that are defined after the one
# that uses them, so their codecs are looked up when first needed; *in_cycle* says that
# a type can reach itself.


class Source(msgspec.Struct, frozen=True):
    """Where a declaration comes from, and what the file says there."""

    text: str
    comment: str | None
    span: Span


class Constant(msgspec.Struct, frozen=True):
    """*is_quoted*: of a ``cpp_quote``; it gives way where its name is taken."""

    name: str
    value: int | float | str | UUID | None
    source: Source
    is_quoted: bool = False


class Enumerator(msgspec.Struct, frozen=True):
    name: str
    value: int


class Enumeration(msgspec.Struct, frozen=True):
    """*octets* is its size in NDR, 2 or 4; NDR64 always takes 4.

    *is_exact*: that is its size in NDR64 too, and it has no sign. *is_flags*: a set of
    bits, which is exact.
    """

    name: str
    enumerators: tuple[Enumerator, ...]
    octets: int
    source: Source
    is_exact: bool = False
    is_flags: bool = False


class Field(msgspec.Struct, frozen=True):
    """*is_count*: a sized sibling determines it, so zero means "as many as there are".

    *start* is the number it begins with, so that a value made of defaults can travel.
    """

    name: str
    type: Type
    is_count: bool
    start: int
    span: Span


class Struct(msgspec.Struct, frozen=True):
    """*is_fixed*: every value takes the same octets. *keeps_gc*: a cycle is possible."""

    name: str
    fields: tuple[Field, ...]
    is_fixed: bool
    keeps_gc: bool
    in_cycle: bool
    later: tuple[str, ...]
    source: Source


class Arm(msgspec.Struct, frozen=True):
    """*type* is None for an arm without a value."""

    labels: tuple[int, ...]
    name: str | None
    type: Type | None


class Union(msgspec.Struct, frozen=True):
    """*default* is what all other discriminants select, None when they are illegal."""

    name: str
    discriminant: Type
    arms: tuple[Arm, ...]
    default: Arm | None
    is_ms_union: bool
    in_cycle: bool
    later: tuple[str, ...]
    source: Source


class Encapsulated(msgspec.Struct, frozen=True):
    """A value of two fields, the discriminant and the arm it selects.

    *start* is the type of the arm it begins with, None for an empty one.
    """

    name: str
    discriminant: Field
    union_name: str
    start: Type | None
    arms: tuple[Arm, ...]
    default: Arm | None
    keeps_gc: bool
    in_cycle: bool
    later: tuple[str, ...]
    source: Source


class ContextHandle(msgspec.Struct, frozen=True):
    name: str
    source: Source


class Pipe(msgspec.Struct, frozen=True):
    """*element* takes the same octets each time."""

    name: str
    element: Type
    source: Source


class Converted(msgspec.Struct, frozen=True):
    """*wire* travels; the program sees what *converter*, ``module:Class``, makes of it."""

    name: str
    wire: Type
    converter: str
    in_cycle: bool
    later: tuple[str, ...]
    source: Source


Declaration: TypeAlias = (
    Enumeration | Struct | Union | Encapsulated | ContextHandle | Pipe | Converted
)


class Parameter(msgspec.Struct, frozen=True):
    """*element* is that of a pipe; *chunk_range* bounds the elements of each chunk."""

    name: str
    type: Type
    is_in: bool
    is_out: bool
    is_pipe: bool
    is_count: bool
    element: Type | None
    chunk_range: tuple[int, int] | None
    span: Span
    is_sent: bool = True


class Operation(msgspec.Struct, frozen=True):
    """*result* is the return value's plan, None for void.

    *refusal*: why the operation is not supported; it has no parameters then.
    *has_client*: a client calls it. *notice*: the attribute that asks for the server's
    hook at its end. *serialization*: the words that make MIDL serialize it instead.
    """

    name: str
    opnum: int
    parameters: tuple[Parameter, ...]
    result: Type | None
    is_async: bool
    is_idempotent: bool
    is_broadcast: bool
    is_maybe: bool
    is_reserved: bool
    refusal: str | None
    source: Source
    called: str | None = None
    comm_status: str | None = None
    fault_status: str | None = None
    has_client: bool = True
    notice: str | None = None
    serialization: str | None = None

    @property
    def has_pipes(self) -> bool:
        return any(parameter.is_pipe for parameter in self.parameters)


class Interface(msgspec.Struct, frozen=True):
    name: str
    uuid: UUID
    version: tuple[int, int]
    endpoints: tuple[str, ...]
    operations: tuple[Operation, ...]
    callbacks: tuple[Operation, ...]
    source: Source


class Serialized(msgspec.Struct, frozen=True):
    """A type whose values make buffers of their own; *serialization* as the IDL asks."""

    name: str
    type: Type
    serialization: str
    span: Span


class Module(msgspec.Struct, frozen=True):
    """One IDL file; *types* in the order they are defined in.

    *kept* are the names of types that only case and underscores tell apart.
    """

    path: str
    comment: str | None
    uses: tuple[str, ...]  # paths of the other files whose types stand in this one
    constants: tuple[Constant, ...]
    types: tuple[Declaration, ...]
    interfaces: tuple[Interface, ...]
    kept: frozenset[str] = frozenset()
    serialized: tuple[Serialized, ...] = ()
