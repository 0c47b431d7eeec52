"""Collects what one file declares, before any type is looked up.

Named types nested in others come before what holds them, so the collected order is one in
which most declarations follow what they need.
"""

from __future__ import annotations

from collections.abc import Iterable

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.alike import alike
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.bases import is_com
from midlpy.semantic.converters import NAMES_WIRE, marshalling_word, wire_name
from midlpy.semantic.members import member_names
from midlpy.semantic.placement import place
from midlpy.semantic.quotes import quoted_constants
from midlpy.semantic.repeats import (
    is_same,
    is_tag_alias,
    is_with_its_enum,
    kind_of,
)
from midlpy.semantic.scope import (
    ConstantSymbol,
    Constructed,
    ConstructedNode,
    EnumeratorSymbol,
    FileScope,
    GuidSymbol,
    Home,
    InterfaceSymbol,
    Kind,
    NameSymbol,
    Site,
    TypedefSymbol,
)
from midlpy.semantic.uuids import uuid_from

POINTER_KINDS = {kind.value: kind for kind in ir.PointerKind}


def collect(scope: FileScope) -> None:
    """Fill *scope* with every name its file declares."""
    collector = _Collector(scope)
    collector.items(scope.source.unit.items, Home(), 0)
    # What is declared wins over what is only quoted, wherever it stands.
    for symbol in quoted_constants(collector.quotes):
        if scope.names.setdefault(symbol.name.text, symbol) is symbol:
            scope.constants.append(symbol)


def adopt(scope: FileScope, node: ast.Typedef) -> None:
    """Let *scope* declare *node* as if it stood at the top of its file."""
    known = len(scope.constructed)
    _Collector(scope, before_all=True).items((node,), Home(), 0)
    added = scope.constructed[known:]
    del scope.constructed[known:]
    scope.constructed[scope.adopted : scope.adopted] = added
    scope.adopted += len(added)


def home_of(node: ast.Interface, in_library: bool) -> Home:
    """What the header of *node* means for what is declared inside."""
    attributes = AttributeSet(node.attributes)
    default = attributes.argument("pointer_default")
    kind = (
        POINTER_KINDS.get(default.name.text)
        if isinstance(default, ast.NameReference)
        else None
    )
    return Home(
        interface=node.name.text,
        pointer_default=kind,
        is_ms_union="ms_union" in attributes,
        is_object=is_com(node),
        is_local="local" in attributes,
        in_library=in_library,
    )


