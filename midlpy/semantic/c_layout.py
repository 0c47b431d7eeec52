"""Sizes of types in C's memory, for sizeof."""

from __future__ import annotations

from typing import TypeAlias

from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.arithmetic import SIZES
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.declared import Declared
from midlpy.semantic.scope import Constructed, Kind

PLATFORM = (ir.BaseKind.INT3264, ir.BaseKind.UINT3264)


# By the types they are of, as one may stand in others many times.
_Known: TypeAlias = "dict[Constructed, tuple[int, int] | None]"


def c_layout(declared: Declared) -> tuple[int, int] | None:
    """Size and alignment in octets; None when compilers differ, as about pointers."""
    return _layout(declared, {})


def _layout(declared: Declared, known: _Known) -> tuple[int, int] | None:
    size = _core(declared, known)
    if size is None:
        return None
    octets, alignment = size
    for level in declared.levels:
        if level.bound is None:
            return None
        octets *= level.bound
    return octets, alignment


def _core(declared: Declared, known: _Known) -> tuple[int, int] | None:
    core = declared.core
    match core:
        case ir.Base() if core.kind not in PLATFORM:
            return SIZES[core.kind], SIZES[core.kind]
        case ir.Guid():
            return 16, 4
        case Constructed() if core.kind is Kind.ENUM:
            return 4, 4
        case Constructed() if isinstance(core.node, ast.StructType):
            if core not in known:
                known[core] = None  # should it come up within itself
                known[core] = _struct(core, core.node, known)
            return known[core]
        case _:
            return None


def _struct(
    core: Constructed, node: ast.StructType, known: _Known
) -> tuple[int, int] | None:
    offset, largest = 0, 1
    for field in node.fields or ():
        if field.specifiers is None or not field.declarators:
            return None
        for each in field.declarators:
            if each.bits is not None:
                return None
            declared = types.declare(
                field.specifiers,
                each.declarator,
                AttributeSet(),
                core.site,
                Place.MEMBER,
            )
            size = _layout(declared, known)
            if size is None:
                return None
            octets, alignment = size
            offset += -offset % alignment + octets
            largest = max(largest, alignment)
    return offset + -offset % largest, largest
