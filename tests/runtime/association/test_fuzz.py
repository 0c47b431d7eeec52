"""Octets that nobody meant: what comes of them is an answer, or an error of ours."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

from midlpy.runtime.association.association import State
from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import ReceiveBuffer
from tests.runtime.association.ends import (
    Answered,
    ClientEnd,
    ServerEnd,
    bound,
    octets_of,
    pdus_of,
)
from tests.runtime.association.test_malformed_at_client import (
    ACK,
    FIRST,
    LAST,
    RESPONSE,
)
from tests.runtime.association.test_malformed_at_server import (
    ALTER,
    AUTH_BIND,
    AUTH_REQUEST,
    BIND,
    REQUEST,
)
from tests.runtime.association.test_malformed_at_server import FIRST as REQUEST_FIRST
from tests.runtime.association.test_malformed_at_server import LAST as REQUEST_LAST

ROUNDS = 3000
TO_SERVER = [
    BIND,
    ALTER,
    AUTH_BIND,
    REQUEST,
    AUTH_REQUEST,
    REQUEST_FIRST,
    REQUEST_LAST,
]
TO_CLIENT = [ACK, RESPONSE, FIRST, LAST]


def flipped(randomly: random.Random, octets: bytes) -> bytes:
    """*octets* with some bits changed; mostly still of the length they say."""
    changed = bytearray(octets)
    for _ in range(randomly.randint(1, 4)):
        position = randomly.randrange(len(changed))
        if position in (8, 9) and randomly.random() < 0.9:
            continue  # else most PDUs would end here
        changed[position] = randomly.choice(
            [changed[position] ^ 1 << randomly.randrange(8), 0, 255]
        )
    return bytes(changed)


def shortened(randomly: random.Random, octets: bytes) -> bytes:
    """*octets* without their end, and with a length that fits."""
    length = randomly.randint(16, len(octets))
    changed = bytearray(octets[:length])
    changed[8:10] = length.to_bytes(2, "little")
    return flipped(randomly, bytes(changed))


CHANGES: list[Callable[[random.Random, bytes], bytes]] = [flipped, shortened]


def test_changed_pdus_are_decoded_or_refused() -> None:
    randomly = random.Random(1)
    for _ in range(ROUNDS):
        octets = encode(randomly.choice([*TO_SERVER, *TO_CLIENT]))
        with suppress(RemoteProtocolError):
            decode(randomly.choice(CHANGES)(randomly, octets))


def test_server_survives_changed_pdus() -> None:
    randomly = random.Random(2)
    server = ServerEnd()
    closed = 0
    for _ in range(ROUNDS):
        if server.association.state is State.CLOSED:
            server.association.close()
            assert len(server.groups) == 0
            closed += 1
            server = ServerEnd()
            if randomly.random() < 0.8:
                server.send(BIND)
        octets = encode(randomly.choice(TO_SERVER))
        if randomly.random() < 0.7:
            octets = randomly.choice(CHANGES)(randomly, octets)
        answer = b""
        try:
            for pdu in ReceiveBuffer().feed(octets):
                answer += server.association.receive(pdu)
        except RemoteProtocolError:
            continue  # the length alone
        assert all(pdu.byte_order == "little" for pdu in pdus_of(answer))
        for served in server.host.calls:
            if served.is_complete and served.call_id in server.association._calls:
                server.association.respond(served.call_id, [b"answer"], 6)
        server.host.calls.clear()
    assert closed > 100


def test_client_survives_changed_pdus() -> None:
    randomly = random.Random(3)
    client: ClientEnd | None = None
    broken = 0
    for _ in range(ROUNDS):
        if client is None or client.association.state is State.CLOSED:
            client, _ = bound()
        if 7 not in client.association._sinks:
            sink = Answered()
            client.association.request(7, client.context_id, 0, sink, [b""], 0)
        octets = encode(randomly.choice(TO_CLIENT))
        try:
            client.take(randomly.choice(CHANGES)(randomly, octets))
        except RemoteProtocolError:
            broken += 1
            client = None
    assert broken > 100


def test_random_octets_are_refused_or_wait() -> None:
    randomly = random.Random(4)
    for _ in range(500):
        server = ServerEnd()
        octets = randomly.randbytes(randomly.randint(1, 300))
        try:
            server.take(octets)
        except RemoteProtocolError:
            continue
        assert server.host.calls == []


def test_conversation_with_one_change_never_confuses_calls() -> None:
    randomly = random.Random(5)
    for _ in range(300):
        client, server = bound()
        stub = randomly.randbytes(randomly.choice([10, 6000, 20_000]))
        _, request, call_id = client.call(stub)
        server.take(flipped(randomly, request))
        if call_id in server.association._calls and server.host.calls[0].is_complete:
            writer = server.association.start_response(call_id)
            response = octets_of(writer.finish([stub], len(stub)))
            try:
                client.take(flipped(randomly, response))
            except RemoteProtocolError:
                assert client.association.close_reason
