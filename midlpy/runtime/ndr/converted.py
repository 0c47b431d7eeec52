"""Values the program sees as something else than what travels.

transmit_as and its kin leave the conversion to the user, whose ``Converter`` stands
between the value and the codec of what travels. Generated functions call it in place, so
its exceptions come with the path of the value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, cast

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, shown
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext

Wire = TypeVar("Wire")
Presented = TypeVar("Presented")
T_co = TypeVar("T_co", covariant=True)


class Converter(ABC, Generic[Wire, Presented]):
    """Makes what travels of what the program sees, and back.

    A generated module makes one object of it, without arguments, and finds the type of
    the presented values under the name ``Value``, a ``TypeAlias`` in the class. A value
    may be converted more than once for one call, so the same one must give the same
    result.
    """

    @abstractmethod
    def to_wire(self, value: Presented, /) -> Wire:
        """What travels for *value*; what it raises becomes a MarshalError."""

    @abstractmethod
    def from_wire(self, wire: Wire, /) -> Presented:
        """The value for *wire*; what it raises becomes an UnmarshalError."""

    @abstractmethod
    def zero(self) -> Presented:
        """What a field begins with; ``to_wire`` must take it."""


class Converted(Codec[T_co], frozen=True, eq=False):
    """The codec of what travels, behind a converter."""

    wire: Codec[object]
    converter: Converter[object, T_co]

    def __repr__(self) -> str:
        return f"ndr.converted({self.wire}, {type(self.converter).__name__}())"

    def zero(self) -> T_co:
        """What a field begins with."""
        return self.converter.zero()

    def to_wire(self, value: object) -> object:
        """*value* as it travels.

        Raises:
            Refusal: the converter does not take it.
        """
        try:
            return self.converter.to_wire(cast(T_co, value))
        except Exception as error:
            raise self._refused(value, error) from error

    def from_wire(self, wire: object) -> T_co:
        """What *wire* is presented as.

        Raises:
            Refusal: the converter does not take it.
        """
        try:
            return self.converter.from_wire(wire)
        except Exception as error:
            raise self._refused(wire, error) from error

    def _refused(self, value: object, error: Exception) -> Refusal:
        name = type(self.converter).__name__
        why = f"{type(error).__name__}: {error}"
        return Refusal(f"is {shown(value)}, which {name} does not convert: {why}")

    def measure(self, syntax: Syntax, /) -> Measure:
        return measure_of(self.wire, syntax)

    def writing(self, context: WritingContext, value: str) -> Writing:
        unit = context.unit
        wire = unit.name("w")
        unit.emit(f"{wire} = {self.named_in(unit)}.to_wire({value})")
        return self.wire.writing(context, wire)

    def named_in(self, unit: Unit) -> str:
        """The name by which the lines of *unit* call it."""
        return unit.constant(type(self.converter).__name__, self)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _ConvertedReading(context, self)

    def every_part(self) -> tuple[Codec[object], ...]:
        return (self.wire,)

    def misfit(self, value: object, /) -> Misfit | None:
        try:
            wire = self.to_wire(value)
        except Refusal as refusal:
            return Misfit("", refusal.text)
        return self.wire.misfit(wire)

    @property
    def wanted(self) -> str:
        return f"a value that {type(self.converter).__name__} converts"


class _ConvertedReading(Reading):
    def __init__(self, context: ReadingContext, codec: Converted[object]) -> None:
        self._unit = context.unit
        self._codec = codec
        self._wire = codec.wire.reading(context)

    def conformance(self) -> None:
        self._wire.conformance()

    def inline(self) -> None:
        self._wire.inline()
        self.variables = self._wire.variables

    def value(self) -> str:
        unit, wire = self._unit, self._wire.value()
        value = unit.name("c")
        unit.emit(f"{value} = {self._codec.named_in(unit)}.from_wire({wire})")
        return value


def converted(
    wire: Codec[Wire], converter: Converter[Wire, Presented]
) -> Converted[Presented]:
    """*wire* where the program sees what *converter* makes of it."""
    return Converted(wire, cast("Converter[object, Presented]", converter))
