"""The client's end of an association.

A response in one fragment is the common case and takes a short way: one header, a few
comparisons, one look-up, one call of a sink. So do the fragments in the middle of a
stream. Everything else goes the long way, where all rules are spelled out.

Spec: C706 12.6.4, MS-RPCE 3.3.2 (client details).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from midlpy.runtime.association.call import ClientDelegate, ClientSink
from midlpy.runtime.association.client_negotiation import NegotiatingClient
from midlpy.runtime.association.negotiation import (
    Features,
    reason_of,
)
from midlpy.runtime.association.refusals import NCA_PROTO_ERROR, SEC_PKG_ERROR
from midlpy.runtime.association.state import (
    Role,
    State,
)
from midlpy.runtime.errors import (
    LocalProtocolError,
    RemoteProtocolError,
    RpcError,
)
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.decode import decode
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.fragments import (
    CALL_HEADER,
    LITTLE_ENDIAN_LABEL,
    FragmentWriter,
    call_word,
)
from midlpy.runtime.pdu.header import Header, decode_header
from midlpy.runtime.pdu.types import (
    CALL_HEADER_OCTETS,
    WHOLE,
    BindAck,
    BindNak,
    Buffer,
    CoCancel,
    Fault,
    Flags,
    Orphaned,
    PduType,
    Shutdown,
)

# After these the server closes.
ENDING_FAULTS: Final = (NCA_PROTO_ERROR, SEC_PKG_ERROR)

_NO_FLAGS: Final = Flags.NONE
_WHOLE_REQUEST: Final = call_word(PduType.REQUEST, WHOLE)
_MIDDLE_RESPONSE: Final = call_word(PduType.RESPONSE, Flags.NONE)
_WHOLE_RESPONSE: Final = call_word(PduType.RESPONSE, WHOLE)


class ClientAssociation(NegotiatingClient):
    """The client's end; its base class has what concerns bind and alter_context."""

    def __init__(
        self,
        delegate: ClientDelegate,
        limits: Limits | None = None,
        *,
        multiplex: bool = True,
        association_group_id: int = 0,
    ) -> None:
        """*association_group_id* is the group to join, 0 for a new one."""
        super().__init__(delegate, limits, multiplex, association_group_id)
        self._partial: dict[int, tuple[int, ByteOrder]] = {}  # responses half here
        self._sending: tuple[int, FragmentWriter] | None = None

    # Calls

    @property
    def outstanding(self) -> int:
        """Calls that have begun and not ended."""
        return len(self._sinks)

    @property
    def is_sending(self) -> bool:
        """Whether a request is half out: no other may start before it is finished."""
        return self._sending is not None

    @property
    def can_start(self) -> bool:
        """Whether ``request`` and ``start_request`` would be accepted now."""
        return (
            self._sending is None
            and self.state in (State.BOUND, State.ALTERING)
            and (
                not self._sinks
                or (
                    self.is_multiplexed
                    and len(self._sinks) < self.limits.outstanding_calls
                )
            )
        )

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
        if (
            self._is_plain
            and octets <= self.fragment_octets - CALL_HEADER_OCTETS
            and len(self._sinks) < self._most_calls
            and call_id not in self._sinks
            and object_uuid is None
            and flags is _NO_FLAGS
        ):
            self._sinks[call_id] = sink
            header = CALL_HEADER.pack(
                _WHOLE_REQUEST,
                LITTLE_ENDIAN_LABEL,
                CALL_HEADER_OCTETS + octets,
                0,
                call_id,
                octets,
                context_id,
                opnum,
            )
            return [header, *parts]
        writer = self.start_request(
            call_id, context_id, opnum, sink, object_uuid=object_uuid, flags=flags
        )
        return writer.finish(parts, octets)

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
        if not self.can_start or call_id in self._sinks:
            raise self._not_now(call_id)
        writer = FragmentWriter(
            type=PduType.REQUEST,
            call_id=call_id,
            context_id=context_id,
            opnum=opnum,
            fragment_octets=self.fragment_octets,
            flags=flags,
            object_uuid=object_uuid,
            protection=self._protection,
            on_finish=self._sent,
        )
        self._sinks[call_id] = sink
        self._sending = call_id, writer
        self._settle()
        return writer

    def _sent(self) -> None:
        self._sending = None
        self._settle()

    def _not_now(self, call_id: int) -> LocalProtocolError:
        if self.state not in (State.BOUND, State.ALTERING):
            why = f"while {self.state.value}"
        elif call_id in self._sinks:
            why = "which is outstanding already"
        elif self._sending is not None:
            why = f"while the request of call {self._sending[0]} is half sent"
        else:
            why = f"while {len(self._sinks)} calls are outstanding"
        return LocalProtocolError(f"REQUEST for call {call_id}, {why}")

    def cancel(self, call_id: int) -> bytes:
        """A co_cancel; the call goes on until it is answered. b"" for unknown ids."""
        if call_id not in self._sinks:
            return b""
        return encode(CoCancel(call_id=call_id))

    def orphan(self, call_id: int) -> bytes:
        """An orphaned PDU; the call is forgotten, its late answer will be discarded.

        The state is CLOSED afterwards if the request is unfinished or the server did
        not agree to keep connections of orphaned calls. b"" for unknown ids.

        Spec: MS-RPCE 3.3.1.5.10.
        """
        if self._forget(call_id) is None:
            return b""
        octets = encode(Orphaned(call_id=call_id))
        if Features.KEEP_CONNECTION_ON_ORPHAN not in self.features:
            self._end(f"call {call_id} was given up")
        return octets

    def close(self, reason: str = "") -> list[ClientSink]:
        """The transport has ended, or will: state CLOSED. The calls still waiting."""
        self._end(reason)
        if self._sending is not None:
            self._sending[1].abort()
            self._sending = None
        waiting = list(self._sinks.values())
        self._sinks.clear()
        self._partial.clear()
        return waiting

    def _forget(self, call_id: int) -> ClientSink | None:
        """The call has ended. If its request is half sent, so has the association."""
        self._partial.pop(call_id, None)
        sink = self._sinks.pop(call_id, None)
        if self._sending is not None and self._sending[0] == call_id:
            self._sending[1].abort()
            self._sending = None
            self._end(f"call {call_id} ended before its request was sent")
        elif self.state is State.DRAINING and not self._sinks:
            self._end("the server asked for it")
        self._settle()
        return sink

    # What the server sends

    def receive(self, pdu: memoryview) -> bytes:
        """Take one whole PDU; return octets to write at once, often none.

        Raises:
            RemoteProtocolError: the peer broke the rules; the state is CLOSED.
            RpcError: the same for a signature that is wrong.
        """
        octets = len(pdu)
        try:
            if self._is_plain and CALL_HEADER_OCTETS <= octets <= self._plain_octets:
                word, label, length, auth_length, call_id, _, _, _ = (
                    CALL_HEADER.unpack_from(pdu)
                )
                if (
                    label == LITTLE_ENDIAN_LABEL
                    and length == octets
                    and not auth_length
                ):
                    if word == _WHOLE_RESPONSE and call_id not in self._partial:
                        sink = self._sinks.pop(call_id, None)
                        if sink is not None:
                            sink.response(pdu[CALL_HEADER_OCTETS:], True, "little")
                        return b""
                    if word == _MIDDLE_RESPONSE and self._stream(call_id, pdu):
                        return b""
            if self.state is not State.CLOSED:
                self._receive(pdu)
        except RpcError as error:
            self._end(str(error))
            raise
        return b""

    def _settle(self) -> None:
        super()._settle()
        if self._sending is not None:
            self._is_plain = False

    def _stream(self, call_id: int, pdu: memoryview) -> bool:
        """One of many fragments in the middle of a response, if that is what it is."""
        begun = self._partial.get(call_id)
        if begun is None or begun[1] != "little":
            return False
        sink = self._sinks[call_id]
        received = begun[0] + len(pdu) - CALL_HEADER_OCTETS
        limit = sink.stub_limit
        if limit is not None and received > limit:
            return False
        self._partial[call_id] = received, "little"
        sink.response(pdu[CALL_HEADER_OCTETS:], False, "little")
        return True

    def _receive(self, pdu: memoryview) -> None:
        header = decode_header(pdu)
        if header.type == PduType.RESPONSE:
            self._advance(PduType.RESPONSE, Role.SERVER, RemoteProtocolError)
            self._response(header, pdu)
            return
        value = decode(pdu)
        negotiating = self.state in (State.BINDING, State.ALTERING)
        self._advance(value.type, Role.SERVER, RemoteProtocolError)
        match value:
            case Fault():
                self._fault(value, negotiating)
            case BindAck():  # and its subclass for alter_context
                self._accept(value)
            case BindNak():
                self._refused(f"bind: {reason_of(value)}")
            case Shutdown():
                if not self._sinks:
                    self._end("the server asked for it")
                self._delegate.shutdown()
            case _:
                raise AssertionError(value.type)  # no other comes from a server

    def _response(self, header: Header, pdu: memoryview) -> None:
        """One fragment of a response, in any of the uncommon ways."""
        self._check_octets(pdu, CALL_HEADER_OCTETS)
        call_id = header.call_id
        if bool(header.auth_length) != (self._protection is not None):
            has = "with" if header.auth_length else "without"
            raise RemoteProtocolError(
                f"RESPONSE for call {call_id} {has} an authentication trailer"
            )
        # Verified before the call is looked up: signatures count fragments.
        stub = self._stub(header, pdu, CALL_HEADER_OCTETS)
        sink = self._sinks.get(call_id)
        if sink is None:
            return  # answered late: it was given up
        if self._sending is not None and self._sending[0] == call_id:
            raise RemoteProtocolError(
                f"RESPONSE for call {call_id}, whose request is not finished"
            )
        begun = self._partial.get(call_id)
        if header.flags & Flags.FIRST and begun is not None:
            raise RemoteProtocolError(f"the response of call {call_id} begins twice")
        if not header.flags & Flags.FIRST and begun is None:
            raise RemoteProtocolError(
                f"the response of call {call_id} has no beginning"
            )
        received, byte_order = begun or (0, header.byte_order)
        if byte_order != header.byte_order:
            raise RemoteProtocolError(
                f"the response of call {call_id} changes its byte order"
            )
        received += len(stub)
        is_last = bool(header.flags & Flags.LAST)
        limit = sink.stub_limit
        if limit is not None and received > limit:
            raise RemoteProtocolError(
                f"the response of call {call_id} has {received} octets of stub data, "
                f"more than {limit}"
            )
        if is_last:
            self._forget(call_id)
        else:
            self._partial[call_id] = received, byte_order
        sink.response(memoryview(stub), is_last, byte_order)

    def _check_octets(self, pdu: memoryview, least: int) -> None:
        if not least <= len(pdu) <= self._receive_octets:
            raise RemoteProtocolError(
                f"fragment length {len(pdu)} is outside {least}..{self._receive_octets}"
            )

    def _fault(self, fault: Fault, negotiating: bool) -> None:
        did_not_execute = Flags.DID_NOT_EXECUTE in fault.flags
        known = fault.call_id in self._sinks
        sink = self._forget(fault.call_id)
        if fault.code in ENDING_FAULTS:
            self._end(f"the server sent fault {fault.code:#010x}")
        if sink is not None:
            sink.fault(fault.code, did_not_execute)
        elif negotiating and not known and fault.call_id == self._negotiation_id:
            self._refused(f"fault {fault.code:#010x}")
