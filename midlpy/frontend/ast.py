"""The syntax tree: what the files say, before anything is looked up.

Every node is a frozen value. Types and names are not resolved here: a name stands for
itself, and attributes are kept as written, known or not. Here are declarations and files;
expressions and types have modules of their own, and all nodes are found here.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend.ast_expressions import (
    Binary as Binary,
)
from midlpy.frontend.ast_expressions import (
    Braces as Braces,
)
from midlpy.frontend.ast_expressions import (
    Call as Call,
)
from midlpy.frontend.ast_expressions import (
    Cast as Cast,
)
from midlpy.frontend.ast_expressions import (
    Character as Character,
)
from midlpy.frontend.ast_expressions import (
    Conditional as Conditional,
)
from midlpy.frontend.ast_expressions import (
    Expression as Expression,
)
from midlpy.frontend.ast_expressions import (
    Float as Float,
)
from midlpy.frontend.ast_expressions import (
    Index as Index,
)
from midlpy.frontend.ast_expressions import (
    Integer as Integer,
)
from midlpy.frontend.ast_expressions import (
    Member as Member,
)
from midlpy.frontend.ast_expressions import (
    Name as Name,
)
from midlpy.frontend.ast_expressions import (
    NameReference as NameReference,
)
from midlpy.frontend.ast_expressions import (
    Parenthesis as Parenthesis,
)
from midlpy.frontend.ast_expressions import (
    SizeofExpression as SizeofExpression,
)
from midlpy.frontend.ast_expressions import (
    SizeofType as SizeofType,
)
from midlpy.frontend.ast_expressions import (
    String as String,
)
from midlpy.frontend.ast_expressions import (
    Unary as Unary,
)
from midlpy.frontend.ast_expressions import (
    Uuid as Uuid,
)
from midlpy.frontend.ast_types import (
    Argument as Argument,
)
from midlpy.frontend.ast_types import (
    ArrayOf as ArrayOf,
)
from midlpy.frontend.ast_types import (
    Attribute as Attribute,
)
from midlpy.frontend.ast_types import (
    Attributes as Attributes,
)
from midlpy.frontend.ast_types import (
    CaseArm as CaseArm,
)
from midlpy.frontend.ast_types import (
    Counts as Counts,
)
from midlpy.frontend.ast_types import (
    Declarator as Declarator,
)
from midlpy.frontend.ast_types import (
    Derivation as Derivation,
)
from midlpy.frontend.ast_types import (
    EncapsulatedUnion as EncapsulatedUnion,
)
from midlpy.frontend.ast_types import (
    Enumerator as Enumerator,
)
from midlpy.frontend.ast_types import (
    EnumType as EnumType,
)
from midlpy.frontend.ast_types import (
    Field as Field,
)
from midlpy.frontend.ast_types import (
    FieldDeclarator as FieldDeclarator,
)
from midlpy.frontend.ast_types import (
    FunctionOf as FunctionOf,
)
from midlpy.frontend.ast_types import (
    InterfaceType as InterfaceType,
)
from midlpy.frontend.ast_types import (
    NamedType as NamedType,
)
from midlpy.frontend.ast_types import (
    OctetsType as OctetsType,
)
from midlpy.frontend.ast_types import (
    Parameter as Parameter,
)
from midlpy.frontend.ast_types import (
    PipeType as PipeType,
)
from midlpy.frontend.ast_types import (
    PointerTo as PointerTo,
)
from midlpy.frontend.ast_types import (
    RefusedType as RefusedType,
)
from midlpy.frontend.ast_types import (
    SafearrayType as SafearrayType,
)
from midlpy.frontend.ast_types import (
    Specifiers as Specifiers,
)
from midlpy.frontend.ast_types import (
    StructType as StructType,
)
from midlpy.frontend.ast_types import (
    TypedName as TypedName,
)
from midlpy.frontend.ast_types import (
    TypeName as TypeName,
)
from midlpy.frontend.ast_types import (
    TypeSpecifier as TypeSpecifier,
)
from midlpy.frontend.ast_types import (
    UnionType as UnionType,
)
from midlpy.frontend.ast_types import (
    Words as Words,
)
from midlpy.frontend.dialect import NONE, Evidence

# Declarations. *text* is the source as written, macros unexpanded; *comment* the
# comment that stands directly above, without its comment signs, or None.


class Typedef(Struct, frozen=True):
    attributes: Attributes
    specifiers: Specifiers
    declarators: tuple[Declarator, ...]
    text: str
    comment: str | None
    span: Span


class InitDeclarator(Struct, frozen=True):
    declarator: Declarator
    initializer: Expression | None


class Declaration(Struct, frozen=True):
    """A constant, an operation, a bare tag, an extern: told apart by what it holds."""

    attributes: Attributes
    specifiers: Specifiers
    declarators: tuple[InitDeclarator, ...]
    text: str
    comment: str | None
    span: Span


class Import(Struct, frozen=True):
    paths: tuple[String, ...]
    span: Span


class Importlib(Struct, frozen=True):
    path: String
    span: Span


class Include(Struct, frozen=True):
    """The ``include`` statement of an ACF file (and of Samba's IDL), not ``#include``."""

    paths: tuple[String, ...]
    span: Span


class CppQuote(Struct, frozen=True):
    value: str
    span: Span


class DeclareGuid(Struct, frozen=True):
    name: Name
    uuid: Uuid | String
    span: Span


class MidlPragma(Struct, frozen=True):
    """``midl_pragma warning(disable: 2007 2039)``; *action* is disable, enable, default."""

    action: Name
    numbers: tuple[int, ...]
    span: Span


class Interface(Struct, frozen=True):
    """*body* is None for a forward declaration."""

    attributes: Attributes
    name: Name
    base: Name | None
    body: tuple[Item, ...] | None
    text: str
    comment: str | None
    span: Span


class Dispinterface(Struct, frozen=True):
    """*members* is None for a forward declaration; *interface* in the one-line form."""

    attributes: Attributes
    name: Name
    interface: Name | None
    properties: tuple[Declaration, ...]
    methods: tuple[Declaration, ...]
    is_forward: bool
    span: Span


class CoclassMember(Struct, frozen=True):
    attributes: Attributes
    keyword: str
    name: Name
    span: Span


class Coclass(Struct, frozen=True):
    attributes: Attributes
    name: Name
    members: tuple[CoclassMember, ...] | None
    span: Span


class Library(Struct, frozen=True):
    """*keyword* is ``library`` or ``module``."""

    keyword: str
    attributes: Attributes
    name: Name
    body: tuple[Item, ...]
    span: Span


class Linkage(Struct, frozen=True):
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


class Pragma(Struct, frozen=True):
    """A ``#pragma``, which is no part of the text; *text* is what follows that word."""

    text: str
    span: Span


class Unit(Struct, frozen=True):
    """One IDL file. *comment* is the one that opens it, when it describes the file.

    *pragmas* are those of the preprocessor, of included files too, in order. *samba* is
    what speaks for Samba's dialect.
    """

    path: str
    items: tuple[Item, ...]
    comment: str | None
    pragmas: tuple[Pragma, ...] = ()
    samba: Evidence = NONE


# Attribute configuration files


class AcfParameter(Struct, frozen=True):
    attributes: Attributes
    name: Name


class AcfOperation(Struct, frozen=True):
    """*parameters* may name any subset, in any order."""

    attributes: Attributes
    name: Name
    parameters: tuple[AcfParameter, ...]
    span: Span


class AcfTypedef(Struct, frozen=True):
    attributes: Attributes
    names: tuple[Name, ...]
    span: Span


class AcfInterface(Struct, frozen=True):
    attributes: Attributes
    name: Name
    typedefs: tuple[AcfTypedef, ...]
    operations: tuple[AcfOperation, ...]
    span: Span


class Acf(Struct, frozen=True):
    """One ACF file."""

    path: str
    interfaces: tuple[AcfInterface, ...]


class Source(Struct, frozen=True):
    """A unit with its ACF, and the units it imports, each once, imported ones first.

    *imports* holds direct imports in order; *cyclic* names by their paths those
    that are importing this file themselves. *is_prelude* marks built-in text that stands
    in for a file that was not found.
    """

    unit: Unit
    acf: Acf | None
    imports: tuple[Source, ...]
    is_prelude: bool = False
    cyclic: tuple[str, ...] = ()
