"""Samba's dialect said in MIDL's words: a pass from syntax tree to syntax tree.

Its files are NDR for the most part, in other words; the rest is marshalling that its
compiler was taught besides. What has a form in NDR is translated; what has none becomes a
type that refuses the operations that reach it, by name, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic.samba_elements import (
    Around,
    Element,
    argument,
    constant_value,
    has,
    in_place,
    translate,
    type_reason,
)
from midlpy.semantic.samba_published import STRUCTS, published
from midlpy.semantic.samba_unions import switched, uniform_member, uniform_unions
from midlpy.semantic.samba_words import SILENT, SILENT_ON_INTERFACES

# What one type is called in C besides, for marshalling by hand.
_TYPE_MACRO: Final = re.compile(r"#\s*define\s+\w+\s+(struct\s+)?[A-Za-z_]\w*\s*$")


class Translation(Struct, frozen=True):
    """*computed* are members that Samba computes ([value]), and callers set here."""

    unit: ast.Unit
    computed: tuple[tuple[str, Span], ...]


def translated(unit: ast.Unit, is_imported: Callable[[str], bool]) -> Translation:
    """*unit* in MIDL's words; *is_imported* tells the names of its imports."""
    own = frozenset(_bodies(unit.items))
    translator = _Translator(
        lambda name: name in own or is_imported(name),
        STRUCTS.union(uniform_unions(unit.items)),
    )
    items = translator.items(unit.items)
    return Translation(replace(unit, items=items), tuple(translator.computed))


