"""The two ends of a pipe as state machines, and the order in which a call uses them.

One end is one direction of one pipe parameter; client and server run the same two
classes. An end is not at its turn, open, busy (an operation waits), ended, or failed; the
table of what an operation does in each state is the docstring of its method. A
:class:`PipeSequence` knows whose turn it is: the [in] pipes from left to right, then the
[out] pipes from left to right, each to its end marker before the next is touched.

Spec: MIDL reference, rules for multiple pipes; C706 5.1.4 (order, discipline).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from midlpy.runtime.errors import (
    CallPending,
    MarshalError,
    PipeBusyError,
    PipeClosedError,
    PipeEmptyError,
    PipeError,
    PipeOrderError,
)

if TYPE_CHECKING:
    from midlpy.runtime.pipe_streams import IncomingStream, OutgoingStream


class PipeHost(Protocol):
    """What an end asks of the call that it belongs to."""

    def rule_broken(self, error: PipeError) -> None:
        """The user of an end broke a rule; the operation raises *error* next."""
        ...

    def body_failed(self, error: BaseException) -> None:
        """The scope that should have ended a pipe ended with *error* instead."""
        ...

    async def task_cancelled(self) -> None:
        """The task that waited in an end was cancelled; it re-raises afterwards."""
        ...


class PipeSequence:
    """The ends of one call in the order of their turns."""

    __slots__ = ("_turn_waiters", "broken", "ends", "host", "operation", "position")

    def __init__(self, operation: str, host: PipeHost) -> None:
        self.operation: Final = operation
        self.host: Final = host
        self.ends: list[PipeEnd] = []
        self.position = 0
        self.broken: Exception | None = None
        self._turn_waiters: list[asyncio.Future[None]] = []

    @property
    def is_finished(self) -> bool:
        """Whether every pipe was used to its end."""
        return self.position == len(self.ends)

    @property
    def current(self) -> PipeEnd | None:
        """The end whose turn it is; None when all have ended."""
        return self.ends[self.position] if not self.is_finished else None

    def advance(self) -> None:
        """The current end has ended; the next one is at its turn."""
        self.position += 1
        self._wake()

    def break_off(self, error: Exception) -> None:
        """End all at once: not even what has arrived can be pulled any more."""
        if self.broken is None:
            self.broken = error
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """End all that has not ended: waiting operations and later ones raise *error*."""
        for end in self.ends:
            end.fail(error)
        self._wake()

    async def turn_of(self, end: PipeEnd) -> None:
        """Wait until it is *end*'s turn, or it has failed."""
        while self.position < end.index and end.error is None:
            waiter = asyncio.get_running_loop().create_future()
            self._turn_waiters.append(waiter)
            try:
                await waiter
            finally:
                self._turn_waiters.remove(waiter)

    def is_waiting_on_driver(self, end: PipeEnd) -> bool:
        """Whether all that stands before *end* is moved by the call itself."""
        before = self.ends[self.position : end.index]
        return bool(before) and all(other.is_driven for other in before)

    def _wake(self) -> None:
        for waiter in self._turn_waiters:
            if not waiter.done():
                waiter.set_result(None)


class PipeEnd:
    """What both directions have in common."""

    __slots__ = (
        "count",
        "ended",
        "error",
        "index",
        "is_driven",
        "name",
        "sequence",
        "waiter",
    )

    direction = ""

    def __init__(self, sequence: PipeSequence, name: str) -> None:
        self.sequence: Final = sequence
        self.name: Final = name
        self.index: Final = len(sequence.ends)
        self.count: int = 0
        self.ended = False
        self.is_driven = False
        self.error: Exception | None = None
        self.waiter: asyncio.Future[None] | None = None
        sequence.ends.append(self)

    def __str__(self) -> str:
        return f"{self.sequence.operation}: pipe {self.name}"

    def wake(self) -> None:
        waiter = self.waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """Make a waiting operation and later ones raise *error*; the first one stays."""
        if not self.ended and self.error is None:
            self.error = error
            self.wake()

    def _broken(self, error: PipeError) -> PipeError:
        self.sequence.host.rule_broken(error)
        return error

    def _out_of_turn(self) -> PipeError:
        current = self.sequence.current
        assert current is not None
        return self._broken(
            PipeOrderError(
                f"{self} comes after pipe {current.name}, which has not ended"
            )
        )

    def _busy(self) -> PipeBusyError:
        return PipeBusyError(
            f"{self} is in use by another task; one at a time may {self.direction}"
        )

    async def _wait(self) -> None:
        """Wait to be woken; a cancelled wait cancels the call as its host sees fit."""
        self.waiter = asyncio.get_running_loop().create_future()
        try:
            await self.waiter
        except asyncio.CancelledError:
            self.waiter = None
            await self.sequence.host.task_cancelled()
            raise
        finally:
            self.waiter = None

    async def _come_to_turn(self) -> None:
        """Wait for pipes that the call itself moves; those of the user are not waited for.

        Raises:
            PipeOrderError: an earlier pipe has not ended.
        """
        if self.sequence.is_waiting_on_driver(self):
            await self.sequence.turn_of(self)
        if self.error is not None:
            raise self.error
        if self.sequence.position != self.index:
            raise self._out_of_turn()


