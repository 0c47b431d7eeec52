"""Integers whose octets stand in network byte order, whatever the byte order of the rest.

Samba's dialect has them, for addresses; NDR has not.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, not_wanted, shown
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext

_LITTLE: Final = Struct("<I")
_BIG: Final = Struct(">I")


class NetworkInteger(Codec[int], frozen=True, eq=False):
    """32 bits, aligned as such, the most significant octet first."""

    def __repr__(self) -> str:
        return "ndr.NETWORK32"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(4, 4, 4, 4)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _NetworkWriting(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _NetworkReading(context)

    def misfit(self, value: object, /) -> Misfit | None:
        if not isinstance(value, int):
            return not_wanted(self, value)
        if 0 <= value < 1 << 32:
            return None
        return Misfit("", f"is {shown(value)}, which does not fit {self.wanted}")

    @property
    def wanted(self) -> str:
        return "an unsigned long in network byte order"


def swapped(value: int) -> int:
    """*value* with its four octets in reverse."""
    (result,) = _LITTLE.unpack(_BIG.pack(value))
    assert isinstance(result, int)
    return result


class _NetworkWriting(Writing):
    def __init__(self, context: WritingContext, value: str) -> None:
        unit = context.unit
        self._stream = context.inline
        if unit.byte_order == "little":
            value = f"{unit.constant('swapped', swapped)}({value})"
        self._value = value

    def inline(self) -> None:
        self._stream.align(4)
        self._stream.item("I", 4, self._value)


class _NetworkReading(Reading):
    def __init__(self, context: ReadingContext) -> None:
        self._unit, self._stream = context.unit, context.inline

    def inline(self) -> None:
        self._stream.align(4)
        self.variables = [*self._stream.item("I", 4, "n")]

    def value(self) -> str:
        (number,) = self.variables
        if self._unit.byte_order == "big":
            return number
        return f"{self._unit.constant('swapped', swapped)}({number})"


NETWORK32: Final = NetworkInteger()