@dataclass(slots=True)
class _Translator:
    is_declared: Callable[[str], bool]
    uniform: frozenset[str]
    pointer_default_top: str | None = None
    computed: list[tuple[str, Span]] = field(default_factory=list[tuple[str, Span]])

    def items(self, items: Iterable[ast.Item]) -> tuple[ast.Item, ...]:
        items = tuple(items)
        twins = _twins(items)
        return tuple(each for item in items for each in self._item(item, twins))

    def _item(
        self, item: ast.Item, twins: dict[str, ast.Declaration]
    ) -> Iterator[ast.Item]:
        match item:
            case ast.Interface() if item.body is not None:
                yield self._interface(item)
            case ast.Coclass():
                unneeded = SILENT_ON_INTERFACES | SILENT
                yield replace(item, attributes=_without(item.attributes, unneeded))
            case ast.Typedef():
                name = _forward(item)
                if name is None:
                    yield self._typedef(item)
                elif not self.is_declared(name):
                    yield _foreign(item)
            case ast.Declaration():
                yield from self._declaration(item, twins)
            case ast.Include():
                return
            case ast.CppQuote() if _TYPE_MACRO.search(item.value):
                return
            case _:
                yield item

    def _interface(self, node: ast.Interface) -> ast.Interface:
        attributes = _without(node.attributes, SILENT_ON_INTERFACES | SILENT)
        if not has(attributes, "uuid") and not has(attributes, "local"):
            # Nobody can bind to it; Samba generates helpers from such.
            span = node.name.span
            word = ast.Attribute(ast.Name("local", span), None, span)
            attributes = (*attributes, word)
        default = argument(node.attributes, "pointer_default_top")
        self.pointer_default_top = (
            default.name.text if isinstance(default, ast.NameReference) else None
        )
        return replace(node, attributes=attributes, body=self.items(node.body or ()))

    # Types

    def _typedef(self, node: ast.Typedef) -> ast.Typedef:
        name = _declared_name(node)
        form = published(name, node.attributes, node.specifiers)
        if form is not None:
            return replace(node, attributes=(), specifiers=form)
        member = uniform_member(node.attributes, node.specifiers)
        if member is not None:
            return replace(node, attributes=(), specifiers=member)
        specifiers = self._specifiers(node.specifiers, name)
        attributes, specifiers = self._type(name, node.attributes, specifiers)
        return replace(node, attributes=attributes, specifiers=specifiers)

    def _type(
        self, name: str, attributes: ast.Attributes, specifiers: ast.Specifiers
    ) -> tuple[ast.Attributes, ast.Specifiers]:
        """A type and its attributes; refused as a whole when it cannot be expressed."""
        reason = type_reason(name, attributes)
        if reason is not None:
            type_ = ast.RefusedType(reason, specifiers.span)
            return (), replace(specifiers, type=type_)
        attributes = _without(attributes, SILENT | {"flag"})
        return switched(attributes, specifiers), specifiers

    def _specifiers(self, specifiers: ast.Specifiers, name: str) -> ast.Specifiers:
        """*specifiers* of the type *name* with the members of a body translated."""
        type_ = specifiers.type
        match type_:
            case ast.StructType() | ast.UnionType() if type_.fields is not None:
                fields = self._fields(type_.fields, name)
                return replace(specifiers, type=replace(type_, fields=fields))
            case ast.PipeType():
                attributes = _without(type_.attributes, SILENT | {"flag"})
                return replace(specifiers, type=replace(type_, attributes=attributes))
            case _:
                return specifiers

    def _fields(self, fields: Iterable[ast.Field], owner: str) -> tuple[ast.Field, ...]:
        fields = tuple(fields)
        names = frozenset(_field_names(fields))
        ahead: set[str] = set()
        made: list[ast.Field] = []
        for each in fields:
            if not has(each.attributes, "skip"):
                around = Around(names, frozenset(ahead), is_top=False, owner=owner)
                made += self._field(each, around, is_last=each is fields[-1])
            ahead.update(_numbers([each]))
        return tuple(made)

    def _field(
        self, field: ast.Field, around: Around, *, is_last: bool
    ) -> Iterator[ast.Field]:
        if field.specifiers is None:
            yield replace(field, attributes=_without(field.attributes, {"flag"}))
            return
        specifiers = self._specifiers(field.specifiers, "")
        field = replace(field, attributes=switched(field.attributes, specifiers))
        if not field.declarators:
            yield replace(field, specifiers=specifiers)
            return
        for each in field.declarators:
            value = constant_value(field.attributes, around.siblings)
            if value is None:
                self._note_computed(field.attributes, each.declarator)
            element = translate(
                self._element(field.attributes, specifiers, each.declarator), around
            )
            if not is_last and _is_open(element.declarator):
                element = in_place(element)
            yield replace(
                field,
                attributes=element.attributes,
                specifiers=element.specifiers,
                declarators=(
                    ast.FieldDeclarator(element.declarator, each.bits, value),
                ),
            )

    def _note_computed(
        self, attributes: ast.Attributes, declarator: ast.Declarator
    ) -> None:
        value = argument(attributes, "value")
        if value is not None and declarator.name is not None:
            self.computed.append((declarator.name.text, declarator.name.span))

    # Operations and constants

    def _declaration(
        self, node: ast.Declaration, twins: dict[str, ast.Declaration]
    ) -> Iterator[ast.Item]:
        declarator = node.declarators[0].declarator if node.declarators else None
        if declarator is None:
            yield self._bare_type(node)
        elif declarator.derivations and isinstance(
            declarator.derivations[0], ast.FunctionOf
        ):
            if not has(node.attributes, "noopnum"):
                yield self._operation(node, declarator, twins)
        elif "const" in node.specifiers.qualifiers:
            yield _constant(node)
        else:
            yield node

    def _bare_type(self, node: ast.Declaration) -> ast.Item:
        """``[attributes] struct X { ... };``."""
        tag = getattr(node.specifiers.type, "tag", None)
        name = tag.text if isinstance(tag, ast.Name) else ""
        specifiers = self._specifiers(node.specifiers, name)
        attributes, specifiers = self._type(name, node.attributes, specifiers)
        if isinstance(specifiers.type, ast.RefusedType) and isinstance(tag, ast.Name):
            declarator = ast.Declarator(tag, (), tag.span)
            return ast.Typedef(
                attributes,
                specifiers,
                (declarator,),
                node.text,
                node.comment,
                node.span,
            )
        return replace(node, attributes=attributes, specifiers=specifiers)

    def _operation(
        self,
        node: ast.Declaration,
        declarator: ast.Declarator,
        twins: dict[str, ast.Declaration],
    ) -> ast.Declaration:
        reason = None
        if has(node.attributes, "todo"):
            reason = "its parameters are not known ([todo])"
        elif has(node.attributes, "nopush") or has(node.attributes, "nopull"):
            twin = twins.get(declarator.name.text) if declarator.name else None
            if twin is None:
                reason = "it is marshalled by code that is not in the IDL ([nopush])"
            else:
                described = twin.declarators[0].declarator.derivations
                declarator = replace(declarator, derivations=described)
                node = replace(node, specifiers=twin.specifiers)
        function = declarator.derivations[0]
        assert isinstance(function, ast.FunctionOf)
        parameters: tuple[ast.Parameter, ...] = ()
        specifiers = node.specifiers
        if reason is None:
            parameters = self._parameters(function.parameters)
        else:
            span = specifiers.span
            specifiers = ast.Specifiers((), ast.RefusedType(reason, span), span)
        function = replace(function, parameters=parameters)
        declarator = replace(
            declarator, derivations=(function, *declarator.derivations[1:])
        )
        declared = replace(node.declarators[0], declarator=declarator)
        return replace(
            node,
            attributes=_without(
                node.attributes, SILENT | {"todo", "nopush", "nopull", "flag"}
            ),
            specifiers=specifiers,
            declarators=(declared, *node.declarators[1:]),
        )

    def _parameters(
        self, parameters: tuple[ast.Parameter, ...]
    ) -> tuple[ast.Parameter, ...]:
        names = frozenset(
            each.declarator.name.text for each in parameters if each.declarator.name
        )
        made: list[ast.Parameter] = []
        for index, each in enumerate(_told_apart(each, names) for each in parameters):
            self._note_computed(each.attributes, each.declarator)
            around = Around(names, _known_ahead(parameters, index), is_top=True)
            element = translate(
                self._pointer(
                    self._element(each.attributes, each.specifiers, each.declarator)
                ),
                around,
            )
            made.append(
                replace(
                    each,
                    attributes=element.attributes,
                    specifiers=element.specifiers,
                    declarator=element.declarator,
                )
            )
        return tuple(made)

    def _element(
        self,
        attributes: ast.Attributes,
        specifiers: ast.Specifiers,
        declarator: ast.Declarator,
    ) -> Element:
        element = Element(attributes, specifiers, declarator)
        return element.without("switch_is") if element.base in self.uniform else element

    def _pointer(self, element: Element) -> Element:
        """*element* with what older files say of the pointers among parameters."""
        kind = self.pointer_default_top
        derivations = element.declarator.derivations
        if kind is None or not derivations:
            return element
        if not isinstance(derivations[0], ast.PointerTo) or any(
            has(element.attributes, word) for word in ("ref", "unique", "ptr")
        ):
            return element
        span = element.declarator.span
        word = ast.Attribute(ast.Name(kind, span), None, span)
        return replace(element, attributes=(*element.attributes, word))


