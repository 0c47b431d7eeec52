"""Pipes that the call moves by itself, from a source or to a sink.

Files are read and written in a thread, so a slow disk stops nobody; what is in memory is
used directly.
"""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Protocol, cast

from midlpy.runtime.pipe_ends import ReceiverEnd, SenderEnd

# Elements asked of a file or a function, and collected from an iterable of elements.
_RUN_ELEMENTS: Final = 65_536
_BUFFERS: Final = (bytes, bytearray, memoryview)


class Driver(Protocol):
    """Moves a pipe to its end."""

    async def drive(
        self, receiver: ReceiverEnd | None, sender: SenderEnd | None
    ) -> None:
        """Move the direction this driver is for.

        Raises:
            TypeError: the pipe does not go that way.
        """
        ...


class SourceDriver:
    """Pushes what a source gives, then the end marker."""

    def __init__(self, source: object) -> None:
        self._source = source
        kind = _source_kind(source)
        if kind is None:
            raise TypeError(
                f"from_source: a {type(source).__name__} is no buffer, sequence, file, "
                "function or iterable"
            )
        self._run = kind

    def __repr__(self) -> str:
        return f"SourceDriver({type(self._source).__name__})"

    async def drive(
        self, receiver: ReceiverEnd | None, sender: SenderEnd | None
    ) -> None:
        if sender is None:
            raise TypeError(f"{receiver} comes from the server: use to_sink for it")
        await sender.sequence.turn_of(sender)
        await self._run(sender, self._source)
        await sender.close()


class SinkDriver:
    """Hands what it pulls to a sink."""

    def __init__(self, sink: object) -> None:
        self._sink = sink
        self._take = _sink_function(sink)

    def __repr__(self) -> str:
        return f"SinkDriver({type(self._sink).__name__})"

    async def drive(
        self, receiver: ReceiverEnd | None, sender: SenderEnd | None
    ) -> None:
        if receiver is None:
            raise TypeError(f"{sender} goes to the server: use from_source for it")
        await receiver.sequence.turn_of(receiver)
        take = self._take
        while chunk := await receiver.pull(None):
            answer = take(chunk)
            if inspect.isawaitable(answer):
                await answer


def _source_kind(
    source: object,
) -> Callable[[SenderEnd, Any], Awaitable[None]] | None:
    """How to push *source*; None if it gives nothing."""
    if isinstance(source, _BUFFERS):
        return _push_chunk
    if hasattr(source, "read"):
        return _push_file
    if isinstance(source, AsyncIterable):
        return _push_async_iterable
    if isinstance(source, Iterable):
        return _push_iterable
    if callable(source):
        return _push_function
    try:
        memoryview(cast("Any", source))
    except TypeError:
        return None
    return _push_chunk


async def _push_chunk(sender: SenderEnd, source: object) -> None:
    await sender.push(source)


async def _push_file(sender: SenderEnd, source: Any) -> None:
    read: Callable[[int], Any] = source.read

    async def read_in_thread(limit: int) -> Any:
        return await asyncio.to_thread(read, limit)

    is_quick = isinstance(source, io.BytesIO) or inspect.iscoroutinefunction(read)
    await _push_function(sender, read if is_quick else read_in_thread)


async def _push_function(sender: SenderEnd, source: Callable[[int], Any]) -> None:
    while True:
        chunk = source(_RUN_ELEMENTS)
        if inspect.isawaitable(chunk):
            chunk = await chunk
        if not len(chunk):
            return
        await sender.push(chunk)


async def _push_iterable(sender: SenderEnd, source: Iterable[object]) -> None:
    if isinstance(source, Sequence) and not (source and _is_chunk(source[0])):
        await sender.push(source)
        return
    elements: list[object] = []
    for item in source:
        if _is_chunk(item):
            await sender.push(item)
            continue
        elements.append(item)
        if len(elements) == _RUN_ELEMENTS:
            await sender.push(elements)
            elements = []
    if elements:
        await sender.push(elements)


async def _push_async_iterable(
    sender: SenderEnd, source: AsyncIterable[object]
) -> None:
    async for item in source:
        await sender.push(item if _is_chunk(item) else [item])


def _is_chunk(item: object) -> bool:
    """Whether *item* is a run of elements rather than one: no element type is a list."""
    if isinstance(item, (*_BUFFERS, list, tuple)):
        return True
    return type(item).__module__ in ("array", "numpy")


def _sink_function(sink: object) -> Callable[[Any], object]:
    """What takes the chunks of *sink*.

    Raises:
        TypeError: nothing does.
    """
    write: Callable[[Any], object] | None = getattr(sink, "write", None)
    if callable(write):
        if isinstance(sink, io.BytesIO) or inspect.iscoroutinefunction(write):
            return write
        blocking = write

        async def write_in_thread(chunk: Any) -> None:
            await asyncio.to_thread(_write_all, blocking, chunk)

        return write_in_thread
    extend: Callable[[Any], object] | None = getattr(sink, "extend", None)
    if callable(extend):
        return extend
    if callable(sink):
        return sink
    raise TypeError(
        f"to_sink: a {type(sink).__name__} is no file, no function, and cannot be "
        "extended"
    )


def _write_all(write: Callable[[Any], object], chunk: Any) -> None:
    """Write the whole chunk; a raw file may take less at a time."""
    rest = memoryview(chunk) if isinstance(chunk, bytes) else chunk
    while len(rest):
        written = write(rest)
        if not isinstance(written, int) or written >= len(rest):
            return
        rest = rest[written:]
