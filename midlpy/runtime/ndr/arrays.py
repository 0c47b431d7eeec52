"""Arrays of anything but octets and characters.

Spec: C706 14.3.3 (one dimension), 14.3.4 (several).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

from midlpy.runtime.ndr.array_reading import ArrayReading
from midlpy.runtime.ndr.array_writing import ArrayWriting
from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, not_wanted
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.sequences import Sequence
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext

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

    def measure(self, syntax: Syntax, /) -> Measure:
        element = measure_of(self.element, syntax)
        if element.conformances and not is_row(self.element):
            raise TypeError(f"{self}: elements of an array may not be conformant")
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
        measure_of(self, context.unit.syntax)  # refuses elements that cannot be
        return ArrayWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        if is_row(self.element):
            from midlpy.runtime.ndr.dimensions import RowsReading

            return RowsReading(context, self)
        measure_of(self, context.unit.syntax)
        return ArrayReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        if isinstance(value, str | bytes) or not isinstance(value, Iterable):
            return not_wanted(self, value)
        for index, item in enumerate(cast("Iterable[object]", value)):
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
