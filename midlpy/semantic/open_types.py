"""Structs that end in an open array, whose size is that of the data."""

from __future__ import annotations

from midlpy.semantic import ir
from midlpy.semantic.declared import Declared
from midlpy.semantic.scope import Constructed, Kind


def has_open_tail(named: Constructed) -> bool:
    """Whether *named* is a struct that ends in an open array, its own or a member's."""
    seen: list[Constructed] = []
    while named not in seen:
        seen.append(named)
        last = _last(named)
        if last is None:
            return False
        if is_open_array(last):
            return True
        inner = named.site.program.find(last) if isinstance(last, ir.Use) else None
        if inner is None:
            return False
        named = inner
    return False


def _last(named: Constructed) -> ir.Type | None:
    """What stands last in a value of *named*, where that may be open."""
    if named.kind is Kind.CONVERTED:
        return named.wire
    if named.kind is Kind.STRUCT and named.fields:
        return named.fields[-1].type
    return None


def is_open_array(type_: ir.Type) -> bool:
    """An array or string that is sent with its maximum count; no pointer to one."""
    match type_:
        case ir.Array():
            return type_.bound is None or is_open_array(type_.element)
        case ir.String():
            return type_.bound is None
        case _:
            return False


def open_element(declared: Declared) -> Constructed | None:
    """The struct of no fixed size that *declared* is an array of.

    None too where a typedef is the array, of which it is said by itself.
    """
    core = declared.core
    if not declared.levels or not isinstance(core, Constructed):
        return None
    level = declared.levels[-1]
    is_array = level.is_own if not level.is_pointer else level.size is not None
    return core if is_array and has_open_tail(core) else None
