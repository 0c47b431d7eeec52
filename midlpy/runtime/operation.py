"""Operations: what generated modules declare of each, and the stubs made of it.

An operation is a value. Its stub data can be written and read without any network:
``encode_request`` and its three siblings are for tests, fuzzers and other tools; the call
layer uses ``stub``, which is kept per transfer syntax and byte order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, cast

from midlpy.runtime.errors import (
    BindRejected,
    MarshalError,
    OperationNotSupported,
    RemoteProtocolError,
    RpcCommFailure,
    RpcError,
    RpcFault,
)
from midlpy.runtime.ndr import NDR, ByteOrder, Codec, Syntax
from midlpy.runtime.ndr.buffers import Buffer
from midlpy.runtime.ndr.chunk_lists import read_chunks, write_chunks
from midlpy.runtime.ndr.codec import shown
from midlpy.runtime.ndr.parameters import Codecs
from midlpy.runtime.ndr.unsent import UNSENT_STATUS, zero_of
from midlpy.runtime.operation_parts import PipeParameter, R_co, Response, Results
from midlpy.runtime.operation_stub import Stub


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation(Generic[R_co]):
    """One operation of an interface, as its IDL declares it; *R_co* is what it returns.

    *method* is None for a number that only keeps its place. *request* and *response* have
    no pipes; *parameters* names every parameter in IDL order, where there are pipes.
    *counts* are the parameters that data determines. *notice* is the server's method that
    is told when a call has ended, and with *notice_has_flag* whether it failed.
    *serialization*, ``encode``, ``decode`` or both, is what the IDL asks of a serialized
    procedure; the operation is called all the same. *refused* says why an operation is not
    supported; it has no codecs, and a server answers as if it did not exist.
    """

    opnum: int
    name: str
    method: str | None
    request: Codecs = field(default_factory=dict[str, Codec[object]])
    response: Response[R_co] = None
    in_pipes: tuple[PipeParameter, ...] = ()
    out_pipes: tuple[PipeParameter, ...] = ()
    parameters: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    is_async: bool = False
    is_idempotent: bool = False
    is_broadcast: bool = False
    is_maybe: bool = False
    refused: str | None = None
    comm_status: str | None = None
    fault_status: str | None = None
    notice: str | None = None
    notice_has_flag: bool = False
    serialization: str | None = None
    _stubs: dict[tuple[str, str], Stub] = field(
        default_factory=dict[tuple[str, str], Stub], init=False, repr=False
    )

    def __repr__(self) -> str:
        return f"<Operation {self.opnum} {self.name}>"

    # For the call layer

    def stub(self, syntax: Syntax, byte_order: ByteOrder = "little") -> Stub:
        """How the operation is written and read.

        Raises:
            OperationNotSupported: it is refused.
        """
        if self.refused is not None:
            raise self.not_supported()
        found = self._stubs.get((syntax.name, byte_order))
        if found is None:
            found = self._stubs[syntax.name, byte_order] = Stub(
                self.name,
                self.method or self.name,
                self.request,
                self.outcome,
                syntax,
                byte_order,
                counts=self.counts,
                pipes_come_first=bool(self.out_pipes),
            )
        return found

    def not_supported(self) -> OperationNotSupported:
        """What a call of a refused operation raises."""
        return OperationNotSupported(self.name, self.opnum, self.refused or "")

    @property
    def sent(self) -> tuple[str, ...]:
        """The results that travel: all but a status that only the client has."""
        return tuple(
            name for name, codec in self.outcome.items() if codec is not UNSENT_STATUS
        )

    def told(self, error: RpcError) -> R_co:
        """What the client's method returns where *error* is the value of a status.

        Raises:
            RpcError: it is *error* itself, which no result of the operation takes.
        """
        place = None
        if isinstance(error, RpcFault) and not error.is_rejection:
            place = self.fault_status
        elif isinstance(
            error, RpcFault | RpcCommFailure | BindRejected | RemoteProtocolError
        ):
            place = self.comm_status
        if place is None:
            raise error
        return self.pack_result(
            [
                error.status if name == place else zero_of(codec)
                for name, codec in self.outcome.items()
            ]
        )

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

    def pack_result(self, values: Sequence[object]) -> R_co:
        """What the client's method returns for *values*: None, one of them, or a tuple."""
        response = self.response
        if isinstance(response, Results) and response.cls is not None:
            return response.cls(*values)
        return cast("R_co", values[0] if values else None)

    def unpack_result(self, value: object) -> list[object]:
        """What a server's method returned, as the values of the response.

        Raises:
            MarshalError: it has not the shape the operation gives back.
        """
        wanted = self.sent
        found: list[object]
        if len(wanted) > 1:
            found = list(_as_tuple(value))
            if len(found) != len(wanted):
                raise MarshalError(
                    f"{self.method}: the result is {shown(value)}, but it is "
                    f"{self._result_text(wanted)}"
                )
        elif wanted:
            found = [value]
        elif value is not None:
            raise MarshalError(
                f"{self.method}: the result is {shown(value)}, but it gives nothing back"
            )
        else:
            found = []
        if len(wanted) == len(self.outcome):
            return found
        given = dict(zip(wanted, found, strict=True))
        return [given.get(name, 0) for name in self.outcome]

    def _result_text(self, wanted: Sequence[str]) -> str:
        response = self.response
        cls = response.cls if isinstance(response, Results) else None
        name = getattr(cls, "__name__", "a tuple")
        if len(wanted) < len(self.outcome):
            name = "a tuple"
        return f"{name}({', '.join(wanted)})"

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
        if self.refused is not None:
            raise self.not_supported()
        plain, found = self.split_arguments(self._all_arguments(values, counts))
        parts, offset = self.stub(syntax, byte_order).write_request(plain)
        chunks, _ = _write_pipes(self.in_pipes, found, syntax, byte_order, offset)
        return b"".join([*parts, *chunks])

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
        where = f"{self.name} request"
        chunks, _ = _read_pipes(self.in_pipes, stub, syntax, byte_order, offset, where)
        found.update(chunks)
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
        if self.refused is not None:
            raise self.not_supported()
        names = self.result_names
        if len(values) == 1 and len(names) != 1 and isinstance(values[0], tuple):
            values = cast("tuple[object, ...]", values[0])
        if len(values) != len(names):
            raise TypeError(
                f"{self.name}: {len(values)} results, but it gives {len(names)} back: "
                f"{', '.join(names) or 'nothing'}"
            )
        found = dict(zip(names, values, strict=True))
        chunks, offset = _write_pipes(self.out_pipes, found, syntax, byte_order, 0)
        plain = [found[name] for name in self.outcome]
        stub = self.stub(syntax, byte_order)
        parts, _ = stub.write_response(plain, offset, arguments)
        return b"".join([*chunks, *parts])

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
        where = f"{self.name} response"
        found, offset = _read_pipes(self.out_pipes, stub, syntax, byte_order, 0, where)
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


