"""Integers, floats, characters, enums and UUIDs."""

from __future__ import annotations

import uuid
from typing import Final, TypeVar

from midlpy.runtime.ndr.codec import Codec, Measure
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.values import Enum16, OpenEnum

T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", bound=OpenEnum, covariant=True)


class Scalar(Codec[T_co], frozen=True, eq=False):
    """A number of fixed size, aligned to its size."""

    name: str
    idl: str
    """With its article, as messages say it."""
    format: str
    """A letter of the ``struct`` module."""
    size: int
    low: int | float
    high: int | float

    def __repr__(self) -> str:
        return f"ndr.{self.name}"

    def format_in(self, syntax: Syntax) -> str:
        return self.format

    def size_in(self, syntax: Syntax) -> int:
        return self.size

    def measure(self, syntax: Syntax) -> Measure:
        size = self.size_in(syntax)
        return Measure(size, size, size, size)

    @property
    def wanted(self) -> str:
        return self.idl


class Integer3264(Scalar[int], frozen=True, eq=False):
    """``__int3264``: as wide as the transfer syntax says; a value is never cut."""

    def format_in(self, syntax: Syntax) -> str:
        return (
            self.format
            if syntax.int3264_size == 4
            else self.format.replace("i", "q").replace("I", "Q")
        )

    def size_in(self, syntax: Syntax) -> int:
        return syntax.int3264_size


class EnumCodec(Codec[E_co], frozen=True, eq=False):
    """An open enum: any value its type carries, named or not."""

    cls: type[E_co]

    def __repr__(self) -> str:
        return f"ndr.enum({self.cls.__name__})"

    @property
    def is_short(self) -> bool:
        return issubclass(self.cls, Enum16)

    def format_in(self, syntax: Syntax) -> str:
        return "H" if self.is_short and syntax.enum_size == 2 else "i"

    def measure(self, syntax: Syntax) -> Measure:
        size = syntax.enum_size if self.is_short else 4
        return Measure(size, size, size, size)

    @property
    def wanted(self) -> str:
        return f"a value of {self.cls.__name__}"


class UuidCodec(Codec[uuid.UUID], frozen=True, eq=False):
    """A GUID: its first three fields follow the byte order, the rest does not."""

    def __repr__(self) -> str:
        return "ndr.UUID"

    def measure(self, syntax: Syntax) -> Measure:
        return Measure(4, 4, 16, 16)

    @property
    def wanted(self) -> str:
        return "a UUID"


def _integer(name: str, idl: str, format_: str, size: int) -> Scalar[int]:
    if format_.islower():
        return Scalar(
            name, idl, format_, size, -(1 << 8 * size - 1), (1 << 8 * size - 1) - 1
        )
    return Scalar(name, idl, format_, size, 0, (1 << 8 * size) - 1)


_FLOAT_MAX: Final = float("inf")

BOOLEAN: Final[Scalar[bool]] = Scalar("BOOLEAN", "a boolean", "?", 1, 0, 1)
CHAR: Final = _integer("CHAR", "a char", "B", 1)
OCTET: Final = _integer("OCTET", "a byte", "B", 1)
WCHAR: Final = _integer("WCHAR", "a wchar_t", "H", 2)
INT8: Final = _integer("INT8", "a small", "b", 1)
UINT8: Final = _integer("UINT8", "an unsigned small", "B", 1)
INT16: Final = _integer("INT16", "a short", "h", 2)
UINT16: Final = _integer("UINT16", "an unsigned short", "H", 2)
INT32: Final = _integer("INT32", "a long", "i", 4)
UINT32: Final = _integer("UINT32", "an unsigned long", "I", 4)
INT64: Final = _integer("INT64", "a hyper", "q", 8)
UINT64: Final = _integer("UINT64", "an unsigned hyper", "Q", 8)
INT3264: Final = Integer3264("INT3264", "an __int3264", "i", 4, -(2**31), 2**31 - 1)
UINT3264: Final = Integer3264("UINT3264", "an unsigned __int3264", "I", 4, 0, 2**32 - 1)
FLOAT32: Final[Scalar[float]] = Scalar(
    "FLOAT32", "a float", "f", 4, -_FLOAT_MAX, _FLOAT_MAX
)
FLOAT64: Final[Scalar[float]] = Scalar(
    "FLOAT64", "a double", "d", 8, -_FLOAT_MAX, _FLOAT_MAX
)
ERROR_STATUS: Final = _integer("ERROR_STATUS", "an error_status_t", "I", 4)
UUID: Final = UuidCodec()

E = TypeVar("E", bound=OpenEnum)


def enum(cls: type[E]) -> Codec[E]:
    """An IDL enum; *cls* says by its base how wide it is."""
    return EnumCodec(cls)