def _declared_name(node: ast.Typedef) -> str:
    """The only name that *node* declares; "" if there are others, or none."""
    if len(node.declarators) != 1 or node.declarators[0].derivations:
        return ""
    name = node.declarators[0].name
    return "" if name is None else name.text


def _is_open(declarator: ast.Declarator) -> bool:
    first = declarator.derivations[0] if declarator.derivations else None
    return isinstance(first, ast.ArrayOf) and first.upper is None


def _told_apart(parameter: ast.Parameter, names: frozenset[str]) -> ast.Parameter:
    """*parameter*; what comes back as ``_x`` beside a given ``x`` becomes ``out_x``."""
    name = parameter.declarator.name
    if name is None or has(parameter.attributes, "in"):
        return parameter
    if not name.text.startswith("_") or name.text.lstrip("_") not in names:
        return parameter
    other = replace(name, text=f"out{name.text}")
    return replace(parameter, declarator=replace(parameter.declarator, name=other))


def _twins(items: Iterable[ast.Item]) -> dict[str, ast.Declaration]:
    """What describes the octets of an operation that is marshalled by hand.

    Samba calls it like the operation with an underscore ahead, and gives it no opnum.
    """
    found: dict[str, ast.Declaration] = {}
    for item in items:
        if isinstance(item, ast.Declaration) and has(item.attributes, "noopnum"):
            name = item.declarators[0].declarator.name
            if name is not None and name.text.startswith("_"):
                found[name.text[1:]] = item
    return found


