"""Recorded conversations with pipes, heard by our associations and chunk readers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from midlpy.runtime.association.association import State
from midlpy.runtime.association.negotiation import Features, Offer, propose
from midlpy.runtime.ndr.chunks import ChunkReader, Elements
from midlpy.runtime.ndr.syntax import NDR, ByteOrder
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import (
    Bind,
    BindAck,
    Fault,
    Flags,
    Pdu,
    Request,
    Response,
    SyntaxId,
)
from tests.runtime.association.ends import Answered, ClientEnd, ServerEnd, octets_of
from tests.runtime.ndr.test_chunks import BYTE, Records
from tests.support.corpus import corpus_path

SCALARS: Mapping[str, tuple[int, bool]] = {
    "lead": (1, False),
    "trail": (1, False),
}  # all others are long


def names() -> list[str]:
    try:
        rows = json.loads(corpus_path("vectors/pipe-traces.json").read_text())
    except pytest.skip.Exception:
        return []
    return [row["name"] for row in rows]


def trace(name: str) -> dict[str, Any]:
    rows = json.loads(corpus_path("vectors/pipe-traces.json").read_text())
    return next(row for row in rows if row["name"] == name)


@dataclass
class Half:
    """The stub data of one call in one direction, and where its fragments end."""

    byte_order: ByteOrder
    stub: bytes = b""
    borders: list[int] = field(default_factory=lambda: [0])

    def add(self, octets: bytes) -> None:
        self.stub += octets
        self.borders.append(len(self.stub))


def halves(pdus: list[Pdu]) -> tuple[dict[int, Half], dict[int, Half]]:
    """Requests and responses by call id."""
    requests: dict[int, Half] = {}
    responses: dict[int, Half] = {}
    for pdu in pdus:
        if isinstance(pdu, Request | Response):
            side = requests if isinstance(pdu, Request) else responses
            side.setdefault(pdu.call_id, Half(pdu.byte_order)).add(pdu.stub_data)
    return requests, responses


def elements_of(name: str, byte_order: ByteOrder) -> Elements:
    forms = {"long": ("i", 4), "short": ("h", 2), "REC": ("h2xiq", 8)}
    return BYTE if name == "byte" else Records(*forms[name], byte_order)


def expected_elements(pipe: Mapping[str, Any]) -> Iterator[Any]:
    rule = pipe["rule"]
    for i in range(pipe["elements"]):
        if isinstance(rule, str):
            yield eval(rule, {"i": i})
        else:
            yield tuple(eval(rule[name], {"i": i}) for name in rule)


class Stub:
    """A stub that is read from front to back, and checked against its values."""

    def __init__(self, half: Half) -> None:
        self._half = half
        self._position = 0

    def number(self, octets: int, signed: bool = True) -> int:
        self._position += -self._position % octets
        start = self._position
        self._position += octets
        piece = self._half.stub[start : self._position]
        return int.from_bytes(piece, self._half.byte_order, signed=signed)

    def string(self, octets: int) -> str:
        self.number(4)
        assert self.number(4) == 0
        count = self.number(4) * octets
        piece = self._half.stub[self._position : self._position + count]
        self._position += count
        return piece.decode("utf-16-le" if octets == 2 else "ascii").rstrip("\0")

    def handle(self) -> dict[str, Any]:
        attributes = self.number(4)
        uuid = UUID(bytes_le=self._half.stub[self._position : self._position + 16])
        self._position += 16
        return {"attributes": attributes, "uuid": str(uuid)}

    def pipe(self, pipe: Mapping[str, Any]) -> None:
        elements = elements_of(pipe["type"], self._half.byte_order)
        reader = ChunkReader(elements, NDR, self._half.byte_order, self._position)
        got: list[Any] = []
        borders = [b for b in self._half.borders if b > self._position]
        for start, end in pairwise([self._position, *borders]):
            reader.feed(memoryview(self._half.stub)[start:end])
            while reader.available:
                got += reader.take()
        assert got == list(expected_elements(pipe))
        assert reader.ended != pipe.get("unfinished", False)
        self._position = reader.offset

    def check(self, values: Mapping[str, Any], operation: str) -> None:
        wide = "flags" in values
        for name, value in values.items():
            if isinstance(value, dict) and "elements" in value:
                self.pipe(value)
            elif isinstance(value, dict):
                assert self.handle() == value
            elif isinstance(value, str):
                assert self.string(2 if wide else 1) == value
            elif name == "return" and operation == "Shorts":
                assert self.number(2) == value
            else:
                assert self.number(*SCALARS.get(name, (4, True))) == value
        assert self._position <= len(self._half.stub)


def pdus_of_trace(conversation: Mapping[str, Any]) -> list[Pdu]:
    pdus: list[Pdu] = []
    for recorded in conversation["pdus"]:
        pdu = decode(bytes.fromhex(recorded["hex"]))
        assert pdu.type.name.lower() == recorded["type"]
        pdus.append(pdu)
    return pdus


def abstract_of(conversation: Mapping[str, Any]) -> SyntaxId:
    match = re.search(r"uuid\((.*?)\), version\((\d+)\.(\d+)\)", conversation["idl"])
    assert match is not None
    return SyntaxId(UUID(match[1]), int(match[2]), int(match[3]))


@pytest.mark.parametrize("name", names())
def test_recorded_values_are_read(name: str) -> None:
    conversation = trace(name)
    requests, responses = halves(pdus_of_trace(conversation))
    for call in conversation["arguments"]:
        call_id, operation = call["call_id"], call["operation"]
        Stub(requests[call_id]).check(call["in"], operation)
        if call.get("out"):
            Stub(responses[call_id]).check(call["out"], operation)


@pytest.mark.parametrize("name", names())
def test_recorded_pdus_are_encoded_again(name: str) -> None:
    for recorded in trace(name)["pdus"]:
        octets = bytes.fromhex(recorded["hex"])
        pdu = decode(octets)
        again = encode(pdu)
        if isinstance(pdu, BindAck | Bind):
            assert decode(again) == pdu
        else:
            assert again == octets


@pytest.mark.parametrize("name", names())
def test_recorded_faults_have_their_code(name: str) -> None:
    conversation = trace(name)
    codes = {
        call["call_id"]: int(call["fault"]["stub_code"], 16)
        for call in conversation["arguments"]
        if "fault" in call
    }
    pdus = pdus_of_trace(conversation)
    faults = {pdu.call_id: pdu.code for pdu in pdus if isinstance(pdu, Fault)}
    assert faults == codes


@pytest.mark.parametrize("name", names())
def test_server_takes_the_recorded_client(name: str) -> None:
    conversation = trace(name)
    server = ServerEnd(offers=[Offer(abstract_of(conversation), "recorded")])
    pdus = pdus_of_trace(conversation)
    requests, responses = halves(pdus)
    for pdu in pdus:
        if isinstance(pdu, Bind):
            (ack,) = server.send(pdu)
            assert isinstance(ack, BindAck)
            assert ack.results[0].result == 0
        elif isinstance(pdu, Request):
            assert server.send(pdu) == []
        elif isinstance(pdu, Fault):
            server.association.fault(pdu.call_id, pdu.code)
        elif isinstance(pdu, Response) and pdu.flags & Flags.LAST:
            stub = responses[pdu.call_id].stub
            server.association.respond(pdu.call_id, [stub], len(stub))
    assert server.association.state is State.BOUND
    assert server.association.outstanding == 0
    assert {call.call_id: call.stub for call in server.host.calls} == {
        call_id: half.stub for call_id, half in requests.items()
    }


@pytest.mark.parametrize("name", names())
def test_client_takes_the_recorded_server(name: str) -> None:
    conversation = trace(name)
    abstract = abstract_of(conversation)
    client = ClientEnd()
    pdus = pdus_of_trace(conversation)
    requests, responses = halves(pdus)
    sinks: dict[int, Answered] = {}
    for pdu in pdus:
        if isinstance(pdu, Bind):
            features = (
                Features.KEEP_CONNECTION_ON_ORPHAN
                if len(pdu.contexts) == 2
                else Features.NONE
            )
            client.association.bind(propose([abstract]), features)
        elif isinstance(pdu, Request) and pdu.flags & Flags.LAST:
            context = client.association.context_for(abstract)
            assert context is not None
            stub = requests[pdu.call_id].stub
            sink = sinks[pdu.call_id] = Answered()
            buffers = client.association.request(
                pdu.call_id, context.context_id, pdu.opnum, sink, [stub], len(stub)
            )
            assert octets_of(buffers)
        elif not isinstance(pdu, Request):
            client.send(pdu)
    assert client.association.state is State.BOUND
    for call_id, sink in sinks.items():
        if call_id in responses:
            assert sink.stub == responses[call_id].stub
        assert sink.is_complete != bool(sink.faults)
