"""Full pointers of one stub: which referent ids stand for which objects.

Spec: C706 14.3.12.2. Ids mean something within one direction of one call.
"""

from __future__ import annotations

import uuid
from typing import Final

from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.handles import ContextHandle

_IMMUTABLE: Final = (int, float, str, bytes, uuid.UUID, ContextHandle)


class WrittenReferents:
    """Full pointers of one stub: which objects have an id, and which have been sent."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, int], int] = {}
        self._sent: set[tuple[int, int]] = set()

    def identify(self, value: object, kind: object, place: int) -> int:
        """The referent id of *value*, *place* if it is new.

        *kind* keeps a pointer to a pointer apart from the pointer: both have one value.
        """
        if isinstance(value, _IMMUTABLE):
            return place
        return self._ids.setdefault((id(value), id(kind)), place)

    def is_due(self, value: object, kind: object) -> bool:
        """Whether the referent is to be sent now, once."""
        if isinstance(value, _IMMUTABLE):
            return True
        key = id(value), id(kind)
        if key in self._sent:
            return False
        self._sent.add(key)
        return True


class ReadReferents:
    """Full pointers of one stub: what each referent id stands for."""

    _PENDING: Final = object()

    def __init__(self) -> None:
        self._found: dict[int, tuple[object, object]] = {}

    def begin(self, identifier: int, kind: object) -> bool:
        """Whether the referent is still to be read; then it is being read from now."""
        found = self._found.get(identifier)
        if found is None:
            self._found[identifier] = kind, self._PENDING
            return True
        if found[0] is not kind:
            raise Refusal(f"is referent {identifier:#x}, which is of another type")
        return False

    def keep(self, identifier: int, kind: object, value: object) -> None:
        """*value* is what the id stands for."""
        self._found[identifier] = kind, value

    def get(self, identifier: int) -> object:
        """What the id stands for."""
        value = self._found[identifier][1]
        if value is self._PENDING:
            raise Refusal(f"is referent {identifier:#x}, which contains itself")
        return value
