"""A call at the server: from its first fragment to its answer.

A :class:`ServedCall` is what the association knows: the sink of the request. It decodes,
runs the manager (the server method), and answers. :class:`ServerCall` is what the manager
sees of it. A manager of an operation with [in] pipes starts as soon as what precedes the
pipes is decoded, perhaps long before the last fragment.

States: collecting (the arguments are not whole), running, then answered or gone; gone is
a call whose client gave it up or vanished. A call that the manager has detached stays
running after the manager has returned.

Spec: C706 12.6.4 (the server's call states), MIDL reference, asynchronous RPC.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast
from uuid import UUID

from midlpy.runtime.errors import (
    CallCancelled,
    InvalidAsyncCallError,
    PipeError,
    RpcCommFailure,
    RpcError,
    UnmarshalError,
)
from midlpy.runtime.interface import Interface
from midlpy.runtime.ndr import ByteOrder, Syntax
from midlpy.runtime.ndr.handles import ContextHandle
from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.server_faults import fault_status

if TYPE_CHECKING:
    from midlpy.runtime.association.group import Rundown
    from midlpy.runtime.server_connection import ServerConnection

_log = logging.getLogger(__name__)
V = TypeVar("V")

Manager = Callable[..., Awaitable[object]]
Notice = Callable[..., object]


class ServerCall:
    """What a manager knows of the call it serves."""

    __slots__ = ("_cancelled", "_served")

    def __init__(self, served: ServedCall) -> None:
        self._served = served
        self._cancelled: asyncio.Event | None = None

    def __repr__(self) -> str:
        return f"<ServerCall {self._served}>"

    @property
    def peer(self) -> str:
        """The client's address, as its transport names it."""
        return self._served.connection.peer

    @property
    def identity(self) -> None:
        """Who the client is; None without authentication."""
        return None

    @property
    def object_uuid(self) -> UUID | None:
        """The object that the client's binding names."""
        return self._served.object_uuid

    @property
    def cancelled(self) -> asyncio.Event:
        """Set once the client has asked to cancel, has given the call up, or is gone."""
        if self._cancelled is None:
            self._cancelled = asyncio.Event()
            if self._served.is_cancelled:
                self._cancelled.set()
        return self._cancelled

    def test_cancel(self) -> bool:
        """Whether ``cancelled`` is set; the call is to be ended in either case."""
        return self._served.is_cancelled

    def detach(self) -> None:
        """Let the call outlive its manager; ``complete`` or ``abort`` ends it, once.

        Raises:
            InvalidAsyncCallError: the operation is not [async].
        """
        self._served.detach()

    async def complete(self, result: object = None) -> None:
        """Answer a detached call with what its manager would have returned.

        Raises:
            InvalidAsyncCallError: it was not detached, or has ended already.
            RpcCommFailure: the client is gone.
            PipeDisciplineError: a pipe has not ended; the client gets that fault.
            MarshalError: *result* does not fit the IDL; the client gets a fault.
        """
        await self._served.complete(result)

    async def abort(self, status: int) -> None:
        """End a detached call with the fault *status*; no effect if the client is gone.

        Raises:
            InvalidAsyncCallError: it was not detached, or has ended already.
            ValueError: *status* is zero, which no fault can be.
        """
        if not 0 < status <= 0xFFFFFFFF:
            raise ValueError(f"a call cannot be aborted with status {status}")
        await self._served.abort(status)

    def new_context(
        self,
        value: V,
        on_rundown: Callable[[V], object] | None = None,
        *,
        is_shared: bool = False,
    ) -> ContextHandle:
        """A context handle that stands for *value* at this client.

        It is good for calls of this interface, and of every other that the server has if
        it *is_shared*. *on_rundown* is called with *value* when the client is gone without
        having closed the handle; what it returns is awaited if it can be.

        Raises:
            RpcError: 14, the client has all the handles it may have.
        """
        # The group knows values as objects, and its listener what a rundown gives back.
        rundown = cast("Rundown | None", on_rundown)
        kind = None if is_shared else self._served.interface
        uuid = self._served.connection.joined_group.new_context(value, kind, rundown)
        return ContextHandle(0, uuid)

    def context(self, handle: ContextHandle) -> object:
        """What *handle* stands for.

        Raises:
            ContextMismatchError: it is null, another interface's, or this client has no
                such handle; let it pass, and the client gets the fault.
        """
        served = self._served
        return served.connection.joined_group.context(handle.uuid, served.interface)

    def close_context(self, handle: ContextHandle) -> None:
        """Forget *handle* without running it down.

        Raises:
            ContextMismatchError: as ``context``.
        """
        served = self._served
        served.connection.joined_group.close_context(handle.uuid, served.interface)


