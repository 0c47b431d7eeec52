"""Values that the user's code converts: what travels, where, and what goes wrong."""

from __future__ import annotations

import datetime
from typing import TypeAlias

import pytest

from midlpy.runtime import ndr
from midlpy.runtime.errors import MarshalError, UnmarshalError
from midlpy.runtime.ndr import NDR, NDR64, ByteOrder, Syntax

EPOCH = datetime.date(2000, 1, 1)


class Days(ndr.Converter[int, datetime.date]):
    """A date as the days since 2000."""

    Value: TypeAlias = datetime.date

    def to_wire(self, value: datetime.date) -> int:
        return (value - EPOCH).days

    def from_wire(self, wire: int) -> datetime.date:
        return EPOCH + datetime.timedelta(days=wire)

    def zero(self) -> datetime.date:
        return EPOCH


class WireName(ndr.Struct):
    """What travels for a name."""

    kind: int = 0
    text: str | None = None


class Upper(ndr.Converter[WireName, str]):
    """A name as its text; the empty one is a null pointer."""

    Value: TypeAlias = str

    def to_wire(self, value: str) -> WireName:
        return WireName(7, value.upper() or None)

    def from_wire(self, wire: WireName) -> str:
        if wire.kind != 7:
            raise LookupError(f"kind {wire.kind}")
        return (wire.text or "").lower()

    def zero(self) -> str:
        return ""


DATE = ndr.converted(ndr.UINT16, Days())
NAME = ndr.converted(
    ndr.struct(WireName, kind=ndr.UINT32, text=ndr.unique(ndr.WIDE_STRING)), Upper()
)


class Visit(ndr.Struct):
    """Converted values among others."""

    flag: int = 0
    day: datetime.date = ndr.default(DATE.zero)
    names: list[str] | None = None
    count: int = 0
    best: str | None = None


VISIT = ndr.struct(
    Visit,
    flag=ndr.UINT8,
    day=DATE,
    names=ndr.unique(ndr.array(NAME, size_is="count")),
    count=ndr.UINT32,
    best=ndr.full(NAME),
)

DAY = datetime.date(2000, 2, 1)  # 31 = 0x1f


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize(
    ("syntax", "order", "wanted"),
    [
        (NDR, "little", "1f00"),
        (NDR, "big", "001f"),
        (NDR64, "little", "1f00"),
    ],
)
def test_the_wire_type_travels(syntax: Syntax, order: ByteOrder, wanted: str) -> None:
    encoded = ndr.encode(DATE, DAY, syntax=syntax, byte_order=order)
    assert encoded == octets(wanted)
    assert ndr.decode(DATE, encoded, syntax=syntax, byte_order=order) == DAY


NDR_VISIT = (
    "05 00 1f00"  # flag, gap, day
    "04000200"  # names: referent id, whatever it is
    "02000000"  # count, taken from the list
    "0c000200"  # best: referent id
    "02000000"  # names: maximum count
    "07000000 18000200"  # names[0]: kind, referent id of its text
    "07000000 00000000"  # names[1]: kind, null
    "02000000 00000000 02000000 4100 0000"  # "A"
    "07000000 3c000200"  # best: kind, referent id
    "02000000 00000000 02000000 4200 0000"  # "B"
)
NDR64_VISIT = (
    "05 00 1f00 00000000"  # flag, day, gap
    "0800020000000000"  # names
    "02000000 00000000"  # count, gap
    "1800020000000000"  # best
    "0200000000000000"  # names: maximum count
    "07000000 00000000 3000020000000000"  # names[0]
    "07000000 00000000 0000000000000000"  # names[1]
    "0200000000000000 0000000000000000 0200000000000000 4100 0000"  # "A"
    "00000000"  # gap
    "07000000 00000000 7000020000000000"  # best
    "0200000000000000 0000000000000000 0200000000000000 4200 0000"  # "B"
)


def without_referent_ids(encoded: bytes, syntax: Syntax) -> bytes:
    """The same with every referent id zero: ids are the sender's to choose."""
    places = {NDR: (4, 12, 24, 56), NDR64: (8, 24, 48, 104)}[syntax]
    out = bytearray(encoded)
    for place in places:
        assert any(out[place : place + syntax.pointer_size])
        out[place : place + syntax.pointer_size] = bytes(syntax.pointer_size)
    return bytes(out)


