"""Streaming through pipes: order, boundaries, states, errors; T66 to T94."""

# ruff: noqa: PT012 - a call is entered, used and left, all of which may raise

from __future__ import annotations

import array
import asyncio
import io

import pytest

from midlpy.runtime import rpc
from tests.support.bulk import Bulk, BulkClient, BytePipe, FinishResult, LongPipe
from tests.support.running import TRANSPORTS, bulk_pair, run

both = pytest.mark.parametrize("transport", TRANSPORTS)


@both
@pytest.mark.parametrize("count", [0, 1, 200_000])
def test_t66_echo_gives_the_same_data(transport: str, count: int) -> None:
    values = list(range(count))

    async def main() -> None:
        async with bulk_pair(transport) as client:
            source, target = LongPipe(), LongPipe()
            async with client.echo(source, target) as call:
                async with source:
                    await source.push(values)
                assert await target.read_all(count or 1) == values
                await call.result()
            assert source.count == target.count == count

    run(main())


@both
def test_t67_an_empty_pipe_ends_at_the_first_pull(transport: str) -> None:
    pulls: list[bytes] = []

    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            pulls.append(await data.pull())
            return 5

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.close()
                assert await call.result() == 5
        assert pulls == [b""]

    run(main())


@both
def test_t68_a_manager_starts_before_the_last_fragment(transport: str) -> None:
    async def main() -> None:
        entered = asyncio.Event()

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                entered.set()
                return len(await data.read_all(100))

        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.push(b"abc")
                await entered.wait()
                await data.close()
                assert await call.result() == 3

    run(main())


@both
@pytest.mark.parametrize("block", [b"x", b"12345", b"x" * 70_001])
def test_t69_a_block_arrives_before_the_next_is_pushed(
    transport: str, block: bytes
) -> None:
    async def main() -> None:
        seen = asyncio.Event()

        class Server(Bulk):
            async def download(
                self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
            ) -> int:
                async with data:
                    await data.push(block)
                    await seen.wait()
                    await data.push(b"second")
                return 0

        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.download(1, data) as call:
                got = b""
                # A tail of up to 7 octets may be held back; see FragmentWriter.flush.
                while len(got) < len(block) - 7 or not got:
                    got += await data.pull()
                seen.set()
                got += await data.read_all(100)
                await call.result()
                assert got == block + b"second"

    run(main())


@both
def test_t70_a_pull_takes_what_is_here(transport: str) -> None:
    sizes: list[int] = []

    async def main() -> None:
        enough = asyncio.Event()

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                sizes.append(len(await data.pull(1000)))
                enough.set()
                await data.read_all(100)
                return 0

        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.push(b"0123456789")
                await enough.wait()
                await data.close()
                await call.result()
        assert 1 <= sizes[0] <= 10

    run(main())


