"""What a manager's end means to its client, detached calls, contexts, limits, draining."""

# ruff: noqa: PT012 - a call is entered, used and left, all of which may raise

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import replace

import pytest

from midlpy.runtime import connect, rpc, serve
from tests.support.bulk import (
    BULK,
    Bulk,
    BulkClient,
    BulkServer,
    BytePipe,
    LongPipe,
    ThingHandle,
)
from tests.support.running import BINDINGS, TRANSPORTS, bulk_pair, eventually, run

both = pytest.mark.parametrize("transport", TRANSPORTS)

FAULTS = [
    pytest.param(rpc.RpcFault(5), rpc.RpcFault, 5, id="fault"),
    pytest.param(rpc.RpcFault(0xC0000022), rpc.RpcFault, 0xC0000022, id="any number"),
    pytest.param(rpc.RpcFault(-0x7FF8FFFB), rpc.RpcFault, 0x80070005, id="HRESULT"),
    pytest.param(rpc.RpcFault(0), rpc.RpcFault, 0x1C000012, id="no fault"),
    pytest.param(rpc.RpcError(status=1 << 40), rpc.RpcFault, 0x1C000012, id="too many"),
    pytest.param(rpc.CallCancelled(), rpc.CallCancelled, 1818, id="cancelled"),
    pytest.param(rpc.RpcError("x", status=8), rpc.RpcFault, 8, id="error"),
    pytest.param(rpc.RpcCommFailure(), rpc.RpcCommFailure, 1820, id="comm failure"),
    pytest.param(MemoryError(), rpc.RpcFault, 0x1C00001B, id="memory"),
    pytest.param(rpc.PipeMemoryError(), rpc.PipeMemoryError, 14, id="pipe memory"),
    pytest.param(rpc.PipeOrderError(), rpc.PipeOrderError, 1831, id="pipe order"),
    pytest.param(rpc.PipeEmptyError(), rpc.PipeEmptyError, 1918, id="pipe empty"),
    pytest.param(rpc.PipeClosedError(), rpc.PipeClosedError, 1916, id="pipe closed"),
    pytest.param(
        rpc.PipeDisciplineError(), rpc.PipeDisciplineError, 1917, id="discipline"
    ),
    pytest.param(rpc.PipeCommError(), rpc.PipeCommError, 1820, id="pipe comm"),
    pytest.param(
        rpc.RpcFault(0x1C00001A), rpc.ContextMismatchError, 0x1C00001A, id="context"
    ),
]


@pytest.mark.parametrize(("raised", "expected", "status"), FAULTS)
def test_t115_what_a_manager_raises_reaches_the_client(
    raised: Exception, expected: type[rpc.RpcError], status: int
) -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            raise raised

    async def main() -> None:
        async with bulk_pair("memory", Server()) as client:
            with pytest.raises(expected) as caught:
                await client.add(1, 2)
            assert type(caught.value) is expected
            assert caught.value.status == status
            assert "Add (opnum 0)" in str(caught.value)

    run(main())


def test_an_unexpected_exception_is_logged_with_its_call_and_becomes_a_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            raise ZeroDivisionError("nobody expects it")

    async def main() -> None:
        async with bulk_pair("memory", Server()) as client:
            with pytest.raises(rpc.RpcFault) as caught:
                await client.add(1, 2)
            assert caught.value.status == 0x1C000012

    with caplog.at_level(logging.ERROR):
        run(main())
    (record,) = caplog.records
    assert "Add (call " in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_a_result_that_does_not_fit_is_a_fault_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            return 1 << 40

        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            await data.close()
            return 1 << 40

    async def main() -> None:
        async with bulk_pair("memory", Server()) as client:
            with pytest.raises(rpc.RpcFault):
                await client.add(1, 2)
            with pytest.raises(rpc.RpcFault):
                await client.download(1, BytePipe.to_sink(bytearray()))

    run(main())
    assert len(caplog.records) == 2


def test_an_opnum_out_of_range_is_answered_and_the_connection_stays() -> None:
    async def main() -> None:
        async with bulk_pair("tcp") as client:
            with pytest.raises(rpc.RpcFault) as caught:
                await client.reserved()
            assert caught.value.status == 0x1C010002
            assert caught.value.did_not_execute
            assert await client.add(1, 2) == 3

    run(main())


def test_peer_and_identity() -> None:
    seen: list[tuple[str, object]] = []

    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            seen.append((call.peer, call.identity))
            return 0

    async def main() -> None:
        async with bulk_pair("tcp", Server()) as client:
            await client.add(1, 2)

    run(main())
    assert seen[0][0].startswith("127.0.0.1:")
    assert seen[0][1] is None


