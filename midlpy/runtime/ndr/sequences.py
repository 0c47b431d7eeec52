"""What arrays and strings have in common: counts on the wire, and their expressions.

A conformant one sends its maximum count ahead, a varying one its offset and actual count
in place. Spec: C706 14.3.3 to 14.3.5.
"""

from __future__ import annotations

from typing import NoReturn, TypeVar

from midlpy.runtime.ndr import buffers
from midlpy.runtime.ndr.codec import Codec, Misfit, not_wanted
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.reading import ReadingContext
from midlpy.runtime.ndr.writing import Muted, WritingContext

T_co = TypeVar("T_co", covariant=True)


class Sequence(Codec[T_co], frozen=True, eq=False, kw_only=True):
    """*bound* is the declared number of elements, None if the sender says it."""

    bound: int | None = None
    size_is: str | None = None
    length_is: str | None = None
    first_is: str | None = None
    is_varying: bool = False

    @property
    def is_fixed(self) -> bool:
        return self.bound is not None and not self.is_varying

    def expressions(self) -> tuple[str, ...]:
        texts = (self.size_is, self.length_is, self.first_is)
        return tuple(text for text in texts if text is not None)

    def shown_counts(self) -> str:
        """The arguments that gave the counts, as text."""
        shown = [] if self.bound is None else [str(self.bound)]
        for name in ("size_is", "length_is", "first_is"):
            text = getattr(self, name)
            if text is not None:
                shown.append(f"{name}={text!r}")
        return ", ".join(shown)


def text_misfit(codec: Codec[object], value: object) -> Misfit | None:
    """Whether *value* is text at all."""
    return None if isinstance(value, str) else not_wanted(codec, value)


def octets_misfit(value: object) -> Misfit | None:
    """Whether *value* is a buffer of octets."""
    try:
        buffers.as_octets(value)
    except Refusal as refusal:
        return Misfit("", refusal.text)
    return None


def wrong_length(actual: int, bound: int) -> NoReturn:
    """A value has too few elements for its type, or too many."""
    raise Refusal(f"has {actual} elements, but its type has {bound}")


def wrong_variance(offset: int, actual: int, maximum: int) -> NoReturn:
    """Octets announce elements outside the array."""
    if offset:
        raise Refusal(f"begins at element {offset} of {maximum} and has {actual}")
    raise Refusal(f"has {actual} elements, more than its maximum count {maximum}")


def count_format(unit: Unit) -> str:
    return "I" if unit.syntax.count_size == 4 else "Q"


class WrittenCounts:
    """The counts of one sequence being written; *count* is a variable.

    For a string *spare* elements, its terminator, need not be in what size_is counts.
    """

    def __init__(
        self, context: WritingContext, codec: Sequence[object], count: str
    ) -> None:
        self._context = context
        self._codec = codec
        self.count = count
        self.maximum = count
        self._first = "0"
        self._settle()

    def _settle(self) -> None:
        codec, scope, unit = self._codec, self._context.scope, self._context.unit
        count = self.count
        if codec.length_is is not None:
            scope.agree(unit, codec.length_is, count, at_least=False)
        if codec.bound is not None:
            operator = ">" if codec.is_varying else "!="
            with unit.block(f"if {count} {operator} {codec.bound}:"):
                wrong = unit.constant("wrong_length", wrong_length)
                unit.emit(f"{wrong}({count}, {codec.bound})")
        elif codec.size_is is not None:
            scope.agree(unit, codec.size_is, count, at_least=codec.is_varying)
            if codec.is_varying:
                self.maximum = scope.value(unit, codec.size_is) or count
        if codec.first_is is not None:
            self._first = scope.value(unit, codec.first_is) or "0"

    def conformance(self) -> None:
        if self._codec.bound is None:
            self._item(self.maximum)

    def variance(self) -> None:
        if self._codec.is_varying:
            self._item(self._first)
            self._item(self.count)

    def align(self, alignment: int) -> None:
        """Go to the first element. The gap is part of it: no elements, no gap."""
        stream = self._context.inline
        if self._codec.is_fixed or stream.position.gap(alignment) == 0:
            stream.align(alignment)
        elif not isinstance(stream, Muted):
            with stream.branch(f"if {self.count}:"):
                stream.align(alignment)

    def _item(self, value: str) -> None:
        unit, stream = self._context.unit, self._context.inline
        stream.align(unit.syntax.count_size)
        stream.item(count_format(unit), unit.syntax.count_size, value)


class ReadCounts:
    """The counts of one sequence being read; after ``variance``, *count* has been."""

    def __init__(self, context: ReadingContext, codec: Sequence[object]) -> None:
        self._context = context
        self._codec = codec
        self.count = "" if codec.bound is None else str(codec.bound)
        self.maximum = self.count

    def conformance(self) -> None:
        if self._codec.bound is None:
            self.maximum = self.count = self._item("maximum")

    def take(self, count: str) -> None:
        """Have *count*, a variable, for the count that does not travel."""
        self.maximum = self.count = count

    def variance(self, *, is_checked: bool = True) -> str:
        """Read offset and actual count; whether they are refused, as an expression."""
        codec, unit = self._codec, self._context.unit
        refused = ""
        if codec.is_varying:
            offset, self.count = self._item("first"), self._item("count")
            if codec.first_is is None:
                refused = f"{offset} or {self.count} > {self.maximum}"
            else:
                refused = f"{offset} + {self.count} > {self.maximum}"
            self._context.inline.flush()
            if is_checked:
                with unit.block(f"if {refused}:"):
                    wrong = unit.constant("wrong_variance", wrong_variance)
                    unit.emit(f"{wrong}({offset}, {self.count}, {self.maximum})")
            if codec.first_is is not None:
                self._context.scope.agree(unit, codec.first_is, offset)
            self.offset = offset
        self._agree()
        return refused

    def align(self, alignment: int) -> None:
        """Go to the first element, if there is one."""
        stream = self._context.inline
        if self._codec.is_fixed or stream.position.gap(alignment) == 0:
            stream.align(alignment)
        else:
            with stream.branch(f"if {self.count}:"):
                stream.align(alignment)

    def _agree(self) -> None:
        codec, unit, scope = self._codec, self._context.unit, self._context.scope
        if codec.bound is None or codec.is_varying:
            self._context.inline.flush()
        if codec.bound is None and codec.size_is is not None:
            scope.agree(unit, codec.size_is, self.maximum)
        if codec.length_is is not None:
            scope.agree(unit, codec.length_is, self.count)

    def _item(self, hint: str) -> str:
        unit, stream = self._context.unit, self._context.inline
        size = unit.syntax.count_size
        stream.align(size)
        return stream.item(count_format(unit), size, hint)[0]
