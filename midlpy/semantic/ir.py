"""The checked model: what the files mean. Names are bound, constants folded, rules kept.

Typedefs are gone: each use holds the type itself. Only structs, unions, enums, context
handles, pipes and converted types keep a name and are used by it (``Use``), so that types
may refer to themselves. Pointer kinds are final, sizes bound to the level they belong to.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from msgspec import Struct

from midlpy.diagnostics import Span

if TYPE_CHECKING:
    from midlpy.semantic import ir_com

# Expressions, over the siblings of what they belong to


class Constant(Struct, frozen=True):
    value: int


class Sibling(Struct, frozen=True):
    """The value of another member or parameter, by its IDL name.

    Where that is a pointer, its referent: *dereferenced* says the IDL had a star.
    """

    name: str
    dereferenced: bool = False


class Unary(Struct, frozen=True):
    """*operator* is one of ``- ~ !``."""

    operator: str
    operand: Expression


class Binary(Struct, frozen=True):
    """C's operators; ``/`` and ``%`` truncate toward zero, comparisons give 0 or 1."""

    operator: str
    left: Expression
    right: Expression


class Conditional(Struct, frozen=True):
    condition: Expression
    positive: Expression
    negative: Expression


class Convert(Struct, frozen=True):
    """A cast to an integer of *octets* octets."""

    operand: Expression
    octets: int
    is_signed: bool


Expression: TypeAlias = Constant | Sibling | Unary | Binary | Conditional | Convert


# Types


class BaseKind(Enum):
    """Base types; the value is the IDL spelling used in messages."""

    BOOLEAN = "boolean"
    BYTE = "byte"
    CHAR = "char"
    WCHAR = "wchar_t"
    INT8 = "small"
    UINT8 = "unsigned small"
    INT16 = "short"
    UINT16 = "unsigned short"
    INT32 = "long"
    UINT32 = "unsigned long"
    INT64 = "hyper"
    UINT64 = "unsigned hyper"
    INT3264 = "__int3264"
    UINT3264 = "unsigned __int3264"
    FLOAT = "float"
    DOUBLE = "double"
    ERROR_STATUS = "error_status_t"
    # Samba's dialect: 64 bits aligned to 4 octets; the last with its words swapped.
    DLONG = "dlong"
    UDLONG = "udlong"
    UDLONGR = "udlongr"
    # And 32 bits whose octets never swap: an address.
    NETWORK32 = "unsigned long in network byte order"


class Base(Struct, frozen=True):
    kind: BaseKind


class Range(Struct, frozen=True):
    """Legal values, both ends included."""

    low: int
    high: int


class Ranged(Struct, frozen=True):
    """An integer or enum with ``[range]``; of sized data the range is in its Array."""

    target: Type
    range: Range


class Guid(Struct, frozen=True):
    """The struct {long, short, short, byte[8]} under one of its usual names."""


class PointerKind(Enum):
    """May it be null; may another pointer mean the same thing."""

    REF = "ref"  # neither
    UNIQUE = "unique"  # may be null
    FULL = "ptr"  # both


class Pointer(Struct, frozen=True):
    target: Type
    kind: PointerKind


class Array(Struct, frozen=True):
    """One dimension; the element of the outer of several dimensions is an Array.

    *bound* is the fixed element count, None when conformant. *size* is the maximum count
    (max_is is already turned into size), *length* the actual count (last_is likewise),
    *first* the offset. Conformant: bound None. Varying: length or first given.
    A conformant array whose *size* is None takes it from the data.
    """

    element: Type
    bound: int | None = None
    size: Expression | None = None
    length: Expression | None = None
    first: Expression | None = None
    range: Range | None = None


class String(Struct, frozen=True):
    """Zero-terminated text; *character* is CHAR, BYTE or WCHAR.

    *bound* is the room of a fixed array (sent without a maximum count), *size* the
    maximum count of a conformant one; without both the data decide.
    """

    character: BaseKind
    bound: int | None = None
    size: Expression | None = None
    range: Range | None = None


