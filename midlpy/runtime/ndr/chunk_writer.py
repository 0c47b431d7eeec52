"""Elements into pipe chunks; chunks.py has the form of a chunk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from midlpy.runtime.errors import MarshalError, PipeClosedError
from midlpy.runtime.ndr.chunk_elements import (
    COUNTS,
    INVALID_BOUND,
    MAX_ELEMENTS,
    Elements,
    Octets,
)
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax

# What is packed at once. Large enough to fill the largest fragment several times, small
# enough not to matter.
PIECE_OCTETS: Final = 262_144
# Stub data of a fragment that is not the last is a multiple of this.
GRAIN_OCTETS: Final = 8

_GAPS: Final = tuple(bytes(octets) for octets in range(8))


class ChunkWriter:
    """Makes the octets of one pipe, from stub offset *offset* on.

    *low* and *high* are the [range] of every chunk's count, inclusive.

    ``offset`` is where the next octet will stand, ``count`` the elements written.
    """

    __slots__ = (
        "_count",
        "_count_octets",
        "_elements",
        "_has_trailer",
        "_high",
        "_low",
        "count",
        "is_ended",
        "offset",
    )

    def __init__(
        self,
        elements: Elements,
        syntax: Syntax,
        byte_order: ByteOrder = "little",
        offset: int = 0,
        low: int | None = None,
        high: int | None = None,
    ) -> None:
        self._elements = elements
        self._count_octets = syntax.count_size
        self._count = COUNTS[syntax.count_size, byte_order]
        self._has_trailer = syntax.has_chunk_trailer
        self._low = 1 if low is None else max(low, 1)
        self._high = MAX_ELEMENTS if high is None else min(high, MAX_ELEMENTS)
        self.offset = offset
        self.count = 0
        self.is_ended = False

    def write(self, data: Any, *, to_flush: bool = False) -> tuple[list[Octets], int]:
        """One chunk of *data* (more if *high* demands): parts and their octets in all.

        Empty data gives nothing. *to_flush*: cut so that the stream stands at a multiple
        of 8 afterwards where that is possible, and a fragment could end there. Parts
        never are views of something that can change.

        Raises:
            MarshalError: elements do not fit, or are fewer than *low*; nothing was
                written.
            PipeClosedError: after the end.
        """
        if self.is_ended:
            raise PipeClosedError("elements after the end of the pipe")
        elements = self._elements
        packed = _frozen(elements.pack(data))
        octets = len(packed)
        if elements.size:
            count = (octets - elements.size) // elements.stride + 1 if octets else 0
        else:
            count = len(data)
        if not count:
            return [], 0
        parts: list[Octets] = []
        start = self.offset
        if gap := -start % self._count_octets:
            parts.append(_GAPS[gap])
        if count <= self._high and not to_flush and count >= self._low:
            self._chunk(parts, packed, count)
        else:
            counts = self._counts(count)
            if to_flush:
                counts = self._flushable(counts)
            taken = 0
            view = memoryview(packed)
            stride, size = elements.stride, elements.size
            for run in counts:
                end = (taken + run - 1) * stride + size
                self._chunk(parts, view[taken * stride : end], run)
                taken += run
        self.count += count
        return parts, self.offset - start

    def split(self, data: Any) -> Iterator[Any]:
        """*data* in slices small enough to be packed one at a time.

        Give each of them to ``write``; a large push then needs no second copy of itself.
        """
        stride = max(self._elements.stride, 1)
        try:
            count = len(data)
            if count * stride > PIECE_OCTETS and not isinstance(data, list | tuple):
                data = memoryview(data)
                if self._elements.is_octets:
                    data = data.cast("B")
                    count = len(data)
        except TypeError:  # packing will say what is wrong, or knows how
            yield data
            return
        step = max(PIECE_OCTETS // stride, self._low)
        if count <= step:
            yield data
            return
        start = 0
        while count - start >= step + self._low or count - start == step:
            yield data[start : start + step]
            start += step
        if start < count:
            yield data[start:]

    def end(self) -> tuple[list[Octets], int]:
        """The end marker: parts and their octets in all.

        Raises:
            PipeClosedError: after the end.
        """
        if self.is_ended:
            raise PipeClosedError("the pipe has ended already")
        self.is_ended = True
        octets = self._count_octets * (2 if self._has_trailer else 1)
        octets += -self.offset % self._count_octets
        self.offset += octets
        return [bytes(octets)], octets

    def _chunk(self, parts: list[Octets], packed: Octets, count: int) -> None:
        """Append one chunk, and the gap that whatever follows it needs."""
        alignment = self._count_octets
        position = self.offset + -self.offset % alignment + alignment
        head = self._count.pack(count)
        if gap := -position % self._elements.alignment:
            head += _GAPS[gap]
        parts.append(head)
        parts.append(packed)
        position += gap + len(packed)
        if gap := -position % alignment:
            parts.append(_GAPS[gap])
        position += gap
        if self._has_trailer:
            parts.append(self._count.pack(2**64 - count))
            position += alignment
        self.offset = position

    def _counts(self, count: int) -> list[int]:
        """*count* as counts of chunks within [range], as equal as possible."""
        chunks = -(-count // self._high)
        least, larger = divmod(count, chunks)
        if least < self._low:
            raise MarshalError(
                f"{count} elements do not fit chunks of {self._low} to {self._high}",
                status=INVALID_BOUND,
            )
        return [least + 1] * larger + [least] * (chunks - larger)

    def _flushable(self, counts: list[int]) -> list[int]:
        """*counts* with the last cut in two if that leads to a multiple of 8."""
        start = self.offset
        for count in counts[:-1]:
            start = self._after(start, count)
        last = counts[-1]
        if self._after(start, last) % GRAIN_OCTETS == 0:
            return counts
        # One more count word is four octets; which cut brings no other gap with it
        # depends on the element, and repeats after eight of them.
        for first in range(self._low, min(self._low + 8, last - self._low + 1)):
            middle = self._after(start, first)
            if self._after(middle, last - first) % GRAIN_OCTETS == 0:
                return [*counts[:-1], first, last - first]
        return counts

    def _after(self, position: int, count: int) -> int:
        """Where the octet behind a chunk of *count* elements stands."""
        alignment = self._count_octets
        position += -position % alignment + alignment
        position += -position % self._elements.alignment
        position += (count - 1) * self._elements.stride + self._elements.size
        position += -position % alignment
        return position + (alignment if self._has_trailer else 0)


def _frozen(octets: Octets) -> Octets:
    """*octets*, copied unless nobody can change them: they wait to be sent."""
    if type(octets) is bytes:
        return octets
    if type(octets) is memoryview and type(octets.obj) is bytes:
        return octets if octets.c_contiguous and octets.itemsize == 1 else bytes(octets)
    return bytes(octets)
