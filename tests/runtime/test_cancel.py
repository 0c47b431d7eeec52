"""Cancelling, disconnecting, time limits and back-pressure; T73 to T75, T95 to T108."""

# ruff: noqa: PT012 - a call is entered, used and left, all of which may raise

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import pytest

from midlpy.runtime import connect, rpc, serve
from tests.support.bulk import Bulk, BulkClient, BytePipe, LongPipe
from tests.support.running import BINDINGS, TRANSPORTS, bulk_pair, eventually, run

both = pytest.mark.parametrize("transport", TRANSPORTS)


class Recorder(Bulk):
    """Writes down how its managers end; ``entered`` is set when one begins."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.ended: list[str] = []
        self.calls: list[rpc.ServerCall] = []

    def _begin(self, call: rpc.ServerCall) -> None:
        self.calls.append(call)
        self.entered.set()

    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int:
        self._begin(call)
        try:
            return await super().upload(call, name, data)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise

    async def download(
        self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
    ) -> int:
        self._begin(call)
        try:
            async with data:
                while True:
                    await data.push(bytes(10_000))
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise

    async def slow(self, call: rpc.ServerCall, what: int) -> int:
        """Never answers before it is cancelled; 1: sees the event, 2: ignores all."""
        self._begin(call)
        try:
            if what == 1:
                await call.cancelled.wait()
                raise rpc.CallCancelled("as asked")
            if what == 2:
                await call.cancelled.wait()
                return 22
            await asyncio.sleep(60)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise
        return what


# Back-pressure


class Stalled(Bulk):
    """Pulls and pushes only when told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.pushed = 0

    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int:
        await self.go_on.wait()
        return await super().upload(call, name, data)

    async def download(
        self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
    ) -> int:
        async with data:
            while self.pushed < name:
                await data.push(bytes(65_536))
                self.pushed += 65_536
        return 0


# The memory transport has no buffers but ours: high-water mark, one push, the queue of
# the receiver with what is read ahead by and by, and one receive buffer.
BOUND_OCTETS = 256 * 1024 + 65_536 + (256 + 1280) * 1024 + 2 * 131_072


def test_t73_a_server_that_does_not_pull_holds_the_client_back() -> None:
    async def main() -> None:
        server = Stalled()
        async with bulk_pair("memory", server) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                pushing = asyncio.create_task(_push_forever(data))
                await asyncio.sleep(0.2)
                before = data.count
                assert 256 * 1024 <= before <= BOUND_OCTETS
                await asyncio.sleep(2.5)
                assert data.count <= BOUND_OCTETS
                server.go_on.set()
                await eventually(lambda: data.count > 10_000_000)
                pushing.cancel()
                await asyncio.wait([pushing])
                await call.cancel(abortive=True)

    run(main())


async def _push_forever(data: BytePipe) -> None:
    while True:
        await data.push(bytes(65_536))


def test_t74_a_client_that_does_not_pull_holds_the_server_back() -> None:
    async def main() -> None:
        server = Stalled()
        async with bulk_pair("memory", server) as client:
            data = BytePipe()
            async with client.download(1 << 30, data):
                await asyncio.sleep(0.3)
                held = server.pushed
                assert 256 * 1024 <= held <= BOUND_OCTETS
                taken = 0
                while taken < 10_000_000:
                    taken += len(await data.pull())
                await asyncio.sleep(0.1)
                assert server.pushed - taken <= BOUND_OCTETS

    run(main())


@both
def test_t75_memory_does_not_grow_with_the_stream(transport: str) -> None:
    import tracemalloc

    async def main() -> None:
        async with bulk_pair(transport) as client:
            await client.upload(1, BytePipe.from_source(bytes(65_536)))
            tracemalloc.start()
            try:
                data = BytePipe()
                block = bytes(65_536)
                async with client.upload(1, data) as call:
                    async with data:
                        for _ in range(800):
                            await data.push(block)
                    assert await call.result() == 800 * 65_536
                data = BytePipe()
                async with client.download(50_000_000, data) as call:
                    async for _ in data:
                        pass
                    await call.result()
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert peak < 4 * 1024 * 1024

    run(main())


# Cancelling at the client


