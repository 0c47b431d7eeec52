"""Stub data with pipes in it: made from pushes, and taken apart for pulls.

Both directions are bounded. What is pushed waits in the transport up to its high-water
mark, then the pusher waits. What has arrived waits here; above a mark the connection
stops reading, until enough has been pulled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

from midlpy.runtime.errors import UnmarshalError
from midlpy.runtime.ndr.chunks import ChunkReader, ChunkWriter
from midlpy.runtime.pdu.fragments import FragmentWriter
from midlpy.runtime.pdu.types import Buffer
from midlpy.runtime.pipe_ends import PipeEnd, ReceiverEnd, SenderEnd

# After this much in one go everybody else gets a turn of the loop.
_RUN_OCTETS: Final = 512 * 1024


class Outlet(Protocol):
    """Where fragments go: a connection."""

    @property
    def is_congested(self) -> bool:
        """Whether more than the high-water mark waits for the peer."""
        ...

    def send_now(self, buffers: Sequence[Buffer]) -> None: ...

    def call_when_drained(self, wake: Callable[[], None]) -> None:
        """Call *wake* once when the congestion is over."""
        ...


class Inlet(Protocol):
    """Where fragments come from: a connection."""

    queued_octets: int  # that wait to be pulled
    queue_limit: int

    def queue_is_full(self) -> None:
        """There are more than the limit."""
        ...

    def pulled(self, octets: int) -> None:
        """So many wait no more."""
        ...


# The chunks of the pipe with this name, from this stub offset on.
MakeWriter = Callable[[str, int], ChunkWriter]
# With the octets from one element to the next.
MakeReader = Callable[[str, int], tuple[ChunkReader, int]]


class OutgoingStream:
    """The half of a call that we send: what precedes the pipes, the pipes, the rest."""

    def __init__(
        self,
        outlet: Outlet,
        make_writer: MakeWriter,
        *,
        last_pipe_finishes: bool,
    ) -> None:
        """*last_pipe_finishes*: nothing follows the pipes, as in a request."""
        self._outlet = outlet
        self._opened: FragmentWriter | None = None
        self._begin_waiters: list[Callable[[], None]] = []
        self._make_writer = make_writer
        self._last_pipe_finishes = last_pipe_finishes
        self._ends: list[SenderEnd] = []
        self._chunks: ChunkWriter | None = None
        self._loop = asyncio.get_running_loop()
        self._flush_scheduled = False
        self._run_octets = 0
        self.has_run_long = False

    def add_end(self, end: SenderEnd) -> None:
        """*end* is the next pipe, in the order of the wire."""
        self._ends.append(end)

    def begin(self, fragments: FragmentWriter) -> None:
        """From now on may be written, in *fragments*."""
        self._opened = fragments
        waiters, self._begin_waiters = self._begin_waiters, []
        for wake in waiters:
            wake()

    @property
    def is_begun(self) -> bool:
        """Whether anything may be written; a response has to wait for its request."""
        return self._opened is not None

    def call_when_begun(self, end: PipeEnd) -> None:
        self._begin_waiters.append(end.wake)

    @property
    def offset(self) -> int:
        """Octets of stub data written so far."""
        return self._fragments.offset

    @property
    def is_finished(self) -> bool:
        """Whether the last fragment has been written."""
        return self._opened is not None and self._opened.is_finished

    @property
    def _fragments(self) -> FragmentWriter:
        assert self._opened is not None
        return self._opened

    @property
    def must_wait(self) -> bool:
        return self._outlet.is_congested

    def call_when_drained(self, end: PipeEnd) -> None:
        self._outlet.call_when_drained(end.wake)

    def head(self, parts: Sequence[Buffer], octets: int, alignment: int) -> None:
        """What precedes the pipes; on its way when this returns, 7 octets excepted.

        The gap in front of the first count, which has *alignment*, goes with it: then
        fewer octets have to be held back.
        """
        gap = -octets % alignment
        self._send(self._fragments.add([*parts, bytes(gap)], octets + gap))
        self._send(self._fragments.flush())

    def pieces(self, end: SenderEnd, elements: object) -> Iterator[object]:
        """*elements* in slices that can be written one at a time."""
        return self._writer(end).split(elements)

    def write(self, end: SenderEnd, elements: object) -> int:
        """Write a chunk; the number of its elements.

        The last fragment stays open for what is pushed in the same turn of the loop.
        """
        chunks = self._writer(end)
        before = chunks.count
        parts, octets = chunks.write(elements, to_flush=True)
        self._send(self._fragments.add(parts, octets))
        self._run_octets += octets
        if self._run_octets > _RUN_OCTETS:
            self._run_octets = 0
            self.has_run_long = True
        self._flush_soon()
        return chunks.count - before

    def write_end(self, end: SenderEnd) -> None:
        """Write the end marker of a pipe."""
        parts, octets = self._writer(end).end()
        self._chunks = None
        if self._last_pipe_finishes and end is self._ends[-1]:
            self._send(self._fragments.finish(parts, octets))
        else:
            self._send(self._fragments.add(parts, octets))

    def end_written(self) -> None:
        """Flush behind an end marker; what follows at once may share its fragment."""
        if not self._fragments.is_finished:
            self._flush_soon()

    def finish(self, parts: Sequence[Buffer], octets: int) -> None:
        """What follows the pipes, and the last fragment."""
        self._send(self._fragments.finish(parts, octets))

    def _writer(self, end: SenderEnd) -> ChunkWriter:
        if self._chunks is None:
            self._chunks = self._make_writer(end.name, self._fragments.offset)
        return self._chunks

    def _flush_soon(self) -> None:
        if not self._flush_scheduled and self._fragments.pending:
            self._flush_scheduled = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_scheduled = False
        if not self._fragments.is_finished and self._ends[-1].error is None:
            self._send(self._fragments.flush())

    def _send(self, buffers: Sequence[Buffer]) -> None:
        if buffers:
            self._outlet.send_now(buffers)


class IncomingStream:
    """The half of a call that the peer sends, from its first pipe on."""

    def __init__(
        self,
        inlet: Inlet,
        make_reader: MakeReader,
        after_pipes: Callable[[Buffer], None],
    ) -> None:
        """*after_pipes* gets what follows the last end marker, valid during the call."""
        self._inlet = inlet
        self._make_reader = make_reader
        self._after_pipes = after_pipes
        self._ends: list[ReceiverEnd] = []
        self._readers: list[ChunkReader] = []
        self._strides: list[int] = []
        self._reader: ChunkReader | None = None  # the last of them
        self._stride = 1
        self._queued = 0
        self._is_detached = False
        self._offset = 0
        self._first_index = 0

    def add_end(self, end: ReceiverEnd) -> None:
        """*end* is the next pipe, in the order of the wire."""
        if not self._ends:
            self._first_index = end.index
        self._ends.append(end)

    @property
    def offset(self) -> int:
        """Where the first octet behind the pipes stands, once all have ended."""
        return self._readers[-1].offset if self._readers else self._offset

    def start(self, offset: int) -> None:
        """The first pipe begins at stub offset *offset*."""
        self._offset = offset
        if self._ends:
            self._next_reader()

    def feed(self, octets: Buffer) -> None:
        """Take what one fragment carries.

        Raises:
            UnmarshalError: a count or trailer is wrong, or a chunk outside its [range].
        """
        view = memoryview(octets)
        left = len(view)
        while left:
            reader = self._reader
            if reader is not None and reader.ended:
                reader = self._next_reader()
            if reader is None:
                self._after_pipes(view)
                return
            before = reader.available
            taken = reader.feed(view)
            if not self._is_detached:
                inlet = self._inlet
                arrived = (reader.available - before) * self._stride
                self._queued += arrived
                inlet.queued_octets += arrived
                if inlet.queued_octets > inlet.queue_limit:
                    inlet.queue_is_full()
            end = self._ends[len(self._readers) - 1]
            if end.waiter is not None:
                end.wake()
            left -= taken
            if left:
                view = view[taken:]

    def finish(self) -> None:
        """The last fragment has been fed.

        Raises:
            UnmarshalError: a pipe has no end marker.
        """
        ended = len(self._readers)
        if self._reader is not None and not self._reader.ended:
            ended -= 1
        if ended < len(self._ends):
            raise UnmarshalError(
                f"{self._ends[ended]}: the stub data ends without the end marker"
            )

    def take(self, end: ReceiverEnd, limit: int | None) -> tuple[Any, bool]:
        """Elements that are here, maybe none, and whether the end marker is next."""
        index = end.index - self._first_index
        if index >= len(self._readers):
            return None, False
        reader = self._readers[index]
        chunk = reader.take(limit)
        if chunk:
            if not self._is_detached:
                octets = len(chunk) * self._strides[index]
                self._queued -= octets
                self._inlet.pulled(octets)
            return chunk, False
        return chunk, reader.ended

    def detach(self) -> None:
        """The connection is no longer ours: what is queued stops nobody's reading."""
        self._is_detached = True
        self._inlet.pulled(self._queued)
        self._queued = 0

    def _next_reader(self) -> ChunkReader | None:
        """The reader of the next pipe; None behind the last."""
        if len(self._readers) == len(self._ends):
            return None
        end = self._ends[len(self._readers)]
        reader, self._stride = self._make_reader(end.name, self.offset)
        self._reader = reader
        self._readers.append(reader)
        self._strides.append(self._stride)
        return reader
