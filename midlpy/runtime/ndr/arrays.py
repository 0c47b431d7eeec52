"""Arrays of anything but octets and characters.

Spec: C706 14.3.3 (one dimension), 14.3.4 (several).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from array import array as machine_array
from typing import NoReturn, TypeVar

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, not_wanted
from midlpy.runtime.ndr.emitter import ElementOf, LengthOf
from midlpy.runtime.ndr.failure import Refusal, short
from midlpy.runtime.ndr.limits import FIRST_REFERENT_ID, MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.pointers import Lazy
from midlpy.runtime.ndr.reading import Reading, ReadingContext, ReadRecord
from midlpy.runtime.ndr.scalars import SHORT_VALUES, EnumCodec, Scalar, members_of
from midlpy.runtime.ndr.sequences import ReadCounts, Sequence, WrittenCounts
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import (
    Muted,
    Record,
    Writing,
    WritingContext,
    local,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Array(Sequence[T_co], frozen=True, eq=False):
    """Elements of one type, each at its own alignment."""

    element: Codec[object]

    def __repr__(self) -> str:
        counts = self.shown_counts()
        kind = "array" if self.bound is None else "fixed"
        kind = "varying" if self.bound is not None and self.is_varying else kind
        return f"ndr.{kind}({self.element}{', ' if counts else ''}{counts})"

    def parts(self) -> tuple[Codec[object], ...]:
        return (self.element,)

    def measure(self, syntax: Syntax) -> Measure:
        element = measure_of(self.element, syntax)
        pointers = element.has_pointers
        if self.is_fixed and element.size is not None:
            count = self.bound or 0
            size = (count - 1) * element.stride + element.size if count else 0
            return Measure(element.alignment, element.start, size, size, pointers)
        conformances = element.conformances + (self.bound is None)
        least, start = 0, element.start
        if self.is_varying:
            least, start = 2 * syntax.count_size, syntax.count_size
        elif self.is_fixed:
            least = (self.bound or 0) * element.least
        return Measure(element.alignment, start, None, least, pointers, conformances)

    def writing(self, context: WritingContext, value: str) -> Writing:
        if is_row(self.element):
            from midlpy.runtime.ndr.dimensions import RowsWriting

            return RowsWriting(context, self, value)
        return ArrayWriting(context, self, value)

    def reading(self, context: ReadingContext) -> Reading:
        if is_row(self.element):
            from midlpy.runtime.ndr.dimensions import RowsReading

            return RowsReading(context, self)
        return ArrayReading(context, self)

    def misfit(self, value: object) -> Misfit | None:
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            return not_wanted(self, value)
        for index, item in enumerate(value):
            misfit = self.element.misfit(item)
            if misfit is not None:
                return misfit.below(f"[{index}]")
        return None

    @property
    def wanted(self) -> str:
        return "a list"


def is_row(element: Codec[object]) -> bool:
    """Whether an array of *element* is one array of several dimensions.

    An inner dimension of fixed bound has no counts, so it is an element like others.
    """
    from midlpy.runtime.ndr.strings import String

    return (
        isinstance(element, Sequence)
        and not isinstance(element, String)
        and (element.bound is None or element.is_varying)
    )


def number_code(element: Codec[object], syntax: Syntax) -> str | None:
    """The ``array`` typecode for *element*, or None if it is no plain number."""
    if isinstance(element, Scalar | EnumCodec):
        return element.format_in(syntax)
    return None


class ArrayWriting(Writing):
    """Numbers go out at once; fixed elements packed one by one; others in a loop."""

    def __init__(
        self, context: WritingContext, codec: Array[object], value: str
    ) -> None:
        unit = context.unit
        self._context = context
        self._codec = codec
        self._element = codec.element
        if isinstance(self._element, Lazy):
            self._element = self._element.target
        self._measure = measure_of(self._element, unit.syntax)
        self._value = local(unit, "items", value)
        self._count = unit.name("count")
        unit.emit(f"{self._count} = len({self._value})")
        self.counts = WrittenCounts(context, codec, self._count)
        self._code = number_code(self._element, unit.syntax)
        self._probe_inner_counts()

    def _probe_inner_counts(self) -> None:
        """Take a count that only elements know before it is written."""
        from midlpy.runtime.ndr.dimensions import probe_counts

        probe_counts(self._context, self._element, self._value)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        self.counts.variance()
        measure = self._measure
        if measure.size is not None:
            self.counts.align(measure.start)
        if self._code is not None:
            self._numbers(self._code)
        elif measure.size is not None:
            self._reserve()
            if not measure.has_pointers or isinstance(self._context.inline, Record):
                self._fixed_elements()
        else:
            self._loop()

    def referents(self) -> None:
        if not self._measure.has_pointers:
            return
        if self._measure.size is not None:
            if not isinstance(self._context.inline, Record):
                self._fixed_elements()
        else:
            self._loop_referents()

    def _numbers(self, code: str) -> None:
        unit, stream = self._context.unit, self._context.inline
        value, size = self._value, self._measure.start
        if self._codec.is_fixed:
            stream.item(
                f"{self._codec.bound}{'B' if code == '?' else code}",
                size * (self._codec.bound or 0),
                f"*{self._plain(code)}",
            )
            return
        if isinstance(self._element, EnumCodec) or code == "?":
            value = local(unit, "items", f"list({self._plain(code)})")
            code = "B" if code == "?" else code
        items = unit.name("numbers")
        numbers = unit.constant("numbers", buffers.numbers)
        convert = f"{numbers}({code!r}, {value}, {unit.byte_order!r})"
        if unit.byte_order == sys.byteorder:
            unit.constant("array", machine_array)
            convert = (
                f"array({code!r}, {value}) if {value}.__class__ is list else {convert}"
            )
        unit.emit(f"{items} = {convert}")
        packed = unit.constant("packed", buffers.packed)
        octets = self._count if size == 1 else f"{size} * {self._count}"
        stream.part(f"{packed}({items})", octets, size)

    def _plain(self, code: str) -> str:
        unit, value = self._context.unit, self._value
        if code == "?":
            table = unit.constant("to_boolean", {False: 0, True: 1}.__getitem__)
            return f"map({table}, {value})"
        if isinstance(self._element, EnumCodec) and self._element.is_short:
            table = unit.constant("to_short", SHORT_VALUES.__getitem__)
            return f"map({table}, {value})"
        return value

    def _reserve(self) -> None:
        """Keep the place of the elements; ``_fixed_elements`` fills it.

        Where they stand and how long they are is known ahead, so the elements and what
        their pointers mean can be made in one loop, afterwards.
        """
        unit, stream = self._context.unit, self._context.inline
        measure, bound = self._measure, self._codec.bound
        assert measure.size is not None
        if isinstance(stream, Muted):
            self._place: str | None = None
            return
        self._first_id = stream.position.text(FIRST_REFERENT_ID - 4)
        if self._codec.is_fixed and bound is not None:
            size = self._codec.measure(unit.syntax).size or 0
            if isinstance(stream, Record):
                self._place = None
                self._joined = unit.name("joined")
                stream.item(f"{size}s", size, self._joined)
                return
            octets = str(size)
        else:
            gap = measure.stride - measure.size
            octets = f"{measure.stride} * {self._count}"
            if gap:
                octets = f"({self._count} and {octets} - {gap})"
        stream.flush()
        if measure.has_pointers:
            self._counter = unit.name("id")
            unit.emit(f"{self._counter} = {self._first_id}")
        self._place = unit.name("place")
        unit.emit(f"{self._place} = len({stream.out})")
        unit.emit(f'{stream.out}.append(b"")')
        gap = measure.stride - measure.size
        granularity = 8 if not gap else 1
        while measure.stride % granularity:
            granularity //= 2
        stream.skip(octets, granularity)

    def _fixed_elements(self) -> None:
        context, unit, measure = self._context, self._context.unit, self._measure
        assert measure.size is not None
        outer = context.inline
        if isinstance(outer, Muted):
            # This walk is for the referents alone; the elements are out already.
            self._loop_referents()
            return
        if isinstance(outer, Record):
            counter = outer.counter
        else:
            counter = self._counter if measure.has_pointers else ""
        record = Record(unit, counter)
        record.position.modulus, record.position.residue = 8, 0
        packs, element = unit.name("packs"), unit.name("item")
        if measure.has_pointers:
            context.stream.settle()
        before = len(unit.lines)
        unit.emit(f"{packs} = []")
        header = len(unit.lines)
        context.stream.position.forget(1 if measure.has_pointers else 8)
        unit.loops += 1
        inner = context.with_inline(record)
        with (
            unit.block(f"for {element} in {self._value}:"),
            unit.at(ElementOf(self._value, element)),
        ):
            writing = self._element.writing(inner, element)
            writing.inline()
            writing.referents()
            if measure.has_pointers:
                context.stream.settle()
            packed = record.packed(measure.stride - measure.size)
            is_plain = len(unit.lines) == header + 1
            if not is_plain:
                unit.emit(f"{packs}.append({packed})")
        unit.loops -= 1
        context.stream.position.forget(1 if measure.has_pointers else 8)
        if is_plain:
            unit.drop_after(before)
            unit.emit(f"{packs} = [{packed} for {element} in {self._value}]")
        joined = f'b"".join({packs})'
        gap = measure.stride - measure.size
        if gap:
            joined += f"[:-{gap}]"
        if self._place is None:
            unit.emit(f"{self._joined} = {joined}")
        else:
            unit.emit(f"{outer.out}[{self._place}] = {joined}")

    def _loop(self) -> None:
        context, unit = self._context, self._context.unit
        if isinstance(context.inline, Muted):
            return
        element = unit.name("item")
        with (
            context.inline.loop(f"for {element} in {self._value}:"),
            unit.at(ElementOf(self._value, element)),
        ):
            self._element.writing(context, element).inline()

    def _loop_referents(self) -> None:
        context, unit = self._context, self._context.unit
        element = unit.name("item")
        muted = context.with_inline(Muted(unit))
        with (
            context.stream.loop(f"for {element} in {self._value}:"),
            unit.at(ElementOf(self._value, element)),
        ):
            writing = self._element.writing(muted, element)
            writing.inline()
            writing.referents()


def too_many(count: int) -> NoReturn:
    """More elements without octets than there can be any use for."""
    raise Refusal(f"has {count} elements without octets")


class ArrayReading(Reading):
    """Fixed elements are kept as octets until their pointers can be followed."""

    def __init__(self, context: ReadingContext, codec: Array[object]) -> None:
        unit = context.unit
        self._context = context
        self._codec = codec
        self._element = codec.element
        if isinstance(self._element, Lazy):
            self._element = self._element.target
        self._measure = measure_of(self._element, unit.syntax)
        self._code = number_code(self._element, unit.syntax)
        self.counts = ReadCounts(context, codec)

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        self.counts.variance()
        if self._measure.size is None:
            self._loop()
        else:
            self._octets(self._measure.size)

    def value(self) -> str:
        if self._measure.size is None:
            return self._finished()
        if self._code is not None:
            return self._numbers(self._code)
        return self._fixed_elements(self._measure.size)

    def _octets(self, size: int) -> None:
        """The octets of all elements, in a variable."""
        unit, stream, codec = self._context.unit, self._context.inline, self._codec
        self.counts.align(self._measure.start)
        if codec.is_fixed:
            whole = codec.measure(unit.syntax).size or 0
            self.variables = [*stream.item(f"{whole}s", whole, "octets")]
            return
        count, stride = self.counts.count, self._measure.stride
        gap = stride - size
        stream.flush()
        wanted = count if stride == 1 else f"{stride} * {count}"
        if gap:
            wanted = f"({count} and {wanted} - {gap})"
        if not size:
            self._limit_empty(count)
        begin, end = stream.take(wanted, 8 if not gap and not stride % 8 else 1)
        octets = unit.name("octets")
        unit.emit(f"{octets} = stub[{begin}:{end}]")
        self.variables = [octets]
        if not size:
            self.variables.append(count)

    def _limit_empty(self, count: str) -> None:
        unit = self._context.unit
        with unit.block(f"if {count} > {MAX_EMPTY_ELEMENTS}:"):
            unit.emit(f"{unit.constant('too_many', too_many)}({count})")

    def _numbers(self, code: str) -> str:
        unit, octets = self._context.unit, self.variables[0]
        if code == "?":
            return f"[n != 0 for n in {octets}]"
        if unit.byte_order == sys.byteorder or self._measure.start == 1:
            unit.constant("memoryview", memoryview)
            items = f"memoryview({octets}).cast({code!r}).tolist()"
        else:
            items = f"{unit.constant('swapped', buffers.swapped)}({code!r}, {octets})"
        if isinstance(self._element, EnumCodec):
            members = members_of(self._element.cls).__getitem__
            return f"list(map({unit.constant('to_member', members)}, {items}))"
        return items

    def _fixed_elements(self, size: int) -> str:
        context, unit = self._context, self._context.unit
        stride = self._measure.stride
        items, octets = unit.name("items"), self.variables[0]
        record = ReadRecord(unit)
        inner = context.with_inline(record)
        has_pointers = self._measure.has_pointers
        if has_pointers:
            context.stream.settle()
        else:
            context.stream.flush()
        if not size:
            return f"[{self._element_value(inner)} for _ in range({self.counts.count})]"
        before = len(unit.lines)
        unit.emit(f"{items} = []")
        with unit.at(LengthOf(items)):
            reading = self._element.reading(inner)
            reading.inline()
            format_, names = record.layout(stride - size)
            iterate = unit.structure(format_, "iter_unpack")
            gap = f' + b"{chr(92)}0" * (-len({octets}) % {stride})'
            source = f"{iterate}({octets}{gap if stride != size else ''})"
            targets = ", ".join(names) + ("," if len(names) == 1 else "")
            context.stream.position.forget(1 if has_pointers else 8)
            unit.loops += 1
            with unit.block(f"for {targets} in {source}:"):
                header = len(unit.lines)
                value = reading.value()
                is_plain = len(unit.lines) == header
                unit.emit(f"{items}.append({value})")
                if has_pointers:
                    context.stream.settle()
            unit.loops -= 1
            context.stream.position.forget(1 if has_pointers else 8)
        if is_plain and not has_pointers:
            unit.drop_after(before)
            unit.emit(f"{items} = [{value} for {targets} in {source}]")
        return items

    def _element_value(self, context: ReadingContext) -> str:
        reading = self._element.reading(context)
        reading.inline()
        return reading.value()

    def _loop(self) -> None:
        """Elements whose size varies: complete, or as tuples if pointers are to follow."""
        context, unit, count = self._context, self._context.unit, self.counts.count
        stream = context.inline
        stream.settle()
        least = self._measure.least
        if least:
            wanted = count if least == 1 else f"{least} * {count}"
            with unit.block(f"if {wanted} > size - {stream.offset}:"):
                fail = unit.constant("short", short)
                unit.emit(f"{fail}({wanted}, {stream.offset}, size)")
        else:
            self._limit_empty(count)
        items = unit.name("items")
        unit.emit(f"{items} = []")
        self.variables = [items]
        with stream.loop(f"for _ in range({count}):"), unit.at(LengthOf(items)):
            self._reading = self._element.reading(context)
            self._reading.inline()
            stream.settle()
            if self._measure.has_pointers:
                kept = "".join(f"{name}, " for name in self._reading.variables)
                unit.emit(f"{items}.append(({kept}))")
            else:
                unit.emit(f"{items}.append({self._reading.value()})")

    def _finished(self) -> str:
        context, unit = self._context, self._context.unit
        if not self._measure.has_pointers:
            return self.variables[0]
        items = unit.name("items")
        unit.emit(f"{items} = []")
        targets = "".join(f"{name}, " for name in self._reading.variables)
        with (
            context.stream.loop(f"for {targets}in {self.variables[0]}:"),
            unit.at(LengthOf(items)),
        ):
            unit.emit(f"{items}.append({self._reading.value()})")
        return items


def array(
    element: Codec[T],
    *,
    size_is: str | None = None,
    length_is: str | None = None,
    first_is: str | None = None,
) -> Codec[list[T]]:
    """A conformant array; conformant varying with length_is or first_is."""
    is_varying = length_is is not None or first_is is not None
    return Array(
        element,
        size_is=size_is,
        length_is=length_is,
        first_is=first_is,
        is_varying=is_varying,
    )


def varying(
    element: Codec[T],
    bound: int,
    *,
    length_is: str | None = None,
    first_is: str | None = None,
) -> Codec[list[T]]:
    """An array of which only a part is sent; *bound* is its declared size."""
    return Array(
        element, bound=bound, length_is=length_is, first_is=first_is, is_varying=True
    )


def fixed(element: Codec[T], bound: int) -> Codec[list[T]]:
    """An array of exactly *bound* elements."""
    return Array(element, bound=bound)