class ReceiverEnd(PipeEnd):
    """Elements come out of it."""

    __slots__ = ("stream",)
    direction = "pull"

    def __init__(
        self, sequence: PipeSequence, name: str, stream: IncomingStream
    ) -> None:
        super().__init__(sequence, name)
        self.stream: Final = stream

    def take(self, limit: int | None) -> bytes | list[object] | None:
        """1 to *limit* elements, an empty chunk once at the end, None when none is here.

        Elements that arrived before a failure are still given.

        Raises:
            PipeBusyError: another task waits in this end.
            PipeEmptyError: the end was reported before.
            PipeOrderError: an earlier pipe has not ended.
            RpcError: what the call failed with.
        """
        if self.waiter is not None:
            raise self._busy()
        if self.sequence.broken is not None:
            raise self.sequence.broken
        if self.ended:
            raise self._broken(PipeEmptyError(f"{self} has ended; nothing follows"))
        if self.sequence.position != self.index:
            if self.error is not None:
                raise self.error
            if self.sequence.is_waiting_on_driver(self):
                return None
            raise self._out_of_turn()
        chunk: bytes | list[object] | None
        chunk, has_ended = self.stream.take(self, limit)
        if chunk:
            self.count += len(chunk)
            return chunk
        if has_ended:
            self.ended = True
            self.sequence.advance()
            return chunk
        if self.error is not None:
            raise self.error
        return None

    async def pull(self, limit: int | None) -> bytes | list[object]:
        """As :meth:`take`, but waits."""
        while (chunk := self.take(limit)) is None:
            if self.sequence.position != self.index:
                await self._come_to_turn()
            else:
                await self._wait()
        return chunk

    def pull_nowait(self, limit: int | None) -> bytes | list[object]:
        """As :meth:`take`.

        Raises:
            CallPending: nothing is here yet.
        """
        chunk = self.take(limit)
        if chunk is None:
            raise CallPending(f"{self}: nothing is here yet")
        return chunk


class SenderEnd(PipeEnd):
    """Elements go into it."""

    __slots__ = ("stream",)
    direction = "push"

    def __init__(
        self, sequence: PipeSequence, name: str, stream: OutgoingStream
    ) -> None:
        super().__init__(sequence, name)
        self.stream: Final = stream

    async def push(self, elements: object) -> None:
        """Take all of *elements*; returns when the peer keeps up. Empty: no effect.

        Raises:
            PipeBusyError: another task waits in this end.
            PipeClosedError: the end marker is out.
            PipeOrderError: an earlier pipe has not ended.
            MarshalError: an element does not fit; none of *elements* was taken.
            RpcError: what the call failed with.
        """
        if self.waiter is not None:
            raise self._busy()
        if self.ended:
            raise self._broken(PipeClosedError(f"{self} has its end marker already"))
        if self.error is not None:
            raise self.error
        if self.sequence.position != self.index:
            await self._come_to_turn()
        stream = self.stream
        if not stream.is_begun:
            await self._begin()
        try:
            for piece in stream.pieces(self, elements):
                self.count += stream.write(self, piece)
                while stream.must_wait:
                    stream.call_when_drained(self)
                    await self._wait()
                    if self.error is not None:
                        raise self.error
        except MarshalError as error:
            raise MarshalError(f"{self}: {error}") from None
        if stream.has_run_long:
            # A peer that always keeps up must not keep everybody else from running.
            await asyncio.sleep(0)
            stream.has_run_long = False
            if self.error is not None:
                raise self.error

    async def close(self) -> None:
        """Push the end marker and flush; no effect the second time.

        Raises:
            PipeBusyError: another task waits in this end.
            PipeOrderError: an earlier pipe has not ended.
            RpcError: what the call failed with.
        """
        if self.waiter is not None:
            raise self._busy()
        if self.ended:
            return
        if self.error is not None:
            raise self.error
        if self.sequence.position != self.index:
            await self._come_to_turn()
        if not self.stream.is_begun:
            await self._begin()
        self.stream.write_end(self)
        self.ended = True
        self.sequence.advance()
        self.stream.end_written()

    async def _begin(self) -> None:
        """Wait until the stream may be written to.

        Raises:
            RpcError: what the call failed with.
        """
        while not self.stream.is_begun and self.error is None:
            self.stream.call_when_begun(self)
            await self._wait()
        if self.error is not None:
            raise self.error
