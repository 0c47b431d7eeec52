"""Which fields and parameters are counts: sized siblings determine them.

A count is the only unknown of a ``size_is`` or ``length_is`` that can be solved for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from midlpy.layout import plan
from midlpy.semantic import ir
from midlpy.semantic.ir import PointerKind

NUMBERS = frozenset(ir.BaseKind) - {
    ir.BaseKind.BOOLEAN,
    ir.BaseKind.FLOAT,
    ir.BaseKind.DOUBLE,
}


def unknown(expression: ir.Expression | None) -> str | None:
    """The one sibling *expression* can be solved for, by its IDL name.

    That is n itself, n + k, n - k, n * k, n / k, shifts by k, and rounding up to a power
    of two, ``(n + 7) & ~7``; casts change nothing.
    """
    match expression:
        case ir.Sibling(name):
            return name
        case ir.Convert(operand):
            return unknown(operand)
        case ir.Binary("+" | "*", ir.Constant(value), other) if value > 0:
            return unknown(other)
        case ir.Binary("+" | "-", other, ir.Constant()):
            return unknown(other)
        case ir.Binary("*" | "/", other, ir.Constant(value)) if value > 0:
            return unknown(other)
        case ir.Binary("<<" | ">>", other, ir.Constant(value)) if 0 <= value < 64:
            return unknown(other)
        case ir.Binary("&", other, ir.Constant(value)) if _rounds(value):
            return unknown(other)
        case _:
            return None


def _rounds(mask: int) -> bool:
    """Is *mask* all ones down to some bit, as ``~7`` is, in 32 or 64 bits or more."""
    for complement in (~mask, mask ^ 0xFFFFFFFF, mask ^ 0xFFFFFFFFFFFFFFFF):
        if complement >= 0 and complement & (complement + 1) == 0:
            return True
    return False


def determined(type_: plan.Type) -> Iterator[str]:
    """The siblings that data of this type determine."""
    match type_:
        case (
            plan.Pointer(target)
            | plan.Ranged(target)
            | plan.Fixed(target)
            | plan.InPlace(target)
        ):
            yield from determined(target)
        case plan.Conformant(element, size, length):
            yield from _names(size, length)
            yield from determined(element)
        case plan.Varying(element, _, length):
            yield from _names(length)
            yield from determined(element)
        case plan.Packed(_, None, size, length):
            yield from _names(size, length)
        case plan.Packed(_, _, _, length):
            yield from _names(length)
        case plan.Text(_, None, size):
            yield from _names(size)
        case _:
            return


def _names(*expressions: ir.Expression | None) -> Iterator[str]:
    for expression in expressions:
        name = unknown(expression)
        if name is not None:
            yield name


def is_number(type_: plan.Type) -> bool:
    """May it be a count: an integer in place, or behind reference pointers only."""
    match type_:
        case plan.Scalar(kind):
            return kind in NUMBERS
        case plan.Ranged(target) | plan.Pointer(target, PointerKind.REF):
            return is_number(target)
        case _:
            return False


def counts(members: Iterable[tuple[str, plan.Type]]) -> frozenset[str]:
    """The names among *members* that others of them determine."""
    named = dict(members)
    sized = {name for type_ in named.values() for name in determined(type_)}
    return frozenset(name for name in sized if name in named and is_number(named[name]))
