"""Arrays of octets as ``bytes``, and of wide characters as ``str``."""

from __future__ import annotations

import codecs
from typing import TypeVar

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import (
    ReadCounts,
    Sequence,
    WrittenCounts,
    octets_misfit,
    text_misfit,
    wrong_length,
)
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T_co = TypeVar("T_co", covariant=True)


class Octets(Sequence[bytes], frozen=True, eq=False):
    """One-octet elements: the value is ``bytes``; any buffer can be written."""

    def __repr__(self) -> str:
        return f"ndr.octets({self.shown_counts()})"

    def measure(self, syntax: Syntax, /) -> Measure:
        return _measure(self, syntax, 1)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _OctetsWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _OctetsReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        return octets_misfit(value)

    @property
    def wanted(self) -> str:
        return "a buffer of octets"


class Wide(Sequence[str], frozen=True, eq=False):
    """``wchar_t`` elements: UTF-16 code units, lone surrogates too, as ``str``."""

    def __repr__(self) -> str:
        return f"ndr.wide({self.shown_counts()})"

    def measure(self, syntax: Syntax, /) -> Measure:
        return _measure(self, syntax, 2)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _WideWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _WideReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        return None if isinstance(value, list) else text_misfit(self, value)

    @property
    def wanted(self) -> str:
        return "a str"


def _measure(codec: Sequence[object], syntax: Syntax, element: int) -> Measure:
    if codec.is_fixed:
        assert codec.bound is not None
        size = codec.bound * element
        return Measure(element, element, size, size)
    if codec.is_varying:
        count = syntax.count_size
        return Measure(element, count, None, 2 * count, False, codec.bound is None)
    return Measure(element, element, None, 0, False, 1)


def encoder(unit: Unit) -> str:
    """The function that makes UTF-16 of a ``str``, in this byte order."""
    if unit.byte_order == "little":
        return unit.constant("to_utf16", codecs.utf_16_le_encode)
    return unit.constant("to_utf16", codecs.utf_16_be_encode)


def decoder(unit: Unit) -> str:
    """The function that makes a ``str`` of UTF-16, in this byte order."""
    if unit.byte_order == "little":
        return unit.constant("from_utf16", codecs.utf_16_le_decode)
    return unit.constant("from_utf16", codecs.utf_16_be_decode)


class _OctetsWriting(Writing):
    def __init__(self, context: WritingContext, codec: Octets, value: str) -> None:
        unit = context.unit
        self._stream = context.inline
        self._codec = codec
        self._value = unit.name("octets")
        unit.emit(f"{self._value} = {value}")
        if codec.is_fixed:
            convert = unit.constant("fixed_octets", buffers.fixed_octets)
            wrong = f"len({self._value}) != {codec.bound}"
            with unit.block(f"if {self._value}.__class__ is not bytes or {wrong}:"):
                unit.emit(f"{self._value} = {convert}({self._value}, {codec.bound})")
            return
        convert = unit.constant("as_octets", buffers.as_octets)
        with unit.block(f"if {self._value}.__class__ is not bytes:"):
            unit.emit(f"{self._value} = {convert}({self._value})")
        count = unit.name("count")
        unit.emit(f"{count} = len({self._value})")
        self.counts = WrittenCounts(context, codec, count)

    def conformance(self) -> None:
        if not self._codec.is_fixed:
            self.counts.conformance()

    def inline(self) -> None:
        if self._codec.is_fixed:
            bound = self._codec.bound or 0
            self._stream.item(f"{bound}s", bound, self._value)
            return
        self.counts.variance()
        self._stream.part(self._value, self.counts.count)


class _OctetsReading(Reading):
    def __init__(self, context: ReadingContext, codec: Octets) -> None:
        self._context = context
        self._codec = codec
        self.counts = ReadCounts(context, codec)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        stream = self._context.inline
        if self._codec.is_fixed:
            bound = self._codec.bound or 0
            self.variables = [*stream.item(f"{bound}s", bound, "octets")]
            return
        self.counts.variance()
        begin, end = stream.take(self.counts.count)
        octets = self._context.unit.name("octets")
        self._context.unit.emit(f"{octets} = stub[{begin}:{end}]")
        self.variables = [octets]

    def value(self) -> str:
        return self.variables[0]


