"""Operations and interfaces as views: results, descriptors, client and server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from midlpy.codegen import docstrings, names
from midlpy.codegen.annotations import annotation, chunk
from midlpy.codegen.codecs import codec
from midlpy.codegen.lines import (
    Call,
    Fit,
    Piece,
    call,
    class_head,
    joined,
    quoted,
    spread,
    tuple_of,
    unindented,
)
from midlpy.codegen.spelling import Spelling
from midlpy.codegen.view import (
    ClientView,
    DescriptorView,
    MethodView,
    ResultView,
    ServerView,
)
from midlpy.layout import plan

INDENT = 4


def parameter_name(parameter: plan.Parameter, spelling: Spelling) -> str:
    if parameter.is_pipe:
        return names.pipe_name(parameter.name, spelling.naming)
    return names.parameter_name(parameter.name, spelling.naming)


def outcomes(
    operation: plan.Operation, spelling: Spelling, *, with_unsent: bool = True
) -> list[tuple[str, str, plan.Type]]:
    """What comes back, in wire order: parameter's name, NamedTuple field's name, plan.

    *with_unsent*: the status parameters that only a client has, too.
    """
    found = [
        (
            parameter_name(parameter, spelling),
            names.result_name(parameter.name, spelling.naming),
            parameter.type,
        )
        for parameter in operation.parameters
        if parameter.is_out and not parameter.is_pipe
        if with_unsent or parameter.is_sent
    ]
    if operation.result is not None:
        found.append(("return_value", "return_value", operation.result))
    return found


def returned(operation: plan.Operation, spelling: Spelling) -> str:
    """The type of what a method gives back."""
    found = outcomes(operation, spelling)
    if not found:
        return "None"
    if len(found) == 1:
        return annotation(found[0][2], spelling)
    return spelling.result_class(operation.name)


def given(operation: plan.Operation, spelling: Spelling) -> str:
    """The type of what a server's method gives back."""
    if all(parameter.is_sent for parameter in operation.parameters):
        return returned(operation, spelling)
    found = outcomes(operation, spelling, with_unsent=False)
    if len(found) > 1:
        return spelling.reply_class(operation.name)
    return annotation(found[0][2], spelling) if found else "None"


def results(operation: plan.Operation, spelling: Spelling) -> Iterator[ResultView]:
    """The NamedTuples of an operation that gives back several things.

    There is one more for the server where only the client has a status.
    """
    found = outcomes(operation, spelling)
    name = spelling.result_class(operation.name)
    if len(found) > 1:
        docstring = f"What {operation.name} gives back."
        yield _result_view(name, docstring, found, spelling)
    sent = outcomes(operation, spelling, with_unsent=False)
    if 1 < len(sent) < len(found):
        name = spelling.reply_class(operation.name)
        docstring = f"What a server gives back for {operation.name}."
        yield _result_view(name, docstring, sent, spelling)


def _result_view(
    name: str,
    docstring: str,
    found: Sequence[tuple[str, str, plan.Type]],
    spelling: Spelling,
) -> ResultView:
    body = replace(
        spelling, hidden=spelling.aliased.intersection(f for _, f, _ in found)
    )
    return ResultView(
        gap=0,
        head=class_head(name, "NamedTuple"),
        docstring=docstrings.docstring([docstring]),
        fields=tuple(
            f"{field}: {annotation(type_, body)}" for _, field, type_ in found
        ),
    )


# Descriptors


def descriptor(operation: plan.Operation, spelling: Spelling) -> DescriptorView:
    """``OP_...: Final = rpc.Operation(...)``."""
    expression = Call(
        "rpc.Operation(",
        tuple((f"{word}=", piece) for word, piece in _parts(operation, spelling)),
        fit=Fit.OPEN,
    )
    name = names.operation_name(operation.name, spelling.naming)
    return DescriptorView(
        gap=0, statement=joined(spread(f"{name}: Final = ", expression))
    )


def _parts(
    operation: plan.Operation, spelling: Spelling
) -> Iterator[tuple[str, Piece]]:
    parameters = operation.parameters
    yield "opnum", str(operation.opnum)
    yield "name", quoted(operation.name)
    has_manager = not operation.is_reserved and operation.refusal is None
    yield "method", quoted(served_name(operation, spelling)) if has_manager else "None"
    if operation.notice is not None and has_manager:
        yield "notice", quoted(notice_name(operation, spelling))
        if operation.notice == "notify_flag":
            yield "notice_has_flag", "True"
    if operation.refusal is not None:
        yield "refused", quoted(operation.refusal)

    def spelled(name: str) -> str:
        return names.parameter_name(name, spelling.naming)

    arguments = [
        (parameter_name(p, spelling), codec(p.type, spelling, spelled))
        for p in parameters
        if p.is_in and not p.is_pipe
    ]
    if arguments:
        yield "request", call("rpc.arguments", **dict(arguments))
    for word in ("in_pipes", "out_pipes"):
        pipes = {
            parameter_name(p, spelling): _pipe(p, spelling)
            for p in parameters
            if p.is_pipe and (p.is_in if word == "in_pipes" else p.is_out)
        }
        if pipes:
            yield word, call("rpc.pipes", **pipes)
    response = _response(operation, spelling)
    if response is not None:
        yield "response", response
    if operation.has_pipes:
        yield (
            "parameters",
            tuple_of([quoted(parameter_name(p, spelling)) for p in parameters]),
        )
    counts = [quoted(parameter_name(p, spelling)) for p in parameters if p.is_count]
    if counts:
        yield "counts", tuple_of(counts)
    for flag in ("is_async", "is_idempotent", "is_broadcast", "is_maybe"):
        if getattr(operation, flag):
            yield flag, "True"
    if operation.serialization is not None:
        yield "serialization", quoted(operation.serialization)
    for word, place in (
        ("comm_status", operation.comm_status),
        ("fault_status", operation.fault_status),
    ):
        if place is not None:
            is_result = place == "return_value" and operation.result is not None
            yield word, quoted(place if is_result else spelled(place))