@both
def test_t95_cancelling_a_task_that_pulls_ends_the_call_at_both_sides(
    transport: str,
) -> None:
    class Silent(Recorder):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            self._begin(call)
            try:
                await asyncio.sleep(60)
            except BaseException as error:
                self.ended.append(type(error).__name__)
                raise
            return 0

    async def main() -> None:
        server = Silent()
        async with bulk_pair(transport, server) as client:

            async def pull() -> None:
                data = BytePipe()
                async with client.download(1, data):
                    await data.pull()

            task = asyncio.create_task(pull())
            await server.entered.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await eventually(lambda: server.ended)
            assert server.calls[0].test_cancel()
            assert server.ended == ["CancelledError"]
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t96_cancelling_a_task_that_pushes_ends_the_call_at_both_sides(
    transport: str,
) -> None:
    class Deaf(Recorder):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            self._begin(call)
            await call.cancelled.wait()
            self.ended.append("event")
            with pytest.raises(rpc.PipeCommError):
                while True:
                    await data.pull()
            self.ended.append("pull")
            return 0

    async def main() -> None:
        server = Deaf()
        async with bulk_pair(transport, server, server_cancel_grace=1.0) as client:

            async def push() -> None:
                data = BytePipe()
                async with client.upload(1, data):
                    await _push_forever(data)

            task = asyncio.create_task(push())
            await server.entered.wait()
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await eventually(lambda: len(server.ended) == 2, 5)
            assert server.ended == ["event", "pull"]
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t97_a_server_may_ignore_a_cancel_and_finish(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            async with client.slow(2) as call:
                await server.entered.wait()
                assert not server.calls[0].test_cancel()
                await call.cancel()
                await call.cancel()  # twice does no harm
                assert await call.result() == 22
                await call.cancel()  # nor after the end
            assert server.calls[0].test_cancel()

    run(main())


@both
def test_t98_a_server_that_honours_a_cancel_gives_1818(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            async with client.slow(1) as call:
                await server.entered.wait()
                await call.cancel()
                with pytest.raises(rpc.CallCancelled) as caught:
                    await call.result()
                assert caught.value.status == 1818 == call.status()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t99_an_abortive_cancel_frees_the_client_at_once(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            loop = asyncio.get_running_loop()
            async with client.slow(0) as call:
                await server.entered.wait()
                started = loop.time()
                await call.cancel(abortive=True)
                with pytest.raises(rpc.CallCancelled):
                    await call.result()
                assert loop.time() - started < 1
            assert await client.add(1, 2) == 3
            # The server, told by an orphaned PDU, ends the manager.
            await eventually(lambda: server.ended)

    run(main())


@both
@pytest.mark.parametrize("pushes", [0, 1])
def test_t99_an_abortive_cancel_of_a_stalled_upload(
    transport: str, pushes: int
) -> None:
    async def main() -> None:
        server = Stalled()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                pushing = asyncio.create_task(_push_forever(data))
                await asyncio.sleep(0.05)
                await call.cancel(abortive=True)
                with pytest.raises(rpc.CallCancelled):
                    await pushing
                with pytest.raises(rpc.CallCancelled):
                    await call.result()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t100_gently_first_then_abortive(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server, cancel_grace=0.2) as client:
            loop = asyncio.get_running_loop()
            started = loop.time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.slow(0)
            assert 0.25 < loop.time() - started < 2
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t101_a_cancel_between_two_pushes_fails_the_pipe(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.push(b"12345678")
                await server.entered.wait()
                await call.cancel()
                with pytest.raises(rpc.CallCancelled):
                    await data.push(b"more")
                await eventually(server.calls[0].test_cancel)
                # The request is half out: the connection goes when nothing happens.
                with pytest.raises(rpc.CallCancelled):
                    await call.result()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t105_an_exception_in_the_scope_of_a_call_leaves_no_end_marker(
    transport: str,
) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            with pytest.raises(ZeroDivisionError):
                async with client.upload(1, data):
                    await data.push(b"12345678")
                    await server.entered.wait()
                    raise ZeroDivisionError
            await eventually(lambda: server.ended)
            assert server.ended == ["PipeCommError"]
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t106_an_exception_in_the_scope_of_a_pipe_leaves_no_end_marker(
    transport: str,
) -> None:
    class Broken(Bulk):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            with pytest.raises(rpc.RpcFault):
                async with data:
                    await data.push(b"12345678")
                    raise rpc.RpcFault(0x1C000021)
            return 0  # swallowed, but the stream must not look complete

    async def main() -> None:
        recorder = Recorder()
        async with bulk_pair(transport, recorder) as client:
            data = BytePipe()
            with pytest.raises(ZeroDivisionError):
                async with client.upload(1, data), data:
                    await data.push(b"12345678")
                    await recorder.entered.wait()
                    raise ZeroDivisionError
            await eventually(lambda: recorder.ended)
            assert recorder.ended == ["PipeCommError"]
        async with bulk_pair(transport, Broken()) as client:
            data = BytePipe()
            with pytest.raises(rpc.RpcFault):
                async with client.download(1, data):
                    async for _ in data:
                        pass

    run(main())


@both
def test_t107_leaving_a_download_early_cancels_it(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            async with client.download(1, data) as call:
                async for _ in data:
                    break
            assert call.status() == 1818
            await eventually(lambda: server.ended)
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t107_leaving_an_upload_early_is_a_discipline_error(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeDisciplineError):
                async with client.upload(1, data):
                    await data.push(b"12345678")
                    await server.entered.wait()
            await eventually(lambda: server.ended)
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t108_a_time_limit_ends_the_call(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            async with client.slow(0) as call:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await call.result()
                assert call.status() == 1818
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.slow(0)
            await eventually(lambda: len(server.ended) == 2)
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_a_cancelled_plain_call_leaves_the_shared_connection_usable(
    transport: str,
) -> None:
    class Late(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            if a == 0:
                await asyncio.sleep(60)
            await asyncio.sleep(0.02)
            return a + b

    async def main() -> None:
        async with bulk_pair(transport, Late()) as client:
            others = [asyncio.create_task(client.add(n, 1)) for n in range(1, 20)]
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await client.add(0, 1)
            assert await asyncio.gather(*others) == list(range(2, 21))
            assert await client.add(5, 5) == 10

    run(main())


# Somebody vanishes


@both
@pytest.mark.parametrize("stalled", [False, True])
def test_t102_a_client_that_vanishes_in_an_upload(
    transport: str, stalled: bool
) -> None:
    class Server(Recorder):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            if not stalled:
                return await super().upload(call, name, data)
            self._begin(call)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.ended.append("CancelledError")
                raise
            return 0

    async def main() -> None:
        server = Server()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()

            async def push() -> None:
                async with client.upload(1, data):
                    await _push_forever(data)

            task = asyncio.create_task(push())
            await server.entered.wait()
            await asyncio.sleep(0.1)
            _vanish(client)
            with pytest.raises(rpc.PipeCommError):
                await task
            await eventually(lambda: server.ended, 5)
            expected = "CancelledError" if stalled else "PipeCommError"
            assert server.ended == [expected]
            assert server.calls[0].cancelled.is_set()

    run(main())


def _vanish(client: BulkClient) -> None:
    """Drop every connection of *client*, as the end of its process would."""
    for connection in list(client._group._connections):
        transport = connection._transport
        assert transport is not None
        transport.abort()


@both
def test_t103_a_client_that_vanishes_in_a_download(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeCommError):
                async with client.download(1, data):
                    await data.pull()
                    _vanish(client)
                    async for _ in data:
                        pass
            await eventually(lambda: server.ended)
            assert server.ended == ["PipeCommError"]
            assert server.calls[0].cancelled.is_set()

    run(main())


@both
def test_t104_a_server_that_vanishes(transport: str) -> None:
    class Server(Recorder):
        def vanish(self) -> None:
            for call in self.calls:
                inner = call._served.connection._transport
                assert inner is not None
                inner.abort()

    async def main() -> None:
        server = Server()
        async with bulk_pair(transport, server) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeCommError) as pipe_error:
                async with client.upload(1, data) as call:
                    await data.push(b"12345678")
                    await server.entered.wait()
                    server.vanish()
                    await _push_forever(data)
            assert pipe_error.value.status == 1820
            with pytest.raises(rpc.RpcCommFailure) as call_error:
                await call.result()
            assert call_error.value.status == 1726
            assert "1 call was waiting" in str(call_error.value)
            server.entered.clear()
            with pytest.raises(rpc.RpcCommFailure):
                async with client.slow(0) as call:
                    await server.entered.wait()
                    server.vanish()
                    await call.result()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t114_the_end_of_a_server_ends_open_pipes(transport: str) -> None:
    async def main() -> None:
        server = Recorder()
        ended: list[BaseException] = []

        async def push(client: BulkClient) -> None:
            data = BytePipe()
            try:
                async with client.upload(1, data):
                    await _push_forever(data)
            except rpc.RpcError as error:
                ended.append(error)

        async def pull(client: BulkClient) -> None:
            data = BytePipe()
            try:
                async with client.download(1, data):
                    async for _ in data:
                        pass
            except rpc.RpcError as error:
                ended.append(error)

        async with (
            contextlib.AsyncExitStack() as stack,
            asyncio.TaskGroup() as group,
            serve(server, at=BINDINGS[transport]) as listener,
        ):
            client = await stack.enter_async_context(
                connect(BulkClient, listener.binding)
            )
            group.create_task(push(client))
            group.create_task(pull(client))
            await eventually(lambda: len(server.calls) == 2)
            await asyncio.sleep(0.05)
        assert len(ended) == 2

    run(main())


def test_one_stalled_pipe_does_not_delay_a_pipe_of_another_call() -> None:
    async def main() -> None:
        async with bulk_pair("tcp") as client:
            stalled = BytePipe()
            async with client.download(50_000_000, stalled):
                await stalled.pull()
                sink: list[int] = []
                await client.echo(LongPipe.from_source([1]), LongPipe.to_sink(sink))
                assert sink == [1]

    run(main())


PUSHING_CLIENT = """
import asyncio, sys
from midlpy.runtime import connect
from tests.support.bulk import BulkClient, BytePipe

async def main():
    async with connect(BulkClient, sys.argv[1]) as client:
        data = BytePipe()
        async with client.upload(1, data):
            while True:
                await data.push(bytes(65536))

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_t102_a_stalled_manager_learns_that_its_client_was_killed(
    how: signal.Signals,
) -> None:
    async def main() -> None:
        entered = asyncio.Event()
        told = asyncio.Event()
        cancelled = asyncio.Event()

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                entered.set()
                await call.cancelled.wait()
                told.set()
                try:
                    await asyncio.sleep(60)
                finally:
                    cancelled.set()
                return 0

        async with serve(Server(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PUSHING_CLIENT, listener.binding
            )
            try:
                await entered.wait()
                await asyncio.sleep(0.5)  # until everything between us is full
            finally:
                process.send_signal(how)
            async with asyncio.timeout(5):
                await told.wait()
            async with asyncio.timeout(1):
                await cancelled.wait()
            await process.wait()

    run(main(), 30)


def test_a_stalled_manager_learns_that_its_client_cancelled() -> None:
    async def main() -> None:
        told = asyncio.Event()

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                await call.cancelled.wait()
                told.set()
                raise rpc.CallCancelled("as asked")

        async with bulk_pair("tcp", Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                pushing = asyncio.create_task(_push_forever(data))
                await asyncio.sleep(0.3)
                await call.cancel()
                with pytest.raises(rpc.CallCancelled):
                    await pushing
                async with asyncio.timeout(5):
                    await told.wait()
                with pytest.raises(rpc.CallCancelled):
                    await call.result()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t113_a_cancel_is_never_told_to_another_call(transport: str) -> None:
    async def main() -> None:
        told: list[int] = []
        calls: list[rpc.ServerCall] = []

        class Server(Bulk):
            async def slow(self, call: rpc.ServerCall, what: int) -> int:
                calls.append(call)
                if what:
                    await call.cancelled.wait()
                    told.append(what)
                return what

        async with bulk_pair(transport, Server()) as client:
            ended = client.slow(0)
            assert await ended == 0
            async with client.slow(1) as second:
                await eventually(lambda: len(calls) == 2)
                await ended.cancel()
                await ended.cancel(abortive=True)
                assert await client.add(1, 2) == 3  # whatever was sent has arrived
                assert [call.test_cancel() for call in calls] == [False, False]
                assert not calls[0].cancelled.is_set()
                await second.cancel()
                assert await second.result() == 1
            assert [call.test_cancel() for call in calls] == [False, True]
            assert told == [1]

    run(main())
