"""Pipe elements in chunks: a count, that many elements, and so on; zero is the end.

A chunk in NDR is a 4-octet count and the elements. In NDR64 the count has 8 octets, and
its two's complement follows the elements, 8-aligned; the end marker has one too. Gaps
count from the start of the stub data. Chunk borders mean nothing, and a reader is fed
whatever a fragment holds, so it may stop inside a count, a gap or an element.

Neither end does anything per element: elements are packed and unpacked in runs, and
octets are slices.

Spec: C706 14.3.10 (pipes), MS-RPCE 2.2.5.3.4.5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final, Protocol, TypeAlias

from midlpy.runtime.errors import MarshalError, PipeClosedError, UnmarshalError
from midlpy.runtime.ndr.limits import MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax

Octets: TypeAlias = bytes | bytearray | memoryview

# MS-RPCE 2.2.5.3.4.5 for NDR64; nobody sends more in NDR, which could.
MAX_ELEMENTS: Final = 2**31 - 1

# What is packed at once, and up to what size runs are joined, in octets. Large enough to
# fill the largest fragment, small enough not to matter.
PIECE_OCTETS: Final = 262_144
JOIN_OCTETS: Final = 65_536

# Stub data of a fragment that is not the last is a multiple of this.
GRAIN_OCTETS: Final = 8

INVALID_BOUND: Final = 1734  # RPC_X_INVALID_BOUND

_GAPS: Final = tuple(bytes(octets) for octets in range(8))
_COUNTS: Final = {
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
        self._count = _COUNTS[syntax.count_size, byte_order]
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


class ChunkReader:
    """Finds elements in the octets of one pipe, from stub offset *offset* on.

    *low* and *high* are the [range] of every chunk's count, inclusive; the end marker
    is exempt. Elements are kept as octets until they are taken, so a reader holds about
    what it was fed, whatever counts say.

    ``offset`` is where the next octet stands, ``available`` the elements that can be
    taken, ``count`` those taken, ``ended`` whether the end marker was read.
    """

    __slots__ = (
        "_carry",
        "_count",
        "_count_octets",
        "_elements",
        "_elements_left",
        "_first_taken",
        "_has_trailer",
        "_high",
        "_low",
        "_runs",
        "_skip",
        "_trailer",
        "available",
        "count",
        "ended",
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
        self._count = _COUNTS[syntax.count_size, byte_order]
        self._has_trailer = syntax.has_chunk_trailer
        self._low = 0 if low is None else low
        self._high = MAX_ELEMENTS if high is None else min(high, MAX_ELEMENTS)
        self._runs: deque[tuple[bytes, int]] = deque()  # octets, and elements in them
        self._first_taken = 0  # elements of the first run that are gone
        self._carry = bytearray()  # the beginning of a count or an element
        self._skip = -offset % self._count_octets  # octets of a gap
        self._elements_left = 0  # of the chunk, those not read
        self._trailer: int | None = None  # what must follow the chunk
        self.offset = offset
        self.available = 0
        self.count = 0
        self.ended = False

    def feed(self, octets: Octets) -> int:
        """Take octets, up to the end marker; returns how many were taken.

        Raises:
            UnmarshalError: a count or trailer is wrong; status 1734 for [range].
        """
        view = memoryview(octets)
        position = 0
        end = len(view)
        while position < end and not self.ended:
            if self._skip:
                step = min(self._skip, end - position)
                self._skip -= step
                position += step
            elif self._elements_left:
                position = self._read_elements(view, position)
            else:
                position = self._read_count(view, position)
        self.offset += position
        return position

    def take(self, limit: int | None = None) -> Any:
        """1..*limit* elements, ``bytes`` or a list; empty only when none is available.

        Small runs are joined, large ones are given as they came, one at a time.

        Raises:
            ValueError: *limit* is less than 1.
            UnmarshalError: an element's octets are no value of its type.
        """
        if limit is not None and limit < 1:
            raise ValueError(f"a limit of {limit} elements, less than 1")
        wanted = self.available if limit is None else min(limit, self.available)
        pieces: list[bytes] = []
        octets = taken = 0
        while taken < wanted:
            run, count = self._runs[0]
            count -= self._first_taken
            if pieces and octets + len(run) > JOIN_OCTETS:
                break
            if count <= wanted - taken:
                self._runs.popleft()
                if self._first_taken:
                    run = run[self._first_taken * self._elements.stride :]
                    self._first_taken = 0
            else:
                count = wanted - taken
                start = self._first_taken * self._elements.stride
                length = (count - 1) * self._elements.stride + self._elements.size
                run = run[start : start + length]
                self._first_taken += count
            pieces.append(run)
            octets += len(run)
            taken += count
        self.available -= taken
        self.count += taken
        return self._unpack(pieces, taken)

    def check_ended(self) -> None:
        """To be called when the stub data ends.

        Raises:
            UnmarshalError: the end marker has not come.
        """
        if not self.ended:
            inside = f"{self._elements_left} elements of a chunk are missing"
            raise UnmarshalError(
                f"the stub data ends at offset {self.offset} before the end of a pipe"
                + (f": {inside}" if self._elements_left else "")
            )

    def _unpack(self, pieces: list[bytes], count: int) -> Any:
        elements = self._elements
        if elements.is_octets:
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if not elements.size:
            # Nothing on the wire to unpack from: ask once for each.
            return [value for _ in range(count) for value in elements.unpack(b"")]
        values: list[Any] = []
        for piece in pieces:
            values += elements.unpack(piece)
        return values

    def _read_elements(self, view: memoryview, position: int) -> int:
        """Take what *view* has of the chunk's elements; returns the new position."""
        size, stride = self._elements.size, self._elements.stride
        here = len(view) - position
        carry = self._carry
        if carry or here < size:
            step = min(size - len(carry), here)
            carry += view[position : position + step]
            if len(carry) < size:
                return position + step
            self._runs.append((bytes(carry), 1))
            carry.clear()
            count = 1
        else:
            count = min(self._elements_left, (here - size) // stride + 1)
            step = (count - 1) * stride + size
            self._runs.append((bytes(view[position : position + step]), count))
        position += step
        self.available += count
        self._elements_left -= count
        if self._elements_left:
            self._skip = stride - size
        else:
            self._skip = -(self.offset + position) % self._count_octets
        return position

    def _read_count(self, view: memoryview, position: int) -> int:
        """Take what *view* has of a count or trailer; returns the new position."""
        octets = self._count_octets
        carry = self._carry
        if not carry and len(view) - position >= octets:
            (count,) = self._count.unpack_from(view, position)
            position += octets
        else:
            step = min(octets - len(carry), len(view) - position)
            carry += view[position : position + step]
            position += step
            if len(carry) < octets:
                return position
            (count,) = self._count.unpack(carry)
            carry.clear()
        behind = self.offset + position
        if self._trailer is not None:
            self._check_trailer(count, behind - octets)
        elif count:
            self._begin_chunk(count, behind)
        elif self._has_trailer:
            self._trailer = 0
        else:
            self.ended = True
        return position

    def _check_trailer(self, trailer: int, where: int) -> None:
        if trailer != self._trailer:
            raise UnmarshalError(
                f"the chunk that ends at offset {where} has trailer {trailer:#x} "
                f"instead of {self._trailer:#x}"
            )
        self.ended = trailer == 0
        self._trailer = None

    def _begin_chunk(self, count: int, behind: int) -> None:
        """A count was read that ends at offset *behind*."""
        where = behind - self._count_octets
        if count > MAX_ELEMENTS:
            raise UnmarshalError(
                f"the chunk at offset {where} has {count} elements, more than "
                f"{MAX_ELEMENTS}"
            )
        if not self._low <= count <= self._high:
            raise UnmarshalError(
                f"the chunk at offset {where} has {count} elements, which is outside "
                f"{self._low}..{self._high}",
                status=INVALID_BOUND,
            )
        if self._has_trailer:
            self._trailer = 2**64 - count
        if self._elements.size:
            self._elements_left = count
            self._skip = -behind % self._elements.alignment
            return
        if self.available + count > MAX_EMPTY_ELEMENTS:
            raise UnmarshalError(
                f"the chunk at offset {where} has {count} elements without octets"
            )
        self._runs.append((b"", count))
        self.available += count


__all__ = ["ChunkReader", "ChunkWriter", "Elements"]