def test_a_manager_runs_in_a_task_of_its_own() -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            assert asyncio.current_task() is not None
            try:
                async with asyncio.timeout(0.01):
                    await asyncio.sleep(10)
            except TimeoutError:
                return a + b
            return 0

    async def main() -> None:
        async with bulk_pair("memory", Server()) as client:
            assert await client.add(1, 2) == 3

    run(main())


def test_the_bases_have_no_public_names() -> None:
    class Plain:
        pass

    public = set(dir(rpc.Client)) | set(dir(rpc.Server))
    assert {name for name in public if not name.startswith("_")} - {"register"} <= set(
        dir(Plain)
    )


# Detached calls


class Detaching(Bulk):
    """Leaves its calls to the test."""

    def __init__(self) -> None:
        self.calls: list[rpc.ServerCall] = []

    async def slow(self, call: rpc.ServerCall, what: int) -> int:
        call.detach()
        self.calls.append(call)
        if what == 13:
            raise ZeroDivisionError
        return -1  # not the answer

    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int:
        call.detach()
        self.calls.append(call)
        return -1

    async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
        call.detach()
        return -1


@both
def test_t93_a_detached_call_is_pending_until_completed(transport: str) -> None:
    async def main() -> None:
        server = Detaching()
        async with bulk_pair(transport, server) as client, client.slow(1) as call:
            await eventually(lambda: server.calls)
            await asyncio.sleep(0.05)
            assert call.status() == 997
            await server.calls[0].complete(42)
            assert await call.result() == 42

    run(main())


@both
def test_t111_a_call_is_completed_once(transport: str) -> None:
    async def main() -> None:
        server = Detaching()
        async with bulk_pair(transport, server) as client, client.slow(1) as call:
            await eventually(lambda: server.calls)
            await server.calls[0].complete(42)
            with pytest.raises(rpc.InvalidAsyncCallError) as caught:
                await server.calls[0].complete(43)
            assert caught.value.status == 1915
            with pytest.raises(rpc.InvalidAsyncCallError):
                await server.calls[0].abort(5)
            assert await call.result() == 42

    run(main())


def test_t112_an_abort_has_a_status() -> None:
    async def main() -> None:
        server = Detaching()
        async with bulk_pair("memory", server) as client, client.slow(1) as call:
            await eventually(lambda: server.calls)
            with pytest.raises(ValueError, match="status 0"):
                await server.calls[0].abort(0)
            await server.calls[0].abort(5)
            with pytest.raises(rpc.RpcFault) as caught:
                await call.result()
            assert caught.value.status == 5

    run(main())


def test_a_manager_that_fails_after_detaching_aborts_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        async with bulk_pair("memory", Detaching()) as client:
            with pytest.raises(rpc.RpcFault):
                await client.slow(13)

    run(main())
    assert "Slow" in caplog.text


def test_completing_a_detached_call_with_an_open_pipe_is_a_discipline_error() -> None:
    async def main() -> None:
        server = Detaching()
        async with bulk_pair("memory", server) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeDisciplineError):
                async with client.upload(1, data) as call:
                    await data.push(b"12345678")
                    await eventually(lambda: server.calls)
                    with pytest.raises(rpc.PipeDisciplineError):
                        await server.calls[0].complete(1)
                    await data.close()
                    await call.result()

    run(main())


def test_a_detached_call_whose_client_is_gone_cannot_be_completed() -> None:
    async def main() -> None:
        server = Detaching()
        async with bulk_pair("memory", server) as client:
            async with client.slow(1) as call:
                await eventually(lambda: server.calls)
                await call.cancel(abortive=True)
            await server.calls[0].cancelled.wait()
            with pytest.raises(rpc.RpcCommFailure):
                await server.calls[0].complete(1)
            await server.calls[0].abort(5)  # nobody hears it

    run(main())


