"""Glue between one transport and one association; the same for clients and servers.

Octets from the transport become PDUs in place and go to the association; what the
association answers, and what calls send, goes back. Writing is at once while a connection
has nothing else to say, otherwise one write collects a turn of the loop.

Back-pressure both ways: above the high-water mark of the transport ``is_congested`` makes
senders wait; above a mark of octets that nobody has pulled yet, reading stops. While it is
stopped the peer could vanish unseen, so :meth:`Connection.look` has to be called now and
then; it also reads a bounded amount ahead, in which a cancel may stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar, cast

from midlpy.runtime.association.client import ClientAssociation
from midlpy.runtime.association.server import ServerAssociation
from midlpy.runtime.association.state import State
from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.fragments import ReceiveBuffer
from midlpy.runtime.pdu.types import Buffer, PduType
from midlpy.runtime.transports.transport import peer_is_gone, reset, tune

# Octets waiting in a transport above which senders wait.
HIGH_WATER_OCTETS: Final = 256 * 1024
# Octets nobody has pulled above which reading stops, and below which it goes on.
QUEUE_HIGH_OCTETS: Final = 256 * 1024
QUEUE_LOW_OCTETS: Final = 64 * 1024
# What is read ahead of a stalled consumer, by and by, to find a cancel or the end: more
# than the kernel of a peer of our kind keeps unsent.
_AHEAD_STEP_OCTETS: Final = 256 * 1024
_AHEAD_OCTETS: Final = 1280 * 1024

A = TypeVar("A", bound=ClientAssociation | ServerAssociation[Any])


_VERSION: Final = 5


class Connection(asyncio.BufferedProtocol, Generic[A]):
    """One end of a connection: a transport and its association."""

    association: A

    def __init__(self, limits: Limits) -> None:
        self.limits: Final = limits
        self.loop: Final = asyncio.get_running_loop()
        self.ended: Final[asyncio.Future[None]] = self.loop.create_future()
        self.is_congested = False
        # Whether calls can still be started or answered.
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._received = ReceiveBuffer()
        self._is_unheard = True
        self._first_room = memoryview(b"")
        self._collected: list[Buffer] = []
        self._flush_scheduled = False
        self._drain_waiters: list[Callable[[], None]] = []
        self.queued_octets = 0
        self.queue_limit = QUEUE_HIGH_OCTETS
        self._is_queue_full = self._is_flooded = self._is_paused = False
        self._close_timer: asyncio.TimerHandle | None = None
        self._reason = ""
        self.last_heard = self.loop.time()

    # What asyncio tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: the transports of uvloop only look like asyncio's.
        self._transport = transport = cast("asyncio.Transport", transport)
        self.is_open = True
        tune(transport)
        transport.set_write_buffer_limits(high=HIGH_WATER_OCTETS)

    def get_buffer(self, sizehint: int) -> memoryview:
        room = self._received.get_buffer(sizehint)
        if self._is_unheard:
            self._first_room = room
        return room

    def buffer_updated(self, nbytes: int) -> None:
        association = self.association
        try:
            if self._is_unheard:
                self._check_first(self._first_room[:nbytes])
            for pdu in self._received.advance(nbytes):
                answer = association.receive(pdu)
                if answer:
                    self.send_soon((answer,))
        except RemoteProtocolError as error:
            self.peer_broke_rules(error)
            return
        self.last_heard = self.loop.time()
        if association.state is State.CLOSED:
            self.association_closed(association.close_reason)

    def _check_first(self, octets: memoryview) -> None:
        """See that a peer speaks this protocol at all, not HTTP, say.

        A bind of another version is not meant: that one gets an answer.

        Raises:
            RemoteProtocolError: it does not.
        """
        self._is_unheard = False
        self._first_room = memoryview(b"")
        if octets[0] != _VERSION and (len(octets) < 3 or octets[2] != PduType.BIND):
            raise RemoteProtocolError(
                f"the peer does not speak DCE/RPC: it begins with {bytes(octets[:8])!r}"
            )

    def eof_received(self) -> None:
        """The peer closed: nothing begins here any more, and what is left has a limit."""
        self.close("the peer closed the transport")

    def pause_writing(self) -> None:
        self.is_congested = True

    def resume_writing(self) -> None:
        # Only wakes: a transport closed in here would end twice (CPython 3.11).
        self.is_congested = False
        self.set_flooded(False)
        waiters, self._drain_waiters = self._drain_waiters, []
        for wake in waiters:
            wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._close_timer is not None:
            self._close_timer.cancel()
        if not self._reason:
            self._reason = (
                f"the connection broke: {exc}"
                if exc is not None
                else "the peer closed the transport"
            )
        waiters, self._drain_waiters = self._drain_waiters, []
        self.is_congested = False
        self._collected.clear()
        self.lost(self._reason)
        for wake in waiters:
            wake()
        if not self.ended.done():
            self.ended.set_result(None)

    # What a side of a connection adds

    def lost(self, reason: str) -> None:
        """The transport has ended; every call has to hear of it."""
        raise NotImplementedError

    def association_closed(self, reason: str) -> None:
        """The association is over, by a PDU that was received or the answer to it."""
        self.close(reason)

    def peer_broke_rules(self, error: RemoteProtocolError) -> None:
        """The peer broke the rules; nothing more can be understood of it."""
        self._reason = str(error)
        self.close(str(error))

    # Writing

    def send_now(self, buffers: Sequence[Buffer]) -> None:
        """Write *buffers*, behind whatever was collected."""
        transport = self._transport
        assert transport is not None
        if self._collected:
            self._collected += buffers
            buffers, self._collected = self._collected, []
        transport.write(b"".join(buffers))

    def send_soon(self, buffers: Sequence[Buffer]) -> None:
        """Write *buffers* before the loop waits again, together with others."""
        self._collected += buffers
        if not self._flush_scheduled:
            self._flush_scheduled = True
            self.loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write what was collected."""
        self._flush_scheduled = False
        if self._collected:
            buffers, self._collected = self._collected, []
            assert self._transport is not None
            self._transport.write(b"".join(buffers))

    def call_when_drained(self, wake: Callable[[], None]) -> None:
        """Call *wake* once when the congestion is over, or the connection."""
        self._drain_waiters.append(wake)

    async def drained(self) -> None:
        """Wait until there is no congestion, or no connection."""
        while self.is_congested:
            waiter: asyncio.Future[None] = self.loop.create_future()
            self.call_when_drained(partial(_wake, waiter))
            await waiter

    # Reading

    def queue_is_full(self) -> None:
        """More waits to be pulled than may: stop reading."""
        if not self._is_queue_full:
            self._is_queue_full = True
            self._pause_or_resume()

    def pulled(self, octets: int) -> None:
        """So many octets wait no more."""
        self.queued_octets -= octets
        if self.queued_octets < QUEUE_LOW_OCTETS:
            self.queue_limit = QUEUE_HIGH_OCTETS
            if self._is_queue_full:
                self._is_queue_full = False
                self._pause_or_resume()

    @property
    def is_reading_paused(self) -> bool:
        """Whether octets stay with the transport for the time being."""
        return self._is_paused

    def look(self) -> None:
        """See what reading would tell, although nobody pulls what has arrived."""
        if not self._is_paused or self._transport is None:
            return
        if peer_is_gone(self._transport):
            self.drop("the peer closed the transport")
        elif self.queue_limit < QUEUE_HIGH_OCTETS + _AHEAD_OCTETS:
            self.queue_limit += _AHEAD_STEP_OCTETS
            if self._is_queue_full and self.queued_octets <= self.queue_limit:
                self._is_queue_full = False
                self._pause_or_resume()

    @property
    def unsent_octets(self) -> int:
        """What waits in the transport for the peer to take it."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def set_flooded(self, is_flooded: bool) -> None:
        """Stop reading, or go on, since the peer does not read what it asked for.

        One side of a connection may do that; if both did, each could wait for the other.
        """
        if is_flooded != self._is_flooded:
            self._is_flooded = is_flooded
            self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        transport = self._transport
        wanted = self._is_queue_full or self._is_flooded
        if transport is None or transport.is_closing() or wanted == self._is_paused:
            return
        self._is_paused = wanted
        if wanted:
            transport.pause_reading()
        else:
            transport.resume_reading()

    # The end

    def close(self, reason: str) -> None:
        """Send what is left, for a bounded time, then end; ``lost`` follows later."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._reason = self._reason or reason
        self.is_open = False
        self.flush()
        transport.close()
        if self._close_timer is None:
            self._close_timer = self.loop.call_later(
                self.limits.close_seconds, transport.abort
            )

    def close_after_peer(self, reason: str) -> None:
        """Send what is left, then wait for the peer to close, for a bounded time.

        What the peer still sends is read and thrown away: closing in front of unread
        octets would be a reset, which may overtake the last PDU.
        """
        transport = self._transport
        if transport is None or not transport.can_write_eof():
            self.close(reason)
        elif self.is_open:
            self._reason = self._reason or reason
            self.is_open = False
            self.flush()
            transport.write_eof()
            self._close_timer = self.loop.call_later(
                self.limits.close_seconds, transport.abort
            )

    def drop(self, reason: str) -> None:
        """End now, and let the peer know by a reset; ``lost`` follows later."""
        if self._transport is None or self.ended.done():
            return
        self._reason = self._reason or reason
        self.is_open = False
        self._collected.clear()
        reset(self._transport)

    async def wait_ended(self) -> None:
        """Wait until ``lost`` has been called."""
        if self._transport is not None:
            await asyncio.shield(self.ended)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