class _WideWriting(Writing):
    def __init__(self, context: WritingContext, codec: Wide, value: str) -> None:
        unit = context.unit
        self._stream = context.inline
        self._codec = codec
        text = local(unit, "text", value)
        self._value = unit.name("octets")
        encode = encoder(unit)
        with unit.block(f"if {text}.__class__ is str:"):
            unit.emit(f'{self._value} = {encode}({text}, "surrogatepass")[0]')
        with unit.block("else:"):
            convert = unit.constant("wide_units", buffers.wide_units)
            unit.emit(f"{self._value} = {convert}({text}, {unit.byte_order!r})")
        if codec.is_fixed:
            self._pad(unit)
            return
        count = unit.name("count")
        unit.emit(f"{count} = len({self._value}) >> 1")
        self.counts = WrittenCounts(context, codec, count)

    def _pad(self, unit: Unit) -> None:
        """A shorter text ends in zeros, as in C."""
        bound = self._codec.bound or 0
        with unit.block(f"if len({self._value}) != {2 * bound}:"):
            with unit.block(f"if len({self._value}) > {2 * bound}:"):
                wrong = unit.constant("wrong_length", wrong_length)
                unit.emit(f"{wrong}(len({self._value}) >> 1, {bound})")
            unit.emit(f"{self._value} = {self._value}.ljust({2 * bound}, b'\\0')")

    def conformance(self) -> None:
        if not self._codec.is_fixed:
            self.counts.conformance()

    def inline(self) -> None:
        if self._codec.is_fixed:
            octets = 2 * (self._codec.bound or 0)
            self._stream.align(2)
            self._stream.item(f"{octets}s", octets, self._value)
            return
        self.counts.variance()
        self.counts.align(2)
        self._stream.part(self._value, f"2 * {self.counts.count}", 2)


class _WideReading(Reading):
    def __init__(self, context: ReadingContext, codec: Wide) -> None:
        self._context = context
        self._codec = codec
        self.counts = ReadCounts(context, codec)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        unit, stream = self._context.unit, self._context.inline
        if self._codec.is_fixed:
            octets = 2 * (self._codec.bound or 0)
            stream.align(2)
            self.variables = [*stream.item(f"{octets}s", octets, "octets")]
            return
        self.counts.variance()
        self.counts.align(2)
        begin, end = stream.take(f"2 * {self.counts.count}", 2)
        text = unit.name("text")
        decode = decoder(unit)
        unit.emit(f'{text} = {decode}(stub[{begin}:{end}], "surrogatepass", True)[0]')
        self.variables = [text]

    def value(self) -> str:
        if self._codec.is_fixed:
            decode = decoder(self._context.unit)
            return f'{decode}({self.variables[0]}, "surrogatepass", True)[0]'
        return self.variables[0]


def octets(
    bound: int | None = None,
    *,
    size_is: str | None = None,
    length_is: str | None = None,
    first_is: str | None = None,
) -> Codec[bytes]:
    """An array of one-octet elements; *bound* is its declared number of them."""
    return Octets(
        bound=bound,
        size_is=size_is,
        length_is=length_is,
        first_is=first_is,
        is_varying=length_is is not None or first_is is not None,
    )


def wide(
    bound: int | None = None,
    *,
    size_is: str | None = None,
    length_is: str | None = None,
    first_is: str | None = None,
) -> Codec[str]:
    """An array of ``wchar_t`` that is no string; *bound* counts code units."""
    return Wide(
        bound=bound,
        size_is=size_is,
        length_is=length_is,
        first_is=first_is,
        is_varying=length_is is not None or first_is is not None,
    )