class InPlace(Struct, frozen=True):
    """An open *target* with its counts right ahead of it, or with none.

    Samba's dialect has them. Without counts (*is_counted*) a sibling that is known ahead
    says how many elements there are, or a zero ends the text.
    """

    target: Type
    is_counted: bool = True


class Use(Struct, frozen=True):
    """A named type; *unit* is the path of the file that declares it."""

    unit: str
    name: str


class Switch(Struct, frozen=True):
    """A non-encapsulated union where it is used, with what selects its arm."""

    union: Use
    discriminant: Expression


class InterfacePointer(Struct, frozen=True):
    """A marshalled COM object reference: opaque octets behind a unique pointer."""

    name: str


class BindingHandle(Struct, frozen=True):
    """``handle_t``: never on the wire."""


class Void(Struct, frozen=True):
    """No value: the result of an operation that has none."""


class Opaque(Struct, frozen=True):
    """What cannot travel, with the reason, as in ``void *`` or a C union.

    *rule* is the slug for an operation that reaches it; "" when the mistake is reported.
    """

    reason: str
    span: Span
    rule: str = "not-transmissible"


Type: TypeAlias = (
    Base
    | Ranged
    | Guid
    | Pointer
    | Array
    | String
    | InPlace
    | Use
    | Switch
    | InterfacePointer
    | BindingHandle
    | Void
    | Opaque
)


# Declarations. *name* is the IDL name by which Use finds it and from which the Python
# name is made: the typedef name (the first that is no pointer), else the tag, else one
# composed for a nested type. *text* is the declaration as written, or "" for a nested one.


class ConstantDeclaration(Struct, frozen=True):
    """*value* is None for NULL; an integer also where that was made a pointer.

    *is_quoted*: a ``#define`` for C, where it is one.
    """

    name: str
    value: int | float | str | UUID | None
    text: str
    comment: str | None
    span: Span
    is_quoted: bool = False


class Enumerator(Struct, frozen=True):
    name: str
    value: int


class EnumDeclaration(Struct, frozen=True):
    """*is_v1*: 32 bits in every transfer syntax.

    *octets*: of a width of its own, as Samba's dialect has them; else None. *is_flags*: a
    set of bits.
    """

    name: str
    enumerators: tuple[Enumerator, ...]
    is_v1: bool
    text: str
    comment: str | None
    span: Span
    octets: int | None = None
    is_flags: bool = False


class Field(Struct, frozen=True):
    """*start* is the number it begins with where the file says so."""

    name: str
    type: Type
    span: Span
    start: int | None = None


class StructDeclaration(Struct, frozen=True):
    """Anonymous members are flattened where they cannot change the layout.

    *opaque* is set when it cannot travel: why.
    """

    name: str
    fields: tuple[Field, ...]
    opaque: str | None
    text: str
    comment: str | None
    span: Span


class Arm(Struct, frozen=True):
    """*type* is None for an empty arm; no *labels* and *is_default* for ``[default]``."""

    labels: tuple[int, ...]
    is_default: bool
    name: str | None
    type: Type | None
    span: Span


class UnionDeclaration(Struct, frozen=True):
    """A non-encapsulated union; *discriminant* is its switch_type."""

    name: str
    discriminant: Type
    arms: tuple[Arm, ...]
    is_ms_union: bool
    opaque: str | None
    text: str
    comment: str | None
    span: Span


class EncapsulatedUnionDeclaration(Struct, frozen=True):
    """``union switch``: a value with the discriminant and the arm."""

    name: str
    discriminant: Field
    union_name: str
    arms: tuple[Arm, ...]
    opaque: str | None
    text: str
    comment: str | None
    span: Span


class ContextHandleDeclaration(Struct, frozen=True):
    name: str
    text: str
    comment: str | None
    span: Span


class PipeDeclaration(Struct, frozen=True):
    name: str
    element: Type
    text: str
    comment: str | None
    span: Span


