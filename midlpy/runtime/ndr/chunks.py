"""Pipe elements in chunks: a count, that many elements, and so on; zero is the end.

A chunk in NDR is a 4-octet count and the elements. In NDR64 the count has 8 octets, and
its two's complement follows the elements, 8-aligned; the end marker has one too. Gaps
count from the start of the stub data. Chunk borders mean nothing, and a reader is fed
whatever a fragment holds, so it may stop inside a count, a gap or an element.

Neither end does anything per element: elements are packed and unpacked in runs, and
octets are slices.

Spec: C706 14.3.10 (pipes), MS-RPCE 2.2.5.3.4.5.
"""

from __future__ import annotations

from midlpy.runtime.ndr.chunk_elements import INVALID_BOUND, MAX_ELEMENTS, Elements
from midlpy.runtime.ndr.chunk_reader import ChunkReader
from midlpy.runtime.ndr.chunk_writer import ChunkWriter

__all__ = [
    "INVALID_BOUND",
    "MAX_ELEMENTS",
    "ChunkReader",
    "ChunkWriter",
    "Elements",
]