class ServedCall:
    """One call of a plain operation: a request to collect, a manager to run."""

    _waits_for_request: ClassVar[bool] = False

    __slots__ = (
        "_collected",
        "_deadline",
        "_has_failed",
        "_is_detached",
        "_manager",
        "_order",
        "_syntax",
        "_task",
        "_values",
        "call",
        "call_id",
        "connection",
        "error",
        "interface",
        "is_answered",
        "is_cancelled",
        "is_gone",
        "notice",
        "object_uuid",
        "operation",
        "stub_limit",
    )

    def __init__(
        self,
        connection: ServerConnection,
        call_id: int,
        operation: AnyOperation,
        manager: Manager,
        syntax: Syntax,
        order: ByteOrder,
    ) -> None:
        self.connection = connection
        self.call_id = call_id
        self.operation = operation
        self.call = ServerCall(self)
        self.stub_limit: int | None = connection.limits.request_stub_octets
        self.is_answered = self.is_cancelled = self.is_gone = False
        self.object_uuid: UUID | None = None
        # Whose context handles are good for the call.
        self.interface: Interface | None = None
        # What the call will fail with, whatever its manager does about it.
        self.error: RpcError | None = None
        self._manager = manager
        self._syntax = syntax
        self._order: ByteOrder = order
        self._collected: bytearray | None = None
        self._task: asyncio.Task[None] | None = None
        # Arguments without pipes: counts and discriminants of results may name them.
        self._values: Sequence[object] = ()
        self._deadline: asyncio.TimerHandle | None = None
        self._is_detached = False
        self._has_failed = True  # until it is answered
        self.notice: Notice | None = None

    def __str__(self) -> str:
        return f"{self.operation.name} (call {self.call_id} of {self.connection.peer})"

    # What the association tells

    def request(self, stub: memoryview, is_last: bool) -> None:
        collected = self._collected
        if is_last and collected is None:
            octets = bytes(stub)
        else:
            if collected is None:
                collected = self._collected = bytearray()
            collected += stub
            if not is_last:
                return
            octets = bytes(collected)
            self._collected = None
        try:
            arguments, _ = self.operation.stub(self._syntax, self._order).read_request(
                octets, True
            )
        except UnmarshalError as error:
            self._fault_for(error)
            return
        self._values = arguments
        self._start(arguments)

    def cancel(self) -> None:
        """The client wants the call to end soon: only the event tells the manager."""
        self.is_cancelled = True
        self.call.cancelled.set()

    def orphan(self) -> None:
        """The client wants no answer."""
        self.lost()

    def lost(self) -> None:
        """Nobody waits for an answer any more: the event first, then the task ends.

        A manager has a moment between both to see the event, or the error of its pipe.
        """
        if self.is_gone:
            return
        self.is_gone = True
        self.cancel()
        task = self._task
        if task is None or self._is_detached:
            self._forget()
        elif self._deadline is None:
            self._deadline = self.connection.loop.call_later(
                self.connection.cancel_grace_seconds, task.cancel
            )

    def server_ends(self) -> None:
        """Nobody will run the call to its end."""
        if not self.is_answered and not self.is_gone:
            self._fault_for(CallCancelled("the server ends"))
        self.lost()

    # Running

    def _start(self, arguments: Sequence[object]) -> None:
        # Owned by the connection until it ends: its listener waits for it, or cancels it.
        self._task = self.connection.loop.create_task(self._run(arguments))
        self.connection.tasks.add(self._task)

    async def _run(self, arguments: Sequence[object]) -> None:
        try:
            result = await self._manager(self.call, *arguments)
        except asyncio.CancelledError:
            self._fault_for(CallCancelled("the call was cancelled"))
        except Exception as error:
            self._fault_for(error)
        except BaseException as error:
            self._fault_for(error)
            raise
        else:
            if self._is_detached:
                return
            try:
                if self._waits_for_request or self.connection.is_congested:
                    await self._ready_to_answer()
                self._respond(result)
            except asyncio.CancelledError:
                self._fault_for(CallCancelled("the call was cancelled"))
            except Exception as error:
                self._fault_for(error)
        finally:
            if self._deadline is not None:
                self._deadline.cancel()
            if self.is_gone:
                self._forget()
            task, self._task = self._task, None
            self._give_notice()
            # Not a done callback, which would cost a turn of the loop for each call.
            self.connection.task_ended(task)

    async def _ready_to_answer(self) -> None:
        """Wait until the answer may go, and the client takes it."""
        if self.connection.is_congested:
            await self.connection.drained()

    def _respond(self, result: object) -> None:
        """Send the answer.

        Raises:
            PipeError: the call cannot end well.
            MarshalError, TypeError: *result* does not fit the IDL; nothing was sent.
        """
        if self.is_gone or self.is_answered:
            return
        if self.error is not None:
            raise self.error
        operation = self.operation
        parts, octets = operation.stub(self._syntax, "little").write_response(
            operation.unpack_result(result), 0, self._values
        )
        connection = self.connection
        self.is_answered = True
        connection.answer(connection.association.respond(self.call_id, parts, octets))
        self._has_failed = False
        self._forget()

    def _fault_for(self, error: BaseException) -> None:
        """End the call with the fault that *error* means."""
        if self.error is not None:
            error = self.error
        if self.is_answered or self.is_gone:
            if not isinstance(error, (CallCancelled, PipeError)):
                _log.error("%s: failed after its end", self, exc_info=error)
            self._forget()
            return
        self._fault(fault_status(error, str(self)))

    def _fault(self, status: int) -> None:
        self.is_answered = True
        association = self.connection.association
        self.connection.answer([association.fault(self.call_id, status)])
        self._forget()

    def _forget(self) -> None:
        self.connection.forget(self)
        self._give_notice()

    def _give_notice(self) -> None:
        """Tell the server that the call is over, once its manager is too."""
        notice = self.notice
        if notice is None or self._task is not None:
            return
        if not (self.is_answered or self.is_gone):
            return
        self.notice = None
        flag = (self._has_failed,) if self.operation.notice_has_flag else ()
        try:
            notice(self.call, *flag)
        except Exception:
            _log.exception("%s: the notice of its end failed", self)

    # Detached calls

    def detach(self) -> None:
        """See ``ServerCall.detach``."""
        if not (self.operation.is_async or self.operation.parameters):
            raise InvalidAsyncCallError(f"{self}: the operation is not [async]")
        self._is_detached = True

    async def complete(self, result: object) -> None:
        """See ``ServerCall.complete``."""
        self._check_open()
        if self.is_gone:
            raise RpcCommFailure(f"{self}: the client is gone", status=1820)
        try:
            await self._ready_to_answer()
            self._respond(result)
        except Exception as error:
            self._fault_for(error)
            raise

    async def abort(self, status: int) -> None:
        """See ``ServerCall.abort``."""
        self._check_open()
        if not self.is_gone:
            self._fault(status)
        await self.connection.drained()

    def _check_open(self) -> None:
        if not self._is_detached:
            raise InvalidAsyncCallError(
                f"{self}: only a detached call is completed; others by returning"
            )
        if self.is_answered:
            raise InvalidAsyncCallError(f"{self}: the call has ended already")
