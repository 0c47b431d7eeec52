"""Integers as C computes them, and the sizes of base types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from midlpy.semantic import ir

# A shift count beyond this is a mistake, and must not choose our memory.
MAX_SHIFT: Final = 63

# Octets of base types as sizeof gives them, in C's 32-bit memory.
SIZES: Final[Mapping[ir.BaseKind, int]] = {
    ir.BaseKind.BOOLEAN: 1,
    ir.BaseKind.BYTE: 1,
    ir.BaseKind.CHAR: 1,
    ir.BaseKind.INT8: 1,
    ir.BaseKind.UINT8: 1,
    ir.BaseKind.WCHAR: 2,
    ir.BaseKind.INT16: 2,
    ir.BaseKind.UINT16: 2,
    ir.BaseKind.INT32: 4,
    ir.BaseKind.UINT32: 4,
    ir.BaseKind.INT3264: 4,
    ir.BaseKind.UINT3264: 4,
    ir.BaseKind.FLOAT: 4,
    ir.BaseKind.ERROR_STATUS: 4,
    ir.BaseKind.INT64: 8,
    ir.BaseKind.UINT64: 8,
    ir.BaseKind.DOUBLE: 8,
    ir.BaseKind.DLONG: 8,
    ir.BaseKind.UDLONG: 8,
    ir.BaseKind.UDLONGR: 8,
    ir.BaseKind.NETWORK32: 4,
}

SIGNED: Final = frozenset(
    {
        ir.BaseKind.INT8,
        ir.BaseKind.INT16,
        ir.BaseKind.INT32,
        ir.BaseKind.INT64,
        ir.BaseKind.INT3264,
        ir.BaseKind.DLONG,
    }
)

INTEGERS: Final = frozenset(SIZES) - {ir.BaseKind.FLOAT, ir.BaseKind.DOUBLE}


def wrap(value: int, octets: int, *, signed: bool) -> int:
    """The value that the low *octets* octets of *value* stand for."""
    bits = 8 * octets
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def divide(left: int, right: int) -> int:
    """C's division: toward zero."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


OPERATORS: Final[Mapping[str, Callable[[int, int], int]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "%": lambda a, b: a - divide(a, b) * b,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "&&": lambda a, b: int(bool(a and b)),
    "||": lambda a, b: int(bool(a or b)),
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
}
