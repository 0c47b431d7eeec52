"""Rules about operations, their parameters and results.

Spec: MIDL reference, in, out, "Operations"; the numbers are those of its error list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from midlpy.diagnostics import Diagnostic, Note
from midlpy.frontend import ast
from midlpy.semantic import ir, unions
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.open_types import has_open_tail
from midlpy.semantic.operations import declarations
from midlpy.semantic.program import leaf
from midlpy.semantic.scope import Constructed, Kind
from midlpy.semantic.subjects import OperationSubject, ParameterSubject
from midlpy.semantic.words import spell_specifiers


def _is_context(parameter: ParameterSubject) -> bool:
    core = parameter.declared.core
    return isinstance(core, Constructed) and core.kind is Kind.CONTEXT


def _is_binding(parameter: ParameterSubject) -> bool:
    return isinstance(parameter.declared.core, ir.BindingHandle)


def out_needs_pointer(operation: OperationSubject) -> Iterator[Diagnostic]:
    """An [out] parameter is written through, so it is a pointer or an array.

    Pipes are exempt: by value they are [out] all the same (pipes are bound, not copied).
    """
    for parameter in operation.parameters:
        if parameter.direction is ir.Direction.IN or parameter.pipe is not None:
            continue
        if parameter.declared.levels or parameter.declared.is_poison:
            continue
        if _is_binding(parameter):
            continue
        name = parameter.name
        if _is_context(parameter):
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


def serialization(operation: OperationSubject) -> Iterator[Diagnostic]:
    """encode and decode make buffers instead of calls, which codecs do here."""
    if operation.pipes:
        return
    for attributes in (operation.acf, operation.attributes):
        attribute = attributes.first_of("encode", "decode")
        if attribute is not None:
            yield operation.site.finding(
                "attribute-ignored",
                f"[{attribute.name.text}] has no effect: '{operation.name}' stays a call",
                attribute.span,
            )
            return


def call_as(operation: OperationSubject) -> Iterator[Diagnostic]:
    """The remote twin of a [local] operation has the one it stands for beside it."""
    attribute = operation.attributes.get("call_as") or operation.acf.get("call_as")
    if attribute is None or not attribute.arguments:
        return
    target = attribute.arguments[0]
    name = target.name.text if isinstance(target, ast.NameReference) else ""
    for declaration, declarator in declarations(operation.interface.node):
        is_target = declarator.name is not None and declarator.name.text == name
        if is_target and "local" in AttributeSet(declaration.attributes):
            return
    yield operation.site.finding(
        "call-as-target",
        f"[call_as] of '{operation.name}' names '{name}', which is no [local] operation "
        f"of '{operation.interface.name}'",
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


def variadic(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Nobody knows what an ellipsis would send."""
    function = operation.declarator.derivations[0]
    if isinstance(function, ast.FunctionOf) and function.variadic:
        yield operation.site.finding(
            "variadic",
            f"'{operation.name}' takes any number of parameters",
            operation.name_span,
        )


def maybe_without_output(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A [maybe] call is never answered."""
    attribute = operation.attributes.get("maybe")
    if attribute is None:
        return
    outs = [p for p in operation.parameters if p.direction is not ir.Direction.IN]
    if outs or not isinstance(operation.result_type, ir.Void):
        what = f"[out] parameter '{outs[0].name}'" if outs else "a result"
        yield operation.site.finding(
            "maybe-with-output",
            f"'{operation.name}' is [maybe], so nothing comes back, and has {what}",
            attribute.span,
        )


def handles(operation: OperationSubject) -> Iterator[Diagnostic]:
    """One binding per call; it goes in and is never null."""
    site = operation.site
    for parameter in operation.parameters:
        if not _is_binding(parameter):
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


def results(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A result is a value of known size, or a pointer that may be null."""
    site, span = operation.site, operation.node.specifiers.span
    declared = operation.result
    core = declared.core
    name = operation.name
    if "const" in operation.node.specifiers.qualifiers and not declared.levels:
        yield site.finding(
            "returns-const",
            f"'{name}' returns a const value",
            span,
            help="leave const out",
        )
    kind = declared.levels[0].kind if declared.levels else None
    if kind is ir.PointerKind.REF:
        yield site.finding(
            "returns-ref",
            f"'{name}' returns a [ref] pointer",
            operation.attributes.span("ref", span),
            help="write [unique]",
        )
    elif isinstance(core, ir.BindingHandle):
        yield site.finding("returns-handle", f"'{name}' returns a handle_t", span)
    elif isinstance(core, Constructed) and not declared.levels:
        if core.kind is Kind.UNION and not unions.is_plain(core):
            yield site.finding("returns-union", f"'{name}' returns {core.label}", span)
        elif has_open_tail(core):
            yield site.finding(
                "returns-open-structure",
                f"'{name}' returns {core.label}, which ends in an open array",
                span,
            )
    elif isinstance(core, Constructed) and core.kind is Kind.CONTEXT:
        yield site.finding(
            "returns-context-pointer",
            f"'{name}' returns a pointer to the context handle '{core.name}'",
            span,
            help=f"return '{core.name}' itself",
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


def arrays_of_handles(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A handle stands alone: neither handle_t nor context handles come in arrays."""
    for parameter in operation.parameters:
        if not (_is_binding(parameter) or _is_context(parameter)):
            continue
        levels = parameter.declared.levels
        if any(not level.is_pointer or level.size for level in levels):
            yield operation.site.finding(
                "array-of-handles",
                f"'{parameter.name}' of '{operation.name}' is an array of handles",
                parameter.span,
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


def async_in_idl(operation: OperationSubject) -> Iterator[Diagnostic]:
    """[async] belongs in the ACF, as all that leaves the wire alone does.

    Spec: MIDL reference, [async]; /app_config lets ACF attributes stand in the IDL.
    """
    if operation.site.options.app_config:
        return
    attribute = operation.attributes.get("async")
    if attribute is not None and operation.is_local:
        yield operation.site.finding(
            "acf-local-operation",
            f"'{operation.name}' is [local], so it cannot be [async]",
            attribute.span,
        )
    elif attribute is not None:
        yield operation.site.finding(
            "async-in-idl",
            f"[async] of '{operation.name}' stands in the IDL",
            attribute.span,
            help=f"write 'interface {operation.interface.name} {{ [async] "
            f"{operation.name}(); }}' in the ACF",
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
            yield operation.site.finding(
                "status-on-both",
                f"[{word}] stands on '{operation.name}' and on '{places[0][0]}'",
                places[0][1].span(word, operation.span),
            )
        elif on_result is not None:
            yield operation.site.finding(
                "status-raised",
                f"[{word}] of '{operation.name}' has no effect: errors are raised",
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


def _status(operation: OperationSubject, name: str, word: str) -> Iterator[Diagnostic]:
    for parameter in operation.parameters:
        if parameter.name != name:
            continue
        declared = parameter.declared
        core = declared.core
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
        elif not (
            isinstance(core, ir.Base)
            and core.kind in (ir.BaseKind.ERROR_STATUS, ir.BaseKind.UINT32)
            and len(declared.levels) == 1
        ):
            yield operation.site.finding(
                "status-type",
                f"'{name}' takes [{word}] and is {declared.text}, "
                "not error_status_t *",
                where,
                help=f"write '[out] error_status_t *{name}'",
            )