def test_a_plain_operation_cannot_be_detached(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with bulk_pair("memory", Detaching()) as client:
            with pytest.raises(rpc.RpcFault) as caught:
                await client.add(1, 2)
            assert caught.value.status == 1915

    run(main())


# Context handles


class Keeping(Bulk):
    """Add opens a handle (a is 0), looks one up (1), closes it (2)."""

    def __init__(self) -> None:
        self.handles: list[ThingHandle] = []
        self.run_down: list[object] = []

    async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
        if a == 0:
            handle = call.new_context(b, on_rundown=self.run_down.append)
            self.handles.append(ThingHandle(handle))
            return len(self.handles) - 1
        if a == 3:
            call.new_context(b, on_rundown=self._later)
            return 0
        value = call.context(rpc.NULL_CONTEXT if a == 4 else self.handles[b])
        if a == 2:
            call.close_context(self.handles[b])
        assert isinstance(value, int)
        return value

    async def _later(self, value: int) -> None:
        await asyncio.sleep(0)
        self.run_down.append(value)

    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int:
        await data.read_all(100)
        value = call.context(self.handles[name])
        assert isinstance(value, int)
        return value


@both
def test_context_handles_live_with_their_client(transport: str) -> None:
    async def main() -> None:
        server = Keeping()
        async with serve(server, at=BINDINGS[transport]) as listener:
            async with connect(BulkClient, listener.binding) as client:
                first = await client.add(0, 111)
                second = await client.add(0, 222)
                assert await client.add(1, first) == 111
                # Another connection of the same client.
                assert await client.upload(second, BytePipe.from_source(b"")) == 222
                await client.add(2, first)
                with pytest.raises(rpc.ContextMismatchError) as caught:
                    await client.add(1, first)
                assert caught.value.status == 0x1C00001A
                with pytest.raises(rpc.ContextMismatchError):
                    await client.add(4, 0)
                async with connect(BulkClient, listener.binding) as other:
                    with pytest.raises(rpc.ContextMismatchError):
                        await other.add(1, second)
                    await other.add(3, 333)
                await eventually(lambda: 333 in server.run_down)
                assert server.run_down == [333]
            await eventually(lambda: len(server.run_down) == 2)
            assert server.run_down == [333, 222]

    run(main())


# Limits


@both
def test_too_many_connections_are_answered(transport: str) -> None:
    async def main() -> None:
        limits = rpc.Limits(connections=1)
        async with bulk_pair(transport, server_limits=limits) as client:
            where = client._group.where
            with pytest.raises(rpc.BindRejected, match="congestion"):
                async with connect(BulkClient, where):
                    pass
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_one_call_at_a_time_where_the_server_wants_that(transport: str) -> None:
    class Counting(Bulk):
        running = most = 0

        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.01)
            self.running -= 1
            return a + b

    async def main() -> None:
        server = Counting()
        limits = rpc.Limits(outstanding_calls=1)
        client_limits = rpc.Limits(connections_per_group=5)
        async with bulk_pair(
            transport, server, server_limits=limits, limits=client_limits
        ) as client:
            assert not client._group.shared
            found = await asyncio.gather(*(client.add(n, 1) for n in range(40)))
            assert found == list(range(1, 41))
            assert server.most == 4
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await client.add(1, 2)
            assert await client.slow(3) == 3

    run(main())


def test_a_request_of_too_many_octets_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        limits = rpc.Limits(request_stub_octets=7)
        async with bulk_pair("tcp", server_limits=limits) as client:
            with pytest.raises(rpc.RpcFault) as caught:
                await client.add(1, 2)
            assert caught.value.status == 5
            # What comes through pipes is not collected, so it does not count.
            assert await client.upload(1, BytePipe.from_source(bytes(100))) == 100

    run(main())
    # The client is told no more than Windows tells; whoever runs the server can look.
    message = caplog.records[0].getMessage()
    assert message.startswith("127.0.0.1:")
    assert "more than 7 octets of stub data" in message


@both
def test_more_calls_than_may_be_outstanding_wait_for_their_turn(transport: str) -> None:
    async def main() -> None:
        limits = rpc.Limits(outstanding_calls=4)
        async with bulk_pair(transport, limits=limits, server_limits=limits) as client:
            found = await asyncio.gather(*(client.add(n, 1) for n in range(100)))
            assert found == list(range(1, 101))

    run(main())


def test_a_client_that_does_not_bind_is_dropped() -> None:
    async def main() -> None:
        limits = rpc.Limits(bind_seconds=0.0)
        async with serve(Bulk(), at=BINDINGS["tcp"], limits=limits) as listener:
            port = int(listener.binding.rpartition("[")[2].rstrip("]"))
            with socket.create_connection(("127.0.0.1", port)) as raw:
                raw.setblocking(False)
                with pytest.raises(ConnectionResetError):
                    await asyncio.get_running_loop().sock_recv(raw, 1)

    run(main())


@pytest.mark.parametrize("octets", [b"\5", b"\5\0\13\3\x10\0\0\0\x48\0\0\0\1\0\0\0"])
def test_a_pdu_that_is_not_finished_in_time_ends_the_connection(octets: bytes) -> None:
    async def main() -> None:
        limits = rpc.Limits(pdu_seconds=0.0)
        async with bulk_pair("tcp", server_limits=limits) as client:
            assert await client.add(1, 2) == 3
            connection = client._group.shared
            assert connection is not None
            connection.send_now([octets])
            await connection.wait_ended()
            assert await client.add(1, 2) == 3  # over a new connection

    run(main())


