"""Whole pipes as lists of chunks: for stub data that is all here.

The call layer moves pipes with ``chunks``, piece by piece, and forgets the borders of
chunks, which mean nothing. Here they are kept, so that a tool can show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from midlpy.runtime.errors import MarshalError, StubDataTruncated, UnmarshalError
from midlpy.runtime.ndr.buffers import Buffer
from midlpy.runtime.ndr.chunks import INVALID_BOUND, MAX_ELEMENTS, ChunkWriter
from midlpy.runtime.ndr.elements import Elements
from midlpy.runtime.ndr.limits import MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax


def write_chunks(
    chunks: object,
    elements: Elements,
    syntax: Syntax,
    byte_order: ByteOrder,
    offset: int,
    low: int | None,
    high: int | None,
) -> tuple[list[Buffer], int]:
    """The octets of a pipe from *offset* on, end marker included; and the offset behind.

    Raises:
        MarshalError: an element does not fit.
    """
    if not isinstance(chunks, list | tuple):
        raise MarshalError(f"a pipe is {chunks!r}, but here it is a list of its chunks")
    writer = ChunkWriter(elements, syntax, byte_order, offset, low, high)
    parts: list[Buffer] = []
    for chunk in cast("Sequence[object]", chunks):
        if chunk is None:
            raise MarshalError("a chunk of a pipe is None")
        parts += writer.write(chunk)[0]
    parts += writer.end()[0]
    return parts, writer.offset


def read_chunks(
    stub: bytes,
    elements: Elements,
    syntax: Syntax,
    byte_order: ByteOrder,
    offset: int,
    low: int | None,
    high: int | None,
    where: str,
) -> tuple[list[object], int]:
    """The chunks of a pipe that begins at *offset*, and the offset behind its end.

    *where* begins the messages.

    Raises:
        UnmarshalError: the octets do not fit; ``StubDataTruncated`` if they end early.
    """
    size = syntax.count_size
    chunks: list[object] = []
    while True:
        offset += -offset % size
        count = _word(stub, offset, size, byte_order, where)
        offset += size
        if count > MAX_ELEMENTS:
            raise UnmarshalError(f"{where} has a chunk of {count} elements")
        if count:
            if not (low or 0) <= count <= (MAX_ELEMENTS if high is None else high):
                raise UnmarshalError(
                    f"{where} has a chunk of {count} elements, outside {low}..{high}",
                    status=INVALID_BOUND,
                )
            if not elements.size and count > MAX_EMPTY_ELEMENTS:
                raise UnmarshalError(f"{where} has {count} elements without octets")
            offset += -offset % elements.alignment
            wanted = elements.octets(count)
            _check(stub, offset, wanted, where)
            octets = stub[offset : offset + wanted]
            chunks.append(elements.unpack(octets, count))
            offset += wanted
        if syntax.has_chunk_trailer:
            offset += -offset % size
            trailer = _word(stub, offset, size, byte_order, where)
            offset += size
            if (trailer + count) % 2**64:
                raise UnmarshalError(
                    f"{where} has a chunk of {count} elements that ends in {trailer:#x}"
                )
        if not count:
            return chunks, offset


def _check(stub: bytes, offset: int, wanted: int, where: str) -> None:
    if offset + wanted > len(stub):
        left = max(len(stub) - offset, 0)
        raise StubDataTruncated(
            f"{where} wants {wanted} octets at offset {offset}, {left} are left"
        )


def _word(
    stub: bytes, offset: int, size: int, byte_order: ByteOrder, where: str
) -> int:
    _check(stub, offset, size, where)
    return int.from_bytes(stub[offset : offset + size], byte_order)
