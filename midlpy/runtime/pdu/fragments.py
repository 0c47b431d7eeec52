"""Octets into PDUs, and stub data into fragments.

Receiving: one buffer of 128 KiB, filled by the transport, parsed in place. Sending: parts
of stub data are kept until they fill a fragment, across the borders of what was added,
and are handed on as they are: what was added must not change before it has been sent.

Spec: C706 12.6.3.1; MS-RPCE 2.2.2.11 (stub data of protected fragments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Final, Protocol
from uuid import UUID

from midlpy.runtime.errors import LocalProtocolError, RemoteProtocolError
from midlpy.runtime.pdu.types import (
    CALL_HEADER_OCTETS,
    HEADER_OCTETS,
    OBJECT_UUID_OCTETS,
    TRAILER_OCTETS,
    AuthTrailer,
    Buffer,
    Flags,
    PduType,
)

# 64 to 128 KiB cost least per octet (measured), and two PDUs of any size fit.
RECEIVE_BUFFER_OCTETS: Final = 131_072

# Version, type and flags as one number, then the data representation as another: a whole
# header is compared and made in one step. Then frag_length, auth_length, call_id,
# alloc_hint, p_cont_id, and opnum (or cancel count).
CALL_HEADER: Final = Struct("<IIHHIIHH")
LITTLE_ENDIAN_LABEL: Final = 0x00000010
_TRAILER: Final = Struct("<BBBxI")
_LENGTH: Final = Struct("<4xB3xH")  # the first octet of the label, and frag_length

STUB_GRAIN_OCTETS: Final = 8
PROTECTED_STUB_GRAIN_OCTETS: Final = 16


def call_word(type: PduType, flags: Flags) -> int:
    """Version, type and flags as the first number of ``CALL_HEADER``."""
    return 5 | type << 16 | flags << 24


class ReceiveBuffer:
    """The octets of one transport on their way to PDUs.

    Made for ``asyncio.BufferedProtocol``: ``get_buffer`` gives room, ``advance`` says how
    much of it was filled.
    """

    __slots__ = ("_data", "_end", "_start", "_view")

    def __init__(self) -> None:
        self._data = bytearray(RECEIVE_BUFFER_OCTETS)
        self._view = memoryview(self._data)
        self._start = 0  # of the first PDU that is not whole yet
        self._end = 0  # of what has been received

    def get_buffer(self, _hint: int = -1) -> memoryview:
        """Room for octets from the transport, never empty.

        Views of PDUs given before end here: the octets behind them may move.
        """
        start = self._start
        if start:
            left = self._end - start
            if left:
                self._view[:left] = self._view[start : self._end]
            self._start = 0
            self._end = left
        return self._view[self._end :]

    def advance(self, count: int) -> Iterator[memoryview]:
        """One view per PDU that *count* more octets complete, in order, maybe none.

        A view is valid until the next ``get_buffer``. Take all before that.

        Raises:
            RemoteProtocolError: a frag_length is less than a header.
        """
        self._end += count
        return self._pdus()

    def _pdus(self) -> Iterator[memoryview]:
        start = self._start
        left = self._end - start
        while left >= HEADER_OCTETS:
            label, length = _LENGTH.unpack_from(self._data, start)
            if not label & 0x10:
                length = length >> 8 | (length & 0xFF) << 8
            if length < HEADER_OCTETS:
                raise RemoteProtocolError(
                    f"fragment length {length} is outside {HEADER_OCTETS}..65535"
                )
            if left < length:
                return
            pdu = self._view[start : start + length]
            start += length
            left -= length
            self._start = start
            yield pdu

    def feed(self, octets: Buffer) -> Iterator[memoryview]:
        """The same for octets that came elsewhere, of any number."""
        source = memoryview(octets)
        while source:
            room = self.get_buffer()
            count = min(len(room), len(source))
            room[:count] = source[:count]
            source = source[count:]
            yield from self.advance(count)

    @property
    def is_empty(self) -> bool:
        """Whether no part of a PDU is held: the transport may end here."""
        return self._start == self._end


class FragmentProtection(Protocol):
    """What signs, and perhaps seals, the fragments of one association.

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

    def protect(
        self, header: bytes, stub: bytes, trailer: bytes
    ) -> tuple[bytes, bytes]:
        """The stub as it travels, and its auth_value.

        *header* goes up to the stub, *stub* includes its pad, *trailer* is the eight
        octets of sec_trailer.
        """
        ...

    def unprotect(
        self,
        header: memoryview,
        stub: memoryview,
        trailer: memoryview,
        value: memoryview,
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

    ``offset`` is the number of octets of stub data taken so far, where the next one will
    stand; ``pending`` of these are held back.
    """

    __slots__ = (
        "_call_id",
        "_context_id",
        "_full",
        "_grain",
        "_is_first",
        "_object_uuid",
        "_on_finish",
        "_opnum",
        "_parts",
        "_protection",
        "_room",
        "_word",
        "is_finished",
        "offset",
        "pending",
    )

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
        self.offset = 0
        self.pending = 0
        self.is_finished = False
        self._parts: list[Buffer] = []
        self._is_first = True
        self._call_id = call_id
        self._context_id = context_id
        self._opnum = opnum
        self._protection = protection
        self._on_finish = on_finish
        self._object_uuid = b"" if object_uuid is None else object_uuid.bytes_le
        if object_uuid is not None:
            flags |= Flags.OBJECT_UUID
        self._word = call_word(type, flags)
        room = fragment_octets - CALL_HEADER_OCTETS
        if object_uuid is not None:
            room -= OBJECT_UUID_OCTETS
        self._grain = STUB_GRAIN_OCTETS
        if protection is not None:
            room -= TRAILER_OCTETS + protection.signature_octets
            # Then only the last fragment needs a pad before its trailer.
            self._grain = PROTECTED_STUB_GRAIN_OCTETS
        self._room = room - room % self._grain
        self._full = self._header(self._room, self._word, self._room + self._grain)

    def add(self, parts: Sequence[Buffer], octets: int) -> list[Buffer]:
        """Take *parts*, *octets* in all; return the fragments they fill.

        Raises:
            LocalProtocolError: after finish.
        """
        if self.is_finished:
            raise LocalProtocolError("stub data after the last fragment")
        self.offset += octets
        pending = self.pending + octets
        if pending <= self._room:
            self._parts += parts
            self.pending = pending
            return []
        return self._fill(parts, 0)

    def flush(self) -> list[Buffer]:
        """A fragment of what is held back, without its last 0 to 7 octets.

        Only the last fragment may have stub data that is no multiple of 8 octets (16 if
        fragments are protected).

        Spec: C706 12.6.3.7.
        """
        left = self.pending % self._grain
        octets = self.pending - left
        if not octets:
            return []
        parts, self._parts = self._parts, []
        self.pending = left
        while left:
            part = memoryview(parts.pop())
            cut = max(len(part) - left, 0)
            self._parts.insert(0, part[cut:])
            left -= len(part) - cut
            if cut:
                parts.append(part[:cut])
        return self._fragment(parts, octets, Flags.NONE, octets + self._grain)

    def finish(self, parts: Sequence[Buffer] = (), octets: int = 0) -> list[Buffer]:
        """The fragments of all that is left and of *parts*; the last one says so.

        Raises:
            LocalProtocolError: after finish.
        """
        if self.is_finished:
            raise LocalProtocolError("stub data after the last fragment")
        self.is_finished = True
        self.offset += octets
        pending = self.pending + octets
        if pending <= self._room:
            self._parts += parts
            self.pending = pending
            fragments: list[Buffer] = []
        else:
            fragments = self._fill(parts, pending)
        last, self._parts = self._parts, []
        fragments += self._fragment(last, self.pending, Flags.LAST, self.pending)
        self.pending = 0
        if self._on_finish is not None:
            self._on_finish()
        return fragments

    def abort(self) -> None:
        """Drop what is held back; nothing more can be added."""
        self.is_finished = True
        self._parts = []
        self.pending = 0

    def _fill(self, parts: Sequence[Buffer], to_come: int) -> list[Buffer]:
        """Cut full fragments; what does not fill one, or just fills it, is held back.

        *to_come* is the octets of stub data still to be sent, 0 if nobody knows.
        """
        fragments: list[Buffer] = []
        room = self._room
        held = self._parts
        used = self.pending
        for part in parts:
            octets = len(part)
            if used + octets <= room:
                held.append(part)
                used += octets
                continue
            view = memoryview(part)
            start = 0
            while used + octets - start > room:
                end = start + room - used
                if end > start:
                    held.append(view[start:end])
                fragments += self._fragment(held, room, Flags.NONE, to_come)
                to_come = max(to_come - room, 0)
                start, used, held = end, 0, []
            held.append(view[start:])
            used = octets - start
        self._parts = held
        self.pending = used
        return fragments

    def _fragment(
        self, parts: list[Buffer], octets: int, flags: Flags, to_come: int
    ) -> list[Buffer]:
        if self._is_first:
            self._is_first = False
            flags |= Flags.FIRST
        elif not to_come and not flags and self._protection is None:
            # A stream's middle: every full fragment has this header. Its alloc_hint is
            # more than it carries, since the reference implementation insists on that
            # for all but the last.
            return [self._full, *parts]
        if not flags & Flags.LAST:
            to_come = max(to_come, octets + self._grain)
        word = self._word | flags << 24
        if self._protection is not None:
            stub = b"".join(parts)
            return self._protected(self._protection, stub, word, to_come)
        return [self._header(octets, word, to_come), *parts]

    def _header(
        self, octets: int, word: int, to_come: int, auth_octets: int = 0
    ) -> bytes:
        """*auth_octets*: of the auth_value; a pad is among *octets*."""
        length = CALL_HEADER_OCTETS + len(self._object_uuid) + octets
        if auth_octets:
            length += TRAILER_OCTETS + auth_octets
        header = CALL_HEADER.pack(
            word,
            LITTLE_ENDIAN_LABEL,
            length,
            auth_octets,
            self._call_id,
            min(to_come, 0xFFFFFFFF),
            self._context_id,
            self._opnum,
        )
        return header + self._object_uuid if self._object_uuid else header

    def _protected(
        self, protection: FragmentProtection, stub: bytes, word: int, to_come: int
    ) -> list[Buffer]:
        pad = -len(stub) % PROTECTED_STUB_GRAIN_OCTETS
        signature_octets = protection.signature_octets
        header = self._header(len(stub) + pad, word, to_come, signature_octets)
        trailer = _TRAILER.pack(
            protection.trailer.auth_type,
            protection.trailer.level,
            pad,
            protection.trailer.context_id,
        )
        body, value = protection.protect(header, stub + bytes(pad), trailer)
        if len(value) != signature_octets:
            raise LocalProtocolError(
                f"a signature of {len(value)} octets instead of {signature_octets}"
            )
        return [header, body, trailer, value]
