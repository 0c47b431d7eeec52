"""Rules about operations with pipes: by reference, asynchronous, with a binding.

Spec: MIDL reference, pipe, [async], "Rules for pipes"; C706 4.2.14. An operation with a
pipe is compiled only as an asynchronous one, and its pipes go by reference only.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Note, Severity
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.check_serialization import serialized_by
from midlpy.semantic.declarations import declarations
from midlpy.semantic.pipe_elements import holds_union
from midlpy.semantic.program import Interface
from midlpy.semantic.scope import Constructed, Kind, TypedefSymbol
from midlpy.semantic.subjects import OperationSubject, ParameterSubject

NO_REPEAT = ("idempotent", "broadcast")
COUNTS = ("size_is", "max_is", "length_is", "first_is", "last_is", "min_is")
MISPLACED = (
    *COUNTS,
    "string",
    "bstring",
    "switch_is",
    "iid_is",
    "context_handle",
    "retval",
    "optional",
    "defaultvalue",
)


def needs_async(operation: OperationSubject) -> Iterator[Diagnostic]:
    """There are no synchronous pipes: a stream nobody waits on would block its caller."""
    if not operation.pipes or operation.is_async or operation.is_local:
        return
    pipe = operation.pipes[0]
    interface = operation.interface
    yield operation.site.finding(
        "pipe-needs-async",
        f"'{operation.name}' has the pipe '{pipe.name}' and is not [async]",
        operation.name_span,
        help=f"add 'interface {interface.name} {{ [async] {operation.name}(); }}' to "
        f"{_file_name(interface.acf_name)}, or compile with --async-pipes imply",
    )


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def by_reference(operation: OperationSubject) -> Iterator[Diagnostic]:
    """An asynchronous pipe is handed over, never copied, so it is a pointer."""
    if not operation.is_async_written or operation.is_local:
        return
    for pipe in operation.pipes:
        if pipe.declared.levels or pipe.pipe is None:
            continue
        yield operation.site.finding(
            "pipe-by-value",
            f"the pipe '{pipe.name}' of the [async] operation '{operation.name}' "
            "is passed by value",
            pipe.span,
            help=f"write '{spell_attributes(pipe)}{pipe.pipe.name} *{pipe.name}'",
        )


def spell_attributes(parameter: ParameterSubject) -> str:
    """The attributes that stay, as written: ``[in] ``."""
    words = [a.name.text for a in parameter.attributes if a.name.text in ("in", "out")]
    return f"[{', '.join(words)}] " if words else ""


def pipe_pointer(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Behind at most one pointer, which is never null: a call has its pipes."""
    for pipe in operation.pipes:
        assert pipe.pipe is not None
        levels = pipe.declared.levels
        site, name = operation.site, pipe.name
        right = f"write '{spell_attributes(pipe)}{pipe.pipe.name} *{name}'"
        if any(not level.is_pointer for level in levels):
            yield site.finding(
                "pipe-array", f"'{name}' is an array of pipes", pipe.span, help=right
            )
        elif len(levels) > 1:
            yield site.finding(
                "pipe-use",
                f"the pipe '{name}' is behind {len(levels)} pointers; one is allowed",
                pipe.span,
                help=right,
            )
        elif levels and "ref" not in pipe.attributes:
            attribute = pipe.attributes.first_of("unique", "ptr")
            kind = levels[0].kind
            if attribute is not None or kind in (
                ir.PointerKind.UNIQUE,
                ir.PointerKind.FULL,
            ):
                word = attribute.name.text if attribute else "unique"
                yield site.finding(
                    "pipe-use",
                    f"the pointer to the pipe '{name}' is [{word}]; "
                    "it is always a reference",
                    attribute.span if attribute else pipe.span,
                    help=f"leave [{word}] out",
                )


