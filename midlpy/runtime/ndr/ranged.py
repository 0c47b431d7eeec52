"""[range]: bounds on a number, or on the count of an array or a string.

Spec: MS-RPCE 3.1.1.5.3.2.2.1. On an array it bounds the maximum count, on a string the
actual count, terminator included.
"""

from __future__ import annotations

from typing import NoReturn, TypeVar

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, shown
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.pointers import Full, Lazy, Ref, Unique
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import ReadCounts, WrittenCounts
from midlpy.runtime.ndr.strings import String
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Ranged(Codec[T_co], frozen=True, eq=False):
    """*target* within bounds, both inclusive."""

    target: Codec[object]
    low: int
    high: int

    def __repr__(self) -> str:
        return f"ndr.ranged({self.target}, {self.low}, {self.high})"

    def parts(self) -> tuple[Codec[object], ...]:
        return (self.target,)

    def measure(self, syntax: Syntax, /) -> Measure:
        return measure_of(self.target, syntax)

    def writing(self, context: WritingContext, value: str) -> Writing:
        unit = context.unit
        value = local(unit, "n", value)
        writing = self.target.writing(context, value)
        counts = getattr(writing, "counts", None)
        number = value
        if isinstance(counts, WrittenCounts):
            number = counts.count if self._is_string else counts.maximum
        refused = f"not {self.low} <= {number} <= {self.high}"
        if value in context.scope.assignable.values():
            # A count that is still zero has no data: a value with nothing but defaults.
            refused = f"{number} and {refused}"
        with unit.block(f"if {refused}:"):
            wrong = unit.constant("out_of_range", out_of_range)
            unit.emit(f"{wrong}({number}, {self.low}, {self.high})")
        return writing

    def reading(self, context: ReadingContext, /) -> Reading:
        return _RangedReading(context, self)

    @property
    def _is_string(self) -> bool:
        return isinstance(self.target, String)

    def misfit(self, value: object, /) -> Misfit | None:
        misfit = self.target.misfit(value)
        if misfit is not None or not isinstance(value, int):
            return misfit
        if self.low <= value <= self.high:
            return None
        bounds = f"{self.low}..{self.high}"
        return Misfit("", f"is {shown(value)}, which is outside {bounds}")

    @property
    def wanted(self) -> str:
        return self.target.wanted


class _RangedReading(Reading):
    def __init__(self, context: ReadingContext, codec: Ranged[object]) -> None:
        self._context = context
        self._codec = codec
        self._target = codec.target.reading(context)

    def conformance(self) -> None:
        self._target.conformance()

    def inline(self) -> None:
        self._target.inline()
        self.variables = self._target.variables
        counts = getattr(self._target, "counts", None)
        if isinstance(counts, ReadCounts):
            is_string = isinstance(self._codec.target, String)
            self._check(counts.count if is_string else counts.maximum)

    def value(self) -> str:
        number = self._target.number()
        if number is not None:
            self._check(number)
        return self._target.value()

    def _check(self, number: str) -> None:
        low, high, unit = self._codec.low, self._codec.high, self._context.unit
        with unit.block(f"if not {low} <= {number} <= {high}:"):
            wrong = unit.constant("out_of_range", out_of_range)
            unit.emit(f"{wrong}({number}, {low}, {high})")

    def number(self) -> str | None:
        return self._target.number()


def out_of_range(value: int, low: int, high: int) -> NoReturn:
    """A number, or a count, is out of bounds."""
    raise Refusal(f"is {value}, which is outside {low}..{high}")


def ranged(codec: Codec[T], low: int, high: int) -> Codec[T]:
    """*codec* within ``[range(low, high)]``; of a pointer, what it points to."""
    if isinstance(codec, Unique | Full | Ref):
        kind = type(codec)
        return kind(ranged(codec.target, low, high))
    if isinstance(codec, Lazy):
        return Ranged(codec.target, low, high)
    return Ranged(codec, low, high)
