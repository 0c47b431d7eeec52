"""Runs of equal fixed-size elements: what a pipe carries.

Spec: C706 14.3.11 (pipes), MS-RPCE 2.2.5.3.4.5 (element types).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct, error as StructError
from typing import TypeAlias

from midlpy.runtime.errors import MarshalError, UnmarshalError
from midlpy.runtime.ndr.codec import Codec, measure_of
from midlpy.runtime.ndr.constructed import StructCodec
from midlpy.runtime.ndr.scalars import CHAR, OCTET, UINT8, EnumCodec, Scalar
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax

Buffer: TypeAlias = bytes | bytearray | memoryview

_Flatten: TypeAlias = Callable[[object], list[object]]
_Build: TypeAlias = Callable[[Iterator[object]], object]


class Elements:
    """How elements of one type stand side by side; made by ``elements``."""

    def __init__(
        self, codec: Codec[object], syntax: Syntax, byte_order: ByteOrder
    ) -> None:
        measure = measure_of(codec, syntax)
        if measure.size is None or measure.has_pointers or not measure.size:
            raise TypeError(f"{codec} is not of a fixed size, so no pipe carries it")
        self.codec = codec
        self.alignment = measure.start
        """Of each element, counted from the start of the stub data."""
        self.size = measure.size
        """Octets of one element."""
        self.stride = measure.stride
        """Octets from one element to the next; the last one has only *size*."""
        self.is_octets = codec in (OCTET, CHAR, UINT8)
        """Whether a run of elements is ``bytes``."""
        parts, flatten, build = _layout(codec, syntax, 0)
        prefix = "<" if byte_order == "little" else ">"
        self._struct = Struct(prefix + parts + f"{self.stride - self.size}x")
        self._flatten, self._build = flatten, build

    def octets(self, count: int) -> int:
        """How many octets *count* elements take."""
        return count and (count - 1) * self.stride + self.size

    def pack(self, values: Sequence[object] | Buffer) -> Buffer:
        """*values* as octets; one-octet elements come back as the buffer they are.

        Raises:
            MarshalError: a value does not fit.
        """
        if self.is_octets:
            return as_octets(values)
        try:
            out = b"".join([self._struct.pack(*self._flatten(v)) for v in values])
        except (StructError, TypeError, AttributeError, OverflowError) as error:
            raise MarshalError(f"an element does not fit: {error}") from error
        return out[: self.octets(len(values))]

    def count(self, values: Sequence[object] | Buffer) -> int:
        """How many elements *values* are."""
        return len(as_octets(values)) if self.is_octets else len(values)

    def unpack(self, octets: Buffer) -> list[object] | bytes:
        """The elements in *octets*, which hold whole elements and nothing else.

        Raises:
            UnmarshalError: a value is out of its range.
        """
        if self.is_octets:
            return bytes(octets)
        gap = -len(octets) % self.stride  # the last element may come without it
        try:
            return [
                self._build(iter(values))
                for values in self._struct.iter_unpack(bytes(octets) + bytes(gap))
            ]
        except (StructError, ValueError) as error:
            raise UnmarshalError(f"an element does not fit: {error}") from error


def as_octets(value: object) -> Buffer:
    """*value*, which supports the buffer protocol, as a buffer of octets; no copy."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str | int) or value is None:
        raise MarshalError(f"{value!r} is not a buffer of octets")
    try:
        view = memoryview(value)  # type: ignore[arg-type]
    except TypeError as error:
        raise MarshalError(f"{value!r} is not a buffer of octets") from error
    return view if view.format == "B" and view.ndim == 1 else view.cast("B")


def _layout(
    codec: Codec[object], syntax: Syntax, offset: int
) -> tuple[str, _Flatten, _Build]:
    """Format from *offset* on, and how to take a value apart and put it together."""
    if isinstance(codec, StructCodec):
        parts = ""
        flattens: list[tuple[str, _Flatten]] = []
        builds: list[_Build] = []
        start = offset
        for name, field in codec.fields.items():
            measure = measure_of(field, syntax)
            gap = -offset % measure.start
            text, flatten, build = _layout(field, syntax, offset + gap)
            parts += f"{gap}x{text}"
            assert measure.size is not None
            offset += gap + measure.size
            flattens.append((name, flatten))
            builds.append(build)
        whole = measure_of(codec, syntax).size
        assert whole is not None
        parts += f"{start + whole - offset}x"
        cls: Callable[..., object] = codec.cls
        return (
            parts,
            lambda value: [
                item for name, flat in flattens for item in flat(getattr(value, name))
            ],
            lambda items: cls(*[build(items) for build in builds]),
        )
    if isinstance(codec, Scalar):
        return codec.format_in(syntax), lambda value: [value], next
    if isinstance(codec, EnumCodec):
        make: Callable[[object], object] = codec.cls
        return (
            codec.format_in(syntax),
            lambda value: [value],
            lambda items: make(next(items)),
        )
    raise TypeError(f"{codec} cannot be an element of a pipe")


def elements(codec: Codec[object], syntax: Syntax, byte_order: ByteOrder) -> Elements:
    """How elements of *codec* stand side by side."""
    return Elements(codec, syntax, byte_order)
