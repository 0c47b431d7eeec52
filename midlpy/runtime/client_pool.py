"""The connections of one client to one server: an association group, seen from here.

Calls without pipes share one connection where the server agreed to several calls at a
time, else they take a spare one each. A call with pipes owns a connection while it runs:
the transport is the only flow control there is, so a stalled pipe stops all that shares
its connection. Context handles belong to the group and work on every connection.

Spec: C706 12.6.3 (association groups), MS-RPCE 3.3.1.5.8.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from midlpy.runtime.client_connection import ClientConnection
from midlpy.runtime.errors import BindRejected, RpcCommFailure
from midlpy.runtime.interface import Interface
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr import NDR, Syntax
from midlpy.runtime.pdu.types import SyntaxId
from midlpy.runtime.transports.transport import Opener

# Idle connections kept for calls with pipes.
SPARE_CONNECTIONS: Final = 8


class ConnectionGroup:
    """Opens, shares and closes the connections of one client."""

    def __init__(
        self,
        interface: Interface,
        opener: Opener,
        host: str,
        endpoint: str,
        where: str,
        *,
        limits: Limits,
        syntaxes: Sequence[Syntax] | None,
        cancel_grace_seconds: float,
        object_uuid: UUID | None,
    ) -> None:
        """*where* is the binding as text, for messages."""
        self.interface: Final = interface
        self.where: Final = where
        self.limits: Final = limits
        self.cancel_grace_seconds: Final = cancel_grace_seconds
        self.object_uuid: Final = object_uuid
        self.shared: ClientConnection | None = None
        self._opener = opener
        self._host = host
        self._endpoint = endpoint
        self._syntaxes = tuple(syntaxes or interface.syntaxes or (NDR,))
        self._abstract = SyntaxId(interface.uuid, *interface.version)
        self._connections: set[ClientConnection] = set()
        self._spare: deque[ClientConnection] = deque()
        # One is for the calls that share.
        self._room = asyncio.Semaphore(max(limits.connections_per_group - 1, 1))
        self._sharing = asyncio.Lock()
        self._is_closed = False

    async def open(self) -> None:
        """Open the first connection.

        Raises:
            RpcCommFailure, BindRejected: as ``ClientConnection.bind``.
        """
        connection = await self._open_connection()
        if connection.association.is_multiplexed:
            self.shared = connection
        else:
            self._spare.append(connection)

    async def close(self) -> None:
        """End every connection; calls under way fail."""
        self._is_closed = True
        connections = list(self._connections)
        for connection in connections:
            if connection.association.outstanding:
                connection.drop("the client was closed")
            else:
                connection.close("the client was closed")
        for connection in connections:
            await connection.wait_ended()

    async def share(self) -> ClientConnection | None:
        """The connection that calls without pipes share, ready for one more call.

        None if this server takes one call at a time: then ``acquire``.
        """
        while True:
            shared = self.shared
            if shared is None or not shared.is_usable:
                async with self._sharing:
                    if self.shared is shared:
                        self.shared = None
                        connection = await self._spare_or_new()
                        if not connection.association.is_multiplexed:
                            self._keep(connection)
                            return None
                        self.shared = connection
                continue
            if shared.is_congested:
                await shared.drained()
            elif shared.association.can_start:
                return shared
            else:
                await shared.wait_to_start()

    async def acquire(self) -> ClientConnection:
        """A connection for one call alone; give it back with ``release``.

        Waits, in the order of asking, when the group has all the connections it may have.
        """
        await self._room.acquire()
        try:
            return await self._spare_or_new()
        except BaseException:
            self._room.release()
            raise

    async def _spare_or_new(self) -> ClientConnection:
        while self._spare:
            connection = self._spare.pop()
            if connection.is_usable:
                return connection
            connection.close("the server wants no more calls")
        return await self._open_connection()

    def release(self, connection: ClientConnection) -> None:
        """Take back what ``acquire`` gave; keep it for another call if it is sound."""
        self._room.release()
        self._keep(connection)

    def _keep(self, connection: ClientConnection) -> None:
        if not connection.is_open:
            return
        is_idle = not connection.association.outstanding
        if (
            is_idle
            and connection.is_usable
            and len(self._spare) < SPARE_CONNECTIONS
            and not self._is_closed
        ):
            self._spare.append(connection)
        elif is_idle:
            connection.close("the client has enough spare connections")
        else:
            connection.drop("the call was given up")

    async def _open_connection(self) -> ClientConnection:
        if self._is_closed:
            raise RpcCommFailure(
                f"{self.where}: the client was closed; connect makes a new one"
            )
        group_id = self._open_group_id
        try:
            return await self._open_in_group(group_id)
        except BindRejected:
            if not group_id or self._open_group_id:
                raise
        # The group ended with the last of its connections, which we hear just now.
        return await self._open_in_group(0)

    @property
    def _open_group_id(self) -> int:
        """The association group of a connection that is open; 0 if none is."""
        for connection in self._connections:
            if connection.is_open and connection.is_bound:
                return connection.association.association_group_id
        return 0

    async def _open_in_group(self, group_id: int) -> ClientConnection:
        connection = ClientConnection(self.limits, self.where, group_id)
        await self._opener(self._host, self._endpoint, lambda: connection)
        self._connections.add(connection)
        connection.ended.add_done_callback(
            lambda _: self._connections.discard(connection)
        )
        try:
            await connection.bind(self._abstract, self._syntaxes)
        except BaseException:
            connection.drop("the bind came to nothing")
            raise
        return connection
