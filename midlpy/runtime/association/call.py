"""What the association needs of a call, and stub data on its way to be whole.

The association knows calls by their ids only. What a call does with its stub data is its
own affair: it is a sink. Every memoryview a sink is given is valid during that one
method; what it keeps, it copies. Calls are answered from inside these methods or later,
as one likes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from midlpy.runtime.association.negotiation import PresentationContext
from midlpy.runtime.errors import BindRejected, RemoteProtocolError
from midlpy.runtime.ndr.syntax import ByteOrder
from midlpy.runtime.pdu.types import Buffer

S = TypeVar("S")


class ClientSink(Protocol):
    """A call at the client, registered with ``start_request`` or ``request``.

    After ``response`` with *is_last*, and after ``fault``, the association has forgotten
    the call. Neither may raise anything but RemoteProtocolError.
    """

    @property
    def stub_limit(self) -> int | None:
        """Octets of stub data the response may have, all fragments; None: any number.

        Not less than the limit in ``Limits``, which single fragments are held to first.
        """
        ...

    def response(self, stub: memoryview, is_last: bool, byte_order: ByteOrder) -> None:
        """The stub data of the next fragment, without pad; maybe none."""
        ...

    def fault(self, status: int, did_not_execute: bool) -> None:
        """The call has ended; the request may be unfinished, then stop sending it."""
        ...


class ServerSink(Protocol):
    """A call at the server, made by ``ServerDelegate.open_call``."""

    @property
    def stub_limit(self) -> int | None:
        """Octets of stub data the request may have, all fragments; None: any number.

        Not less than the limit in ``Limits``, which single fragments are held to first.
        """
        ...

    def request(self, stub: memoryview, is_last: bool) -> None:
        """The stub data of the next fragment, without pad; maybe none.

        Raises:
            RpcFault: the call ends with this fault; the connection stays.
        """
        ...

    def cancel(self) -> None:
        """The client wants the call to end soon; the call is still to be answered."""
        ...

    def orphan(self) -> None:
        """The client wants no answer; the association has forgotten the call."""
        ...


class ClientDelegate(Protocol):
    """Who hears what is not about one call."""

    def negotiated(self) -> None:
        """A bind or alter_context was answered; ``context_for`` knows more now."""
        ...

    def rejected(self, error: BindRejected) -> None:
        """The bind or alter_context was refused as a whole; the state is CLOSED."""
        ...

    def shutdown(self) -> None:
        """The server asks us to close: no more calls; DRAINING, then CLOSED."""
        ...


class ServerDelegate(Protocol[S]):
    """Who makes calls out of requests."""

    def open_call(
        self,
        call_id: int,
        context: PresentationContext[S],
        opnum: int,
        object_uuid: UUID | None,
        byte_order: ByteOrder,
    ) -> ServerSink:
        """The sink of a new call; its first fragment follows at once.

        *byte_order* is that of the request's stub data; answers are little-endian.

        Raises:
            RpcFault: the call is refused with this fault; the connection stays.
        """
        ...


@dataclass(slots=True, eq=False)
class IncomingRequest:
    """A request whose last fragment has not come; a connection has one at most."""

    call_id: int
    byte_order: ByteOrder
    sink: ServerSink | None  # None: what comes is discarded
    octets: int = 0
    # We answered with a fault before its end. The client may never finish it then: the
    # reference implementation goes on with its next call.
    is_answered: bool = False


class StubBuffer:
    """Stub data of one call until it is whole, within a limit of octets."""

    __slots__ = ("_data", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def add(self, stub: Buffer) -> None:
        """Copy one fragment's part.

        Raises:
            RemoteProtocolError: more than the limit; nothing was copied.
        """
        octets = len(self._data) + len(stub)
        if octets > self.limit:
            raise RemoteProtocolError(
                f"{octets} octets of stub data, more than {self.limit}"
            )
        self._data += stub

    def take(self) -> bytes:
        """Everything so far; the buffer is empty afterwards."""
        octets = bytes(self._data)
        self._data.clear()
        return octets
