"""Nodes of the syntax tree: attributes, types and declarators."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend.ast_expressions import Expression, Name

# Attributes


class TypeName(Struct, frozen=True):
    """A type without a name to declare: ``unsigned long``, ``struct S *``."""

    specifiers: Specifiers
    declarator: Declarator
    span: Span


class TypedName(Struct, frozen=True):
    """A type name and a name, as in ``implicit_handle(handle_t h)``."""

    type: Name
    name: Name
    span: Span


Argument: TypeAlias = Expression | TypeName | TypedName


class Attribute(Struct, frozen=True):
    """One attribute; *arguments* is None without parentheses, a None in it an empty slot.

    A lone name as argument is a NameReference, even where the attribute wants a type.
    """

    name: Name
    arguments: tuple[Argument | None, ...] | None
    span: Span


Attributes: TypeAlias = tuple[Attribute, ...]


# Types


class Words(Struct, frozen=True):
    """A base type spelled in words, in the order written.

    The integer words in any combination, or one of float, double, void, boolean, byte.
    """

    words: tuple[str, ...]
    span: Span


class NamedType(Struct, frozen=True):
    """A type by name; also wchar_t, error_status_t and handle_t, which are just names."""

    name: Name

    @property
    def span(self) -> Span:
        return self.name.span


class Field(Struct, frozen=True):
    """One declaration in a struct or union.

    Several declarators share specifiers; none at all makes an anonymous member (a struct
    or union whose fields join the parent's), and without specifiers it is an empty arm
    such as ``[case(1)];`` or ``[default];``.
    """

    attributes: Attributes
    specifiers: Specifiers | None
    declarators: tuple[FieldDeclarator, ...]
    span: Span


class FieldDeclarator(Struct, frozen=True):
    declarator: Declarator
    bits: Expression | None
    initializer: Expression | None


class StructType(Struct, frozen=True):
    """*fields* is None where a struct is only named: ``struct S *p``."""

    tag: Name | None
    fields: tuple[Field, ...] | None
    span: Span


class UnionType(Struct, frozen=True):
    """A C union or a non-encapsulated one: what its arms' attributes make it."""

    tag: Name | None
    fields: tuple[Field, ...] | None
    span: Span


class CaseArm(Struct, frozen=True):
    """Labels of an encapsulated union and what they select; a None label is ``default``."""

    labels: tuple[Expression | None, ...]
    field: Field
    span: Span


class EncapsulatedUnion(Struct, frozen=True):
    """``union TAG switch (T discriminant) NAME { ... }``."""

    tag: Name | None
    switch_attributes: Attributes
    switch_type: Specifiers
    discriminant: Name
    name: Name | None
    arms: tuple[CaseArm, ...]
    span: Span


class Enumerator(Struct, frozen=True):
    attributes: Attributes
    name: Name
    value: Expression | None
    span: Span


class EnumType(Struct, frozen=True):
    """*keyword* is ``enum``, or ``bitmap`` in Samba's dialect."""

    keyword: str
    tag: Name | None
    enumerators: tuple[Enumerator, ...] | None
    span: Span


class PipeType(Struct, frozen=True):
    attributes: Attributes
    element: Specifiers
    span: Span


class SafearrayType(Struct, frozen=True):
    element: TypeName
    span: Span


class InterfaceType(Struct, frozen=True):
    """``interface X`` in the place of a type; *keyword* also dispinterface, coclass."""

    keyword: str
    name: Name
    span: Span


class OctetsType(Struct, frozen=True):
    """Octets behind their count, what a dialect has other words for; not written so.

    *is_in_place*: the count does not go ahead of what is around.
    """

    span: Span
    is_in_place: bool = False


class RefusedType(Struct, frozen=True):
    """What a dialect has and NDR has not, with the reason; not written so."""

    reason: str
    span: Span


TypeSpecifier: TypeAlias = (
    Words
    | NamedType
    | StructType
    | UnionType
    | EncapsulatedUnion
    | EnumType
    | PipeType
    | SafearrayType
    | InterfaceType
    | OctetsType
    | RefusedType
)


class Specifiers(Struct, frozen=True):
    """What stands before declarators: one type, and const, volatile, static, extern ..."""

    qualifiers: tuple[str, ...]
    type: TypeSpecifier
    span: Span


class PointerTo(Struct, frozen=True):
    qualifiers: tuple[str, ...]
    span: Span


class Counts(Enum):
    """Where the counts of an open array stand: in NDR ahead of all that is around it.

    The others are a dialect's, and not written so.
    """

    AHEAD = "ahead"
    IN_PLACE = "in place"
    NOWHERE = "nowhere"


class ArrayOf(Struct, frozen=True):
    """``[]`` and ``[*]`` have no bounds; ``[n]`` only *upper*; ``[lo..hi]`` both.

    In ``[lo..*]`` *upper* is None and *lower* is not.
    """

    lower: Expression | None
    upper: Expression | None
    span: Span
    counts: Counts = Counts.AHEAD


class FunctionOf(Struct, frozen=True):
    parameters: tuple[Parameter, ...]
    variadic: bool
    span: Span


Derivation: TypeAlias = PointerTo | ArrayOf | FunctionOf


class Declarator(Struct, frozen=True):
    """A name, and what it is, read outward from the name as C does.

    ``*a[3]`` is (ArrayOf 3, PointerTo): an array of pointers; ``(*a)[3]`` is (PointerTo,
    ArrayOf 3): a pointer to an array. *name* is None for an unnamed parameter.
    """

    name: Name | None
    derivations: tuple[Derivation, ...]
    span: Span


class Parameter(Struct, frozen=True):
    attributes: Attributes
    specifiers: Specifiers
    declarator: Declarator
    span: Span
