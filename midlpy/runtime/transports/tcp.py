"""ncacn_ip_tcp: PDUs back to back on a TCP connection.

Spec: wire protocol of C706 chapter 12 over TCP, MS-RPCE 2.1.1.1.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence

from midlpy.runtime.errors import RpcCommFailure, RpcError
from midlpy.runtime.transports.transport import ProtocolFactory

_LOOPBACK = "127.0.0.1"
_BACKLOG = 512


def port_of(endpoint: str) -> int:
    """The port number that *endpoint* says.

    Raises:
        RpcError: it is no port number.
    """
    if not (endpoint.isascii() and endpoint.isdigit() and int(endpoint) <= 65535):
        raise RpcError(
            f"ncacn_ip_tcp endpoint {endpoint!r} is not a port, 0 to 65535", status=1706
        )
    return int(endpoint)


async def open_connection(host: str, endpoint: str, factory: ProtocolFactory) -> None:
    """Connect *factory*'s protocol to port *endpoint* of *host*, empty being this one.

    Raises:
        RpcCommFailure: 1722, with the address and the system's reason.
    """
    port = port_of(endpoint)
    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(factory, host or _LOOPBACK, port)
    except OSError as error:
        raise RpcCommFailure(
            f"cannot connect to ncacn_ip_tcp:{host or _LOOPBACK}[{port}]: "
            f"{_reason(error)}; is the server running, and reachable from here?",
            status=1722,
        ) from error


async def addresses_of(host: str, endpoint: str) -> list[str]:
    """The numeric addresses *host* stands for; an empty one is the loopback."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            host or _LOOPBACK,
            port_of(endpoint),
            type=socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
    except OSError as error:
        raise RpcCommFailure(
            f"cannot listen at ncacn_ip_tcp:{host}[{endpoint}]: {_reason(error)}",
            status=1707,
        ) from error
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class TcpListening:
    """A listening socket for each address of one binding, all with the same port."""

    def __init__(self, servers: Sequence[asyncio.Server], host: str) -> None:
        self._servers = servers
        self._host = host

    @property
    def endpoints(self) -> Sequence[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for server in self._servers:
            for sock in server.sockets:
                address, port = sock.getsockname()[:2]
                found.append((str(address), str(port)))
        return found

    def close(self) -> None:
        for server in self._servers:
            server.close()

    async def wait_closed(self) -> None:
        # Not Server.wait_closed(): from 3.12 on it waits for every connection as well,
        # and these are closed by their own owner.
        await asyncio.sleep(0)


async def listen(host: str, endpoint: str, factory: ProtocolFactory) -> TcpListening:
    """Accept connections to *host*, each with a protocol of *factory*; port 0 picks one.

    Raises:
        RpcCommFailure: 1740 when the address is in use, 1707 for other reasons.
    """
    loop = asyncio.get_running_loop()
    port = port_of(endpoint)
    servers: list[asyncio.Server] = []
    for address in await addresses_of(host, endpoint):
        try:
            server = await loop.create_server(factory, address, port, backlog=_BACKLOG)
        except OSError as error:
            for other in servers:
                other.close()
            in_use = error.errno is not None and "in use" in str(error)
            raise RpcCommFailure(
                f"cannot listen at ncacn_ip_tcp:{address}[{port}]: {_reason(error)}",
                status=1740 if in_use else 1707,
            ) from error
        servers.append(server)
        port = port or int(server.sockets[0].getsockname()[1])
    return TcpListening(servers, host)


def _reason(error: OSError) -> str:
    """Why, in the system's words: asyncio's own repeat the address."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)
