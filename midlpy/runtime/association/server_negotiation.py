"""The server's half of a negotiation: answers to bind and alter_context.

Spec: C706 12.6.4.3, 12.6.4.4; MS-RPCE 3.3.3.5.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from midlpy.runtime.association import refusals
from midlpy.runtime.association.group import AssociationGroup, AssociationGroups
from midlpy.runtime.association.negotiation import (
    ContextConflict,
    FeaturesTwice,
    Offers,
    PresentationContext,
    agree_on_fragments,
    answer,
)
from midlpy.runtime.association.refusals import Refused
from midlpy.runtime.association.state import (
    Association,
    Role,
    State,
)
from midlpy.runtime.errors import RemoteProtocolError, RpcError
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import (
    WHOLE,
    AlterContext,
    AlterContextResponse,
    Bind,
    BindAck,
    Flags,
    NakReason,
    PduType,
)

S = TypeVar("S")


class NegotiatingServer(Association, Generic[S]):
    """What a server has granted; ``group`` is known once bound."""

    _role = Role.SERVER

    def __init__(
        self,
        offers: Offers[S],
        groups: AssociationGroups,
        limits: Limits | None,
        transport: str,
        secondary_address: str,
        multiplex: bool,
    ) -> None:
        super().__init__(limits, multiplex)
        self.group: AssociationGroup | None = None
        self._offers = offers
        self._groups = groups
        self._transport = transport
        self._secondary_address = secondary_address
        self._contexts: dict[int, PresentationContext[S]] = {}
        self._most_calls = 1

    def _admit(self, type: PduType, call_id: int) -> None:
        """Let a PDU of the client change the state, or refuse it."""
        try:
            self._advance(type, Role.CLIENT, RemoteProtocolError)
        except RemoteProtocolError as error:
            early = self.state is State.UNBOUND and type in refusals.EARLY
            refusal = refusals.TOO_EARLY if early else refusals.PROTOCOL
            raise Refused(refusal, call_id, str(error)) from None

    def _bind(self, bind: Bind) -> bytes:
        call_id = bind.call_id
        if self.state is not State.UNBOUND:
            raise refusals.nak(call_id, NakReason.NOT_SPECIFIED, "BIND a second time")
        refusals.check_bind(bind)
        try:
            reply = answer(
                bind.contexts,
                self._offers,
                self._contexts,
                limit=self.limits.presentation_contexts,
                is_bind=True,
            )
        except (ContextConflict, FeaturesTwice) as error:
            raise refusals.nak(call_id, NakReason.NOT_SPECIFIED, str(error)) from None
        self.group = self._join(bind)
        self._admit(PduType.BIND, call_id)
        self.features = reply.features
        self.is_multiplexed = self._multiplex and Flags.CONC_MPX in bind.flags
        self._most_calls = self.limits.outstanding_calls if self.is_multiplexed else 1
        self.fragment_octets = agree_on_fragments(
            bind.max_xmit_fragment, bind.max_recv_fragment, self.limits.fragment_octets
        )
        self._receive_up_to(self.fragment_octets, self.limits.request_stub_octets)
        self._contexts |= {context.context_id: context for context in reply.contexts}
        self._send(PduType.BIND_ACK)
        return encode(
            BindAck(
                call_id=call_id,
                flags=WHOLE | (Flags.CONC_MPX if self.is_multiplexed else Flags.NONE),
                max_xmit_fragment=self.fragment_octets,
                max_recv_fragment=self.fragment_octets,
                association_group_id=self.group.id,
                secondary_address=self._secondary_address,
                results=reply.results,
            )
        )

    def _join(self, bind: Bind) -> AssociationGroup:
        group_id = bind.association_group_id
        try:
            group = self._groups.join(group_id, self._transport)
        except RpcError as error:
            reason = NakReason.LOCAL_LIMIT_EXCEEDED
            raise refusals.nak(bind.call_id, reason, str(error)) from None
        if group is None:
            reason = NakReason.NOT_SPECIFIED
            what = f"BIND to association group {group_id}, which is not here"
            raise refusals.nak(bind.call_id, reason, what)
        return group

    def _alter(self, alter: AlterContext) -> bytes:
        call_id = alter.call_id
        if self.state is State.UNBOUND:
            what = "ALTER_CONTEXT from the client while unbound"
            raise Refused(refusals.TOO_EARLY, call_id, what)
        refusals.check_alter(alter)
        try:
            reply = answer(
                alter.contexts,
                self._offers,
                self._contexts,
                limit=self.limits.presentation_contexts,
                is_bind=False,
            )
        except ContextConflict as error:
            raise Refused(refusals.PROTOCOL, call_id, str(error)) from None
        self._admit(PduType.ALTER_CONTEXT, call_id)
        self._contexts |= {context.context_id: context for context in reply.contexts}
        self._send(PduType.ALTER_CONTEXT_RESPONSE)
        return encode(
            AlterContextResponse(
                call_id=call_id,
                max_xmit_fragment=self.fragment_octets,
                max_recv_fragment=self.fragment_octets,
                association_group_id=alter.association_group_id,
                results=reply.results,
            )
        )
