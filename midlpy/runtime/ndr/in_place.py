"""Arrays and text whose counts stand where NDR has none, or do not travel at all.

NDR sends a maximum count ahead of the outermost construct, and so has room for one open
array, at the end. Samba's dialect has others: with their counts right ahead of their
elements, with no counts because an earlier number tells how many there are, and text that
ends where its zero is.
"""

from __future__ import annotations

import codecs
from typing import Final, NoReturn, TypeVar, cast

from msgspec.structs import replace

from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.octets import Octets, Wide
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import ReadCounts, Sequence, text_misfit
from midlpy.runtime.ndr.strings import STRING
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext

# What Samba aligns a struct to that has text or a blob in it: their counts in NDR.
_COUNT: Final = 4

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Around(Codec[T_co], frozen=True, eq=False):
    """What stands for *target* in its place; nothing goes ahead of what is around it."""

    target: Codec[object]

    def parts(self) -> tuple[Codec[object], ...]:
        return (self.target,)

    def misfit(self, value: object, /) -> Misfit | None:
        return self.target.misfit(value)

    @property
    def wanted(self) -> str:
        return self.target.wanted


class InPlace(_Around[T_co], frozen=True, eq=False):
    """A conformant type with its maximum counts right ahead of it."""

    def __repr__(self) -> str:
        return f"ndr.in_place({self.target})"

    def measure(self, syntax: Syntax, /) -> Measure:
        inner = measure_of(self.target, syntax)
        # Samba aligns what has a blob in it as it aligns the blob's count in NDR.
        alignment = max(inner.alignment, _COUNT) if self._is_blob else inner.alignment
        least = inner.least + inner.conformances * syntax.count_size
        start = syntax.count_size
        return Measure(alignment, start, None, least, inner.has_pointers)

    @property
    def _is_blob(self) -> bool:
        return isinstance(self.target, Octets) and self.target.size_is is None

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _InPlaceWriting(self.target.writing(context, value))

    def reading(self, context: ReadingContext, /) -> Reading:
        return _InPlaceReading(self.target.reading(context))


class _InPlaceWriting(Writing):
    def __init__(self, target: Writing) -> None:
        self._target = target

    def inline(self) -> None:
        self._target.conformance()
        self._target.inline()

    def referents(self) -> None:
        self._target.referents()


class _InPlaceReading(Reading):
    def __init__(self, target: Reading) -> None:
        self._target = target

    def inline(self) -> None:
        self._target.conformance()
        self._target.inline()
        self.variables = self._target.variables

    def value(self) -> str:
        return self._target.value()


class Uncounted(_Around[T_co], frozen=True, eq=False):
    """An array without counts, of as many elements as *count* says."""

    target: Sequence[object]
    count: str

    def __repr__(self) -> str:
        return f"ndr.uncounted({self.target})"

    def measure(self, syntax: Syntax, /) -> Measure:
        inner = measure_of(self.target, syntax)
        return Measure(inner.alignment, inner.start, None, 0, inner.has_pointers)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _UncountedWriting(self.target.writing(context, value))

    def reading(self, context: ReadingContext, /) -> Reading:
        return _UncountedReading(context, self)


class _UncountedWriting(Writing):
    def __init__(self, target: Writing) -> None:
        self._target = target

    def inline(self) -> None:
        self._target.inline()

    def referents(self) -> None:
        self._target.referents()


def untold(text: str) -> NoReturn:
    """What tells the number of elements is not known where they begin."""
    raise Refusal(f"has no count on the wire, and {text} is not known ahead of it")


def negative(text: str, said: object) -> NoReturn:
    """There are fewer elements than none."""
    raise Refusal(f"cannot have {said} elements, as {text} says")


