"""COM nodes of the checked model: what a file declares besides RPC, for people to see.

No later pass looks at them. Types are as in ``ir``; since nothing here travels, a type
that could not (``void *``, a C union) is ``ir.Opaque`` without that being a mistake, and
*spelling* has it as written. *attributes* are the words of the attributes, in order.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.semantic import ir


class MethodKind(Enum):
    """What a method is to automation; the value is the attribute's word."""

    METHOD = "method"
    GET = "propget"
    PUT = "propput"
    PUT_REFERENCE = "propputref"


class Parameter(Struct, frozen=True):
    name: str
    type: ir.Type
    spelling: str
    direction: ir.Direction
    attributes: tuple[str, ...]
    span: Span


class Method(Struct, frozen=True):
    """A method; *slot* is its number in the vtable, *dispatch_id* what ``id`` says.

    *slot* counts from the root, IUnknown's three first; it is None where there is no
    vtable (dispinterfaces, modules) or a base is not known. A ``call_as`` method, the
    remote twin of a local one, has the slot of the method it stands for. *entry* is how
    a module's function is found in its library.
    """

    name: str
    slot: int | None
    dispatch_id: int | None
    kind: MethodKind
    parameters: tuple[Parameter, ...]
    return_type: ir.Type
    return_spelling: str
    is_local: bool
    call_as: str | None
    entry: int | str | None
    attributes: tuple[str, ...]
    text: str
    comment: str | None
    span: Span


class Property(Struct, frozen=True):
    """A property of a dispinterface."""

    name: str
    type: ir.Type
    spelling: str
    dispatch_id: int | None
    attributes: tuple[str, ...]
    span: Span


class ObjectInterface(Struct, frozen=True):
    """A COM interface; *async_uuid* is the UUID of its asynchronous twin."""

    name: str
    uuid: UUID | None
    base: str | None
    async_uuid: UUID | None
    is_local: bool
    methods: tuple[Method, ...]
    attributes: tuple[str, ...]
    text: str
    comment: str | None
    span: Span


class Dispinterface(Struct, frozen=True):
    """Properties and methods, or the *interface* that has them."""

    name: str
    uuid: UUID | None
    interface: str | None
    properties: tuple[Property, ...]
    methods: tuple[Method, ...]
    attributes: tuple[str, ...]
    span: Span


class CoclassMember(Struct, frozen=True):
    """An interface that a class implements, or calls if it *is_source*."""

    name: str
    is_default: bool
    is_source: bool
    attributes: tuple[str, ...]
    span: Span


class Coclass(Struct, frozen=True):
    name: str
    uuid: UUID | None
    members: tuple[CoclassMember, ...]
    attributes: tuple[str, ...]
    span: Span


class Module(Struct, frozen=True):
    """Functions of a library of code; *constants* by name, with values in the model."""

    name: str
    uuid: UUID | None
    constants: tuple[str, ...]
    entries: tuple[Method, ...]
    attributes: tuple[str, ...]
    span: Span


class Library(Struct, frozen=True):
    """A type library; *importlibs* are the binary ones it builds on, not read."""

    name: str
    uuid: UUID | None
    version: tuple[int, int]
    importlibs: tuple[str, ...]
    contents: tuple[Declaration, ...]
    attributes: tuple[str, ...]
    span: Span


Declaration: TypeAlias = ObjectInterface | Dispinterface | Coclass | Module | Library
