"""Two ends that write down what they hear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from midlpy.runtime.association.client import ClientAssociation
from midlpy.runtime.association.group import AssociationGroups
from midlpy.runtime.association.negotiation import Offer, PresentationContext, propose
from midlpy.runtime.association.server import ServerAssociation
from midlpy.runtime.association.state import State
from midlpy.runtime.errors import BindRejected, RpcFault
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import ReceiveBuffer
from midlpy.runtime.pdu.types import Buffer, Pdu, SyntaxId

ABSTRACT = SyntaxId(UUID("12345678-1234-abcd-ef00-0123456789ab"), 1, 2)
OTHER = SyntaxId(UUID("12345678-1234-abcd-ef00-0123456789ac"), 3)
UNKNOWN = SyntaxId(UUID("00000000-1234-abcd-ef00-0123456789ab"), 1)
UNKNOWN_TRANSFER = SyntaxId(UUID("11111111-1234-abcd-ef00-0123456789ab"), 1)


@dataclass
class Answered:
    """A call at the client."""

    stub_limit: int | None = None
    stub: bytes = b""
    is_complete: bool = False
    byte_order: ByteOrder | None = None
    faults: list[tuple[int, bool]] = field(default_factory=list)

    def response(self, stub: memoryview, is_last: bool, byte_order: ByteOrder) -> None:
        assert not self.is_complete
        self.stub += bytes(stub)
        self.is_complete = is_last
        self.byte_order = byte_order

    def fault(self, status: int, did_not_execute: bool) -> None:
        self.faults.append((status, did_not_execute))


@dataclass
class Served:
    """A call at the server."""

    call_id: int
    context: PresentationContext[str]
    opnum: int
    object_uuid: UUID | None
    byte_order: ByteOrder
    stub_limit: int | None
    parts: list[bytes] = field(default_factory=list)
    is_complete: bool = False
    is_cancelled: bool = False
    is_orphaned: bool = False
    refusal: RpcFault | None = None

    def request(self, stub: memoryview, is_last: bool) -> None:
        assert not self.is_complete
        self.parts.append(bytes(stub))
        self.is_complete = is_last
        if self.refusal is not None:
            raise self.refusal

    def cancel(self) -> None:
        self.is_cancelled = True

    def orphan(self) -> None:
        self.is_orphaned = True

    @property
    def stub(self) -> bytes:
        return b"".join(self.parts)


@dataclass
class Host:
    """The delegate of a server; opnums from 100 on are out of range."""

    stub_limit: int | None = None
    refusal: RpcFault | None = None
    calls: list[Served] = field(default_factory=list)

    def open_call(
        self,
        call_id: int,
        context: PresentationContext[str],
        opnum: int,
        object_uuid: UUID | None,
        byte_order: ByteOrder,
    ) -> Served:
        if opnum >= 100:
            raise RpcFault(0x1C010002, did_not_execute=True)
        served = Served(
            call_id, context, opnum, object_uuid, byte_order, self.stub_limit
        )
        served.refusal = self.refusal
        self.calls.append(served)
        return served


@dataclass
class Listener:
    """The delegate of a client."""

    negotiations: int = 0
    rejection: BindRejected | None = None
    shutdowns: int = 0

    def negotiated(self) -> None:
        self.negotiations += 1

    def rejected(self, error: BindRejected) -> None:
        self.rejection = error

    def shutdown(self) -> None:
        self.shutdowns += 1


def pdus_of(octets: bytes) -> Iterator[Pdu]:
    for pdu in ReceiveBuffer().feed(octets):
        yield decode(pdu)


class ServerEnd:
    """A server, spoken to in PDUs."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        groups: AssociationGroups | None = None,
        offers: Sequence[Offer[str]] | None = None,
        multiplex: bool = True,
        transport: str = "ncacn_ip_tcp",
        secondary_address: str = "",
    ) -> None:
        self.host = Host()
        self.groups = groups if groups is not None else AssociationGroups()
        self.association: ServerAssociation[str] = ServerAssociation(
            self.host,
            offers or [Offer(ABSTRACT, "first"), Offer(OTHER, "second")],
            self.groups,
            limits,
            multiplex=multiplex,
            transport=transport,
            secondary_address=secondary_address,
        )

    def take(self, octets: bytes) -> list[Pdu]:
        """What the server answers to *octets*, which are whole PDUs."""
        answer = b""
        for pdu in ReceiveBuffer().feed(octets):
            answer += self.association.receive(pdu)
        return list(pdus_of(answer))

    def send(self, pdu: Pdu) -> list[Pdu]:
        return self.take(encode(pdu))


class ClientEnd:
    """A client, spoken to in PDUs; its fragments are as small as those of Windows."""

    def __init__(self, limits: Limits | None = None, *, multiplex: bool = True) -> None:
        limits = limits or Limits(offered_fragment_octets=5840)
        self.listener = Listener()
        self.association = ClientAssociation(self.listener, limits, multiplex=multiplex)

    def take(self, octets: bytes) -> None:
        for pdu in ReceiveBuffer().feed(octets):
            assert self.association.receive(pdu) == b""

    def send(self, pdu: Pdu) -> None:
        self.take(encode(pdu))

    @property
    def context_id(self) -> int:
        context = self.association.context_for(ABSTRACT)
        assert context is not None
        return context.context_id

    def call(
        self, stub: bytes = b"stub", opnum: int = 0, sink: Answered | None = None
    ) -> tuple[Answered, bytes, int]:
        """A sink, the octets of a request, and its call id."""
        sink = sink if sink is not None else Answered()
        call_id = self.association.next_call_id()
        buffers = self.association.request(
            call_id, self.context_id, opnum, sink, [stub], len(stub)
        )
        return sink, octets_of(buffers), call_id


def octets_of(buffers: Sequence[Buffer]) -> bytes:
    return b"".join(buffers)


def state_of(end: ClientEnd | ServerEnd) -> State:
    return end.association.state


def bound(
    client: ClientEnd | None = None,
    server: ServerEnd | None = None,
) -> tuple[ClientEnd, ServerEnd]:
    """Two ends that have agreed on NDR for ABSTRACT."""
    client = client or ClientEnd()
    server = server or ServerEnd()
    octets = client.association.bind(propose([ABSTRACT]))
    client.take(b"".join(encode(pdu) for pdu in server.take(octets)))
    assert client.association.context_for(ABSTRACT) is not None
    return client, server
