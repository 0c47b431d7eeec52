"""Statements that read arrays: numbers at once, fixed elements unpacked, others looped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import measure_of
from midlpy.runtime.ndr.emitter import LengthOf
from midlpy.runtime.ndr.failure import Refusal, short
from midlpy.runtime.ndr.limits import MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.pointers import Lazy
from midlpy.runtime.ndr.reading import Reading, ReadingContext, ReadRecord
from midlpy.runtime.ndr.scalars import enum_of, members_of, number_code
from midlpy.runtime.ndr.sequences import ReadCounts

if TYPE_CHECKING:
    from midlpy.runtime.ndr.arrays import Array


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
        enum = enum_of(self._element)
        if enum is not None:
            members = members_of(enum.cls).__getitem__
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
