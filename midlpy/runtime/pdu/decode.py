"""Octets to PDUs, in both byte orders.

Everything a peer sends is checked here against the octets that are there, and a PDU that
does not hold together is a ``MalformedPdu`` that says in which way: the answer depends
on it.

Spec: C706 12.6.3, 12.6.4; MS-RPCE 2.2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import Struct
from typing import Final, NamedTuple, TypedDict
from uuid import UUID

from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.header import (
    Defect,
    Header,
    MalformedPdu,
    decode_header,
    decode_trailer,
)
from midlpy.runtime.pdu.numbers import COUNT, EXTENDED_INFORMATION, NUMBERS
from midlpy.runtime.pdu.types import (
    CALL_HEADER_OCTETS,
    HEADER_OCTETS,
    OBJECT_UUID_OCTETS,
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
    PduType,
    Request,
    Response,
    Shutdown,
    SyntaxId,
)


class _Body:
    """The octets of a body, read in order; it ends before the trailer and its pad."""

    __slots__ = ("_octets", "_position", "byte_order", "numbers")

    def __init__(self, octets: memoryview, byte_order: ByteOrder) -> None:
        self._octets = octets
        self._position = 0
        self.byte_order: ByteOrder = byte_order
        self.numbers = NUMBERS[byte_order]

    def take(self, count: int) -> memoryview:
        left = len(self._octets) - self._position
        if count > left:
            raise MalformedPdu(
                Defect.LENGTH,
                f"the PDU's body wants {count} octets at {self._position}, "
                f"{left} are left",
            )
        start = self._position
        self._position += count
        return self._octets[start : self._position]

    def read(self, form: Struct) -> tuple[int, ...]:
        return form.unpack(self.take(form.size))

    def rest(self) -> bytes:
        return bytes(self._octets[self._position :])

    @property
    def left(self) -> int:
        return len(self._octets) - self._position

    def uuid(self) -> UUID:
        octets = bytes(self.take(16))
        if self.byte_order == "little":
            return UUID(bytes_le=octets)
        return UUID(bytes=octets)

    def syntax(self) -> SyntaxId:
        uuid = self.uuid()
        (version,) = self.read(self.numbers.u32)
        return SyntaxId(uuid, version & 0xFFFF, version >> 16)


class RequestFields(NamedTuple):
    """What stands between the common header of a request and its stub data."""

    alloc_hint: int
    context_id: int
    opnum: int
    object_uuid: UUID | None
    stub_start: int


def decode_request(header: Header, pdu: memoryview) -> RequestFields:
    """The fields of a request; its stub data is not looked at.

    Raises:
        MalformedPdu: it ends before them.
    """
    body = _Body(pdu[HEADER_OCTETS:], header.byte_order)
    alloc_hint, context_id, opnum = body.read(body.numbers.call)
    object_uuid = body.uuid() if header.flags & Flags.OBJECT_UUID else None
    start = _fixed_octets(header)
    return RequestFields(alloc_hint, context_id, opnum, object_uuid, start)


def _fixed_octets(header: Header) -> int:
    """Where the part of the PDU begins that a pad may follow."""
    if header.type == PduType.REQUEST and header.flags & Flags.OBJECT_UUID:
        return CALL_HEADER_OCTETS + OBJECT_UUID_OCTETS
    if header.type in (PduType.REQUEST, PduType.RESPONSE):
        return CALL_HEADER_OCTETS
    return HEADER_OCTETS


def decode(octets: bytes | bytearray | memoryview) -> Pdu:
    """The PDU that *octets* are.

    Raises:
        MalformedPdu: they are none.
    """
    pdu = memoryview(octets)
    header = decode_header(pdu)
    reader = _READERS.get(header.type)
    if reader is None:
        raise MalformedPdu(Defect.TYPE, f"PDU type {header.type} is not known here")
    trailer, end = None, len(pdu)
    if header.auth_length:
        trailer, end = decode_trailer(header, pdu, _fixed_octets(header))
    body = _Body(pdu[HEADER_OCTETS:end], header.byte_order)
    common = _Common(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
    )
    return reader(body, common)


class _Common(TypedDict):
    """The fields that every PDU has."""

    call_id: int
    flags: Flags
    byte_order: ByteOrder
    trailer: AuthTrailer | None


def _read_request(body: _Body, common: _Common) -> Pdu:
    alloc_hint, context_id, opnum = body.read(body.numbers.call)
    has_object = bool(common["flags"] & Flags.OBJECT_UUID)
    common["flags"] &= ~Flags.OBJECT_UUID
    return Request(
        **common,
        alloc_hint=alloc_hint,
        context_id=context_id,
        opnum=opnum,
        object_uuid=body.uuid() if has_object else None,
        stub_data=body.rest(),
    )


def _read_response(body: _Body, common: _Common) -> Pdu:
    alloc_hint, context_id, counts = body.read(body.numbers.call)
    # Two octets, the second reserved, that were read as one number.
    cancel_count = counts.to_bytes(2, body.byte_order)[0]
    return Response(
        **common,
        alloc_hint=alloc_hint,
        context_id=context_id,
        cancel_count=cancel_count,
        stub_data=body.rest(),
    )


def _read_fault(body: _Body, common: _Common) -> Pdu:
    fields = body.read(body.numbers.fault)
    alloc_hint, context_id, cancel_count, flags, status, _ = fields
    return Fault(
        **common,
        alloc_hint=alloc_hint,
        context_id=context_id,
        cancel_count=cancel_count,
        has_extended_information=bool(flags & EXTENDED_INFORMATION),
        status=status,
        stub_data=body.rest(),
    )


def _read_bind(cls: type[Bind | AlterContext], body: _Body, common: _Common) -> Pdu:
    xmit, recv, group_id = body.read(body.numbers.bind)
    (count,) = body.read(COUNT)
    contexts: list[ContextElement] = []
    for _ in range(count):
        context_id, transfer_count = body.read(body.numbers.element)
        abstract = body.syntax()
        transfers = tuple(body.syntax() for _ in range(transfer_count))
        contexts.append(ContextElement(context_id, abstract, transfers))
    return cls(
        **common,
        max_xmit_fragment=xmit,
        max_recv_fragment=recv,
        association_group_id=group_id,
        contexts=tuple(contexts),
    )


def _read_bind_ack(
    cls: type[BindAck | AlterContextResponse], body: _Body, common: _Common
) -> Pdu:
    xmit, recv, group_id = body.read(body.numbers.bind)
    (address_octets,) = body.read(body.numbers.u16)
    address = bytes(body.take(address_octets))
    body.take(-(2 + address_octets) % 4)
    (count,) = body.read(COUNT)
    results: list[ContextResult] = []
    for _ in range(count):
        result, reason = body.read(body.numbers.result)
        results.append(ContextResult(result, reason, body.syntax()))
    return cls(
        **common,
        max_xmit_fragment=xmit,
        max_recv_fragment=recv,
        association_group_id=group_id,
        secondary_address=address.rstrip(b"\0").decode("latin-1"),
        results=tuple(results),
    )


def _read_bind_nak(body: _Body, common: _Common) -> Pdu:
    (reason,) = body.read(body.numbers.u16)
    versions: list[tuple[int, int]] = []
    if body.left:  # some servers say no more than the reason
        for _ in range(body.take(1)[0]):
            major, minor = body.take(2)
            versions.append((major, minor))
    return BindNak(
        **common,
        reason=reason,
        versions=tuple(versions),
    )


def _read_bare(
    cls: type[Shutdown | CoCancel | Orphaned], _: _Body, common: _Common
) -> Pdu:
    return cls(**common)


def _read_auth3(body: _Body, common: _Common) -> Pdu:
    if common["trailer"] is not None or body.left:
        body.take(4)  # of any value
    return Auth3(**common)


_PduReader = Callable[[_Body, _Common], Pdu]

_READERS: Final[dict[int, _PduReader]] = {
    PduType.REQUEST: _read_request,
    PduType.RESPONSE: _read_response,
    PduType.FAULT: _read_fault,
    PduType.BIND: partial(_read_bind, Bind),
    PduType.BIND_ACK: partial(_read_bind_ack, BindAck),
    PduType.BIND_NAK: _read_bind_nak,
    PduType.ALTER_CONTEXT: partial(_read_bind, AlterContext),
    PduType.ALTER_CONTEXT_RESPONSE: partial(_read_bind_ack, AlterContextResponse),
    PduType.AUTH3: _read_auth3,
    PduType.SHUTDOWN: partial(_read_bare, Shutdown),
    PduType.CO_CANCEL: partial(_read_bare, CoCancel),
    PduType.ORPHANED: partial(_read_bare, Orphaned),
}
