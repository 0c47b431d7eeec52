"""One association as a state machine: PDUs in, octets out, no I/O.

Two rules keep it honest. Every change of state goes through TRANSITIONS. And that table
is about the association, not about us: both peers run the same one, and who may send a
PDU is a property of its type, so local and remote rules cannot drift apart.

A request or response in one fragment is the common case and takes a short way: one
header, a few comparisons, one look-up, one call of a sink. Everything else goes the long
way, where the rules are spelled out.

How to use one: give each PDU to ``receive`` and write what it returns; after that, and
after every other method, look at ``state``: when it is CLOSED, write what is left and
close the transport (``close_reason`` says why). Call ``close`` when the transport ends.

Spec: C706 12.6.4 (the PDU types), MS-RPCE 2.2.2.10 (auth3), 3.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Final, Generic, TypeVar
from uuid import UUID

from midlpy.runtime.association.call import (
    ClientDelegate,
    ClientSink,
    ServerDelegate,
    ServerSink,
)
from midlpy.runtime.association.group import AssociationGroup, AssociationGroups
from midlpy.runtime.association.negotiation import (
    Features,
    Offer,
    PresentationContext,
    Rejection,
)
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.fragments import FragmentWriter
from midlpy.runtime.pdu.types import Buffer, ContextElement, Flags, PduType, SyntaxId

S = TypeVar("S")


class State(Enum):
    """Where the association stands; the value is the word used in messages."""

    UNBOUND = "unbound"
    BINDING = "binding"
    BOUND = "bound"
    ALTERING = "altering"
    CLOSED = "closed"


class Role(Enum):
    """Which end of an association."""

    CLIENT = "client"
    SERVER = "server"


# What a call is made of; it may flow while the peers negotiate further contexts.
CALL_PDUS: Final = (
    PduType.REQUEST,
    PduType.RESPONSE,
    PduType.FAULT,
    PduType.CO_CANCEL,
    PduType.ORPHANED,
)

# Everything else comes from the server.
CLIENT_PDUS: Final = frozenset(
    {
        PduType.BIND,
        PduType.ALTER_CONTEXT,
        PduType.AUTH3,
        PduType.REQUEST,
        PduType.CO_CANCEL,
        PduType.ORPHANED,
    }
)

TRANSITIONS: Final[Mapping[State, Mapping[PduType, State]]] = {
    State.UNBOUND: {PduType.BIND: State.BINDING},
    State.BINDING: {
        PduType.BIND_ACK: State.BOUND,
        PduType.BIND_NAK: State.CLOSED,
        PduType.FAULT: State.CLOSED,
    },
    State.BOUND: {
        PduType.ALTER_CONTEXT: State.ALTERING,
        PduType.AUTH3: State.BOUND,
        PduType.SHUTDOWN: State.CLOSED,
        **dict.fromkeys(CALL_PDUS, State.BOUND),
    },
    State.ALTERING: {
        PduType.ALTER_CONTEXT_RESPONSE: State.BOUND,
        **dict.fromkeys(CALL_PDUS, State.ALTERING),
    },
    State.CLOSED: {},
}


class Association:
    """What both ends have."""

    state: State
    close_reason: str  # "" while open
    limits: Limits
    fragment_octets: int  # of the fragments we send, once bound
    is_multiplexed: bool  # several calls may be outstanding
    features: Features

    def receive(self, pdu: memoryview) -> bytes:
        """Take one whole PDU; return octets to write at once, often none.

        Raises:
            RemoteProtocolError: (client only) the peer broke the rules; the state is
                CLOSED. A server answers with a fault or bind_nak and is CLOSED.
        """
        raise NotImplementedError


class ClientAssociation(Association):
    """The client's end."""

    def __init__(
        self,
        delegate: ClientDelegate,
        limits: Limits | None = None,
        *,
        multiplex: bool = True,
        association_group_id: int = 0,
    ) -> None:
        """*association_group_id* is the group to join, 0 for a new one."""
        raise NotImplementedError

    association_group_id: int  # the server's word for it, once bound
    secondary_address: str
    rejections: tuple[Rejection, ...]  # of the last bind or alter_context

    def bind(
        self,
        contexts: Sequence[ContextElement],
        features: Features = Features.KEEP_CONNECTION_ON_ORPHAN,
    ) -> bytes:
        """The bind; ``delegate.negotiated`` or ``rejected`` tells how it ended.

        Features are asked for in an element of their own, with an id past the others.

        Raises:
            LocalProtocolError: bound already, or *contexts* is empty.
        """
        raise NotImplementedError

    def alter(self, contexts: Sequence[ContextElement]) -> bytes:
        """An alter_context that proposes further *contexts*, with ids of their own.

        Raises:
            LocalProtocolError: not bound, or the last one is not answered yet.
        """
        raise NotImplementedError

    def context_for(
        self, abstract: SyntaxId, transfer: SyntaxId | None = None
    ) -> PresentationContext[None] | None:
        """The context agreed for *abstract* (as proposed), with *transfer* or any."""
        raise NotImplementedError

    @property
    def next_context_id(self) -> int:
        """An id no context of this association has been proposed with."""
        raise NotImplementedError

    def next_call_id(self) -> int:
        """A call id that no outstanding call has."""
        raise NotImplementedError

    @property
    def outstanding(self) -> int:
        """Calls that have begun and not ended."""
        raise NotImplementedError

    @property
    def is_sending(self) -> bool:
        """Whether a request is half out: no other may start before it is finished."""
        raise NotImplementedError

    @property
    def can_start(self) -> bool:
        """Whether ``request`` and ``start_request`` would be accepted now."""
        raise NotImplementedError

    def request(
        self,
        call_id: int,
        context_id: int,
        opnum: int,
        sink: ClientSink,
        parts: Sequence[Buffer],
        octets: int,
        *,
        object_uuid: UUID | None = None,
        flags: Flags = Flags.NONE,
    ) -> list[Buffer]:
        """The fragments of a request whose stub data is whole: *parts*, *octets* in all.

        Raises:
            LocalProtocolError: not now; nothing was registered.
        """
        raise NotImplementedError

    def start_request(
        self,
        call_id: int,
        context_id: int,
        opnum: int,
        sink: ClientSink,
        *,
        object_uuid: UUID | None = None,
        flags: Flags = Flags.NONE,
    ) -> FragmentWriter:
        """A writer for a request that is streamed; until it is finished no other starts.

        Raises:
            LocalProtocolError: not now; nothing was registered.
        """
        raise NotImplementedError

    def cancel(self, call_id: int) -> bytes:
        """A co_cancel; the call goes on until it is answered. b"" for unknown ids."""
        raise NotImplementedError

    def orphan(self, call_id: int) -> bytes:
        """An orphaned PDU; the call is forgotten, its late answer will be discarded.

        The state is CLOSED afterwards if the request is unfinished or the server did
        not agree to keep connections of orphaned calls. b"" for unknown ids.
        """
        raise NotImplementedError

    def close(self, reason: str = "") -> list[ClientSink]:
        """The transport has ended, or will: state CLOSED. The calls still waiting."""
        raise NotImplementedError


