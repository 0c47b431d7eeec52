"""Nodes of the syntax tree: attributes, types and declarators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from midlpy.diagnostics import Span
from midlpy.frontend.ast_expressions import Expression, Name

# Attributes


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type without a name to declare: ``unsigned long``, ``struct S *``."""

    specifiers: Specifiers
    declarator: Declarator
    span: Span


@dataclass(frozen=True, slots=True)
class TypedName:
    """A type name and a name, as in ``implicit_handle(handle_t h)``."""

    type: Name
    name: Name
    span: Span


Argument: TypeAlias = Expression | TypeName | TypedName


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; *arguments* is None without parentheses, a None in it an empty slot.

    A lone name as argument is a NameReference, even where the attribute wants a type.
    """

    name: Name
    arguments: tuple[Argument | None, ...] | None
    span: Span


Attributes: TypeAlias = tuple[Attribute, ...]


# Types


@dataclass(frozen=True, slots=True)
class Words:
    """A base type spelled in words, in the order written.

    The integer words in any combination, or one of float, double, void, boolean, byte.
    """

    words: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type by name; also wchar_t, error_status_t and handle_t, which are just names."""

    name: Name

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(frozen=True, slots=True)
class Field:
    """One declaration in a struct or union.

    Several declarators share specifiers; none at all makes an anonymous member (a struct
    or union whose fields join the parent's), and without specifiers it is an empty arm
    such as ``[case(1)];`` or ``[default];``.
    """

    attributes: Attributes
    specifiers: Specifiers | None
    declarators: tuple[FieldDeclarator, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FieldDeclarator:
    declarator: Declarator
    bits: Expression | None
    initializer: Expression | None


@dataclass(frozen=True, slots=True)
class StructType:
    """*fields* is None where a struct is only named: ``struct S *p``."""

    tag: Name | None
    fields: tuple[Field, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class UnionType:
    """A C union or a non-encapsulated one: what its arms' attributes make it."""

    tag: Name | None
    fields: tuple[Field, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class CaseArm:
    """Labels of an encapsulated union and what they select; a None label is ``default``."""

    labels: tuple[Expression | None, ...]
    field: Field
    span: Span


@dataclass(frozen=True, slots=True)
class EncapsulatedUnion:
    """``union TAG switch (T discriminant) NAME { ... }``."""

    tag: Name | None
    switch_attributes: Attributes
    switch_type: Specifiers
    discriminant: Name
    name: Name | None
    arms: tuple[CaseArm, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Enumerator:
    attributes: Attributes
    name: Name
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class EnumType:
    """*keyword* is ``enum``, or ``bitmap`` in Samba's dialect."""

    keyword: str
    tag: Name | None
    enumerators: tuple[Enumerator, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class PipeType:
    attributes: Attributes
    element: Specifiers
    span: Span


@dataclass(frozen=True, slots=True)
class SafearrayType:
    element: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class InterfaceType:
    """``interface X`` in the place of a type; *keyword* also dispinterface, coclass."""

    keyword: str
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class OctetsType:
    """Octets behind their count, what a dialect has other words for; not written so."""

    span: Span


@dataclass(frozen=True, slots=True)
class RefusedType:
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


@dataclass(frozen=True, slots=True)
class Specifiers:
    """What stands before declarators: one type, and const, volatile, static, extern ..."""

    qualifiers: tuple[str, ...]
    type: TypeSpecifier
    span: Span


@dataclass(frozen=True, slots=True)
class PointerTo:
    qualifiers: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """``[]`` and ``[*]`` have no bounds; ``[n]`` only *upper*; ``[lo..hi]`` both.

    In ``[lo..*]`` *upper* is None and *lower* is not.
    """

    lower: Expression | None
    upper: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class FunctionOf:
    parameters: tuple[Parameter, ...]
    variadic: bool
    span: Span


Derivation: TypeAlias = PointerTo | ArrayOf | FunctionOf


@dataclass(frozen=True, slots=True)
class Declarator:
    """A name, and what it is, read outward from the name as C does.

    ``*a[3]`` is (ArrayOf 3, PointerTo): an array of pointers; ``(*a)[3]`` is (PointerTo,
    ArrayOf 3): a pointer to an array. *name* is None for an unnamed parameter.
    """

    name: Name | None
    derivations: tuple[Derivation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    attributes: Attributes
    specifiers: Specifiers
    declarator: Declarator
    span: Span
