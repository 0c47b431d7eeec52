"""Rules about parameters: directions, pointers, and what can travel.

Spec: MIDL reference, in, out, ignore.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from midlpy.diagnostics import Diagnostic, Note
from midlpy.semantic import ir, unions
from midlpy.semantic.check_handles import is_binding, is_context
from midlpy.semantic.open_types import has_open_tail, open_element
from midlpy.semantic.program import leaf
from midlpy.semantic.scope import Constructed, Kind
from midlpy.semantic.subjects import OperationSubject, ParameterSubject
from midlpy.semantic.words import spell_specifiers


def out_needs_pointer(operation: OperationSubject) -> Iterator[Diagnostic]:
    """An [out] parameter is written through, so it is a pointer or an array.

    Pipes are exempt: by value they are [out] all the same (pipes are bound, not copied).
    """
    for parameter in operation.parameters:
        if parameter.direction is ir.Direction.IN or parameter.pipe is not None:
            continue
        if parameter.declared.levels or parameter.declared.is_poison:
            continue
        if is_binding(parameter):
            continue
        name = parameter.name
        if is_context(parameter):
            yield operation.site.finding(
                "out-handle-needs-pointer",
                f"[out] context handle '{name}' of '{operation.name}' "
                "is passed by value",
                parameter.span,
                help=f"declare it as '*{name}'",
            )
            continue
        yield operation.site.finding(
            "out-parameter-needs-pointer",
            f"[out] parameter '{name}' of '{operation.name}' is passed by value",
            parameter.span,
            help=f"declare it as '*{name}'",
        )


def out_only_is_ref(operation: OperationSubject) -> Iterator[Diagnostic]:
    """What only comes back cannot be null: the server would have nowhere to write."""
    for parameter in operation.parameters:
        if not parameter.is_out_only or parameter.pipe or not parameter.is_pointer:
            continue
        kind = parameter.declared.levels[0].kind
        if kind in (ir.PointerKind.UNIQUE, ir.PointerKind.FULL):
            attribute = parameter.attributes.first_of("unique", "ptr")
            yield operation.site.finding(
                "out-only-not-ref",
                f"[out] parameter '{parameter.name}' of '{operation.name}' "
                f"is a [{kind.value}] pointer",
                attribute.span if attribute else parameter.span,
                help="add [in], or write [ref]; to send a pointer back add a star",
            )


def out_string_has_room(operation: OperationSubject) -> Iterator[Diagnostic]:
    """The caller of an [out] string by one pointer makes the room, and says how much."""
    for parameter in operation.parameters:
        levels = parameter.declared.levels
        if not parameter.is_out_only or not levels:
            continue
        level = levels[0]
        if level.is_string and level.size is None and level.bound is None:
            yield operation.site.finding(
                "out-unsized-string",
                f"[out] string '{parameter.name}' of '{operation.name}' has no size",
                parameter.span,
                help="add [size_is], or a star to let the server allocate",
            )


def open_structures(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A struct that ends in an open array has no size of its own."""
    if operation.site.options.is_samba:
        return  # which has its count in place
    for parameter in operation.parameters:
        core = parameter.declared.core
        if not isinstance(core, Constructed) or not has_open_tail(core):
            continue
        levels = parameter.declared.levels
        if not levels:
            yield operation.site.finding(
                "open-structure-by-value",
                f"'{parameter.name}' of '{operation.name}' is {core.label} by value, "
                "which ends in an open array",
                parameter.span,
                help=f"declare it as '*{parameter.name}'",
            )
        elif parameter.is_out_only and len(levels) == 1 and levels[0].is_pointer:
            yield operation.site.finding(
                "out-open-structure",
                f"[out] parameter '{parameter.name}' of '{operation.name}' points to "
                f"{core.label}, which ends in an open array",
                parameter.span,
                help=f"declare it as '**{parameter.name}', or [in, out]",
            )