def _pipe(parameter: plan.Parameter, spelling: Spelling) -> Piece:
    assert isinstance(parameter.type, plan.Use)
    name = spelling.class_of(parameter.type)
    if parameter.chunk_range is None:
        return name
    low, high = parameter.chunk_range
    return call("rpc.ranged", name, str(low), str(high))


def _response(operation: plan.Operation, spelling: Spelling) -> Piece | None:
    def spelled(name: str) -> str:
        return names.parameter_name(name, spelling.naming)

    unsent = {
        parameter_name(p, spelling) for p in operation.parameters if not p.is_sent
    }
    pieces = {
        name: (
            "ndr.UNSENT_STATUS" if name in unsent else codec(type_, spelling, spelled)
        )
        for name, _, type_ in outcomes(operation, spelling)
    }
    if not pieces:
        return None
    if len(pieces) > 1:
        result = spelling.result_class(operation.name)
        items = tuple((f"{name}=", piece) for name, piece in pieces.items())
        return Call("rpc.results(", (("", result), *items), fit=Fit.OPEN)
    if operation.result is not None:
        return pieces["return_value"]
    return call("rpc.result", **pieces)


def interface(
    each: plan.Interface, spelling: Spelling, syntaxes: Sequence[str]
) -> DescriptorView:
    """``NAME: Final = rpc.Interface(...)``; *syntaxes* are names in the vocabulary."""
    items: list[tuple[str, Piece]] = [
        ("name=", quoted(each.name)),
        ("uuid=", call("UUID", quoted(str(each.uuid)))),
        ("version=", f"({each.version[0]}, {each.version[1]})"),
        ("operations=", _operation_names(each.operations, spelling)),
    ]
    if each.callbacks:
        items.append(("callbacks=", _operation_names(each.callbacks, spelling)))
    if each.endpoints:
        endpoints = [quoted(endpoint) for endpoint in each.endpoints]
        items.append(("endpoints=", tuple_of(endpoints, Fit.OPEN)))
    if syntaxes:
        items.append(("syntaxes=", tuple_of(list(syntaxes), Fit.OPEN)))
    expression = Call("rpc.Interface(", tuple(items), fit=Fit.OPEN)
    name = names.interface_name(each.name, spelling.naming)
    return DescriptorView(
        gap=0, statement=joined(spread(f"{name}: Final = ", expression))
    )


def _operation_names(operations: Sequence[plan.Operation], spelling: Spelling) -> Piece:
    found = [names.operation_name(o.name, spelling.naming) for o in operations]
    return tuple_of(found, Fit.OPEN)


# Client and server


def client(each: plan.Interface, spelling: Spelling) -> ClientView:
    """The class whose methods are calls."""
    name = names.client_name(each.name, spelling.naming)
    descriptor_name = names.interface_name(each.name, spelling.naming)
    major, minor = each.version
    first_line = f"Calls ``{each.name}`` {major}.{minor}; ``connect`` makes one."
    return ClientView(
        gap=0,
        head=class_head(name, "rpc.Client", f"interface={descriptor_name}"),
        docstring=docstrings.of_interface(first_line, each),
        methods=tuple(
            _client_method(operation, spelling)
            for operation in each.operations
            if not operation.is_reserved and operation.has_client
        ),
    )


def _client_method(operation: plan.Operation, spelling: Spelling) -> MethodView:
    if operation.refusal is not None:
        return _refused_method(operation, spelling)
    plain: list[str] = ["self"]
    counts: list[str] = []
    passed = [names.operation_name(operation.name, spelling.naming)]
    for parameter in operation.parameters:
        if not (parameter.is_in or parameter.is_pipe):
            continue
        name = parameter_name(parameter, spelling)
        hint = annotation(parameter.type, spelling)
        passed.append(name)
        if parameter.is_count:
            counts.append(f"{name}: {hint} = 0")
        else:
            plain.append(f"{name}: {hint}")
    if counts:
        plain += ["*", *counts]
    result = returned(operation, spelling)
    is_call = operation.is_async or operation.has_pipes
    method = called_name(operation, spelling)
    head = f"def {method}(" if is_call else f"async def {method}("
    closing = f") -> rpc.Call[{result}]:" if is_call else f") -> {result}:"
    ahead, function = (
        ("return ", "self._open") if is_call else ("return await ", "self._call")
    )
    if not is_call and (operation.comm_status or operation.fault_status):
        function = "self._call_told"
    body = Call(f"{function}(", tuple(("", item) for item in passed), fit=Fit.FILL)
    return MethodView(
        signature=_signature(head, plain, closing),
        docstring=docstrings.of_operation(operation),
        body=joined(unindented(spread(ahead, body, "", 2 * INDENT), 2 * INDENT)),
    )