class ConvertedDeclaration(Struct, frozen=True):
    """*wire* travels; the program sees what *converter*, ``module:Class``, makes of it."""

    name: str
    wire: Type
    converter: str
    opaque: str | None
    text: str
    comment: str | None
    span: Span


TypeDeclaration: TypeAlias = (
    EnumDeclaration
    | StructDeclaration
    | UnionDeclaration
    | EncapsulatedUnionDeclaration
    | ContextHandleDeclaration
    | PipeDeclaration
    | ConvertedDeclaration
)


class Direction(Enum):
    IN = "in"
    OUT = "out"
    IN_OUT = "in, out"


class Parameter(Struct, frozen=True):
    """One parameter that travels, or a pipe; binding handles are left out.

    *type* of a pipe parameter is the Use of its PipeDeclaration, whatever pointer the
    IDL wrote; *chunk_range* its ``[range]``, which bounds each chunk. *is_sent*: False
    for a status that only the ACF adds.
    """

    name: str
    type: Type
    direction: Direction
    is_pipe: bool
    chunk_range: Range | None
    span: Span
    is_sent: bool = True


class Binding(Enum):
    """Where an operation takes its binding from."""

    EXPLICIT = "explicit"  # handle_t, a [handle] type or a context handle, or ACF
    IMPLICIT = "implicit"  # ACF implicit_handle
    AUTO = "auto"  # written auto_handle
    NONE = "none"  # nothing said: the client object


class Serialization(Enum):
    """What of encode and decode is asked for; the value is how the IDL says it."""

    ENCODE = "encode"
    DECODE = "decode"
    BOTH = "encode, decode"


class SerializedType(Struct, frozen=True):
    """A typedef whose values are serialized, each as a buffer of its own.

    *type* is what the typedef stands for, its outermost pointer of its default kind.
    """

    name: str
    type: Type
    serialization: Serialization
    span: Span


class Operation(Struct, frozen=True):
    """*opnum* counts the remote operations; callbacks are numbered apart.

    *called* is the [local] operation under whose name the program knows it.
    *comm_status* and *fault_status* are the results that take such errors, by name;
    "return_value" is what the operation returns.
    *has_client*: False where [nocode] leaves the client's method out. *notice* is the
    attribute that has a server told of the end of each call, notify or notify_flag.
    *serialization*: MIDL makes buffers of its parameters instead of calls.

    *is_reserved*: named as not used on the wire; keeps its opnum, has no method.
    *refusal*: why it is not supported, None when it is; its types are left out then.
    """

    name: str
    opnum: int
    parameters: tuple[Parameter, ...]
    return_type: Type
    binding: Binding
    is_async: bool
    is_idempotent: bool
    is_broadcast: bool
    is_maybe: bool
    is_callback: bool
    is_reserved: bool
    refusal: str | None
    text: str
    comment: str | None
    span: Span
    called: str | None = None
    comm_status: str | None = None
    fault_status: str | None = None
    has_client: bool = True
    notice: str | None = None
    serialization: Serialization | None = None


class Interface(Struct, frozen=True):
    """*endpoints* as written, ``protseq:[endpoint]``; *is_local* ones have no stubs."""

    name: str
    uuid: UUID
    version: tuple[int, int]
    endpoints: tuple[str, ...]
    operations: tuple[Operation, ...]
    callbacks: tuple[Operation, ...]
    text: str
    comment: str | None
    span: Span


class Model(Struct, frozen=True, kw_only=True):
    """One IDL file. *imports* are the models of the files it imports, directly or not.

    *com* is what it declares besides, of the file that is compiled: no stubs are made.
    *is_samba*: it is in Samba's dialect.
    *serialized* are the types that encode and decode ask buffers of, in file order.
    """

    path: str
    comment: str | None
    constants: tuple[ConstantDeclaration, ...]
    types: tuple[TypeDeclaration, ...]
    interfaces: tuple[Interface, ...]
    com: tuple[ir_com.Declaration, ...] = ()
    is_samba: bool = False
    serialized: tuple[SerializedType, ...] = ()
    imports: tuple[Model, ...]
