"""What every transport must do; the same checks for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from midlpy.runtime import rpc
from midlpy.runtime.transports import memory, tcp
from midlpy.runtime.transports.transport import peer_is_gone, reset, tune
from tests.support.running import TRANSPORTS, eventually, run

both = pytest.mark.parametrize("transport", TRANSPORTS)


class End(asyncio.BufferedProtocol):
    """Writes down what happens to it; takes up to *room* octets at a time."""

    def __init__(self, room: int = 65_536) -> None:
        self._buffer = bytearray(room)
        self.received = bytearray()
        self.events: list[str] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        tune(transport)
        self.events.append("made")

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self._buffer)

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self._buffer[:nbytes]

    def eof_received(self) -> None:
        self.events.append("eof")

    def pause_writing(self) -> None:
        self.events.append("pause")

    def resume_writing(self) -> None:
        self.events.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.events.append("lost" if exc is None else "broken")


@asynccontextmanager
async def ends(transport: str, room: int = 65_536) -> AsyncIterator[tuple[End, End]]:
    """A connected client end and server end."""
    module = {"memory": memory, "tcp": tcp}[transport]
    accepted: list[End] = []

    def accept() -> End:
        accepted.append(End(room))
        return accepted[0]

    listening = await module.listen("", "0", accept)
    ((host, endpoint),) = listening.endpoints
    client = End(room)
    try:
        await module.open_connection(host, endpoint, lambda: client)
        await eventually(lambda: accepted and accepted[0].events)
        yield client, accepted[0]
    finally:
        listening.close()
        for end in (client, *accepted):
            end.transport.abort()
        await listening.wait_closed()
        await eventually(lambda: all(_is_lost(end) for end in (client, *accepted)))


def _is_lost(end: End) -> bool:
    return bool({"lost", "broken"} & set(end.events))


@both
def test_octets_arrive_in_order(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            for number in range(200):
                client.transport.write(bytes([number]) * 1000)
                server.transport.writelines([b"ab", bytearray(b"c"), memoryview(b"d")])
            await eventually(lambda: len(server.received) == 200_000)
            await eventually(lambda: len(client.received) == 800)
            assert server.received == b"".join(bytes([n]) * 1000 for n in range(200))
            assert client.received == b"abcd" * 200

    run(main())


@both
def test_one_octet_at_a_time(transport: str) -> None:
    async def main() -> None:
        async with ends(transport, room=1) as (client, server):
            client.transport.write(b"a stream of octets")
            await eventually(lambda: server.received == b"a stream of octets")

    run(main())


@both
def test_a_buffer_may_change_after_it_was_written(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            octets = bytearray(b"before")
            client.transport.write(bytes(octets))
            octets[:] = b"after!"
            await eventually(lambda: server.received == b"before")

    run(main())


@both
def test_a_reader_that_pauses_holds_the_writer_back(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            server.transport.pause_reading()
            client.transport.set_write_buffer_limits(high=10_000)
            written = 0
            while "pause" not in client.events:
                client.transport.write(bytes(10_000))
                written += 10_000
                await asyncio.sleep(0)
            server.transport.resume_reading()
            await eventually(lambda: len(server.received) == written)
            assert client.events[-1] == "resume"

    run(main())


@both
def test_what_was_written_before_a_close_arrives(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            client.transport.write(bytes(100_000))
            client.transport.close()
            client.transport.close()
            await eventually(lambda: "lost" in server.events)
            assert len(server.received) == 100_000
            assert server.events.count("eof") == 1
            await eventually(lambda: "lost" in client.events)
            client.transport.write(b"nobody hears it")

    run(main())


@both
def test_a_reset_is_seen_although_nothing_is_read(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            server.transport.pause_reading()
            for _ in range(100):
                client.transport.write(bytes(65_536))
            await asyncio.sleep(0.01)
            assert not peer_is_gone(server.transport)
            reset(client.transport)
            await eventually(lambda: peer_is_gone(server.transport))

    run(main())


@both
def test_each_end_is_lost_once(transport: str) -> None:
    async def main() -> None:
        async with ends(transport) as (client, server):
            client.transport.abort()
            server.transport.abort()
            await eventually(lambda: _is_lost(client) and _is_lost(server))
            await asyncio.sleep(0)
            for end in (client, server):
                assert len({"lost", "broken"} & set(end.events)) == 1

    run(main())


@both
def test_nobody_listening_is_a_comm_failure_that_says_where(transport: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    opener: Callable[..., object]
    opener = {"memory": memory.open_connection, "tcp": tcp.open_connection}[transport]

    async def main() -> None:
        with pytest.raises(rpc.RpcCommFailure, match="cannot connect to") as caught:
            await opener("", port, End)  # type: ignore[misc]
        assert caught.value.status == 1722
        assert f"[{port}]" in str(caught.value)

    run(main())


@both
def test_an_address_in_use_is_a_comm_failure(transport: str) -> None:
    module = {"memory": memory, "tcp": tcp}[transport]

    async def main() -> None:
        listening = await module.listen("", "0", End)
        ((host, endpoint),) = listening.endpoints
        try:
            with pytest.raises(rpc.RpcCommFailure, match="cannot listen at") as caught:
                await module.listen(host, endpoint, End)
            assert caught.value.status == 1740
        finally:
            listening.close()
            await listening.wait_closed()

    run(main())


@pytest.mark.parametrize("endpoint", ["http", "70000", "-1", "", "1.5"])
def test_a_tcp_endpoint_is_a_port(endpoint: str) -> None:
    with pytest.raises(rpc.RpcError, match="not a port"):
        tcp.port_of(endpoint)


def test_tcp_sends_small_pdus_at_once() -> None:
    async def main() -> None:
        async with ends("tcp") as (client, server):
            for end in (client, server):
                sock = end.transport.get_extra_info("socket")
                assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    run(main())


def test_a_name_in_memory_is_free_again_after_close() -> None:
    async def main() -> None:
        for _ in range(2):
            listening = await memory.listen("", "name", End)
            listening.close()
            listening.close()
            await listening.wait_closed()

    run(main())


def test_a_descriptor_that_is_closed_tells_nothing() -> None:
    async def main() -> None:
        async with ends("tcp") as (client, _):
            client.transport.abort()
            await eventually(lambda: _is_lost(client))
            assert not peer_is_gone(client.transport)
            with contextlib.suppress(OSError):
                reset(client.transport)

    run(main())
