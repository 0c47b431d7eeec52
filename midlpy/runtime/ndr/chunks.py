"""Pipe elements in chunks: a count, that many elements, and so on; zero is the end.

A chunk in NDR is a 4-octet count and the elements. In NDR64 the count has 8 octets, and
its two's complement follows the elements, 8-aligned; the end marker has one too. Gaps
count from the start of the stub data. Chunk borders mean nothing, and a reader is fed
whatever a fragment holds, so it may stop inside a count, a gap or an element.

Spec: C706 14.3.10 (pipes), MS-RPCE 2.2.5.3.4.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from midlpy.runtime.pdu.types import Buffer


class Elements(Protocol):
    """How elements of one pipe type are laid out; ``ndr.elements`` makes one."""

    @property
    def alignment(self) -> int: ...
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
        """Whether a chunk is ``bytes``."""
        ...

    def pack(self, elements: Any) -> Buffer: ...
    def unpack(self, octets: Buffer) -> Any: ...


class ChunkWriter:
    """Makes the octets of one pipe, from stub offset *offset* on.

    *low* and *high* are the [range] of every chunk's count, inclusive.
    """

    offset: int  # where the next octet will stand
    count: int  # elements written
    is_ended: bool

    def write(self, data: Any, *, to_flush: bool = False) -> tuple[list[Buffer], int]:
        """One chunk of *data* (more if *high* demands): parts and their octets in all.

        Empty data gives nothing. *to_flush*: cut so that the stream stands at a multiple
        of 8 afterwards where that is possible, and a fragment could end there. Parts
        never are views of something that can change.

        Raises:
            MarshalError: elements do not fit, or are fewer than *low*.
            PipeClosedError: after the end.
        """
        raise NotImplementedError

    def split(self, data: Any) -> Iterator[Any]:
        """*data* in slices small enough to be packed one at a time."""
        raise NotImplementedError

    def end(self) -> tuple[list[Buffer], int]:
        """The end marker.

        Raises:
            PipeClosedError: after the end.
        """
        raise NotImplementedError


class ChunkReader:
    """Finds elements in the octets of one pipe, from stub offset *offset* on."""

    offset: int  # octets taken, counted from the start of the stub data
    available: int  # elements that can be taken
    count: int  # elements taken
    ended: bool  # the end marker was read; elements may still be available

    def feed(self, octets: Buffer) -> int:
        """Take octets, up to the end marker; returns how many were taken.

        Raises:
            UnmarshalError: a count or trailer is wrong; status 1734 for [range].
        """
        raise NotImplementedError

    def take(self, limit: int | None = None) -> Sequence[Any]:
        """1..*limit* elements, ``bytes`` or a list; empty only when none is available.

        Small runs are joined, large ones are given as they came, one at a time.
        """
        raise NotImplementedError

    def check_ended(self) -> None:
        """To be called when the stub data ends.

        Raises:
            UnmarshalError: the end marker has not come.
        """
        raise NotImplementedError
