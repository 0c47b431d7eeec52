"""Plain calls, shared and spare connections, order, reconnecting, and uvloop."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys

import pytest

from midlpy.runtime import connect, ndr, rpc, serve
from tests.support.bulk import Bulk, BulkClient, BytePipe, LongPipe
from tests.support.running import BINDINGS, TRANSPORTS, bulk_pair, eventually, run

both = pytest.mark.parametrize("transport", TRANSPORTS)


@both
def test_plain_calls_share_one_connection(transport: str) -> None:
    peers: set[str] = set()

    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            peers.add(call.peer)
            await asyncio.sleep(0)
            return a + b

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            answers = await asyncio.gather(*(client.add(n, n) for n in range(200)))
            assert answers == [2 * n for n in range(200)]

    run(main())
    assert len(peers) == 1


@both
def test_answers_may_come_in_any_order(transport: str) -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            await asyncio.sleep(a / 1000)
            return b

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            order: list[int] = []

            async def one(number: int) -> None:
                order.append(await client.add(30 - number, number))

            await asyncio.gather(*(one(number) for number in range(0, 30, 5)))
            assert order == list(range(25, -1, -5))

    run(main())


@both
def test_t109_calls_of_one_task_are_dispatched_in_order(transport: str) -> None:
    order: list[int] = []

    class Server(Bulk):
        async def slow(self, call: rpc.ServerCall, what: int) -> int:
            order.append(what)
            await asyncio.sleep((10 - what) / 1000)
            return what

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            calls = [client.slow(number) for number in range(10)]
            for call in calls:
                await call.__aenter__()
            for number, call in enumerate(calls):
                assert await call.result() == number
                await call.__aexit__(None, None, None)
        assert order == list(range(10))

    run(main())


@both
def test_a_call_with_pipes_gives_its_connection_back(transport: str) -> None:
    peers: list[str] = []

    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            peers.append(call.peer)
            return await super().upload(call, name, data)

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            for _ in range(5):
                assert await client.upload(1, BytePipe.from_source(b"abc")) == 3
            assert len(set(peers)) == 1
            assert len(client._group._connections) == 2

    run(main())


@both
def test_spare_connections_are_bounded(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            await asyncio.gather(
                *(client.upload(1, BytePipe.from_source(b"abc")) for _ in range(40))
            )
            await eventually(lambda: len(client._group._connections) <= 9)

    run(main())


@both
def test_calls_with_pipes_wait_when_there_are_enough_connections(
    transport: str,
) -> None:
    async def main() -> None:
        limits = rpc.Limits(connections_per_group=3)
        async with bulk_pair(transport, limits=limits, server_limits=limits) as client:
            answers = await asyncio.gather(
                *(client.upload(1, BytePipe.from_source(bytes(n))) for n in range(30))
            )
            assert answers == list(range(30))

    run(main())


@both
def test_a_lost_connection_is_replaced_for_the_next_call(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            connection = client._group.shared
            assert connection is not None
            connection.drop("by the test")
            answers = await asyncio.gather(*(client.add(n, 1) for n in range(20)))
            assert answers == list(range(1, 21))
            assert client._group.shared is not connection

    run(main())


def test_a_closed_client_says_so() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            pass
        with pytest.raises(rpc.RpcCommFailure, match="the client was closed"):
            await client.add(1, 2)

    run(main())


def test_closing_a_client_fails_its_calls() -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            await asyncio.sleep(60)
            return 0

    async def main() -> None:
        async with serve(Server(), at=BINDINGS["tcp"]) as listener:
            async with connect(BulkClient, listener.binding) as client:
                calls = [asyncio.create_task(client.add(n, 1)) for n in range(3)]
                await asyncio.sleep(0.05)
            for call in calls:
                with pytest.raises(rpc.RpcCommFailure, match="the client was closed"):
                    await call

    run(main())


def test_an_argument_that_does_not_fit_is_a_marshal_error_and_nothing_is_sent() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            with pytest.raises(rpc.MarshalError):
                await client.add(1 << 40, 2)
            data = BytePipe()
            with pytest.raises(rpc.MarshalError):
                async with client.upload(1 << 40, data):
                    pass
            assert await client.upload(1, BytePipe.from_source(b"")) == 0
            assert await client.add(1, 2) == 3

    run(main())


@both
@pytest.mark.parametrize(
    "syntaxes", [(ndr.NDR,), (ndr.NDR64,), (ndr.NDR64, ndr.NDR)], ids=str
)
def test_both_transfer_syntaxes(
    transport: str, syntaxes: tuple[ndr.Syntax, ...]
) -> None:
    async def main() -> None:
        async with bulk_pair(transport, syntaxes=syntaxes) as client:
            connection = client._group.shared
            assert connection is not None
            # A server accepts one of both, as Windows does: ours prefers NDR.
            assert connection.plain.syntax is syntaxes[-1]
            assert connection.piped.syntax is syntaxes[-1]
            assert await client.add(1, 2) == 3
            sink: list[int] = []
            source = LongPipe.from_source(range(1000))
            await client.echo(source, LongPipe.to_sink(sink))
            assert sink == list(range(1000))

    run(main())


def test_a_grace_lets_a_cancelled_plain_call_end_well() -> None:
    ended: list[str] = []

    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            await call.cancelled.wait()
            ended.append("told")
            return 0

    async def main() -> None:
        async with bulk_pair("tcp", Server(), cancel_grace=5.0) as client:
            loop = asyncio.get_running_loop()
            started = loop.time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.add(1, 2)
            assert loop.time() - started < 2
            assert ended == ["told"]

    run(main())


UVLOOP = """
import asyncio, sys, uvloop
from tests.support.bulk import *
from midlpy.runtime import connect, rpc, serve

async def main():
    async with serve(Bulk(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
        async with connect(BulkClient, listener.binding) as client:
            assert sum(await asyncio.gather(*(client.add(n, 1) for n in range(500)))) == 125250
            data = BytePipe()
            async with client.upload(1, data) as call:
                async with data:
                    for _ in range(500):
                        await data.push(bytes(65536))
                assert await call.result() == 500 * 65536
            data = BytePipe()
            async with client.download(10_000_000, data) as call:
                async for _ in data:
                    pass
                assert await call.result() == 10_000_000
            data = BytePipe()
            async with client.download(100_000_000, data) as call:
                async for _ in data:
                    break
            assert await client.add(1, 2) == 3

uvloop.run(main())
print("done")
"""


@pytest.mark.skipif(
    importlib.util.find_spec("uvloop") is None, reason="uvloop is not installed"
)
def test_uvloop_works() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", UVLOOP],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.strip() == "done", done.stderr
    assert not done.stderr
