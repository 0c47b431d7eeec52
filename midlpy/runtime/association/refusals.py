"""How a server answers what it cannot accept, and closes.

Windows and Samba agree on most of these, and clients tell mistakes apart by them, so the
answers are part of the protocol although C706 leaves most open.

Spec: C706 12.6.4.5 (bind_nak), 12.6.4.7 (fault); MS-RPCE 3.3.3.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.header import Defect, MalformedPdu
from midlpy.runtime.pdu.types import (
    HEADER_OCTETS,
    WHOLE,
    AlterContext,
    AuthTrailer,
    Bind,
    Flags,
    NakReason,
    PduType,
)
from midlpy.runtime.pdu.types import Fault as FaultPdu

ACCESS_DENIED: Final = 0x00000005
NO_CALL_ACTIVE: Final = 0x000006BD
SEC_PKG_ERROR: Final = 0x00000721
NCA_REMOTE_NO_MEMORY: Final = 0x1C00001B
NCA_UNKNOWN_INTERFACE: Final = 0x1C010003
NCA_PROTO_ERROR: Final = 0x1C01000B
NCA_SERVER_TOO_BUSY: Final = 0x1C010014


@dataclass(frozen=True, slots=True)
class Nak:
    """A bind_nak, then the close."""

    reason: NakReason


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, then the close."""

    status: int
    did_not_execute: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing but the close: there is no telling what the peer speaks."""


Refusal = Nak | Fault | Silence


class Refused(Exception):
    """A rule is broken; never leaves the association."""

    def __init__(self, refusal: Refusal, call_id: int, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.call_id = call_id


PROTOCOL: Final = Fault(NCA_PROTO_ERROR, did_not_execute=True)
# Where a call may have been entered, nobody may say that it was not.
PROTOCOL_IN_CALL: Final = Fault(NCA_PROTO_ERROR)
TOO_EARLY: Final = PROTOCOL_IN_CALL
DENIED: Final = Fault(ACCESS_DENIED)
DENIED_BEFORE: Final = Fault(ACCESS_DENIED, did_not_execute=True)
CANCELLED_BEFORE: Final = Fault(NO_CALL_ACTIVE, did_not_execute=True)
BAD_SIGNATURE: Final = Fault(SEC_PKG_ERROR)
BAD_AUTH3: Final = Fault(NCA_REMOTE_NO_MEMORY, did_not_execute=True)

# What a client may send, but not before its bind.
EARLY: Final = frozenset({PduType.REQUEST, PduType.CO_CANCEL, PduType.ORPHANED})

_VERSION_NAK: Final = Nak(NakReason.PROTOCOL_VERSION_NOT_SUPPORTED)
_PLAIN_NAK: Final = Nak(NakReason.NOT_SPECIFIED)

# Connect, call, packet, integrity, privacy.
_LEVELS: Final = range(2, 7)
# What faults say of their own length, as Windows does.
_FAULT_ALLOC_HINT: Final = 24

_TYPES: Final = frozenset(PduType)

_MALFORMED: Final[Mapping[tuple[int, Defect], Refusal]] = {
    (PduType.BIND, Defect.VERSION): _VERSION_NAK,
    (PduType.BIND, Defect.LENGTH): Silence(),
    (PduType.BIND, Defect.TRAILER_LENGTH): _VERSION_NAK,
    (PduType.BIND, Defect.TRAILER_ALIGNMENT): _PLAIN_NAK,
    (PduType.BIND, Defect.TRAILER_PAD): _VERSION_NAK,
    (PduType.ALTER_CONTEXT, Defect.LENGTH): Silence(),
    (PduType.AUTH3, Defect.TRAILER_PAD): BAD_AUTH3,
    (PduType.REQUEST, Defect.TRAILER_ALIGNMENT): PROTOCOL_IN_CALL,
    (PduType.REQUEST, Defect.TRAILER_PAD): PROTOCOL_IN_CALL,
}


def of_malformed(pdu: memoryview, error: MalformedPdu) -> Refused:
    """The answer to a PDU that does not hold together."""
    if len(pdu) < HEADER_OCTETS or pdu[2] not in _TYPES:
        return Refused(Silence(), 0, str(error))
    order: ByteOrder = "little" if pdu[4] & 0x10 else "big"
    call_id = int.from_bytes(pdu[12:16], order)
    refusal = _MALFORMED.get((pdu[2], error.defect), PROTOCOL)
    return Refused(refusal, call_id, str(error))


def nak(call_id: int, reason: NakReason, what: str) -> Refused:
    """The refusal of a bind."""
    return Refused(Nak(reason), call_id, what)


def check_bind(bind: Bind) -> None:
    """Whether there is anything to negotiate.

    Raises:
        Refused: there is not, or authentication is wanted, which nobody offers here.
    """
    if bind.trailer is not None:
        raise _of_authentication(bind.call_id, bind.trailer)
    if not bind.contexts:
        reason = NakReason.PROTOCOL_VERSION_NOT_SUPPORTED
        raise nak(bind.call_id, reason, "BIND without presentation contexts")
    if not all(element.transfers for element in bind.contexts):
        what = "BIND with a presentation context without transfer syntaxes"
        raise nak(bind.call_id, NakReason.NOT_SPECIFIED, what)


def check_alter(alter: AlterContext) -> None:
    """The same for an alter_context.

    Raises:
        Refused: there is nothing to negotiate, or authentication is wanted.
    """
    if alter.trailer is not None:
        what = "ALTER_CONTEXT with authentication, which is not offered"
        raise Refused(DENIED_BEFORE, alter.call_id, what)
    if not alter.contexts or not all(e.transfers for e in alter.contexts):
        what = "ALTER_CONTEXT without presentation contexts or transfer syntaxes"
        raise Refused(PROTOCOL, alter.call_id, what)


def _of_authentication(call_id: int, trailer: AuthTrailer) -> Refused:
    if trailer.level not in _LEVELS:
        what = f"BIND with authentication level {trailer.level}"
        return nak(call_id, NakReason.NOT_SPECIFIED, what)
    what = f"BIND with authentication type {trailer.auth_type}, which is not offered"
    return nak(call_id, NakReason.AUTHENTICATION_TYPE_NOT_RECOGNIZED, what)


def fault_octets(
    call_id: int, context_id: int, status: int, did_not_execute: bool
) -> bytes:
    """A fault PDU."""
    flags = WHOLE | (Flags.DID_NOT_EXECUTE if did_not_execute else Flags.NONE)
    return encode(
        FaultPdu(
            call_id=call_id,
            flags=flags,
            context_id=context_id,
            status=status,
            alloc_hint=_FAULT_ALLOC_HINT,
        )
    )
