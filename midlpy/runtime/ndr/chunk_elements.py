"""What chunks need to know of the elements in them."""

from __future__ import annotations

from struct import Struct
from typing import Any, Final, Protocol, TypeAlias

Octets: TypeAlias = bytes | bytearray | memoryview

# MS-RPCE 2.2.5.3.4.5 for NDR64; nobody sends more in NDR, which could.
MAX_ELEMENTS: Final = 2**31 - 1

INVALID_BOUND: Final = 1734  # RPC_X_INVALID_BOUND

# Of a chunk, by its size and byte order.
COUNTS: Final = {
    (4, "little"): Struct("<I"),
    (4, "big"): Struct(">I"),
    (8, "little"): Struct("<Q"),
    (8, "big"): Struct(">Q"),
}


class Elements(Protocol):
    """How elements of one pipe type are laid out; ``ndr.elements`` makes one."""

    @property
    def alignment(self) -> int:
        """Of every element, in octets: 1, 2, 4 or 8."""
        ...

    @property
    def size(self) -> int:
        """Octets of one element, without the gap to the next."""
        ...

    @property
    def stride(self) -> int:
        """Octets from one element to the next."""
        ...

    @property
    def is_octets(self) -> bool:
        """Whether a chunk is ``bytes``; otherwise it is a list."""
        ...

    def pack(self, elements: Any, /) -> Octets:
        """The octets of *elements*, without a gap after the last one."""
        ...

    def unpack(self, octets: Octets, /) -> Any:
        """The elements that *octets* are: what pack gives."""
        ...
