"""PDUs to octets, in both byte orders.

Spec: C706 12.6.3, 12.6.4; MS-RPCE 2.2.2.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from midlpy.runtime.errors import LocalProtocolError
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.numbers import COUNT, EXTENDED_INFORMATION, NUMBERS, Numbers
from midlpy.runtime.pdu.types import (
    HEADER_OCTETS,
    Auth3,
    Bind,
    BindAck,
    BindNak,
    Fault,
    Flags,
    Pdu,
    Request,
    Response,
    SyntaxId,
)

MAXIMUM_PDU_OCTETS: Final = 65_535
RPC_VERSION: Final = (5, 0)

_LABELS: Final = {"little": b"\x10\0\0\0", "big": b"\0\0\0\0"}


def encode(pdu: Pdu) -> bytes:
    """The octets of *pdu*, whole.

    Raises:
        LocalProtocolError: it would have more than 65535 octets, or the trailer would
            stand at no multiple of 4.
    """
    numbers = NUMBERS[pdu.byte_order]
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


def _body(pdu: Pdu, numbers: Numbers) -> bytes:
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


def _fault_body(pdu: Fault, numbers: Numbers) -> bytes:
    flags = EXTENDED_INFORMATION if pdu.has_extended_information else 0
    body = numbers.fault.pack(
        pdu.alloc_hint, pdu.context_id, pdu.cancel_count, flags, pdu.status, 0
    )
    return body + pdu.stub_data


def _bind_body(pdu: Bind, numbers: Numbers) -> bytes:
    parts = [
        numbers.bind.pack(
            pdu.max_xmit_fragment, pdu.max_recv_fragment, pdu.association_group_id
        ),
        COUNT.pack(len(pdu.contexts)),
    ]
    for element in pdu.contexts:
        parts.append(numbers.element.pack(element.context_id, len(element.transfers)))
        parts.append(_syntax(element.abstract, pdu.byte_order))
        parts += [_syntax(transfer, pdu.byte_order) for transfer in element.transfers]
    return b"".join(parts)


def _bind_ack_body(pdu: BindAck, numbers: Numbers) -> bytes:
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
        COUNT.pack(len(pdu.results)),
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
