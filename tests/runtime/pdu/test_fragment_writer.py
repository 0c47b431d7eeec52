"""Stub data becomes fragments: whole, streamed, flushed, protected."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from midlpy.runtime.errors import LocalProtocolError
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.fragments import FragmentWriter, ReceiveBuffer
from midlpy.runtime.pdu.types import (
    AuthTrailer,
    Buffer,
    Flags,
    PduType,
    Request,
    Response,
)

OBJECT = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def writer(fragment_octets: int = 64) -> FragmentWriter:
    """40 octets of stub data fit a fragment of 64."""
    return FragmentWriter(
        type=PduType.REQUEST,
        call_id=9,
        context_id=2,
        opnum=7,
        fragment_octets=fragment_octets,
    )


def requests(buffers: list[Buffer]) -> list[Request]:
    pdus = [decode(pdu) for pdu in ReceiveBuffer().feed(b"".join(buffers))]
    assert all(isinstance(pdu, Request) for pdu in pdus)
    return [pdu for pdu in pdus if isinstance(pdu, Request)]


def stubs(buffers: list[Buffer]) -> list[bytes]:
    return [request.stub_data for request in requests(buffers)]


def flags(buffers: list[Buffer]) -> list[Flags]:
    return [request.flags for request in requests(buffers)]


def test_whole_stub_by_hand() -> None:
    assert b"".join(writer().finish([b"abc", b"de"], 5)) == bytes.fromhex(
        "05000003 10000000"  # version, request, first and last, little-endian
        "1d00 0000 09000000"  # 29 octets, no trailer, call 9
        "05000000 0200 0700"  # alloc_hint, context, opnum
        "6162636465"
    )


def test_response_has_its_type_and_no_opnum() -> None:
    buffers = FragmentWriter(
        type=PduType.RESPONSE, call_id=1, context_id=3, fragment_octets=64
    ).finish([b"a"], 1)
    assert decode(b"".join(buffers)) == Response(
        call_id=1, context_id=3, alloc_hint=1, stub_data=b"a"
    )


def test_parts_of_a_small_stub_are_not_copied() -> None:
    part = bytes(20)
    assert writer().finish([part], 20)[1] is part


def test_large_part_is_handed_on_in_views() -> None:
    part = bytes(range(200))
    buffers = writer().finish([part], 200)
    assert all(view.obj is part for view in buffers[1::2] if type(view) is memoryview)
    assert b"".join(stubs(buffers)) == part


def test_whole_stub_says_how_much_is_to_come() -> None:
    hints = [pdu.alloc_hint for pdu in requests(writer().finish([bytes(100)], 100))]
    assert hints == [100, 60, 20]


def test_stub_that_just_fits_is_one_fragment() -> None:
    assert flags(writer().finish([bytes(40)], 40)) == [Flags.FIRST | Flags.LAST]
    assert flags(writer().finish([bytes(41)], 41)) == [Flags.FIRST, Flags.LAST]


def test_empty_stub_is_one_fragment() -> None:
    assert stubs(writer().finish()) == [b""]


def test_fragments_are_filled_across_the_borders_of_parts() -> None:
    stream = writer()
    buffers = stream.add([b"a" * 30], 30)
    assert buffers == []
    buffers += stream.add([b"b" * 30, b"c" * 30], 60)
    buffers += stream.finish()
    assert stubs(buffers) == [
        b"a" * 30 + b"b" * 10,
        b"b" * 20 + b"c" * 20,
        b"c" * 10,
    ]
    assert flags(buffers) == [Flags.FIRST, Flags.NONE, Flags.LAST]


def test_64_kib_chunks_fill_fragments() -> None:
    stream = writer(65_528)
    chunk = bytes(65_536)
    buffers: list[Buffer] = []
    for _ in range(8):
        buffers += stream.add([chunk], len(chunk))
    buffers += stream.finish()
    lengths = [len(stub) for stub in stubs(buffers)]
    assert lengths == [65_504] * 8 + [8 * 32]


def test_offset_counts_what_was_taken_and_pending_what_is_held() -> None:
    stream = writer()
    stream.add([bytes(50)], 50)
    assert (stream.offset, stream.pending) == (50, 10)
    stream.flush()
    assert (stream.offset, stream.pending) == (50, 2)
    stream.finish([b"x"], 1)
    assert (stream.offset, stream.pending) == (51, 0)


def test_flush_leaves_what_is_no_multiple_of_8() -> None:
    stream = writer()
    stream.add([b"abc", b"defgh", b"ij", b"k"], 11)
    assert stubs(stream.flush()) == [b"abcdefgh"]
    assert stream.flush() == []
    assert stubs(stream.finish()) == [b"ijk"]


def test_flush_of_nothing_is_nothing() -> None:
    stream = writer()
    assert stream.flush() == []
    stream.add([b"1234567"], 7)
    assert stream.flush() == []


def test_last_fragment_after_a_flush_may_be_empty() -> None:
    stream = writer()
    stream.add([bytes(8)], 8)
    buffers = stream.flush() + stream.finish()
    assert stubs(buffers) == [bytes(8), b""]
    assert flags(buffers) == [Flags.FIRST, Flags.LAST]


def test_hint_of_a_streamed_fragment_is_more_than_it_carries() -> None:
    stream = writer()
    buffers = stream.add([bytes(90)], 90) + stream.flush()
    assert [pdu.alloc_hint for pdu in requests(buffers)] == [48, 48, 16]


def test_object_uuid_is_on_every_fragment() -> None:
    stream = FragmentWriter(
        type=PduType.REQUEST,
        call_id=1,
        context_id=0,
        fragment_octets=64,
        object_uuid=OBJECT,
    )
    pdus = requests(stream.finish([bytes(60)], 60))
    assert [pdu.object_uuid for pdu in pdus] == [OBJECT] * 3
    assert [len(pdu.stub_data) for pdu in pdus] == [24, 24, 12]


def test_nothing_comes_after_the_last_fragment() -> None:
    stream = writer()
    stream.finish()
    with pytest.raises(LocalProtocolError):
        stream.add([b"a"], 1)
    with pytest.raises(LocalProtocolError):
        stream.finish()


def test_finish_is_told_once() -> None:
    told: list[bool] = []
    stream = FragmentWriter(
        type=PduType.RESPONSE,
        call_id=1,
        context_id=0,
        fragment_octets=64,
        on_finish=lambda: told.append(True),
    )
    stream.add([bytes(100)], 100)
    assert not told
    stream.finish()
    assert told == [True]


def test_t64_every_fragment_but_the_last_is_a_multiple_of_8() -> None:
    randomly = random.Random(64)
    for _ in range(50):
        stream = writer(randomly.choice([64, 71, 1432, 5840]))
        sent = b""
        buffers: list[Buffer] = []
        for _ in range(randomly.randint(0, 30)):
            part = randomly.randbytes(randomly.randint(0, 300))
            sent += part
            buffers += stream.add([part], len(part))
            if randomly.random() < 0.3:
                buffers += stream.flush()
        buffers += stream.finish()
        pdus = requests(buffers)
        assert b"".join(pdu.stub_data for pdu in pdus) == sent
        assert all(len(pdu.stub_data) % 8 == 0 for pdu in pdus[:-1])
        assert all(
            bool(pdu.flags & Flags.FIRST) == (number == 0)
            and bool(pdu.flags & Flags.LAST) == (number == len(pdus) - 1)
            for number, pdu in enumerate(pdus)
        )


class Sum:
    """Seals by exclusive or, signs by a sum over header, stub and trailer."""

    trailer = AuthTrailer(10, 6, 5, b"")
    signature_octets = 4

    def protect(
        self, header: bytes, stub: bytes, trailer: bytes
    ) -> tuple[bytes, bytes]:
        signature = sum(header) + sum(stub) + sum(trailer)
        return bytes(octet ^ 0xFF for octet in stub), signature.to_bytes(4, "little")

    def unprotect(
        self,
        header: memoryview,
        stub: memoryview,
        trailer: memoryview,
        value: memoryview,
    ) -> bytes:
        raise NotImplementedError


def test_protected_fragments_have_pad_only_at_the_end() -> None:
    stream = FragmentWriter(
        type=PduType.REQUEST,
        call_id=1,
        context_id=0,
        fragment_octets=80,
        protection=Sum(),
    )
    # 80 less header 24, sec_trailer 8 and signature 4 is 44: 32 octets and no pad.
    buffers = stream.finish([bytes(range(70))], 70)
    pdus = requests(buffers)
    assert [len(pdu.stub_data) for pdu in pdus] == [32, 32, 6]
    assert [pdu.trailer.pad_octets for pdu in pdus if pdu.trailer] == [0, 0, 10]
    stub = b"".join(pdu.stub_data for pdu in pdus)
    assert bytes(octet ^ 0xFF for octet in stub) == bytes(range(70))
    header, _, trailer, value = map(bytes, buffers[:4])
    assert int.from_bytes(value, "little") == (
        sum(header) + sum(range(32)) + sum(trailer)
    )
