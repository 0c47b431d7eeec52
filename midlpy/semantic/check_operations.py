"""Rules about operations and their results.

Spec: MIDL reference, "Operations"; the numbers are those of its error list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from midlpy.diagnostics import Diagnostic
from midlpy.frontend import ast
from midlpy.semantic import ir, unions
from midlpy.semantic.arithmetic import INTEGERS
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declarations import declarations
from midlpy.semantic.open_types import has_open_tail
from midlpy.semantic.scope import Constructed, Kind
from midlpy.semantic.subjects import OperationSubject, ParameterSubject


def callbacks(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A client here answers nothing that the server asks during a call."""
    attribute = operation.attributes.get("callback")
    if attribute is not None and not operation.is_local:
        yield operation.site.finding(
            "attribute-ignored",
            f"[callback] of '{operation.name}' has no effect here: a client answers no "
            "calls, and only Interface.callbacks lists it",
            attribute.span,
        )


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


def byte_counts(operation: OperationSubject) -> Iterator[Diagnostic]:
    """[byte_count] says how much room the caller of C has made behind an [out] pointer.

    Here results make their own room, so there is nothing to do but to check it. Spec: MIDL
    reference, byte_count.
    """
    parameters = {parameter.name: parameter for parameter in operation.parameters}
    for name, attributes in operation.acf_parameters.items():
        attribute = attributes.get("byte_count")
        if attribute is None or name not in parameters:
            continue
        reason = _byte_count(parameters[name], attribute, parameters)
        if operation.site.options.osf:
            yield operation.site.finding(
                "byte-count-under-osf",
                f"'{name}' has a [byte_count], which /osf does not know",
                attribute.span,
            )
        elif reason:
            yield operation.site.finding("byte-count", reason, attribute.span)


def _byte_count(
    sized: ParameterSubject,
    attribute: ast.Attribute,
    parameters: Mapping[str, ParameterSubject],
) -> str:
    """What is wrong with a [byte_count]; "" if nothing is."""
    argument = attribute.arguments[0] if attribute.arguments else None
    name = argument.name.text if isinstance(argument, ast.NameReference) else ""
    count = parameters.get(name)
    if sized.declared.is_poison or (count and count.declared.is_poison):
        return ""
    if sized.direction is ir.Direction.IN or not sized.declared.levels:
        return f"[byte_count] belongs on an [out] pointer, which '{sized.name}' is not"
    if count is None:
        return f"[byte_count] of '{sized.name}' names no parameter"
    if count.is_out_only:
        return f"'{name}' counts the octets of '{sized.name}' and is not [in]"
    core, levels = count.declared.core, count.declared.levels
    is_integer = isinstance(core, ir.Base) and core.kind in INTEGERS
    if not is_integer or not all(level.is_pointer for level in levels):
        text = count.declared.text
        return f"'{name}' counts the octets of '{sized.name}' and is {text}, no integer"
    return ""