def pipe_attributes(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A pipe has no size, no length and no selector: the stream ends when it ends."""
    for pipe in operation.pipes:
        for attribute in pipe.attributes:
            if attribute.name.text in MISPLACED:
                yield operation.site.finding(
                    "pipe-attribute",
                    f"[{attribute.name.text}] does not apply to the pipe '{pipe.name}'",
                    attribute.span,
                )


def pipe_of_union(operation: OperationSubject) -> Iterator[Diagnostic]:
    """MIDL cannot send unions through a pipe, and says so at each use."""
    for pipe in operation.pipes:
        element = pipe.pipe.element if pipe.pipe else None
        if element is not None and holds_union(element):
            assert pipe.pipe is not None
            yield operation.site.finding(
                "not-implemented",
                f"the pipe '{pipe.name}' of '{operation.name}' has elements with a union",
                operation.name_span,
                notes=[Note(f"'{pipe.pipe.name}' is declared here", pipe.pipe.span)],
            )


def pipe_result(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A result is one value, known when the call ends."""
    core = operation.result.core
    if isinstance(core, Constructed) and core.kind is Kind.PIPE:
        yield operation.site.finding(
            "pipe-use",
            f"'{operation.name}' returns the pipe '{core.name}'",
            operation.node.specifiers.span,
            help=f"make it a parameter: '[out] {core.name} *pipe'",
        )


def pipe_is_remote(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Pipes are about calls, and a [local] operation makes none."""
    if operation.is_local and operation.pipes:
        pipe = operation.pipes[0]
        yield operation.site.finding(
            "pipe-use",
            f"'{operation.name}' is [local] and has the pipe '{pipe.name}'",
            pipe.span,
        )


def pipe_repeatable(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A stream that is half read cannot be sent again."""
    if not operation.pipes:
        return
    for attribute in operation.attributes:
        word = attribute.name.text
        if word == "maybe" and any(
            p.direction is not ir.Direction.IN for p in operation.parameters
        ):
            continue  # no answer at all, which has its own rule
        if word in NO_REPEAT or word == "maybe":
            yield operation.site.finding(
                "operation-attributes",
                f"[{word}] and the pipe '{operation.pipes[0].name}' exclude each other",
                attribute.span,
                help=f"leave [{word}] out",
            )


def pipe_serialization(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Encoding a procedure makes one buffer; a pipe has no end to wait for."""
    if not operation.pipes:
        return
    attribute = serialized_by(operation)
    if attribute is not None:
        yield operation.site.finding(
            "pipe-serialization",
            f"[{attribute.name.text}] does not apply to '{operation.name}', "
            "which has a pipe",
            attribute.span,
        )


def pipe_beside_text(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Strings, open arrays and full pointers beside a pipe keep datagrams out."""
    if not operation.pipes:
        return
    for parameter in operation.parameters:
        if parameter.pipe is not None or parameter.is_out_only:
            continue
        word = _sized_word(parameter)
        if word is not None:
            yield operation.site.finding(
                "pipe-beside-text",
                f"'{operation.name}' has a pipe and the {word} '{parameter.name}'; "
                "that works over ncacn_* and ncalrpc only",
                parameter.span,
            )


def _sized_word(parameter: ParameterSubject) -> str | None:
    for level in parameter.declared.levels:
        if level.is_string:
            return "string"
        if level.size is not None or level.is_open:
            return "open array"
        if level.length is not None:
            return "varying array"
        if level.kind is ir.PointerKind.FULL:
            return "full pointer"
    return None


def pipe_handles(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A call with pipes or [async] knows its binding: none is looked for on its way."""
    if operation.is_local or not (operation.pipes or operation.is_async_written):
        return
    span = operation.name_span
    match operation.binding:
        case ir.Binding.AUTO if operation.is_async_written:
            yield operation.site.finding(
                "async-auto-handle",
                f"'{operation.name}' is [async] and has no handle but [auto_handle]",
                span,
                help="write [explicit_handle] instead of [auto_handle]",
            )
        case ir.Binding.AUTO:
            yield operation.site.finding(
                "operation-attributes",
                f"'{operation.name}' has a pipe and no handle but [auto_handle]",
                span,
                help="write [explicit_handle] instead of [auto_handle]",
            )
        case ir.Binding.IMPLICIT if operation.is_async_written:
            yield operation.site.finding(
                "async-implicit-handle",
                f"'{operation.name}' is [async] and has no handle but [implicit_handle]",
                span,
                help="write [explicit_handle] instead of [implicit_handle]",
            )
        case _:
            pass


def no_binding_handle(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Without any handle MIDL assumes an automatic one; here the client is the binding."""
    if (
        operation.binding is not ir.Binding.NONE
        or operation.is_local
        or operation.is_reserved
        or "callback" in operation.attributes
    ):
        return
    needs = bool(operation.pipes) or operation.is_async_written
    severity = Severity.NOTE
    if needs:
        is_strict = operation.site.options.strict
        severity = Severity.ERROR if is_strict else Severity.WARNING
    yield operation.site.finding(
        "no-binding-handle",
        f"'{operation.name}' has no binding handle"
        + ("" if not needs else "; the client object is the binding"),
        operation.name_span,
        help="add '[in] handle_t binding' as its first parameter" if needs else None,
        severity=severity,
    )


def async_under_osf(operation: OperationSubject) -> Iterator[Diagnostic]:
    """Asynchronous calls are Microsoft's addition to DCE."""
    if operation.site.options.osf and operation.is_async_written:
        attribute = operation.acf.get("async") or operation.attributes.get("async")
        yield operation.site.finding(
            "async-under-osf",
            f"'{operation.name}' is [async], which /osf does not know",
            attribute.span if attribute else operation.name_span,
        )


def object_interface(interface: Interface) -> Iterator[Diagnostic]:
    """COM methods have no pipes and no [async]; theirs is async_uuid."""
    subject = interface.subject
    if not subject.is_object:
        return
    header = subject.acf_attributes.get("async") or subject.attributes.get("async")
    if header is not None:
        yield subject.site.finding(
            "async-on-object",
            f"[async] does not apply to the COM interface '{subject.name}'",
            header.span,
        )
    for declaration, declarator in declarations(subject.node):
        name = declarator.name.text if declarator.name else ""
        attributes = interface.acf_operations.get(name, AttributeSet()).join(
            AttributeSet(declaration.attributes)
        )
        word = attributes.get("async")
        if word is not None:
            yield subject.site.finding(
                "async-on-object-method",
                f"[async] does not apply to '{name}', a method of a COM interface",
                word.span,
            )
        yield from _object_pipes(interface, declarator)


def _object_pipes(
    interface: Interface, declarator: ast.Declarator
) -> Iterator[Diagnostic]:
    function = declarator.derivations[0]
    assert isinstance(function, ast.FunctionOf)
    site = interface.subject.site
    for parameter in function.parameters:
        type_ = parameter.specifiers.type
        if not isinstance(type_, ast.NamedType):
            continue
        symbol = site.scope.find_name(type_.name.text)
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        core = symbol.declared.core
        if isinstance(core, Constructed) and core.kind is Kind.PIPE:
            yield site.finding(
                "pipe-use",
                f"the pipe '{core.name}' is in '{interface.subject.name}', "
                "a COM interface",
                parameter.span,
            )
