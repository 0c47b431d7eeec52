"""Rules about where sizes come from.

Spec: MIDL reference, size_is, length_is.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Note
from midlpy.semantic import ir
from midlpy.semantic.subjects import OperationSubject


def sized_by_in(operation: OperationSubject) -> Iterator[Diagnostic]:
    """What says how much is sent is known before it is sent."""
    by_name = {parameter.name: parameter for parameter in operation.parameters}
    for parameter in operation.parameters:
        if parameter.direction is ir.Direction.OUT:
            continue
        for rule, expression in _counts(parameter.type):
            for sibling in _siblings(expression):
                source = by_name.get(sibling.name)
                if source is not None and source.is_out_only:
                    yield operation.site.finding(
                        rule,
                        f"the size of '{parameter.name}' comes from '{source.name}', "
                        "which is [out] only",
                        parameter.span,
                        help=f"make '{source.name}' [in, out]",
                        notes=[Note(f"'{source.name}' stands here", source.span)],
                    )


def dereferences_null(operation: OperationSubject) -> Iterator[Diagnostic]:
    """An expression that looks behind a pointer that may be null has no value then."""
    by_name = {parameter.name: parameter for parameter in operation.parameters}
    for parameter in operation.parameters:
        for _, expression in _counts(parameter.type):
            if isinstance(expression, ir.Conditional):
                continue  # it asks first
            for sibling in _siblings(expression):
                source = by_name.get(sibling.name)
                if source is None or not sibling.dereferenced:
                    continue
                if not isinstance(source.type, ir.Pointer):
                    continue
                if source.type.kind is not ir.PointerKind.REF:
                    yield operation.site.finding(
                        "size-through-null",
                        f"the size of '{parameter.name}' is behind '{source.name}', "
                        f"a [{source.type.kind.value}] pointer that may be null",
                        parameter.span,
                        help=f"make '{source.name}' [ref]",
                        notes=[Note(f"'{source.name}' stands here", source.span)],
                    )


def _counts(type_: ir.Type) -> Iterator[tuple[str, ir.Expression]]:
    """The expressions in *type_*, each with the rule about [out] sources."""
    match type_:
        case ir.Pointer() | ir.Ranged():
            yield from _counts(type_.target)
        case ir.Array():
            for rule, expression in (
                ("size-from-out", type_.size),
                ("length-from-out", type_.length),
                ("length-from-out", type_.first),
            ):
                if expression is not None:
                    yield rule, expression
            yield from _counts(type_.element)
        case ir.String() if type_.size is not None:
            yield "size-from-out", type_.size
        case _:
            return


def _siblings(expression: ir.Expression) -> Iterator[ir.Sibling]:
    match expression:
        case ir.Sibling():
            yield expression
        case ir.Unary() | ir.Convert():
            yield from _siblings(expression.operand)
        case ir.Binary():
            yield from _siblings(expression.left)
            yield from _siblings(expression.right)
        case ir.Conditional():
            yield from _siblings(expression.condition)
            yield from _siblings(expression.positive)
            yield from _siblings(expression.negative)
        case ir.Constant():
            return
