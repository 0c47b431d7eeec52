"""The PDUs of connection-oriented DCE/RPC as values.

A PDU is a frozen dataclass named after its type. What all have in common (call id,
flags, byte order, authentication trailer) is keyword-only and has defaults.

Spec: C706 12.6.4, MS-RPCE 2.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from midlpy.runtime.ndr.syntax import NDR, NDR64, ByteOrder

# What may be handed to a transport; it must not change until it has been sent.
Buffer: TypeAlias = bytes | bytearray | memoryview

HEADER_OCTETS: Final = 16
# Header and body of a request or response up to its stub data.
CALL_HEADER_OCTETS: Final = 24
OBJECT_UUID_OCTETS: Final = 16
TRAILER_OCTETS: Final = 8


class PduType(IntEnum):
    """PTYPE, C706 12.6.4.1; types of the connectionless protocol are named too."""

    REQUEST = 0
    PING = 1
    RESPONSE = 2
    FAULT = 3
    WORKING = 4
    NOCALL = 5
    REJECT = 6
    ACK = 7
    CL_CANCEL = 8
    FACK = 9
    CANCEL_ACK = 10
    BIND = 11
    BIND_ACK = 12
    BIND_NAK = 13
    ALTER_CONTEXT = 14
    ALTER_CONTEXT_RESPONSE = 15
    AUTH3 = 16
    SHUTDOWN = 17
    CO_CANCEL = 18
    ORPHANED = 19
    RTS = 20


class Flags(IntFlag):
    """pfc_flags. Bit 4 has two meanings, told apart by the type of the PDU."""

    NONE = 0
    FIRST = 0x01
    LAST = 0x02
    PENDING_CANCEL = 0x04
    SUPPORT_HEADER_SIGN = 0x04
    RESERVED = 0x08
    CONC_MPX = 0x10
    DID_NOT_EXECUTE = 0x20
    MAYBE = 0x40
    OBJECT_UUID = 0x80


WHOLE: Final = Flags.FIRST | Flags.LAST


class Result(IntEnum):
    """What became of one proposed presentation context."""

    ACCEPTANCE = 0
    USER_REJECTION = 1
    PROVIDER_REJECTION = 2
    NEGOTIATE_ACK = 3  # MS-RPCE 2.2.2.4; the reason holds the features agreed


class RejectReason(IntEnum):
    """Why a presentation context was rejected."""

    NOT_SPECIFIED = 0
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 1
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 2
    LOCAL_LIMIT_EXCEEDED = 3


class NakReason(IntEnum):
    """Why a bind was refused as a whole."""

    NOT_SPECIFIED = 0
    TEMPORARY_CONGESTION = 1
    LOCAL_LIMIT_EXCEEDED = 2
    CALLED_PADDR_UNKNOWN = 3
    PROTOCOL_VERSION_NOT_SUPPORTED = 4
    DEFAULT_CONTEXT_NOT_SUPPORTED = 5
    USER_DATA_NOT_READABLE = 6
    NO_PSAP_AVAILABLE = 7
    AUTHENTICATION_TYPE_NOT_RECOGNIZED = 8
    INVALID_CHECKSUM = 9


@dataclass(frozen=True, slots=True)
class SyntaxId:
    """The identifier of an abstract or transfer syntax."""

    uuid: UUID
    major: int
    minor: int = 0

    def __str__(self) -> str:
        return f"{self.uuid} {self.major}.{self.minor}"


NO_SYNTAX: Final = SyntaxId(UUID(int=0), 0)
NDR_SYNTAX: Final = SyntaxId(NDR.uuid, *NDR.version)
NDR64_SYNTAX: Final = SyntaxId(NDR64.uuid, *NDR64.version)


@dataclass(frozen=True, slots=True)
class ContextElement:
    """One proposal of a bind: an abstract syntax, and how its values could travel."""

    context_id: int
    abstract: SyntaxId
    transfers: tuple[SyntaxId, ...]


@dataclass(frozen=True, slots=True)
class ContextResult:
    """The answer to one proposal; results stand in the order of the proposals."""

    result: int
    reason: int
    transfer: SyntaxId = NO_SYNTAX


@dataclass(frozen=True, slots=True)
class AuthTrailer:
    """sec_trailer and auth_value; *pad_octets* stand between the body and the trailer."""

    auth_type: int
    level: int
    context_id: int
    value: bytes
    pad_octets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """What every PDU has."""

    type: ClassVar[PduType]

    call_id: int
    flags: Flags = WHOLE
    byte_order: ByteOrder = "little"
    trailer: AuthTrailer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Pdu):
    """A fragment of a call's parameters; the flag OBJECT_UUID follows *object_uuid*."""

    type: ClassVar[PduType] = PduType.REQUEST

    context_id: int
    opnum: int
    stub_data: bytes
    alloc_hint: int = 0
    object_uuid: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Pdu):
    """A fragment of a call's results."""

    type: ClassVar[PduType] = PduType.RESPONSE

    context_id: int
    stub_data: bytes
    alloc_hint: int = 0
    cancel_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Pdu):
    """The end of a call without results.

    The reference implementation sends status 0 and the number in four octets of stub
    data; ``code`` is the number wherever it stands.
    """

    type: ClassVar[PduType] = PduType.FAULT

    context_id: int
    status: int
    stub_data: bytes = b""
    alloc_hint: int = 0
    cancel_count: int = 0
    has_extended_information: bool = False

    @property
    def code(self) -> int:
        """The status of the fault, from the stub data where the field is zero."""
        if self.status == 0 and len(self.stub_data) == 4:
            return int.from_bytes(self.stub_data, self.byte_order)
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind(Pdu):
    """The first PDU of an association."""

    type: ClassVar[PduType] = PduType.BIND

    max_xmit_fragment: int
    max_recv_fragment: int
    association_group_id: int
    contexts: tuple[ContextElement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterContext(Bind):
    """Further presentation contexts; sizes and group of it mean nothing."""

    type: ClassVar[PduType] = PduType.ALTER_CONTEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class BindAck(Pdu):
    """The server's answer to a bind; *secondary_address* is without its zero octet."""

    type: ClassVar[PduType] = PduType.BIND_ACK

    max_xmit_fragment: int
    max_recv_fragment: int
    association_group_id: int
    results: tuple[ContextResult, ...]
    secondary_address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterContextResponse(BindAck):
    """The server's answer to an alter_context."""

    type: ClassVar[PduType] = PduType.ALTER_CONTEXT_RESPONSE


@dataclass(frozen=True, slots=True, kw_only=True)
class BindNak(Pdu):
    """The server refuses the association; *versions* are those it speaks."""

    type: ClassVar[PduType] = PduType.BIND_NAK

    reason: int
    versions: tuple[tuple[int, int], ...] = ((5, 0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth3(Pdu):
    """The third leg of an authentication; nothing answers it."""

    type: ClassVar[PduType] = PduType.AUTH3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown(Pdu):
    """The server asks the client to close when it is idle."""

    type: ClassVar[PduType] = PduType.SHUTDOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CoCancel(Pdu):
    """The client asks that a call be cancelled."""

    type: ClassVar[PduType] = PduType.CO_CANCEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphaned(Pdu):
    """The client has given a call up."""

    type: ClassVar[PduType] = PduType.ORPHANED