AnyOperation: TypeAlias = Operation[Any]


def _as_tuple(value: object) -> tuple[object, ...]:
    """*value*, if it is a tuple; else an empty one."""
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()


def _write_pipes(
    pipes: Sequence[PipeParameter],
    chunks: Mapping[str, object],
    syntax: Syntax,
    byte_order: ByteOrder,
    offset: int,
) -> tuple[list[Buffer], int]:
    """The octets of *pipes* from *offset* on, each a list of chunks, and where they end."""
    parts: list[Buffer] = []
    for pipe in pipes:
        layout = pipe.elements(syntax, byte_order)
        more, offset = write_chunks(
            chunks[pipe.name], layout, syntax, byte_order, offset, pipe.low, pipe.high
        )
        parts += more
    return parts, offset


def _read_pipes(
    pipes: Sequence[PipeParameter],
    stub: bytes,
    syntax: Syntax,
    byte_order: ByteOrder,
    offset: int,
    where: str,
) -> tuple[dict[str, object], int]:
    """The chunks of *pipes* from *offset* on, by their names, and where they end."""
    found: dict[str, object] = {}
    for pipe in pipes:
        layout = pipe.elements(syntax, byte_order)
        found[pipe.name], offset = read_chunks(
            stub,
            layout,
            syntax,
            byte_order,
            offset,
            pipe.low,
            pipe.high,
            f"{where}: {pipe.name}",
        )
    return found, offset
