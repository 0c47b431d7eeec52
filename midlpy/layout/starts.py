"""What fields begin with, so that a value made of defaults can travel.

That is zero, as in C, but for three kinds: a number whose range leaves zero out, a
discriminant that selects no arm when it is zero, and what the file says. A count stays
zero all the same, since that asks for the data's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from midlpy.layout.references import Index
from midlpy.semantic import ir
from midlpy.semantic.ir import PointerKind


def starts(
    fields: Sequence[ir.Field], counts: Collection[str], index: Index
) -> Mapping[str, int]:
    """The numbers that fields begin with, where it is not zero."""
    found: dict[str, int] = {}
    for field in fields:
        if field.name not in counts:
            said = field.start
            found[field.name] = _in_range(field.type) if said is None else said
    switched: dict[str, list[Sequence[ir.Arm]]] = {}
    for field in fields:
        switch = switch_of(field.type)
        if switch is not None and isinstance(switch.discriminant, ir.Sibling):
            arms = arms_of(switch.union, index)
            switched.setdefault(switch.discriminant.name, []).append(arms)
    for name, unions in switched.items():
        found[name] = _common_label(found.get(name, 0), unions)
    return {name: value for name, value in found.items() if value != 0}


def switch_of(type_: ir.Type) -> ir.Switch | None:
    """The union in this place, behind reference pointers or not."""
    match type_:
        case ir.Switch():
            return type_
        case ir.Pointer(target, PointerKind.REF):
            return switch_of(target)
        case _:
            return None


def arms_of(union: ir.Use, index: Index) -> tuple[ir.Arm, ...]:
    declaration = index[union]
    assert isinstance(declaration, ir.UnionDeclaration)
    return declaration.arms


def selected(arms: Iterable[ir.Arm], value: int) -> ir.Arm | None:
    """The arm that a discriminant of *value* selects."""
    default = None
    for arm in arms:
        if value in arm.labels:
            return arm
        if arm.is_default:
            default = arm
    return default


def first_label(arms: Sequence[ir.Arm]) -> int:
    """Zero if that selects an arm, else the first label."""
    return _common_label(0, [arms])


def _common_label(wanted: int, unions: Sequence[Sequence[ir.Arm]]) -> int:
    """*wanted* if it selects an arm of each union, else the first label that does."""
    for value in (wanted, *_labels(unions)):
        if all(selected(arms, value) is not None for arms in unions):
            return value
    return wanted


def _labels(unions: Iterable[Sequence[ir.Arm]]) -> Iterator[int]:
    for arms in unions:
        for arm in arms:
            yield from arm.labels


def _in_range(type_: ir.Type) -> int:
    """Zero, or the legal value next to it."""
    match type_:
        case ir.Ranged(_, ir.Range(low, high)):
            return max(low, min(0, high))
        case ir.Pointer(target, PointerKind.REF):
            return _in_range(target)
        case _:
            return 0
