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


class Unsigned(int):
    """A number of C's unsigned long, or of its sibling of 8 octets."""

    octets: int

    def __new__(cls, value: int, octets: int = 4) -> Unsigned:
        made = super().__new__(cls, wrap(value, octets, signed=False))
        made.octets = octets
        return made


def unsigned_octets(left: int, right: int) -> int | None:
    """Of the unsigned type that C computes in, None where it is a signed one.

    A signed number of 64 bits takes an unsigned one of 32 along.
    """
    octets = max(getattr(left, "octets", 0), getattr(right, "octets", 0))
    if octets == 4 and not all(-(1 << 31) <= each < 1 << 32 for each in (left, right)):
        return None
    return octets or None


def compute(operator: str, left: int, right: int) -> int:
    """*left* *operator* *right*: over unbounded integers unless one is unsigned."""
    octets = unsigned_octets(left, right)
    if operator in ("<<", ">>"):
        octets = getattr(left, "octets", None)
        if octets is None or right >= 8 * octets:
            return OPERATORS[operator](int(left), right)
    elif octets is None:
        return OPERATORS[operator](left, right)
    else:
        left, right = Unsigned(left, octets), Unsigned(right, octets)
    computed = OPERATORS[operator](left, right)
    return computed if operator in RELATIONS else Unsigned(computed, octets)


def divide(left: int, right: int) -> int:
    """C's division: toward zero."""
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


RELATIONS: Final = frozenset({"&&", "||", "==", "!=", "<", ">", "<=", ">="})

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
