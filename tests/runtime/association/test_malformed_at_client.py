"""What a client makes of PDUs that break a rule; case numbers as for the server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from midlpy.runtime.association.association import State
from midlpy.runtime.association.negotiation import Features, propose
from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    WHOLE,
    AlterContext,
    AuthTrailer,
    BindAck,
    BindNak,
    CoCancel,
    ContextResult,
    Fault,
    Flags,
    Pdu,
    Request,
    Response,
    SyntaxId,
)
from tests.runtime.association.ends import (
    ABSTRACT,
    OTHER,
    UNKNOWN_TRANSFER,
    Answered,
    ClientEnd,
    bound,
    state_of,
)

ACCEPTED = ContextResult(0, 0, NDR_SYNTAX)
ACK = BindAck(
    call_id=1,
    max_xmit_fragment=5840,
    max_recv_fragment=5840,
    association_group_id=9,
    results=(ACCEPTED,),
)
RESPONSE = Response(call_id=7, context_id=0, alloc_hint=8, stub_data=bytes(8))
FIRST = replace(RESPONSE, flags=Flags.FIRST)
MIDDLE = replace(RESPONSE, flags=Flags.NONE)
LAST = replace(RESPONSE, flags=Flags.LAST)


def binding(features: Features = Features.NONE) -> ClientEnd:
    client = ClientEnd()
    client.association.bind(propose([ABSTRACT]), features)
    return client


def calling(sink: Answered | None = None) -> tuple[ClientEnd, Answered]:
    """A client whose call 7 waits for its answer."""
    client, _ = bound()
    sink = sink or Answered()
    client.association.request(7, client.context_id, 0, sink, [b""], 0)
    return client, sink


def breaks(client: ClientEnd, *pdus: Pdu, match: str) -> None:
    """The last of *pdus* breaks a rule, those before it none."""
    for pdu in pdus[:-1]:
        client.send(pdu)
    with pytest.raises(RemoteProtocolError, match=match):
        client.send(pdus[-1])
    assert state_of(client) is State.CLOSED
    assert client.association.close_reason


@pytest.mark.parametrize("results", [(), (ACCEPTED, ACCEPTED)])
def test_case_84_other_number_of_results(results: tuple[ContextResult, ...]) -> None:
    match = f"BIND_ACK with {len(results)} results for 1 presentation contexts"
    breaks(binding(), replace(ACK, results=results), match=match)


@pytest.mark.parametrize("transfer", [NDR64_SYNTAX, UNKNOWN_TRANSFER])
def test_case_84_accepted_syntax_never_offered(transfer: SyntaxId) -> None:
    result = replace(ACCEPTED, transfer=transfer)
    breaks(binding(), replace(ACK, results=(result,)), match="which was not offered")


def test_case_84_features_accepted_as_a_syntax() -> None:
    client = binding(Features.KEEP_CONNECTION_ON_ORPHAN)
    answer = replace(ACK, results=(ACCEPTED, ACCEPTED))
    breaks(client, answer, match="which was not offered")


def test_server_that_knows_no_features_is_accepted() -> None:
    client = binding(Features.KEEP_CONNECTION_ON_ORPHAN)
    client.send(replace(ACK, results=(ACCEPTED, ContextResult(2, 2))))
    assert state_of(client) is State.BOUND
    assert client.association.features is Features.NONE
    assert client.association.rejections == ()


def test_features_not_asked_for_are_not_had() -> None:
    client = binding(Features.KEEP_CONNECTION_ON_ORPHAN)
    client.send(replace(ACK, results=(ACCEPTED, ContextResult(3, 0xFF))))
    assert client.association.features == Features.KEEP_CONNECTION_ON_ORPHAN


def test_case_85_server_receives_too_little() -> None:
    answer = replace(ACK, max_recv_fragment=1431)
    breaks(binding(), answer, match="fragments of 1431 octets, less than 1432")


def test_server_that_receives_the_minimum_is_accepted() -> None:
    client = binding()
    client.send(replace(ACK, max_recv_fragment=1439))
    assert client.association.fragment_octets == 1432


def test_server_does_not_raise_the_offer() -> None:
    client = binding()
    client.send(replace(ACK, max_recv_fragment=65_535, max_xmit_fragment=65_535))
    assert client.association.fragment_octets == 5840


def test_bind_nak_is_a_rejection_with_its_reason() -> None:
    client = binding()
    client.send(BindNak(call_id=1, reason=4))
    assert state_of(client) is State.CLOSED
    assert str(client.listener.rejection) == (
        "the server refused: bind: protocol version not supported "
        "(the server speaks 5.0)"
    )


def test_bind_nak_with_an_unknown_reason_says_its_number() -> None:
    client = binding()
    client.send(BindNak(call_id=1, reason=99))
    assert "reason 99" in str(client.listener.rejection)


def test_fault_instead_of_bind_ack_is_a_rejection() -> None:
    client = binding()
    client.send(Fault(call_id=1, context_id=0, status=0x1C01000B))
    assert state_of(client) is State.CLOSED
    assert "fault 0x1c01000b" in str(client.listener.rejection)


def test_fault_instead_of_alter_context_response_is_a_rejection() -> None:
    client, _ = bound()
    client.association.alter(propose([OTHER], first_id=5))
    call_id = client.association._negotiation_id
    client.send(Fault(call_id=call_id, context_id=0, status=5))
    assert state_of(client) is State.CLOSED
    assert client.listener.rejection is not None


@pytest.mark.parametrize(
    "pdu",
    [
        Request(call_id=7, context_id=0, opnum=0, stub_data=b""),
        CoCancel(call_id=7),
        AlterContext(
            call_id=7,
            max_xmit_fragment=0,
            max_recv_fragment=0,
            association_group_id=0,
            contexts=(),
        ),
        ACK,
        BindNak(call_id=7, reason=0),
    ],
    ids=lambda pdu: pdu.type.name,
)
def test_pdus_that_may_not_come_now_break_a_rule(pdu: Pdu) -> None:
    client, _ = calling()
    breaks(client, pdu, match=f"{pdu.type.name} from the (server|client) while bound")


def test_response_before_the_bind_is_answered_breaks_a_rule() -> None:
    breaks(binding(), RESPONSE, match="RESPONSE from the server while binding")


def test_case_82_response_for_an_unknown_call_is_discarded() -> None:
    client, sink = calling()
    for pdu in (RESPONSE, FIRST, MIDDLE, LAST):
        client.send(replace(pdu, call_id=99))
    client.send(Fault(call_id=99, context_id=0, status=5))
    assert state_of(client) is State.BOUND
    assert sink == Answered()


def test_case_83_response_while_still_sending() -> None:
    client, _ = bound()
    client.association.start_request(7, client.context_id, 0, Answered())
    breaks(client, RESPONSE, match="RESPONSE for call 7, whose request is not finish")


def test_case_87_context_id_of_a_response_is_not_compared() -> None:
    client, sink = calling()
    client.send(replace(RESPONSE, context_id=0x500))
    assert sink.is_complete


@pytest.mark.parametrize("status", [0x1C01000B, 0x721])
def test_case_88_fault_that_ends_the_association(status: int) -> None:
    client, sink = calling()
    client.send(Fault(call_id=7, context_id=0, status=status))
    assert sink.faults == [(status, False)]
    assert state_of(client) is State.CLOSED


def test_case_89_response_over_the_limit() -> None:
    client, _ = calling(Answered(stub_limit=20))
    breaks(client, FIRST, MIDDLE, MIDDLE, match="24 octets of stub data, more than 20")


def test_case_89_whole_response_over_the_limit() -> None:
    client, _ = bound(ClientEnd(Limits(response_stub_octets=20)))
    sink = Answered(stub_limit=20)
    client.association.request(7, client.context_id, 0, sink, [b""], 0)
    large = replace(RESPONSE, stub_data=bytes(21))
    breaks(client, large, match="21 octets of stub data, more than 20")


def test_response_without_a_beginning_breaks_a_rule() -> None:
    for pdu in (MIDDLE, LAST):
        client, _ = calling()
        breaks(client, pdu, match="the response of call 7 has no beginning")


def test_response_that_begins_twice_breaks_a_rule() -> None:
    for pdu in (FIRST, RESPONSE):
        client, _ = calling()
        breaks(client, FIRST, pdu, match="the response of call 7 begins twice")


def test_data_after_the_last_fragment_is_discarded() -> None:
    client, sink = calling()
    for pdu in (FIRST, LAST, MIDDLE):
        client.send(pdu)
    assert sink.stub == bytes(16)


def test_response_that_changes_its_byte_order_breaks_a_rule() -> None:
    client, _ = calling()
    other = replace(LAST, byte_order="big")
    breaks(client, FIRST, other, match="changes its byte order")


def test_fragment_over_the_agreed_size_breaks_a_rule() -> None:
    client, _ = calling()
    large = replace(RESPONSE, stub_data=bytes(5817))
    breaks(client, large, match=r"fragment length 5841 is outside 24\.\.5840")


def test_large_fragment_is_taken_when_it_was_offered() -> None:
    client, _ = bound(ClientEnd(Limits(offered_fragment_octets=65_535)))
    sink = Answered()
    client.association.request(7, client.context_id, 0, sink, [b""], 0)
    client.send(replace(RESPONSE, stub_data=bytes(65_504)))
    assert len(sink.stub) == 65_504


def test_response_shorter_than_its_fields_breaks_a_rule() -> None:
    client, _ = calling()
    octets = bytes.fromhex("05000203 10000000 1400 0000 07000000 00000000")
    with pytest.raises(RemoteProtocolError, match="fragment length 20"):
        client.take(octets)


def test_trailer_without_authentication_breaks_a_rule() -> None:
    client, _ = calling()
    signed = replace(
        RESPONSE, stub_data=bytes(16), trailer=AuthTrailer(10, 6, 0, bytes(16))
    )
    breaks(client, signed, match="with an authentication trailer")


def test_big_endian_responses_are_taken() -> None:
    client, sink = calling()
    client.send(replace(RESPONSE, byte_order="big"))
    assert sink.byte_order == "big"
    assert sink.is_complete


def test_fault_code_is_taken_from_the_stub_when_the_status_is_zero() -> None:
    client, sink = calling()
    client.send(
        Fault(
            call_id=7,
            context_id=0,
            status=0,
            stub_data=bytes.fromhex("1700001c"),
            flags=WHOLE | Flags.DID_NOT_EXECUTE,
        )
    )
    assert sink.faults == [(0x1C000017, True)]
