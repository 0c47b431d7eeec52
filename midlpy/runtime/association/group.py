"""Association groups: client processes as a server knows them.

Connections of one client share a group, and context handles belong to the group, so they
work on each of its connections. When the last connection has left, nobody can name the
handles any more, and they are run down.

Spec: C706 9.3.2 (context handle rundown), 12.6.3 (association groups).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from midlpy.runtime.limits import Limits

Rundown: TypeAlias = Callable[[object], None]


@dataclass(slots=True, eq=False)
class ContextEntry:
    """What one context handle stands for; *kind* tells handle types apart."""

    uuid: UUID
    value: object
    kind: object
    on_rundown: Rundown | None


class AssociationGroup:
    """The connections of one client to one server, and their context handles."""

    id: int
    transport: str

    def new_context(
        self, value: object, kind: object = None, on_rundown: Rundown | None = None
    ) -> UUID:
        """A new handle for *value*.

        Raises:
            RpcError: the group has all the handles it may have (status 14).
        """
        raise NotImplementedError

    def context(self, uuid: UUID, kind: object = None) -> object:
        """The value behind a handle; *kind* None asks for any.

        Raises:
            ContextMismatchError: no such handle here, or of another kind.
        """
        raise NotImplementedError

    def replace_context(self, uuid: UUID, value: object) -> None:
        """Let a handle stand for another value.

        Raises:
            ContextMismatchError: no such handle here.
        """
        raise NotImplementedError

    def close_context(self, uuid: UUID, kind: object = None) -> object:
        """Forget a handle without running it down; returns its value.

        Raises:
            ContextMismatchError: no such handle here, or of another kind.
        """
        raise NotImplementedError

    @property
    def context_count(self) -> int:
        """Handles that are open."""
        raise NotImplementedError

    @property
    def connection_count(self) -> int:
        """Connections that have joined and not left."""
        raise NotImplementedError


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
        raise NotImplementedError

    def join(self, group_id: int, transport: str) -> AssociationGroup | None:
        """The group with this id, joined; id 0 makes a new one.

        None: there is no such group for this *transport* (a protocol sequence: groups
        of another one cannot be joined).

        Raises:
            RpcError: one more would be over a limit.
        """
        raise NotImplementedError

    def leave(self, group: AssociationGroup) -> None:
        """A connection of *group* has gone; after the last one its handles run down."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError
