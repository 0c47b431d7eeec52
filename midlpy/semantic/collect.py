"""Collects what one file declares, before any type is looked up.

Named types nested in others come before what holds them, so the collected order is one in
which most declarations follow what they need.
"""

from __future__ import annotations

from collections.abc import Iterable

from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.bases import is_com
from midlpy.semantic.collect_types import (
    collect_parameters,
    collect_types,
    enter_typedef,
    first_name,
)
from midlpy.semantic.converters import NAMES_WIRE, marshalling_word, wire_name
from midlpy.semantic.declare import declare
from midlpy.semantic.placement import place
from midlpy.semantic.quotes import quoted_constants
from midlpy.semantic.scope import (
    ConstantSymbol,
    FileScope,
    GuidSymbol,
    Home,
    InterfaceSymbol,
    Kind,
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
        declare(symbol, self._scope)
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
        if declare(symbol, self._scope):
            self._scope.guids.append(symbol)

    def _dispatched(self, node: ast.Dispinterface) -> None:
        """Collect what properties and methods define on the way."""
        site = self._site(Home(in_library=True))
        for member in (*node.properties, *node.methods):
            names = (each.declarator for each in member.declarators)
            collect_types(
                member.specifiers,
                site,
                AttributeSet(member.attributes),
                parent=first_name(names),
                member="type",
            )
            for each in member.declarators:
                collect_parameters(each.declarator, site, node.name.text)

    # Types

    def _typedef(self, node: ast.Typedef, home: Home) -> None:
        site = self._site(home)
        attributes = place(
            node.attributes, Place.TYPEDEF, self._scope.findings, self._scope.options
        )
        if not node.declarators:
            self._report_nameless(node)
        known = len(self._scope.constructed)
        collect_types(node.specifiers, site, attributes, node=node)
        refused: set[str] = set()
        for declarator in node.declarators:
            if declarator.name is not None:
                symbol = TypedefSymbol(
                    declarator.name, node, declarator, attributes, site
                )
                self._convert(symbol, known)
                self._remember_tag_name(symbol)
                if not declare(symbol, self._scope):
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
        enter_typedef(
            Kind.CONVERTED,
            symbol.node,
            symbol.declarator,
            symbol.site,
            symbol.attributes,
            member=word,
        )

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
        collect_types(
            node.specifiers,
            site,
            attributes,
            node=node if not node.declarators else None,
            parent=first_name(d.declarator for d in node.declarators),
            member="type",
        )
        for each in node.declarators:
            if each.declarator.name is None:
                continue
            if _is_function(each.declarator):
                if home.interface is None and not home.in_library:
                    self._prototype(each.declarator.name)
                collect_parameters(each.declarator, site, each.declarator.name.text)
            elif is_constant and "extern" not in node.specifiers.qualifiers:
                symbol = ConstantSymbol(each.declarator.name, node, each, site)
                if declare(symbol, self._scope):
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


def _is_function(declarator: ast.Declarator) -> bool:
    return bool(declarator.derivations) and isinstance(
        declarator.derivations[0], ast.FunctionOf
    )
