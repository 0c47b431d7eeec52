"""Transfer syntaxes: how values become octets, as numbers the generator reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from uuid import UUID

ByteOrder: TypeAlias = Literal["little", "big"]

BYTE_ORDERS: Final[tuple[ByteOrder, ...]] = ("little", "big")


@dataclass(frozen=True, slots=True)
class Syntax:
    """One transfer syntax, and every point in which it differs from the other.

    Sizes are in octets; each datum of such a size is aligned to it.

    Spec: C706 chapter 14 (NDR 2.0), MS-RPCE 2.2.5 (NDR64).
    """

    name: str
    uuid: UUID
    version: tuple[int, int]
    pointer_size: int
    """Of the referent id that stands for an embedded pointer."""
    count_size: int
    """Of a maximum count, an offset and an actual count."""
    enum_size: int
    """Of an enum that is not ``[v1_enum]``."""
    int3264_size: int
    """Of ``__int3264``, the integer as wide as a pointer."""
    has_trailing_gap: bool
    """Whether a structure is padded at its end to its own alignment."""
    aligns_unions: bool
    """Whether a union and its arm start at the alignment of the widest arm."""
    has_chunk_trailer: bool
    """Whether a pipe's chunk ends with its negated count."""

    def __repr__(self) -> str:
        return f"ndr.{self.name}"


NDR: Final = Syntax(
    name="NDR",
    uuid=UUID("8a885d04-1ceb-11c9-9fe8-08002b104860"),
    version=(2, 0),
    pointer_size=4,
    count_size=4,
    enum_size=2,
    int3264_size=4,
    has_trailing_gap=False,
    aligns_unions=False,
    has_chunk_trailer=False,
)

NDR64: Final = Syntax(
    name="NDR64",
    uuid=UUID("71710533-beba-4937-8319-b5dbef9ccc36"),
    version=(1, 0),
    pointer_size=8,
    count_size=8,
    enum_size=4,
    # Sources disagree between 4 and 8. Samba moved to 8 after trouble with print clients,
    # and NDR64 has no type of its own for it, so the compiler must emit a 64-bit integer.
    int3264_size=8,
    has_trailing_gap=True,
    aligns_unions=True,
    has_chunk_trailer=True,
)
