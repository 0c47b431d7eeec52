"""Names to declarations: what one file declares, and how a name is found.

Types, constants and enumerators are global to the compilation even when they are declared
inside an interface. Lookup is lenient where published text needs it: all names of a file
are collected first, so a type may be used before its declaration, and a tag may stand
where a type name should.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from msgspec import Struct

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.attributes import ENUM_WIDTHS, AttributeSet
from midlpy.semantic.declared import Declared
from midlpy.semantic.findings import Findings, finding
from midlpy.semantic.options import Options
from midlpy.semantic.subjects import ArmSubject, FieldSubject

if TYPE_CHECKING:
    from midlpy.semantic.program import Program


class Home(Struct, frozen=True):
    """What the interface around a declaration says about it."""

    interface: str | None = None
    pointer_default: ir.PointerKind | None = None
    is_ms_union: bool = False
    is_object: bool = False
    is_local: bool = False
    in_library: bool = False


class FileScope:
    """The names one file declares, and the scopes of what it imports."""

    def __init__(
        self,
        source: ast.Source,
        options: Options,
        findings: Findings,
        imports: tuple[FileScope, ...],
        program: Program,
    ) -> None:
        self.path = source.unit.path
        self.source = source
        self.options = options
        self.findings = findings
        self.see(imports)
        self.program = program
        self.names: dict[str, NameSymbol] = {}
        self.tags: dict[str, Constructed] = {}
        self.tag_names: dict[str, str] = {}
        self.forward_tags: dict[str, Span] = {}
        self.constructed: list[Constructed] = []
        # How many of them were built in, and joined the file by being used.
        self.adopted = 0
        self.by_node: dict[int, Constructed] = {}
        self.constants: list[ConstantSymbol] = []
        self.guids: list[GuidSymbol] = []
        # Names of which has been said that no type is called so.
        self.unknown: set[str] = set()
        # The same of constants.
        self.unknown_constants: set[str] = set()
        self.used_early: set[str] = set()
        # Binary type libraries that the file builds on.
        self.importlibs: list[str] = []
        # Interfaces of which a missing pointer_default has been reported.
        self.without_default: set[str] = set()
        # The first pointer inside a type whose kind nothing in the file says.
        self.without_kind: tuple[str, Span] | None = None
        # Types that an ACF gives another representation, by name, and the attribute.
        self.marshalled: dict[str, str] = {}
        # What an ACF says of types besides, by name.
        self.configured: dict[str, AttributeSet] = {}

    def see(self, imports: tuple[FileScope, ...]) -> None:
        """Let *imports* be all that the file imports, directly or not."""
        self.imports = imports
        self._visible = [
            self,
            *(each for each in reversed(imports) if not each.source.is_prelude),
            *(each for each in reversed(imports) if each.source.is_prelude),
        ]

    def visible(self) -> Iterator[FileScope]:
        """This file, then what it imports, last import first, stand-ins behind files."""
        return iter(self._visible)

    def find_name(self, name: str) -> NameSymbol | None:
        """A typedef, constant, enumerator or interface."""
        for scope in self.visible():
            symbol = scope.names.get(name)
            if symbol is not None:
                return symbol
        return None

    def import_earlier(self, name: str) -> bool:
        """Whether a file read before this one declares *name*: it is now an import too.

        MIDL has one table of names for all files, so published ones rely on what those
        that import them have imported before. Samba's compiler has a table for each.
        """
        if self.options.is_samba:
            return False
        earlier: FileScope | None = None
        for path, file in self.program.files.items():
            if path == self.path:
                break
            if name in file.scope.names:
                earlier = file.scope
        if earlier is None or earlier in self.imports:
            return False
        self.see((earlier, *self.imports))
        return True

    def find_tag(self, name: str) -> Constructed | None:
        """The struct, union or enum with this tag, where it has its body."""
        for scope in self.visible():
            tag = scope.tags.get(name)
            if tag is not None:
                return tag
        return None

    def is_forward_tag(self, name: str) -> bool:
        return any(name in scope.forward_tags for scope in self.visible())

    def type_names(self) -> dict[str, Span]:
        """Everything that may stand for a type, for suggestions; own names win."""
        found: dict[str, Span] = {}
        for scope in self.visible():
            for name, symbol in scope.names.items():
                if isinstance(symbol, TypedefSymbol | InterfaceSymbol):
                    found.setdefault(name, symbol.span)
            for name, tag in scope.tags.items():
                found.setdefault(name, tag.span)
        return found

    def value_names(self) -> dict[str, Span]:
        """Every constant and enumerator, for suggestions."""
        found: dict[str, Span] = {}
        for scope in self.visible():
            for name, symbol in scope.names.items():
                if isinstance(symbol, ConstantSymbol | EnumeratorSymbol):
                    found.setdefault(name, symbol.span)
        return found


class Site(Struct, frozen=True):
    """Where something is spelled: file, interface, and place in the file's order."""

    scope: FileScope
    home: Home
    order: int

    @property
    def findings(self) -> Findings:
        return self.scope.findings

    @property
    def options(self) -> Options:
        return self.scope.options

    @property
    def program(self) -> Program:
        return self.scope.program

    def finding(
        self,
        rule: str,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        notes: Iterable[Note] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A diagnostic of *rule*, for a rule to yield."""
        return finding(
            self.options,
            rule,
            message,
            span,
            help=help,
            notes=notes,
            severity=severity,
        )


@dataclass(slots=True, eq=False)
class TypedefSymbol:
    """One name of a typedef; *declared* once it has been asked for."""

    name: ast.Name
    node: ast.Typedef
    declarator: ast.Declarator
    attributes: AttributeSet
    site: Site
    declared: Declared | None = None
    is_busy: bool = False

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(slots=True, eq=False)
class ConstantSymbol:
    """A ``const``; *is_known* once *value* has been computed.

    *quote* is the ``cpp_quote`` of one that is a ``#define`` for C, where it is one: it
    has no type, and is left out when it has no value.
    """

    name: ast.Name
    node: ast.Declaration
    declarator: ast.InitDeclarator
    site: Site
    value: int | float | str | None = None
    is_known: bool = False
    is_busy: bool = False
    is_bad: bool = False
    quote: ast.CppQuote | None = None

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(slots=True, eq=False)
class GuidSymbol:
    """A ``declare_guid``; *value* is None when it is no UUID, which is reported."""

    name: ast.Name
    node: ast.DeclareGuid
    site: Site
    value: UUID | None

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(slots=True, eq=False)
class EnumeratorSymbol:
    """One enumerator; its value is known once its enum is."""

    name: ast.Name
    node: ast.Enumerator
    owner: Constructed

    @property
    def span(self) -> Span:
        return self.name.span


@dataclass(slots=True, eq=False)
class InterfaceSymbol:
    """An interface, dispinterface or coclass; *node* with a body where one was seen."""

    name: ast.Name
    node: ast.Interface | ast.Dispinterface | ast.Coclass
    site: Site
    is_forward: bool

    @property
    def span(self) -> Span:
        return self.name.span


NameSymbol: TypeAlias = (
    TypedefSymbol | ConstantSymbol | GuidSymbol | EnumeratorSymbol | InterfaceSymbol
)


class Kind(Enum):
    """What a named type is; the value is the word used in messages."""

    STRUCT = "struct"
    UNION = "union"
    ENCAPSULATED = "union switch"
    ENUM = "enum"
    PIPE = "pipe"
    CONTEXT = "context handle"
    CONVERTED = "converted type"


ConstructedNode: TypeAlias = (
    ast.StructType
    | ast.UnionType
    | ast.EncapsulatedUnion
    | ast.EnumType
    | ast.PipeType
    | None
)


@dataclass(slots=True, eq=False)
class Constructed:
    """A type that keeps its name in the model, from collection to declaration.

    *parent* and *member* name a nested type that has neither tag nor typedef.
    """

    kind: Kind
    node: ConstructedNode
    attributes: AttributeSet
    site: Site
    span: Span
    tag: ast.Name | None = None
    typedef_name: str | None = None
    pointer_name: str | None = None
    parent: str | Constructed | None = None
    member: str = ""
    text: str = ""
    comment: str | None = None
    # What resolving finds out.
    is_done: bool = False
    is_busy: bool = False
    is_spread: bool = False  # its members are those of the struct it stands in
    guid: bool | None = None
    opaque: str | None = None
    opaque_rule: str = ""
    fields: tuple[FieldSubject, ...] = ()
    arms: tuple[ArmSubject, ...] = ()
    is_plain_union: bool = False
    discriminant: Declared | None = None
    enumerators: dict[str, int] = field(default_factory=dict[str, int])
    enumerators_done: bool = False
    element: Declared | None = None
    # What travels for a converted type.
    wire: ir.Type | None = None

    @property
    def name(self) -> str:
        """Typedef name that is no pointer, else tag, else composed."""
        if self.typedef_name is not None:
            return self.typedef_name
        if self.tag is not None:
            tag_names = self.site.scope.tag_names
            return tag_names.get(self.tag.text, self.tag.text)
        if self.pointer_name is not None:
            return self.pointer_name
        parent = (
            self.parent.name if isinstance(self.parent, Constructed) else self.parent
        )
        return f"{parent}_{self.member}" if parent else self.member

    @property
    def is_bitmap(self) -> bool:
        """A set of bits, as Samba's dialect has them."""
        return isinstance(self.node, ast.EnumType) and self.node.keyword == "bitmap"

    @property
    def enum_octets(self) -> int | None:
        """The width that Samba's dialect gives an enum or a bitmap; None for MIDL's."""
        for word, octets in ENUM_WIDTHS.items():
            if word in self.attributes:
                return octets
        return 4 if self.is_bitmap else None

    @property
    def is_wide_enum(self) -> bool:
        """An enum of 32 bits in every transfer syntax, or whatever its dialect says."""
        return (
            self.enum_octets is not None
            or "v1_enum" in self.attributes
            or "long_enum" in self.attributes
        )

    @property
    def use(self) -> ir.Use:
        return ir.Use(self.site.scope.path, self.name)

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"{self.kind.value} '{self.name}'"
