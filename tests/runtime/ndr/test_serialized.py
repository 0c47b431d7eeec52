"""Type serialization: octets of MS-RPCE 2.2.6, worked out by hand or agreed on by others.

The first two buffers are written alike by Samba's libndr and by go-msrpc.
"""

from __future__ import annotations

from typing import Any

import pytest

import midlpy
from midlpy.runtime.errors import MarshalError, UnmarshalError

IDL = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0), pointer_default(unique)]
interface buffers
{
    typedef struct { unsigned long l; unsigned short s; } GAP;
    typedef struct { [unique, string] wchar_t *s; } STR;
    typedef GAP *PGAP;
    typedef long NUMBER;
    typedef [range(1, 5)] short FEW;
    typedef enum { A, B } LETTER;
}
"""
BUFFERS: Any = midlpy.load_text(IDL, acf="[encode, decode] interface buffers { }")

HEADER = "01100800 cccccccc "
GAP = bytes.fromhex(HEADER + "08000000 00000000 01000000 0200 0000")
STR = bytes.fromhex(
    HEADER + "18000000 00000000"
    "00000200 03000000 00000000 03000000 4100 4200 0000 0000"
)
PGAP = bytes.fromhex(HEADER + "10000000 00000000 00000200 01000000 0200 0000 00000000")
BIG_GAP = bytes.fromhex("01000800 cccccccc 00000008 00000000 00000001 0002 0000")
# Numbers have no header of their own; they take eight octets all the same.
NUMBER = bytes.fromhex(HEADER + "05000000 00000000")
FEW = bytes.fromhex(HEADER + "0300 0000 00000000")
LETTER = bytes.fromhex(HEADER + "0100 0000 00000000")

CASES = [
    pytest.param("GAP_SERIALIZED", lambda: BUFFERS.Gap(l=1, s=2), GAP, id="struct"),
    pytest.param("STR_SERIALIZED", lambda: BUFFERS.Str(s="AB"), STR, id="string"),
    pytest.param("PGAP_SERIALIZED", lambda: BUFFERS.Gap(l=1, s=2), PGAP, id="pointer"),
    pytest.param("NUMBER_SERIALIZED", lambda: 5, NUMBER, id="number"),
    pytest.param("FEW_SERIALIZED", lambda: 3, FEW, id="range"),
    pytest.param("LETTER_SERIALIZED", lambda: BUFFERS.Letter.B, LETTER, id="enum"),
]


@pytest.mark.parametrize(("name", "value", "octets"), CASES)
def test_a_value_has_a_buffer(name: str, value: Any, octets: bytes) -> None:
    serialized = getattr(BUFFERS, name)
    # A referent id is the writer's choice; nothing else is.
    written = serialized.dumps(value())
    if octets[16:20] == b"\0\0\2\0":
        assert written[16:20] != bytes(4)
        written = written[:16] + octets[16:20] + written[20:]
    assert written == octets
    assert serialized.loads(octets) == value()


def test_the_header_tells_the_byte_order() -> None:
    value = BUFFERS.Gap(l=1, s=2)
    assert BUFFERS.GAP_SERIALIZED.dumps(value, byte_order="big") == BIG_GAP
    assert BUFFERS.GAP_SERIALIZED.loads(BIG_GAP) == value


def test_a_null_pointer_is_a_value() -> None:
    octets = bytes.fromhex(HEADER + "08000000 00000000 00000000 00000000")
    assert BUFFERS.PGAP_SERIALIZED.dumps(None) == octets
    assert BUFFERS.PGAP_SERIALIZED.loads(octets) is None


@pytest.mark.parametrize("counted", [True, False], ids=["uncounted", "missing"])
def test_padding_may_be_missing(counted: bool) -> None:
    data = "00000200 01000000 0200 0000"
    octets = bytes.fromhex(HEADER + "0c000000 cccccccc" + data + "00000000" * counted)
    assert BUFFERS.PGAP_SERIALIZED.loads(octets) == BUFFERS.Gap(l=1, s=2)


@pytest.mark.parametrize(
    ("name", "octets"), [("GAP", GAP), ("STR", STR), ("NUMBER", NUMBER)]
)
def test_every_truncation_is_an_unmarshal_error(name: str, octets: bytes) -> None:
    serialized = getattr(BUFFERS, f"{name}_SERIALIZED")
    least = 12 if name == "NUMBER" else len(octets)
    for length in range(least):
        with pytest.raises(UnmarshalError, match=f"serialized {name}"):
            serialized.loads(octets[:length])


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"\2" + GAP[1:], "version 2"),
        (GAP[:1] + b"\x11" + GAP[2:], "no header"),
        (GAP[:2] + b"\x09" + GAP[3:], "no header"),
        (GAP + bytes(8), "followed by 8 octets"),
        (GAP + bytes(1), "followed by 1 octets"),
        (GAP[:8] + b"\x10" + GAP[9:] + bytes(8), "takes 6 octets of 16"),
        (GAP[:8] + b"\xff\xff\xff\xff" + GAP[12:], "4294967295 octets follow, 8 do"),
    ],
)
def test_what_is_wrong_with_a_buffer_is_said(octets: bytes, message: str) -> None:
    with pytest.raises(UnmarshalError, match=message):
        BUFFERS.GAP_SERIALIZED.loads(octets)


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MarshalError, match=r"serialized GAP: value\.s"):
        BUFFERS.GAP_SERIALIZED.dumps(BUFFERS.Gap(s=70000))
