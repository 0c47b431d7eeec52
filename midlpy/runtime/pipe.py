"""Pipes as users hold them: one class for both sides, and its views by direction.

A pipe is passed by reference. The caller makes the object and hands it to an operation;
the call binds it. A server gets pipe objects that are bound already, and its signature
names the direction it may use: :class:`Receiver` for [in], :class:`Sender` for [out],
:class:`Pipe` for [in, out]. Chunk borders carry no meaning.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    overload,
)

from midlpy.runtime.errors import (
    InvalidPipeObjectError,
    PipeMemoryError,
    PipeOrderError,
)
from midlpy.runtime.ndr import ByteOrder, Codec, Elements, Syntax
from midlpy.runtime.operation_parts import PipeParameter
from midlpy.runtime.pipe_drivers import Driver, SinkDriver, SourceDriver
from midlpy.runtime.pipe_ends import ReceiverEnd, SenderEnd

if TYPE_CHECKING:
    from typing_extensions import Buffer

C = TypeVar("C")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class PipeState:
    """What a call knows of a pipe; pipes keep it, their users do not see it."""

    claimed_by: str = ""  # the operation
    receiver: ReceiverEnd | None = None
    sender: SenderEnd | None = None
    driver: Driver | None = None
    elements: AsyncIterator[Any] | None = None

    @property
    def ends(self) -> list[ReceiverEnd | SenderEnd]:
        """The directions that the pipe has, in the order of their use."""
        return [end for end in (self.receiver, self.sender) if end is not None]


class _Bindable(Generic[C]):
    """What every view has."""

    def __init__(self) -> None:
        self._state = PipeState()

    @property
    def count(self) -> int:
        """Elements moved so far, in both directions of an [in, out] pipe together."""
        return sum(end.count for end in self._state.ends)

    @property
    def ended(self) -> bool:
        """Whether the end marker was seen or sent, in each direction the pipe has."""
        ends = self._state.ends
        return bool(ends) and all(end.ended for end in ends)

    @property
    def bound(self) -> bool:
        """Whether the pipe belongs to a call; it serves no second one."""
        return bool(self._state.claimed_by)

    def _missing_end(self, verb: str) -> Exception:
        ends = self._state.ends
        if not ends:
            return InvalidPipeObjectError(
                f"{type(self).__name__}: cannot {verb} before the call has begun; hand "
                "the pipe to a method and enter its call first"
            )
        error = PipeOrderError(f"{ends[0]} goes the other way; it cannot {verb} here")
        ends[0].sequence.host.rule_broken(error)
        return error


class Receiver(_Bindable[C]):
    """The view of a pipe that elements come out of."""

    async def pull(self, limit: int | None = None) -> C:
        """1 to *limit* elements as soon as there is one; empty only at the end.

        Raises:
            PipeEmptyError: the end was reported before.
            PipeOrderError: an earlier pipe of the call has not ended.
            PipeBusyError: another task waits in this pipe.
            ValueError: *limit* is less than 1; nothing has happened.
            RpcError: what the call failed with; elements that came before are given first.
        """
        end = self._state.receiver
        if end is None:
            raise self._missing_end("pull")
        if limit is not None and limit < 1:
            raise ValueError(f"limit is {limit}, less than 1 element")
        return cast("C", await end.pull(limit))

    def pull_nowait(self, limit: int | None = None) -> C:
        """The same without waiting.

        Raises:
            CallPending: nothing is here yet. Otherwise as ``pull``.
        """
        end = self._state.receiver
        if end is None:
            raise self._missing_end("pull")
        if limit is not None and limit < 1:
            raise ValueError(f"limit is {limit}, less than 1 element")
        return cast("C", end.pull_nowait(limit))

    def __aiter__(self) -> Self:
        """Chunks to the end of the pipe, none of them empty."""
        return self

    async def __anext__(self) -> C:
        end = self._state.receiver
        if end is None:
            raise self._missing_end("pull")
        if end.ended and end.waiter is None:
            raise StopAsyncIteration
        chunk = await end.pull(None)
        if not chunk:
            raise StopAsyncIteration
        return cast("C", chunk)

    @overload
    def elements(self: Receiver[bytes]) -> AsyncIterator[int]: ...
    @overload
    def elements(self: Receiver[list[T]]) -> AsyncIterator[T]: ...
    def elements(self: Receiver[Any]) -> AsyncIterator[Any]:
        """Elements one by one to the end.

        After a break the next iteration goes on behind the last element; ``pull`` goes
        on behind the chunk it was in.
        """
        if self._state.elements is None:
            self._state.elements = _Elements(self)
        return self._state.elements

    async def read_all(self, limit: int) -> C:
        """All elements to the end, joined.

        Raises:
            PipeMemoryError: there are more than *limit*; they are lost.
            Otherwise as ``pull``.
        """
        chunks: list[Any] = []
        room = limit
        while chunk := await self.pull():
            room -= len(cast("Sequence[object]", chunk))
            if room < 0:
                end = self._state.receiver
                assert end is not None
                error = PipeMemoryError(
                    f"{end} has more than the {limit} elements asked for"
                )
                end.sequence.host.rule_broken(error)
                raise error
            chunks.append(chunk)
        if isinstance(chunk, bytes):
            return cast("C", b"".join(chunks))
        return cast("C", [element for part in chunks for element in part])


class Sender(_Bindable[C]):
    """The view of a pipe that elements go into."""

    @overload
    async def push(self: Sender[bytes], elements: Buffer) -> None: ...
    @overload
    async def push(self: Sender[list[T]], elements: Sequence[T] | Buffer) -> None: ...
    async def push(self: Sender[Any], elements: Any) -> None:
        """Take all of *elements*; waits while the peer lags. Empty: no effect.

        A buffer in the element's own format is taken as it is, and may be used again
        afterwards. None of *elements* is taken when one does not fit.

        Raises:
            MarshalError: an element does not fit the IDL.
            PipeClosedError: the end marker is out.
            PipeOrderError: an earlier pipe of the call has not ended.
            PipeBusyError: another task waits in this pipe.
            RpcError: what the call failed with.
        """
        end = self._state.sender
        if end is None:
            raise self._missing_end("push")
        await end.push(elements)

    async def close(self) -> None:
        """Push the end marker and flush; nothing happens the second time.

        Raises:
            PipeOrderError: an earlier pipe of the call has not ended.
            RpcError: what the call failed with.
        """
        end = self._state.sender
        if end is None:
            raise self._missing_end("close")
        await end.close()

    async def __aenter__(self) -> Self:
        if self._state.sender is None:
            raise self._missing_end("push")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close; after an exception abort the call instead, so no stream looks whole."""
        end = self._state.sender
        assert end is not None
        if error is None:
            await end.close()
        elif not end.ended:
            end.sequence.host.body_failed(error)


