"""PDUs as octets: known ones both ways, both byte orders, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from midlpy.runtime.errors import LocalProtocolError
from midlpy.runtime.ndr.syntax import BYTE_ORDERS, ByteOrder
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.header import Defect, MalformedPdu
from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    WHOLE,
    AlterContext,
    AlterContextResponse,
    Auth3,
    AuthTrailer,
    Bind,
    BindAck,
    BindNak,
    CoCancel,
    ContextElement,
    ContextResult,
    Fault,
    Flags,
    Orphaned,
    Pdu,
    Request,
    Response,
    Shutdown,
    SyntaxId,
)
from tests.support.corpus import corpus_path

ABSTRACT = SyntaxId(UUID("12345678-1234-abcd-ef00-0123456789ab"), 1)
FEATURES = SyntaxId(UUID("6cb71c2c-9812-4540-0300-000000000000"), 1)
OBJECT = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
NDR_ALONE = (ContextElement(0, ABSTRACT, (NDR_SYNTAX,)),)
BIND = Bind(
    call_id=1,
    max_xmit_fragment=5840,
    max_recv_fragment=5840,
    association_group_id=0,
    contexts=NDR_ALONE,
)
ACK = BindAck(
    call_id=1,
    max_xmit_fragment=5840,
    max_recv_fragment=5840,
    association_group_id=0x12345,
    secondary_address="135",
    results=(ContextResult(0, 0, NDR_SYNTAX),),
)
NTLM = AuthTrailer(10, 6, 0x1357F, b"S" * 16)

# The PDUs of pdu.json by name, from its fields.
KNOWN: dict[str, Pdu] = {
    "bind_ndr": BIND,
    "bind_ndr_ndr64_btfn": replace(
        BIND,
        call_id=2,
        flags=WHOLE | Flags.SUPPORT_HEADER_SIGN,
        contexts=(
            *NDR_ALONE,
            ContextElement(1, ABSTRACT, (NDR64_SYNTAX,)),
            ContextElement(2, ABSTRACT, (FEATURES,)),
        ),
    ),
    "bind_assoc_mpx": replace(
        BIND, call_id=3, flags=WHOLE | Flags.CONC_MPX, association_group_id=74565
    ),
    "bind_ack_tcp": ACK,
    "bind_ack_three": replace(
        ACK,
        call_id=2,
        flags=WHOLE | Flags.SUPPORT_HEADER_SIGN,
        secondary_address="\\pipe\\lsass",
        results=(
            ContextResult(2, 2),
            ContextResult(0, 0, NDR64_SYNTAX),
            ContextResult(3, 3),
        ),
    ),
    "alter_context": AlterContext(
        call_id=4,
        max_xmit_fragment=5840,
        max_recv_fragment=5840,
        association_group_id=0x12345,
        contexts=(ContextElement(1, ABSTRACT, (NDR_SYNTAX,)),),
    ),
    "alter_context_resp": AlterContextResponse(
        call_id=4,
        max_xmit_fragment=5840,
        max_recv_fragment=5840,
        association_group_id=0x12345,
        results=(ContextResult(0, 0, NDR_SYNTAX),),
    ),
    "bind_nak_not_specified": BindNak(call_id=1, reason=0),
    "bind_nak_auth_type": BindNak(call_id=1, reason=8),
    "request": Request(
        call_id=5,
        context_id=0,
        opnum=1,
        alloc_hint=8,
        stub_data=bytes.fromhex("0102030405060708"),
    ),
    "request_empty": Request(call_id=6, context_id=0, opnum=0, stub_data=b""),
    "request_first_frag": Request(
        call_id=7,
        flags=Flags.FIRST,
        context_id=0,
        opnum=1,
        alloc_hint=12,
        stub_data=b"\x11" * 8,
    ),
    "request_last_frag": Request(
        call_id=7,
        flags=Flags.LAST,
        context_id=0,
        opnum=1,
        alloc_hint=4,
        stub_data=b"\x22" * 4,
    ),
    "request_object": Request(
        call_id=8,
        context_id=0,
        opnum=1,
        alloc_hint=8,
        object_uuid=OBJECT,
        stub_data=bytes.fromhex("0102030405060708"),
    ),
    "response": Response(
        call_id=5,
        context_id=0,
        alloc_hint=8,
        stub_data=bytes.fromhex("aabbccdd00000000"),
    ),
    "fault_op_rng": Fault(
        call_id=5,
        flags=WHOLE | Flags.DID_NOT_EXECUTE,
        context_id=0,
        status=0x1C010002,
        alloc_hint=24,
    ),
    "fault_access_denied": Fault(call_id=5, context_id=0, status=5, alloc_hint=24),
    "fault_bad_stub": Fault(call_id=5, context_id=0, status=0x6F7, alloc_hint=24),
    "auth3": Auth3(call_id=1, trailer=AuthTrailer(10, 6, 0, b"N" * 16)),
    "bind_auth": replace(
        BIND,
        flags=WHOLE | Flags.SUPPORT_HEADER_SIGN,
        trailer=AuthTrailer(10, 6, 0x1357F, b"NTLMSSP\0\x01" + bytes(7)),
    ),
    "request_auth_pad": Request(
        call_id=9,
        context_id=0,
        opnum=1,
        alloc_hint=10,
        stub_data=bytes.fromhex("0102030405060708090a"),
        trailer=replace(NTLM, pad_octets=6),
    ),
    "co_cancel": CoCancel(call_id=5),
    "orphaned": Orphaned(call_id=5),
    "shutdown": Shutdown(call_id=0),
}


def known_octets(name: str) -> bytes:
    rows = json.loads(corpus_path("vectors/pdu.json").read_text())
    return next(bytes.fromhex(row["hex"]) for row in rows if row["name"] == name)


def malformed(octets: bytes) -> MalformedPdu:
    with pytest.raises(MalformedPdu) as caught:
        decode(octets)
    return caught.value


def test_every_known_pdu_is_in_the_table() -> None:
    rows = json.loads(corpus_path("vectors/pdu.json").read_text())
    assert {row["name"] for row in rows if "ptype" in row["fields"]} == set(KNOWN)


@pytest.mark.parametrize("name", KNOWN)
def test_known_pdu_is_decoded(name: str) -> None:
    assert decode(known_octets(name)) == KNOWN[name]


@pytest.mark.parametrize("name", KNOWN)
def test_known_pdu_is_encoded(name: str) -> None:
    assert encode(KNOWN[name]) == known_octets(name)


@pytest.mark.parametrize("byte_order", BYTE_ORDERS)
@pytest.mark.parametrize("name", KNOWN)
def test_pdu_survives_both_byte_orders(name: str, byte_order: ByteOrder) -> None:
    pdu = replace(KNOWN[name], byte_order=byte_order)
    assert decode(encode(pdu)) == pdu


def test_big_endian_request_by_hand() -> None:
    octets = bytes.fromhex(
        "05000083 00000000"  # version, type, flags with object uuid; big-endian
        "002a 0000 00000102"  # frag_length, auth_length, call id
        "00000002 0003 0004"  # alloc_hint, context id, opnum
        "6ba7b8109dad11d180b400c04fd430c8"  # object uuid
        "abcd"
    )
    assert decode(octets) == Request(
        call_id=0x102,
        byte_order="big",
        alloc_hint=2,
        context_id=3,
        opnum=4,
        object_uuid=OBJECT,
        stub_data=b"\xab\xcd",
    )


def test_big_endian_syntax_version_has_the_major_in_the_low_half() -> None:
    bind = replace(BIND, byte_order="big", contexts=NDR_ALONE)
    # Header 16, sizes and group 8, count 4, element 4, abstract uuid 16, then version.
    assert encode(bind)[48:52] == bytes.fromhex("00000001")


def test_cancel_count_is_one_octet_in_both_byte_orders() -> None:
    response = Response(call_id=1, context_id=0, stub_data=b"", cancel_count=3)
    for byte_order in BYTE_ORDERS:
        octets = encode(replace(response, byte_order=byte_order))
        assert octets[22:24] == b"\x03\0"
        assert decode(octets) == replace(response, byte_order=byte_order)


def test_fault_with_status_zero_has_its_code_in_the_stub() -> None:
    octets = bytes.fromhex(
        "05000303 10000000 2400 0000 00000000"
        "00000000 0000 00 00 00000000 00000000"  # status 0
        "1700001c"
    )
    fault = decode(octets)
    assert isinstance(fault, Fault)
    assert fault.status == 0
    assert fault.code == 0x1C000017


def test_bind_nak_without_versions_is_read() -> None:
    octets = bytes.fromhex("05000d03 10000000 1200 0000 01000000 0400")
    assert decode(octets) == BindNak(call_id=1, reason=4, versions=())


def test_bind_nak_with_extended_information_is_read() -> None:
    octets = bytes.fromhex(
        "05000d03 10000000 3000 0000 01000000 0000 01 0500 000000"
        "20037490d0fad31182d7009027b130ab"
        "0011223344556677"
    )
    assert decode(octets) == BindNak(call_id=1, reason=0)


@pytest.mark.parametrize("name", KNOWN)
def test_every_truncation_is_malformed(name: str) -> None:
    octets = encode(KNOWN[name])
    for length in range(len(octets)):
        assert malformed(octets[:length]).defect is Defect.LENGTH


@pytest.mark.parametrize(
    "name", ["bind_ndr_ndr64_btfn", "bind_ack_three", "fault_op_rng", "alter_context"]
)
def test_every_shorter_body_is_malformed(name: str) -> None:
    octets = encode(KNOWN[name])
    for length in range(16, len(octets)):
        shorter = bytearray(octets[:length])
        shorter[8:10] = length.to_bytes(2, "little")
        assert malformed(bytes(shorter)).defect is Defect.LENGTH


def with_octets(name: str, at: int, octets: str) -> bytes:
    changed = bytearray(encode(KNOWN[name]))
    replacement = bytes.fromhex(octets)
    changed[at : at + len(replacement)] = replacement
    return bytes(changed)


@pytest.mark.parametrize(
    ("at", "octets", "message"),
    [
        (0, "04", "protocol version 4.0 instead of 5.0"),
        (1, "01", "protocol version 5.1 instead of 5.0"),
        (4, "11", "EBCDIC characters instead of"),
        (5, "01", "VAX floating point instead of"),
        (5, "02", "Cray floating point instead of"),
        (5, "03", "IBM floating point instead of"),
        (4, "20", "data representation 20000000 instead of"),
        (7, "01", "data representation 10000001 instead of"),
    ],
)
def test_other_representations_are_refused_by_name(
    at: int, octets: str, message: str
) -> None:
    error = malformed(with_octets("request", at, octets))
    assert error.defect is Defect.VERSION
    assert str(error).startswith(message)


@pytest.mark.parametrize(
    ("at", "octets", "defect"),
    [
        pytest.param(10, "ffff", Defect.TRAILER_LENGTH, id="longer-than-the-pdu"),
        pytest.param(10, "2900", Defect.TRAILER_LENGTH, id="no-room-for-sec-trailer"),
        pytest.param(10, "2100", Defect.TRAILER_LENGTH, id="inside-the-fixed-part"),
        pytest.param(10, "0f00", Defect.TRAILER_ALIGNMENT, id="misaligned"),
        pytest.param(42, "11", Defect.TRAILER_PAD, id="more-pad-than-stub"),
    ],
)
def test_trailer_that_does_not_fit_is_malformed(
    at: int, octets: str, defect: Defect
) -> None:
    assert malformed(with_octets("request_auth_pad", at, octets)).defect is defect


@pytest.mark.parametrize("type", [1, 4, 10, 20, 21, 255])
def test_types_without_a_body_here_are_refused(type: int) -> None:
    octets = bytes((5, 0, type, 3)) + bytes.fromhex("10000000 1000 0000 00000000")
    assert malformed(octets).defect is Defect.TYPE


def test_pdu_over_65535_octets_is_not_made() -> None:
    request = Request(call_id=1, context_id=0, opnum=0, stub_data=bytes(65_512))
    with pytest.raises(LocalProtocolError, match="REQUEST would have 65536 octets"):
        encode(request)


def test_misaligned_trailer_is_not_made() -> None:
    request = Request(call_id=1, context_id=0, opnum=0, stub_data=b"abc", trailer=NTLM)
    with pytest.raises(LocalProtocolError, match="would stand at 27"):
        encode(request)
