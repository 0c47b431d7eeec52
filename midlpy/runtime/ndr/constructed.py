"""Structures."""

from __future__ import annotations

from typing import TypeVar

from midlpy.runtime.ndr.codec import Codec, Measure, measure_of
from midlpy.runtime.ndr.syntax import Syntax

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class StructCodec(Codec[T_co], frozen=True, eq=False):
    """Fields in order, each at its own alignment."""

    cls: type[T_co]
    fields: dict[str, Codec[object]]

    def __repr__(self) -> str:
        fields = "".join(f", {name}={codec}" for name, codec in self.fields.items())
        return f"ndr.struct({self.cls.__name__}{fields})"

    def measure(self, syntax: Syntax) -> Measure:
        alignment = 1
        size: int | None = 0
        least = 0
        has_pointers = False
        conformances = 0
        for codec in self.fields.values():
            field = measure_of(codec, syntax)
            alignment = max(alignment, field.alignment)
            least += field.least
            has_pointers |= field.has_pointers
            conformances = field.conformances
            if size is not None and field.size is not None:
                size = -(-size // field.start) * field.start + field.size
            else:
                size = None
        if size is not None and syntax.has_trailing_gap:
            size = -(-size // alignment) * alignment
        return Measure(
            alignment, alignment, size, size or least, has_pointers, conformances
        )

    @property
    def wanted(self) -> str:
        name = self.cls.__name__
        return f"an {name}" if name[:1] in "AEIOU" else f"a {name}"


def struct(cls: type[T], /, **fields: Codec[object]) -> Codec[T]:
    """A structure of IDL; *cls* takes the fields by position, in the same order."""
    return StructCodec(cls, fields)
