"""A wire plan as text: one line to a thing, levels from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from midlpy.layout import plan
from midlpy.semantic import ir
from midlpy.semantic.ir import PointerKind

_POINTERS = {
    PointerKind.REF: "ref",
    PointerKind.UNIQUE: "unique",
    PointerKind.FULL: "full",
}


def describe(module: plan.Module) -> str:
    """Everything the plan of one file says, ending in a newline."""
    lines = [f"file {module.path}"]
    lines += [f"uses {path}" for path in module.uses]
    for constant in module.constants:
        lines.append(f"constant {constant.name} = {constant.value!r}")
    for declaration in module.types:
        lines += ["", *_declaration(declaration)]
    if module.serialized:
        lines.append("")
    for each in module.serialized:
        lines.append(
            f"serialized {each.name} ({each.serialization}): {levels(each.type)}"
        )
    for interface in module.interfaces:
        lines += ["", *_interface(interface)]
    return "\n".join(lines) + "\n"


def levels(type_: plan.Type) -> str:
    """A row of levels, outermost first, arrows between."""
    match type_:
        case plan.Scalar(kind):
            return kind.value
        case plan.Guid():
            return "uuid"
        case plan.Ranged(target, low, high):
            return f"{low}..{high} -> {levels(target)}"
        case plan.Use():
            return f"{type_.form.value} {type_.name}"
        case plan.Switch(union, discriminant):
            return f"switch {expression(discriminant)} -> {levels(union)}"
        case plan.Pointer(target, kind):
            return f"{_POINTERS[kind]} -> {levels(target)}"
        case plan.Fixed(element, count):
            return f"fixed array of {count} -> {levels(element)}"
        case plan.Conformant(element, size, length, first):
            form = _form(None, length, first)
            return f"{form} array{_sizes(size, length, first)} -> {levels(element)}"
        case plan.Varying(element, bound, length, first):
            sizes = _sizes(None, length, first)
            return f"varying array of {bound}{sizes} -> {levels(element)}"
        case plan.Packed(is_wide, bound, size, length, first):
            unit = "wide characters" if is_wide else "octets"
            room = "" if bound is None else f" of {bound}"
            form = _form(bound, length, first)
            return f"{form} {unit}{room}{_sizes(size, length, first)}"
        case plan.Text(character, bound, size):
            room = "" if bound is None else f" in room for {bound}"
            return f"string of {character.value}{room}{_sizes(size, None, None)}"
        case plan.InPlace(target, is_counted):
            where = "counts in place" if is_counted else "no counts"
            return f"{where}: {levels(target)}"
        case plan.InterfacePointer():
            return "interface pointer"
        case _:
            assert_never(type_)


def _form(
    bound: int | None, length: ir.Expression | None, first: ir.Expression | None
) -> str:
    is_varying = length is not None or first is not None
    if bound is None:
        return "conformant varying" if is_varying else "conformant"
    return "varying" if is_varying else "fixed"


def _sizes(
    size: ir.Expression | None,
    length: ir.Expression | None,
    first: ir.Expression | None,
) -> str:
    given = {"size": size, "length": length, "first": first}
    found = [f"{word} {expression(e)}" for word, e in given.items() if e is not None]
    return f" ({', '.join(found)})" if found else ""


def expression(node: ir.Expression) -> str:
    """An expression in C's spelling, every operation in parentheses but the last."""
    match node:
        case ir.Constant(value):
            return str(value)
        case ir.Sibling(name, dereferenced):
            return f"*{name}" if dereferenced else name
        case ir.Unary(operator, operand):
            return f"{operator}{_inner(operand)}"
        case ir.Binary(operator, left, right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case ir.Conditional(condition, positive, negative):
            return f"{_inner(condition)} ? {_inner(positive)} : {_inner(negative)}"
        case ir.Convert(operand, octets, is_signed):
            return f"({'int' if is_signed else 'uint'}{octets * 8}){_inner(operand)}"
        case _:
            assert_never(node)


def _inner(node: ir.Expression) -> str:
    text = expression(node)
    is_single = isinstance(node, ir.Constant | ir.Sibling | ir.Unary)
    return text if is_single else f"({text})"


def _declaration(declaration: plan.Declaration) -> Iterator[str]:
    match declaration:
        case plan.Enumeration(name, enumerators, octets):
            word = "bitmap" if declaration.is_flags else "enum"
            where = "" if declaration.is_exact else " in NDR"
            yield f"{word} {name}, {octets} octets{where}"
            yield from (f"    {each.name} = {each.value}" for each in enumerators)
        case plan.Struct():
            form = "fixed" if declaration.is_fixed else "variable"
            yield f"struct {declaration.name}, {form}{_cycle(declaration)}"
            for field in declaration.fields:
                yield f"    {field.name}: {levels(field.type)}{_traits(field)}"
        case plan.Union():
            form = "ms_union" if declaration.is_ms_union else "union"
            kind = levels(declaration.discriminant)
            yield f"{form} {declaration.name} by {kind}{_cycle(declaration)}"
            yield from _arms(declaration)
        case plan.Encapsulated():
            yield f"encapsulated union {declaration.name}{_cycle(declaration)}"
            tag = declaration.discriminant
            yield f"    {tag.name}: {levels(tag.type)}{_traits(tag)}"
            yield f"    {declaration.union_name}:"
            yield from (f"    {line}" for line in _arms(declaration))
        case plan.ContextHandle(name):
            yield f"context handle {name}"
        case plan.Pipe(name, element):
            yield f"pipe {name} of {levels(element)}"
        case plan.Converted(name, wire, converter):
            yield f"converted {name}, {converter} over {levels(wire)}{_cycle(declaration)}"
        case _:
            assert_never(declaration)


def _cycle(
    declaration: plan.Struct | plan.Union | plan.Encapsulated | plan.Converted,
) -> str:
    return ", can reach itself" if declaration.in_cycle else ""


def _count(is_count: bool) -> str:
    return ", a count" if is_count else ""


def _traits(field: plan.Field) -> str:
    start = f", begins with {field.start}" if field.start else ""
    return f"{_count(field.is_count)}{start}"


def _arms(union: plan.Union | plan.Encapsulated) -> Iterator[str]:
    for arm in union.arms:
        yield f"    {', '.join(str(label) for label in arm.labels)}: {_arm(arm)}"
    if union.default is not None:
        yield f"    default: {_arm(union.default)}"


def _arm(arm: plan.Arm) -> str:
    return "nothing" if arm.type is None else f"{arm.name} {levels(arm.type)}"


def _interface(interface: plan.Interface) -> Iterator[str]:
    major, minor = interface.version
    yield f"interface {interface.name} {major}.{minor} {interface.uuid}"
    yield from (f"    endpoint {endpoint}" for endpoint in interface.endpoints)
    for operation in interface.operations:
        yield from _operation("operation", operation)
    for operation in interface.callbacks:
        yield from _operation("callback", operation)


def _operation(word: str, operation: plan.Operation) -> Iterator[str]:
    traits = {
        "async": operation.is_async,
        "idempotent": operation.is_idempotent,
        "broadcast": operation.is_broadcast,
        "maybe": operation.is_maybe,
        "reserved": operation.is_reserved,
        "not called": not operation.has_client,
        f"with {operation.notice}": operation.notice is not None,
        f"serialized ({operation.serialization})": operation.serialization is not None,
    }
    called = f", called {operation.called}" if operation.called else ""
    said = called + "".join(f", {trait}" for trait, holds in traits.items() if holds)
    yield f"    {word} {operation.opnum} {operation.name}{said}"
    if operation.refusal is not None:
        yield f"        refused: {operation.refusal}"
    for each in operation.parameters:
        way = {(True, False): "in", (False, True): "out", (True, True): "in out"}
        bounds = (
            ""
            if each.chunk_range is None
            else " chunks {}..{}".format(*each.chunk_range)
        )
        direction = way[each.is_in, each.is_out]
        row = f"{levels(each.type)}{bounds}{_count(each.is_count)}"
        unsent = "" if each.is_sent else ", never sent"
        yield f"        {direction} {each.name}: {row}{unsent}"
    if operation.result is not None:
        yield f"        returns {levels(operation.result)}"
    for word, place in (
        ("communication errors", operation.comm_status),
        ("faults", operation.fault_status),
    ):
        if place is not None:
            yield f"        {word} in {place}"