@both
def test_t71_pushes_arrive_in_any_grouping(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            source, target = LongPipe(), LongPipe()
            async with client.echo(source, target) as call:
                for count in (5, 4, 3, 2, 1):
                    await source.push([count] * count)
                await source.close()
                assert len(await target.read_all(15)) == 15
                await call.result()

    run(main())


@both
def test_t72_an_empty_push_does_not_end_the_stream(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.push(b"ab")
                await data.push(b"")
                await data.push(b"c")
                await data.close()
                assert await call.result() == 3

    run(main())


@both
def test_t76_two_in_pipes_in_order(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            a, b = BytePipe(), LongPipe()
            async with client.two_in(a, b) as call:
                async with a:
                    await a.push(b"abc")
                async with b:
                    await b.push([10, 20])
                assert await call.result() == 33

    run(main())


@both
def test_t77_pulling_the_second_pipe_first_is_an_order_error(transport: str) -> None:
    raised: list[Exception] = []

    class Server(Bulk):
        async def two_in(
            self,
            call: rpc.ServerCall,
            a: rpc.Receiver[bytes],
            b: rpc.Receiver[list[int]],
        ) -> int:
            try:
                await b.pull()
            except rpc.PipeOrderError as error:
                raised.append(error)
                raise
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            a, b = BytePipe(), LongPipe()
            with pytest.raises(rpc.PipeOrderError) as caught:
                async with client.two_in(a, b) as call:
                    await a.push(b"abc")
                    await a.close()
                    await b.close()
                    await call.result()
            assert caught.value.status == 1831
        assert "pipe b comes after pipe a" in str(raised[0])

    run(main())


@both
def test_t78_pushing_out_before_the_in_pipe_is_drained_is_an_order_error(
    transport: str,
) -> None:
    class Server(Bulk):
        async def turn(self, call: rpc.ServerCall, data: rpc.Pipe[list[int]]) -> int:
            await data.pull()
            await data.push([1])
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = LongPipe()
            with pytest.raises(rpc.PipeOrderError):
                async with client.turn(data):
                    await data.push([1, 2])
                    await data.close()
                    await data.pull()

    run(main())


@both
def test_t79_a_server_that_pulls_after_the_end_fails_the_call(transport: str) -> None:
    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            await data.read_all(100)
            await data.pull()
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeEmptyError) as caught:
                async with client.upload(1, data) as call:
                    await data.close()
                    await call.result()
            assert caught.value.status == 1918

    run(main())


@both
def test_t79_a_client_that_pulls_after_the_end_gets_an_error_and_keeps_the_call(
    transport: str,
) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = BytePipe()
            async with client.download(3, data) as call:
                await data.read_all(3)
                with pytest.raises(rpc.PipeEmptyError):
                    await data.pull()
                assert [chunk async for chunk in data] == []
                assert await call.result() == 3

    run(main())


@both
def test_t80_pushing_after_close_is_an_error_at_both_sides(transport: str) -> None:
    class Server(Bulk):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            await data.close()
            await data.close()  # no effect
            await data.push(b"late")
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.close()
                with pytest.raises(rpc.PipeClosedError) as caught:
                    await data.push(b"late")
                assert caught.value.status == 1916
                assert await call.result() == 0
            data = BytePipe()
            with pytest.raises(rpc.PipeClosedError):
                async with client.download(1, data) as call:
                    await data.read_all(1)
                    await call.result()

    run(main())


@both
def test_t81_returning_before_the_in_pipe_is_drained_is_a_discipline_fault(
    transport: str,
) -> None:
    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            await data.pull()
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeDisciplineError) as caught:
                async with client.upload(1, data) as call:
                    await data.push(b"abc")
                    await data.close()
                    await call.result()
            assert caught.value.status == 1917

    run(main())


@both
def test_t82_returning_before_the_out_pipe_is_closed_is_a_discipline_fault(
    transport: str,
) -> None:
    class Server(Bulk):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            await data.push(b"12345678")
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            got = b""
            with pytest.raises(rpc.PipeDisciplineError):
                async with client.download(1, data):
                    while True:
                        got += await data.pull()
        assert b"12345678".startswith(got)

    run(main())


@both
def test_t83_a_fault_after_half_an_out_pipe_is_no_clean_end(transport: str) -> None:
    class Server(Bulk):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            await data.push(b"x" * 100_000)
            raise rpc.RpcFault(5)

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            got = 0
            with pytest.raises(rpc.RpcFault) as caught:
                async with client.download(1, data):
                    async for chunk in data:
                        got += len(chunk)
            assert caught.value.status == 5
            assert 0 < got <= 100_000
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t84_a_fault_wakes_a_client_that_pushes(transport: str) -> None:
    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            await data.pull()
            raise rpc.RpcFault(0x1C000021)

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            with pytest.raises(rpc.RpcFault) as caught:
                async with client.upload(1, data) as call:
                    while True:
                        await data.push(b"x" * 100_000)
            assert caught.value.status == 0x1C000021
            assert call.status() == 0x1C000021
            with pytest.raises(rpc.RpcFault):
                await call.result()
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t85_a_limit_below_one_is_a_value_error(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = BytePipe()
            async with client.download(3, data) as call:
                for limit in (0, -1):
                    with pytest.raises(ValueError, match="less than 1"):
                        await data.pull(limit)
                    with pytest.raises(ValueError, match="less than 1"):
                        data.pull_nowait(limit)
                assert await data.read_all(3) == bytes(3)
                await call.result()

    run(main())


@both
def test_t86_a_second_pull_at_the_same_time_is_refused(transport: str) -> None:
    async def main() -> None:
        go_on = asyncio.Event()

        class Server(Bulk):
            async def download(
                self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
            ) -> int:
                async with data:
                    await go_on.wait()
                    await data.push(b"ab")
                return 0

        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.download(1, data) as call:
                first = asyncio.create_task(data.pull())
                await asyncio.sleep(0)
                with pytest.raises(rpc.PipeBusyError):
                    await data.pull()
                go_on.set()
                assert (await first) + await data.read_all(2) == b"ab"
                await call.result()

    run(main())


@both
def test_t86_a_second_push_at_the_same_time_is_refused(transport: str) -> None:
    async def main() -> None:
        go_on = asyncio.Event()

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                await go_on.wait()
                return await super().upload(call, name, data)

        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                first = asyncio.create_task(data.push(bytes(64_000_000)))
                await asyncio.sleep(0.05)
                assert not first.done()
                with pytest.raises(rpc.PipeBusyError):
                    await data.push(b"b")
                go_on.set()
                await first
                await data.close()
                assert await call.result() == 64_000_000

    run(main())


@both
def test_t87_a_result_before_the_in_pipe_is_closed_cancels_the_call(
    transport: str,
) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = BytePipe()
            async with client.upload(1, data) as call:
                await data.push(b"abc")
                with pytest.raises(rpc.PipeDisciplineError) as caught:
                    await call.result()
                assert caught.value.status == 1917
                with pytest.raises(rpc.PipeDisciplineError):
                    await data.push(b"more")
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_t87_a_call_nobody_would_move_the_pipes_of_is_refused(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            with pytest.raises(rpc.PipeDisciplineError, match="async with"):
                await client.upload(1, BytePipe())

    run(main())


@both
def test_t88_the_status_is_pending_until_the_answer_is_here(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = BytePipe()
            call = client.upload(1, data)
            assert call.status() == 997
            async with call:
                assert call.status() == 997
                await data.close()
                await call.result()
                assert call.status() == 0
                assert await call.result() == 0  # again, the same

    run(main())


@both
def test_t89_a_long_push_is_cut_to_the_range(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = LongPipe()
            async with client.narrow(data) as call:
                await data.push(list(range(10)))
                await data.close()
                assert await call.result() == 10

    run(main())


@both
def test_t90_a_hundred_calls_with_pipes_at_once(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            stalled = BytePipe()
            async with client.download(10_000_000, stalled):
                # One that nobody pulls delays none of the others.
                results = await asyncio.gather(
                    *(_one(client, number) for number in range(100))
                )
                assert results == [number * 100 for number in range(100)]

    async def _one(client: BulkClient, number: int) -> int:
        if number % 2:
            return await client.upload(0, BytePipe.from_source(bytes(number * 100)))
        sink = bytearray()
        await client.download(number * 100, BytePipe.to_sink(sink))
        return len(sink)

    run(main())


@both
def test_t91_an_in_out_pipe_turns_at_its_end_marker(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            data = LongPipe()
            async with client.turn(data) as call:
                assert data.bound
                with pytest.raises(rpc.PipeOrderError):
                    await data.pull()
                async with data:
                    await data.push([1, 2, 3])
                assert not data.ended
                assert await data.read_all(3) == [3, 2, 1]
                assert data.ended
                assert data.count == 6
                assert await call.result() == 3

    run(main())


@both
def test_t92_other_results_follow_the_pipes(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            a, b = BytePipe(), LongPipe()
            async with client.two_out(9, a, b) as call:
                assert await a.read_all(9) == b"a" * 9
                assert await b.read_all(9) == list(range(9))
                assert await call.result() == FinishResult(9, 7)

    run(main())


@both
def test_t92_pulling_the_second_out_pipe_first_is_an_order_error(
    transport: str,
) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            a, b = BytePipe(), LongPipe()
            async with client.two_out(9, a, b) as call:
                with pytest.raises(
                    rpc.PipeOrderError, match="pipe b comes after pipe a"
                ):
                    await b.pull()
                assert await a.read_all(9) == b"a" * 9
                assert await b.read_all(9) == list(range(9))
                await call.result()

    run(main())


@both
def test_t93_an_async_operation_without_pipes(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            assert await client.slow(7) == 7
            async with client.slow(8) as call:
                assert await call.result() == 8
            async with client.slow(9):
                pass  # the answer is awaited and dropped

    run(main())


@both
def test_a_swallowed_pipe_error_still_fails_the_call(transport: str) -> None:
    class Server(Bulk):
        async def two_in(
            self,
            call: rpc.ServerCall,
            a: rpc.Receiver[bytes],
            b: rpc.Receiver[list[int]],
        ) -> int:
            with pytest.raises(rpc.PipeOrderError):
                await b.pull()
            with pytest.raises(rpc.PipeOrderError):
                await a.pull()  # the same again: the call is lost
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            a, b = BytePipe(), LongPipe()
            with pytest.raises(rpc.PipeOrderError):
                async with client.two_in(a, b) as call:
                    await a.close()
                    await b.close()
                    await call.result()

    run(main())


@both
def test_the_wrong_direction_is_an_order_error(transport: str) -> None:
    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            assert isinstance(data, BytePipe)
            await data.push(b"x")
            return 0

    async def main() -> None:
        async with bulk_pair(transport, Server()) as client:
            data = BytePipe()
            with pytest.raises(rpc.PipeOrderError):
                async with client.upload(1, data) as call:
                    with pytest.raises(rpc.PipeOrderError):
                        await data.pull()
                    await data.close()
                    await call.result()

    run(main())


# What stands in the place of a pipe


def test_data_in_place_of_a_pipe_is_a_type_error() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            for wrong in (b"abc", None, LongPipe(), BytePipe, [b"abc"]):
                with pytest.raises(TypeError, match=r"upload: data is .*BytePipe"):
                    client.upload(1, wrong)  # type: ignore[arg-type]
            assert await client.add(1, 2) == 3

    run(main())


def test_a_pipe_serves_one_call() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            data = BytePipe()
            assert not data.bound
            async with client.upload(1, data) as call:
                await data.close()
                await call.result()
            with pytest.raises(
                rpc.InvalidPipeObjectError, match="upload: data is"
            ) as caught:
                client.upload(1, data)
            assert caught.value.status == 1830
            a = LongPipe()
            with pytest.raises(TypeError, match="one pipe stands in two places"):
                client.echo(a, a)
            assert await client.add(1, 2) == 3

    run(main())


def test_a_pipe_without_a_call_cannot_be_used() -> None:
    async def main() -> None:
        data = BytePipe()
        with pytest.raises(rpc.InvalidPipeObjectError):
            await data.push(b"x")
        with pytest.raises(rpc.InvalidPipeObjectError):
            await data.pull()
        with pytest.raises(rpc.InvalidPipeObjectError):
            await data.close()
        with pytest.raises(rpc.InvalidPipeObjectError):
            data.pull_nowait()

    run(main())


def test_a_driver_of_the_other_direction_is_a_type_error() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            for pipe in (LongPipe.from_source([]), LongPipe.to_sink([])):
                with pytest.raises(TypeError, match="data goes both ways"):
                    client.turn(pipe)
            with pytest.raises(TypeError, match="make it with from_source"):
                client.upload(1, BytePipe.to_sink(bytearray()))
            with pytest.raises(TypeError, match="make it with to_sink"):
                client.download(1, BytePipe.from_source(b""))

    run(main())


def test_pull_nowait_gives_what_is_here_or_says_pending() -> None:
    async def main() -> None:
        go_on = asyncio.Event()

        class Server(Bulk):
            async def download(
                self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
            ) -> int:
                async with data:
                    await go_on.wait()
                    await data.push(b"abcd")
                return 0

        async with bulk_pair("memory", Server()) as client:
            data = BytePipe()
            async with client.download(1, data) as call:
                with pytest.raises(rpc.CallPending) as caught:
                    data.pull_nowait()
                assert caught.value.status == 997
                go_on.set()
                first = await data.pull(1)
                assert first == b"a"
                assert data.pull_nowait(2) == b"bc"
                assert await data.read_all(1) == b"d"
                await call.result()

    run(main())


def test_read_all_refuses_more_than_its_limit() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            data = BytePipe()
            async with client.download(1000, data):
                with pytest.raises(rpc.PipeMemoryError):
                    await data.read_all(999)

    run(main())


def test_a_pushed_buffer_may_be_used_again_at_once() -> None:
    got: list[bytes] = []

    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            got.append(await data.read_all(1_000_000))
            return 0

    async def main() -> None:
        async with bulk_pair("tcp", Server()) as client:
            data = BytePipe()
            buffer = bytearray(10_001)
            async with client.upload(1, data) as call:
                async with data:
                    for number in range(20):
                        buffer[:] = bytes([number]) * len(buffer)
                        await data.push(buffer)
                        buffer[:] = b"!" * len(buffer)
                await call.result()

    run(main())
    assert got == [b"".join(bytes([number]) * 10_001 for number in range(20))]


def test_an_element_that_does_not_fit_takes_nothing_from_the_push() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            source, target = LongPipe(), LongPipe()
            async with client.echo(source, target) as call:
                await source.push([1])
                with pytest.raises(rpc.MarshalError) as caught:
                    await source.push([2, 1 << 40])
                assert str(caught.value) == (
                    "Echo (opnum 4): pipe source: elements[1] is 1099511627776, which "
                    "does not fit a long"
                )
                await source.push([3])
                await source.close()
                assert await target.read_all(9) == [1, 3]
                await call.result()

    run(main())


# Pipes that the call moves by itself


async def _chunks() -> object:
    for number in range(3):
        yield bytes([number])
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(lambda: b"abc", b"abc", id="bytes"),
        pytest.param(lambda: bytearray(b"abc"), b"abc", id="bytearray"),
        pytest.param(lambda: io.BytesIO(b"abc" * 100_000), b"abc" * 100_000, id="file"),
        pytest.param(lambda: [b"a", b"", b"bc"], b"abc", id="list of chunks"),
        pytest.param(lambda: iter([b"a", b"bc"]), b"abc", id="iterator"),
        pytest.param(_chunks, b"\0\1\2", id="asynchronous iterable"),
        pytest.param(lambda: io.BytesIO(b"abc").read, b"abc", id="function"),
        pytest.param(lambda: array.array("B", b"abc"), b"abc", id="array"),
    ],
)
def test_sources(source: object, expected: bytes) -> None:
    got: list[bytes] = []

    class Server(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            got.append(await data.read_all(1_000_000))
            return 4

    async def main() -> None:
        async with bulk_pair("memory", Server()) as client:
            assert callable(source)
            assert await client.upload(1, BytePipe.from_source(source())) == 4

    run(main())
    assert got == [expected]


def test_a_file_on_disk_is_a_source_and_a_sink(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    path = tmp_path / "octets"
    path.write_bytes(bytes(range(256)) * 1000)

    async def main() -> None:
        async with bulk_pair("tcp") as client:
            with path.open("rb") as file:
                assert await client.upload(1, BytePipe.from_source(file)) == 256_000
            with path.open("wb") as file:
                assert await client.download(9, BytePipe.to_sink(file)) == 9
        assert path.read_bytes() == bytes(9)

    run(main())


@pytest.mark.parametrize(
    "source",
    [[1, 2, 3], range(1, 4), iter([1, 2, 3]), [[1], [2, 3]]],
    ids=["list", "range", "iterator of elements", "list of lists"],
)
def test_sources_of_numbers(source: object) -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            sink: list[int] = []
            await client.echo(LongPipe.from_source(source), LongPipe.to_sink(sink))
            assert sink == [1, 2, 3]

    run(main())


def test_a_source_that_cannot_be_read_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="from_source: a int is no buffer"):
        BytePipe.from_source(5)
    with pytest.raises(TypeError, match="to_sink: a int is no file"):
        BytePipe.to_sink(5)


@both
def test_a_source_that_fails_aborts_the_call(transport: str) -> None:
    class Broken(Exception):
        pass

    def source() -> object:
        yield b"abc"
        raise Broken

    async def main() -> None:
        ends: list[Exception] = []

        class Server(Bulk):
            async def upload(
                self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
            ) -> int:
                try:
                    return await super().upload(call, name, data)
                except rpc.PipeError as error:
                    ends.append(error)
                    raise

        async with bulk_pair(transport, Server()) as client:
            with pytest.raises(Broken):
                await client.upload(1, BytePipe.from_source(source()))
            assert await client.add(1, 2) == 3

    run(main())


@both
def test_a_driven_pipe_beside_one_that_is_not(transport: str) -> None:
    async def main() -> None:
        async with bulk_pair(transport) as client:
            source = LongPipe.from_source(range(100_000))
            target = LongPipe()
            async with client.echo(source, target) as call:
                assert await target.read_all(100_000) == list(range(100_000))
                await call.result()

    run(main())


def test_a_call_nobody_awaits_is_warned_about() -> None:
    async def main() -> None:
        async with bulk_pair("memory") as client:
            with pytest.warns(RuntimeWarning, match="Upload was never awaited"):
                client.upload(1, BytePipe())

    run(main())
