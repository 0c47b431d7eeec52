"""What a server answers to PDUs that break a rule.

Case numbers are those of the table of malformed input: what Windows and Samba do. Cases
about authentication, which no server of ours offers, are in it as far as they concern a
server that has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

import pytest

from midlpy.runtime.association.association import State
from midlpy.runtime.association.group import AssociationGroups
from midlpy.runtime.association.negotiation import Features
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    WHOLE,
    AlterContext,
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
from tests.runtime.association.ends import (
    ABSTRACT,
    OTHER,
    UNKNOWN,
    UNKNOWN_TRANSFER,
    ServerEnd,
)

FEATURES = SyntaxId(UUID("6cb71c2c-9812-4540-0300-000000000000"), 1)
ELEMENT = ContextElement(0, ABSTRACT, (NDR_SYNTAX,))
BIND = Bind(
    call_id=1,
    flags=WHOLE | Flags.CONC_MPX,
    max_xmit_fragment=5840,
    max_recv_fragment=5840,
    association_group_id=0,
    contexts=(ELEMENT,),
)
LONE_BIND = replace(BIND, flags=WHOLE)
ALTER = AlterContext(
    call_id=2,
    max_xmit_fragment=0,
    max_recv_fragment=0,
    association_group_id=0,
    contexts=(ContextElement(1, OTHER, (NDR_SYNTAX,)),),
)
REQUEST = Request(call_id=7, context_id=0, opnum=0, alloc_hint=8, stub_data=bytes(8))
FIRST = replace(REQUEST, flags=Flags.FIRST)
MIDDLE = replace(REQUEST, flags=Flags.NONE)
LAST = replace(REQUEST, flags=Flags.LAST)
TRAILER = AuthTrailer(10, 6, 1, bytes(16))


@dataclass(frozen=True)
class N:
    """bind_nak, then the close."""

    reason: int


@dataclass(frozen=True)
class F:
    """A fault; D: not executed, C: then the close."""

    status: int
    what: str = ""
    call_id: int = 7
    context_id: int = 0


X = "closed without an answer"
I = "ignored"  # noqa: E741
PROTO = 0x1C01000B

Outcome: TypeAlias = N | F | str


def outcome(server: ServerEnd, octets: bytes) -> Outcome:
    """What the server makes of *octets*."""
    answers = server.take(octets)
    closed = server.association.state is State.CLOSED
    if not answers:
        return X if closed else I
    (answer,) = answers
    if isinstance(answer, BindNak):
        assert closed
        assert answer.versions == ((5, 0),)
        return N(answer.reason)
    assert isinstance(answer, Fault), answer
    assert len(encode(answer)) == 32
    assert answer.flags & WHOLE == WHOLE
    what = "D" if Flags.DID_NOT_EXECUTE in answer.flags else ""
    what += "C" if closed else ""
    return F(answer.status, what, answer.call_id, answer.context_id)


def octets(pdu: Pdu, at: int = 0, change: str = "") -> bytes:
    changed = bytearray(encode(pdu))
    replacement = bytes.fromhex(change)
    changed[at : at + len(replacement)] = replacement
    return bytes(changed)


def bare(kind: int) -> bytes:
    """A PDU of any type with 16 octets of body."""
    head = bytes((5, 0, kind, 3)) + bytes.fromhex("10000000 2000 0000 07000000")
    return head + bytes(16)


def shorter(pdu: Pdu, cut: int) -> bytes:
    """*pdu* without its last *cut* octets, and with the right fragment length."""
    changed = bytearray(encode(pdu)[:-cut])
    changed[8:10] = len(changed).to_bytes(2, "little")
    return bytes(changed)


# Each: what came before, then the octets in question, then what they bring.
Case: TypeAlias = tuple[list[Pdu], bytes, Outcome]

AUTH_BIND = replace(BIND, trailer=TRAILER)
AUTH_REQUEST = replace(REQUEST, stub_data=bytes(16), trailer=TRAILER)

CASES: dict[str, Case] = {
    "case_04_version_in_bind": ([], octets(BIND, 0, "04"), N(4)),
    "case_05_minor_version_in_bind": ([], octets(BIND, 1, "01"), N(4)),
    "case_06_version_in_request": ([BIND], octets(REQUEST, 0, "04"), F(PROTO, "DC")),
    "case_06_version_in_alter": ([BIND], octets(ALTER, 0, "06"), F(PROTO, "DC", 2)),
    "case_06_version_in_auth3": (
        [BIND],
        octets(Auth3(call_id=3, trailer=TRAILER), 1, "01"),
        F(PROTO, "DC", 3),
    ),
    "case_07_ebcdic_in_bind": ([], octets(BIND, 4, "11"), N(4)),
    "case_07_vax_floats_in_bind": ([], octets(BIND, 5, "01"), N(4)),
    "case_07_reserved_label_in_bind": ([], octets(BIND, 6, "01"), N(4)),
    "case_07_ebcdic_in_request": (
        [BIND],
        octets(REQUEST, 4, "11"),
        F(PROTO, "DC"),
    ),
    "case_08_auth_length_in_bind": ([], octets(BIND, 10, "ffff"), N(4)),
    "case_08_no_room_for_trailer_in_bind": ([], octets(BIND, 10, "3800"), N(4)),
    "case_08_auth_length_in_request": (
        [BIND],
        octets(REQUEST, 10, "ffff"),
        F(PROTO, "DC"),
    ),
    "case_08_auth_length_in_alter": (
        [BIND],
        octets(ALTER, 10, "4000"),
        F(PROTO, "DC", 2),
    ),
    "case_09_request_first": ([], encode(REQUEST), F(PROTO, "C")),
    "case_09_cancel_first": ([], encode(CoCancel(call_id=7)), F(PROTO, "C")),
    "case_10_response": (
        [BIND],
        encode(Response(call_id=7, context_id=0, stub_data=b"")),
        F(PROTO, "DC"),
    ),
    "case_10_fault": (
        [BIND],
        encode(Fault(call_id=7, context_id=0, status=5)),
        F(PROTO, "DC"),
    ),
    "case_10_bind_ack": (
        [BIND],
        encode(
            BindAck(
                call_id=7,
                max_xmit_fragment=5840,
                max_recv_fragment=5840,
                association_group_id=1,
                results=(),
            )
        ),
        F(PROTO, "DC"),
    ),
    "case_10_bind_nak": ([], encode(BindNak(call_id=7, reason=0)), F(PROTO, "DC")),
    "case_10_shutdown": ([BIND], encode(Shutdown(call_id=7)), F(PROTO, "DC")),
    "case_11_type_21": ([BIND], bare(21), X),
    "case_11_type_255_first": ([], bare(255), X),
    **{
        f"case_11_connectionless_type_{kind}": ([BIND], bare(kind), F(PROTO, "DC"))
        for kind in (1, 4, 5, 6, 7, 8, 9, 10)
    },
    "case_11_rts": ([BIND], bare(20), F(PROTO, "DC")),
    "case_12_no_elements": ([], encode(replace(BIND, contexts=())), N(4)),
    "case_13_no_transfer_syntax": (
        [],
        encode(replace(BIND, contexts=(ELEMENT, ContextElement(1, ABSTRACT, ())))),
        N(0),
    ),
    "case_13_no_transfer_syntax_in_alter": (
        [BIND],
        encode(replace(ALTER, contexts=(ContextElement(1, ABSTRACT, ()),))),
        F(PROTO, "DC", 2),
    ),
    "case_14_elements_past_the_end": ([], shorter(BIND, 1), X),
    "case_14_count_past_the_end": ([], octets(BIND, 24, "ff"), X),
    "case_14_syntaxes_past_the_end": ([], octets(BIND, 30, "ff"), X),
    "case_14_elements_past_the_end_in_alter": ([BIND], shorter(ALTER, 20), X),
    "case_17_features_twice": (
        [],
        encode(
            replace(
                BIND,
                contexts=(
                    ELEMENT,
                    ContextElement(1, ABSTRACT, (FEATURES,)),
                    ContextElement(2, ABSTRACT, (FEATURES,)),
                ),
            )
        ),
        N(0),
    ),
    "case_18_second_bind": ([BIND], encode(BIND), N(0)),
    "case_19_unknown_group": (
        [],
        encode(replace(BIND, association_group_id=77)),
        N(0),
    ),
    **{
        f"case_21_bind_with_level_{level}": (
            [],
            encode(replace(BIND, trailer=replace(TRAILER, level=level))),
            N(0),
        )
        for level in (0, 1, 7, 255)
    },
    "case_22_unknown_type": ([], encode(AUTH_BIND), N(8)),
    "case_24_trailer_misaligned": ([], octets(AUTH_BIND, 10, "0f00"), N(0)),
    "case_25_pad_in_bind": ([], octets(AUTH_BIND, 74, "04"), N(4)),
    "case_25_pad_beyond_the_bind": ([], octets(AUTH_BIND, 74, "ff"), N(4)),
    "case_26_alter_first": ([], encode(ALTER), F(PROTO, "C", 2)),
    "case_27_alter_without_elements": (
        [BIND],
        encode(replace(ALTER, contexts=())),
        F(PROTO, "DC", 2),
    ),
    "case_28_alter_changes_the_abstract_syntax": (
        [BIND],
        encode(replace(ALTER, contexts=(ContextElement(0, OTHER, (NDR_SYNTAX,)),))),
        F(PROTO, "DC", 2),
    ),
    "case_28_alter_changes_the_transfer_syntax": (
        [BIND],
        encode(
            replace(ALTER, contexts=(ContextElement(0, ABSTRACT, (NDR64_SYNTAX,)),))
        ),
        F(PROTO, "DC", 2),
    ),
    "case_29_alter_with_token": (
        [BIND],
        encode(replace(ALTER, trailer=TRAILER)),
        F(5, "DC", 2),
    ),
    "case_31_auth3_without_trailer": (
        [BIND],
        encode(Auth3(call_id=7)),
        F(0x1C00001B, "DC"),
    ),
    "case_34_auth3_trailer_misaligned": (
        [BIND],
        octets(Auth3(call_id=7, trailer=TRAILER), 10, "0f00"),
        F(PROTO, "DC"),
    ),
    "case_35_auth3_pad_too_large": (
        [BIND],
        octets(Auth3(call_id=7, trailer=TRAILER), 22, "ff"),
        F(0x1C00001B, "DC"),
    ),
    "case_36_auth3_without_a_started_context": (
        [BIND],
        encode(Auth3(call_id=7, trailer=TRAILER)),
        F(PROTO, "DC"),
    ),
    "case_39_unknown_context": (
        [BIND],
        encode(replace(REQUEST, context_id=3)),
        F(0x1C010003, "D"),
    ),
    "case_40_opnum_out_of_range": (
        [BIND],
        encode(replace(REQUEST, opnum=100)),
        F(0x1C010002, "D"),
    ),
    "case_41_request_over_the_fragment_size": (
        [BIND],
        encode(replace(REQUEST, stub_data=bytes(5817))),
        F(PROTO, "C"),
    ),
    "case_42_alloc_hint_over_the_limit": (
        [BIND],
        encode(replace(FIRST, alloc_hint=4 * 1024 * 1024 + 1)),
        F(5, "C"),
    ),
    "case_42_alloc_hint_at_the_limit": (
        [BIND],
        encode(replace(FIRST, alloc_hint=4 * 1024 * 1024)),
        I,
    ),
    **{
        f"case_44_alloc_hint_{hint:x}_of_a_whole_request": (
            [BIND],
            encode(replace(REQUEST, alloc_hint=hint)),
            I,
        )
        for hint in (0, 1, 0xFFFFFFFF)
    },
    "case_45_middle_without_first": ([BIND], encode(MIDDLE), F(PROTO, "C")),
    "case_45_last_without_first": ([BIND], encode(LAST), F(PROTO, "C")),
    "case_45_last_of_another_call": (
        [BIND, FIRST],
        encode(replace(LAST, call_id=8)),
        F(PROTO, "C", 8),
    ),
    "case_45_last_without_first_in_unknown_context": (
        [BIND],
        encode(replace(LAST, context_id=3)),
        F(0x1C010003, "D"),
    ),
    "case_45_last_in_unknown_context_without_multiplexing": (
        [LONE_BIND],
        encode(replace(LAST, context_id=3)),
        F(PROTO, "C"),
    ),
    "case_46_first_twice": ([BIND, FIRST], encode(FIRST), F(PROTO, "C")),
    "case_46_first_twice_whole": ([BIND, FIRST], encode(REQUEST), F(PROTO, "C")),
    "case_47_first_of_another_call": (
        [LONE_BIND, FIRST],
        encode(replace(FIRST, call_id=8)),
        F(PROTO, "C", 7),
    ),
    "case_47_first_of_another_call_with_multiplexing": (
        [BIND, FIRST],
        encode(replace(FIRST, call_id=8)),
        F(PROTO, "C", 8),
    ),
    "case_47_whole_request_inside_another_with_multiplexing": (
        [BIND, FIRST],
        encode(replace(REQUEST, call_id=8)),
        F(PROTO, "C", 8),
    ),
    "case_47_first_after_an_orphaned_unfinished_call": (
        [LONE_BIND, FIRST, Orphaned(call_id=7)],
        encode(replace(FIRST, call_id=8)),
        F(PROTO, "C", 7),
    ),
    "case_48_first_with_pending_cancel": (
        [BIND],
        encode(replace(REQUEST, flags=WHOLE | Flags.PENDING_CANCEL)),
        F(0x6BD, "DC"),
    ),
    "case_49_later_with_pending_cancel": (
        [BIND, FIRST],
        encode(replace(MIDDLE, flags=Flags.PENDING_CANCEL)),
        I,
    ),
    "case_50_byte_order_changes": (
        [BIND, FIRST],
        encode(replace(LAST, byte_order="big")),
        F(PROTO, "DC"),
    ),
    "case_51_concurrent_call_without_multiplexing": (
        [LONE_BIND, REQUEST],
        encode(replace(REQUEST, call_id=8)),
        F(PROTO, "C", 8),
    ),
    "case_51_same_call_id_twice": ([BIND, REQUEST], encode(REQUEST), F(PROTO, "C")),
    "case_52_trailer_without_authentication": (
        [BIND],
        encode(AUTH_REQUEST),
        F(5, "C"),
    ),
    "case_57_request_trailer_misaligned": (
        [BIND],
        octets(AUTH_REQUEST, 10, "0f00"),
        F(PROTO, "C"),
    ),
    "case_58_pad_larger_than_the_stub": (
        [BIND],
        octets(AUTH_REQUEST, 42, "11"),
        F(PROTO, "C"),
    ),
    "case_61_cancel_of_an_unknown_call": ([BIND], encode(CoCancel(call_id=9)), I),
    "case_61_orphan_of_an_unknown_call": ([BIND], encode(Orphaned(call_id=9)), I),
    "request_shorter_than_its_fields": ([BIND], shorter(REQUEST, 9), F(PROTO, "DC")),
    "object_uuid_past_the_end": (
        [BIND],
        octets(REQUEST, 3, "83"),
        F(PROTO, "DC"),
    ),
}


def prepared(before: list[Pdu]) -> ServerEnd:
    server = ServerEnd(Limits(fragment_octets=5840))
    server.host.stub_limit = 4 * 1024 * 1024
    for pdu in before:
        server.send(pdu)
    assert server.association.state in (State.BOUND, State.UNBOUND)
    return server


@pytest.mark.parametrize("case", CASES)
def test_malformed_input(case: str) -> None:
    before, pdu, expected = CASES[case]
    assert outcome(prepared(before), pdu) == expected


@pytest.mark.parametrize("case", [c for c in CASES if CASES[c][2] not in (I,)])
def test_closed_association_says_why_and_hears_no_more(case: str) -> None:
    before, pdu, _ = CASES[case]
    server = prepared(before)
    server.take(pdu)
    if server.association.state is State.CLOSED:
        assert server.association.close_reason
        assert server.send(REQUEST) == []


def answers_to(bind: Bind) -> tuple[ContextResult, ...]:
    (ack,) = prepared([] if type(bind) is Bind else [BIND]).send(bind)
    assert isinstance(ack, BindAck)
    return ack.results


def test_case_15_unknown_abstract_syntax() -> None:
    element = ContextElement(0, UNKNOWN, (NDR_SYNTAX,))
    assert answers_to(replace(BIND, contexts=(element,))) == (ContextResult(2, 1),)


@pytest.mark.parametrize(
    ("major", "minor", "result"),
    [
        (1, 0, ContextResult(0, 0, NDR_SYNTAX)),
        (1, 2, ContextResult(0, 0, NDR_SYNTAX)),
        (1, 3, ContextResult(2, 1)),
        (2, 0, ContextResult(2, 1)),
        (0, 2, ContextResult(2, 1)),
    ],
)
def test_interface_version_matches_by_major_and_minor(
    major: int, minor: int, result: ContextResult
) -> None:
    abstract = SyntaxId(ABSTRACT.uuid, major, minor)
    element = ContextElement(0, abstract, (NDR_SYNTAX,))
    assert answers_to(replace(BIND, contexts=(element,))) == (result,)


def test_case_16_unknown_transfer_syntaxes() -> None:
    element = ContextElement(0, ABSTRACT, (UNKNOWN_TRANSFER,))
    assert answers_to(replace(BIND, contexts=(element,))) == (ContextResult(2, 2),)


def test_case_16_one_known_among_unknown_transfer_syntaxes() -> None:
    element = ContextElement(0, ABSTRACT, (UNKNOWN_TRANSFER, NDR_SYNTAX))
    expected = (ContextResult(0, 0, NDR_SYNTAX),)
    assert answers_to(replace(BIND, contexts=(element,))) == expected


def test_windows_bind_gets_one_of_ndr_and_ndr64_and_its_features() -> None:
    elements = (
        ELEMENT,
        ContextElement(1, ABSTRACT, (NDR64_SYNTAX,)),
        ContextElement(2, ABSTRACT, (FEATURES,)),
    )
    assert answers_to(replace(BIND, contexts=elements)) == (
        ContextResult(0, 0, NDR_SYNTAX),
        ContextResult(2, 2),
        ContextResult(3, int(Features.KEEP_CONNECTION_ON_ORPHAN)),
    )


def test_several_interfaces_are_accepted_in_one_bind() -> None:
    elements = (ELEMENT, ContextElement(1, OTHER, (NDR_SYNTAX, NDR64_SYNTAX)))
    assert answers_to(replace(BIND, contexts=elements)) == (
        ContextResult(0, 0, NDR_SYNTAX),
        ContextResult(0, 0, NDR_SYNTAX),
    )


def test_features_in_alter_are_an_unknown_transfer_syntax() -> None:
    alter = replace(ALTER, contexts=(ContextElement(5, ABSTRACT, (FEATURES,)),))
    assert answers_to(alter) == (ContextResult(2, 2),)


def test_same_context_again_is_accepted_again() -> None:
    assert answers_to(replace(ALTER, contexts=(ELEMENT,))) == (
        ContextResult(0, 0, NDR_SYNTAX),
    )


def test_same_context_with_unknown_transfer_syntax_is_rejected() -> None:
    element = ContextElement(0, ABSTRACT, (UNKNOWN_TRANSFER,))
    assert answers_to(replace(ALTER, contexts=(element,))) == (ContextResult(2, 2),)


def test_contexts_are_limited() -> None:
    server = ServerEnd(Limits(presentation_contexts=2))
    elements = tuple(
        ContextElement(number, ABSTRACT, (NDR_SYNTAX,)) for number in range(3)
    )
    (ack,) = server.send(replace(BIND, contexts=elements))
    assert isinstance(ack, BindAck)
    assert [result.result for result in ack.results] == [0, 0, 2]
    assert ack.results[2].reason == 3


@pytest.mark.parametrize(
    ("xmit", "recv", "limit", "agreed"),
    [
        (3199, 65_535, 5840, 3192),
        (0, 0, 5840, 2048),
        (1432, 1432, 5840, 2048),
        (65_535, 65_535, 5840, 5840),
        (65_535, 65_535, 65_535, 65_528),
        (5840, 5840, 65_535, 5840),
    ],
)
def test_fragment_sizes_are_answered(
    xmit: int, recv: int, limit: int, agreed: int
) -> None:
    server = ServerEnd(Limits(fragment_octets=limit))
    bind = replace(BIND, max_xmit_fragment=xmit, max_recv_fragment=recv)
    (ack,) = server.send(bind)
    assert isinstance(ack, BindAck)
    assert ack.max_xmit_fragment == ack.max_recv_fragment == agreed


def test_case_20_group_of_another_transport() -> None:
    groups = AssociationGroups()
    pipes = ServerEnd(groups=groups, transport="ncacn_np")
    pipes.send(BIND)
    assert pipes.association.group is not None
    bind = replace(BIND, association_group_id=pipes.association.group.id)
    assert outcome(ServerEnd(groups=groups), encode(bind)) == N(0)
    assert len(groups) == 1


def test_groups_are_limited() -> None:
    groups = AssociationGroups(Limits(association_groups=1))
    assert ServerEnd(groups=groups).send(BIND)
    assert outcome(ServerEnd(groups=groups), encode(BIND)) == N(2)


def test_refused_bind_leaves_no_group() -> None:
    for pdu in (replace(BIND, contexts=()), AUTH_BIND):
        server = ServerEnd()
        server.send(pdu)
        assert len(server.groups) == 0


def test_case_39_rest_of_a_refused_request_is_discarded() -> None:
    server = prepared([BIND])
    assert outcome(server, encode(replace(FIRST, context_id=3))) == F(0x1C010003, "D")
    for pdu in (MIDDLE, LAST):
        assert outcome(server, encode(replace(pdu, context_id=3))) == I
    assert outcome(server, encode(replace(REQUEST, call_id=8))) == I
    assert len(server.host.calls) == 1


def test_case_40_rest_of_a_refused_request_is_discarded() -> None:
    server = prepared([BIND])
    refused = replace(FIRST, opnum=100)
    assert outcome(server, encode(refused)) == F(0x1C010002, "D")
    assert outcome(server, encode(LAST)) == I
    assert outcome(server, encode(REQUEST)) == I
    assert len(server.host.calls) == 1


def test_case_41_windows_size_is_taken_whatever_was_agreed() -> None:
    small = replace(BIND, max_xmit_fragment=2048, max_recv_fragment=2048)
    server = prepared([small])
    assert outcome(server, encode(replace(REQUEST, stub_data=bytes(5816)))) == I


def test_case_43_stub_over_the_limit() -> None:
    server = prepared([BIND])
    server.host.stub_limit = 20
    hinted = replace(FIRST, alloc_hint=0)
    assert outcome(server, encode(hinted)) == I
    assert outcome(server, encode(MIDDLE)) == I
    assert outcome(server, encode(MIDDLE)) == F(5, "C")
    assert server.association.close() == server.host.calls


def test_case_43_whole_request_over_the_limit() -> None:
    server = ServerEnd(Limits(request_stub_octets=20))
    server.host.stub_limit = 20
    server.send(BIND)
    assert outcome(server, encode(replace(REQUEST, stub_data=bytes(20)))) == I
    large = replace(REQUEST, call_id=8, stub_data=bytes(21))
    assert outcome(server, encode(large)) == F(5, "C", 8)


def test_t63_hint_that_lies_is_no_limit() -> None:
    server = prepared([BIND])
    server.send(replace(FIRST, alloc_hint=4, stub_data=bytes(5000)))
    for _ in range(18):
        server.send(replace(MIDDLE, alloc_hint=4, stub_data=bytes(5000)))
    server.send(replace(LAST, alloc_hint=4, stub_data=bytes(5000)))
    assert server.host.calls[0].stub == bytes(100_000)


def test_pipes_have_no_limit() -> None:
    server = prepared([BIND])
    server.host.stub_limit = None
    assert outcome(server, encode(replace(FIRST, alloc_hint=0xFFFFFFFF))) == I


def test_case_49_call_runs_although_a_cancel_is_pending() -> None:
    server = prepared([BIND, FIRST])
    server.send(replace(LAST, flags=Flags.LAST | Flags.PENDING_CANCEL))
    assert server.host.calls[0].is_complete


def test_orphaned_request_is_discarded_to_its_end() -> None:
    server = prepared([BIND, FIRST, Orphaned(call_id=7)])
    assert server.host.calls[0].is_orphaned
    for pdu in (MIDDLE, LAST):
        assert outcome(server, encode(pdu)) == I
    assert outcome(server, encode(REQUEST)) == I
    assert len(server.host.calls) == 2
    assert len(server.host.calls[0].parts) == 1


def test_big_endian_requests_are_taken() -> None:
    server = prepared([replace(BIND, byte_order="big")])
    server.send(replace(FIRST, byte_order="big", opnum=3))
    server.send(replace(LAST, byte_order="big", opnum=3))
    (served,) = server.host.calls
    assert (served.opnum, served.byte_order, served.stub) == (3, "big", bytes(16))


def test_reserved_and_maybe_flags_are_ignored() -> None:
    server = prepared([BIND])
    flags = WHOLE | Flags.RESERVED | Flags.MAYBE | Flags.CONC_MPX
    assert outcome(server, encode(replace(REQUEST, flags=flags))) == I
    assert server.host.calls[0].is_complete


@pytest.mark.parametrize("flags", [0, 0x08, 0xFB])
def test_any_flags_on_a_bind_are_accepted(flags: int) -> None:
    (ack,) = prepared([]).take(octets(BIND, 3, bytes((flags,)).hex()))
    assert isinstance(ack, BindAck)
    assert ack.flags & ~Flags.CONC_MPX == WHOLE
    assert bool(ack.flags & Flags.CONC_MPX) == bool(flags & Flags.CONC_MPX)
