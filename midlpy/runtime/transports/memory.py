"""memory: two ends in one process, for tests; every octet and every wait is ours.

Octets written at one end wait in a queue until the other end's protocol takes them, on a
later turn of the loop. The queue is all the buffer there is, so what a stalled reader
holds back can be counted exactly.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from midlpy.runtime.errors import RpcCommFailure
from midlpy.runtime.transports.transport import ProtocolFactory

_HIGH_WATER_OCTETS = 64 * 1024
_numbers = itertools.count(1)


class MemoryTransport(asyncio.Transport):
    """One end; :func:`join` makes two. Behaves as a socket transport does."""

    def __init__(self, name: str, peer_name: str) -> None:
        super().__init__({"sockname": name, "peername": peer_name})
        self._loop = asyncio.get_running_loop()
        self._protocol: asyncio.BufferedProtocol | None = None
        self._peer: MemoryTransport | None = None
        self._incoming: deque[memoryview] = deque()
        self._incoming_octets = 0
        self._reading = True
        self._delivering = False
        self._ended_by_peer = False
        self._eof_given = False
        self._closing = False
        self._lost = False
        self._writing_paused = False
        self._high = _HIGH_WATER_OCTETS
        self._low = _HIGH_WATER_OCTETS // 4

    def start(self, protocol: asyncio.BufferedProtocol, peer: MemoryTransport) -> None:
        """Tell *protocol* of this end, which writes to *peer*."""
        self._protocol = protocol
        self._peer = peer
        protocol.connection_made(self)

    # What asyncio's protocols use

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "peer_is_gone":
            return self._ended_by_peer or self._lost
        return super().get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self._protocol is not None
        return self._protocol

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        if not self._reading:
            self._reading = True
            self._deliver_soon()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        self._high = _HIGH_WATER_OCTETS if high is None else high
        self._low = self._high // 4 if low is None else low

    def get_write_buffer_size(self) -> int:
        return self._peer._incoming_octets if self._peer is not None else 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def can_write_eof(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        peer = self._peer
        if self._closing or peer is None or peer._lost or not len(data):
            return
        peer._incoming.append(memoryview(bytes(data)))
        peer._incoming_octets += len(data)
        peer._deliver_soon()
        if peer._incoming_octets > self._high and not self._writing_paused:
            self._writing_paused = True
            self.get_protocol_as_buffered().pause_writing()

    def writelines(
        self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]
    ) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """No more reading here; the peer reads what was written, then sees the end."""
        if self._closing:
            return
        self._closing = True
        if self._peer is not None:
            self._peer._ended_by_peer = True
            self._peer._deliver_soon()
        self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        """Drop both directions, with everything in them."""
        peer = self._peer
        if not self._lost and peer is not None and not peer._lost:
            peer._ended_by_peer = True
            peer._incoming.clear()
            peer._incoming_octets = 0
            reason = ConnectionResetError("Connection reset by peer")
            self._loop.call_soon(peer._lose, reason)
        self._closing = True
        self._loop.call_soon(self._lose, None)

    # Moving octets

    def get_protocol_as_buffered(self) -> asyncio.BufferedProtocol:
        assert self._protocol is not None
        return self._protocol

    def _deliver_soon(self) -> None:
        if not self._delivering:
            self._delivering = True
            self._loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        """Hand over one buffer full, as one read of a socket does."""
        self._delivering = False
        if not self._reading or self._closing:
            return
        protocol = self.get_protocol_as_buffered()
        if self._incoming:
            octets = self._incoming[0]
            room = memoryview(protocol.get_buffer(-1))
            count = min(len(room), len(octets))
            room[:count] = octets[:count]
            if count == len(octets):
                self._incoming.popleft()
            else:
                self._incoming[0] = octets[count:]
            self._incoming_octets -= count
            if self._peer is not None:
                self._peer._drained()
            protocol.buffer_updated(count)
            if self._incoming or self._ended_by_peer:
                self._deliver_soon()
        elif self._ended_by_peer and not self._eof_given:
            self._eof_given = True
            protocol.eof_received()
            self.close()

    def _drained(self) -> None:
        if self._writing_paused and self.get_write_buffer_size() <= self._low:
            self._writing_paused = False
            if not self._lost:
                self.get_protocol_as_buffered().resume_writing()

    def _lose(self, reason: Exception | None) -> None:
        if self._lost:
            return
        self._lost = self._closing = True
        self._incoming.clear()
        self._incoming_octets = 0
        self.get_protocol_as_buffered().connection_lost(reason)


def join(
    client: asyncio.BufferedProtocol,
    server: asyncio.BufferedProtocol,
    name: str = "",
) -> tuple[MemoryTransport, MemoryTransport]:
    """Connect two protocols; the server's hears of it first."""
    number = next(_numbers)
    near = MemoryTransport(f"memory:client-{number}", f"memory:[{name}]")
    far = MemoryTransport(f"memory:[{name}]", f"memory:client-{number}")
    far.start(server, near)
    near.start(client, far)
    return near, far


class MemoryListening:
    """A name in this process that connections can be opened to."""

    def __init__(self, name: str, factory: ProtocolFactory) -> None:
        self.name = name
        self.factory = factory
        self.loop = asyncio.get_running_loop()

    @property
    def endpoints(self) -> Sequence[tuple[str, str]]:
        return [("", self.name)]

    def close(self) -> None:
        if _listening.get(self.name) is self:
            del _listening[self.name]

    async def wait_closed(self) -> None:
        await asyncio.sleep(0)


_listening: dict[str, MemoryListening] = {}


async def open_connection(host: str, endpoint: str, factory: ProtocolFactory) -> None:
    """Connect *factory*'s protocol to the listener called *endpoint*.

    Raises:
        RpcCommFailure: 1722, no such listener in this loop.
    """
    listening = _listening.get(endpoint)
    if listening is None or listening.loop is not asyncio.get_running_loop():
        raise RpcCommFailure(
            f"cannot connect to memory:{host}[{endpoint}]: nobody listens there in "
            "this process; serve it first",
            status=1722,
        )
    join(factory(), listening.factory(), endpoint)
    await asyncio.sleep(0)


async def listen(host: str, endpoint: str, factory: ProtocolFactory) -> MemoryListening:
    """Accept connections to the name *endpoint*; ``0`` picks one.

    Raises:
        RpcCommFailure: 1740, the name is in use.
    """
    name = f"{next(_numbers)}" if endpoint == "0" else endpoint
    if name in _listening:
        raise RpcCommFailure(
            f"cannot listen at memory:{host}[{name}]: the name is in use", status=1740
        )
    _listening[name] = MemoryListening(name, factory)
    return _listening[name]
