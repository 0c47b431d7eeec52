"""What users call: ``connect`` and ``serve``.

A binding says where, as text: ``ncacn_ip_tcp:server.example[49200]``.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Final, TypeGuard, TypeVar

from midlpy.runtime.binding import Binding
from midlpy.runtime.client import Client, interface_of
from midlpy.runtime.client_pool import ConnectionGroup
from midlpy.runtime.errors import RpcError
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr import Syntax
from midlpy.runtime.rpc import Security
from midlpy.runtime.server import Server
from midlpy.runtime.server_listener import ConnectionKeeper
from midlpy.runtime.transports import memory, tcp
from midlpy.runtime.transports.transport import Listener as Listen
from midlpy.runtime.transports.transport import Opener

K = TypeVar("K", bound=Client)

_TRANSPORTS: Final[dict[str, tuple[Opener, Listen]]] = {
    "ncacn_ip_tcp": (tcp.open_connection, tcp.listen),
    "memory": (memory.open_connection, memory.listen),
}
_CANNOT_SUPPORT: Final = 1764
_PROTSEQ_NOT_SUPPORTED: Final = 1703
_NO_ENDPOINT: Final = 1708
_ACCESS_DENIED: Final = 5


def connect(
    client: type[K],
    binding: str | Binding,
    *,
    security: Security | None = None,
    limits: Limits | None = None,
    max_fragment: int | None = None,
    syntaxes: Sequence[Syntax] | None = None,
    cancel_grace: float = 0.0,
) -> AbstractAsyncContextManager[K]:
    """A client of the server at *binding*, connected while the context lasts.

    *max_fragment* is the size in octets offered for both directions, *syntaxes* the
    transfer syntaxes offered, best first: by default those the interface was compiled
    for, else NDR. Calls with pipes use NDR where it is agreed.
    When the task of a call is cancelled, the server is asked to end the call and has
    *cancel_grace* seconds for it before the call is dropped.

    Raises:
        RpcCommFailure: 1722, the server cannot be reached.
        BindRejected: it does not offer the interface.
        RpcError: the binding asks for something that is not there.
    """
    _refuse_security(security)
    where = _parse(binding)
    opener, _ = _transport(where)
    _require_endpoint(where)
    limits = limits or Limits()
    if max_fragment is not None:
        limits = replace(limits, offered_fragment_octets=max_fragment)
    return _connected(client, where, opener, limits, syntaxes, cancel_grace)


@asynccontextmanager
async def _connected(
    client: type[K],
    where: Binding,
    opener: Opener,
    limits: Limits,
    syntaxes: Sequence[Syntax] | None,
    cancel_grace: float,
) -> AsyncGenerator[K, None]:
    group = ConnectionGroup(
        interface_of(client),
        opener,
        where.network_address,
        where.endpoint or "",
        str(where),
        limits=limits,
        syntaxes=syntaxes,
        cancel_grace_seconds=cancel_grace,
        object_uuid=where.object_uuid,
    )
    try:
        await group.open()
        yield client(group)
    finally:
        await group.close()


class Listener:
    """A server that listens; ``serve`` makes one."""

    def __init__(self, keeper: ConnectionKeeper, bindings: Sequence[Binding]) -> None:
        self._keeper = keeper
        self._bindings = tuple(bindings)

    @property
    def binding(self) -> str:
        """Where clients connect to, as text; the first of ``bindings``."""
        return str(self._bindings[0])

    @property
    def bindings(self) -> tuple[str, ...]:
        """Every address listened at, ports filled in."""
        return tuple(str(binding) for binding in self._bindings)

    async def drain(self, timeout: float | None = None) -> bool:
        """Accept nothing new, and wait until running calls have ended.

        False if *timeout* seconds were not enough; what runs then is ended with the
        context of ``serve``.
        """
        return await self._keeper.drain(timeout)

    async def serve_forever(self) -> None:
        """Wait until the task is cancelled."""
        await asyncio.get_running_loop().create_future()


@asynccontextmanager
async def serve(
    *servers: Server,
    at: str | Binding | Sequence[str | Binding],
    security: Security | None = None,
    limits: Limits | None = None,
    allow_unauthenticated: bool = False,
    cancel_grace: float = 0.5,
) -> AsyncGenerator[Listener, None]:
    """Serve the interfaces of *servers* at one or several bindings while this lasts.

    Endpoint 0 picks a port. Anybody who reaches an unauthenticated server can call it,
    so it listens on the loopback, unless *allow_unauthenticated* says that this is
    wanted. The manager of a client that is gone has *cancel_grace* seconds between the
    event that tells it and being cancelled.

    Raises:
        RpcError: a binding cannot be listened at.
        ValueError: there is no server, or two of the same interface.
        TypeError: one is no server, or a class of them.
    """
    _refuse_security(security)
    bindings = (
        list(at) if isinstance(at, Sequence) and not isinstance(at, str) else [at]
    )
    if not servers or not bindings:
        raise ValueError("serve needs a server, and a binding to serve it at")
    wanted = [_parse(binding) for binding in bindings]
    for where in wanted:
        _transport(where)
        _require_endpoint(where)
        if not allow_unauthenticated:
            await _require_loopback(where)
    keeper = ConnectionKeeper(servers, limits or Limits(), cancel_grace)
    found: list[Binding] = []
    try:
        for where in wanted:
            _, listen = _transport(where)
            listening = await keeper.listen(
                where.protocol_sequence,
                listen,
                where.network_address,
                where.endpoint or "0",
            )
            found += [
                replace(where, network_address=address, endpoint=endpoint)
                for address, endpoint in listening.endpoints
            ]
        yield Listener(keeper, found)
    finally:
        await keeper.close()


def _parse(binding: str | Binding) -> Binding:
    where = Binding.parse(binding) if isinstance(binding, str) else binding
    if not _is_binding(where):
        raise TypeError(
            f"a binding is text as 'ncacn_ip_tcp:server[49200]', not {where!r}"
        )
    if where.options:
        name = where.options[0][0]
        raise RpcError(
            f"{where}: the option {name!r} is not supported; no option is",
            status=_CANNOT_SUPPORT,
        )
    return where


def _is_binding(value: object) -> TypeGuard[Binding]:
    return isinstance(value, Binding)


def _transport(where: Binding) -> tuple[Opener, Listen]:
    try:
        return _TRANSPORTS[where.protocol_sequence]
    except KeyError:
        raise RpcError(
            f"{where}: the protocol sequence {where.protocol_sequence!r} is not "
            f"supported; {' and '.join(_TRANSPORTS)} are",
            status=_PROTSEQ_NOT_SUPPORTED,
        ) from None


def _require_endpoint(where: Binding) -> None:
    if not where.endpoint:
        raise RpcError(
            f"{where}: the endpoint is missing, and no endpoint mapper is asked yet; "
            f"write it in brackets, as in {where}[49200]",
            status=_NO_ENDPOINT,
        )


def _refuse_security(security: Security | None) -> None:
    if security is not None:
        raise RpcError(
            f"security={security!r} is not supported: there is no authentication yet",
            status=_CANNOT_SUPPORT,
        )


async def _require_loopback(where: Binding) -> None:
    if where.protocol_sequence != "ncacn_ip_tcp":
        return
    for address in await tcp.addresses_of(where.network_address, where.endpoint or "0"):
        if not ipaddress.ip_address(address.split("%")[0]).is_loopback:
            raise RpcError(
                f"{where}: {address} can be reached from outside, and nobody is asked "
                "who he is; say allow_unauthenticated=True if that is wanted, or listen "
                "at 127.0.0.1",
                status=_ACCESS_DENIED,
            )