def _refused_method(operation: plan.Operation, spelling: Spelling) -> MethodView:
    """A method that takes whatever it is given and says why it cannot call."""
    items = ["self", "*arguments: object", "**named: object"]
    head = f"def {called_name(operation, spelling)}("
    descriptor_name = names.operation_name(operation.name, spelling.naming)
    return MethodView(
        signature=_signature(head, items, ") -> NoReturn:"),
        docstring=docstrings.of_refused(operation),
        body=f"raise {descriptor_name}.not_supported()",
    )


def server(each: plan.Interface, spelling: Spelling, has_client: bool) -> ServerView:
    """The class whose methods are to be written."""
    name = names.server_name(each.name, spelling.naming)
    descriptor_name = names.interface_name(each.name, spelling.naming)
    major, minor = each.version
    first_line = (
        f"Implements ``{each.name}`` {major}.{minor}; ``serve`` takes an instance."
    )
    if has_client:
        docstring = docstrings.docstring([first_line])
    else:
        docstring = docstrings.of_interface(first_line, each)
    seen = names.client_name(each.name, spelling.naming) if has_client else None
    return ServerView(
        gap=0,
        head=class_head(name, "rpc.Server", f"interface={descriptor_name}"),
        docstring=docstring,
        methods=tuple(
            method
            for operation in each.operations
            if not operation.is_reserved and operation.refusal is None
            for method in _server_methods(operation, spelling, seen)
        ),
    )


def _server_methods(
    operation: plan.Operation, spelling: Spelling, client_class: str | None
) -> Iterator[MethodView]:
    """The method to be written, and the hook that may be."""
    seen = client_class if operation.has_client else None
    yield _server_method(operation, spelling, seen)
    if operation.notice is None:
        return
    items = ["self", "call: rpc.ServerCall"]
    end = "has been answered or has failed"
    if operation.notice == "notify_flag":
        items.append("failed: bool")
        end = "has ended; *failed* without an answer"
    head = f"def {notice_name(operation, spelling)}("
    yield MethodView(
        _signature(head, items, ") -> None:"),
        docstrings.docstring([f"Called once a call of {operation.name} {end}."]),
        None,
    )


def _server_method(
    operation: plan.Operation, spelling: Spelling, client_class: str | None
) -> MethodView:
    items = ["self", "call: rpc.ServerCall"]
    for parameter in operation.parameters:
        if parameter.is_in or parameter.is_pipe:
            name = parameter_name(parameter, spelling)
            items.append(f"{name}: {_server_annotation(parameter, spelling)}")
    method = served_name(operation, spelling)
    closing = f") -> {given(operation, spelling)}:"
    if client_class is None:
        docstring = docstrings.of_operation(operation)
    else:
        docstring = docstrings.reference(
            operation, f"{client_class}.{called_name(operation, spelling)}"
        )
    signature = _signature(f"async def {method}(", items, closing)
    return MethodView(f"@abstractmethod\n{signature}", docstring, None)


def _server_annotation(parameter: plan.Parameter, spelling: Spelling) -> str:
    """A pipe's view for the direction that the server may use, or a value's type."""
    if not parameter.is_pipe:
        return annotation(parameter.type, spelling)
    assert isinstance(parameter.type, plan.Use)
    if parameter.is_in and parameter.is_out:
        view = "rpc.Pipe"
    else:
        view = "rpc.Receiver" if parameter.is_in else "rpc.Sender"
    assert parameter.element is not None
    return f"{view}[{chunk(parameter.element, spelling)}]"


def called_name(operation: plan.Operation, spelling: Spelling) -> str:
    """The name of a client's method."""
    return (
        f"{spelling.client_prefix}{spelling.value(operation.called or operation.name)}"
    )


def served_name(operation: plan.Operation, spelling: Spelling) -> str:
    """The name of a server's method."""
    return (
        f"{spelling.server_prefix}{spelling.value(operation.called or operation.name)}"
    )


def notice_name(operation: plan.Operation, spelling: Spelling) -> str:
    """The name of the server's method that is told of the end of a call."""
    name = spelling.value(f"{operation.called or operation.name}_notify")
    return f"{spelling.server_prefix}{name}"


def _signature(head: str, items: Sequence[str], closing: str) -> str:
    piece = Call(
        head,
        tuple(("", item) for item in items),
        closing,
        fit=Fit.FILL,
        is_definition=True,
    )
    return joined(unindented(spread("", piece, "", INDENT), INDENT))
