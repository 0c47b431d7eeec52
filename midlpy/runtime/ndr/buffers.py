"""Buffers and sequences of numbers, as octets and back: what generated code calls.

One call of it costs less than a statement per element, so nothing here is generated.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import Final, TypeAlias, cast

from midlpy.runtime.ndr.codec import shown
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.syntax import ByteOrder

Buffer: TypeAlias = bytes | bytearray | memoryview

# Letters of struct formats that may stand for one another where their sizes agree.
_KINDS: Final = {
    **dict.fromkeys("bhilqn", "signed"),
    **dict.fromkeys("BHILQNc", "unsigned"),
    **dict.fromkeys("fd", "float"),
    "?": "unsigned",
}


def as_octets(value: object) -> Buffer:
    """*value* as a buffer of octets: a buffer of one-octet items is not copied.

    A list of integers will do; items of other sizes will not, since nobody could tell
    which octet of theirs is meant.
    """
    if isinstance(value, bytes | bytearray):
        return value
    if isinstance(value, list | tuple):
        try:
            return bytes(cast("Iterable[int]", value))
        except (TypeError, ValueError):
            text = f"is {shown(cast('object', value))}, which is not made of octets"
            raise Refusal(text) from None
    view = _view(value)
    if view is None:
        raise Refusal(f"is {shown(value)}, which is not a buffer of octets")
    if view.itemsize != 1:
        raise Refusal(
            f"is a buffer of items of {view.itemsize} octets; cast it to octets first"
        )
    if not view.c_contiguous:
        return view.tobytes()
    return view if view.format == "B" and view.ndim == 1 else view.cast("B")


def fixed_octets(value: object, count: int) -> bytes:
    """*value* as exactly *count* octets."""
    octets = as_octets(value)
    if len(octets) != count:
        raise Refusal(f"has {len(octets)} octets, but its type has {count}")
    return bytes(octets)


def _view(value: object) -> memoryview | None:
    """*value* as a view, or None if it is no buffer."""
    try:
        return memoryview(cast("Buffer", value))
    except TypeError:
        return None


def numbers(code: str, value: object, byte_order: ByteOrder) -> array[int]:
    """*value* as an array of *code*, in *byte_order*.

    A buffer of the same item size and kind is taken as it is, a sequence element by
    element. A buffer of another kind is a sequence of its elements.
    """
    if isinstance(value, str | bytes | bytearray | set | frozenset | dict):
        text = f"is {shown(cast('object', value))}, which is not a list of numbers"
        raise Refusal(text)
    view = None if isinstance(value, list | tuple) else _view(value)
    items: array[int] = array(code)
    if view is None:
        if not isinstance(value, Iterable):
            raise Refusal(f"is {shown(value)}, which is not a list of numbers")
        items.extend(cast("Iterable[int]", value))
    elif (
        view.c_contiguous
        and view.itemsize == items.itemsize
        and len(view.format) == 1
        and _KINDS.get(view.format) == _KINDS[code]
    ):
        items.frombytes(view.cast("B"))
    else:
        items.extend(view.tolist())
    if byte_order != sys.byteorder:
        items.byteswap()
    return items


def packed(items: array[int]) -> Buffer:
    """*items* as octets; a large array is not copied."""
    if len(items) < 4096:
        return items.tobytes()
    return memoryview(items).cast("B")


def swapped(code: str, octets: bytes) -> list[int]:
    """The numbers in *octets*, which are in the byte order that is not ours."""
    items: array[int] = array(code, octets)
    items.byteswap()
    return items.tolist()


def wide_units(value: object, byte_order: ByteOrder) -> bytes:
    """UTF-16 code units as octets: a sequence of integers, as they are."""
    if isinstance(value, list | tuple | array):
        return numbers("H", cast("object", value), byte_order).tobytes()
    raise Refusal(f"is {shown(value)}, which is not a str")