@pytest.mark.parametrize(("syntax", "wanted"), [(NDR, NDR_VISIT), (NDR64, NDR64_VISIT)])
def test_conversion_in_members_elements_and_behind_pointers(
    syntax: Syntax, wanted: str
) -> None:
    visit = Visit(flag=5, day=DAY, names=["a", ""], best="b")
    encoded = ndr.encode(VISIT, visit, syntax=syntax)
    plain = without_referent_ids(encoded, syntax)
    assert plain == without_referent_ids(octets(wanted), syntax)
    assert ndr.decode(VISIT, octets(wanted), syntax=syntax) == Visit(
        flag=5, day=DAY, names=["a", ""], count=2, best="b"
    )


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("syntax", [NDR, NDR64])
@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (ndr.fixed(DATE, 3), [DAY, EPOCH, DAY]),
        (ndr.array(DATE), [DAY] * 3),
        (ndr.array(ndr.unique(NAME)), ["x", None, ""]),
        (ndr.array(ndr.array(DATE)), [[DAY, EPOCH], [EPOCH, DAY]]),
        (ndr.ref(NAME), "x"),
        (ndr.unique(DATE), None),
        (ndr.array(VISIT), [Visit(names=["q"], best="r"), Visit()]),
        (ndr.lazy(lambda: NAME), "later"),
        (ndr.array(ndr.lazy(lambda: NAME)), ["later", "still"]),
    ],
    ids=str,
)
def test_every_position_round_trips(
    codec: ndr.Codec[object], value: object, syntax: Syntax, order: ByteOrder
) -> None:
    encoded = ndr.encode(codec, value, syntax=syntax, byte_order=order)
    decoded = ndr.decode(codec, encoded, syntax=syntax, byte_order=order)
    if isinstance(value, list) and isinstance(value[0], Visit):
        value[0].count = 1  # the data's
    assert decoded == value


class Chosen(ndr.Struct):
    """A union of a converted value and a plain one."""

    tag: int = 1
    arm: str | int | None = ""


CHOSEN = ndr.encapsulated(
    Chosen, tag=ndr.UINT32, arm=ndr.union(ndr.UINT32, {1: NAME, 2: ndr.UINT32})
)


def test_an_arm_of_a_union_is_converted() -> None:
    encoded = ndr.encode(CHOSEN, Chosen(1, ""))
    assert encoded == octets("01000000 07000000 00000000")
    assert ndr.decode(CHOSEN, encoded) == Chosen(1, "")
    assert ndr.encode(CHOSEN, Chosen(2, 9)) == octets("02000000 09000000")
    filled = ndr.encode(CHOSEN, Chosen(1, "x"))
    assert ndr.decode(CHOSEN, filled) == Chosen(1, "x")


def test_a_value_of_defaults_encodes() -> None:
    assert ndr.encode(VISIT, Visit()) == bytes(16)


def test_a_refusal_names_the_value_the_converter_and_the_reason() -> None:
    visit = Visit(names=["a", None])  # type: ignore[list-item]
    with pytest.raises(MarshalError) as raised:
        ndr.encode(VISIT, visit)
    assert ".names[1] is None, which Upper does not convert: AttributeError" in str(
        raised.value
    )


def test_what_the_converter_gives_must_fit_the_wire() -> None:
    with pytest.raises(MarshalError, match="does not fit an unsigned short"):
        ndr.encode(DATE, datetime.date(1999, 1, 1))


def test_octets_the_converter_refuses_are_named_with_their_path() -> None:
    wrong = octets(NDR_VISIT.replace("07000000 18", "08000000 18"))
    with pytest.raises(UnmarshalError, match=r"names\[0\] is WireName.*kind 8"):
        ndr.decode(VISIT, wrong)


def test_every_truncation_is_bad_stub_data() -> None:
    whole = octets(NDR_VISIT)
    for length in range(len(whole)):
        with pytest.raises(UnmarshalError):
            ndr.decode(VISIT, whole[:length])
