"""The syntax tree: what the files say, before anything is looked up.

Every node is a frozen value. Types and names are not resolved here: a name stands for
itself, and attributes are kept as written, known or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from midlpy.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier; of a qualified one (``lib.type``) the whole text."""

    text: str
    span: Span


# Expressions


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


# Declarations. *text* is the source as written, macros unexpanded; *comment* the
# comment that stands directly above, without its comment signs, or None.


@dataclass(frozen=True, slots=True)
class Typedef:
    attributes: Attributes
    specifiers: Specifiers
    declarators: tuple[Declarator, ...]
    text: str
    comment: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class InitDeclarator:
    declarator: Declarator
    initializer: Expression | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A constant, an operation, a bare tag, an extern: told apart by what it holds."""

    attributes: Attributes
    specifiers: Specifiers
    declarators: tuple[InitDeclarator, ...]
    text: str
    comment: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    paths: tuple[String, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Importlib:
    path: String
    span: Span


@dataclass(frozen=True, slots=True)
class Include:
    """The ``include`` statement of an ACF file (and of Samba's IDL), not ``#include``."""

    paths: tuple[String, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CppQuote:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class DeclareGuid:
    name: Name
    uuid: Uuid | String
    span: Span


@dataclass(frozen=True, slots=True)
class MidlPragma:
    """``midl_pragma warning(disable: 2007 2039)``; *action* is disable, enable, default."""

    action: Name
    numbers: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Interface:
    """*body* is None for a forward declaration."""

    attributes: Attributes
    name: Name
    base: Name | None
    body: tuple[Item, ...] | None
    text: str
    comment: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Dispinterface:
    """*members* is None for a forward declaration; *interface* in the one-line form."""

    attributes: Attributes
    name: Name
    interface: Name | None
    properties: tuple[Declaration, ...]
    methods: tuple[Declaration, ...]
    is_forward: bool
    span: Span


@dataclass(frozen=True, slots=True)
class CoclassMember:
    attributes: Attributes
    keyword: str
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Coclass:
    attributes: Attributes
    name: Name
    members: tuple[CoclassMember, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Library:
    """*keyword* is ``library`` or ``module``."""

    keyword: str
    attributes: Attributes
    name: Name
    body: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Linkage:
    """``extern "C" { ... }``, met in header text."""

    body: tuple[Item, ...]
    span: Span


Item: TypeAlias = (
    Typedef
    | Declaration
    | Import
    | Importlib
    | Include
    | CppQuote
    | DeclareGuid
    | MidlPragma
    | Interface
    | Dispinterface
    | Coclass
    | Library
    | Linkage
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One IDL file. *comment* is the one that opens it, when it describes the file."""

    path: str
    items: tuple[Item, ...]
    comment: str | None


# Attribute configuration files


@dataclass(frozen=True, slots=True)
class AcfParameter:
    attributes: Attributes
    name: Name


@dataclass(frozen=True, slots=True)
class AcfOperation:
    """*parameters* may name any subset, in any order."""

    attributes: Attributes
    name: Name
    parameters: tuple[AcfParameter, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class AcfTypedef:
    attributes: Attributes
    names: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class AcfInterface:
    attributes: Attributes
    name: Name
    typedefs: tuple[AcfTypedef, ...]
    operations: tuple[AcfOperation, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Acf:
    """One ACF file."""

    path: str
    interfaces: tuple[AcfInterface, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A unit with its ACF, and the units it imports, each once, imported ones first.

    *imports* holds direct imports in order; *is_prelude* marks built-in text that stands
    in for a file that was not found.
    """

    unit: Unit
    acf: Acf | None
    imports: tuple[Source, ...]
    is_prelude: bool = False
