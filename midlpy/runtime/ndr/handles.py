"""Context handles: the server's state, in the client's keeping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContextHandle:
    """20 octets that mean something to the server that made them; falsy when null.

    Spec: C706 14.3.14 (ndr_context_handle), MS-RPCE 2.2.5.3.
    """

    attributes: int = 0
    uuid: UUID = UUID(int=0)

    def __bool__(self) -> bool:
        return self.uuid.int != 0 or self.attributes != 0


NULL_CONTEXT: Final = ContextHandle()
