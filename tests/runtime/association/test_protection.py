"""Fragments that are signed and sealed, by a service that is easy to check."""

from __future__ import annotations

import pytest

from midlpy.runtime.association.association import State
from midlpy.runtime.errors import RpcError
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.types import AuthTrailer, Fault, Request
from tests.runtime.association.ends import (
    ClientEnd,
    ServerEnd,
    bound,
    octets_of,
    state_of,
)


class Sum:
    """Seals by exclusive or; signs by a running number and a sum of all octets."""

    trailer = AuthTrailer(10, 6, 5, b"")
    signature_octets = 8

    def __init__(self) -> None:
        self._sent = 0
        self._received = 0

    def protect(
        self, header: bytes, stub: bytes, trailer: bytes
    ) -> tuple[bytes, bytes]:
        self._sent += 1
        total = sum(header) + sum(stub) + sum(trailer)
        signature = self._sent.to_bytes(4, "little") + total.to_bytes(4, "little")
        return bytes(octet ^ 0xFF for octet in stub), signature

    def unprotect(
        self,
        header: memoryview,
        stub: memoryview,
        trailer: memoryview,
        value: memoryview,
    ) -> bytes:
        self._received += 1
        plain = bytes(octet ^ 0xFF for octet in stub)
        total = sum(header) + sum(plain) + sum(trailer)
        wanted = self._received.to_bytes(4, "little") + total.to_bytes(4, "little")
        if bytes(value) != wanted:
            raise RpcError("the signature is wrong", status=1825)
        return plain


def protected() -> tuple[ClientEnd, ServerEnd]:
    client, server = bound()
    client.association.use_protection(Sum())
    server.association.use_protection(Sum())
    return client, server


@pytest.mark.parametrize("octets", [0, 1, 16, 5000, 50_000])
def test_calls_come_and_go_sealed(octets: int) -> None:
    client, server = protected()
    stub = bytes(number % 251 for number in range(octets))
    sink, request, call_id = client.call(stub)
    assert octets < 16 or stub not in request
    assert server.take(request) == []
    assert server.host.calls[0].stub == stub
    response = octets_of(server.association.respond(call_id, [stub], octets))
    client.take(response)
    assert sink.stub == stub
    assert sink.is_complete


def test_pad_and_trailer_are_on_the_wire() -> None:
    client, _ = protected()
    _, octets, _ = client.call(b"abc")
    request = decode(octets)
    assert isinstance(request, Request)
    assert request.trailer is not None
    assert request.trailer.pad_octets == 13
    assert (request.trailer.auth_type, request.trailer.level) == (10, 6)
    assert request.trailer.context_id == 5


def test_case_56_bad_signature_at_the_server() -> None:
    client, server = protected()
    _, request, call_id = client.call(b"abc")
    changed = bytearray(request)
    changed[24] ^= 1
    (fault,) = server.take(bytes(changed))
    assert isinstance(fault, Fault)
    assert (fault.status, fault.call_id) == (0x721, call_id)
    assert state_of(server) is State.CLOSED
    assert server.host.calls == []


def test_bad_signature_at_the_client() -> None:
    client, server = protected()
    sink, request, call_id = client.call(b"abc")
    server.take(request)
    changed = bytearray(octets_of(server.association.respond(call_id, [b"x"], 1)))
    changed[24] ^= 1
    with pytest.raises(RpcError, match="the signature is wrong"):
        client.take(bytes(changed))
    assert state_of(client) is State.CLOSED
    assert not sink.is_complete


def test_case_82_late_answer_is_verified_all_the_same() -> None:
    """Signatures count fragments: one that is skipped would spoil the next."""
    client, server = protected()
    _, request, call_id = client.call()
    server.take(request)
    late = octets_of(server.association.respond(call_id, [b"late"], 4))
    client.association.orphan(call_id)
    client.take(late)
    sink, request, call_id = client.call()
    server.take(request)
    client.take(octets_of(server.association.respond(call_id, [b"next"], 4)))
    assert sink.stub == b"next"


def test_case_90_unprotected_response_on_a_protected_context() -> None:
    client, server = bound()
    _, request, call_id = client.call()
    server.take(request)
    response = octets_of(server.association.respond(call_id, [b""], 0))
    client.association.use_protection(Sum())
    with pytest.raises(RpcError, match="without an authentication trailer"):
        client.take(response)


def test_unprotected_request_on_a_protected_association_is_denied() -> None:
    client, server = bound()
    server.association.use_protection(Sum())
    _, request, _ = client.call()
    (fault,) = server.take(request)
    assert isinstance(fault, Fault)
    assert fault.status == 5
    assert state_of(server) is State.CLOSED
    assert server.host.calls == []
