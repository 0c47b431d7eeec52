"""A server's connection: who may open calls, which of them run, and housekeeping."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from midlpy.runtime.association.call import ServerSink
from midlpy.runtime.association.group import AssociationGroup, AssociationGroups
from midlpy.runtime.association.negotiation import Offers, PresentationContext
from midlpy.runtime.association.server import ServerAssociation
from midlpy.runtime.association.state import State
from midlpy.runtime.connection import Connection
from midlpy.runtime.errors import RpcFault
from midlpy.runtime.interface import Interface
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr import NDR, NDR64, ByteOrder, Syntax
from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import HEADER_OCTETS, BindNak, Buffer, NakReason
from midlpy.runtime.server_call import Manager, Notice, ServedCall
from midlpy.runtime.server_stream import StreamedCall

OPERATION_RANGE_ERROR: Final = 0x1C010002
SERVER_TOO_BUSY: Final = 0x1C010014
_REFUSAL_ROOM_OCTETS: Final = 1024
# What may wait to be sent before we stop listening to more requests.
_ANSWERS_OCTETS: Final = 1024 * 1024

_SYNTAXES: Final[dict[UUID, Syntax]] = {NDR.uuid: NDR, NDR64.uuid: NDR64}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands behind an operation; *notice* is told of the end of each call."""

    operation: AnyOperation
    manager: Manager
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Service:
    """What stands behind an interface: its operations with their managers, by opnum."""

    interface: Interface
    entries: tuple[Entry | None, ...]


@dataclass(frozen=True, slots=True)
class Hosting:
    """What the connections of one listener share."""

    offers: Offers[Service]
    groups: AssociationGroups
    limits: Limits
    transport: str
    cancel_grace_seconds: float
    ended: Callable[[ServerConnection], None]


