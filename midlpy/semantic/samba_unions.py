"""Unions of Samba's dialect, said in MIDL's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from midlpy.frontend import ast
from midlpy.semantic.samba_elements import has


def switched(attributes: ast.Attributes, specifiers: ast.Specifiers) -> ast.Attributes:
    """A union of Samba's has a discriminant of 32 bits unless it says otherwise."""
    type_, span = specifiers.type, specifiers.span
    if not isinstance(type_, ast.UnionType) or not type_.fields:
        return attributes
    if has(attributes, "switch_type"):
        return attributes
    default = ast.NameReference(ast.Name("uint32", span))
    word = ast.Attribute(ast.Name("switch_type", span), (default,), span)
    return (*attributes, word)


def uniform_member(
    attributes: ast.Attributes, specifiers: ast.Specifiers
) -> ast.Specifiers | None:
    """What a union without a discriminant always is; None if its arms differ.

    With one type in every arm it is that type, whoever selects the arm.
    """
    type_ = specifiers.type
    if not has(attributes, "nodiscriminant") or not isinstance(type_, ast.UnionType):
        return None
    members = [each.specifiers for each in type_.fields or ()]
    names = {_plain_name(each) for each in type_.fields or ()}
    if len(names) != 1 or None in names:
        return None
    return members[0]


def uniform_unions(items: Iterable[ast.Item]) -> Iterator[str]:
    """The names of the unions among *items* that are one type in every arm."""
    for item in items:
        match item:
            case ast.Interface():
                yield from uniform_unions(item.body or ())
            case ast.Typedef() if uniform_member(item.attributes, item.specifiers):
                for declarator in item.declarators:
                    if declarator.name is not None:
                        yield declarator.name.text
            case _:
                pass


def _plain_name(field: ast.Field) -> str | None:
    """The type of an arm that is a name and nothing else."""
    attributes = {each.name.text for each in field.attributes}
    if field.specifiers is None or len(field.declarators) != 1:
        return None
    type_ = field.specifiers.type
    if not isinstance(type_, ast.NamedType) or attributes - {"case", "default"}:
        return None
    is_plain = not field.declarators[0].declarator.derivations
    return type_.name.text if is_plain else None
