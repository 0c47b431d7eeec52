"""Interface pointers: marshalled object references, opaque here.

Spec: MS-DCOM 2.2.14 (MInterfacePointer).
"""

from __future__ import annotations

from typing import Final, NoReturn

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.pointers import Unique
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import count_format, octets_misfit
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext


class InterfacePointer(Codec[bytes], frozen=True, eq=False):
    """The referent of an interface pointer: a counted, marshalled object reference.

    Spec: MS-DCOM 2.2.14 (MInterfacePointer).
    """

    def __repr__(self) -> str:
        return "ndr.interface_pointer().target"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(4, 4, None, 4, False, 1)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _ObjectWriting(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _ObjectReading(context)

    def misfit(self, value: object, /) -> Misfit | None:
        return octets_misfit(value)

    @property
    def wanted(self) -> str:
        return "a buffer of octets"


class _ObjectWriting(Writing):
    def __init__(self, context: WritingContext, value: str) -> None:
        unit = context.unit
        self._unit, self._stream = unit, context.inline
        self._octets, self._count = unit.name("octets"), unit.name("count")
        convert = unit.constant("as_octets", buffers.as_octets)
        unit.emit(f"{self._octets} = {convert}({value})")
        unit.emit(f"{self._count} = len({self._octets})")

    def conformance(self) -> None:
        size = self._unit.syntax.count_size
        self._stream.align(size)
        self._stream.item(count_format(self._unit), size, self._count)

    def inline(self) -> None:
        self._stream.align(4)
        self._stream.item("I", 4, self._count)
        self._stream.part(self._octets, self._count)


class _ObjectReading(Reading):
    def __init__(self, context: ReadingContext) -> None:
        self._unit, self._stream = context.unit, context.inline

    def conformance(self) -> None:
        size = self._unit.syntax.count_size
        self._stream.align(size)
        names = self._stream.item(count_format(self._unit), size, "maximum")
        self._maximum = names[0]

    def inline(self) -> None:
        self._stream.align(4)
        count = self._stream.item("I", 4, "count")[0]
        self._stream.flush()
        with self._unit.block(f"if {count} != {self._maximum}:"):
            wrong = self._unit.constant("unequal_object", unequal_object)
            self._unit.emit(f"{wrong}({count}, {self._maximum})")
        begin, end = self._stream.take(count)
        octets = self._unit.name("octets")
        self._unit.emit(f"{octets} = stub[{begin}:{end}]")
        self.variables = [octets]

    def value(self) -> str:
        return self.variables[0]


def unequal_object(count: int, maximum: int) -> NoReturn:
    """The two counts of an object reference disagree."""
    raise Refusal(f"has {count} octets, but its maximum count is {maximum}")


_OBJECT: Final = InterfacePointer()


def interface_pointer() -> Codec[bytes | None]:
    """A pointer to an object of COM: its marshalled reference, opaque, or None."""
    return Unique(_OBJECT)
