"""Rules about handles and status parameters.

Spec: MIDL reference, "Binding handles", comm_status, fault_status.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Note
from midlpy.semantic import ir
from midlpy.semantic.declared import Declared
from midlpy.semantic.operations import status_place
from midlpy.semantic.scope import Constructed, Kind
from midlpy.semantic.subjects import OperationSubject, ParameterSubject


def is_context(parameter: ParameterSubject) -> bool:
    core = parameter.declared.core
    return isinstance(core, Constructed) and core.kind is Kind.CONTEXT


def is_binding(parameter: ParameterSubject) -> bool:
    return isinstance(parameter.declared.core, ir.BindingHandle)


def handles(operation: OperationSubject) -> Iterator[Diagnostic]:
    """One binding per call; it goes in and is never null."""
    site = operation.site
    for parameter in operation.parameters:
        if not is_binding(parameter):
            continue
        name = parameter.name
        if "callback" in operation.attributes:
            yield site.finding(
                "callback-handle",
                f"'{operation.name}' is a [callback], which needs no handle '{name}'",
                parameter.span,
                help="leave it out",
            )
        elif parameter.is_out_only:
            yield site.finding(
                "handle-out-only",
                f"the handle '{name}' of '{operation.name}' is [out] only",
                parameter.span,
                help=f"write '[in] handle_t {name}'",
            )
        elif parameter.direction is not ir.Direction.IN:
            yield site.finding(
                "handle-not-in",
                f"the handle '{name}' of '{operation.name}' is [out]",
                parameter.span,
                help=f"write '[in] handle_t {name}'",
            )
        elif parameter.attributes.first_of("unique", "ptr") is not None:
            yield site.finding(
                "handle-pointer-kind",
                f"the pointer to the handle '{name}' of '{operation.name}' may be null",
                parameter.span,
                help=f"write '[in] handle_t {name}'",
            )
        elif operation.handle is not None and operation.handle is not parameter:
            yield site.finding(
                "second-handle",
                f"'{name}' is a second handle; '{operation.name}' is bound by "
                f"'{operation.handle.name}'",
                parameter.span,
                notes=[
                    Note(
                        f"'{operation.handle.name}' stands here", operation.handle.span
                    )
                ],
            )


def arrays_of_handles(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A handle stands alone: neither handle_t nor context handles come in arrays."""
    for parameter in operation.parameters:
        if not (is_binding(parameter) or is_context(parameter)):
            continue
        levels = parameter.declared.levels
        if any(not level.is_pointer or level.size for level in levels):
            yield operation.site.finding(
                "array-of-handles",
                f"'{parameter.name}' of '{operation.name}' is an array of handles",
                parameter.span,
            )


def status_parameters(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A status parameter is an [out] error_status_t *, and there is one of each kind."""
    for word in ("comm_status", "fault_status"):
        on_result = operation.acf.get(word) or operation.attributes.get(word)
        places = [
            (name, attributes)
            for name, attributes in operation.acf_parameters.items()
            if word in attributes
        ]
        places += [
            (p.name, p.attributes) for p in operation.parameters if word in p.attributes
        ]
        if on_result is not None and places:
            rule = "status-on-both" if word == "comm_status" else "fault-status-on-both"
            yield operation.site.finding(
                rule,
                f"[{word}] stands on '{operation.name}' and on '{places[0][0]}'",
                places[0][1].span(word, operation.span),
            )
        elif on_result is not None and not _is_status(operation.result, 0):
            yield operation.site.finding(
                "status-type",
                f"[{word}] stands on '{operation.name}', which returns "
                f"{operation.result.text}, not error_status_t",
                on_result.span,
            )
        if len(places) > 1:
            yield operation.site.finding(
                "status-twice",
                f"[{word}] stands on '{places[0][0]}' and on '{places[1][0]}'",
                places[1][1].span(word, operation.span),
            )
        for name, _ in places:
            yield from _status(operation, name, word)


def statuses_of_maybe(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A call that is never answered fails in two ways. Spec: MIDL reference, maybe."""
    attribute = operation.attributes.get("maybe")
    words = ("comm_status", "fault_status")
    missing = [word for word in words if status_place(operation, word) is None]
    if attribute is not None and len(missing) == 1:
        yield operation.site.finding(
            "status-of-maybe",
            f"'{operation.name}' is [maybe] and has no [{missing[0]}] beside the other",
            attribute.span,
        )


def _is_status(declared: Declared, levels: int) -> bool:
    """An error_status_t, or what it is, behind so many pointers."""
    core = declared.core
    return declared.is_poison or (
        isinstance(core, ir.Base)
        and core.kind in (ir.BaseKind.ERROR_STATUS, ir.BaseKind.UINT32)
        and len(declared.levels) == levels
    )


def _status(operation: OperationSubject, name: str, word: str) -> Iterator[Diagnostic]:
    for parameter in operation.parameters:
        if parameter.name != name:
            continue
        declared = parameter.declared
        where = parameter.attributes.span(word, parameter.span)
        if declared.is_poison:
            return
        if not parameter.is_out_only and parameter.direction is ir.Direction.IN:
            yield operation.site.finding(
                "status-not-out",
                f"'{name}' takes [{word}] and is not [out]",
                where,
                help=f"write '[out] error_status_t *{name}'",
            )
        elif not _is_status(declared, 1):
            yield operation.site.finding(
                "status-type",
                f"'{name}' takes [{word}] and is {declared.text}, "
                "not error_status_t *",
                where,
                help=f"write '[out] error_status_t *{name}'",
            )
