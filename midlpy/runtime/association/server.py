"""The server's end of an association.

A request in one fragment is the common case and takes a short way: one header, a few
comparisons, one look-up, one call of a sink. So do the fragments in the middle of a
stream. Everything else goes the long way, where all rules are spelled out. What
breaks a rule is answered as Windows and Samba answer it: with a fault or bind_nak after
which the association is closed, or with nothing but the close.

Spec: C706 12.6.4, MS-RPCE 3.3.3 (server details); refusals.py has the table of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from midlpy.runtime.association import refusals
from midlpy.runtime.association.call import (
    IncomingRequest,
    ServerDelegate,
    ServerSink,
)
from midlpy.runtime.association.group import AssociationGroups
from midlpy.runtime.association.negotiation import (
    Offer,
    Offers,
)
from midlpy.runtime.association.refusals import (
    Nak,
    Refused,
    Silence,
    fault_octets,
)
from midlpy.runtime.association.server_negotiation import NegotiatingServer
from midlpy.runtime.association.state import (
    State,
)
from midlpy.runtime.errors import (
    LocalProtocolError,
    RpcError,
    RpcFault,
)
from midlpy.runtime.limits import Limits
from midlpy.runtime.pdu.decode import RequestFields, decode, decode_request
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import (
    CALL_HEADER,
    LITTLE_ENDIAN_LABEL,
    FragmentWriter,
    call_word,
)
from midlpy.runtime.pdu.header import (
    Header,
    MalformedPdu,
    decode_header,
    decode_trailer,
)
from midlpy.runtime.pdu.types import (
    CALL_HEADER_OCTETS,
    WHOLE,
    AlterContext,
    Auth3,
    Bind,
    BindNak,
    Buffer,
    CoCancel,
    Flags,
    Orphaned,
    Pdu,
    PduType,
    Shutdown,
)

S = TypeVar("S")

_WHOLE_REQUEST: Final = call_word(PduType.REQUEST, WHOLE)
_MIDDLE_REQUEST: Final = call_word(PduType.REQUEST, Flags.NONE)
_WHOLE_RESPONSE: Final = call_word(PduType.RESPONSE, WHOLE)


class ServerAssociation(NegotiatingServer[S]):
    """The server's end; its base class has what concerns bind and alter_context."""

    def __init__(
        self,
        delegate: ServerDelegate[S],
        offers: Iterable[Offer[S]] | Offers[S],
        groups: AssociationGroups,
        limits: Limits | None = None,
        *,
        transport: str = "ncacn_ip_tcp",
        secondary_address: str = "",
        multiplex: bool = True,
    ) -> None:
        """*transport* is the protocol sequence; groups of another cannot be joined."""
        super().__init__(
            offers if isinstance(offers, Offers) else Offers(offers),
            groups,
            limits,
            transport,
            secondary_address,
            multiplex,
        )
        self._delegate = delegate
        self._calls: dict[int, tuple[ServerSink, int]] = {}  # and context id
        self._incoming: IncomingRequest | None = None
        self._responding: set[int] = set()  # calls whose response is being streamed

    @property
    def outstanding(self) -> int:
        """Calls that have begun and not ended."""
        return len(self._calls)

    # What the client sends

    def receive(self, pdu: memoryview) -> bytes:
        """Take one whole PDU; return octets to write at once, often none.

        A client that breaks the rules gets its answer, and the state is CLOSED.
        """
        octets = len(pdu)
        if self._is_plain and CALL_HEADER_OCTETS <= octets <= self._plain_octets:
            word, label, length, auth_length, call_id, _, context_id, opnum = (
                CALL_HEADER.unpack_from(pdu)
            )
            if label == LITTLE_ENDIAN_LABEL and length == octets and not auth_length:
                incoming = self._incoming
                if (
                    word == _WHOLE_REQUEST
                    and incoming is None
                    and len(self._calls) < self._most_calls
                    and call_id not in self._calls
                    and context_id in self._contexts
                ):
                    context = self._contexts[context_id]
                    try:
                        sink = self._delegate.open_call(
                            call_id, context, opnum, None, "little"
                        )
                        self._calls[call_id] = sink, context_id
                        sink.request(pdu[CALL_HEADER_OCTETS:], True)
                    except RpcFault as fault:
                        return self._end_call(call_id, context_id, fault)
                    return b""
                if (
                    word == _MIDDLE_REQUEST
                    and incoming is not None
                    and incoming.call_id == call_id
                    and incoming.byte_order == "little"
                ):
                    return self._stream(incoming, context_id, pdu)
        if self.state is State.CLOSED:
            return b""
        try:
            return self._receive(pdu)
        except MalformedPdu as error:
            return self._refuse(refusals.of_malformed(pdu, error))
        except Refused as refused:
            return self._refuse(refused)

    def _stream(
        self, incoming: IncomingRequest, context_id: int, pdu: memoryview
    ) -> bytes:
        """One of many fragments in the middle of a request."""
        sink = incoming.sink
        if sink is None:
            return b""
        try:
            incoming.octets += len(pdu) - CALL_HEADER_OCTETS
            _check_limit(incoming.call_id, sink, incoming.octets)
            sink.request(pdu[CALL_HEADER_OCTETS:], False)
        except RpcFault as fault:
            return self._end_call(incoming.call_id, context_id, fault)
        except Refused as refused:
            return self._refuse(refused)
        return b""

    def _receive(self, pdu: memoryview) -> bytes:
        header = decode_header(pdu)
        if header.type == PduType.REQUEST:
            return self._request(header, pdu)
        value = decode(pdu)
        match value:
            case AlterContext():
                return self._alter(value)
            case Bind():
                return self._bind(value)
            case Auth3():
                raise Refused(
                    refusals.PROTOCOL if value.trailer else refusals.BAD_AUTH3,
                    value.call_id,
                    "AUTH3 from the client, which has begun no authentication",
                )
            case _:
                return self._about_call(value)

    def _about_call(self, value: Pdu) -> bytes:
        """A cancel or an orphan, or what no client may send."""
        self._admit(value.type, value.call_id)
        match value:
            case CoCancel() if value.call_id in self._calls:
                self._calls[value.call_id][0].cancel()
            case Orphaned():
                self._orphan(value.call_id)
            case _:
                pass  # about a call that has ended
        return b""

    def _refuse(self, refused: Refused) -> bytes:
        """The answer to a broken rule; the association is over."""
        self._end(str(refused))
        match refused.refusal:
            case Nak(reason):
                return encode(BindNak(call_id=refused.call_id, reason=reason))
            case Silence():
                return b""
            case refusals.Fault(status, did_not_execute):
                return fault_octets(refused.call_id, 0, status, did_not_execute)

    # Requests, the long way

    def _request(self, header: Header, pdu: memoryview) -> bytes:
        call_id = header.call_id
        if len(pdu) > self._receive_octets:
            what = f"fragment length {len(pdu)} is outside 24..{self._receive_octets}"
            raise Refused(refusals.PROTOCOL_IN_CALL, call_id, what)
        self._admit(PduType.REQUEST, call_id)
        fields = decode_request(header, pdu)
        if bool(header.auth_length) != (self._protection is not None):
            if header.auth_length:
                decode_trailer(header, pdu, fields.stub_start)
            has = "with" if header.auth_length else "without"
            what = f"REQUEST {has} an authentication trailer"
            raise Refused(refusals.DENIED, call_id, what)
        stub = self._verified(header, pdu, fields.stub_start)
        try:
            if header.flags & Flags.FIRST:
                self._check_begin(header)
                return self._begin(header, fields, stub)
            return self._continue(header, fields, stub)
        except RpcFault as fault:
            return self._end_call(call_id, fields.context_id, fault)

    def _verified(self, header: Header, pdu: memoryview, start: int) -> memoryview:
        try:
            return memoryview(self._stub(header, pdu, start))
        except MalformedPdu:
            raise
        except RpcError as error:
            raise Refused(refusals.BAD_SIGNATURE, header.call_id, str(error)) from None

    def _check_begin(self, header: Header) -> None:
        """Whether a request may begin here.

        Raises:
            Refused: it may not, by the rules of the association.
        """
        incoming = self._incoming
        call_id = header.call_id
        if incoming is not None and not incoming.is_answered:
            # Fragments of one request are contiguous, multiplexed or not (MS-RPCE
            # 3.3.1.5.8). Without multiplexing the answer goes to the older call.
            guilty = call_id if self.is_multiplexed else incoming.call_id
            what = f"call {call_id} begins inside the request of {incoming.call_id}"
            raise Refused(refusals.PROTOCOL_IN_CALL, guilty, what)
        self._incoming = None
        if header.flags & Flags.PENDING_CANCEL:
            what = f"call {call_id} begins cancelled"
            raise Refused(refusals.CANCELLED_BEFORE, call_id, what)
        if call_id in self._calls or (self._calls and not self.is_multiplexed):
            open_calls = ", ".join(map(str, self._calls))
            what = f"call {call_id} begins before the end of {open_calls}"
            raise Refused(refusals.PROTOCOL_IN_CALL, call_id, what)

    def _begin(self, header: Header, fields: RequestFields, stub: memoryview) -> bytes:
        call_id = header.call_id
        is_last = bool(header.flags & Flags.LAST)
        if not is_last:
            self._incoming = IncomingRequest(call_id, header.byte_order, None)
        context = self._contexts.get(fields.context_id)
        if context is None:
            raise RpcFault(refusals.NCA_UNKNOWN_INTERFACE, did_not_execute=True)
        if len(self._calls) >= self._most_calls or self.state is State.DRAINING:
            raise RpcFault(refusals.NCA_SERVER_TOO_BUSY, did_not_execute=True)
        sink = self._delegate.open_call(
            call_id, context, fields.opnum, fields.object_uuid, header.byte_order
        )
        self._calls[call_id] = sink, fields.context_id
        if self._incoming is not None:
            self._incoming.sink = sink
            self._incoming.octets = len(stub)
        # The hint of a whole request means nothing.
        hint = 0 if is_last else fields.alloc_hint
        _check_limit(call_id, sink, max(len(stub), hint))
        sink.request(stub, is_last)
        return b""

    def _continue(
        self, header: Header, fields: RequestFields, stub: memoryview
    ) -> bytes:
        call_id = header.call_id
        incoming = self._incoming
        if incoming is None or incoming.call_id != call_id:
            if self.is_multiplexed and fields.context_id not in self._contexts:
                status = refusals.NCA_UNKNOWN_INTERFACE
                return fault_octets(call_id, 0, status, did_not_execute=True)
            what = f"REQUEST that continues call {call_id}, which has not begun"
            raise Refused(refusals.PROTOCOL_IN_CALL, call_id, what)
        if incoming.byte_order != header.byte_order:
            what = f"call {call_id} changes its byte order"
            raise Refused(refusals.PROTOCOL, call_id, what)
        is_last = bool(header.flags & Flags.LAST)
        if is_last:
            self._incoming = None
        sink = incoming.sink
        if sink is not None:
            incoming.octets += len(stub)
            _check_limit(call_id, sink, incoming.octets)
            sink.request(stub, is_last)
        return b""

    def _end_call(self, call_id: int, context_id: int, fault: RpcFault) -> bytes:
        """The fault that ends, or refuses, a call; the connection stays."""
        self._forget(call_id)
        if fault.status == refusals.NCA_UNKNOWN_INTERFACE and fault.did_not_execute:
            context_id = 0
        return fault_octets(call_id, context_id, fault.status, fault.did_not_execute)

    def _orphan(self, call_id: int) -> None:
        incoming = self._incoming
        if incoming is not None and incoming.call_id == call_id:
            incoming.sink = None  # the rest of it must still come
        call = self._calls.pop(call_id, None)
        self._responding.discard(call_id)
        if call is not None:
            call[0].orphan()

    def _forget(self, call_id: int) -> None:
        self._calls.pop(call_id, None)
        self._responding.discard(call_id)
        incoming = self._incoming
        if incoming is not None and incoming.call_id == call_id:
            incoming.sink = None
            incoming.is_answered = True

    # Answers

    def respond(
        self, call_id: int, parts: Sequence[Buffer], octets: int
    ) -> list[Buffer]:
        """The fragments of a response whose stub data is whole; the call has ended.

        Raises:
            LocalProtocolError: no such call is open (it was orphaned, say), its request
                is not complete, or it has answered already.
        """
        context_id = self._answerable(call_id)
        if (
            octets <= self.fragment_octets - CALL_HEADER_OCTETS
            and self._protection is None
        ):
            del self._calls[call_id]
            header = CALL_HEADER.pack(
                _WHOLE_RESPONSE,
                LITTLE_ENDIAN_LABEL,
                CALL_HEADER_OCTETS + octets,
                0,
                call_id,
                octets,
                context_id,
                0,
            )
            return [header, *parts]
        return self.start_response(call_id).finish(parts, octets)

    def start_response(self, call_id: int) -> FragmentWriter:
        """A writer for a response that is streamed; the call ends when it is finished.

        Raises:
            LocalProtocolError: as ``respond``.
        """
        context_id = self._answerable(call_id)
        self._responding.add(call_id)
        return FragmentWriter(
            type=PduType.RESPONSE,
            call_id=call_id,
            context_id=context_id,
            fragment_octets=self.fragment_octets,
            protection=self._protection,
            on_finish=lambda: self._forget(call_id),
        )

    def _answerable(self, call_id: int) -> int:
        """The context id of a call that may be answered now."""
        call = self._calls.get(call_id)
        incoming = self._incoming
        if call is None or self.state is State.CLOSED:
            why = "which is not open"
        elif incoming is not None and incoming.call_id == call_id:
            why = "whose request is not complete"
        elif call_id in self._responding:
            why = "which is being answered"
        else:
            return call[1]
        raise LocalProtocolError(f"RESPONSE for call {call_id}, {why}")

    def fault(
        self, call_id: int, status: int, *, did_not_execute: bool = False
    ) -> bytes:
        """A fault PDU; the call has ended. What its client still sends is discarded.

        Raises:
            LocalProtocolError: no such call is open.
        """
        call = self._calls.get(call_id)
        if call is None or self.state is State.CLOSED:
            raise LocalProtocolError(f"FAULT for call {call_id}, which is not open")
        self._forget(call_id)
        return fault_octets(call_id, call[1], status, did_not_execute)

    def shutdown(self) -> bytes:
        """A shutdown PDU, which asks the client to close; b"" when not bound.

        Calls go on and may be answered; new ones get a fault. The state is DRAINING.
        """
        if self.state not in (State.BOUND, State.ALTERING):
            return b""
        self._send(PduType.SHUTDOWN)
        return encode(Shutdown(call_id=0))

    def close(self, reason: str = "") -> list[ServerSink]:
        """The transport has ended, or will: state CLOSED, group left. The open calls."""
        self._end(reason)
        sinks = [sink for sink, _ in self._calls.values()]
        self._calls.clear()
        self._responding.clear()
        self._incoming = None
        if self.group is not None:
            group, self.group = self.group, None
            self._groups.leave(group)
        return sinks


def _check_limit(call_id: int, sink: ServerSink, octets: int) -> None:
    """Hold a request to the limit of its call."""
    limit = sink.stub_limit
    if limit is not None and octets > limit:
        what = f"call {call_id} has more than {limit} octets of stub data"
        raise Refused(refusals.DENIED, call_id, what)
