"""The converters of converted.py, as a user writes them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from midlpy.runtime import ndr

if TYPE_CHECKING:
    from .converted import DateWire


class DateConverter(ndr.Converter["DateWire", datetime.date]):
    """A DATE as Python has it."""

    Value: TypeAlias = datetime.date

    def to_wire(self, value: datetime.date) -> DateWire:
        from .converted import DateWire  # which imports this module

        return DateWire(value.year, value.month, value.day)

    def from_wire(self, wire: DateWire) -> datetime.date:
        return datetime.date(wire.year, wire.month, wire.day)

    def zero(self) -> datetime.date:
        return datetime.date(1, 1, 1)


class PriceConverter(ndr.Converter[int, Decimal]):
    """A PRICE as an exact number."""

    Value: TypeAlias = Decimal

    def to_wire(self, value: Decimal) -> int:
        return int(value * 100)

    def from_wire(self, wire: int) -> Decimal:
        return Decimal(wire) / 100

    def zero(self) -> Decimal:
        return Decimal(0)


class TagsConverter(ndr.Converter[str | None, list[str]]):
    """TAGS as words; none of them is a null pointer."""

    Value: TypeAlias = list[str]

    def to_wire(self, value: list[str]) -> str | None:
        return " ".join(value) or None

    def from_wire(self, wire: str | None) -> list[str]:
        return (wire or "").split()

    def zero(self) -> list[str]:
        return []
