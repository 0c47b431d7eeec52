"""PDUs to octets and back, in both byte orders.

Everything a peer sends is checked here against the octets that are there, and a PDU that
does not hold together is a ``MalformedPdu`` that says in which way: the answer depends
on it.

Spec: C706 12.6.3, 12.6.4; MS-RPCE 2.2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final, NamedTuple
from uuid import UUID

from midlpy.runtime.errors import LocalProtocolError
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.header import (
    Defect,
    Header,
    MalformedPdu,
    decode_header,
    decode_trailer,
)
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

MAXIMUM_PDU_OCTETS: Final = 65_535
EXTENDED_INFORMATION: Final = 0x01
RPC_VERSION: Final = (5, 0)

_LABELS: Final = {"little": b"\x10\0\0\0", "big": b"\0\0\0\0"}


class _Numbers(NamedTuple):
    """The structs of one byte order."""

    lengths: Struct  # frag_length, auth_length, call_id
    call: Struct  # alloc_hint, p_cont_id, opnum (or cancel count and a reserved octet)
    fault: Struct  # alloc_hint, p_cont_id, cancel_count, flags, status, reserved
    bind: Struct  # max_xmit_frag, max_recv_frag, assoc_group_id
    u16: Struct
    u32: Struct
    element: Struct  # p_cont_id, n_transfer_syn, reserved
    result: Struct  # result, reason
    trailer: Struct


def _numbers(prefix: str) -> _Numbers:
    return _Numbers(
        lengths=Struct(prefix + "HHI"),
        call=Struct(prefix + "IHH"),
        fault=Struct(prefix + "IHBBII"),
        bind=Struct(prefix + "HHI"),
        u16=Struct(prefix + "H"),
        u32=Struct(prefix + "I"),
        element=Struct(prefix + "HBx"),
        result=Struct(prefix + "HH"),
        trailer=Struct(prefix + "BBBxI"),
    )


_NUMBERS: Final = {"little": _numbers("<"), "big": _numbers(">")}


class _Body:
    """The octets of a body, read in order; it ends before the trailer and its pad."""

    __slots__ = ("_octets", "_position", "byte_order", "numbers")

    def __init__(self, octets: memoryview, byte_order: ByteOrder) -> None:
        self._octets = octets
        self._position = 0
        self.byte_order: ByteOrder = byte_order
        self.numbers = _NUMBERS[byte_order]

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
    return reader(header, body, trailer)


def _read_request(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    alloc_hint, context_id, opnum = body.read(body.numbers.call)
    has_object = header.flags & Flags.OBJECT_UUID
    return Request(
        call_id=header.call_id,
        flags=Flags(header.flags & ~Flags.OBJECT_UUID),
        byte_order=header.byte_order,
        trailer=trailer,
        alloc_hint=alloc_hint,
        context_id=context_id,
        opnum=opnum,
        object_uuid=body.uuid() if has_object else None,
        stub_data=body.rest(),
    )


def _read_response(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    alloc_hint, context_id, counts = body.read(body.numbers.call)
    # Two octets, the second reserved, that were read as one number.
    cancel_count = counts.to_bytes(2, header.byte_order)[0]
    return Response(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
        alloc_hint=alloc_hint,
        context_id=context_id,
        cancel_count=cancel_count,
        stub_data=body.rest(),
    )


def _read_fault(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    fields = body.read(body.numbers.fault)
    alloc_hint, context_id, cancel_count, flags, status, _ = fields
    return Fault(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
        alloc_hint=alloc_hint,
        context_id=context_id,
        cancel_count=cancel_count,
        has_extended_information=bool(flags & EXTENDED_INFORMATION),
        status=status,
        stub_data=body.rest(),
    )


def _read_bind(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    xmit, recv, group_id = body.read(body.numbers.bind)
    (count,) = body.read(_COUNT)
    contexts: list[ContextElement] = []
    for _ in range(count):
        context_id, transfer_count = body.read(body.numbers.element)
        abstract = body.syntax()
        transfers = tuple(body.syntax() for _ in range(transfer_count))
        contexts.append(ContextElement(context_id, abstract, transfers))
    cls = Bind if header.type == PduType.BIND else AlterContext
    return cls(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
        max_xmit_fragment=xmit,
        max_recv_fragment=recv,
        association_group_id=group_id,
        contexts=tuple(contexts),
    )


def _read_bind_ack(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    xmit, recv, group_id = body.read(body.numbers.bind)
    (address_octets,) = body.read(body.numbers.u16)
    address = bytes(body.take(address_octets))
    body.take(-(2 + address_octets) % 4)
    (count,) = body.read(_COUNT)
    results: list[ContextResult] = []
    for _ in range(count):
        result, reason = body.read(body.numbers.result)
        results.append(ContextResult(result, reason, body.syntax()))
    cls = BindAck if header.type == PduType.BIND_ACK else AlterContextResponse
    return cls(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
        max_xmit_fragment=xmit,
        max_recv_fragment=recv,
        association_group_id=group_id,
        secondary_address=address.rstrip(b"\0").decode("latin-1"),
        results=tuple(results),
    )


def _read_bind_nak(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
    (reason,) = body.read(body.numbers.u16)
    versions: list[tuple[int, int]] = []
    if body.left:  # some servers say no more than the reason
        for _ in range(body.take(1)[0]):
            major, minor = body.take(2)
            versions.append((major, minor))
    return BindNak(
        call_id=header.call_id,
        flags=Flags(header.flags),
        byte_order=header.byte_order,
        trailer=trailer,
        reason=reason,
        versions=tuple(versions),
    )


def _bare(cls: type[Auth3 | Shutdown | CoCancel | Orphaned]) -> _PduReader:
    def read(header: Header, body: _Body, trailer: AuthTrailer | None) -> Pdu:
        if cls is Auth3 and (trailer is not None or body.left):
            body.take(4)  # of any value
        return cls(
            call_id=header.call_id,
            flags=Flags(header.flags),
            byte_order=header.byte_order,
            trailer=trailer,
        )

    return read


_PduReader = Callable[[Header, _Body, AuthTrailer | None], Pdu]
_COUNT: Final = Struct("Bxxx")  # a count and three reserved octets

_READERS: Final[dict[int, _PduReader]] = {
    PduType.REQUEST: _read_request,
    PduType.RESPONSE: _read_response,
    PduType.FAULT: _read_fault,
    PduType.BIND: _read_bind,
    PduType.BIND_ACK: _read_bind_ack,
    PduType.BIND_NAK: _read_bind_nak,
    PduType.ALTER_CONTEXT: _read_bind,
    PduType.ALTER_CONTEXT_RESPONSE: _read_bind_ack,
    PduType.AUTH3: _bare(Auth3),
    PduType.SHUTDOWN: _bare(Shutdown),
    PduType.CO_CANCEL: _bare(CoCancel),
    PduType.ORPHANED: _bare(Orphaned),
}


def encode(pdu: Pdu) -> bytes:
    """The octets of *pdu*, whole.

    Raises:
        LocalProtocolError: it would have more than 65535 octets, or the trailer would
            stand at no multiple of 4.
    """
    numbers = _NUMBERS[pdu.byte_order]
    body = _body(pdu, numbers)
    end = b""
    auth_length = 0
    if pdu.trailer is not None:
        trailer = pdu.trailer
        auth_length = len(trailer.value)
        body += bytes(trailer.pad_octets)
        if len(body) % 4:
            raise LocalProtocolError(
                f"the authentication trailer of {pdu.type.name} would stand at "
                f"{HEADER_OCTETS + len(body)}, no multiple of 4"
            )
        end = numbers.trailer.pack(
            trailer.auth_type, trailer.level, trailer.pad_octets, trailer.context_id
        )
        end += trailer.value
    length = HEADER_OCTETS + len(body) + len(end)
    if length > MAXIMUM_PDU_OCTETS:
        raise LocalProtocolError(
            f"{pdu.type.name} would have {length} octets, more than 65535"
        )
    flags = pdu.flags
    if isinstance(pdu, Request) and pdu.object_uuid is not None:
        flags |= Flags.OBJECT_UUID
    return b"".join(
        (
            bytes((*RPC_VERSION, pdu.type, flags)),
            _LABELS[pdu.byte_order],
            numbers.lengths.pack(length, auth_length, pdu.call_id),
            body,
            end,
        )
    )


def _body(pdu: Pdu, numbers: _Numbers) -> bytes:
    match pdu:
        case Request():
            body = numbers.call.pack(pdu.alloc_hint, pdu.context_id, pdu.opnum)
            if pdu.object_uuid is not None:
                body += _uuid(pdu.object_uuid, pdu.byte_order)
            return body + pdu.stub_data
        case Response():
            body = numbers.call.pack(pdu.alloc_hint, pdu.context_id, 0)
            return body[:6] + bytes((pdu.cancel_count, 0)) + pdu.stub_data
        case Fault():
            return _fault_body(pdu, numbers)
        case Bind():
            return _bind_body(pdu, numbers)
        case BindAck():
            return _bind_ack_body(pdu, numbers)
        case BindNak():
            body = numbers.u16.pack(pdu.reason) + bytes((len(pdu.versions),))
            body += b"".join(bytes(version) for version in pdu.versions)
            return body + bytes(-len(body) % 4)
        case Auth3():
            return bytes(4)
        case _:
            return b""


def _fault_body(pdu: Fault, numbers: _Numbers) -> bytes:
    flags = EXTENDED_INFORMATION if pdu.has_extended_information else 0
    body = numbers.fault.pack(
        pdu.alloc_hint, pdu.context_id, pdu.cancel_count, flags, pdu.status, 0
    )
    return body + pdu.stub_data


def _bind_body(pdu: Bind, numbers: _Numbers) -> bytes:
    parts = [
        numbers.bind.pack(
            pdu.max_xmit_fragment, pdu.max_recv_fragment, pdu.association_group_id
        ),
        _COUNT.pack(len(pdu.contexts)),
    ]
    for element in pdu.contexts:
        parts.append(numbers.element.pack(element.context_id, len(element.transfers)))
        parts.append(_syntax(element.abstract, pdu.byte_order))
        parts += [_syntax(transfer, pdu.byte_order) for transfer in element.transfers]
    return b"".join(parts)


def _bind_ack_body(pdu: BindAck, numbers: _Numbers) -> bytes:
    address = pdu.secondary_address.encode("latin-1")
    if address:
        address += b"\0"
    parts = [
        numbers.bind.pack(
            pdu.max_xmit_fragment, pdu.max_recv_fragment, pdu.association_group_id
        ),
        numbers.u16.pack(len(address)),
        address,
        bytes(-(2 + len(address)) % 4),
        _COUNT.pack(len(pdu.results)),
    ]
    for result in pdu.results:
        parts.append(numbers.result.pack(result.result, result.reason))
        parts.append(_syntax(result.transfer, pdu.byte_order))
    return b"".join(parts)


def _uuid(uuid: UUID, byte_order: ByteOrder) -> bytes:
    return uuid.bytes_le if byte_order == "little" else uuid.bytes


def _syntax(syntax: SyntaxId, byte_order: ByteOrder) -> bytes:
    version = syntax.major | syntax.minor << 16
    return _uuid(syntax.uuid, byte_order) + version.to_bytes(4, byte_order)


__all__ = [
    "MAXIMUM_PDU_OCTETS",
    "RequestFields",
    "decode",
    "decode_header",
    "decode_request",
    "encode",
]
