"""What the layers above ask of a transport, and the table of protocol sequences.

Every transport is an ``asyncio.Transport`` that feeds an ``asyncio.BufferedProtocol``:
asyncio's own sockets are the fast ones, and a transport within one process looks alike.
What asyncio does not offer stands here: to notice that a peer is gone while nothing is
read from it, and to drop a connection so that the peer notices at once.
"""

from __future__ import annotations

import asyncio
import select
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

ProtocolFactory = Callable[[], asyncio.BufferedProtocol]

# Linux and FreeBSD tell by poll() that the peer has closed although unread octets wait.
_PEER_CLOSED: Final = (
    getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR
    if hasattr(select, "poll")
    else 0
)
_LINGER_ZERO: Final = struct.pack("ii", 1, 0)
# Octets that the kernel takes ahead of what the peer has room for. Without it they reach
# several times this, and all of them stand between the peer and the news that we are
# gone; with much less, streams are slower (a sixth at 256 KiB, measured).
_UNSENT_LOW_WATER: Final = 1024 * 1024


class Address(Protocol):
    """Where to connect or to listen: what a string binding says."""

    @property
    def network_address(self) -> str: ...

    @property
    def endpoint(self) -> str: ...


class Listening(Protocol):
    """Something that accepts connections until it is closed."""

    @property
    def endpoints(self) -> Sequence[tuple[str, str]]:
        """Network addresses and endpoints in use, none of them a wildcard port."""
        ...

    def close(self) -> None:
        """Accept no more; connections that exist are not touched."""
        ...

    async def wait_closed(self) -> None: ...


class ProcessLocal(Protocol):
    """What a transport without a socket answers for itself."""

    @property
    def peer_is_gone(self) -> bool: ...


Opener = Callable[[str, str, ProtocolFactory], Awaitable[None]]
Listener = Callable[[str, str, ProtocolFactory], Awaitable[Listening]]


def tune(transport: asyncio.BaseTransport) -> None:
    """Send small PDUs at once, and keep little in the kernel that the peer cannot take."""
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    # asyncio sets it only for sockets made with an explicit protocol number.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    low_water = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if low_water is not None:
        sock.setsockopt(socket.IPPROTO_TCP, low_water, _UNSENT_LOW_WATER)


def peer_is_gone(transport: asyncio.BaseTransport) -> bool:
    """Whether the peer has closed or reset, even behind octets nobody has read yet.

    False where the system cannot tell.
    """
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is None:
        return bool(transport.get_extra_info("peer_is_gone", False))
    if not _PEER_CLOSED or sock.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(sock.fileno(), _PEER_CLOSED)
    return bool(poll.poll(0))


def reset(transport: asyncio.Transport) -> None:
    """Drop the connection, and whatever is on its way, so that the peer learns now.

    A plain close would wait in the kernel behind octets that a stalled peer never reads.
    """
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