class _Collector:
    def __init__(self, scope: FileScope, *, before_all: bool = False) -> None:
        self._scope = scope
        self._order = -1 if before_all else 0
        self.quotes: list[tuple[ast.CppQuote, Site]] = []

    def items(self, items: Iterable[ast.Item], home: Home, depth: int) -> None:
        for item in items:
            self._order += 1
            self._item(item, home, depth)

    def _item(self, item: ast.Item, home: Home, depth: int) -> None:
        match item:
            case ast.Typedef():
                self._typedef(item, home)
            case ast.Declaration():
                self._declaration(item, home)
            case ast.Interface():
                self._interface(item, home, depth)
            case ast.Dispinterface():
                self._announce(
                    InterfaceSymbol(item.name, item, self._site(home), item.is_forward),
                    Place.DISPINTERFACE,
                )
                self._dispatched(item)
            case ast.Importlib():
                self._scope.importlibs.append(item.path.value)
            case ast.Coclass():
                self._announce(
                    InterfaceSymbol(
                        item.name, item, self._site(home), item.members is None
                    ),
                    Place.COCLASS,
                )
            case ast.Library():
                self.items(item.body, Home(in_library=True), depth + 1)
            case ast.Linkage():
                self.items(item.body, home, depth)
            case ast.CppQuote():
                self.quotes.append((item, self._site(home)))
            case ast.DeclareGuid():
                self._guid(item, self._site(home))
            case _:
                pass

    def _site(self, home: Home) -> Site:
        return Site(self._scope, home, self._order)

    def _interface(self, node: ast.Interface, home: Home, depth: int) -> None:
        is_type = home_of(node, home.in_library).is_object or node.body is None
        # In Samba's dialect an interface often has the name of its only type.
        if is_type or not self._scope.options.is_samba:
            self._announce(
                InterfaceSymbol(node.name, node, self._site(home), node.body is None),
                Place.INTERFACE,
            )
        if node.body is not None:
            self.items(node.body, home_of(node, home.in_library), depth + 1)

    def _announce(self, symbol: InterfaceSymbol, where: Place) -> None:
        """Declare *symbol*; of a forward declaration nothing else reads the attributes."""
        self._declare(symbol)
        if not symbol.is_forward:
            return
        scope = self._scope
        attributes = place(symbol.node.attributes, where, scope.findings, scope.options)
        argument = attributes.argument("uuid")
        if argument is not None:
            uuid_from(argument, scope.findings, scope.options)

    def _guid(self, node: ast.DeclareGuid, site: Site) -> None:
        symbol = GuidSymbol(
            node.name, node, site, uuid_from(node.uuid, site.findings, site.options)
        )
        if self._declare(symbol):
            self._scope.guids.append(symbol)

    def _dispatched(self, node: ast.Dispinterface) -> None:
        """Collect what properties and methods define on the way."""
        site = self._site(Home(in_library=True))
        for member in (*node.properties, *node.methods):
            names = (each.declarator for each in member.declarators)
            self._specifiers(
                member.specifiers,
                site,
                AttributeSet(member.attributes),
                parent=_first_name(names),
                member="type",
            )
            for each in member.declarators:
                self._parameters(each.declarator, site, node.name.text)

    # Types

    def _typedef(self, node: ast.Typedef, home: Home) -> None:
        site = self._site(home)
        attributes = place(
            node.attributes, Place.TYPEDEF, self._scope.findings, self._scope.options
        )
        if not node.declarators:
            self._report_nameless(node)
        known = len(self._scope.constructed)
        self._specifiers(node.specifiers, site, attributes, node=node)
        refused: set[str] = set()
        for declarator in node.declarators:
            if declarator.name is not None:
                symbol = TypedefSymbol(
                    declarator.name, node, declarator, attributes, site
                )
                self._convert(symbol, known)
                self._remember_tag_name(symbol)
                if not self._declare(symbol):
                    refused.add(declarator.name.text)
        # A repeated typedef must not bring its type a second time.
        self._scope.constructed[known:] = [
            named
            for named in self._scope.constructed[known:]
            if named.typedef_name not in refused
        ]

    def _convert(self, symbol: TypedefSymbol, known: int) -> None:
        """Enter the type that a converter presents as *symbol*, if there is one.

        What travels keeps its own name, or is told apart from it; the types collected
        since *known* are those of the typedef.
        """
        scope, name = self._scope, symbol.name.text
        if name not in scope.options.converters:
            return
        word = marshalling_word(name, symbol.attributes, scope.source)
        if word is None or isinstance(symbol.node.specifiers.type, ast.PipeType):
            return
        for named in scope.constructed[known:]:
            if named.typedef_name == name:
                named.typedef_name = None if word in NAMES_WIRE else wire_name(name)
                if named.tag is None and named.typedef_name is None:
                    scope.constructed.remove(named)  # only the program would see it
        converted = Constructed(
            kind=Kind.CONVERTED,
            node=None,
            attributes=symbol.attributes,
            site=symbol.site,
            span=symbol.span,
            typedef_name=name,
            member=word,
            text=symbol.node.text,
            comment=symbol.node.comment,
        )
        scope.constructed.append(converted)
        scope.by_node[id(symbol.declarator)] = converted

    def _report_nameless(self, node: ast.Typedef) -> None:
        self._scope.findings.report(
            "typedef-without-name",
            "a typedef that gives no name",
            node.specifiers.span,
            help="add a name, or leave 'typedef' out",
        )

    def _remember_tag_name(self, symbol: TypedefSymbol) -> None:
        """``typedef struct _X X;`` gives the struct its name, wherever it has its body."""
        type_ = symbol.node.specifiers.type
        if symbol.declarator.derivations or not isinstance(
            type_, ast.StructType | ast.UnionType | ast.EnumType
        ):
            return
        if type_.tag is not None:
            name = symbol.name.text
            if id(symbol.declarator) in self._scope.by_node:
                name = wire_name(name)
            self._scope.tag_names.setdefault(type_.tag.text, name)

    def _specifiers(
        self,
        specifiers: ast.Specifiers,
        site: Site,
        attributes: AttributeSet,
        *,
        node: ast.Typedef | ast.Declaration | None = None,
        parent: Constructed | str | None = None,
        member: str = "",
    ) -> None:
        """Collect the type *specifiers* defines, and what is defined inside."""
        type_ = specifiers.type
        kind = kind_of(type_)
        if isinstance(node, ast.Typedef) and "context_handle" in attributes:
            self._contexts(node, site, attributes)
        if kind is None:
            if (
                isinstance(type_, ast.StructType | ast.UnionType | ast.EnumType)
                and type_.tag
            ):
                self._scope.forward_tags.setdefault(type_.tag.text, type_.tag.span)
            return
        if isinstance(type_, ast.PipeType):
            self._pipes(type_, site, attributes, node)
            return
        assert isinstance(
            type_,
            ast.StructType | ast.UnionType | ast.EnumType | ast.EncapsulatedUnion,
        )
        named = Constructed(
            kind=kind,
            node=type_,
            attributes=attributes,
            site=site,
            span=type_.tag.span if type_.tag else specifiers.span,
            tag=type_.tag,
            parent=parent,
            member=member,
            text=node.text if node else "",
            comment=node.comment if node else None,
        )
        if isinstance(node, ast.Typedef):
            _name_by_typedef(named, node)
        self._scope.by_node[id(type_)] = named
        if type_.tag is not None and self._is_repeated_tag(named, type_.tag):
            return
        self._inside(named, type_)
        self._scope.constructed.append(named)

    def _is_repeated_tag(self, named: Constructed, tag: ast.Name) -> bool:
        earlier = self._scope.tags.setdefault(tag.text, named)
        if earlier is named:
            return False
        self._report_repeated(tag, earlier.span, alike(earlier.node, named.node))
        self._scope.by_node[id(named.node)] = earlier
        return True

    def _contexts(
        self, node: ast.Typedef, site: Site, attributes: AttributeSet
    ) -> None:
        for declarator in node.declarators:
            pointers = len(declarator.derivations)
            if declarator.name is not None and pointers <= 1:
                named = Constructed(
                    kind=Kind.CONTEXT,
                    node=None,
                    attributes=attributes,
                    site=site,
                    span=declarator.name.span,
                    typedef_name=declarator.name.text,
                    text=node.text,
                    comment=node.comment,
                )
                self._scope.constructed.append(named)
                self._scope.by_node[id(declarator)] = named

    def _pipes(
        self,
        type_: ast.PipeType,
        site: Site,
        attributes: AttributeSet,
        node: ast.Typedef | ast.Declaration | None,
    ) -> None:
        if not isinstance(node, ast.Typedef):
            return
        self._specifiers(
            type_.element,
            site,
            AttributeSet(type_.attributes),
            parent=_first_name(node.declarators),
            member="element",
        )
        for declarator in node.declarators:
            if declarator.name is not None:
                named = Constructed(
                    kind=Kind.PIPE,
                    node=type_,
                    attributes=attributes,
                    site=site,
                    span=declarator.name.span,
                    typedef_name=declarator.name.text,
                    text=node.text,
                    comment=node.comment,
                )
                self._scope.constructed.append(named)
                self._scope.by_node[id(declarator)] = named

    def _inside(self, named: Constructed, type_: ConstructedNode) -> None:
        """Collect what a type with a body defines between its braces."""
        fields: tuple[ast.Field, ...] = ()
        match type_:
            case ast.StructType() | ast.UnionType():
                fields = type_.fields or ()
            case ast.EncapsulatedUnion():
                self._specifiers(
                    type_.switch_type,
                    named.site,
                    AttributeSet(),
                    parent=named,
                    member=type_.discriminant.text,
                )
                fields = tuple(arm.field for arm in type_.arms)
            case ast.EnumType():
                for enumerator in type_.enumerators or ():
                    self._declare(EnumeratorSymbol(enumerator.name, enumerator, named))
            case _:
                pass
        for field, member in zip(fields, member_names(fields), strict=True):
            self._field(field, named, member)

    def _field(self, field: ast.Field, parent: Constructed, member: str) -> None:
        if field.specifiers is None:
            return
        self._specifiers(
            field.specifiers,
            parent.site,
            AttributeSet(field.attributes),
            parent=parent,
            member=member,
        )
        for each in field.declarators:
            self._parameters(each.declarator, parent.site, parent.name)

    # Operations, constants, bare tags

    def _declaration(self, node: ast.Declaration, home: Home) -> None:
        site = self._site(home)
        is_constant = "const" in node.specifiers.qualifiers
        is_value = not any(_is_function(each.declarator) for each in node.declarators)
        attributes = AttributeSet(node.attributes)
        if not node.declarators or (is_constant and is_value):
            attributes = place(
                node.attributes,
                Place.CONSTANT if node.declarators else Place.TYPEDEF,
                self._scope.findings,
                self._scope.options,
            )
        self._specifiers(
            node.specifiers,
            site,
            attributes,
            node=node if not node.declarators else None,
            parent=_first_name(d.declarator for d in node.declarators),
            member="type",
        )
        for each in node.declarators:
            if each.declarator.name is None:
                continue
            if _is_function(each.declarator):
                if home.interface is None and not home.in_library:
                    self._prototype(each.declarator.name)
                self._parameters(each.declarator, site, each.declarator.name.text)
            elif is_constant and "extern" not in node.specifiers.qualifiers:
                symbol = ConstantSymbol(each.declarator.name, node, each, site)
                if self._declare(symbol):
                    self._scope.constants.append(symbol)
            elif "extern" not in node.specifiers.qualifiers:
                self._variable(each.declarator.name)

    def _prototype(self, name: ast.Name) -> None:
        self._scope.findings.report(
            "prototype-left-out",
            f"'{name.text}' stands outside of an interface: it gets no stub, and its "
            "types are not looked at",
            name.span,
        )

    def _variable(self, name: ast.Name) -> None:
        self._scope.findings.report(
            "variable",
            f"'{name.text}' is a variable, which IDL has no place for",
            name.span,
            help="add const, or leave it out",
        )

    def _parameters(self, declarator: ast.Declarator, site: Site, parent: str) -> None:
        for derivation in declarator.derivations:
            if not isinstance(derivation, ast.FunctionOf):
                continue
            for index, parameter in enumerate(derivation.parameters):
                name = parameter.declarator.name
                self._specifiers(
                    parameter.specifiers,
                    site,
                    AttributeSet(parameter.attributes),
                    parent=parent,
                    member=name.text if name else f"param{index + 1}",
                )

    # Names

    def _declare(self, symbol: NameSymbol) -> bool:
        """Enter *symbol*; False when its name is taken."""
        text = symbol.name.text
        earlier = self._scope.names.get(text)
        if earlier is None:
            self._scope.names[text] = symbol
            return True
        if isinstance(earlier, InterfaceSymbol) and isinstance(symbol, InterfaceSymbol):
            if symbol.is_forward:
                return False
            if earlier.is_forward:
                self._scope.names[text] = symbol
                return True
        if is_tag_alias(earlier, symbol):
            return True
        if is_with_its_enum(earlier, symbol, self._scope.options):
            return False  # of which it is said once
        constants = (ConstantSymbol, EnumeratorSymbol, GuidSymbol)
        if isinstance(earlier, constants) != isinstance(symbol, constants):
            self._scope.findings.report(
                "name-is-constant",
                f"'{text}' is the name of a constant and of a type",
                symbol.span,
                notes=[Note(f"'{text}' is declared here", earlier.span)],
            )
            return False
        self._report_repeated(symbol.name, earlier.span, is_same(earlier, symbol))
        return False

    def _report_repeated(self, name: ast.Name, earlier: Span, is_same: bool) -> None:
        self._scope.findings.report(
            "repeated-declaration" if is_same else "redefinition",
            f"'{name.text}' is declared twice"
            + (", both times alike" if is_same else ""),
            name.span,
            notes=[Note(f"'{name.text}' is declared here", earlier)],
        )


def _name_by_typedef(named: Constructed, node: ast.Typedef) -> None:
    for declarator in node.declarators:
        if declarator.name is None:
            continue
        if not declarator.derivations:
            if named.typedef_name is None:
                named.typedef_name = declarator.name.text
                named.span = declarator.name.span if named.tag is None else named.span
        elif named.pointer_name is None:
            named.pointer_name = declarator.name.text


def _is_function(declarator: ast.Declarator) -> bool:
    return bool(declarator.derivations) and isinstance(
        declarator.derivations[0], ast.FunctionOf
    )


def _first_name(declarators: Iterable[ast.Declarator]) -> str:
    for declarator in declarators:
        if declarator.name is not None:
            return declarator.name.text
    return "unnamed"
