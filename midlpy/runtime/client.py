"""What generated clients inherit, and the call that their pipe operations return."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Generator
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from midlpy.runtime.client_arguments import claim_pipes
from midlpy.runtime.client_call import ActiveCall
from midlpy.runtime.client_connection import Reply
from midlpy.runtime.client_pool import ConnectionGroup
from midlpy.runtime.errors import (
    CallCancelled,
    LocalProtocolError,
    PipeDisciplineError,
    RpcError,
    RpcFault,
)
from midlpy.runtime.interface import Interface
from midlpy.runtime.operation import AnyOperation, Operation
from midlpy.runtime.pipe import AnyPipe, drive, state_of

R = TypeVar("R")

_PENDING = 997  # RPC_S_ASYNC_CALL_PENDING


class Call(Generic[R]):
    """One call of an operation with pipes, or of an [async] one.

    It begins when it is entered or awaited. ``await call`` is for calls whose pipes move
    by themselves (``from_source``, ``to_sink``) and for those without pipes;
    ``async with call`` gives the scope in which pipes are used. Leaving the scope early
    cancels the call.
    """

    __slots__ = (
        "_active",
        "_begun",
        "_cancelled",
        "_driving",
        "_group",
        "_operation",
        "_pipes",
        "_result",
        "_values",
    )

    def __init__(
        self,
        group: ConnectionGroup,
        operation: AnyOperation,
        values: list[object],
        pipes: dict[str, AnyPipe],
    ) -> None:
        self._group = group
        self._operation = operation
        self._values = values
        self._pipes = pipes
        self._active: ActiveCall | None = None
        self._driving: asyncio.Task[None] | None = None
        self._begun = False
        self._cancelled = False
        self._result: list[R] = []

    def __repr__(self) -> str:
        return f"<Call of {self._operation.name}, status {self.status()}>"

    def __del__(self) -> None:
        if not self._begun:
            warnings.warn(
                f"call of {self._operation.name} was never awaited or entered",
                RuntimeWarning,
                source=self,
                stacklevel=2,
            )

    def __await__(self) -> Generator[Any, None, R]:
        return self._run().__await__()

    async def __aenter__(self) -> Self:
        await self._begin()
        if any(state_of(pipe).driver is not None for pipe in self._pipes.values()):
            # Ours: result() awaits it, and __aexit__ ends it in any case.
            self._driving = asyncio.get_running_loop().create_task(self._drive())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        active = self._active
        assert active is not None
        try:
            if isinstance(error, asyncio.CancelledError):
                await active.task_cancelled()
            elif error is not None:
                active.give_up(
                    CallCancelled(
                        f"{active.where}: the call's scope ended with "
                        f"{type(error).__name__}"
                    )
                )
            elif not self._result and active.error is None:
                await self._leave(active)
        finally:
            await self._stop_driving()

    async def result(self) -> R:
        """What the server sends behind the last pipe; the same each time.

        Raises:
            PipeDisciplineError: a pipe has not ended; the call is cancelled.
            RpcError: what the call ended with.
        """
        if not self._begun:
            await self._begin()
        active = self._active
        assert active is not None
        if self._result:
            return self._result[0]
        if self._driving is not None:
            await self._wait_for_driver(active, self._driving)
        if active.must_finish_pipes and not active.sequence.is_finished:
            raise self._undisciplined(active)
        try:
            answer = self._operation.pack_result(await active.results())
        except RpcError as error:
            answer = self._operation.told(error)
        if not self._result:
            self._result.append(cast("R", answer))
        return self._result[0]

    def status(self) -> int:
        """0 when the answer is here, 997 while it is not, else what it failed with."""
        if self._active is None:
            return CallCancelled.status if self._cancelled else _PENDING
        if self._active.error is not None:
            return self._active.error.status
        return 0 if self._active.is_answered else _PENDING

    async def cancel(self, abortive: bool = False) -> None:
        """Ask the server to end the call; *abortive*: end it here, whatever it does.

        ``result`` still tells how the call ended: with ``CallCancelled``, or well if the
        server finished anyway. No effect on a call that has ended.
        """
        active = self._active
        if active is None:
            self._begun = self._cancelled = True
        elif abortive:
            active.give_up(CallCancelled(f"{active.where}: the call was cancelled"))
        else:
            active.ask_to_cancel()
        await asyncio.sleep(0)

    async def _run(self) -> R:
        if undriven := [
            name for name, pipe in self._pipes.items() if state_of(pipe).driver is None
        ]:
            self._begun = True
            raise PipeDisciplineError(
                f"{self._operation.name}: nobody would move the pipe {undriven[0]}; use "
                "'async with' and move it there, or pass a pipe made by from_source or "
                "to_sink"
            )
        try:
            await self._begin()
            if self._pipes:
                await self._drive()
        except RpcError as error:
            # What a driven pipe meets is the call's own failure.
            active = self._active
            own = error if active is None or active.error is None else active.error
            return cast("R", self._operation.told(own))
        return await self.result()

    async def _begin(self) -> None:
        """Send the request, or what precedes its pipes."""
        if self._cancelled:
            raise CallCancelled(f"{self._operation.name}: the call was cancelled")
        if self._begun:
            raise RuntimeError(
                f"{self._operation.name}: a call begins once; make a new one"
            )
        self._begun = True
        connection = None if self._pipes else await self._group.share()
        is_alone = connection is None
        if connection is None:
            connection = await self._group.acquire()
        active = ActiveCall(self._group, connection, self._operation, is_alone=is_alone)
        active.begin(self._values, self._pipes)
        self._active = active

    async def _drive(self) -> None:
        """Move the pipes that have a driver, in the order of their turns."""
        active = self._active
        assert active is not None
        names = dict.fromkeys(end.name for end in active.sequence.ends)
        try:
            for name in names:
                await drive(self._pipes[name])
        except BaseException as error:
            active.body_failed(error)
            raise

    async def _wait_for_driver(
        self, active: ActiveCall, driving: asyncio.Task[None]
    ) -> None:
        try:
            await asyncio.shield(driving)
        except asyncio.CancelledError:
            await active.task_cancelled()
            raise

    async def _stop_driving(self) -> None:
        driving, self._driving = self._driving, None
        if driving is None:
            return
        driving.cancel()
        await asyncio.wait([driving])
        if not driving.cancelled():
            driving.exception()  # told to whoever asked for the result

    async def _leave(self, active: ActiveCall) -> None:
        """The scope ended well, but nobody asked for the result."""
        undriven_in = undriven_out = False
        for end in active.sequence.ends[active.sequence.position :]:
            if not end.is_driven:
                if end.direction == "push":
                    undriven_in = True
                else:
                    undriven_out = True
        if undriven_in:
            raise self._undisciplined(active)
        if undriven_out:
            active.give_up(
                CallCancelled(f"{active.where}: the call's scope was left early")
            )
            return
        await self.result()

    def _undisciplined(self, active: ActiveCall) -> PipeDisciplineError:
        end = active.sequence.current
        assert end is not None
        verb = "closed" if end.direction == "push" else "pulled to its end"
        error = PipeDisciplineError(
            f"{active.where}: the pipe {end.name} has not been {verb}; the call is "
            "cancelled"
        )
        active.give_up(error)
        return error


class Client:
    """The base of generated clients; ``connect`` makes one.

    It has no public names of its own, so every public attribute is an operation.
    """

    _interface: ClassVar[Interface]

    def __init__(self, group: ConnectionGroup) -> None:
        self._group = group

    def __init_subclass__(
        cls, *, interface: Interface | None = None, **options: object
    ) -> None:
        super().__init_subclass__(**options)
        if interface is not None:
            cls._interface = interface

    async def _call(self, operation: Operation[R], *arguments: object) -> R:
        """Run a plain operation.

        Raises:
            MarshalError: an argument does not fit the IDL; nothing was sent.
            RpcError: how the call ended.
        """
        group = self._group
        connection = group.shared
        if (
            connection is None
            or connection.is_congested
            or not connection.is_open
            or not connection.is_wanted
            # The other reasons for which an association refuses are too rare to ask for
            # each time: then there is a second attempt.
            or connection.start_waiters
        ):
            connection = await group.share()
            if connection is None:
                return await self._call_alone(operation, arguments)
        while True:
            association = connection.association
            agreed = connection.plain
            stub = operation.stub(agreed.syntax, "little")
            parts, octets = stub.write_request(arguments)
            future: asyncio.Future[tuple[bytes, Any]] = connection.loop.create_future()
            sink = Reply(future, operation, group.limits.response_stub_octets)
            call_id = association.next_call_id()
            try:
                buffers = association.request(
                    call_id,
                    agreed.context_id,
                    operation.opnum,
                    sink,
                    parts,
                    octets,
                    object_uuid=group.object_uuid,
                )
                break
            except LocalProtocolError:
                if association.can_start:
                    raise
                connection = await group.share()
                if connection is None:
                    return await self._call_alone(operation, arguments)
        if association.outstanding == 1:
            connection.send_now(buffers)
        else:
            connection.send_soon(buffers)
        try:
            answer, byte_order = await future
        except asyncio.CancelledError:
            await connection.give_up_plain(call_id, sink, group.cancel_grace_seconds)
            raise
        except RpcFault:
            connection.refused_halfway()
            raise
        finally:
            if connection.start_waiters:
                connection.call_ended()
        if byte_order != "little":
            stub = operation.stub(agreed.syntax, byte_order)
        return operation.pack_result(stub.read_response(answer, 0, arguments))

    async def _call_told(self, operation: Operation[R], *arguments: object) -> R:
        """The same for an operation that returns errors as a status.

        Raises:
            MarshalError: as ``_call``.
            RpcError: no status of the operation takes the error.
        """
        try:
            return await self._call(operation, *arguments)
        except RpcError as error:
            return operation.told(error)

    async def _call_alone(
        self, operation: Operation[R], arguments: tuple[object, ...]
    ) -> R:
        """The same where the server takes one call at a time."""
        group = self._group
        connection = await group.acquire()
        active = ActiveCall(group, connection, operation, is_alone=True)
        active.begin(arguments, {})
        return operation.pack_result(await active.results())

    def _open(self, operation: Operation[R], *arguments: object) -> Call[R]:
        """A call of an operation with pipes, or of an [async] one; it has not begun.

        Raises:
            TypeError: something else than the right kind of pipe is in its place.
            InvalidPipeObjectError: a pipe has been used before.
        """
        values, pipes = claim_pipes(operation, arguments)
        return Call(self._group, operation, values, pipes)


def interface_of(client: type[Client]) -> Interface:
    """The interface that a generated client calls.

    Raises:
        TypeError: it is no generated client.
    """
    interface = getattr(client, "_interface", None)
    if not isinstance(interface, Interface):
        raise TypeError(f"{client!r} is no class of clients of an interface")
    return interface
