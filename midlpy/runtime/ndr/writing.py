"""Statements that write values: a stream of parts, and the three steps of a value."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from midlpy.runtime.ndr.codec import Codec, measure_of
from midlpy.runtime.ndr.emitter import Position, Unit
from midlpy.runtime.ndr.limits import FIRST_REFERENT_ID

if TYPE_CHECKING:
    from midlpy.runtime.ndr.counts import WriteScope
    from midlpy.runtime.ndr.generate import Library

# Gap octets have no defined value; zero says nothing about us.
GAPS: Final = tuple(bytes(count) for count in range(8))


class WriteStream:
    """Parts appended to the list *out*, and the offset of the next octet.

    Neighbours of fixed size wait in a run and are packed by one call; parts wait until a
    statement needs them in the list. ``settle`` before any change of control flow.
    """

    def __init__(self, unit: Unit, out: str = "out", offset: str = "offset") -> None:
        self.unit = unit
        self.out = out
        self.offset = offset
        self.position = Position()
        self._run: list[str] = []
        self._arguments: list[str] = []
        self._parts: list[str] = []

    def item(self, format_: str, size: int, *arguments: str) -> None:
        """*size* octets that ``struct`` packs from *arguments*; aligned already."""
        self._run.append(format_)
        self._arguments += arguments
        self.position.advance(size)

    def align(self, alignment: int) -> None:
        """Fill up to a multiple of *alignment*, octets counted from the stub data."""
        gap = self.position.gap(alignment)
        if gap is not None:
            if gap:
                self._run.append(f"{gap}x")
                self.position.advance(gap)
            return
        self.settle()
        unit, offset = self.unit, self.offset
        gaps = unit.constant("GAPS", GAPS)
        mask = alignment - 1
        with unit.block(f"if {offset} & {mask}:"):
            unit.emit(f"{self.out}.append({gaps}[-{offset} & {mask}])")
            unit.emit(f"{offset} = {offset} + {mask} & -{alignment}")
        self.position.aligned(alignment)

    def part(self, expression: str, octets: str, granularity: int = 1) -> None:
        """A buffer; *octets* is its length, a multiple of *granularity*."""
        self._end_run()
        self._parts.append(expression)
        self.position.advance_by(octets, granularity)

    def skip(self, octets: str, granularity: int) -> None:
        """Go on over octets that somebody else puts into the list."""
        self._end_run()
        self.position.advance_by(octets, granularity)

    def _end_run(self) -> None:
        if not self._run:
            return
        if self._arguments:
            pack = self.unit.structure("".join(self._run), "pack")
            self._parts.append(f"{pack}({', '.join(self._arguments)})")
        else:
            count = sum(int(gap[:-1]) for gap in self._run)
            self._parts.append(f'b"{chr(92)}0" * {count}')
        self._run, self._arguments = [], []

    def flush(self) -> None:
        """Have everything in the list."""
        self._end_run()
        if len(self._parts) == 1:
            self.unit.emit(f"{self.out}.append({self._parts[0]})")
        elif self._parts:
            self.unit.emit(f"{self.out} += {', '.join(self._parts)}")
        self._parts = []

    def settle(self) -> None:
        """Have everything in the list, and the offset in its variable."""
        self.flush()
        position = self.position
        if position.is_only(self.offset):
            return
        if position.base == self.offset:
            more = replace_base(position)
            self.unit.emit(f"{self.offset} += {more}")
        else:
            self.unit.emit(f"{self.offset} = {position.text()}")
        position.base, position.constant, position.terms = self.offset, 0, []

    def referent_id(self, value: str, /) -> str:
        """What stands in place for *value*: 0 for None, else an id of its own.

        An id is the offset of its place, so no two are alike and nothing need be counted.
        """
        place = self.position.text(FIRST_REFERENT_ID)
        return f"0 if {value} is None else {place}"

    def fixed_id(self) -> str:
        """What stands in place for something that is always there."""
        return self.position.text(FIRST_REFERENT_ID)

    @contextmanager
    def branch(self, header: str) -> Generator[None, None, None]:
        """Octets written inside may also not be there."""
        self.settle()
        before = self.position.copy()
        with self.unit.block(header):
            yield
            self.settle()
        self.position.meet(before)

    @contextmanager
    def choice(self) -> Generator[Choice, None, None]:
        """Exactly one of several arms is taken; see ``Choice.arm``."""
        self.settle()
        choice = Choice(self)
        yield choice
        choice.end()

    @contextmanager
    def loop(self, header: str) -> Generator[None, None, None]:
        """Octets written inside may be there any number of times."""
        self.settle()
        self.position.forget()
        self.unit.loops += 1
        with self.unit.block(header):
            yield
            self.settle()
        self.unit.loops -= 1
        self.position.forget()


def replace_base(position: Position) -> str:
    """How far *position* is from its base, as an expression."""
    return Position(None, position.constant, position.terms).text()


class Choice:
    """The arms of one choice, each from the same position."""

    def __init__(self, stream: WriteStream) -> None:
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


class Record(WriteStream):
    """One element of fixed size: only a run, packed by one expression.

    Its referents go to another stream, and at once: the element is packed last. Where it
    stands is not known, so ids are counted; the count starts at the offset of the first
    element and grows slower than the offset.
    """

    def __init__(self, unit: Unit, counter: str) -> None:
        super().__init__(unit)
        self.counter = counter

    def fixed_id(self) -> str:
        identifier = self.unit.name("id")
        self.count_id(identifier)
        return identifier

    def count_id(self, variable: str) -> None:
        """Put the next id into *variable*."""
        self.unit.emit(f"{self.counter} += 4")
        self.unit.emit(f"{variable} = {self.counter}")

    def settle(self) -> None:
        raise AssertionError("an element of fixed size has nothing to settle")

    def packed(self, gap: int) -> str:
        """The element as an expression, *gap* octets added behind."""
        if gap:
            self._run.append(f"{gap}x")
        pack = self.unit.structure("".join(self._run), "pack")
        return f"{pack}({', '.join(self._arguments)})"


class Muted(WriteStream):
    """Writes nothing: for a second walk over elements, to their referents."""

    def item(self, format_: str, size: int, *arguments: str) -> None:
        pass

    def align(self, alignment: int) -> None:
        pass

    def part(self, expression: str, octets: str, granularity: int = 1) -> None:
        pass

    def skip(self, octets: str, granularity: int) -> None:
        pass

    def flush(self) -> None:
        pass

    def settle(self) -> None:
        pass

    def referent_id(self, _value: str, /) -> str:
        return "0"

    def fixed_id(self) -> str:
        return "0"


@dataclass(frozen=True, slots=True)
class WritingContext:
    """Where the statements of one value go."""

    unit: Unit
    library: Library
    inline: WriteStream
    """Takes the inline part."""
    stream: WriteStream
    """Takes everything else; mostly the same."""
    scope: WriteScope
    is_first_walk: bool = False
    """Whether referents are left to a second walk over the same values."""

    def with_scope(self, scope: WriteScope) -> WritingContext:
        return replace(self, scope=scope)

    def with_inline(self, inline: WriteStream) -> WritingContext:
        return replace(self, inline=inline)

    def first_walk(self) -> WritingContext:
        """For inline parts whose referents another walk writes."""
        return replace(self, is_first_walk=True)

    def deferred(self) -> WritingContext:
        """For what a pointer stands for: all of it goes to the one stream."""
        return replace(self, inline=self.stream, is_first_walk=False)


class Writing:
    """The statements for one value. Made where the value's variables are to be loaded."""

    def conformance(self) -> None:
        """Write the maximum counts that go ahead."""

    def inline(self) -> None:
        """Write what stands in place."""

    def referents(self) -> None:
        """Write what the embedded pointers stand for."""


def write_whole(context: WritingContext, codec: Codec[object], value: str) -> None:
    """A complete representation: what a parameter or a referent is."""
    write_steps(codec.writing(context.deferred(), value))


def write_steps(writing: Writing) -> None:
    """All three steps at once."""
    writing.conformance()
    writing.inline()
    writing.referents()


def local(unit: Unit, hint: str, expression: str) -> str:
    """A variable that holds *expression*; itself if it is one."""
    if expression.isidentifier():
        return expression
    name = unit.name(hint)
    unit.emit(f"{name} = {expression}")
    return name


def start_of(context: WritingContext, codec: Codec[object]) -> int:
    """Alignment of the first octet."""
    return measure_of(codec, context.unit.syntax).start