def types_among_parameters(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A type defined in a parameter list belongs to the whole file."""
    for parameter in operation.parameters:
        type_ = parameter.node.specifiers.type
        core = parameter.declared.core
        if isinstance(core, Constructed) and core.node is type_:
            yield operation.site.finding(
                "type-in-parameters",
                f"{core.label} is defined among the parameters of '{operation.name}'",
                parameter.span,
            )


def ignored_parameters(operation: OperationSubject) -> Iterator[Diagnostic]:
    """[ignore] keeps a member's referent at home; a parameter can just be left out."""
    for parameter in operation.parameters:
        attribute = parameter.attributes.get("ignore")
        if attribute is not None:
            yield operation.site.finding(
                "ignore-on-parameter",
                f"'{parameter.name}' of '{operation.name}' is a parameter, which "
                "[ignore] does not apply to",
                attribute.span,
            )


def _is_array(parameter: ParameterSubject) -> bool:
    return any(
        level.size or not level.is_pointer for level in parameter.declared.levels
    )


def arrays_of_unions(operation: OperationSubject) -> Iterator[Diagnostic]:
    """One discriminant cannot select the arms of many unions."""
    for parameter in operation.parameters:
        core = parameter.declared.core
        if not isinstance(core, Constructed) or core.kind is not Kind.UNION:
            continue
        if _is_array(parameter):
            yield operation.site.finding(
                "array-of-unions",
                f"'{parameter.name}' of '{operation.name}' is an array of {core.label}",
                parameter.span,
            )


def arrays_of_open_structures(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Elements of an array are of one size."""
    if operation.site.options.is_samba:
        return  # which has such counts in place
    for parameter in operation.parameters:
        inner = open_element(parameter.declared)
        if inner is not None:
            yield operation.site.finding(
                "conformant-nested",
                f"'{parameter.name}' of '{operation.name}' is an array of "
                f"{inner.label}, which ends in an open array",
                parameter.span,
            )


def out_is_not_const(operation: OperationSubject) -> Iterator[Diagnostic]:
    """What is written is not constant."""
    for parameter in operation.parameters:
        if (
            parameter.direction is not ir.Direction.IN
            and "const" in parameter.node.specifiers.qualifiers
        ):
            yield operation.site.finding(
                "out-const",
                f"[out] parameter '{parameter.name}' of '{operation.name}' is const",
                parameter.span,
                help="leave const out",
            )


def untransmissible(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Whatever a parameter reaches has to travel with it."""
    for parameter in operation.parameters:
        if parameter.pipe is None:
            yield from _untold(
                operation, parameter.type, f"'{parameter.name}'", parameter
            )
    core = operation.result.core
    returns_union = (
        isinstance(core, Constructed)
        and core.kind is Kind.UNION
        and not operation.result.levels
        and not unions.is_plain(core)
    )
    if not returns_union:
        yield from _untold(operation, operation.result_type, "the result", None)


# Where something that cannot travel has a rule of its own, by the rule it has elsewhere.
IN_STRUCTS: Final = {
    "void-pointer": "void-pointer-member",
    "function-pointer": "function-member",
    "union-without-cases": "union-member-without-switch",
    "no-switch-is": "union-member-without-switch",
}
AS_RESULT: Final = {
    "void-pointer": "returns-void-pointer",
    "bit-fields-sent": "returns-bit-fields",
    "union-without-cases": "returns-c-union",
    "function-pointer": "returns-function-pointer",
}


def _untold(
    operation: OperationSubject,
    type_: ir.Type,
    what: str,
    parameter: ParameterSubject | None,
) -> Iterator[Diagnostic]:
    span = parameter.span if parameter else operation.node.specifiers.span
    inner = leaf(type_)
    if isinstance(inner, ir.Opaque) and inner.rule:
        rule = inner.rule if parameter else AS_RESULT.get(inner.rule, inner.rule)
        if rule == "no-switch-is" and parameter and _is_array(parameter):
            return  # an array of unions, which is said already
        yield operation.site.finding(
            rule,
            f"{what} of '{operation.name}' cannot travel: {inner.reason}",
            span,
            notes=(
                []
                if inner.span.path == span.path
                and span.line <= inner.span.line <= span.end_line
                else [Note("the reason stands here", inner.span)]
            ),
        )
    elif isinstance(inner, ir.Use):
        untold = operation.site.program.untold(inner)
        if untold is not None:
            cause = untold.cause
            rules = IN_STRUCTS if parameter else AS_RESULT
            yield operation.site.finding(
                rules.get(cause.rule, cause.rule),
                f"{what} of '{operation.name}' cannot travel: in '{inner.name}', "
                f"{cause.reason}",
                span,
                notes=[Note("the reason stands here", cause.span)],
            )


def written_direction(operation: OperationSubject) -> Iterator[Diagnostic]:
    """/osf wants every direction written."""
    if not operation.site.options.osf or operation.is_local:
        return
    for parameter in operation.parameters:
        if not parameter.has_direction:
            yield operation.site.finding(
                "missing-direction",
                f"'{parameter.name}' of '{operation.name}' is neither [in] nor [out]",
                parameter.span,
                help=f"write '[in] {spell_specifiers(parameter.node.specifiers)} "
                f"{parameter.name}'",
            )
