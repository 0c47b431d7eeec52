"""A client and a server that speak to each other, without a transport."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from midlpy.runtime.association.association import Role, State
from midlpy.runtime.association.group import AssociationGroups
from midlpy.runtime.association.negotiation import Features, propose
from midlpy.runtime.association.state import CLIENT_PDUS, TRANSITIONS
from midlpy.runtime.errors import LocalProtocolError, RpcFault
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr.syntax import NDR, NDR64
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import ReceiveBuffer
from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    Flags,
    PduType,
    Shutdown,
)
from tests.runtime.association.ends import (
    ABSTRACT,
    OTHER,
    UNKNOWN,
    Answered,
    ClientEnd,
    ServerEnd,
    bound,
    octets_of,
    pdus_of,
    state_of,
)

OBJECT = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def respond(server: ServerEnd, call_id: int, stub: bytes) -> bytes:
    return octets_of(server.association.respond(call_id, [stub], len(stub)))


def test_bind_settles_everything() -> None:
    client, server = bound(server=ServerEnd(secondary_address="49152"))
    for end in (client.association, server.association):
        assert end.state is State.BOUND
        assert end.fragment_octets == 5840
        assert end.is_multiplexed
        assert end.features == Features.KEEP_CONNECTION_ON_ORPHAN
    assert server.association.group is not None
    assert client.association.association_group_id == server.association.group.id
    assert client.association.secondary_address == "49152"
    assert client.listener.negotiations == 1
    assert client.association.rejections == ()


def test_call_comes_and_goes() -> None:
    client, server = bound()
    sink, request, call_id = client.call(b"question", opnum=3)
    assert server.take(request) == []
    (served,) = server.host.calls
    assert (served.call_id, served.opnum, served.stub) == (call_id, 3, b"question")
    assert served.is_complete
    assert served.byte_order == "little"
    assert served.context.service == "first"
    assert served.context.syntax is NDR
    assert server.association.outstanding == client.association.outstanding == 1
    client.take(respond(server, call_id, b"answer"))
    assert (sink.stub, sink.is_complete, sink.byte_order) == (b"answer", True, "little")
    assert server.association.outstanding == client.association.outstanding == 0


@pytest.mark.parametrize("octets", [0, 1, 5815, 5816, 5817, 100_000])
def test_stub_of_any_size_arrives(octets: int) -> None:
    client, server = bound()
    stub = random.Random(octets).randbytes(octets)
    sink, request, call_id = client.call(stub)
    server.take(request)
    assert server.host.calls[0].stub == stub
    client.take(respond(server, call_id, stub[::-1]))
    assert sink.stub == stub[::-1]
    assert sink.is_complete


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_any_split_of_the_octets_gives_the_same_call(step: int) -> None:
    client, server = bound()
    sink, request, call_id = client.call(bytes(20_000))
    buffer = ReceiveBuffer()
    for start in range(0, len(request), step):
        for pdu in buffer.feed(request[start : start + step]):
            server.association.receive(pdu)
    response = respond(server, call_id, b"x" * 20_000)
    for start in range(0, len(response), step):
        for pdu in buffer.feed(response[start : start + step]):
            client.association.receive(pdu)
    assert server.host.calls[0].stub == bytes(20_000)
    assert sink.stub == b"x" * 20_000


def test_large_fragments_are_agreed_on_when_asked_for() -> None:
    client, server = bound(ClientEnd(Limits(offered_fragment_octets=65_535)))
    assert client.association.fragment_octets == 65_528
    assert server.association.fragment_octets == 65_528
    _, request, _ = client.call(bytes(100_000))
    server.take(request)
    assert [len(part) for part in server.host.calls[0].parts] == [65_504, 34_496]


def test_calls_are_answered_in_any_order() -> None:
    client, server = bound()
    calls = [client.call(bytes((number,))) for number in range(5)]
    for _, request, _ in calls:
        server.take(request)
    for _, _, call_id in reversed(calls):
        client.take(respond(server, call_id, call_id.to_bytes(2, "little")))
    for sink, _, call_id in calls:
        assert sink.stub == call_id.to_bytes(2, "little")


def test_responses_may_interleave() -> None:
    client, server = bound()
    calls = [client.call() for _ in range(3)]
    for _, request, _ in calls:
        server.take(request)
    writers = [server.association.start_response(call_id) for _, _, call_id in calls]
    for _ in range(4):
        for number, writer in enumerate(writers):
            client.take(octets_of(writer.add([bytes((number,)) * 4000], 4000)))
    for writer in writers:
        client.take(octets_of(writer.finish()))
    for number, (sink, _, _) in enumerate(calls):
        assert sink.stub == bytes((number,)) * 16_000
        assert sink.is_complete
    sink, request, call_id = client.call()
    server.take(request)
    client.take(respond(server, call_id, b"after"))
    assert sink.stub == b"after"


def test_streamed_request_arrives_as_it_is_sent() -> None:
    client, server = bound()
    sink = Answered()
    writer = client.association.start_request(7, client.context_id, 0, sink)
    assert client.association.is_sending
    server.take(octets_of(writer.add([b"12345678"], 8)))
    server.take(octets_of(writer.flush()))
    served = server.host.calls[0]
    assert (served.stub, served.is_complete) == (b"12345678", False)
    server.take(octets_of(writer.finish([b"9"], 1)))
    assert (served.stub, served.is_complete) == (b"123456789", True)
    assert client.association.can_start
    client.take(respond(server, 7, b"done"))
    assert sink.stub == b"done"


def test_no_request_starts_inside_another() -> None:
    client, _ = bound()
    client.association.start_request(7, client.context_id, 0, Answered())
    with pytest.raises(LocalProtocolError, match="request of call 7 is half sent"):
        client.call()
    assert client.association.outstanding == 1


def test_response_waits_for_the_whole_request() -> None:
    client, server = bound()
    writer = client.association.start_request(7, client.context_id, 0, Answered())
    server.take(octets_of(writer.add([bytes(6000)], 6000)))
    with pytest.raises(LocalProtocolError, match="whose request is not complete"):
        server.association.respond(7, [], 0)


def test_call_is_answered_once() -> None:
    client, server = bound()
    _, request, call_id = client.call()
    server.take(request)
    server.association.start_response(call_id)
    with pytest.raises(LocalProtocolError, match="which is being answered"):
        server.association.respond(call_id, [], 0)
    server.association.fault(call_id, 5)
    with pytest.raises(LocalProtocolError, match="which is not open"):
        server.association.fault(call_id, 5)


def test_without_multiplexing_there_is_one_call_at_a_time() -> None:
    client, server = bound(ClientEnd(multiplex=False))
    assert not server.association.is_multiplexed
    _, request, call_id = client.call()
    assert not client.association.can_start
    with pytest.raises(LocalProtocolError, match="while 1 calls are outstanding"):
        client.call()
    server.take(request)
    client.take(respond(server, call_id, b""))
    assert client.association.can_start


def test_server_may_decline_to_multiplex() -> None:
    client, server = bound(server=ServerEnd(multiplex=False))
    assert not client.association.is_multiplexed
    assert not server.association.is_multiplexed


def test_calls_are_limited_at_both_ends() -> None:
    limits = Limits(outstanding_calls=2)
    client, server = bound(ClientEnd(limits))
    client.call()
    client.call()
    assert not client.association.can_start
    client, server = bound(server=ServerEnd(limits))
    calls = [client.call() for _ in range(3)]
    answers = [server.take(request) for _, request, _ in calls]
    client.take(encode(answers[2][0]))
    assert calls[2][0].faults == [(0x1C010014, True)]
    assert server.association.outstanding == 2


def test_fault_ends_a_call() -> None:
    client, server = bound()
    sink, request, call_id = client.call()
    server.take(request)
    client.take(server.association.fault(call_id, 1783))
    assert sink.faults == [(1783, False)]
    assert client.association.outstanding == 0
    assert state_of(client) is State.BOUND


def test_fault_may_follow_part_of_the_response() -> None:
    client, server = bound()
    sink, request, call_id = client.call()
    server.take(request)
    writer = server.association.start_response(call_id)
    client.take(octets_of(writer.add([bytes(6000)], 6000)))
    client.take(server.association.fault(call_id, 0x1C00001B))
    assert len(sink.stub) == 5816
    assert sink.faults == [(0x1C00001B, False)]


def test_fault_while_sending_closes_the_client() -> None:
    client, server = bound()
    sink = Answered()
    writer = client.association.start_request(7, client.context_id, 0, sink)
    server.take(octets_of(writer.add([bytes(6000)], 6000)))
    client.take(server.association.fault(7, 0x1C000017))
    assert sink.faults == [(0x1C000017, False)]
    assert state_of(client) is State.CLOSED
    with pytest.raises(LocalProtocolError):
        writer.add([b"more"], 4)


def test_server_discards_what_follows_its_early_fault() -> None:
    client, server = bound()
    writer = client.association.start_request(7, client.context_id, 0, Answered())
    server.take(octets_of(writer.add([bytes(6000)], 6000)))
    server.association.fault(7, 0x1C000017)
    rest = writer.add([bytes(6000)], 6000) + writer.finish()
    assert server.take(octets_of(rest)) == []
    assert len(server.host.calls[0].parts) == 1
    _, request, _ = client.call()
    assert server.take(request) == []
    assert server.host.calls[1].is_complete


def test_refusing_sink_ends_its_call_with_a_fault() -> None:
    client, server = bound()
    server.host.refusal = RpcFault(1783)
    sink, request, _ = client.call()
    client.take(b"".join(map(encode, server.take(request))))
    assert sink.faults == [(1783, False)]
    assert server.association.outstanding == 0


def test_cancel_and_orphan_reach_the_call() -> None:
    client, server = bound()
    sink, request, call_id = client.call()
    server.take(request)
    assert server.take(client.association.cancel(call_id)) == []
    assert server.host.calls[0].is_cancelled
    assert server.take(client.association.orphan(call_id)) == []
    assert server.host.calls[0].is_orphaned
    assert server.association.outstanding == client.association.outstanding == 0
    assert state_of(client) is State.BOUND
    with pytest.raises(LocalProtocolError, match="which is not open"):
        server.association.respond(call_id, [], 0)
    assert sink == Answered()


def test_case_82_late_answer_of_an_orphaned_call_is_discarded() -> None:
    client, server = bound()
    _, request, call_id = client.call()
    server.take(request)
    late = respond(server, call_id, bytes(10_000))
    client.association.orphan(call_id)
    client.take(late)
    sink, request, call_id = client.call()
    server.take(request)
    client.take(respond(server, call_id, b"next"))
    assert sink.stub == b"next"


def test_orphan_closes_unless_the_server_agreed_to_go_on() -> None:
    client, server = ClientEnd(), ServerEnd()
    octets = client.association.bind(propose([ABSTRACT]), Features.NONE)
    client.take(b"".join(map(encode, server.take(octets))))
    _, _, call_id = client.call()
    assert client.association.orphan(call_id)
    assert state_of(client) is State.CLOSED


def test_orphan_inside_a_request_closes() -> None:
    client, _ = bound()
    client.association.start_request(7, client.context_id, 0, Answered())
    assert client.association.orphan(7)
    assert state_of(client) is State.CLOSED


def test_cancel_of_an_unknown_call_is_nothing() -> None:
    client, _ = bound()
    assert client.association.cancel(99) == b""
    assert client.association.orphan(99) == b""
    assert state_of(client) is State.BOUND


def test_object_uuid_arrives() -> None:
    client, server = bound()
    buffers = client.association.request(
        5, client.context_id, 1, Answered(), [b"a"], 1, object_uuid=OBJECT
    )
    server.take(octets_of(buffers))
    assert server.host.calls[0].object_uuid == OBJECT
    assert server.host.calls[0].stub == b"a"


def test_alter_context_adds_an_interface() -> None:
    client, server = bound()
    _, request, call_id = client.call()
    alter = client.association.alter(
        propose([OTHER], first_id=client.association.next_context_id)
    )
    assert state_of(client) is State.ALTERING
    (answer,) = server.take(alter)
    server.take(request)
    # A call may flow while the contexts are negotiated.
    client.take(respond(server, call_id, b""))
    client.send(answer)
    assert state_of(client) is State.BOUND
    context = client.association.context_for(OTHER)
    assert context is not None
    buffers = client.association.request(9, context.context_id, 0, Answered(), [b""], 0)
    server.take(octets_of(buffers))
    assert server.host.calls[-1].context.service == "second"


def test_ndr64_is_used_when_it_alone_is_offered() -> None:
    client, server = ClientEnd(), ServerEnd()
    octets = client.association.bind(propose([ABSTRACT], [NDR64_SYNTAX]))
    client.take(b"".join(map(encode, server.take(octets))))
    context = client.association.context_for(ABSTRACT)
    assert context is not None
    assert context.syntax is NDR64
    assert client.association.context_for(ABSTRACT, NDR_SYNTAX) is None


def test_ndr_may_be_added_to_ndr64() -> None:
    client, server = ClientEnd(), ServerEnd()
    octets = client.association.bind(propose([ABSTRACT], [NDR64_SYNTAX]))
    client.take(b"".join(map(encode, server.take(octets))))
    alter = client.association.alter(
        propose([ABSTRACT], first_id=client.association.next_context_id)
    )
    client.take(b"".join(map(encode, server.take(alter))))
    for transfer in (NDR_SYNTAX, NDR64_SYNTAX):
        assert client.association.context_for(ABSTRACT, transfer) is not None


def test_case_91_rejected_context_leaves_the_connection() -> None:
    client, server = bound()
    alter = client.association.alter(propose([UNKNOWN], first_id=5))
    client.take(b"".join(map(encode, server.take(alter))))
    (rejection,) = client.association.rejections
    assert str(rejection) == f"{UNKNOWN}: abstract syntax not supported"
    assert client.association.context_for(UNKNOWN) is None
    assert state_of(client) is State.BOUND


def test_second_connection_joins_the_group() -> None:
    groups = AssociationGroups()
    _, server = bound(server=ServerEnd(groups=groups))
    group = server.association.group
    assert group is not None
    second = ClientEnd()
    second.association.association_group_id = group.id
    _, other = bound(second, ServerEnd(groups=groups))
    assert other.association.group is group
    assert group.connection_count == 2
    other.association.close()
    server.association.close()
    assert len(groups) == 0


def test_shutdown_drains_the_client() -> None:
    client, server = bound()
    sink, request, call_id = client.call()
    server.take(request)
    client.take(server.association.shutdown())
    assert client.listener.shutdowns == 1
    assert state_of(client) is State.DRAINING
    assert not client.association.can_start
    client.take(respond(server, call_id, b"last"))
    assert sink.stub == b"last"
    assert state_of(client) is State.CLOSED


def test_shutdown_closes_an_idle_client() -> None:
    client, _ = bound()
    client.send(Shutdown(call_id=0))
    assert state_of(client) is State.CLOSED


def test_draining_server_refuses_calls() -> None:
    client, server = bound()
    server.association.shutdown()
    sink, request, _ = client.call()
    client.take(b"".join(map(encode, server.take(request))))
    assert sink.faults == [(0x1C010014, True)]


def test_close_gives_back_the_calls() -> None:
    client, server = bound()
    sink, request, _ = client.call()
    server.take(request)
    assert client.association.close("the transport ended") == [sink]
    assert server.association.close("the transport ended") == server.host.calls
    for end in (client.association, server.association):
        assert end.state is State.CLOSED
        assert end.close_reason == "the transport ended"
        assert end.close() == []
        assert end.close_reason == "the transport ended"


def test_closed_ends_hear_nothing() -> None:
    client, server = bound()
    _, request, call_id = client.call()
    server.take(request)
    response = respond(server, call_id, b"")
    client.association.close()
    client.take(response)
    _, server = bound()
    server.association.close()
    assert server.take(request) == []
    assert server.host.calls == []


def test_call_ids_wrap_past_zero_and_outstanding_calls() -> None:
    client, _ = bound()
    client.association._last_call_id = 0xFFFFFFFD
    first, second = client.association.next_call_id(), client.association.next_call_id()
    third = client.association.next_call_id()
    assert (first, second, third) == (0xFFFFFFFE, 0xFFFFFFFF, 1)


def test_every_transition_has_a_rightful_sender() -> None:
    """What may come is from somebody: no type is in both directions or in none."""
    types = {kind for after in TRANSITIONS.values() for kind in after}
    assert types | CLIENT_PDUS == types
    assert Role.CLIENT.peer is Role.SERVER
    assert Role.SERVER.peer is Role.CLIENT
    assert PduType.RESPONSE not in CLIENT_PDUS


def test_bind_is_sent_once() -> None:
    client, _ = bound()
    with pytest.raises(LocalProtocolError, match="BIND from the client while bound"):
        client.association.bind(propose([ABSTRACT]))


def test_nothing_is_called_before_the_bind() -> None:
    client = ClientEnd()
    with pytest.raises(LocalProtocolError, match="while unbound"):
        client.association.request(1, 0, 0, Answered(), [], 0)


def test_bind_offers_multiplexing_and_features() -> None:
    bind = decode(ClientEnd().association.bind(propose([ABSTRACT])))
    assert Flags.CONC_MPX in bind.flags
    (pdu,) = pdus_of(ClientEnd(multiplex=False).association.bind(propose([ABSTRACT])))
    assert Flags.CONC_MPX not in pdu.flags
