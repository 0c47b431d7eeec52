"""Strings: sequences that end in a zero element, which travels and is counted.

Spec: C706 14.3.5.
"""

from __future__ import annotations

import codecs
from typing import NoReturn, TypeVar

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit
from midlpy.runtime.ndr.failure import Refusal, short
from midlpy.runtime.ndr.octets import decoder, encoder
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import (
    ReadCounts,
    Sequence,
    WrittenCounts,
    octets_misfit,
    text_misfit,
    wrong_variance,
)
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext

T_co = TypeVar("T_co", covariant=True)


class String(Sequence[T_co], frozen=True, eq=False):
    """A string; *width* is the size of its elements in octets."""

    name: str
    width: int
    wanted_text: str

    def __repr__(self) -> str:
        counts = self.shown_counts()
        return f"ndr.{self.name.lower()}({counts})" if counts else f"ndr.{self.name}"

    def measure(self, syntax: Syntax, /) -> Measure:
        count = syntax.count_size
        least = 2 * count + self.width
        return Measure(self.width, count, None, least, False, self.bound is None)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _StringWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _StringReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        if self.name == "OCTET_STRING":
            return octets_misfit(value)
        return text_misfit(self, value)

    @property
    def wanted(self) -> str:
        return self.wanted_text


def bad_string(
    offset: int, actual: int, maximum: int, begin: int, end: int, size: int
) -> NoReturn:
    """A string breaks one of its rules; which one."""
    if offset or actual > maximum:
        wrong_variance(offset, actual, maximum)
    if not actual:
        raise Refusal("has no elements, not even a terminator")
    if end > size:
        short(end - begin, begin, size)
    raise Refusal(f"has no terminator at offset {end}")


class _StringWriting(Writing):
    def __init__(
        self, context: WritingContext, codec: String[object], value: str
    ) -> None:
        unit = context.unit
        self._stream = context.inline
        self._codec = codec
        self._octets = unit.name("octets")
        if codec.name == "WIDE_STRING":
            unit.emit(f'{self._octets} = {encoder(unit)}({value}, "surrogatepass")[0]')
            length = f"(len({self._octets}) >> 1) + 1"
        else:
            if codec.name == "STRING":
                encode = unit.constant("to_utf8", codecs.utf_8_encode)
                value = f'{encode}({value}, "surrogateescape")[0]'
                unit.emit(f"{self._octets} = {value}")
            else:
                convert = unit.constant("as_octets", buffers.as_octets)
                unit.emit(f"{self._octets} = {convert}({value})")
            length = f"len({self._octets}) + 1"
        count = unit.name("count")
        unit.emit(f"{count} = {length}")
        self.counts = WrittenCounts(context, codec, count)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        stream, width = self._stream, self._codec.width
        self.counts.variance()
        stream.part(self._octets, f"len({self._octets})", width)
        stream.item(f"{width}x", width)


class _StringReading(Reading):
    def __init__(self, context: ReadingContext, codec: String[object]) -> None:
        self._context = context
        self._codec = codec
        self.counts = ReadCounts(context, codec)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        unit, stream, counts = self._context.unit, self._context.inline, self.counts
        width = self._codec.width
        counts.variance(is_checked=False)
        position = stream.position
        begin, end = position.text(), unit.name("end")
        octets = counts.count if width == 1 else f"{width} * {counts.count}"
        unit.emit(f"{end} = {begin} + {octets}")
        refused = (
            f"{counts.offset} or not 0 < {counts.count} <= {counts.maximum}"
            f" or {end} > size or stub[{end} - 1]"
        )
        if width == 2:
            refused += f" or stub[{end} - 2]"
        with unit.block(f"if {refused}:"):
            bad = unit.constant("bad_string", bad_string)
            unit.emit(
                f"{bad}({counts.offset}, {counts.count}, {counts.maximum},"
                f" {begin}, {end}, size)"
            )
        text = unit.name("text")
        slice_ = f"stub[{begin}:{end} - {width}]"
        if self._codec.name == "WIDE_STRING":
            unit.emit(f'{text} = {decoder(unit)}({slice_}, "surrogatepass", True)[0]')
        elif self._codec.name == "STRING":
            decode = unit.constant("from_utf8", codecs.utf_8_decode)
            unit.emit(f'{text} = {decode}({slice_}, "surrogateescape", True)[0]')
        else:
            unit.emit(f"{text} = {slice_}")
        stream.at_end(end, width)
        self.variables = [text]

    def value(self) -> str:
        return self.variables[0]


def wide_string(bound: int | None = None, *, size_is: str | None = None) -> Codec[str]:
    """``[string] wchar_t``; *bound* and size_is count the terminator."""
    return String(
        "WIDE_STRING", 2, "a str", bound=bound, size_is=size_is, is_varying=True
    )


def string(bound: int | None = None, *, size_is: str | None = None) -> Codec[str]:
    """``[string] char``: UTF-8, other octets as surrogate escapes."""
    return String("STRING", 1, "a str", bound=bound, size_is=size_is, is_varying=True)


def octet_string(
    bound: int | None = None, *, size_is: str | None = None
) -> Codec[bytes]:
    """``[string] byte``: octets, their terminator left out."""
    return String(
        "OCTET_STRING",
        1,
        "a buffer of octets",
        bound=bound,
        size_is=size_is,
        is_varying=True,
    )


WIDE_STRING = wide_string()
STRING = string()
OCTET_STRING = octet_string()
