"""Statements that write arrays: numbers at once, fixed elements packed, others looped."""

from __future__ import annotations

import sys
from array import array as machine_array
from typing import TYPE_CHECKING

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import measure_of
from midlpy.runtime.ndr.converted import Converted
from midlpy.runtime.ndr.emitter import ElementOf
from midlpy.runtime.ndr.limits import FIRST_REFERENT_ID
from midlpy.runtime.ndr.pointers import Lazy
from midlpy.runtime.ndr.scalars import SHORT_VALUES, enum_of, number_code
from midlpy.runtime.ndr.sequences import WrittenCounts
from midlpy.runtime.ndr.writing import (
    Muted,
    Record,
    Writing,
    WritingContext,
    local,
)

if TYPE_CHECKING:
    from midlpy.runtime.ndr.arrays import Array


class ArrayWriting(Writing):
    """Numbers go out at once; fixed elements packed one by one; others in a loop."""

    def __init__(
        self, context: WritingContext, codec: Array[object], value: str
    ) -> None:
        unit = context.unit
        self._context = context
        self._codec = codec
        self._element = codec.element
        self._value = local(unit, "items", value)
        self._to_wire()
        self._measure = measure_of(self._element, unit.syntax)
        self._count = unit.name("count")
        unit.emit(f"{self._count} = len({self._value})")
        self.counts = WrittenCounts(context, codec, self._count)
        self._code = number_code(self._element, unit.syntax)
        self._probe_inner_counts()

    def _to_wire(self) -> None:
        """Convert every element at once: there may be two walks over them."""
        unit = self._context.unit
        while isinstance(self._element, Lazy | Converted):
            if isinstance(self._element, Converted):
                convert = f"{self._element.named_in(unit)}.to_wire"
                items = unit.name("items")
                unit.emit(f"{items} = [{convert}(item) for item in {self._value}]")
                self._value, self._element = items, self._element.wire
            else:
                self._element = self._element.target

    def _probe_inner_counts(self) -> None:
        """Take a count that only elements know before it is written."""
        from midlpy.runtime.ndr.dimensions import probe_counts

        probe_counts(self._context, self._element, self._value)

    @property
    def _is_first_walk(self) -> bool:
        """Whether elements with pointers have to go out without what they point to."""
        return self._context.is_first_walk and self._measure.has_pointers

    def conformance(self) -> None:
        self.counts.conformance()

    def inline(self) -> None:
        self.counts.variance()
        measure = self._measure
        if measure.size is not None:
            self.counts.align(measure.start)
        if self._code is not None:
            self._numbers(self._code)
        elif measure.size is not None and not self._is_first_walk:
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
        if enum_of(self._element) is not None or code == "?":
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
        enum = enum_of(self._element)
        if enum is not None and enum.is_short:
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
        if self._measure.has_pointers:
            context = context.first_walk()
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