def test_an_idle_connection_is_closed_and_replaced() -> None:
    async def main() -> None:
        limits = rpc.Limits(idle_seconds=0.01)
        async with bulk_pair("tcp", server_limits=limits) as client:
            connection = client._group.shared
            assert connection is not None
            await connection.wait_ended()
            assert await client.add(1, 2) == 3

    run(main())


# Listening, draining, ending


@both
def test_drain_waits_for_running_calls_and_refuses_new_ones(transport: str) -> None:
    async def main() -> None:
        go_on = asyncio.Event()

        class Server(Bulk):
            async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
                await go_on.wait()
                return a + b

        async with (
            serve(Server(), at=BINDINGS[transport]) as listener,
            connect(BulkClient, listener.binding) as client,
        ):
            running = asyncio.create_task(client.add(1, 2))
            await asyncio.sleep(0.05)
            assert not await listener.drain(0.05)
            with pytest.raises(rpc.RpcError):
                await client.add(3, 4)
            draining = asyncio.create_task(listener.drain(5))
            await asyncio.sleep(0)
            go_on.set()
            assert await running == 3
            assert await draining

    run(main())


@both
def test_the_end_of_a_server_is_a_fault_to_waiting_calls(transport: str) -> None:
    async def main() -> None:
        entered = asyncio.Event()

        class Server(Bulk):
            async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
                entered.set()
                await asyncio.sleep(60)
                return 0

        async with serve(Server(), at=BINDINGS[transport]) as listener:
            context = connect(BulkClient, listener.binding)
            client = await context.__aenter__()
            running = asyncio.create_task(client.add(1, 2))
            await entered.wait()
        with pytest.raises(rpc.CallCancelled):
            await running
        await context.__aexit__(None, None, None)

    run(main())


@both
def test_a_manager_cancelled_while_it_pushes_has_not_failed(
    transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS[transport]) as listener:
            context = connect(BulkClient, listener.binding)
            client = await context.__aenter__()
            pipe = BytePipe()
            call = await client.download(1 << 30, pipe).__aenter__()
            await pipe.pull()
            # Nobody pulls any more: the manager waits in its push when the server ends.
        with pytest.raises(rpc.RpcError):
            while await pipe.pull():
                pass
        with pytest.raises(rpc.RpcError):
            await call.result()
        await context.__aexit__(None, None, None)

    run(main())
    assert [
        record for record in caplog.records if record.levelno >= logging.ERROR
    ] == []


def test_one_server_at_two_bindings_and_two_servers_at_one() -> None:
    other = replace(BULK, name="other", version=(2, 0))

    class OtherClient(rpc.Client, interface=other):
        async def add(self, a: int, b: int) -> int:
            answer = await self._call(other["Add"], a, b)
            assert isinstance(answer, int)
            return answer

    class OtherServer(rpc.Server, interface=other):
        def __getattr__(self, name: str) -> object:
            async def manager(call: rpc.ServerCall, a: int, b: int) -> int:
                return a * b

            return manager

    async def main() -> None:
        bindings = [BINDINGS["tcp"], BINDINGS["memory"]]
        async with serve(Bulk(), OtherServer(), at=bindings) as listener:
            assert len(listener.bindings) == 2
            for binding in listener.bindings:
                async with (
                    connect(BulkClient, binding) as client,
                    connect(OtherClient, binding) as second,
                ):
                    assert await client.add(3, 4) == 7
                    assert await second.add(3, 4) == 12

    run(main())


def test_the_same_interface_twice_is_refused() -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="two servers implement bulk"):
            async with serve(Bulk(), Bulk(), at=BINDINGS["memory"]):
                pass

    run(main())


def test_a_server_class_with_missing_managers_cannot_be_made() -> None:
    class Half(BulkServer):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            return 0

    with pytest.raises(TypeError, match="abstract"):
        Half()  # type: ignore[abstract]


@both
def test_many_clients_at_once(transport: str) -> None:
    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS[transport]) as listener:

            async def one(number: int) -> None:
                async with connect(BulkClient, listener.binding) as client:
                    sink: list[int] = []
                    source = LongPipe.from_source(range(number * 10))
                    await client.echo(source, LongPipe.to_sink(sink))
                    assert sink == list(range(number * 10))

            await asyncio.gather(*(one(number) for number in range(50)))

    run(main())
