"""Operations and interfaces: what generated modules declare, and the stubs made of it.

An operation is a value. Its stub data can be written and read without any network:
``encode_request`` and its three siblings are for tests, fuzzers and other tools; the call
layer uses ``stub``, which is kept per transfer syntax and byte order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from midlpy.runtime.errors import MarshalError
from midlpy.runtime.ndr import NDR, ByteOrder, Codec, Elements, Syntax, elements
from midlpy.runtime.ndr.buffers import Buffer
from midlpy.runtime.ndr.chunk_lists import read_chunks, write_chunks
from midlpy.runtime.ndr.coding import source_of_coder
from midlpy.runtime.ndr.parameters import Coder, Codecs, Parameters

PipeClass: TypeAlias = type[Any]

# Where a pipe class keeps the codec of its elements.
_ELEMENT: Final = "_element"


@dataclass(frozen=True, slots=True)
class RangedPipe:
    """A pipe class, and ``[range]`` of its chunks: elements, both bounds inclusive."""

    pipe_class: PipeClass
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class PipeParameter:
    """A pipe in the signature of an operation; *low* and *high* bound each chunk."""

    name: str
    pipe_class: PipeClass
    low: int | None = None
    high: int | None = None

    def elements(self, syntax: Syntax, byte_order: ByteOrder) -> Elements:
        """How the elements of the pipe stand side by side."""
        codec: Codec[object] = getattr(self.pipe_class, _ELEMENT)
        return elements(codec, syntax, byte_order)


@dataclass(frozen=True, slots=True)
class Results:
    """What an operation gives back; *cls* is None where it is a single value."""

    codecs: Codecs
    cls: Callable[..., object] | None = None


Response: TypeAlias = Codec[Any] | Results | None


def arguments(**codecs: Codec[object]) -> Codecs:
    """[in] parameters, pipes left out, in IDL order."""
    return codecs


def result(**codecs: Codec[object]) -> Results:
    """One [out] parameter and no return value."""
    return Results(codecs)


def results(cls: Callable[..., object], /, **codecs: Codec[object]) -> Results:
    """Several results, pipes left out, in wire order; *cls* is their NamedTuple."""
    return Results(codecs, cls)


def pipes(**classes: PipeClass | RangedPipe) -> tuple[PipeParameter, ...]:
    """Pipe parameters of one direction, in IDL order."""
    return tuple(
        (
            PipeParameter(name, each.pipe_class, each.low, each.high)
            if isinstance(each, RangedPipe)
            else PipeParameter(name, each)
        )
        for name, each in classes.items()
    )


def ranged(pipe_class: PipeClass, low: int, high: int) -> RangedPipe:
    """A pipe whose chunks have *low* to *high* elements."""
    return RangedPipe(pipe_class, low, high)


class Stub:
    """The stub data of one operation in one transfer syntax and byte order."""

    __slots__ = ("_request", "_response", "byte_order", "syntax")

    def __init__(
        self, operation: Operation, syntax: Syntax, byte_order: ByteOrder
    ) -> None:
        self.syntax = syntax
        self.byte_order: ByteOrder = byte_order
        name, method = operation.name, operation.method or operation.name
        self._request = Coder(
            Parameters(f"{name} request", operation.request),
            syntax,
            byte_order,
            where=method,
            where_read=f"{name} request",
        )
        self._response = Coder(
            Parameters(f"{name} response", operation.outcome, tuple(operation.request)),
            syntax,
            byte_order,
            where=f"{method} result",
            where_read=f"{name} response",
            is_first=not operation.out_pipes,
        )

    def write_request(self, values: Sequence[object]) -> tuple[list[Buffer], int]:
        """[in] parameters in IDL order as buffers, and their octets in all.

        Raises:
            MarshalError: a value does not fit.
        """
        return self._request.write(values)

    def read_request(
        self, stub: bytes, complete: bool = True
    ) -> tuple[list[object], int]:
        """The [in] parameters, and the offset behind them.

        Unless *complete*, more octets may come: ``StubDataTruncated`` says that they are
        needed, any other error that they cannot help.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        del complete  # truncated is truncated; only the caller can do something about it
        return self._request.read(stub)

    def write_response(
        self,
        results: Sequence[object],
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> tuple[list[Buffer], int]:
        """Results as buffers, and their octets in all.

        *offset* is how much of the stub data went before, in pipes. *arguments* are the
        values of the request, which counts and discriminants of results may name.

        Raises:
            MarshalError: a value does not fit.
        """
        parts, end = self._response.write(results, offset, arguments)
        return parts, end - offset

    def read_response(
        self,
        stub: bytes,
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> list[object]:
        """The results. *stub* begins at *offset* of the stub data, behind the pipes.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        # Alignment counts from the start of the stub data, and repeats every 8 octets.
        before = offset % 8
        if before:
            stub = bytes(before) + stub
        return self._response.read(stub, before, arguments)[0]

    def source(self) -> str:
        """What is generated for the operation, as text."""
        return "\n\n".join(
            source_of_coder(coder, self.syntax, self.byte_order)
            for coder in (self._request, self._response)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One operation of an interface, as its IDL declares it.

    *method* is None for a number that only keeps its place. *request* and *response* have
    no pipes; *parameters* names every parameter in IDL order, where there are pipes.
    *counts* are the parameters that data determines.
    """

    opnum: int
    name: str
    method: str | None
    request: Codecs = field(default_factory=dict[str, Codec[object]])
    response: Response = None
    in_pipes: tuple[PipeParameter, ...] = ()
    out_pipes: tuple[PipeParameter, ...] = ()
    parameters: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    is_async: bool = False
    is_idempotent: bool = False
    is_broadcast: bool = False
    is_maybe: bool = False
    _stubs: dict[tuple[str, str], Stub] = field(
        default_factory=dict[tuple[str, str], Stub], init=False, repr=False
    )

    def __repr__(self) -> str:
        return f"<Operation {self.opnum} {self.name}>"

    # For the call layer

    def stub(self, syntax: Syntax, byte_order: ByteOrder = "little") -> Stub:
        """How the operation is written and read."""
        found = self._stubs.get((syntax.name, byte_order))
        if found is None:
            found = self._stubs[syntax.name, byte_order] = Stub(
                self, syntax, byte_order
            )
        return found

    @property
    def outcome(self) -> Codecs:
        """Results and the return value in wire order, pipes left out."""
        response = self.response
        if response is None:
            return {}
        if isinstance(response, Results):
            return response.codecs
        return {"return_value": response}

    @property
    def argument_names(self) -> tuple[str, ...]:
        """[in] parameters and pipes in IDL order: what a call is made with."""
        if not self.parameters:
            return tuple(self.request)
        named = self.request.keys() | {
            p.name for p in (*self.in_pipes, *self.out_pipes)
        }
        return tuple(name for name in self.parameters if name in named)

    @property
    def result_names(self) -> tuple[str, ...]:
        """Results and [out] pipes in IDL order, the return value last."""
        outcome = tuple(self.outcome)
        if not self.out_pipes:
            return outcome
        named = {*outcome, *(pipe.name for pipe in self.out_pipes)}
        names = [name for name in self.parameters if name in named]
        return tuple(names + [name for name in outcome if name not in names])

    def split_arguments(
        self, values: Sequence[object]
    ) -> tuple[list[object], dict[str, object]]:
        """Arguments in IDL order → those without pipes, and the pipes by their names.

        Raises:
            TypeError: there are too few of them, or too many.
        """
        names = self.argument_names
        if len(values) != len(names):
            raise TypeError(
                f"{self.method or self.name}: {len(values)} arguments, but it takes "
                f"{len(names)}: {', '.join(names)}"
            )
        plain: list[object] = []
        found: dict[str, object] = {}
        for name, value in zip(names, values, strict=True):
            if name in self.request:
                plain.append(value)
            else:
                found[name] = value
        return plain, found

    def join_arguments(
        self, values: Sequence[object], pipes: Mapping[str, object]
    ) -> list[object]:
        """The inverse of ``split_arguments``."""
        plain = dict(zip(self.request, values, strict=True))
        return [
            plain[name] if name in plain else pipes[name]
            for name in self.argument_names
        ]

    def pack_result(self, values: Sequence[object]) -> Any:
        """What the client's method returns for *values*: None, one of them, or a tuple."""
        response = self.response
        if isinstance(response, Results) and response.cls is not None:
            return response.cls(*values)
        return values[0] if values else None

    def unpack_result(self, value: object) -> list[object]:
        """What a server's method returned, as the values of the response.

        Raises:
            MarshalError: it has not the shape the operation gives back.
        """
        response = self.response
        if isinstance(response, Results) and response.cls is not None:
            wanted = tuple(response.codecs)
            if not isinstance(value, tuple) or len(value) != len(wanted):
                raise MarshalError(
                    f"{self.method}: the result is {_brief(value)}, but it is "
                    f"{getattr(response.cls, '__name__', 'a tuple')}({', '.join(wanted)})"
                )
            return list(value)
        if response is not None:
            return [value]
        if value is not None:
            raise MarshalError(
                f"{self.method}: the result is {_brief(value)}, but it gives nothing back"
            )
        return []

    # Stub data without a network

    def encode_request(
        self,
        *values: object,
        syntax: Syntax = NDR,
        byte_order: ByteOrder = "little",
        **counts: object,
    ) -> bytes:
        """The stub data of a request.

        Arguments are as the client's method takes them, or all positional in IDL order; a
        pipe is a list of its chunks, an [out] pipe is not looked at and may be left out.

        Raises:
            MarshalError: a value does not fit.
            TypeError: there are too few arguments, or too many.
        """
        plain, found = self.split_arguments(self._all_arguments(values, counts))
        parts, offset = self.stub(syntax, byte_order).write_request(plain)
        parts = list(parts)
        for pipe in self.in_pipes:
            layout = pipe.elements(syntax, byte_order)
            with_chunks = write_chunks(
                found[pipe.name],
                layout,
                syntax,
                byte_order,
                offset,
                pipe.low,
                pipe.high,
            )
            parts += with_chunks[0]
            offset = with_chunks[1]
        return b"".join(parts)

    def decode_request(
        self,
        octets: Buffer,
        *,
        syntax: Syntax = NDR,
        byte_order: ByteOrder = "little",
    ) -> tuple[object, ...]:
        """Every [in] parameter of a request in IDL order, counts included.

        An [in] pipe is a list of its chunks; an [out] pipe has none here and is left out.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        stub = bytes(octets)
        values, offset = self.stub(syntax, byte_order).read_request(stub)
        found: dict[str, object] = dict(zip(self.request, values, strict=True))
        for pipe in self.in_pipes:
            layout = pipe.elements(syntax, byte_order)
            where = f"{self.name} request: {pipe.name}"
            found[pipe.name], offset = read_chunks(
                stub, layout, syntax, byte_order, offset, pipe.low, pipe.high, where
            )
        return tuple(found[name] for name in self.argument_names if name in found)

    def encode_response(
        self,
        *values: object,
        syntax: Syntax = NDR,
        byte_order: ByteOrder = "little",
        arguments: Sequence[object] | None = None,
    ) -> bytes:
        """The stub data of a response.

        Results come in IDL order, [out] pipes as lists of chunks in their places, the
        return value last; a single result may be the operation's own tuple.
        *arguments* are the values of the request, where results depend on them.

        Raises:
            MarshalError: a value does not fit.
            TypeError: there are too few values, or too many.
        """
        names = self.result_names
        if len(values) == 1 and len(names) != 1 and isinstance(values[0], tuple):
            values = tuple(values[0])
        if len(values) != len(names):
            raise TypeError(
                f"{self.name}: {len(values)} results, but it gives {len(names)} back: "
                f"{', '.join(names) or 'nothing'}"
            )
        found = dict(zip(names, values, strict=True))
        parts: list[Buffer] = []
        offset = 0
        for pipe in self.out_pipes:
            layout = pipe.elements(syntax, byte_order)
            more, offset = write_chunks(
                found[pipe.name],
                layout,
                syntax,
                byte_order,
                offset,
                pipe.low,
                pipe.high,
            )
            parts += more
        plain = [found[name] for name in self.outcome]
        stub = self.stub(syntax, byte_order)
        more, _ = stub.write_response(plain, offset, arguments)
        return b"".join([*parts, *more])

    def decode_response(
        self,
        octets: Buffer,
        *,
        syntax: Syntax = NDR,
        byte_order: ByteOrder = "little",
        arguments: Sequence[object] | None = None,
    ) -> tuple[object, ...]:
        """Every result in IDL order, [out] pipes in their places, return value last.

        Raises:
            UnmarshalError: the octets do not fit.
        """
        stub = bytes(octets)
        offset = 0
        found: dict[str, object] = {}
        for pipe in self.out_pipes:
            layout = pipe.elements(syntax, byte_order)
            where = f"{self.name} response: {pipe.name}"
            found[pipe.name], offset = read_chunks(
                stub, layout, syntax, byte_order, offset, pipe.low, pipe.high, where
            )
        read = self.stub(syntax, byte_order).read_response
        values = read(stub[offset:], offset, arguments)
        found.update(zip(self.outcome, values, strict=True))
        return tuple(found[name] for name in self.result_names)

    def _all_arguments(
        self, values: Sequence[object], counts: Mapping[str, object]
    ) -> list[object]:
        """Positional arguments and counts by keyword, all in IDL order."""
        names = self.argument_names
        unknown = [name for name in counts if name not in self.counts]
        if unknown:
            raise TypeError(f"{self.method or self.name}: {unknown[0]} is not a count")
        outs = {p.name for p in self.out_pipes} - {p.name for p in self.in_pipes}
        for left_out in (set[str](), {*self.counts}, outs, {*self.counts, *outs}):
            taken = [name for name in names if name not in left_out]
            if len(taken) == len(values) and not counts.keys() & set(taken):
                given = dict(zip(taken, values, strict=True))
                defaults = dict.fromkeys(self.counts, 0) | dict.fromkeys(outs)
                return [{**defaults, **counts, **given}[name] for name in names]
        wanted = ", ".join(name for name in names if name not in self.counts)
        raise TypeError(
            f"{self.method or self.name}: {len(values)} arguments, but it takes {wanted}"
        )


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interface:
    """An abstract syntax: its UUID and version, and its operations by number.

    *endpoints* are the well-known ones of the IDL. ``interface["GetItem"]`` is an
    operation by its IDL name.
    """

    name: str
    uuid: UUID
    version: tuple[int, int] = (0, 0)
    operations: tuple[Operation, ...] = ()
    callbacks: tuple[Operation, ...] = ()
    endpoints: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Interface {self.name} {self.version[0]}.{self.version[1]}>"

    def __getitem__(self, name: str) -> Operation:
        for operation in (*self.operations, *self.callbacks):
            if operation.name == name:
                return operation
        raise KeyError(f"{self.name} has no operation {name!r}")
