"""Results that never travel, and what stands for results that did not come.

A status that only an ACF adds is filled at the client: it has a place among the results
and no octets.
"""

from __future__ import annotations

import uuid
from typing import Final

from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.codec import Codec, Measure
from midlpy.runtime.ndr.constructed import StructCodec
from midlpy.runtime.ndr.converted import Converted
from midlpy.runtime.ndr.handles import NULL_CONTEXT, HandleCodec
from midlpy.runtime.ndr.network import NetworkInteger
from midlpy.runtime.ndr.octets import Octets, Wide
from midlpy.runtime.ndr.pointers import Lazy, Ref
from midlpy.runtime.ndr.ranged import Ranged
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.scalars import (
    BOOLEAN,
    FLOAT32,
    FLOAT64,
    LooseInteger,
    Scalar,
    UuidCodec,
    enum_of,
)
from midlpy.runtime.ndr.strings import OCTET_STRING, String
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.unions import Encapsulated
from midlpy.runtime.ndr.writing import Writing, WritingContext


class _Unsent(Codec[int], frozen=True, eq=False):
    """No octets at all; read, it is 0: nothing went wrong."""

    def __repr__(self) -> str:
        return "ndr.UNSENT_STATUS"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(1, 1, 0, 0)

    def writing(self, context: WritingContext, value: str) -> Writing:  # noqa: ARG002
        return Writing()

    def reading(self, _context: ReadingContext, /) -> Reading:
        return _UnsentReading()

    @property
    def wanted(self) -> str:
        return "a status"


class _UnsentReading(Reading):
    def inline(self) -> None:
        self.variables = []

    def value(self) -> str:
        return "0"


UNSENT_STATUS: Final[Codec[int]] = _Unsent()


def zero_of(codec: Codec[object]) -> object:
    """What a result of *codec* is when none has come: zero, empty, or None."""
    enum = enum_of(codec)
    if enum is not None:
        return enum.cls(0)
    match codec:
        case Ref() | Ranged() | Lazy():
            return zero_of(codec.target)
        case StructCodec() | Encapsulated():
            return codec.cls()
        case Converted():
            return codec.zero()
        case HandleCodec():
            return NULL_CONTEXT
        case UuidCodec():
            return uuid.UUID(int=0)
        case Scalar() | LooseInteger() | NetworkInteger():
            return _NUMBERS.get(codec, 0)
        case String():
            return b"" if codec.wanted == OCTET_STRING.wanted else ""
        case Octets():
            return bytes(codec.bound or 0) if codec.is_fixed else b""
        case Wide():
            return "\0" * (codec.bound or 0) if codec.is_fixed else ""
        case Array():
            count = (codec.bound or 0) if codec.is_fixed else 0
            return [zero_of(codec.element) for _ in range(count)]
        case _:
            return None


_NUMBERS: Final[dict[Codec[object], object]] = {
    BOOLEAN: False,
    FLOAT32: 0.0,
    FLOAT64: 0.0,
}
