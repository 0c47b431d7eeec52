"""Names for members that have none."""

from __future__ import annotations

from collections import Counter
from typing import Final

from midlpy.frontend import ast

# What MIDL calls the union of an encapsulated one that has no name.
DEFAULT_UNION_NAME: Final = "tagged_union"


def member_names(fields: tuple[ast.Field, ...]) -> list[str]:
    """One name for each of *fields*: as declared, else by tag, else ``u``, ``u2``, ``s``.

    Windows headers name the anonymous members of their structs in the same way.
    """
    taken = {
        each.declarator.name.text
        for field in fields
        for each in field.declarators
        if each.declarator.name is not None
    }
    names: list[str] = []
    counts: Counter[str] = Counter()
    for field in fields:
        name = _declared_name(field)
        if name is None:
            name = _free(_base_name(field), counts, taken)
            taken.add(name)
        names.append(name)
    return names


def _declared_name(field: ast.Field) -> str | None:
    for each in field.declarators:
        if each.declarator.name is not None:
            return each.declarator.name.text
    return None


def _base_name(field: ast.Field) -> str:
    type_ = field.specifiers.type if field.specifiers else None
    match type_:
        case ast.EncapsulatedUnion():
            return type_.name.text if type_.name else DEFAULT_UNION_NAME
        case ast.StructType() | ast.UnionType() if type_.tag is not None:
            return type_.tag.text
        case ast.UnionType():
            return "u"
        case _:
            return "s"


def _free(base: str, counts: Counter[str], taken: set[str]) -> str:
    while True:
        counts[base] += 1
        name = base if counts[base] == 1 else f"{base}{counts[base]}"
        if name not in taken:
            return name
