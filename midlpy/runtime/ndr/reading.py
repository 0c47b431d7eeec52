"""Statements that read values: a stream over one contiguous ``bytes``, and three steps."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.emitter import Field, Piece, Position, Unit
from midlpy.runtime.ndr.failure import short

if TYPE_CHECKING:
    from midlpy.runtime.ndr.counts import ReadScope
    from midlpy.runtime.ndr.generate import Library


class ReadStream:
    """The offset of the next octet of ``stub``, whose length is ``size``.

    Neighbours of fixed size wait in a run and are unpacked by one call, which is added
    ahead of any other statement. ``settle`` before a change of control flow.
    """

    def __init__(self, unit: Unit, offset: str = "offset") -> None:
        self.unit = unit
        self.offset = offset
        self.position = Position()
        self._start = self.position.copy()
        self._length = 0
        self._run: list[str] = []
        self._names: list[str] = []
        self._fields: list[Field] = []

    def item(self, format_: str, size: int, *hints: str) -> tuple[str, ...]:
        """Variables for what ``struct`` unpacks from *size* octets; aligned already."""
        if not self._run:
            self._start = self.position.copy()
            self._length = 0
        names = tuple(self.unit.name(hint) for hint in hints)
        self._run.append(format_)
        self._names += names
        self._fields.append(Field(self.unit.path, self._length, size))
        self._length += size
        self.position.advance(size)
        self._wait()
        return names

    def _wait(self) -> None:
        """Whatever is added next may need the run."""
        self.unit.pending = self.flush

    def align(self, alignment: int) -> None:
        """Go to a multiple of *alignment*, octets counted from the stub data."""
        gap = self.position.gap(alignment)
        if gap is not None:
            if gap and self._run:
                self._run.append(f"{gap}x")
                self._length += gap
            self.position.advance(gap)
            return
        self.flush()
        position = self.position
        self.unit.emit(f"{self.offset} = {position.text(alignment - 1)} & -{alignment}")
        position.base, position.constant, position.terms = self.offset, 0, []
        position.aligned(alignment)

    def take(self, octets: str, granularity: int = 1) -> tuple[str, str]:
        """Begin and end, as expressions, of *octets* that are all there; goes past them."""
        self.flush()
        unit, position = self.unit, self.position
        begin = position.text()
        end = unit.name("end")
        unit.emit(f"{end} = {begin} + {octets}")
        with unit.block(f"if {end} > size:"):
            unit.emit(f"{unit.constant('short', short)}({octets}, {begin}, size)")
        position.base, position.constant, position.terms = end, 0, []
        position.forget(granularity)
        return begin, end

    def at_end(self, end: str, granularity: int) -> None:
        """Go to the offset the variable *end* holds, over a multiple of *granularity*."""
        position = self.position
        position.base, position.constant, position.terms = end, 0, []
        position.forget(granularity)

    def flush(self) -> None:
        """Have every item in its variable."""
        if not self._run:
            return
        format_ = "".join(self._run)
        names, fields, start = self._names, tuple(self._fields), self._start.text()
        self._run, self._names, self._fields = [], [], []
        self.unit.pending = None
        unpack = self.unit.structure(format_, "unpack_from")
        targets = ", ".join(names) + ("," if len(names) == 1 else "")
        self.unit.emit(f"{targets} = {unpack}(stub, {start})", start, fields)

    def settle(self) -> None:
        """Have every item in its variable, and the offset too."""
        self.flush()
        position = self.position
        if not position.is_only(self.offset):
            self.unit.emit(f"{self.offset} = {position.text()}")
            position.base, position.constant, position.terms = self.offset, 0, []

    @contextmanager
    def branch(self, header: str) -> Generator[None, None, None]:
        """Octets read inside may also not be there."""
        self.settle()
        before = self.position.copy()
        with self.unit.block(header):
            yield
            self.settle()
        self.position.meet(before)

    @contextmanager
    def choice(self) -> Generator[ReadChoice, None, None]:
        """Exactly one of several arms is taken."""
        self.settle()
        choice = ReadChoice(self)
        yield choice
        choice.end()

    @contextmanager
    def loop(self, header: str) -> Generator[None, None, None]:
        """Octets read inside may be there any number of times."""
        self.settle()
        self.position.forget()
        self.unit.loops += 1
        with self.unit.block(header):
            yield
            self.settle()
        self.unit.loops -= 1
        self.position.forget()


class ReadChoice:
    """The arms of one choice, each from the same position."""

    def __init__(self, stream: ReadStream) -> None:
        self._stream = stream
        self._start = stream.position.copy()
        self._end: Position | None = None

    @contextmanager
    def arm(self, header: str) -> Generator[None, None, None]:
        stream = self._stream
        stream.position = self._start.copy()
        with stream.unit.block(header):
            yield
            stream.settle()
        if self._end is None:
            self._end = stream.position
        else:
            self._end.meet(stream.position)

    def end(self) -> None:
        if self._end is not None:
            self._stream.position = self._end


class ReadRecord(ReadStream):
    """One element of fixed size: only a run, unpacked by the loop over the elements."""

    def _wait(self) -> None:
        """The header of the loop has the run."""

    def flush(self) -> None:
        raise AssertionError("an element of fixed size has nothing to flush")

    def layout(self, gap: int) -> tuple[str, list[str]]:
        """The format, *gap* octets added behind, and the variables."""
        if gap:
            self._run.append(f"{gap}x")
        return "".join(self._run), self._names


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """Where the statements of one value go."""

    unit: Unit
    library: Library
    inline: ReadStream
    """Has the inline part."""
    stream: ReadStream
    """Has everything else; mostly the same."""
    scope: ReadScope

    def with_scope(self, scope: ReadScope) -> ReadingContext:
        return replace(self, scope=scope)

    def with_inline(self, inline: ReadStream) -> ReadingContext:
        return replace(self, inline=inline)

    def deferred(self) -> ReadingContext:
        """For what a pointer stands for: all of it comes from the one stream."""
        return replace(self, inline=self.stream)


class Reading:
    """The statements for one value.

    After ``inline`` everything is in ``variables``; ``value`` adds what follows and gives
    an expression for the complete value.
    """

    variables: list[str]

    def conformance(self) -> None:
        """Read the maximum counts that go ahead."""

    def inline(self) -> None:
        """Read what stands in place."""
        raise NotImplementedError

    def value(self) -> str:
        """Read what the embedded pointers stand for; the complete value."""
        raise NotImplementedError

    def number(self) -> str | None:
        """The value as an integer, if it is one and has been read, for counts."""
        return None


def read_whole(context: ReadingContext, codec: Codec[object]) -> str:
    """A complete representation: what a parameter or a referent is."""
    return read_steps(codec.reading(context.deferred()))


def read_steps(reading: Reading) -> str:
    """All three steps at once."""
    reading.conformance()
    reading.inline()
    return reading.value()


def at(unit: Unit, pieces: tuple[Piece, ...], reading: Reading) -> str:
    """``value`` with the path extended."""
    with unit.at(*pieces):
        return reading.value()
