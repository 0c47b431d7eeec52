"""The common header of every PDU, and the authentication trailer behind it.

Spec: C706 12.6.3.1, 14.1 (data representation); MS-RPCE 2.2.2.11 (trailer).
"""

from __future__ import annotations

from enum import Enum
from struct import Struct
from typing import Final, NamedTuple

from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.types import (
    HEADER_OCTETS,
    TRAILER_OCTETS,
    AuthTrailer,
    PduType,
)

# The data representation label read as a little-endian number.
BYTE_ORDERS: Final[dict[int, ByteOrder]] = {0x00000010: "little", 0x00000000: "big"}
# Windows refuses a pad in these since Server 2022; older servers send it in bind_ack.
_UNPADDED: Final = (PduType.BIND, PduType.ALTER_CONTEXT, PduType.AUTH3)
_FLOATS: Final = {1: "VAX", 2: "Cray", 3: "IBM"}

_LENGTHS: Final = {"little": Struct("<HHI"), "big": Struct(">HHI")}
_TRAILERS: Final = {"little": Struct("<BBBxI"), "big": Struct(">BBBxI")}


class Defect(Enum):
    """In which way a PDU does not hold together."""

    VERSION = "version"  # of the protocol, or the data representation
    TYPE = "type"  # no such PTYPE
    LENGTH = "length"  # the body ends too early
    TRAILER_LENGTH = "trailer length"
    TRAILER_ALIGNMENT = "trailer alignment"
    TRAILER_PAD = "trailer pad"


class MalformedPdu(RemoteProtocolError):
    """A PDU that does not hold together."""

    def __init__(self, defect: Defect, message: str) -> None:
        super().__init__(message)
        self.defect = defect


class Header(NamedTuple):
    """The common header, C706 12.6.3.1."""

    type: int
    flags: int
    byte_order: ByteOrder
    fragment_length: int
    auth_length: int
    call_id: int


def decode_header(pdu: memoryview) -> Header:
    """The common header of *pdu*, which is one whole PDU.

    Raises:
        MalformedPdu: version or data representation are not ours, or the lengths do
            not fit *pdu*; the fields were read as far as they could be.

    Spec: C706 12.6.3.1, 14.1 (data representation).
    """
    if len(pdu) < HEADER_OCTETS:
        raise MalformedPdu(
            Defect.LENGTH, f"{len(pdu)} octets are no PDU, which has a header of 16"
        )
    if pdu[0] != 5 or pdu[1] != 0:
        raise MalformedPdu(
            Defect.VERSION, f"protocol version {pdu[0]}.{pdu[1]} instead of 5.0"
        )
    byte_order = _byte_order(pdu)
    length, auth_length, call_id = _LENGTHS[byte_order].unpack_from(pdu, 8)
    if length != len(pdu):
        raise MalformedPdu(
            Defect.LENGTH, f"fragment length {length} of a PDU of {len(pdu)} octets"
        )
    if auth_length and auth_length + TRAILER_OCTETS + HEADER_OCTETS > length:
        raise MalformedPdu(
            Defect.TRAILER_LENGTH,
            f"authentication length {auth_length} in a PDU of {length} octets",
        )
    return Header(pdu[2], pdu[3], byte_order, length, auth_length, call_id)


def _byte_order(pdu: memoryview) -> ByteOrder:
    byte_order = BYTE_ORDERS.get(int.from_bytes(pdu[4:8], "little"))
    if byte_order is not None:
        return byte_order
    label = bytes(pdu[4:8])
    if label[0] & 0x0F == 1:
        what = "EBCDIC characters"
    elif label[1] in _FLOATS:
        what = f"{_FLOATS[label[1]]} floating point"
    else:
        what = f"data representation {label.hex()}"
    raise MalformedPdu(
        Defect.VERSION, f"{what} instead of ASCII characters and IEEE floating point"
    )


def decode_trailer(
    header: Header, pdu: memoryview, body_start: int
) -> tuple[AuthTrailer, int]:
    """The authentication trailer, and where the body ends before its pad.

    Raises:
        MalformedPdu: it stands at no multiple of 4, or inside the fixed part of the
            body, or claims more pad than there is body, or any where there is none.

    Spec: MS-RPCE 2.2.2.11.
    """
    start = header.fragment_length - header.auth_length - TRAILER_OCTETS
    if start < body_start:
        raise MalformedPdu(
            Defect.TRAILER_LENGTH,
            f"authentication length {header.auth_length} in a PDU of "
            f"{header.fragment_length} octets",
        )
    if start % 4:
        raise MalformedPdu(
            Defect.TRAILER_ALIGNMENT,
            f"the authentication trailer stands at {start}, no multiple of 4",
        )
    form = _TRAILERS[header.byte_order]
    auth_type, level, pad, context_id = form.unpack_from(pdu, start)
    if pad > start - body_start or (pad and header.type in _UNPADDED):
        raise MalformedPdu(
            Defect.TRAILER_PAD,
            f"authentication pad of {pad} octets after {start - body_start} octets",
        )
    value = bytes(pdu[start + TRAILER_OCTETS :])
    return AuthTrailer(auth_type, level, context_id, value, pad), start - pad
