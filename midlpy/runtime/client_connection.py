"""A client's connection: bind, calls on their way, and what the loss of it means."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from midlpy.runtime.association.client import ClientAssociation
from midlpy.runtime.association.negotiation import Features
from midlpy.runtime.connection import Connection
from midlpy.runtime.errors import (
    BindRejected,
    RemoteProtocolError,
    RpcCommFailure,
    RpcError,
    error_from_fault,
)
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr import NDR, ByteOrder, Syntax
from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.pdu.types import ContextElement, SyntaxId


@dataclass(frozen=True, slots=True)
class AgreedContext:
    """A presentation context of a bound connection, with its transfer syntax."""

    context_id: int
    syntax: Syntax


class CallSink:
    """What every sink of ours can do besides: hear that its connection is lost."""

    __slots__ = ()

    def lost(self, error: RpcError) -> None:
        """The connection ended before the call did."""
        raise NotImplementedError


class Reply(CallSink):
    """Waits for the whole stub data of a plain call."""

    __slots__ = ("_collected", "_operation", "future", "stub_limit")

    def __init__(
        self,
        future: asyncio.Future[tuple[bytes, ByteOrder]],
        operation: AnyOperation,
        stub_limit: int,
    ) -> None:
        self.future = future
        self._operation = operation
        self.stub_limit = stub_limit
        self._collected: bytearray | None = None

    def response(self, stub: memoryview, is_last: bool, byte_order: ByteOrder) -> None:
        collected = self._collected
        if not is_last:
            if collected is None:
                collected = self._collected = bytearray()
            if not self.future.done():
                collected += stub
        elif not self.future.done():
            if collected is not None:
                collected += stub
            self.future.set_result((bytes(collected or stub), byte_order))

    def fault(self, status: int, did_not_execute: bool) -> None:
        if not self.future.done():
            self.future.set_exception(
                error_from_fault(
                    status,
                    f"{self._operation.name} (opnum {self._operation.opnum})",
                    did_not_execute=did_not_execute,
                )
            )

    def lost(self, error: RpcError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class ClientConnection(Connection[ClientAssociation]):
    """A connection to a server, for one interface."""

    def __init__(self, limits: Limits, where: str, group_id: int = 0) -> None:
        """*where* is the server's binding, for messages."""
        super().__init__(limits)
        self.where: Final = where
        self.association = ClientAssociation(
            self, limits, association_group_id=group_id
        )
        # For calls without pipes and with them.
        self.plain: AgreedContext
        self.piped: AgreedContext
        self.is_wanted = True
        self.is_bound = False
        self._bound: asyncio.Future[None] = self.loop.create_future()
        self.start_waiters: deque[asyncio.Future[None]] = deque()

    async def bind(self, abstract: SyntaxId, syntaxes: Sequence[Syntax]) -> None:
        """Agree on contexts for one interface with *syntaxes*, best first.

        Raises:
            BindRejected: the server has no such interface, or none of the syntaxes.
            RpcCommFailure: no answer in time, or the connection ended.
        """
        elements = [
            ContextElement(number, abstract, (SyntaxId(syntax.uuid, *syntax.version),))
            for number, syntax in enumerate(syntaxes)
        ]
        self.send_now([self.association.bind(elements)])
        try:
            async with asyncio.timeout(self.limits.bind_seconds):
                await self._bound
        except TimeoutError:
            self.drop("the server does not answer the bind")
            raise RpcCommFailure(
                f"{self.where} did not answer the bind in "
                f"{self.limits.bind_seconds:g} seconds; is it an RPC server?"
            ) from None
        agreed = self._agreed(abstract, syntaxes)
        if not agreed:
            why = "; ".join(str(reason) for reason in self.association.rejections)
            self.close("the bind came to nothing")
            raise BindRejected(f"{self.where}: {why or 'no presentation context'}")
        self.plain = agreed[0]
        # Synchronous peers run pipe operations in NDR even where NDR64 is agreed.
        self.piped = next((a for a in agreed if a.syntax is NDR), agreed[0])

    def _agreed(
        self, abstract: SyntaxId, syntaxes: Iterable[Syntax]
    ) -> list[AgreedContext]:
        found: list[AgreedContext] = []
        for syntax in syntaxes:
            context = self.association.context_for(
                abstract, SyntaxId(syntax.uuid, *syntax.version)
            )
            if context is not None:
                found.append(AgreedContext(context.context_id, syntax))
        return found

    # What the association tells

    def negotiated(self) -> None:
        self.is_bound = True
        if not self._bound.done():
            self._bound.set_result(None)

    def rejected(self, error: BindRejected) -> None:
        if not self._bound.done():
            self._bound.set_exception(BindRejected(f"{self.where}: {error}"))

    def shutdown(self) -> None:
        """The server wants no more calls here; those under way are still answered."""
        self.is_wanted = False

    # Calls

    @property
    def can_keep_orphans(self) -> bool:
        """Whether the connection stays when a call is given up."""
        return bool(
            self.association.features & Features.KEEP_CONNECTION_ON_ORPHAN
            and self.association.is_multiplexed
        )

    @property
    def is_usable(self) -> bool:
        """Whether further calls may go here."""
        return self.is_wanted and self.is_open

    async def wait_to_start(self) -> None:
        """Wait, in the order of asking, until one more call may be outstanding."""
        while self.is_usable and not self.association.can_start:
            waiter: asyncio.Future[None] = self.loop.create_future()
            self.start_waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self.call_ended()  # our turn goes to the next
                raise
            finally:
                if waiter in self.start_waiters:
                    self.start_waiters.remove(waiter)

    def call_ended(self) -> None:
        """A call has ended: one that waits may start."""
        while self.start_waiters:
            waiter = self.start_waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def refused_halfway(self) -> None:
        """A fault has come; if part of its request is still here, nothing else follows.

        A server that refuses a request before its end, for its size say, closes next.
        """
        if self.is_congested and not self.association.outstanding:
            self.close("a request was refused before all of it was sent")

    async def give_up_plain(
        self, call_id: int, reply: Reply, grace_seconds: float
    ) -> None:
        """A plain call's task was cancelled: so is the call, gently if there is time."""
        if not self.is_open:
            return
        association = self.association
        # The future of the task is gone; a new one sees the late answer.
        late = reply.future = self.loop.create_future()
        late.add_done_callback(self._late_answer)
        if grace_seconds > 0:
            self._send_of_call(association.cancel(call_id))
            await asyncio.wait([late], timeout=grace_seconds)
            if late.done():
                return
        if self.can_keep_orphans:
            self._send_of_call(association.orphan(call_id))
        elif grace_seconds <= 0:
            # The call stays with the association until its late answer comes.
            self._send_of_call(association.cancel(call_id))

    def _send_of_call(self, octets: bytes) -> None:
        if octets:
            self.send_soon((octets,))

    def _late_answer(self, late: asyncio.Future[tuple[bytes, ByteOrder]]) -> None:
        late.exception()  # nobody wants to know
        self.call_ended()

    def lost(self, reason: str) -> None:
        sinks = self.association.close(reason)
        count = len(sinks)
        waiting = "1 call was" if count == 1 else f"{count} calls were"
        error = f"{self.where}: {reason}; {waiting} waiting"
        for sink in sinks:
            assert isinstance(sink, CallSink)
            sink.lost(RpcCommFailure(error))
        if not self._bound.done():
            self._bound.set_exception(RpcCommFailure(f"{self.where}: {reason}"))
            self._bound.exception()  # perhaps nobody waits for it any more
        while self.start_waiters:
            self.call_ended()

    def peer_broke_rules(self, error: RemoteProtocolError) -> None:
        """Waiting calls fail with what the peer did."""
        for sink in self.association.close(str(error)):
            assert isinstance(sink, CallSink)
            sink.lost(RemoteProtocolError(f"{self.where}: {error}"))
        if not self._bound.done():
            self._bound.set_exception(RemoteProtocolError(f"{self.where}: {error}"))
            self._bound.exception()
        self.drop(str(error))
