"""A call that is under way at the client, with its pipes.

States: begun, then one of answered, failed, or given up; each happens once. What the
user sees of it is ``client.Call``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from midlpy.runtime.client_connection import CallSink, ClientConnection
from midlpy.runtime.client_pool import ConnectionGroup
from midlpy.runtime.errors import (
    CallCancelled,
    PipeCommError,
    PipeError,
    RpcError,
    UnmarshalError,
    error_from_fault,
)
from midlpy.runtime.ndr import ByteOrder
from midlpy.runtime.ndr.chunks import ChunkReader, ChunkWriter
from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.pdu.types import Buffer
from midlpy.runtime.pipe import AnyPipe, attach, layout_of
from midlpy.runtime.pipe_ends import PipeSequence, ReceiverEnd, SenderEnd
from midlpy.runtime.pipe_streams import IncomingStream, OutgoingStream

# A request that is half out cannot be answered in the usual way, so a server that does
# not react to the cancel of such a call loses the connection after this time.
_HALF_SENT_CANCEL_SECONDS: Final = 2.0


class ActiveCall(CallSink):
    """One call on one connection: its sink, and the host of its pipes."""

    def __init__(
        self,
        group: ConnectionGroup,
        connection: ClientConnection,
        operation: AnyOperation,
        *,
        is_alone: bool,
    ) -> None:
        """*is_alone*: the connection is the call's own, and is given back at its end."""
        self.operation: Final = operation
        self.where: Final = f"{operation.name} (opnum {operation.opnum})"
        self.sequence: Final = PipeSequence(self.where, self)
        self.error: RpcError | None = None
        self.is_answered = False
        self.ended: Final[asyncio.Future[None]] = connection.loop.create_future()
        self.stub_limit: int | None = (
            None if operation.out_pipes else group.limits.response_stub_octets
        )
        self._group = group
        self._connection = connection
        self._is_alone = is_alone
        self._agreed = (
            connection.piped
            if operation.in_pipes or operation.out_pipes
            else connection.plain
        )
        self._call_id = connection.association.next_call_id()
        self._outgoing: OutgoingStream | None = None
        self._incoming = IncomingStream(connection, self._make_reader, self._tail)
        self._has_response = False
        self._collected = bytearray()
        self._values: Sequence[object] = ()
        self._byte_order: ByteOrder = "little"
        self._escalation: asyncio.TimerHandle | None = None

    # Beginning

    def begin(self, values: Sequence[object], pipes: dict[str, AnyPipe]) -> None:
        """Send the request, or what precedes its pipes.

        Raises:
            MarshalError: a value does not fit; nothing was sent, and the call has ended.
        """
        self._values = values
        try:
            self._begin(values, pipes)
        except BaseException:
            self._give_back()
            raise

    def _begin(self, values: Sequence[object], pipes: dict[str, AnyPipe]) -> None:
        operation = self.operation
        association = self._connection.association
        stub = operation.stub(self._agreed.syntax, "little")
        parts, octets = stub.write_request(values)
        context_id, opnum = self._agreed.context_id, operation.opnum
        object_uuid = self._group.object_uuid
        if operation.in_pipes:
            fragments = association.start_request(
                self._call_id, context_id, opnum, self, object_uuid=object_uuid
            )
            self._outgoing = OutgoingStream(
                self._connection, self._make_writer, last_pipe_finishes=True
            )
            self._outgoing.begin(fragments)
            self._bind_pipes(pipes)
            self._outgoing.head(parts, octets, self._agreed.syntax.count_size)
            return
        self._bind_pipes(pipes)
        buffers = association.request(
            self._call_id,
            context_id,
            opnum,
            self,
            parts,
            octets,
            object_uuid=object_uuid,
        )
        if association.outstanding == 1:
            self._connection.send_now(buffers)
        else:
            self._connection.send_soon(buffers)

    def _bind_pipes(self, pipes: dict[str, AnyPipe]) -> None:
        for parameter in self.operation.in_pipes:
            assert self._outgoing is not None
            sender = SenderEnd(self.sequence, parameter.name, self._outgoing)
            self._outgoing.add_end(sender)
            attach(pipes[parameter.name], sender=sender)
        for parameter in self.operation.out_pipes:
            receiver = ReceiverEnd(self.sequence, parameter.name, self._incoming)
            self._incoming.add_end(receiver)
            attach(pipes[parameter.name], receiver=receiver)

    def _make_writer(self, name: str, offset: int) -> ChunkWriter:
        parameter = next(p for p in self.operation.in_pipes if p.name == name)
        syntax = self._agreed.syntax
        layout = layout_of(parameter, syntax, "little")
        return ChunkWriter(
            layout, syntax, "little", offset, parameter.low, parameter.high
        )

    def _make_reader(self, name: str, offset: int) -> tuple[ChunkReader, int]:
        parameter = next(p for p in self.operation.out_pipes if p.name == name)
        syntax, order = self._agreed.syntax, self._byte_order
        layout = layout_of(parameter, syntax, order)
        reader = ChunkReader(
            layout, syntax, order, offset, parameter.low, parameter.high
        )
        return reader, layout.stride

    # What the association tells

    def response(self, stub: memoryview, is_last: bool, byte_order: ByteOrder) -> None:
        if self.error is not None:
            return
        try:
            if not self._has_response:
                self._has_response = True
                self._byte_order = byte_order
                self._incoming.start(0)
            self._incoming.feed(stub)
            if is_last:
                self._incoming.finish()
        except UnmarshalError as error:
            self.fail(error, UnmarshalError(f"{self.where}: {error}"))
            return
        if is_last:
            self.is_answered = True
            self._incoming.detach()
            self._end()

    def _tail(self, stub: Buffer) -> None:
        self._collected += stub
        if len(self._collected) > self._group.limits.response_stub_octets:
            raise UnmarshalError(
                f"more than {self._group.limits.response_stub_octets} octets follow "
                "the pipes"
            )

    def fault(self, status: int, did_not_execute: bool) -> None:
        error = error_from_fault(status, self.where, did_not_execute=did_not_execute)
        self.fail(error, error)

    def lost(self, error: RpcError) -> None:
        text = f"{self.where}: {error}"
        self.fail(type(error)(text), PipeCommError(text))

    # What the pipes tell

    def rule_broken(self, error: PipeError) -> None:
        """A rule broken here harms nobody else: the call goes on."""

    def body_failed(self, error: BaseException) -> None:
        self.give_up(
            CallCancelled(
                f"{self.where}: the call was aborted because a pipe's scope ended with "
                f"{type(error).__name__}"
            )
        )

    async def task_cancelled(self) -> None:
        """Our task was cancelled: so is the call, gently first if there is time for it."""
        grace = self._group.cancel_grace_seconds
        if grace > 0 and not self.ended.done():
            self.ask_to_cancel()
            try:
                async with asyncio.timeout(grace):
                    await asyncio.shield(self.ended)
            except TimeoutError:
                pass
            finally:
                self.give_up(CallCancelled(f"{self.where}: the task was cancelled"))
            return
        self.give_up(CallCancelled(f"{self.where}: the task was cancelled"))

    # Ending

    def ask_to_cancel(self) -> None:
        """Ask the server to end the call soon; its answer still counts."""
        if self.ended.done() or self.error is not None:
            return
        octets = self._connection.association.cancel(self._call_id)
        if octets:
            self._connection.send_now((octets,))
        if self._outgoing is not None and not self._outgoing.is_finished:
            error = CallCancelled(f"{self.where}: the call was cancelled")
            self.sequence.fail(error)
            self._escalation = self._connection.loop.call_later(
                _HALF_SENT_CANCEL_SECONDS, self.give_up, error
            )

    def give_up(self, error: RpcError) -> None:
        """End the call here and now, whatever the server does, unless it has ended."""
        if self.ended.done():
            return
        association = self._connection.association
        if self._is_alone:
            # Nothing else needs the connection, and its loss is the surest news.
            self._connection.drop("the call was given up")
            self.fail(error, error)
            return
        if self._connection.can_keep_orphans:
            octets = association.orphan(self._call_id)
        else:
            # The call stays with the association until the late answer comes.
            octets = association.cancel(self._call_id)
        if octets:
            self._connection.send_soon((octets,))
        self.fail(error, error)

    def fail(self, error: RpcError, for_pipes: RpcError) -> None:
        """The call has ended with *error*; its pipes raise *for_pipes*."""
        if self.error is None and not self.is_answered:
            self.error = error
            self.sequence.fail(for_pipes)
            self._incoming.detach()
            self._end()

    def _end(self) -> None:
        if self._escalation is not None:
            self._escalation.cancel()
        if not self.ended.done():
            self.ended.set_result(None)
            self._give_back()

    def _give_back(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
        if not self._is_alone:
            self._connection.call_ended()
            return
        self._is_alone = False
        if self._outgoing is not None and not self._outgoing.is_finished:
            # Nobody can tell the server that the rest of the request will not come.
            self._connection.drop("the request was not finished")
        self._group.release(self._connection)

    @property
    def must_finish_pipes(self) -> bool:
        """Whether the call can end well only with all of its pipes."""
        return self.error is None and self._escalation is None

    async def results(self) -> list[object]:
        """What follows the pipes, once it is here.

        Raises:
            RpcError: what the call ended with.
        """
        try:
            await asyncio.shield(self.ended)
        except asyncio.CancelledError:
            await self.task_cancelled()
            raise
        if self.error is not None:
            raise self.error
        stub = self.operation.stub(self._agreed.syntax, self._byte_order)
        return stub.read_response(
            bytes(self._collected), self._incoming.offset, self._values
        )
