"""Recognises the struct that everybody calls GUID."""

from __future__ import annotations

from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.builtin import GUID_NAMES
from midlpy.semantic.ir import BaseKind
from midlpy.semantic.scope import Constructed, Kind

LONGS = frozenset({BaseKind.UINT32, BaseKind.INT32})
SHORTS = frozenset({BaseKind.UINT16, BaseKind.INT16})
OCTETS = frozenset({BaseKind.BYTE, BaseKind.CHAR, BaseKind.UINT8})


def is_guid(named: Constructed) -> bool:
    """Whether *named* has the name and the layout of a GUID.

    The layout is long, short, short, and eight octets. Spec: MS-DTYP 2.3.4.
    """
    if named.guid is None:
        named.guid = named.kind is Kind.STRUCT and _looks_like_one(named)
    return named.guid


def _looks_like_one(named: Constructed) -> bool:
    names = {named.typedef_name, named.name, named.tag.text if named.tag else None}
    if not names & GUID_NAMES or not isinstance(named.node, ast.StructType):
        return False
    kinds: list[tuple[BaseKind | None, int | None]] = []
    for field in named.node.fields or ():
        if field.specifiers is None or field.attributes:
            return False
        for each in field.declarators:
            declared = types.declare(
                field.specifiers,
                each.declarator,
                AttributeSet(),
                named.site,
                Place.MEMBER,
            )
            core = declared.core
            if not isinstance(core, ir.Base) or len(declared.levels) > 1:
                return False
            bound = declared.levels[0].bound if declared.levels else None
            kinds.extend([(core.kind, bound)] if bound or not declared.levels else [])
    bounds = [bound for _, bound in kinds]
    # Samba splits the eight octets in two.
    return (
        bounds in ([None, None, None, 8], [None, None, None, 2, 6])
        and kinds[-1][0] in OCTETS
        and kinds[0][0] in LONGS
        and kinds[1][0] in SHORTS
        and kinds[2][0] in SHORTS
        and kinds[3][0] in OCTETS
    )
