"""Runs of elements side by side, as pipes carry them."""

from __future__ import annotations

from array import array
from typing import Any
from uuid import UUID

import pytest

from midlpy.runtime import ndr
from midlpy.runtime.errors import MarshalError, UnmarshalError


class Gap(ndr.Struct):
    wide: int = 0
    narrow: int = 0


class Nothing(ndr.Struct):
    pass


class Color(ndr.Enum16):
    RED = 0


GAP = ndr.struct(Gap, wide=ndr.UINT32, narrow=ndr.UINT16)


@pytest.mark.parametrize(
    ("syntax", "byte_order", "octets"),
    [
        (ndr.NDR, "little", "01000000 0200 0000 03000000 0400"),
        (ndr.NDR, "big", "00000001 0002 0000 00000003 0004"),
        (ndr.NDR64, "little", "01000000 0200 0000 03000000 0400 0000"),
    ],
)
def test_only_the_last_element_has_no_gap(
    syntax: ndr.Syntax, byte_order: ndr.ByteOrder, octets: str
) -> None:
    elements = ndr.elements(GAP, syntax, byte_order)
    values = [Gap(1, 2), Gap(3, 4)]
    packed = bytes.fromhex(octets)
    assert elements.pack(values) == packed
    assert elements.unpack(packed) == values
    assert (elements.alignment, elements.stride) == (4, 8)
    assert elements.size == (6 if syntax is ndr.NDR else 8)
    assert elements.octets(2) == len(packed)
    assert elements.octets(0) == 0


def test_a_run_may_end_in_the_gap_to_the_next() -> None:
    elements = ndr.elements(GAP, ndr.NDR)
    assert elements.unpack(bytes(elements.pack([Gap(1, 2)])) + b"??") == [Gap(1, 2)]


def test_octets_are_the_buffer_itself() -> None:
    elements = ndr.elements(ndr.OCTET, ndr.NDR)
    data = bytearray(b"abc")
    assert elements.is_octets
    assert elements.pack(data) is data
    assert elements.count(memoryview(b"abc")) == 3
    assert elements.unpack(memoryview(b"abc")) == b"abc"


def test_octets_may_be_strided_or_listed() -> None:
    elements = ndr.elements(ndr.OCTET, ndr.NDR)
    assert bytes(elements.pack(memoryview(b"abcdef")[::2])) == b"ace"
    assert elements.pack([1, 255]) == b"\x01\xff"


@pytest.mark.parametrize("wrong", [array("I", [1]), [256], ["a"], "text", 5])
def test_what_is_not_made_of_octets_is_refused(wrong: object) -> None:
    with pytest.raises(MarshalError, match="octets"):
        ndr.elements(ndr.OCTET, ndr.NDR).pack(wrong)


def test_a_strided_buffer_of_numbers_keeps_its_items() -> None:
    elements = ndr.elements(ndr.INT32, ndr.NDR)
    every_other = memoryview(array("i", range(6)))[::2]
    assert elements.pack(every_other) == bytes.fromhex("00000000 02000000 04000000")


def test_a_set_has_no_order_and_is_no_run() -> None:
    with pytest.raises(MarshalError, match="list of numbers"):
        ndr.elements(ndr.INT32, ndr.NDR).pack({1, 2})


@pytest.mark.parametrize(
    ("codec", "values"),
    [
        (ndr.INT16, [1, -2]),
        (ndr.BOOLEAN, [True, False]),
        (ndr.FLOAT64, [1.5]),
        (ndr.UUID, [UUID(int=5)]),
        (ndr.enum(Color), [Color.RED, Color(7)]),
        (ndr.fixed(ndr.UINT16, 2), [[1, 2], [3, 4]]),
        (ndr.octets(3), [b"abc", b"def"]),
        (ndr.INT64, []),
    ],
)
def test_runs_of_any_fixed_type_come_back(
    codec: ndr.Codec[Any], values: list[Any]
) -> None:
    for syntax in (ndr.NDR, ndr.NDR64):
        for byte_order in ndr.syntax.BYTE_ORDERS:
            elements = ndr.elements(codec, syntax, byte_order)
            packed = elements.pack(values)
            assert len(packed) == elements.octets(len(values))
            assert elements.unpack(packed) == values


def test_elements_without_octets_are_counted() -> None:
    elements = ndr.elements(ndr.struct(Nothing), ndr.NDR)
    assert elements.pack([Nothing()] * 2) == b""
    assert elements.unpack(b"", 3) == [Nothing()] * 3


def test_a_wrong_element_is_named() -> None:
    elements = ndr.elements(GAP, ndr.NDR)
    with pytest.raises(
        MarshalError,
        match=r"^elements\[1\]\.narrow is 65536, which does not fit an unsigned short$",
    ):
        elements.pack([Gap(), Gap(1, 65536)])
    with pytest.raises(MarshalError, match="which is not a list"):
        elements.pack(5)


def test_an_element_out_of_its_range_is_an_unmarshal_error() -> None:
    with pytest.raises(UnmarshalError, match="32768, which does not fit an enum"):
        ndr.elements(ndr.enum(Color), ndr.NDR).unpack(b"\x00\x80")


def test_types_of_varying_size_are_no_elements() -> None:
    for codec in (ndr.WIDE_STRING, ndr.unique(ndr.UINT32), ndr.array(ndr.UINT32)):
        with pytest.raises(TypeError, match="not of a fixed size"):
            ndr.elements(codec, ndr.NDR)