class _UncountedReading(Reading):
    def __init__(self, context: ReadingContext, codec: Uncounted[object]) -> None:
        self._context, self._text = context, codec.count
        # What its own count would be compared with is its count.
        self._target = replace(codec.target, size_is=None).reading(context)

    def inline(self) -> None:
        self._take()
        self._target.inline()
        self.variables = self._target.variables

    def _take(self) -> None:
        unit, text = self._context.unit, self._text
        self._context.inline.flush()
        told = self._context.scope.value(unit, text)
        if told is None:
            unit.emit(f"{unit.constant('untold', untold)}({text!r})")
            told = "0"
        count = unit.name("count")
        unit.emit(f"{count} = {told}")
        with unit.block(f"if {count} < 0:"):
            unit.emit(f"{unit.constant('negative', negative)}({text!r}, {count})")
        counts = getattr(self._target, "counts", None)
        assert isinstance(counts, ReadCounts)
        counts.take(count)

    def value(self) -> str:
        return self._target.value()


class Terminated(Codec[str], frozen=True, eq=False):
    """Characters of one octet up to a zero, which travels too: UTF-8."""

    def __repr__(self) -> str:
        return "ndr.uncounted(ndr.STRING)"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(_COUNT, 1, None, 1)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _TerminatedWriting(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _TerminatedReading(context)

    def misfit(self, value: object, /) -> Misfit | None:
        return text_misfit(self, value)

    @property
    def wanted(self) -> str:
        return "a str"


def has_zero(octets: bytes) -> NoReturn:
    """Text that ends at its first zero has one ahead of its end."""
    raise Refusal(f"has a zero at {octets.index(0)}, where it would end")


class _TerminatedWriting(Writing):
    def __init__(self, context: WritingContext, value: str) -> None:
        unit = context.unit
        self._stream = context.inline
        self._octets = unit.name("octets")
        encode = unit.constant("to_utf8", codecs.utf_8_encode)
        unit.emit(f'{self._octets} = {encode}({value}, "surrogateescape")[0]')
        with unit.block(f"if 0 in {self._octets}:"):
            unit.emit(f"{unit.constant('has_zero', has_zero)}({self._octets})")

    def inline(self) -> None:
        self._stream.part(self._octets, f"len({self._octets})")
        self._stream.item("1x", 1)


def endless(offset: int) -> NoReturn:
    """Nothing ends the text that begins at *offset*."""
    raise Refusal(f"has no terminator behind offset {offset}", is_truncated=True)


class _TerminatedReading(Reading):
    def __init__(self, context: ReadingContext) -> None:
        self._unit, self._stream = context.unit, context.inline

    def inline(self) -> None:
        unit, stream = self._unit, self._stream
        stream.flush()
        begin, end, text = stream.position.text(), unit.name("end"), unit.name("text")
        unit.emit(f'{end} = stub.find(b"{chr(92)}0", {begin}) + 1')
        with unit.block(f"if not {end}:"):
            unit.emit(f"{unit.constant('endless', endless)}({begin})")
        decode = unit.constant("from_utf8", codecs.utf_8_decode)
        octets = f"stub[{begin}:{end} - 1]"
        unit.emit(f'{text} = {decode}({octets}, "surrogateescape", True)[0]')
        stream.at_end(end, 1)
        self.variables = [text]

    def value(self) -> str:
        return self.variables[0]


TERMINATED: Final = Terminated()


def in_place(codec: Codec[T]) -> Codec[T]:
    """*codec*, which is conformant, with its counts in place: a member anywhere."""
    return InPlace(codec)


def uncounted(codec: Codec[T]) -> Codec[T]:
    """*codec* without its counts: an array sized by *size_is*, or ``ndr.STRING``."""
    if codec is STRING:
        return cast("Codec[T]", TERMINATED)
    if isinstance(codec, Array | Octets | Wide):
        sized: Sequence[object] = codec
        if sized.size_is is not None and not sized.is_varying:
            return Uncounted(sized, sized.size_is)
    raise TypeError(f"{codec} without counts would have no end")