class Pipe(Receiver[C], Sender[C]):
    """A pipe type of an interface; *C* is the type of a chunk, ``bytes`` or ``list``.

    ``class BytePipe(rpc.Pipe[bytes], element=ndr.OCTET)`` declares one.
    """

    _element: ClassVar[Codec[Any]]

    def __init_subclass__(
        cls, *, element: Codec[Any] | None = None, **options: object
    ) -> None:
        super().__init_subclass__(**options)
        if element is not None:
            cls._element = element

    def __repr__(self) -> str:
        name, operation = type(self).__name__, self._state.claimed_by
        if not operation:
            return f"<{name}, not used>"
        state = "ended" if self.ended else "open"
        return f"<{name} of {operation}, {state}, {self.count} elements>"

    @classmethod
    def from_source(cls, source: object) -> Self:
        """A pipe whose call takes the elements from *source*, and ends it with it.

        *source* is a chunk (a buffer, or a list of elements), a file or a function that
        gives chunks when called with a number of elements, or an iterable or asynchronous
        iterable of chunks or elements. Empty chunks of a file or function are the end.
        """
        pipe = cls()
        pipe._state.driver = SourceDriver(source)
        return pipe

    @classmethod
    def to_sink(cls, sink: object) -> Self:
        """A pipe whose call hands each chunk to *sink*.

        *sink* is a file, a function (also an asynchronous one), or something that can be
        extended, as a list or bytearray.
        """
        pipe = cls()
        pipe._state.driver = SinkDriver(sink)
        return pipe


class _Elements(AsyncIterator[Any]):
    """Elements of a pipe, one by one."""

    def __init__(self, pipe: Receiver[Any]) -> None:
        self._pipe = pipe
        self._chunk: Sequence[Any] = ()
        self._next = 0

    async def __anext__(self) -> Any:
        if self._next == len(self._chunk):
            self._chunk = await self._pipe.__anext__()
            self._next = 0
        self._next += 1
        return self._chunk[self._next - 1]


# What calls do with pipes. These are functions, not methods, since a pipe's methods are
# its users'.

AnyPipe: TypeAlias = Pipe[Any]
_STATE: Final = "_state"


def state_of(pipe: AnyPipe) -> PipeState:
    """What calls know of *pipe*."""
    state: PipeState = getattr(pipe, _STATE)
    return state


def check_unclaimed(pipe: AnyPipe, operation: str, parameter: str) -> None:
    """See that *pipe* is free to be passed as *parameter*.

    Raises:
        InvalidPipeObjectError: it was taken before.
    """
    before = state_of(pipe).claimed_by
    if before:
        raise InvalidPipeObjectError(
            f"{operation}: {parameter} is a {type(pipe).__name__} that served "
            f"{before} already; make a new one for each call"
        )


def attach(
    pipe: AnyPipe,
    *,
    receiver: ReceiverEnd | None = None,
    sender: SenderEnd | None = None,
) -> None:
    """Bind the directions that are given to their ends."""
    state = state_of(pipe)
    for end in (receiver, sender):
        if end is not None:
            end.is_driven = state.driver is not None
    state.receiver = receiver or state.receiver
    state.sender = sender or state.sender


async def drive(pipe: AnyPipe) -> None:
    """Move *pipe* to its end, if the call is to do that."""
    state = state_of(pipe)
    if state.driver is not None:
        await state.driver.drive(state.receiver, state.sender)


@cache
def layout_of(
    parameter: PipeParameter, syntax: Syntax, byte_order: ByteOrder
) -> Elements:
    """How the elements of a pipe stand side by side."""
    return parameter.elements(syntax, byte_order)
