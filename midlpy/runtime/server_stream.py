"""Calls with pipes at the server.

What precedes the [in] pipes is tried again as it grows; the time spent on that stays a
small part of the time it takes to arrive, so no client can make it expensive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from midlpy.runtime.errors import (
    PipeCommError,
    PipeDisciplineError,
    PipeError,
    RpcError,
    StubDataTruncated,
    UnmarshalError,
)
from midlpy.runtime.ndr import ByteOrder, Syntax
from midlpy.runtime.ndr.chunks import ChunkReader, ChunkWriter
from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.pdu.types import Buffer
from midlpy.runtime.pipe import AnyPipe, attach, layout_of, state_of
from midlpy.runtime.pipe_ends import PipeSequence, ReceiverEnd, SenderEnd
from midlpy.runtime.pipe_streams import IncomingStream, OutgoingStream
from midlpy.runtime.server_call import Manager, ServedCall
from midlpy.runtime.server_faults import fault_status

if TYPE_CHECKING:
    from midlpy.runtime.server_connection import ServerConnection

# A vain attempt to decode is followed by at least this many times its duration.
_PATIENCE: Final = 8.0


class StreamedCall(ServedCall):
    """One call of an operation with pipes: its sink, and the host of its pipes."""

    _waits_for_request = True

    __slots__ = (
        "_completed",
        "_head",
        "_incoming",
        "_is_complete",
        "_is_running",
        "_outgoing",
        "_retry",
        "sequence",
    )

    def __init__(
        self,
        connection: ServerConnection,
        call_id: int,
        operation: AnyOperation,
        manager: Manager,
        syntax: Syntax,
        order: ByteOrder,
    ) -> None:
        super().__init__(connection, call_id, operation, manager, syntax, order)
        if operation.in_pipes:
            self.stub_limit = None
        self.sequence: Final = PipeSequence(str(self), self)
        self._incoming = IncomingStream(connection, self._make_reader, self._excess)
        self._outgoing: OutgoingStream | None = None
        self._head = bytearray()
        self._completed = asyncio.Event()
        self._is_running = False
        self._is_complete = False
        self._retry: asyncio.TimerHandle | None = None

    # What the association tells

    def request(self, stub: memoryview, is_last: bool) -> None:
        self._is_complete = is_last
        try:
            if self._is_running:
                if self.error is None and not self.is_gone:
                    self._incoming.feed(stub)
            else:
                self._head += stub
                if is_last or self._retry is None:
                    self._try_to_start()
                limit = self.connection.limits.request_stub_octets
                if len(self._head) > limit:
                    raise UnmarshalError(f"more than {limit} octets precede the pipes")
            if is_last and self._is_running and self.error is None:
                self._incoming.finish()
                self._request_is_complete()
        except UnmarshalError as error:
            self._stream_failed(error)

    def lost(self) -> None:
        if not self.is_gone:
            self.sequence.fail(PipeCommError(f"{self}: the client is gone"))
            self._incoming.detach()
            self._stop_retrying()
            self._completed.set()
        super().lost()

    def _try_to_start(self) -> None:
        """Decode what precedes the pipes, if it is here."""
        self._stop_retrying()
        loop = self.connection.loop
        begun = loop.time()
        octets = bytes(self._head)
        stub = self.operation.stub(self._syntax, self._order)
        try:
            values, end = stub.read_request(octets, self._is_complete)
        except StubDataTruncated:
            if self._is_complete:
                raise
            pause = (loop.time() - begun) * _PATIENCE
            self._retry = loop.call_later(pause, self._retry_to_start, len(octets))
            return
        self._head.clear()
        self._is_running = True
        self._values = values
        arguments = self._bind_pipes(values)
        self._incoming.start(end)
        self._incoming.feed(memoryview(octets)[end:])
        self._start(arguments)

    def _retry_to_start(self, octets: int) -> None:
        self._retry = None
        if len(self._head) > octets:
            try:
                self._try_to_start()
            except UnmarshalError as error:
                self._stream_failed(error)

    def _request_is_complete(self) -> None:
        """The response may begin."""
        if self._outgoing is not None and not self.is_answered:
            self._outgoing.begin(
                self.connection.association.start_response(self.call_id)
            )
        self._completed.set()

    def _stop_retrying(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _stream_failed(self, error: UnmarshalError) -> None:
        """What the client sent is wrong: it gets the fault, the manager the exception."""
        self._stop_retrying()
        if not self._is_running:
            self._fault_for(error)
            return
        self.error = self.error or error
        self.sequence.fail(error)
        self._incoming.detach()

    def _excess(self, stub: Buffer) -> None:
        """Octets behind the last end marker are padding, or nothing we know."""

    # Pipes

    def _bind_pipes(self, values: Sequence[object]) -> list[object]:
        """The manager's arguments, pipes in their places."""
        pipes: dict[str, AnyPipe] = {}
        for parameter in (*self.operation.in_pipes, *self.operation.out_pipes):
            if parameter.name not in pipes:
                pipes[parameter.name] = parameter.pipe_class()
                state_of(pipes[parameter.name]).claimed_by = self.operation.name
        for parameter in self.operation.in_pipes:
            receiver = ReceiverEnd(self.sequence, parameter.name, self._incoming)
            self._incoming.add_end(receiver)
            attach(pipes[parameter.name], receiver=receiver)
        for parameter in self.operation.out_pipes:
            outgoing = self._open_outgoing()
            sender = SenderEnd(self.sequence, parameter.name, outgoing)
            outgoing.add_end(sender)
            attach(pipes[parameter.name], sender=sender)
        return self.operation.join_arguments(values, pipes)

    def _open_outgoing(self) -> OutgoingStream:
        if self._outgoing is None:
            self._outgoing = OutgoingStream(
                self.connection,
                self._make_writer,
                last_pipe_finishes=False,
            )
        return self._outgoing

    def _make_reader(self, name: str, offset: int) -> tuple[ChunkReader, int]:
        parameter = next(p for p in self.operation.in_pipes if p.name == name)
        layout = layout_of(parameter, self._syntax, self._order)
        reader = ChunkReader(
            layout, self._syntax, self._order, offset, parameter.low, parameter.high
        )
        return reader, layout.stride

    def _make_writer(self, name: str, offset: int) -> ChunkWriter:
        parameter = next(p for p in self.operation.out_pipes if p.name == name)
        layout = layout_of(parameter, self._syntax, "little")
        return ChunkWriter(
            layout, self._syntax, "little", offset, parameter.low, parameter.high
        )

    # What the pipes tell

    def rule_broken(self, error: PipeError) -> None:
        """A manager that swallows it does not save the call."""
        if self.error is None:
            self.error = error
            self.sequence.break_off(error)

    def body_failed(self, error: BaseException) -> None:
        """A scope that should have ended a pipe failed: so does the call."""
        if self.error is None:
            failure = (
                error
                if isinstance(error, RpcError)
                else RpcError(str(error), status=fault_status(error, str(self)))
            )
            self.error = failure
            self.sequence.break_off(failure)

    async def task_cancelled(self) -> None:
        """A manager may give up waiting and still answer."""

    # Answering

    async def _ready_to_answer(self) -> None:
        if self.error is None and self.sequence.is_finished:
            # The last fragment may come behind the last end marker.
            await self._completed.wait()
        await super()._ready_to_answer()

    def _respond(self, result: object) -> None:
        if self.is_gone or self.is_answered:
            return
        if self.error is not None:
            raise self.error
        end = self.sequence.current
        if end is not None:
            verb = "closed" if end.direction == "push" else "pulled to its end"
            raise PipeDisciplineError(
                f"{self}: the pipe {end.name} has not been {verb}"
            )
        if self._outgoing is None:
            super()._respond(result)
            return
        operation = self.operation
        parts, octets = operation.stub(self._syntax, "little").write_response(
            operation.unpack_result(result), self._outgoing.offset, self._values
        )
        self.is_answered = True
        self._outgoing.finish(parts, octets)
        self._has_failed = False
        self._forget()

    def _fault_for(self, error: BaseException) -> None:
        self.sequence.fail(_as_rpc_error(error))
        self._incoming.detach()
        super()._fault_for(error)


def _as_rpc_error(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RpcError(repr(error))
