"""Pipe chunks into elements; chunks.py has the form of a chunk."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from midlpy.runtime.errors import UnmarshalError
from midlpy.runtime.ndr.chunk_elements import (
    COUNTS,
    INVALID_BOUND,
    MAX_ELEMENTS,
    Elements,
    Octets,
)
from midlpy.runtime.ndr.limits import MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax

# Runs of elements are joined up to this size; to copy larger ones again costs more than
# another round through the consumer saves (measured).
JOIN_OCTETS: Final = 16_384


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
        self._count = COUNTS[syntax.count_size, byte_order]
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
