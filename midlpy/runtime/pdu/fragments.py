"""Octets into PDUs, and stub data into fragments.

Receiving: one buffer of 128 KiB, filled by the transport, parsed in place. Sending: parts
of stub data are kept until they fill a fragment, across the borders of what was added,
and are handed on as they are: what was added must not change before it has been sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol
from uuid import UUID

from midlpy.runtime.pdu.types import AuthTrailer, Buffer, ByteOrder, Flags, PduType


class ReceiveBuffer:
    """The octets of one transport on their way to PDUs.

    Made for ``asyncio.BufferedProtocol``: ``get_buffer`` gives room, ``advance`` says how
    much of it was filled.
    """

    def get_buffer(self, hint: int = -1) -> memoryview:
        """Room for octets from the transport, never empty.

        Views of PDUs given before end here: the octets behind them may move.
        """
        raise NotImplementedError

    def advance(self, count: int) -> Iterator[memoryview]:
        """One view per PDU that *count* more octets complete, in order, maybe none.

        A view is valid until the next ``get_buffer``. Take all before that.

        Raises:
            RemoteProtocolError: a frag_length is less than a header.
        """
        raise NotImplementedError

    def feed(self, octets: Buffer) -> Iterator[memoryview]:
        """The same for octets that came elsewhere, of any number."""
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether no part of a PDU is held: the transport may end here."""
        raise NotImplementedError


class FragmentProtection(Protocol):
    """What signs, and perhaps seals, the fragments that one peer sends.

    The association has none until an authentication service provides it.

    Spec: MS-RPCE 2.2.2.11, 3.3.1.5.2.
    """

    @property
    def trailer(self) -> AuthTrailer:
        """Type, level and context id for the trailers; its value is not looked at."""
        ...

    @property
    def signature_octets(self) -> int:
        """The length of every auth_value, the same for all fragments."""
        ...

    def protect(self, header: bytes, stub: bytes, trailer: bytes) -> tuple[bytes, bytes]:
        """The stub as it travels, and its auth_value.

        *header* goes up to the stub, *stub* includes its pad, *trailer* is the eight
        octets of sec_trailer.
        """
        ...

    def unprotect(
        self, header: memoryview, stub: memoryview, trailer: memoryview, value: memoryview
    ) -> bytes:
        """The stub, pad included, of a fragment from the peer.

        Raises:
            RpcError: the signature is wrong (status 1825, RPC_S_SEC_PKG_ERROR).
        """
        ...


class FragmentWriter:
    """Makes the fragments of one request or response.

    Whole stub data: ``finish(parts, octets)`` alone. A stream: any number of ``add`` and
    ``flush``, then ``finish``. Each returns the buffers to write now, in order, often
    none. Parts are not copied.
    """

    offset: int  # octets of stub data taken so far: where the next one will stand
    pending: int  # octets of stub data held back
    is_finished: bool

    def __init__(
        self,
        *,
        type: PduType,
        call_id: int,
        context_id: int,
        opnum: int = 0,
        fragment_octets: int,
        flags: Flags = Flags.NONE,
        object_uuid: UUID | None = None,
        protection: FragmentProtection | None = None,
        on_finish: Callable[[], None] | None = None,
    ) -> None:
        """*opnum* of a response is its cancel count; *flags* go on every fragment."""
        raise NotImplementedError

    def add(self, parts: Sequence[Buffer], octets: int) -> list[Buffer]:
        """Take *parts*, *octets* in all; return the fragments they fill.

        Raises:
            LocalProtocolError: after finish.
        """
        raise NotImplementedError

    def flush(self) -> list[Buffer]:
        """A fragment of what is held back, without its last 0 to 7 octets.

        Only the last fragment may have stub data that is no multiple of 8 octets.
        """
        raise NotImplementedError

    def finish(self, parts: Sequence[Buffer] = (), octets: int = 0) -> list[Buffer]:
        """The fragments of all that is left and of *parts*; the last one says so.

        Raises:
            LocalProtocolError: after finish.
        """
        raise NotImplementedError


__all__ = ["ByteOrder", "FragmentProtection", "FragmentWriter", "ReceiveBuffer"]