class ServerAssociation(Association, Generic[S]):
    """The server's end."""

    group: AssociationGroup | None  # once bound

    def __init__(
        self,
        delegate: ServerDelegate[S],
        offers: Iterable[Offer[S]],
        groups: AssociationGroups,
        limits: Limits | None = None,
        *,
        transport: str = "ncacn_ip_tcp",
        secondary_address: str = "",
        multiplex: bool = True,
    ) -> None:
        """*transport* is the protocol sequence; groups of another cannot be joined."""
        raise NotImplementedError

    @property
    def outstanding(self) -> int:
        """Calls that have begun and not ended."""
        raise NotImplementedError

    def respond(
        self, call_id: int, parts: Sequence[Buffer], octets: int
    ) -> list[Buffer]:
        """The fragments of a response whose stub data is whole; the call has ended.

        Raises:
            LocalProtocolError: no such call is open (it was orphaned, say), its request
                is not complete, or it has answered already.
        """
        raise NotImplementedError

    def start_response(self, call_id: int) -> FragmentWriter:
        """A writer for a response that is streamed; the call ends when it is finished.

        Raises:
            LocalProtocolError: as ``respond``.
        """
        raise NotImplementedError

    def fault(
        self, call_id: int, status: int, *, did_not_execute: bool = False
    ) -> bytes:
        """A fault PDU; the call has ended. What its client still sends is discarded.

        Raises:
            LocalProtocolError: no such call is open.
        """
        raise NotImplementedError

    def shutdown(self) -> bytes:
        """A shutdown PDU, which asks the client to close; b"" when not bound.

        Calls go on and may be answered.
        """
        raise NotImplementedError

    def close(self, reason: str = "") -> list[ServerSink]:
        """The transport has ended, or will: state CLOSED, group left. The open calls."""
        raise NotImplementedError
