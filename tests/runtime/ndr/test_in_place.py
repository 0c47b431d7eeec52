"""Arrays and text whose counts stand in place, or do not travel; octets made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from midlpy.runtime import ndr, rpc


class Text(ndr.Struct):
    a: int = 0
    text: str = ""
    b: int = 0


class Row(ndr.Struct):
    n: int = 0
    row: list[Any] = ndr.default(list)
    b: int = 0


TEXT = ndr.struct(Text, a=ndr.UINT8, text=ndr.in_place(ndr.STRING), b=ndr.UINT16)
ROW = ndr.struct(
    Row,
    n=ndr.UINT8,
    row=ndr.uncounted(ndr.array(ndr.UINT16, size_is="n")),
    b=ndr.UINT8,
)
POINTERS = ndr.struct(
    Row,
    n=ndr.UINT32,
    row=ndr.uncounted(ndr.array(ndr.unique(ndr.UINT16), size_is="n")),
    b=ndr.UINT16,
)
LINE = ndr.struct(Text, a=ndr.UINT8, text=ndr.uncounted(ndr.STRING), b=ndr.UINT16)


CASES: list[tuple[Any, Any, ndr.Syntax, str]] = [
    # Maximum count, offset and actual count behind a, then "hi" and its zero.
    (
        TEXT,
        Text(1, "hi", 2),
        ndr.NDR,
        "01000000 03000000 00000000 03000000 68690000 0200",
    ),
    (
        TEXT,
        Text(1, "hi", 2),
        ndr.NDR64,
        "0100000000000000 0300000000000000 0000000000000000 0300000000000000 "
        "68690000 0200",
    ),
    # No count: n says it, and no gap where there are no elements.
    (ROW, Row(2, [3, 4], 5), ndr.NDR, "0200 0300 0400 05"),
    (ROW, Row(0, [], 5), ndr.NDR, "00 05"),
    (ROW, Row(2, [3, 4], 5), ndr.NDR64, "0200 0300 0400 0500"),
    # What the elements point to comes behind the struct.
    (
        POINTERS,
        Row(2, [7, None], 9),
        ndr.NDR,
        "02000000 04000200 00000000 0900 0700",
    ),
    (LINE, Text(1, "hi", 2), ndr.NDR, "01 686900 0200"),
    (LINE, Text(1, "h", 2), ndr.NDR, "01 6800 00 0200"),
    (LINE, Text(1, "", 2), ndr.NDR64, "01 00 0200"),
]


@pytest.mark.parametrize(("codec", "value", "syntax", "octets"), CASES)
def test_octets_are_those_made_by_hand(
    codec: Any, value: Any, syntax: ndr.Syntax, octets: str
) -> None:
    made = ndr.encode(codec, value, syntax=syntax)
    assert made.hex() == octets.replace(" ", "")
    assert ndr.decode(codec, made, syntax=syntax) == value


def test_big_octets_are_those_made_by_hand() -> None:
    octets = bytes.fromhex("01000000 00000002 00000000 00000002 6800 0002")
    value = Text(1, "h", 2)
    assert ndr.encode(TEXT, value, byte_order="big") == octets
    assert ndr.decode(TEXT, octets, byte_order="big") == value


def test_a_struct_with_a_count_ahead_is_an_element_when_its_count_is_in_place() -> None:
    class Two(ndr.Struct):
        a: int = 0
        text: str = ""

    last = ndr.struct(Two, a=ndr.UINT32, text=ndr.STRING)
    codec = ndr.array(ndr.in_place(last))
    value = [Two(1, "a"), Two(2, "")]
    octets = bytes.fromhex(
        "02000000"
        "02000000 01000000 00000000 02000000 6100 0000"
        "01000000 02000000 00000000 01000000 00"
    )
    assert ndr.encode(codec, value) == octets
    assert ndr.decode(codec, octets) == value


def test_data_says_how_many_there_are() -> None:
    assert ndr.encode(ROW, Row(0, [3, 4], 5)) == ndr.encode(ROW, Row(2, [3, 4], 5))
    with pytest.raises(rpc.MarshalError, match=r"row has 2 elements, but its count"):
        ndr.encode(ROW, Row(3, [3, 4], 5))


@pytest.mark.parametrize(
    ("codec", "octets", "message"),
    [
        (ROW, "0200 0300", "row"),
        (ROW, "ff", "row"),
        (LINE, "01 6869", r"text has no terminator behind offset 1"),
        (TEXT, "01000000 02000000 00000000 03000000 68690000 0200", "text"),
        (TEXT, "01000000 ffffffff 00000000 ffffffff 6869", "text"),
    ],
)
def test_octets_that_end_too_early_are_refused(
    codec: Any, octets: str, message: str
) -> None:
    with pytest.raises(rpc.UnmarshalError, match=message):
        ndr.decode(codec, bytes.fromhex(octets))


def test_a_count_below_zero_is_refused() -> None:
    codec = ndr.struct(
        Row,
        n=ndr.INT32,
        row=ndr.uncounted(ndr.array(ndr.UINT16, size_is="n")),
        b=ndr.UINT8,
    )
    with pytest.raises(rpc.UnmarshalError, match="cannot have -1 elements"):
        ndr.decode(codec, bytes.fromhex("ffffffff 00"))


def test_elements_whose_count_comes_later_cannot_be_read() -> None:
    class Late(ndr.Struct):
        row: list[int] = ndr.default(list)
        n: int = 0

    row = ndr.uncounted(ndr.array(ndr.UINT16, size_is="n"))
    codec = ndr.struct(Late, row=row, n=ndr.UINT16)
    octets = bytes.fromhex("0300 0400 0200")
    assert ndr.encode(codec, Late([3, 4], 2)) == octets
    with pytest.raises(rpc.UnmarshalError, match="n is not known ahead of it"):
        ndr.decode(codec, octets)


def test_text_without_counts_has_no_zero_in_it() -> None:
    with pytest.raises(rpc.MarshalError, match="text has a zero at 1"):
        ndr.encode(LINE, Text(1, "a\0b", 2))


@pytest.mark.parametrize(
    "make",
    [
        lambda: ndr.uncounted(ndr.array(ndr.UINT16)),
        lambda: ndr.uncounted(ndr.WIDE_STRING),
        lambda: ndr.uncounted(ndr.UINT16),
    ],
)
def test_what_would_have_no_end_is_no_codec(make: Any) -> None:
    with pytest.raises(TypeError):
        make()
