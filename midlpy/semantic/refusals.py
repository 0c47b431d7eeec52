"""Operations that are refused by name: they keep their opnum, and cannot be called.

A dialect has types that NDR cannot express. Refusing the file would take every other
operation along, so only the operations that reach such a type are refused: with a warning,
and with the reason in the generated module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Diagnostic, Note, Span
from midlpy.semantic import ir
from midlpy.semantic.declared import REFUSED
from midlpy.semantic.findings import finding
from midlpy.semantic.program import leaf
from midlpy.semantic.scope import FileScope
from midlpy.semantic.subjects import OperationSubject

RESULT: Final = "the result"

# Names in the note on types that are left out; the others are counted.
SHOWN: Final = 5


class Refusal(Struct, frozen=True):
    """Why an operation is not supported, and where that stands."""

    reason: str
    span: Span


def refusal_of(operation: OperationSubject) -> Refusal | None:
    """The first reason why *operation* is refused; None when it is not."""
    if operation.is_local or operation.is_reserved:
        return None
    for what, type_ in _values(operation):
        found = _refusal(operation, what, leaf(type_))
        if found is not None:
            return found
    return None


def _is_refusing(rule: str, operation: OperationSubject) -> bool:
    """Whether what *rule* says keeps the operation out, or is a mistake.

    Samba's compiler takes whatever its code generator can be helped with by hand, so in
    its dialect nothing that cannot travel is a mistake.
    """
    return rule == REFUSED or (bool(rule) and operation.site.options.is_samba)


def _values(operation: OperationSubject) -> Iterator[tuple[str, ir.Type]]:
    for parameter in operation.parameters:
        yield f"'{parameter.name}'", parameter.type
    yield RESULT, operation.result_type


def _refusal(operation: OperationSubject, what: str, inner: ir.Type) -> Refusal | None:
    match inner:
        case ir.Opaque(rule=rule) if _is_refusing(rule, operation):
            where = "" if what == RESULT else f"{what}: "
            return Refusal(f"{where}{inner.reason}", inner.span)
        case ir.Use():
            untold = operation.site.program.untold(inner)
            if untold is None or not _is_refusing(untold.cause.rule, operation):
                return None
            reason = f"{what}: in '{inner.name}', {untold.cause.reason}"
            return Refusal(reason, untold.cause.span)
        case _:
            return None


def refused(operation: OperationSubject) -> Iterator[Diagnostic]:
    """An operation that reaches what its dialect has and NDR has not is left out."""
    refusal = refusal_of(operation)
    if refusal is None:
        return
    own, cause = operation.span, refusal.span
    is_inside = cause.path == own.path and own.line <= cause.line <= own.end_line
    yield operation.site.finding(
        REFUSED,
        f"'{operation.name}' is not supported: {refusal.reason}",
        operation.name_span,
        notes=[] if is_inside else [Note("the reason stands here", cause)],
    )


def types_left_out(scope: FileScope) -> Iterator[Diagnostic]:
    """Types that NDR cannot express are no part of the module, and it is said once."""
    left_out = [
        (named, untold)
        for named in scope.constructed
        if (untold := scope.program.untold(named.use)) and untold.cause.rule == REFUSED
    ]
    if not left_out:
        return
    (first, untold), *_ = left_out
    shown = ", ".join(f"'{named.name}'" for named, _ in left_out[:SHOWN])
    more = f" and {len(left_out) - SHOWN} more" if left_out[SHOWN:] else ""
    yield finding(
        scope.options,
        "types-left-out",
        f"{shown}{more} cannot travel; '{first.name}': {untold.cause.reason}",
        first.span,
        notes=[Note("the reason stands here", untold.cause.span)],
    )
