"""Peers that close, stop, lie or cut anywhere: every octet of a conversation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from midlpy.runtime import connect, rpc, serve
from tests.support.bulk import Bulk, BulkClient, BytePipe
from tests.support.running import BINDINGS, bulk_pair, eventually, run


class RelayEnd(asyncio.Protocol):
    """One end of a relay: what comes goes to ``other``, up to ``limit`` octets."""

    def __init__(self, relay: Relay, way: str) -> None:
        self.relay = relay
        self.way = way
        self.other: asyncio.Transport | None = None
        self.waiting = bytearray()
        self.passed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.relay.transports.add(transport)

    def data_received(self, data: bytes) -> None:
        limit = self.relay.limits.get(self.way, -1)
        if limit >= 0:
            data = data[: limit - self.passed]
        self.passed += len(data)
        self.relay.seen[self.way] += data
        self.waiting += data
        self.pump()
        if self.passed == limit:
            self.transport.close()

    def pump(self) -> None:
        if self.other is None or not self.waiting:
            return
        self.other.write(bytes(self.waiting[: self.relay.step]))
        del self.waiting[: self.relay.step]
        if self.waiting:
            asyncio.get_running_loop().call_soon(self.pump)

    def connection_lost(self, exc: Exception | None) -> None:
        self.relay.transports.discard(self.transport)
        if self.other is not None:
            self.other.close()


class Relay:
    """Passes octets between a client and a server; may cut either way, at any octet."""

    def __init__(self, target: str, **limits: int) -> None:
        """*limits*: octets that pass ``to_server`` and ``to_client``."""
        self._port = int(target.rpartition("[")[2].rstrip("]"))
        self.limits = limits
        self.seen = {"to_server": bytearray(), "to_client": bytearray()}
        self.step = 65_536
        self.transports: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Relay:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for transport in self.transports:
            transport.abort()
        await eventually(lambda: not self.transports)

    @property
    def binding(self) -> str:
        port = self._server.sockets[0].getsockname()[1]
        return f"ncacn_ip_tcp:127.0.0.1[{port}]"

    def _accept(self) -> RelayEnd:
        near = RelayEnd(self, "to_server")
        self._tasks.add(asyncio.ensure_future(self._join(near)))
        return near

    async def _join(self, near: RelayEnd) -> None:
        far = RelayEnd(self, "to_client")
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: far, "127.0.0.1", self._port)
        near.other, far.other = far.transport, near.transport
        near.pump()
        far.pump()
        if near.transport.is_closing():
            far.transport.close()


async def _converse(binding: str) -> None:
    """A bind, a plain call, and a call with an out pipe."""
    async with connect(BulkClient, binding) as client:
        assert await client.add(1, 2) == 3
        sink = bytearray()
        assert await client.download(40, BytePipe.to_sink(sink)) == 40
        assert len(sink) == 40


def _lengths() -> tuple[int, int]:
    """Octets of that conversation on one connection, each way."""
    found: list[int] = []

    async def main() -> None:
        async with (
            serve(Bulk(), at=BINDINGS["tcp"]) as listener,
            Relay(listener.binding) as relay,
        ):
            await _converse(relay.binding)
            found.extend(len(octets) for octets in relay.seen.values())

    run(main())
    return found[0], found[1]


@pytest.mark.parametrize("way", ["to_server", "to_client"])
def test_a_cut_at_any_octet_is_an_rpc_error_and_the_server_stays(way: str) -> None:
    limit = max(_lengths()) // 2 + 40

    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS["tcp"]) as listener:
            for octets in range(limit):
                async with Relay(listener.binding, **{way: octets}) as relay:
                    with contextlib.suppress(rpc.RpcError):
                        await _converse(relay.binding)
            await _converse(listener.binding)

    run(main(), 40)


@pytest.mark.parametrize("step", [1, 7])
def test_a_few_octets_at_a_time_make_no_difference(step: int) -> None:
    async def main() -> None:
        async with (
            serve(Bulk(), at=BINDINGS["tcp"]) as listener,
            Relay(listener.binding) as relay,
        ):
            relay.step = step
            await _converse(relay.binding)

    run(main())


async def _raw(binding: str, octets: bytes, read: Callable[[bytes], bool]) -> bytes:
    """What a server says to *octets*, until it closes or *read* is content."""
    port = int(binding.rpartition("[")[2].rstrip("]"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        writer.write(octets)
        while not read(answer) and (part := await reader.read(65_536)):
            answer += part
    except ConnectionResetError:
        pass
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return answer


HEADER = bytes.fromhex("05000003 10000000")


@pytest.mark.parametrize(
    ("octets", "ptype"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", None, id="http"),
        pytest.param(HEADER + b"\4\0\0\0" + bytes(4), None, id="short fragment"),
        pytest.param(
            bytes.fromhex("05000003 10000000 18000000 07000000 00000000 00000000"),
            3,
            id="request before bind",
        ),
        pytest.param(
            bytes.fromhex("05001003 10000000 10000000 01000000"), None, id="auth3"
        ),
    ],
)
def test_what_is_no_conversation_is_answered_or_closed(
    octets: bytes, ptype: int | None
) -> None:
    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS["tcp"]) as listener:
            answer = await _raw(listener.binding, octets, lambda _: False)
            if ptype is not None:
                assert answer[2] == ptype
            async with connect(BulkClient, listener.binding) as client:
                assert await client.add(1, 2) == 3

    run(main())


class Impostor(asyncio.Protocol):
    """Says *words* to whoever sends anything."""

    words = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(self.words)


@pytest.mark.parametrize(
    ("words", "expected", "message"),
    [
        pytest.param(
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            rpc.RemoteProtocolError,
            "ncacn_ip_tcp:127.0.0.1",
            id="http",
        ),
        pytest.param(
            bytes.fromhex("05000d03 10000000 18000000 01000000 0400 01 0500 000000"),
            rpc.BindRejected,
            "version",
            id="bind_nak",
        ),
        pytest.param(b"", rpc.RpcCommFailure, "did not answer the bind", id="silence"),
    ],
)
def test_what_is_no_rpc_server_is_told_apart(
    words: bytes, expected: type[rpc.RpcError], message: str
) -> None:
    async def main() -> None:
        class Says(Impostor):
            pass

        Says.words = words
        server = await asyncio.get_running_loop().create_server(Says, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        limits = rpc.Limits(bind_seconds=0.2)
        try:
            with pytest.raises(expected, match=message):
                async with connect(
                    BulkClient, f"ncacn_ip_tcp:127.0.0.1[{port}]", limits=limits
                ):
                    pass
        finally:
            server.close()

    run(main())


def test_the_loss_of_a_connection_names_it_and_counts_its_calls() -> None:
    class Server(Bulk):
        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            if a == 2:
                transport = call._served.connection._transport
                assert transport is not None
                transport.abort()
            await asyncio.sleep(60)
            return 0

    async def main() -> None:
        async with bulk_pair("tcp", Server()) as client:
            found = await asyncio.gather(
                *(client.add(n, 0) for n in range(3)), return_exceptions=True
            )
            for error in found:
                assert isinstance(error, rpc.RpcCommFailure)
                assert "3 calls were waiting" in str(error)
                assert "ncacn_ip_tcp:127.0.0.1[" in str(error)

    run(main())


def test_answers_are_not_written_for_a_client_that_does_not_read() -> None:
    class Server(Bulk):
        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            await data.close()
            return name

        started = 0

        async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            self.started += 1
            return a + b

    async def main() -> None:
        server = Server()
        async with bulk_pair("memory", server) as client:
            connection = client._group.shared
            assert connection is not None
            transport = connection._transport
            assert transport is not None
            transport.pause_reading()
            calls = [asyncio.create_task(client.add(n, 1)) for n in range(200)]
            await eventually(lambda: server.started == 200)
            transport.resume_reading()
            assert sum(await asyncio.gather(*calls)) == sum(range(1, 201))

    run(main())
