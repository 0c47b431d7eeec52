"""Octets from a transport become PDUs, however they are cut."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.ndr.syntax import BYTE_ORDERS, ByteOrder
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import RECEIVE_BUFFER_OCTETS, ReceiveBuffer
from midlpy.runtime.pdu.types import CoCancel, Pdu, Request, Shutdown

PDUS: list[Pdu] = [
    Request(call_id=1, context_id=0, opnum=0, stub_data=b"abc"),
    CoCancel(call_id=1),
    Request(call_id=2, context_id=0, opnum=0, stub_data=bytes(65_511)),
    Request(call_id=3, byte_order="big", context_id=0, opnum=0, stub_data=b"x" * 300),
    Shutdown(call_id=0, byte_order="big"),
    Request(call_id=4, context_id=0, opnum=0, stub_data=b""),
]
STREAM = b"".join(encode(pdu) for pdu in PDUS)


def taken(pdus: Iterator[memoryview]) -> list[bytes]:
    return [bytes(pdu) for pdu in pdus]


def test_all_at_once_gives_every_pdu() -> None:
    assert taken(ReceiveBuffer().feed(STREAM)) == [encode(pdu) for pdu in PDUS]


@pytest.mark.parametrize("step", [1, 2, 7, 15, 16, 17, 1000, 65_535])
def test_any_step_gives_the_same_pdus(step: int) -> None:
    buffer = ReceiveBuffer()
    pdus: list[bytes] = []
    for start in range(0, len(STREAM), step):
        pdus += taken(buffer.feed(STREAM[start : start + step]))
    assert pdus == [encode(pdu) for pdu in PDUS]
    assert buffer.is_empty


def test_any_split_gives_the_same_pdus() -> None:
    randomly = random.Random(5)
    stream = STREAM * 5
    buffer = ReceiveBuffer()
    pdus: list[bytes] = []
    position = 0
    while position < len(stream):
        room = buffer.get_buffer()
        count = min(len(room), randomly.randint(1, 90_000), len(stream) - position)
        room[:count] = stream[position : position + count]
        position += count
        pdus += taken(buffer.advance(count))
    assert pdus == [encode(pdu) for pdu in PDUS] * 5


def test_room_is_never_empty() -> None:
    buffer = ReceiveBuffer()
    largest = encode(Request(call_id=1, context_id=0, opnum=0, stub_data=bytes(65_511)))
    for octets in (largest[:-1], largest[-1:] + largest[:-1]):
        room = buffer.get_buffer()
        assert len(room) >= RECEIVE_BUFFER_OCTETS // 2
        taken(buffer.feed(octets))


def test_part_of_a_pdu_is_not_empty() -> None:
    buffer = ReceiveBuffer()
    taken(buffer.feed(STREAM[:20]))
    assert not buffer.is_empty


@pytest.mark.parametrize("length", [0, 1, 15])
@pytest.mark.parametrize("byte_order", BYTE_ORDERS)
def test_case_2_fragment_shorter_than_its_header(
    length: int, byte_order: ByteOrder
) -> None:
    octets = bytearray(encode(CoCancel(call_id=1)))
    octets[4] = 0x10 if byte_order == "little" else 0
    octets[8:10] = length.to_bytes(2, byte_order)
    with pytest.raises(
        RemoteProtocolError, match=rf"fragment length {length} is outside 16\.\.65535"
    ):
        taken(ReceiveBuffer().feed(octets))


def test_pdus_before_a_bad_one_are_given() -> None:
    octets = encode(CoCancel(call_id=1)) + bytes(16)
    pdus = ReceiveBuffer().feed(octets)
    assert bytes(next(pdus)) == octets[:16]
    with pytest.raises(RemoteProtocolError):
        next(pdus)
