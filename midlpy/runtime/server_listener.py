"""Where a server listens, who is connected, and how all of it ends.

The listener owns every connection, and through them every task and every context handle.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable
from typing import Final

from midlpy.runtime.association.group import AssociationGroups
from midlpy.runtime.association.negotiation import Offers
from midlpy.runtime.limits import Limits
from midlpy.runtime.server import Server, offers_of
from midlpy.runtime.server_connection import (
    Hosting,
    RefusingConnection,
    ServerConnection,
    Service,
)
from midlpy.runtime.transports.transport import Listener as Listen
from midlpy.runtime.transports.transport import Listening

_log = logging.getLogger(__name__)

# How often connections are looked after; a vanished client is noticed within two of it.
_TICK_SECONDS: Final = 0.5


class ConnectionKeeper:
    """Accepts, looks after and ends the connections of one server."""

    def __init__(
        self, servers: Iterable[Server], limits: Limits, cancel_grace_seconds: float
    ) -> None:
        self._limits = limits
        self._cancel_grace_seconds = cancel_grace_seconds
        self._offers: Offers[Service] = Offers(offers_of(servers))
        self._groups = AssociationGroups(limits, run_down=self._run_down)
        self._listening: list[tuple[str, Listening]] = []
        self._connections: set[ServerConnection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._ticker: asyncio.TimerHandle | None = None

    async def listen(
        self, transport: str, listen: Listen, host: str, endpoint: str
    ) -> Listening:
        """Accept connections there, for protocol sequence *transport*.

        Raises:
            RpcError: the address cannot be used.
        """
        hosting = Hosting(
            offers=self._offers,
            groups=self._groups,
            limits=self._limits,
            transport=transport,
            cancel_grace_seconds=self._cancel_grace_seconds,
            ended=self._ended,
        )
        secondary_address = endpoint

        def accept() -> asyncio.BufferedProtocol:
            if len(self._connections) >= self._limits.connections:
                _log.warning(
                    "%d connections: a client is refused", self._limits.connections
                )
                return RefusingConnection(self._limits)
            connection = ServerConnection(hosting, secondary_address)
            self._connections.add(connection)
            return connection

        listening = await listen(host, endpoint, accept)
        secondary_address = listening.endpoints[0][1]
        self._listening.append((transport, listening))
        if self._ticker is None:
            self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)
        return listening

    @property
    def call_count(self) -> int:
        """Calls that have begun and not ended."""
        return sum(len(connection.calls) for connection in self._connections)

    def stop_listening(self) -> None:
        """Accept no more connections."""
        for _, listening in self._listening:
            listening.close()

    async def drain(self, seconds: float | None) -> bool:
        """Begin nothing, and wait until what runs has ended; False if time ran out first.

        Further calls on connections that exist get a fault. Idle connections are closed.
        """
        self.stop_listening()
        for connection in list(self._connections):
            connection.refuse_calls()
        try:
            async with asyncio.timeout(seconds):
                while busy := [c for c in self._connections if c.calls]:
                    await busy[0].wait_idle()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End everything: calls with a fault, then connections, then context handles."""
        self.stop_listening()
        if self._ticker is not None:
            self._ticker.cancel()
        connections = list(self._connections)
        tasks = {task for connection in connections for task in connection.tasks}
        for task in tasks:
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=self._limits.close_seconds)
            if left:
                _log.error("%d managers do not end although cancelled", len(left))
        for connection in connections:
            connection.abort_calls()
            connection.abandon_tasks()
            connection.close("the server ends")
        for connection in connections:
            await connection.wait_ended()
        for _, listening in self._listening:
            await listening.wait_closed()
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    def _ended(self, connection: ServerConnection) -> None:
        self._connections.discard(connection)

    def _tick(self) -> None:
        now = self._loop.time()
        for connection in list(self._connections):
            connection.tick(now)
        self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)

    def _run_down(self, rundown: Callable[[object], object], value: object) -> None:
        """A client is gone, and left a context handle for *value*."""
        try:
            answer = rundown(value)
        except Exception:
            _log.exception("rundown of a context handle failed")
            return
        if inspect.isawaitable(answer):

            async def wait() -> None:
                try:
                    await answer
                except Exception:
                    _log.exception("rundown of a context handle failed")

            task = self._loop.create_task(wait())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
