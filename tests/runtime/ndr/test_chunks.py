"""Pipe chunks: known octets both ways, every cut, every limit."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import Any

import pytest

from midlpy.runtime.errors import MarshalError, PipeClosedError, UnmarshalError
from midlpy.runtime.ndr.chunks import ChunkReader, ChunkWriter, Elements
from midlpy.runtime.ndr.syntax import NDR, NDR64, ByteOrder, Syntax


@dataclass(frozen=True)
class Records:
    """Elements of a struct format, the way ``ndr.elements`` lays them out."""

    form: str  # of one element, its gaps inside included, without byte order
    alignment: int
    byte_order: ByteOrder = "little"
    is_octets: bool = False

    @property
    def _struct(self) -> Struct:
        return Struct(("<" if self.byte_order == "little" else ">") + self.form)

    @property
    def size(self) -> int:
        return self._struct.size

    @property
    def stride(self) -> int:
        return self.size + -self.size % self.alignment

    def pack(self, elements: Any) -> bytes:
        gap = bytes(self.stride - self.size)
        tuples = [e if isinstance(e, tuple) else (e,) for e in elements]
        return gap.join(self._struct.pack(*element) for element in tuples)

    def unpack(self, octets: Any) -> list[Any]:
        values = [
            self._struct.unpack(octets[start : start + self.size])
            for start in range(0, len(octets), self.stride)
        ]
        return [value[0] if len(value) == 1 else value for value in values]


@dataclass(frozen=True)
class Bytes:
    """Elements of one octet, unsigned."""

    alignment = 1
    size = 1
    stride = 1
    is_octets = True

    def pack(self, elements: Any) -> Any:
        return elements

    def unpack(self, octets: Any) -> Any:
        return bytes(octets)


BYTE = Bytes()
SHORT = Records("h", 2)
LONG = Records("i", 4)
HYPER = Records("q", 8)
RECORD = Records("ih", 4)  # struct { long l; short s; }: 6 octets every 8
RECORD64 = Records("ih2x", 4)  # the same in NDR64, which ends it with a gap

# Element, syntax, byte order, offset, chunks, octets; ".." is any octet of a gap.
VECTORS = [
    pytest.param(
        BYTE, NDR, 0, [b"abc"], "03000000 616263.. 00000000", id="byte-one-chunk"
    ),
    pytest.param(
        BYTE,
        NDR,
        0,
        [b"ab", b"c"],
        "02000000 6162.... 01000000 63...... 00000000",
        id="byte-two-chunks",
    ),
    pytest.param(
        LONG,
        NDR,
        0,
        [[1, 2], [3]],
        "02000000 01000000 02000000 01000000 03000000 00000000",
        id="long",
    ),
    pytest.param(
        HYPER,
        NDR,
        0,
        [[1]],
        "01000000 ........ 0100000000000000 00000000",
        id="hyper",
    ),
    pytest.param(
        RECORD,
        NDR,
        0,
        [[(1, 2), (3, 4)]],
        "02000000 01000000 0200.... 03000000 0400.... 00000000",
        id="struct",
    ),
    pytest.param(BYTE, NDR, 0, [], "00000000", id="empty"),
    pytest.param(
        BYTE, NDR, 2, [b"x"], ".... 01000000 78...... 00000000", id="after-a-short"
    ),
    pytest.param(
        HYPER,
        NDR,
        4,
        [[1], [2]],
        # The count stands at 4, so the first element needs no gap; the second count
        # stands at 16.
        "01000000 0100000000000000 01000000 ........ 0200000000000000 00000000",
        id="hyper-at-4",
    ),
    pytest.param(
        BYTE,
        NDR64,
        0,
        [b"abc"],
        "0300000000000000 616263.......... fdffffffffffffff"
        "0000000000000000 0000000000000000",
        id="byte-ndr64",
    ),
    pytest.param(
        RECORD64,
        NDR64,
        4,
        [[(1, 2), (3, 4)]],
        "........ 0200000000000000 01000000 02000000 03000000 04000000"
        "feffffffffffffff 0000000000000000 0000000000000000",
        id="struct-ndr64-at-4",
    ),
    pytest.param(
        BYTE,
        NDR64,
        0,
        [],
        "0000000000000000 0000000000000000",
        id="empty-ndr64",
    ),
]


def octets_of(text: str, gap: str = "00") -> bytes:
    return bytes.fromhex(text.replace("..", gap))


def written(writer: ChunkWriter, chunks: list[Any]) -> bytes:
    out = b""
    for chunk in chunks:
        parts, octets = writer.write(chunk)
        joined = b"".join(parts)
        assert len(joined) == octets
        out += joined
    parts, octets = writer.end()
    assert len(b"".join(parts)) == octets
    return out + b"".join(parts)


def joined(chunks: list[Any]) -> Any:
    if not chunks:
        return []
    total = chunks[0][:0]
    for chunk in chunks:
        total += chunk
    return total


def taken(reader: ChunkReader, limit: int | None = None) -> list[Any]:
    elements: list[Any] = []
    while reader.available:
        elements += reader.take(limit)
    return elements


def fed(reader: ChunkReader, octets: bytes, *cuts: int) -> list[Any]:
    """The elements in *octets*, fed in pieces; everything must be consumed."""
    elements: list[Any] = []
    borders = [0, *cuts, len(octets)]
    for start, end in pairwise(borders):
        assert reader.feed(memoryview(octets)[start:end]) == end - start
        elements += taken(reader)
    reader.check_ended()
    return elements


@pytest.mark.parametrize(("elements", "syntax", "offset", "chunks", "text"), VECTORS)
def test_t53_known_chunks_are_written(
    elements: Elements, syntax: Syntax, offset: int, chunks: list[Any], text: str
) -> None:
    writer = ChunkWriter(elements, syntax, "little", offset)
    assert written(writer, chunks) == octets_of(text)
    assert writer.offset == offset + len(octets_of(text))
    assert writer.count == sum(map(len, chunks))
    assert writer.is_ended


@pytest.mark.parametrize("gap", ["00", "ff", "5a"])
@pytest.mark.parametrize(("elements", "syntax", "offset", "chunks", "text"), VECTORS)
def test_t54_known_chunks_are_read_whatever_is_in_the_gaps(
    elements: Elements,
    syntax: Syntax,
    offset: int,
    chunks: list[Any],
    text: str,
    gap: str,
) -> None:
    reader = ChunkReader(elements, syntax, "little", offset)
    assert fed(reader, octets_of(text, gap)) == list(joined(chunks))
    assert reader.ended
    assert reader.count == sum(map(len, chunks))
    assert reader.offset == offset + len(octets_of(text))


@pytest.mark.parametrize(("elements", "syntax", "offset", "chunks", "text"), VECTORS)
def test_t55_every_cut_gives_the_same_elements(
    elements: Elements, syntax: Syntax, offset: int, chunks: list[Any], text: str
) -> None:
    octets = octets_of(text, "ff")
    for first in range(len(octets) + 1):
        for second in range(first, len(octets) + 1):
            reader = ChunkReader(elements, syntax, "little", offset)
            assert fed(reader, octets, first, second) == list(joined(chunks))


@pytest.mark.parametrize("syntax", [NDR, NDR64], ids=repr)
@pytest.mark.parametrize("elements", [BYTE, SHORT, LONG, HYPER, RECORD])
def test_t55_one_octet_at_a_time_gives_the_same_elements(
    elements: Elements, syntax: Syntax
) -> None:
    def element(number: int) -> Any:
        return (number, -number) if elements is RECORD else number

    values = [element(number) for number in range(100)]
    chunks = [values[:1], values[1:8], values[8:40], values[40:]]
    data = [bytes(chunk) for chunk in chunks] if elements is BYTE else chunks
    octets = written(ChunkWriter(elements, syntax, "little", 3), data)
    reader = ChunkReader(elements, syntax, "little", 3)
    assert fed(reader, octets, *range(1, len(octets))) == values


def test_t56_alignment_counts_from_the_stub_not_the_fragment() -> None:
    octets = written(ChunkWriter(HYPER, NDR, "little", 4), [[1, 2], [3]])
    reader = ChunkReader(HYPER, NDR, "little", 4)
    # The first fragment has 12 octets of stub data: 4 before the pipe, 8 of it.
    assert fed(reader, octets, 8) == [1, 2, 3]


def test_t57_what_follows_the_end_marker_is_not_taken() -> None:
    reader = ChunkReader(BYTE, NDR)
    assert reader.feed(octets_of("01000000 61...... 00000000 99999999")) == 12
    assert reader.ended
    assert reader.feed(b"more") == 0
    assert reader.take() == b"a"


@pytest.mark.parametrize("trailer", ["fcffffffffffffff", "0300000000000000"])
def test_t59_wrong_ndr64_trailer_is_bad_stub_data(trailer: str) -> None:
    reader = ChunkReader(BYTE, NDR64)
    with pytest.raises(UnmarshalError, match="trailer") as caught:
        reader.feed(octets_of("0300000000000000 616263..........") + octets_of(trailer))
    assert caught.value.status == 1783


def test_t59_missing_ndr64_trailer_is_bad_stub_data() -> None:
    reader = ChunkReader(BYTE, NDR64)
    with pytest.raises(UnmarshalError, match="trailer"):
        reader.feed(
            octets_of("0300000000000000 616263..........")
            + bytes(16)  # the end marker, with its own trailer
        )


def test_t59_end_marker_has_a_trailer_too() -> None:
    reader = ChunkReader(BYTE, NDR64)
    assert reader.feed(bytes(8)) == 8
    assert not reader.ended
    with pytest.raises(UnmarshalError, match="trailer 0x1 instead of 0x0"):
        reader.feed(b"\1" + bytes(7))


@pytest.mark.parametrize("syntax", [NDR, NDR64], ids=repr)
def test_t60_big_endian_by_hand(syntax: Syntax) -> None:
    short = Records("h", 2, "big")
    octets = {
        "NDR": "00000001 0102.... 00000000",
        "NDR64": "0000000000000001 0102............ ffffffffffffffff"
        "0000000000000000 0000000000000000",
    }[syntax.name]
    assert written(ChunkWriter(short, syntax, "big"), [[0x102]]) == octets_of(octets)
    assert fed(ChunkReader(short, syntax, "big"), octets_of(octets)) == [0x102]


@pytest.mark.parametrize(
    ("syntax", "count"),
    [(NDR, 2**31), (NDR, 2**32 - 1), (NDR64, 2**31), (NDR64, 2**64 - 1)],
)
def test_case_81_count_over_2_to_the_31_is_bad_stub_data(
    syntax: Syntax, count: int
) -> None:
    reader = ChunkReader(BYTE, syntax)
    with pytest.raises(UnmarshalError, match=f"{count} elements, more than 2147483647"):
        reader.feed(count.to_bytes(syntax.count_size, "little"))


def test_t61_large_count_holds_no_more_than_it_was_fed() -> None:
    reader = ChunkReader(HYPER, NDR)
    reader.feed(octets_of("ffffff7f") + bytes(4 + 20))
    assert reader.available == 2
    assert reader.take() == [0, 0]
    with pytest.raises(UnmarshalError, match="2147483645 elements of a chunk are miss"):
        reader.check_ended()


@pytest.mark.parametrize("length", range(12))
def test_t62_missing_end_marker_is_bad_stub_data(length: int) -> None:
    reader = ChunkReader(LONG, NDR)
    reader.feed(octets_of("01000000 05000000 00000000")[:length])
    with pytest.raises(UnmarshalError, match="before the end of a pipe") as caught:
        reader.check_ended()
    assert caught.value.status == 1783


def test_t89_chunk_outside_its_range_is_an_invalid_bound() -> None:
    for count in (1, 5):
        reader = ChunkReader(BYTE, NDR, low=2, high=4)
        with pytest.raises(UnmarshalError, match=r"outside 2\.\.4") as caught:
            reader.feed(count.to_bytes(4, "little"))
        assert caught.value.status == 1734


def test_t89_end_marker_is_exempt_from_the_range() -> None:
    reader = ChunkReader(BYTE, NDR, low=2, high=4)
    assert fed(reader, octets_of("02000000 6162.... 00000000")) == list(b"ab")


def counts_of(octets: bytes, elements: Elements, offset: int = 0) -> list[int]:
    """The counts of the chunks in *octets*, by a reader that goes octet by octet."""
    reader = ChunkReader(elements, NDR, "little", offset)
    counts: list[int] = []
    for number in range(len(octets)):
        before = reader._elements_left
        reader.feed(octets[number : number + 1])
        if reader._elements_left > before:
            counts.append(reader._elements_left)
    return counts


@pytest.mark.parametrize(
    ("count", "low", "high", "counts"),
    [
        (10, 1, 4, [4, 3, 3]),
        (4, 1, 4, [4]),
        (5, 2, 4, [3, 2]),
        (1, 1, 4, [1]),
        (9, None, 8, [5, 4]),
    ],
)
def test_t89_large_pushes_are_split_into_their_range(
    count: int, low: int | None, high: int, counts: list[int]
) -> None:
    writer = ChunkWriter(SHORT, NDR, "little", 0, low, high)
    octets = written(writer, [list(range(count))])
    assert counts_of(octets, SHORT) == counts
    reader = ChunkReader(SHORT, NDR, "little", 0, low, high)
    assert fed(reader, octets) == list(range(count))


@pytest.mark.parametrize(("count", "low", "high"), [(1, 2, 4), (5, 4, 4), (7, 5, 6)])
def test_push_that_no_chunks_fit_is_a_marshal_error(
    count: int, low: int, high: int
) -> None:
    writer = ChunkWriter(LONG, NDR, low=low, high=high)
    with pytest.raises(MarshalError, match=f"{count} elements do not fit") as caught:
        writer.write([0] * count)
    assert caught.value.status == 1734
    assert writer.offset == writer.count == 0


def test_empty_push_writes_nothing() -> None:
    writer = ChunkWriter(BYTE, NDR, low=4, high=8)
    assert writer.write(b"") == ([], 0)
    assert writer.offset == 0


def test_nothing_is_written_after_the_end() -> None:
    writer = ChunkWriter(BYTE, NDR)
    writer.end()
    with pytest.raises(PipeClosedError):
        writer.write(b"a")
    with pytest.raises(PipeClosedError):
        writer.end()


@pytest.mark.parametrize("elements", [BYTE, SHORT, LONG, HYPER])
@pytest.mark.parametrize("count", range(1, 40))
def test_push_to_flush_ends_at_a_multiple_of_8(elements: Elements, count: int) -> None:
    data: Any = bytes(count) if elements is BYTE else [0] * count
    writer = ChunkWriter(elements, NDR)
    for _ in range(2):
        writer.write(data, to_flush=True)
        assert writer.offset % 8 == 0


@pytest.mark.parametrize("offset", range(0, 12, 4))
@pytest.mark.parametrize("count", range(1, 20))
def test_push_to_flush_carries_the_same_elements(count: int, offset: int) -> None:
    data = bytes(range(count))
    writer = ChunkWriter(BYTE, NDR, "little", offset)
    parts, _ = writer.write(data, to_flush=True)
    octets = b"".join(parts) + b"".join(writer.end()[0])
    assert fed(ChunkReader(BYTE, NDR, "little", offset), octets) == list(data)


def test_push_to_flush_keeps_its_range() -> None:
    writer = ChunkWriter(BYTE, NDR, low=3, high=8)
    parts, _ = writer.write(bytes(5), to_flush=True)
    octets = b"".join(parts) + b"".join(writer.end()[0])
    assert counts_of(octets, BYTE) == [5]


def test_octets_are_not_copied_unless_they_can_change() -> None:
    data = bytes(100)
    assert ChunkWriter(BYTE, NDR).write(data)[0][1] is data
    changing = bytearray(100)
    parts, _ = ChunkWriter(BYTE, NDR).write(changing)
    changing[0] = 1
    assert bytes(parts[1]) == bytes(100)


@pytest.mark.parametrize("make", [bytes, bytearray, lambda d: memoryview(bytes(d))])
def test_huge_pushes_are_split(make: Callable[[bytes], Any]) -> None:
    data = make(random.Random(1).randbytes(1_000_001))
    pieces = list(ChunkWriter(BYTE, NDR).split(data))
    assert max(map(len, pieces)) <= 2**18 + 1
    assert b"".join(pieces) == bytes(data)


def test_huge_lists_are_split() -> None:
    data = list(range(200_000))
    pieces = list(ChunkWriter(HYPER, NDR).split(data))
    assert [len(piece) for piece in pieces[:-1]] == [32_768] * (len(pieces) - 1)
    assert joined(pieces) == data


def test_small_pushes_are_not_split() -> None:
    for data in (b"abc", [1, 2]):
        assert list(ChunkWriter(LONG, NDR).split(data)) == [data]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_limit_is_kept_and_nothing_is_lost(limit: int) -> None:
    reader = ChunkReader(RECORD, NDR)
    values = [(number, number) for number in range(50)]
    octets = written(
        ChunkWriter(RECORD, NDR), [values[:20], values[20:21], values[21:]]
    )
    reader.feed(octets)
    got: list[Any] = []
    while reader.available:
        some = reader.take(limit)
        assert 1 <= len(some) <= limit
        got += some
    assert got == values
    assert reader.take() == []


def test_small_runs_are_joined() -> None:
    reader = ChunkReader(BYTE, NDR)
    reader.feed(written(ChunkWriter(BYTE, NDR), [b"a", b"bc", b"def"]))
    assert reader.take() == b"abcdef"


def test_large_runs_are_given_as_they_came() -> None:
    reader = ChunkReader(BYTE, NDR)
    reader.feed(written(ChunkWriter(BYTE, NDR), [bytes(50_000), bytes(40_000)]))
    assert [len(reader.take()), len(reader.take())] == [50_000, 40_000]


def test_limit_below_one_is_refused_and_harms_nothing() -> None:
    reader = ChunkReader(BYTE, NDR)
    reader.feed(written(ChunkWriter(BYTE, NDR), [b"a"]))
    for limit in (0, -1):
        with pytest.raises(ValueError, match="less than 1"):
            reader.take(limit)
    assert reader.take() == b"a"


def test_elements_without_octets_are_counted_within_a_limit() -> None:
    empty = Records("", 1)
    reader = ChunkReader(empty, NDR)
    with pytest.raises(UnmarshalError, match="100000 elements without octets"):
        reader.feed((100_000).to_bytes(4, "little"))


def test_random_octets_give_elements_or_unmarshal_errors() -> None:
    randomly = random.Random(6)
    for _ in range(2000):
        kinds: list[Elements] = [BYTE, SHORT, HYPER, RECORD]
        elements = randomly.choice(kinds)
        syntax = randomly.choice([NDR, NDR64])
        reader = ChunkReader(elements, syntax, "little", randomly.randrange(8))
        octets = bytearray(randomly.randbytes(randomly.randrange(60)))
        for position in range(0, len(octets), 4):
            octets[position + 1 : position + 4] = bytes(
                len(octets[position + 1 : position + 4])
            )
        try:
            while octets:
                count = randomly.randint(1, len(octets))
                reader.feed(bytes(octets[:count]))
                del octets[:count]
                taken(reader)
        except UnmarshalError:
            pass
