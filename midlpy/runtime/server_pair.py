"""A client connected to a server within one process, for users' tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from midlpy.runtime.client import Client, interface_of
from midlpy.runtime.client_pool import ConnectionGroup
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr import Syntax
from midlpy.runtime.server import Server
from midlpy.runtime.server_listener import ConnectionKeeper
from midlpy.runtime.transports import memory

K = TypeVar("K", bound=Client)


@asynccontextmanager
async def memory_pair(
    server: Server,
    client: type[K],
    *,
    limits: Limits | None = None,
    syntaxes: Sequence[Syntax] | None = None,
    cancel_grace: float = 0.0,
) -> AsyncGenerator[K, None]:
    """A *client* of *server* without a network; both end with the context.

    Everything but the transport is as ``connect`` and ``serve`` have it.
    """
    limits = limits or Limits()
    keeper = ConnectionKeeper([server], limits, 0.5)
    try:
        listening = await keeper.listen("memory", memory.listen, "", "0")
        host, endpoint = listening.endpoints[0]
        group = ConnectionGroup(
            interface_of(client),
            memory.open_connection,
            host,
            endpoint,
            f"memory:[{endpoint}]",
            limits=limits,
            syntaxes=syntaxes,
            cancel_grace_seconds=cancel_grace,
            object_uuid=None,
        )
        try:
            await group.open()
            yield client(group)
        finally:
            await group.close()
    finally:
        await keeper.close()
