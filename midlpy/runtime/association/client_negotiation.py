"""The client's half of a negotiation: bind, alter_context, and what comes back.

Spec: C706 12.6.4.3, 12.6.4.4; MS-RPCE 3.3.2.4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from midlpy.runtime.association.call import ClientDelegate, ClientSink
from midlpy.runtime.association.negotiation import (
    Features,
    PresentationContext,
    Rejection,
    agreement_of,
    feature_element,
)
from midlpy.runtime.association.state import (
    Association,
    Role,
)
from midlpy.runtime.errors import (
    BindRejected,
    LocalProtocolError,
    RemoteProtocolError,
)
from midlpy.runtime.limits import MINIMUM_FRAGMENT_OCTETS, Limits
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import (
    WHOLE,
    AlterContext,
    AlterContextResponse,
    Bind,
    BindAck,
    ContextElement,
    Flags,
    PduType,
    SyntaxId,
)

Context: TypeAlias = PresentationContext[None]


class NegotiatingClient(Association):
    """What a client proposes, and what it has been granted.

    ``association_group_id`` and ``secondary_address`` are the server's words, once
    bound; ``rejections`` those of the last bind or alter_context.
    """

    _role = Role.CLIENT

    def __init__(
        self,
        delegate: ClientDelegate,
        limits: Limits | None,
        multiplex: bool,
        association_group_id: int,
    ) -> None:
        super().__init__(limits, multiplex)
        self.association_group_id = association_group_id
        self.secondary_address = ""
        self.rejections: tuple[Rejection, ...] = ()
        self._delegate = delegate
        self._offered_octets = self.limits.offered_fragment_octets & ~7
        self._proposed: tuple[ContextElement, ...] = ()
        self._negotiation_id = 0  # call id of the bind or alter_context
        self._contexts: dict[int, Context] = {}
        self._next_context_id = 0
        self._last_call_id = 0
        self._sinks: dict[int, ClientSink] = {}
        self._most_calls = 1

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
        if not contexts:
            raise LocalProtocolError("a bind without presentation contexts")
        self._send(PduType.BIND)
        self._propose(contexts)
        if features:
            element = feature_element(
                self._next_context_id, contexts[-1].abstract, features
            )
            self._propose((*contexts, element))
        self._negotiation_id = self.next_call_id()
        return encode(
            Bind(
                call_id=self._negotiation_id,
                flags=WHOLE | (Flags.CONC_MPX if self._multiplex else Flags.NONE),
                max_xmit_fragment=self._offered_octets,
                max_recv_fragment=self._offered_octets,
                association_group_id=self.association_group_id,
                contexts=self._proposed,
            )
        )

    def alter(self, contexts: Sequence[ContextElement]) -> bytes:
        """An alter_context that proposes further *contexts*, with ids of their own.

        Raises:
            LocalProtocolError: not bound, or the last one is not answered yet.
        """
        if not contexts:
            raise LocalProtocolError("an alter_context without presentation contexts")
        self._send(PduType.ALTER_CONTEXT)
        self._propose(contexts)
        self._negotiation_id = self.next_call_id()
        return encode(
            AlterContext(
                call_id=self._negotiation_id,
                max_xmit_fragment=self.fragment_octets,
                max_recv_fragment=self.fragment_octets,
                association_group_id=self.association_group_id,
                contexts=self._proposed,
            )
        )

    def _propose(self, contexts: Sequence[ContextElement]) -> None:
        self._proposed = tuple(contexts)
        highest = max(element.context_id for element in contexts)
        self._next_context_id = max(self._next_context_id, highest + 1)

    def context_for(
        self, abstract: SyntaxId, transfer: SyntaxId | None = None
    ) -> Context | None:
        """The context agreed for *abstract* (as proposed), with *transfer* or any."""
        for context in self._contexts.values():
            if context.abstract == abstract and transfer in (None, context.transfer):
                return context
        return None

    @property
    def next_context_id(self) -> int:
        """An id no context of this association has been proposed with."""
        return self._next_context_id

    def next_call_id(self) -> int:
        """A call id that no outstanding call has."""
        call_id = self._last_call_id + 1 & 0xFFFFFFFF
        while call_id in self._sinks or not call_id:
            call_id = call_id + 1 & 0xFFFFFFFF
        self._last_call_id = call_id
        return call_id

    def _refused(self, why: str) -> None:
        self._end(f"the server refused: {why}")
        self._delegate.rejected(BindRejected(f"the server refused: {why}"))

    def _accept(self, ack: BindAck) -> None:
        agreement = agreement_of(self._proposed, ack)
        self._contexts |= {
            context.context_id: context for context in agreement.contexts
        }
        self.rejections = agreement.rejections
        if not isinstance(ack, AlterContextResponse):
            self.features = agreement.features
            self._accept_association(ack)
        self._settle()
        self._delegate.negotiated()

    def _accept_association(self, ack: BindAck) -> None:
        if ack.max_recv_fragment < MINIMUM_FRAGMENT_OCTETS:
            raise RemoteProtocolError(
                f"the server receives fragments of {ack.max_recv_fragment} octets, "
                f"less than {MINIMUM_FRAGMENT_OCTETS}"
            )
        self.fragment_octets = min(self._offered_octets, ack.max_recv_fragment) & ~7
        self._receive_up_to(self._offered_octets, self.limits.response_stub_octets)
        self.association_group_id = ack.association_group_id
        self.secondary_address = ack.secondary_address
        self.is_multiplexed = self._multiplex and Flags.CONC_MPX in ack.flags
        self._most_calls = self.limits.outstanding_calls if self.is_multiplexed else 1
