"""Rules about structs, unions and enums, whether or not anything uses them.

Spec: MIDL reference, struct, union, switch_type, case; C706 4.2.9 to 4.2.20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from midlpy.diagnostics import Diagnostic, Note, Span
from midlpy.frontend import ast
from midlpy.semantic import ir, unions
from midlpy.semantic.arithmetic import SIGNED, SIZES
from midlpy.semantic.declared import Function, Void
from midlpy.semantic.expressions import is_integer
from midlpy.semantic.open_types import has_open_tail, is_open_array, open_element
from midlpy.semantic.program import parts
from midlpy.semantic.scope import Constructed, FileScope, Kind, TypedefSymbol

ENUM_LIMIT: Final = 0x7FFF


def recursive_by_value(named: Constructed) -> Iterator[Diagnostic]:
    """A struct that holds itself by value has no end."""
    ending = named.site.program.ending
    held = list(_values(named))
    # Most types hold only earlier ones; looking through those again takes long.
    if all(inner in ending for _, inner, _ in held):
        ending.add(named.use)
        return
    for name, inner, _ in held:
        if _is_told_here(named, inner, _values):
            yield named.site.finding(
                "recursive-by-value",
                f"{named.label} contains itself in '{name}'",
                _part_span(named, name),
                help=f"make '{name}' a pointer",
            )
            return


def _part_span(named: Constructed, name: str) -> Span:
    spans = {field.name: field.span for field in named.fields}
    spans.update({arm.name: arm.span for arm in named.arms if arm.name is not None})
    return spans.get(name, named.span)


def _by_value(type_: ir.Type) -> ir.Use | None:
    """The named type inside *type_* that no pointer stands in front of."""
    match type_:
        case ir.Use():
            return type_
        case ir.Ranged() | ir.InPlace():
            return _by_value(type_.target)
        case ir.Array():
            return _by_value(type_.element)
        case ir.Switch():
            return type_.union
        case _:
            return None


Edges: TypeAlias = Callable[[Constructed], Iterator[tuple[str, ir.Use, bool]]]
"""What a type leads to: member, type, and whether a cycle is told of there."""


def _values(named: Constructed) -> Iterator[tuple[str, ir.Use, bool]]:
    for name, type_ in parts(named):
        inner = _by_value(type_)
        if inner is not None:
            yield name, inner, False


def _necessities(named: Constructed) -> Iterator[tuple[str, ir.Use, bool]]:
    """What a struct cannot be without: held by value, or behind [ref]."""
    for field in named.fields:
        type_, is_ref = field.type, False
        while True:
            match type_:
                case ir.Pointer(target, ir.PointerKind.REF):
                    type_, is_ref = target, True
                case ir.Array() if type_.bound is not None and type_.length is None:
                    type_ = type_.element
                case _:
                    break
        if isinstance(type_, ir.Use):
            yield field.name, type_, is_ref


def _is_told_here(named: Constructed, start: ir.Use, edges: Edges) -> bool:
    """Whether *start* leads back to *named*, the first place to tell of the cycle."""
    program = named.site.program
    told: dict[ir.Use, list[Span]] = {start: [named.span]}
    waiting = [start]
    while waiting:
        use = waiting.pop(0)
        if use == named.use:
            return min(told[use]) == named.span
        inner = program.find(use)
        if inner is None:
            continue
        for _, following, is_told in edges(inner):
            spans = [*told[use], inner.span] if is_told else told[use]
            if following not in told:
                told[following] = spans
                waiting.append(following)
    return False


def endless_ref(named: Constructed) -> Iterator[Diagnostic]:
    """A chain of [ref] pointers back to itself can never be null, so never ends."""
    for name, use, is_ref in _necessities(named):
        if is_ref and _is_told_here(named, use, _necessities):
            yield named.site.finding(
                "endless-ref",
                f"'{name}' leads from one {named.label} to the next by [ref], "
                "without end",
                _part_span(named, name),
                help="write [unique]",
            )


def conformant_last(named: Constructed) -> Iterator[Diagnostic]:
    """An open array is the last member, since its count goes ahead of the struct."""
    if named.site.options.is_samba:
        return  # which has such counts in place
    for field in named.fields[:-1]:
        type_ = field.type
        inner = named.site.program.find(type_) if isinstance(type_, ir.Use) else None
        if is_open_array(type_) or (inner is not None and has_open_tail(inner)):
            yield named.site.finding(
                "conformant-not-last",
                f"'{field.name}' is open-ended and not the last member of "
                f"{named.label}",
                field.span,
                help=f"move '{field.name}' to the end, or make it a pointer",
            )


def conformant_nested(named: Constructed) -> Iterator[Diagnostic]:
    """Elements of an array are of one size."""
    if named.site.options.is_samba:
        return  # which has such counts in place
    held = [(each.name, each.declared) for each in named.fields]
    held += [(each.name or "", each.declared) for each in named.arms if each.declared]
    for name, declared in held:
        inner = open_element(declared)
        if inner is not None:
            yield named.site.finding(
                "conformant-nested",
                f"'{name}' is an array of {inner.label}, which ends in an open array",
                _part_span(named, name),
            )


def array_typedefs(scope: FileScope) -> Iterator[Diagnostic]:
    """Elements of an array are data, each of one size."""
    for symbol in scope.names.values():
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        levels, core = symbol.declared.levels, symbol.declared.core
        if not levels or levels[-1].is_pointer or not levels[-1].is_own:
            continue
        name = symbol.name.text
        rule, what = "", ""
        if isinstance(core, Void):
            rule, what = "array-of-void", "void"
        elif isinstance(core, Function):
            rule, what = "array-of-functions", "functions"
        elif isinstance(core, Constructed) and has_open_tail(core):
            rule = "conformant-nested"
            what = f"{core.label}, which ends in an open array"
        elif isinstance(core, ir.BindingHandle) or (
            isinstance(core, Constructed) and core.kind is Kind.CONTEXT
        ):
            rule, what = "array-of-handles", "handles"
        if rule:
            yield symbol.site.finding(
                rule, f"'{name}' is an array of {what}", symbol.span
            )


def bit_fields(named: Constructed) -> Iterator[Diagnostic]:
    """Bits are parts of an integer."""
    for field in named.fields:
        declared = field.declared
        if field.has_bits and not (is_integer(declared) or declared.is_poison):
            quoted = f"'{field.name}'" if field.name else "without a name"
            yield named.site.finding(
                "bit-field-type",
                f"the bit-field {quoted} is {declared.text}",
                field.span,
            )


def members(named: Constructed) -> Iterator[Diagnostic]:
    """What no struct holds: nothing at all, a handle, an initial value."""
    for field in named.fields:
        core = field.declared.core
        levels = field.declared.levels
        if isinstance(core, Void) and not levels:
            yield named.site.finding(
                "void-member", f"'{field.name}' is void", field.span
            )
        elif isinstance(core, Void) and not levels[-1].is_pointer:
            yield named.site.finding(
                "array-of-void", f"'{field.name}' is an array of void", field.span
            )
        elif isinstance(core, ir.BindingHandle):
            yield named.site.finding(
                "handle-member",
                f"'{field.name}' is a handle_t, which cannot be a struct member",
                field.span,
            )


# Unions


def repeated_cases(named: Constructed) -> Iterator[Diagnostic]:
    """One value selects one arm."""
    seen: dict[int, Span] = {}
    for arm in named.arms:
        for label, span in zip(arm.labels, arm.label_spans, strict=True):
            value = unions.label(label, named)
            if value in seen:
                yield named.site.finding(
                    "duplicate-case",
                    f"case {label} selects two arms of {named.label}",
                    span,
                    notes=[Note("the other one stands here", seen[value])],
                )
            seen.setdefault(value, span)


def defaults(named: Constructed) -> Iterator[Diagnostic]:
    """One default arm at most; without one, other values are refused when met."""
    if not named.arms:
        return
    found = [arm for arm in named.arms if arm.is_default]
    if len(found) > 1:
        yield named.site.finding(
            "two-defaults",
            f"{named.label} has two default arms",
            found[1].span,
            notes=[Note("the other one stands here", found[0].span)],
        )
    elif not found:
        yield named.site.finding(
            "no-default-arm",
            f"{named.label} has no default arm",
            named.span,
            help="add '[default];' or 'default: ;' if other values may come",
        )


def arms(named: Constructed) -> Iterator[Diagnostic]:
    """An arm has a label, and a value that stands alone."""
    for arm in named.arms:
        site, name = named.site, arm.name or "this arm"
        if not arm.has_case:
            yield site.finding(
                "arm-without-case",
                f"'{name}' of {named.label} has no [case]",
                arm.span,
                help="add [case(...)] or [default]",
            )
        if arm.declared is None or arm.type is None:
            continue
        kind = arm.type.kind if isinstance(arm.type, ir.Pointer) else None
        if "ref" in arm.attributes or kind is ir.PointerKind.REF:
            yield site.finding(
                "ref-arm",
                f"'{name}' of {named.label} is a [ref] pointer",
                arm.attributes.span("ref", arm.span),
                help="write [unique]",
            )
        core = arm.declared.core
        inner = core if isinstance(core, Constructed) else None
        is_varying = isinstance(arm.type, ir.Array) and arm.type.length is not None
        if is_open_array(arm.type) or is_varying:
            yield site.finding(
                "conformant-arm",
                f"'{name}' of {named.label} is an open or varying array",
                arm.span,
                help="make it a pointer",
            )
        elif (
            inner is not None
            and inner.kind is Kind.UNION
            and not arm.declared.levels
            and not unions.is_plain(inner)
        ):
            yield site.finding(
                "union-in-union",
                f"'{name}' of {named.label} is {inner.label}, which nothing selects",
                arm.span,
                help="put it into a struct with its discriminant",
            )


LIMITS: Final[Mapping[ir.BaseKind, tuple[int, int]]] = {
    ir.BaseKind.BOOLEAN: (0, 1),
    ir.BaseKind.BYTE: (0, 0xFF),
    ir.BaseKind.CHAR: (-0x80, 0xFF),
}


def case_range(named: Constructed) -> Iterator[Diagnostic]:
    """A label is a value of the discriminant's type."""
    declared = (
        unions.switch_type(named) if named.kind is Kind.UNION else named.discriminant
    )
    if not named.arms or declared is None or not isinstance(declared.core, ir.Base):
        return
    low, high = _limits(declared.core.kind)
    for arm in named.arms:
        for label, span in zip(arm.labels, arm.label_spans, strict=True):
            if not low <= label <= high:
                yield named.site.finding(
                    "case-out-of-range",
                    f"case {label} is no {declared.text}",
                    span,
                    help=f"{declared.text} has values {low}..{high}",
                )