def _bodies(items: Iterable[ast.Item]) -> Iterator[str]:
    """The names of the types that have a body among *items*."""
    for item in items:
        match item:
            case ast.Interface():
                yield from _bodies(item.body or ())
            case ast.Typedef():
                if _forward(item) is None:
                    for each in item.declarators:
                        if each.name is not None:
                            yield each.name.text
            case ast.Declaration() if not item.declarators:
                tag = getattr(item.specifiers.type, "tag", None)
                if isinstance(tag, ast.Name):
                    yield tag.text
            case _:
                pass


def _foreign(node: ast.Typedef) -> ast.Typedef:
    """A type whose body is in nobody's IDL."""
    (declarator,) = node.declarators
    name = declarator.name.text if declarator.name else ""
    reason = f"the body of '{name}' is not in the IDL"
    refused_type = ast.RefusedType(reason, declarator.span)
    return replace(node, specifiers=replace(node.specifiers, type=refused_type))


def _forward(node: ast.Typedef) -> str | None:
    """``typedef bitmap X X;``: says nothing, since names may be used before."""
    type_ = node.specifiers.type
    match type_:
        case ast.StructType() | ast.UnionType():
            has_body = type_.fields is not None
        case ast.EnumType():
            has_body = type_.enumerators is not None
        case _:
            return None
    if has_body or type_.tag is None or len(node.declarators) != 1:
        return None
    (declarator,) = node.declarators
    name = declarator.name
    if declarator.derivations or name is None or name.text != type_.tag.text:
        return None
    return name.text


def _constant(node: ast.Declaration) -> ast.Declaration:
    """A constant keeps the value that is written, whatever its type would cut."""
    type_ = node.specifiers.type
    span = node.specifiers.span
    is_text = isinstance(type_, ast.NamedType) and type_.name.text in (
        "string",
        "astring",
        "nstring",
    )
    derivations = node.declarators[0].declarator.derivations
    if is_text:
        declared = node.declarators[0]
        pointer = ast.PointerTo((), span)
        declarator = replace(declared.declarator, derivations=(pointer,))
        words: ast.TypeSpecifier = ast.Words(("char",), span)
        return replace(
            node,
            specifiers=replace(node.specifiers, type=words),
            declarators=(replace(declared, declarator=declarator),),
        )
    initializer = node.declarators[0].initializer
    if derivations or isinstance(initializer, ast.Unary | ast.String | None):
        return node
    words = ast.Words(("unsigned", "hyper"), span)
    return replace(node, specifiers=replace(node.specifiers, type=words))


def _known_ahead(parameters: tuple[ast.Parameter, ...], index: int) -> frozenset[str]:
    """The parameters that are known when that at *index* is read, each way it goes."""
    own = parameters[index].attributes
    return frozenset(
        each.declarator.name.text
        for number, each in enumerate(parameters)
        if each.declarator.name is not None
        and all(
            (number < index and has(each.attributes, way))
            or (way == "out" and has(each.attributes, "in"))
            for way in ("in", "out")
            if has(own, way)
        )
    )


def _numbers(fields: Iterable[ast.Field]) -> Iterator[str]:
    """The names of the members that are known as soon as they have been read."""
    for each in fields:
        for declarator in each.declarators:
            name = declarator.declarator.name
            if name is not None and not declarator.declarator.derivations:
                yield name.text


def _field_names(fields: Iterable[ast.Field]) -> Iterator[str]:
    for each in fields:
        for declarator in each.declarators:
            if declarator.declarator.name is not None:
                yield declarator.declarator.name.text


def _without(attributes: ast.Attributes, names: Iterable[str]) -> ast.Attributes:
    unwanted = frozenset(names)
    return tuple(a for a in attributes if a.name.text not in unwanted)