class ServerConnection(Connection["ServerAssociation[Service]"]):
    """A connection that a client has opened."""

    def __init__(self, hosting: Hosting, secondary_address: str) -> None:
        super().__init__(hosting.limits)
        self.association = ServerAssociation(
            self,
            hosting.offers,
            hosting.groups,
            hosting.limits,
            transport=hosting.transport,
            secondary_address=secondary_address,
        )
        self.cancel_grace_seconds: Final = hosting.cancel_grace_seconds
        self.peer = ""
        self.calls: set[ServedCall] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self._hosting = hosting
        self._opened = self.last_heard
        self._partial_since = 0.0
        self._is_refusing = False
        self._leaving = ""
        self._idle_waiter: asyncio.Event | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        name = transport.get_extra_info("peername")
        self.peer = (
            f"{name[0]}:{name[1]}" if isinstance(name, tuple) else str(name or "")
        )

    def buffer_updated(self, nbytes: int) -> None:
        super().buffer_updated(nbytes)
        if self.is_congested and self.unsent_octets > _ANSWERS_OCTETS:
            # It asks and asks, and does not read the answers.
            self.set_flooded(True)

    # Calls

    def open_call(
        self,
        call_id: int,
        context: PresentationContext[Service],
        opnum: int,
        object_uuid: UUID | None,
        byte_order: ByteOrder,
    ) -> ServerSink:
        """See ``ServerDelegate``."""
        entries = context.service.entries
        entry = entries[opnum] if opnum < len(entries) else None
        if entry is None:
            raise RpcFault(OPERATION_RANGE_ERROR, did_not_execute=True)
        if self._is_refusing:
            raise RpcFault(SERVER_TOO_BUSY, did_not_execute=True)
        operation = entry.operation
        kind = StreamedCall if operation.in_pipes or operation.out_pipes else ServedCall
        syntax = _SYNTAXES[context.transfer.uuid]
        served = kind(self, call_id, operation, entry.manager, syntax, byte_order)
        served.object_uuid = object_uuid
        served.interface = context.service.interface
        served.notice = entry.notice
        self.calls.add(served)
        return served

    def answer(self, buffers: Sequence[Buffer]) -> None:
        """Send what ends a call: at once if it was the only one."""
        if not self.is_open:
            return
        if self.association.outstanding:
            self.send_soon(buffers)
        else:
            self.send_now(buffers)

    def forget(self, served: ServedCall) -> None:
        """A call has ended."""
        self.calls.discard(served)
        if self._idle_waiter is not None and not self.calls:
            self._idle_waiter.set()

    async def wait_idle(self) -> None:
        """Wait until no call is open."""
        while self.calls:
            self._idle_waiter = asyncio.Event()
            await self._idle_waiter.wait()

    def abort_calls(self) -> None:
        """Tell every client that waits that its call has ended."""
        for served in list(self.calls):
            served.server_ends()

    @property
    def joined_group(self) -> AssociationGroup:
        """The client's group; every call has one."""
        group = self.association.group
        assert group is not None
        return group

    def association_closed(self, reason: str) -> None:
        """The client broke a rule, and should be able to read what we say about it."""
        _log.warning("%s: %s; the connection is closed", self.peer, reason)
        self._give_up_calls()
        self.close_after_peer(reason)

    def _give_up_calls(self) -> None:
        """No call can be answered any more: their managers hear it now."""
        for served in list(self.calls):
            served.lost()

    # Housekeeping

    def tick(self, now: float) -> None:
        """To be called about twice a second."""
        limits = self.limits
        self.look()
        if self.association.state is State.UNBOUND:
            if now - self._opened > limits.bind_seconds:
                self.drop("the client did not bind in time")
        elif self._received.is_empty or self.is_reading_paused:
            self._partial_since = 0.0
            if (
                limits.idle_seconds
                and not self.calls
                and now - self.last_heard > limits.idle_seconds
            ):
                self.close("idle")
        elif self._partial_since <= self.last_heard:
            self._partial_since = now
        elif now - self._partial_since > limits.pdu_seconds:
            self.drop("the client did not finish a PDU in time")

    def refuse_calls(self) -> None:
        """The server ends soon: further calls get a fault, and the client is told."""
        self._is_refusing = True
        octets = self.association.shutdown()
        if octets:
            self.send_soon((octets,))

    def lost(self, reason: str) -> None:
        self._give_up_calls()
        if not self.tasks:
            self._leave(reason)
        else:
            # Context handles are run down when nobody uses them any more.
            self._leaving = reason

    def task_ended(self, task: asyncio.Task[None] | None) -> None:
        """A manager's task is about to end."""
        if task is not None:
            self.tasks.discard(task)
        if self._leaving and not self.tasks:
            self._leave(self._leaving)

    def abandon_tasks(self) -> None:
        """Forget tasks that were cancelled before they began."""
        self.tasks.clear()
        self.task_ended(None)

    def _leave(self, reason: str) -> None:
        self._leaving = ""
        self.association.close(reason)
        self._hosting.ended(self)


class RefusingConnection(asyncio.BufferedProtocol):
    """Answers one bind with "congestion" and closes: the server has enough clients.

    It holds next to nothing, since there may be many of it.
    """

    def __init__(self, limits: Limits) -> None:
        self._seconds = limits.close_seconds
        self._room = memoryview(bytearray(_REFUSAL_ROOM_OCTETS))
        self._header = b""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: the transports of uvloop only look like asyncio's.
        self._transport = transport = cast("asyncio.Transport", transport)
        self._timer = asyncio.get_running_loop().call_later(
            self._seconds, transport.abort
        )

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint  # little is expected
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        transport = self._transport
        if transport is None or len(self._header) >= HEADER_OCTETS:
            return  # what follows is thrown away
        self._header += self._room[:nbytes]
        if len(self._header) >= HEADER_OCTETS:
            transport.write(_congestion(self._header))
            if transport.can_write_eof():
                transport.write_eof()  # and wait for the client to close
            else:
                transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # nothing depends on how it ends
        if self._timer is not None:
            self._timer.cancel()


def _congestion(header: bytes) -> bytes:
    """The bind_nak that answers the PDU with this header."""
    order: ByteOrder = "little" if header[4] & 0x10 else "big"
    return encode(
        BindNak(
            call_id=int.from_bytes(header[12:16], order),
            reason=NakReason.TEMPORARY_CONGESTION,
        )
    )
