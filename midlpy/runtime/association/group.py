"""Association groups: client processes as a server knows them.

Connections of one client share a group, and context handles belong to the group, so they
work on each of its connections. When the last connection has left, nobody can name the
handles any more, and they are run down.

Spec: C706 9.3.2 (context handle rundown), 12.6.3 (association groups).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID, uuid4

from midlpy.runtime.errors import ContextMismatchError, RpcError
from midlpy.runtime.limits import Limits

Rundown: TypeAlias = Callable[[object], None]

CONTEXT_MISMATCH: Final = 0x1C00001A
OUT_OF_MEMORY: Final = 14  # ERROR_OUTOFMEMORY


@dataclass(slots=True, eq=False)
class ContextEntry:
    """What one context handle stands for.

    *kind* is whose it is, such as the interface that made it; None lets everybody use it.
    """

    value: object
    kind: object
    on_rundown: Rundown | None


class AssociationGroup:
    """The connections of one client to one server, and their context handles."""

    def __init__(self, id: int, transport: str, limits: Limits) -> None:
        self.id = id
        self.transport = transport
        self._limits = limits
        self._connections = 0
        self._contexts: dict[UUID, ContextEntry] = {}

    @property
    def context_count(self) -> int:
        """Handles that are open."""
        return len(self._contexts)

    @property
    def connection_count(self) -> int:
        """Connections that have joined and not left."""
        return self._connections

    def new_context(
        self, value: object, kind: object = None, on_rundown: Rundown | None = None
    ) -> UUID:
        """A new handle for *value*; nobody can guess it.

        Raises:
            RpcError: the group has all the handles it may have (status 14).
        """
        limit = self._limits.context_handles_per_group
        if len(self._contexts) >= limit:
            raise RpcError(
                f"association group {self.id} has {limit} context handles, the most "
                "it may have",
                status=OUT_OF_MEMORY,
            )
        uuid = uuid4()
        self._contexts[uuid] = ContextEntry(value, kind, on_rundown)
        return uuid

    def context(self, uuid: UUID, kind: object = None) -> object:
        """The value behind a handle; *kind* None asks for any.

        Raises:
            ContextMismatchError: no such handle here, or of another kind.
        """
        return self._entry(uuid, kind).value

    def replace_context(self, uuid: UUID, value: object) -> None:
        """Let a handle stand for another value.

        Raises:
            ContextMismatchError: no such handle here.
        """
        self._entry(uuid, None).value = value

    def close_context(self, uuid: UUID, kind: object = None) -> object:
        """Forget a handle without running it down; returns its value.

        Raises:
            ContextMismatchError: no such handle here, or of another kind.
        """
        entry = self._entry(uuid, kind)
        del self._contexts[uuid]
        return entry.value

    def _entry(self, uuid: UUID, kind: object) -> ContextEntry:
        entry = self._contexts.get(uuid)
        if entry is None:
            raise ContextMismatchError(
                CONTEXT_MISMATCH, f"context handle {uuid} is not open here"
            )
        if kind is not None and entry.kind is not None and entry.kind != kind:
            raise ContextMismatchError(
                CONTEXT_MISMATCH, f"context handle {uuid} belongs to another interface"
            )
        return entry

    def join(self) -> None:
        """One more connection.

        Raises:
            RpcError: the group has all the connections it may have.
        """
        if self._connections >= self._limits.connections_per_group:
            raise RpcError(
                f"association group {self.id} has {self._connections} connections, "
                "the most it may have"
            )
        self._connections += 1

    def leave(self) -> list[ContextEntry]:
        """One connection less; after the last, the handles that are left to run down."""
        self._connections -= 1
        if self._connections:
            return []
        left = list(self._contexts.values())
        self._contexts.clear()
        return left


def _run_down_now(on_rundown: Rundown, value: object) -> None:
    on_rundown(value)


class AssociationGroups:
    """All groups of one server.

    *run_down* is called with each (on_rundown, value) left over when a group ends; the
    default calls it directly.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        run_down: Callable[[Rundown, object], None] | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._run_down = run_down or _run_down_now
        self._groups: dict[int, AssociationGroup] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def join(self, group_id: int, transport: str) -> AssociationGroup | None:
        """The group with this id, joined; id 0 makes a new one.

        None: there is no such group for this *transport* (a protocol sequence: groups
        of another one cannot be joined).

        Raises:
            RpcError: one more would be over a limit.
        """
        if group_id:
            group = self._groups.get(group_id)
            if group is None or group.transport != transport:
                return None
        else:
            group = self._new_group(transport)
        group.join()
        return group

    def leave(self, group: AssociationGroup) -> None:
        """A connection of *group* has gone; after the last one its handles run down."""
        left = group.leave()
        if not group.connection_count:
            self._groups.pop(group.id, None)
        for entry in left:
            if entry.on_rundown is not None:
                self._run_down(entry.on_rundown, entry.value)

    def _new_group(self, transport: str) -> AssociationGroup:
        if len(self._groups) >= self._limits.association_groups:
            raise RpcError(
                f"{len(self._groups)} association groups, the most there may be"
            )
        group_id = 0
        while group_id == 0 or group_id in self._groups:
            group_id = secrets.randbits(32)
        group = AssociationGroup(group_id, transport, self._limits)
        self._groups[group_id] = group
        return group