def _limits(kind: ir.BaseKind) -> tuple[int, int]:
    """Legal values; a signed type takes its unsigned spellings too, as C does."""
    if kind in LIMITS:
        return LIMITS[kind]
    bits = 8 * SIZES[kind]
    low = -(1 << (bits - 1)) if kind in SIGNED else 0
    return low, (1 << bits) - 1


def empty_union(named: Constructed) -> Iterator[Diagnostic]:
    """A union without arms carries nothing for any value."""
    node = named.node
    is_switched = named.kind is Kind.ENCAPSULATED or (
        isinstance(node, ast.UnionType)
        and node.fields is not None
        and "switch_type" in named.attributes
    )
    if is_switched and not named.arms:
        yield named.site.finding(
            "empty-union", f"{named.label} has no arms", named.span
        )


# Enums


def bitmaps(named: Constructed) -> Iterator[Diagnostic]:
    """``bitmap`` is a word of Samba's dialect."""
    if named.is_bitmap and not named.site.options.is_samba:
        yield named.site.finding(
            "syntax",
            "bitmap is a word of Samba's dialect",
            named.span,
            help="compile with --dialect samba, or write '[v1_enum] enum'",
        )


def enum_values(named: Constructed) -> Iterator[Diagnostic]:
    """A 16-bit enum travels as a short that is not negative.

    Spec: MIDL reference, enum: values above 32767 need [v1_enum].
    """
    if named.kind is not Kind.ENUM:
        return
    node = named.node
    assert isinstance(node, ast.EnumType)
    if named.is_wide_enum or not named.site.program.may_travel(named):
        return
    for enumerator in node.enumerators or ():
        value = named.enumerators.get(enumerator.name.text, 0)
        if not 0 <= value <= ENUM_LIMIT:
            yield named.site.finding(
                "enum-out-of-range",
                f"'{enumerator.name.text}' is {value}, a 16-bit enum has 0..{ENUM_LIMIT}",
                enumerator.name.span,
                help="add [v1_enum] if the peer sends 32 bits",
            )
            return
