"""Runs of equal fixed-size elements: what a pipe carries.

Spec: C706 14.3.11 (pipes), MS-RPCE 2.2.5.3.4.5 (element types).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from midlpy.runtime.errors import MarshalError, UnmarshalError
from midlpy.runtime.ndr.array_reading import ArrayReading
from midlpy.runtime.ndr.array_writing import ArrayWriting
from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.buffers import Buffer, as_octets
from midlpy.runtime.ndr.codec import Codec, measure_of
from midlpy.runtime.ndr.counts import ReadScope, WriteScope
from midlpy.runtime.ndr.failure import FAILURES, Refusal
from midlpy.runtime.ndr.generate import compile_unit, library
from midlpy.runtime.ndr.reading import ReadingContext, ReadStream
from midlpy.runtime.ndr.scalars import CHAR, OCTET, UINT8
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax
from midlpy.runtime.ndr.writing import WriteStream, WritingContext


class Elements:
    """How elements of one type stand side by side; made by ``elements``."""

    def __init__(
        self, codec: Codec[object], syntax: Syntax, byte_order: ByteOrder
    ) -> None:
        measure = measure_of(codec, syntax)
        if measure.size is None or measure.has_pointers:
            raise TypeError(f"{codec} is not of a fixed size, so no pipe carries it")
        self._codec = codec
        self._syntax = syntax
        self._byte_order: ByteOrder = byte_order
        self.alignment = measure.start
        """Of each element, counted from the start of the stub data."""
        self.size = measure.size
        """Octets of one element."""
        self.stride = measure.stride
        """Octets from one element to the next; the last one has only *size*."""
        self.is_octets = codec in (OCTET, CHAR, UINT8)
        """Whether a run of elements is ``bytes``."""

    def octets(self, count: int) -> int:
        """How many octets *count* elements take."""
        return (count - 1) * self.stride + self.size if count else 0

    def count(self, values: Sequence[object] | Buffer) -> int:
        """How many elements *values* are."""
        return len(as_octets(values)) if self.is_octets else len(values)

    def pack(self, values: object) -> Buffer:
        """*values* as octets; one-octet elements come back as the buffer they are.

        Raises:
            MarshalError: a value does not fit.
        """
        try:
            return as_octets(values) if self.is_octets else self._pack(values)
        except FAILURES as error:
            misfit = Array(self._codec).misfit(values)
            if isinstance(error, Refusal):
                text = f"elements {error.text}"
            elif misfit is not None:
                text = f"elements{misfit.path} {misfit.text}"
            else:
                text = f"elements do not fit: {error}"
            raise MarshalError(text) from error

    def unpack(self, octets: Buffer, count: int = 1) -> list[object] | bytes:
        """The elements in *octets*, which hold whole elements and nothing else.

        *count* is asked for only where elements have no octets.

        Raises:
            UnmarshalError: a value is out of its range.
        """
        if self.is_octets:
            return bytes(octets)
        if not octets and self.size:
            return []
        try:
            return self._unpack(bytes(octets), count)
        except FAILURES as error:
            text = error.text if isinstance(error, Refusal) else "do not fit"
            raise UnmarshalError(f"elements: {text}") from error

    @cached_property
    def _pack(self) -> Callable[[object], Buffer]:
        functions = library(self._syntax, self._byte_order)
        unit = functions.unit(f"elements {self._codec}")
        stream = WriteStream(unit)
        context = WritingContext(unit, functions, stream, stream, WriteScope({}, {}))
        with unit.block("def pack(values):"):
            unit.emit("out = []")
            array: Array[object] = Array(self._codec)
            writing = ArrayWriting(context, array, "values")
            writing.inline()
            stream.flush()
            unit.emit("return out[0] if len(out) == 1 else b''.join(out)")
        function: Callable[[object], Buffer] = compile_unit(unit, "pack")
        return function

    @cached_property
    def _unpack(self) -> Callable[[bytes, int], list[object]]:
        functions = library(self._syntax, self._byte_order)
        unit = functions.unit(f"elements {self._codec}")
        stream = ReadStream(unit)
        context = ReadingContext(unit, functions, stream, stream, ReadScope({}))
        with unit.block("def unpack(stub, count):"):
            array: Array[object] = Array(self._codec)
            reading = ArrayReading(context, array)
            reading.counts.count = "count"
            reading.variables = ["stub"]
            unit.emit(f"return {reading.value()}")
        function: Callable[[bytes, int], list[object]] = compile_unit(unit, "unpack")
        return function


_KNOWN: WeakKeyDictionary[Codec[object], dict[tuple[str, str], Elements]] = (
    WeakKeyDictionary()
)


def elements(
    codec: Codec[object], syntax: Syntax, byte_order: ByteOrder = "little"
) -> Elements:
    """How elements of *codec* stand side by side."""
    known = _KNOWN.setdefault(codec, {})
    found = known.get((syntax.name, byte_order))
    if found is None:
        found = known[syntax.name, byte_order] = Elements(codec, syntax, byte_order)
    return found
