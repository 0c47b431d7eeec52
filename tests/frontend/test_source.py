"""Decoding, and the way back from offsets."""

from __future__ import annotations

import codecs

import pytest

from midlpy.frontend.source import Original, Segment, SourceFile, decode


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(b"long a;", "long a;", id="ascii"),
        pytest.param("é".encode(), "é", id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + "é".encode(), "é", id="utf-8 with mark"),
        pytest.param(
            codecs.BOM_UTF16_LE + "é".encode("utf-16-le"), "é", id="utf-16-le"
        ),
        pytest.param(
            codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "é", id="utf-16-be"
        ),
        pytest.param(b"\xe9\x96", "é\u2013", id="cp1252"),
        pytest.param(b"\xe9\x81", "é\ufffd", id="cp1252 has no 0x81"),
        pytest.param(b"a\r\nb\rc\n", "a\nb\nc\n", id="line ends"),
        pytest.param(b"a\n\x1a", "a\n", id="Ctrl-Z at the end"),
        pytest.param(b"a\n\x1arubbish", "a\n", id="Ctrl-Z ends the text"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_text_is_decoded_whatever_editor_wrote_it(octets: bytes, text: str) -> None:
    assert decode(octets) == text


def test_a_place_counts_lines_and_columns_from_one() -> None:
    original = Original("a.idl", "ab\ncd\n")
    assert original.place(0, 2) == ("a.idl", 1, 1, 1, 3)
    assert original.place(3, 5) == ("a.idl", 2, 1, 2, 3)
    assert original.place(1, 4) == ("a.idl", 1, 2, 2, 2)
    assert original.place(6, 6) == ("a.idl", 3, 1, 3, 1)


def test_offset_is_the_inverse_of_place() -> None:
    original = Original("a.idl", "ab\ncd\n").renamed("b.idl", 10)
    for offset in range(7):
        _, line, column, _, _ = original.place(offset, offset)
        assert original.offset(line, column) == offset


def test_a_renamed_original_counts_on_from_the_marker() -> None:
    renamed = Original("a.i", "x\ny\n").renamed("b.idl", 98)
    assert renamed.place(2, 3) == ("b.idl", 100, 1, 100, 2)


def test_segments_lead_back_to_their_own_file() -> None:
    first = Original("a.idl", "one N two")
    second = Original("b.h", "inner")
    source = SourceFile(
        "a.idl",
        "one  42 inner two",
        first,
        (
            Segment(0, first, 0),
            Segment(4, first, 4, 5),  # N stands for 42
            Segment(8, second, 0),
            Segment(13, first, 5),
        ),
    )
    places = source.places([0, 5, 8, 14], [3, 7, 13, 17])
    assert places == [
        ("a.idl", 1, 1, 1, 4),
        ("a.idl", 1, 5, 1, 6),
        ("b.h", 1, 1, 1, 6),
        ("a.idl", 1, 7, 1, 10),
    ]
    assert source.origin(5, 7) == (first, 4, 5)
    assert source.origin(8, 13) == (second, 0, 5)
