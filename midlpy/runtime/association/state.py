"""The states of an association, and what both of its ends have in common.

Two rules keep it honest. Every change of state that a PDU makes goes through TRANSITIONS.
And that table is about the association, not about us: both peers run the same one, and
who may send a PDU is a property of its type, so local and remote rules cannot drift apart.

Spec: C706 12.6.4 (the PDU types), MS-RPCE 2.2.2.10 (auth3), 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from midlpy.runtime.association.negotiation import Features
from midlpy.runtime.errors import LocalProtocolError, ProtocolError
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.fragments import FragmentProtection
from midlpy.runtime.pdu.header import Header, decode_trailer
from midlpy.runtime.pdu.types import CALL_HEADER_OCTETS, TRAILER_OCTETS, PduType


class State(Enum):
    """Where the association stands; the value is the word used in messages."""

    UNBOUND = "unbound"
    BINDING = "binding"
    BOUND = "bound"
    ALTERING = "altering"
    DRAINING = "draining"  # calls end, none begins
    CLOSED = "closed"


class Role(Enum):
    """Which end of an association."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def peer(self) -> Role:
        return Role.SERVER if self is Role.CLIENT else Role.CLIENT


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
        PduType.SHUTDOWN: State.DRAINING,
        **dict.fromkeys(CALL_PDUS, State.BOUND),
    },
    State.ALTERING: {
        PduType.ALTER_CONTEXT_RESPONSE: State.BOUND,
        PduType.SHUTDOWN: State.DRAINING,
        **dict.fromkeys(CALL_PDUS, State.ALTERING),
    },
    State.DRAINING: {
        PduType.ALTER_CONTEXT_RESPONSE: State.DRAINING,
        PduType.SHUTDOWN: State.DRAINING,
        **dict.fromkeys(CALL_PDUS, State.DRAINING),
    },
    State.CLOSED: {},
}

# Windows takes this much whatever smaller size was agreed.
LEAST_RECEIVED_OCTETS: Final = 5840


class Association:
    """What both ends have.

    ``close_reason`` is "" while the association is open. ``fragment_octets`` is the size
    of the fragments we send, ``is_multiplexed`` whether several calls may be
    outstanding; both, and ``features``, are settled once bound.
    """

    _role: Role

    def __init__(self, limits: Limits | None, multiplex: bool) -> None:
        self.limits = limits or Limits()
        self.state = State.UNBOUND
        self.close_reason = ""
        self.fragment_octets = 0
        self.is_multiplexed = False
        self.features = Features.NONE
        self._multiplex = multiplex and self.limits.outstanding_calls > 1
        self._receive_octets = LEAST_RECEIVED_OCTETS
        self._plain_octets = 0  # the largest fragment that may take the short way
        self._protection: FragmentProtection | None = None
        # Whether a call in one fragment each way may take the short way.
        self._is_plain = False

    def use_protection(self, protection: FragmentProtection | None) -> None:
        """Sign or seal from the next fragment on, in both directions."""
        self._protection = protection
        self._settle()

    def _advance(self, type: PduType, sender: Role, error: type[ProtocolError]) -> None:
        """Let a PDU of *type* change the state.

        Raises:
            ProtocolError: an *error*: not now, or not by *sender*; the state is
                unchanged.
        """
        after = TRANSITIONS[self.state].get(type)
        rightful = Role.CLIENT if type in CLIENT_PDUS else Role.SERVER
        if after is None or sender is not rightful:
            where = f"from the {sender.value} while {self.state.value}"
            raise error(f"{type.name} {where}")
        self.state = after
        self._settle()

    def _send(self, type: PduType) -> None:
        self._advance(type, self._role, LocalProtocolError)

    def _settle(self) -> None:
        """Work out anew whether calls may take the short way."""
        self._is_plain = self._protection is None and self.state in (
            State.BOUND,
            State.ALTERING,
        )

    def _end(self, reason: str) -> None:
        """The association is over, by a rule that is not about one PDU."""
        if not self.close_reason:
            self.close_reason = reason
        self.state = State.CLOSED
        self._settle()

    def _receive_up_to(self, fragment_octets: int, stub_octets: int) -> None:
        """The peer's fragments have this size at most, whole stub data that."""
        self._receive_octets = max(LEAST_RECEIVED_OCTETS, fragment_octets)
        self._plain_octets = min(self._receive_octets, CALL_HEADER_OCTETS + stub_octets)

    def _stub(self, header: Header, pdu: memoryview, start: int) -> memoryview | bytes:
        """The stub data of a call's fragment, which begins at *start*.

        The signature is verified where there is protection; without it a fragment must
        not have a trailer, which the caller has checked.

        Raises:
            MalformedPdu: the trailer does not fit.
            RpcError: the signature is wrong.
        """
        protection = self._protection
        if protection is None or not header.auth_length:
            return pdu[start:]
        _, end = decode_trailer(header, pdu, start)
        at = header.fragment_length - header.auth_length - TRAILER_OCTETS
        value_at = at + TRAILER_OCTETS
        stub = protection.unprotect(
            pdu[:start], pdu[start:at], pdu[at:value_at], pdu[value_at:]
        )
        return stub[: end - start]
