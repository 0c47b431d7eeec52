"""Collects the types that a declaration defines, and those nested in them."""

from __future__ import annotations

from collections.abc import Iterable

from midlpy.frontend import ast
from midlpy.semantic.alike import alike
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declare import declare, report_repeated
from midlpy.semantic.members import member_names
from midlpy.semantic.repeats import kind_of
from midlpy.semantic.scope import (
    Constructed,
    ConstructedNode,
    EnumeratorSymbol,
    Kind,
    Site,
)


def collect_types(
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
        _contexts(node, site, attributes)
    if kind is None:
        if (
            isinstance(type_, ast.StructType | ast.UnionType | ast.EnumType)
            and type_.tag
        ):
            site.scope.forward_tags.setdefault(type_.tag.text, type_.tag.span)
        return
    if isinstance(type_, ast.PipeType):
        _pipes(type_, site, attributes, node)
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
    site.scope.by_node[id(type_)] = named
    if type_.tag is not None and _is_repeated_tag(named, type_.tag):
        return
    _inside(named, type_)
    site.scope.constructed.append(named)


def _is_repeated_tag(named: Constructed, tag: ast.Name) -> bool:
    scope = named.site.scope
    earlier = scope.tags.setdefault(tag.text, named)
    if earlier is named:
        return False
    report_repeated(tag, earlier.span, scope, is_alike=alike(earlier.node, named.node))
    scope.by_node[id(named.node)] = earlier
    return True


def _contexts(node: ast.Typedef, site: Site, attributes: AttributeSet) -> None:
    for declarator in node.declarators:
        if len(declarator.derivations) <= 1:
            enter_typedef(Kind.CONTEXT, node, declarator, site, attributes)


def _pipes(
    type_: ast.PipeType,
    site: Site,
    attributes: AttributeSet,
    node: ast.Typedef | ast.Declaration | None,
) -> None:
    if not isinstance(node, ast.Typedef):
        return
    collect_types(
        type_.element,
        site,
        AttributeSet(type_.attributes),
        parent=first_name(node.declarators),
        member="element",
    )
    for declarator in node.declarators:
        enter_typedef(Kind.PIPE, node, declarator, site, attributes, type_)


def enter_typedef(
    kind: Kind,
    node: ast.Typedef,
    declarator: ast.Declarator,
    site: Site,
    attributes: AttributeSet,
    type_: ast.PipeType | None = None,
    *,
    member: str = "",
) -> None:
    """Enter the type that one name of a typedef makes, whatever else has the same body."""
    if declarator.name is None:
        return
    named = Constructed(
        kind=kind,
        node=type_,
        attributes=attributes,
        site=site,
        span=declarator.name.span,
        typedef_name=declarator.name.text,
        member=member,
        text=node.text,
        comment=node.comment,
    )
    site.scope.constructed.append(named)
    site.scope.by_node[id(declarator)] = named


def _inside(named: Constructed, type_: ConstructedNode) -> None:
    """Collect what a type with a body defines between its braces."""
    fields: tuple[ast.Field, ...] = ()
    match type_:
        case ast.StructType() | ast.UnionType():
            fields = type_.fields or ()
        case ast.EncapsulatedUnion():
            collect_types(
                type_.switch_type,
                named.site,
                AttributeSet(),
                parent=named,
                member=type_.discriminant.text,
            )
            fields = tuple(arm.field for arm in type_.arms)
        case ast.EnumType():
            for enumerator in type_.enumerators or ():
                symbol = EnumeratorSymbol(enumerator.name, enumerator, named)
                declare(symbol, named.site.scope)
        case _:
            pass
    for field, member in zip(fields, member_names(fields), strict=True):
        _field(field, named, member)


def _field(field: ast.Field, parent: Constructed, member: str) -> None:
    if field.specifiers is None:
        return
    collect_types(
        field.specifiers,
        parent.site,
        AttributeSet(field.attributes),
        parent=parent,
        member=member,
    )
    for each in field.declarators:
        collect_parameters(each.declarator, parent.site, parent.name)


def collect_parameters(declarator: ast.Declarator, site: Site, parent: str) -> None:
    """Collect what the parameters of a function define."""
    for derivation in declarator.derivations:
        if not isinstance(derivation, ast.FunctionOf):
            continue
        for index, parameter in enumerate(derivation.parameters):
            name = parameter.declarator.name
            collect_types(
                parameter.specifiers,
                site,
                AttributeSet(parameter.attributes),
                parent=parent,
                member=name.text if name else f"param{index + 1}",
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


def first_name(declarators: Iterable[ast.Declarator]) -> str:
    """The first name that is given; "unnamed" when none is."""
    for declarator in declarators:
        if declarator.name is not None:
            return declarator.name.text
    return "unnamed"
