"""Values of megabytes in plain calls, and requests that are refused half-way."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

import midlpy
from midlpy.runtime import connect, rpc, serve
from midlpy.runtime.ndr import NDR
from midlpy.runtime.pdu.encode import encode
from midlpy.runtime.pdu.types import Bind, ContextElement, Request, SyntaxId
from tests.support.bulk import BULK, Bulk
from tests.support.running import BINDINGS, TRANSPORTS, run

both = pytest.mark.parametrize("transport", TRANSPORTS)

MODULE: Any = midlpy.load_text("""
    [uuid(0c9b6c2e-50a5-4d2f-8a2b-2f2f5bb1a001), version(1.0)]
    interface swapper
    {
        void Swap(
            [in] unsigned long count,
            [in, size_is(count)] byte *data,
            [out] unsigned long *got,
            [out, size_is(, *got)] byte **back);
    }
    """)


class Swapper(MODULE.SwapperServer):  # type: ignore[misc]
    async def swap(self, call: rpc.ServerCall, count: int, data: bytes) -> Any:
        return MODULE.SwapResult(count, data)


@both
def test_large_values_cross_both_ways_at_once(transport: str) -> None:
    async def main() -> None:
        async with (
            serve(Swapper(), at=BINDINGS[transport]) as listener,
            connect(MODULE.SwapperClient, listener.binding) as client,
        ):
            blob = bytes(range(256)) * 12_000
            found = await asyncio.gather(*(client.swap(blob) for _ in range(8)))
            assert [back for _, back in found] == [blob] * 8

    run(main())


@both
def test_values_above_the_default_limit_need_a_wider_one(transport: str) -> None:
    async def main() -> None:
        limits = rpc.Limits(request_stub_octets=32 * 1024 * 1024)
        async with (
            serve(Swapper(), at=BINDINGS[transport], limits=limits) as listener,
            connect(MODULE.SwapperClient, listener.binding) as client,
        ):
            assert (await client.swap(bytes(10_000_000))).got == 10_000_000

    run(main())


@both
def test_a_refused_request_leaves_a_client_that_can_call(transport: str) -> None:
    async def main() -> None:
        async with (
            serve(Swapper(), at=BINDINGS[transport]) as listener,
            connect(MODULE.SwapperClient, listener.binding) as client,
        ):
            for octets in (4_300_000, 6_000_000, 20_000_000):
                with pytest.raises(rpc.RpcFault) as caught:
                    await client.swap(bytes(octets))
                assert caught.value.status == 5
                assert (await client.swap(b"ab")).back == b"ab"

    run(main())


def _bind() -> bytes:
    abstract = SyntaxId(BULK.uuid, *BULK.version)
    syntax = SyntaxId(NDR.uuid, *NDR.version)
    return encode(
        Bind(
            call_id=1,
            max_xmit_fragment=5840,
            max_recv_fragment=5840,
            association_group_id=0,
            contexts=(ContextElement(0, abstract, (syntax,)),),
        )
    )


async def _raw(binding: str, *pdus: bytes) -> asyncio.StreamWriter:
    """A bound connection that has sent *pdus* and read one answer."""
    port = int(binding.rpartition("[")[2].rstrip("]"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_bind())
    await reader.readuntil(NDR.uuid.bytes_le)
    writer.write(b"".join(pdus))
    await reader.read(65_536)
    return writer


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def test_a_manager_whose_client_breaks_a_rule_hears_of_it_and_ends_quietly() -> None:
    async def main() -> None:
        entered = asyncio.Event()

        class Server(Bulk):
            async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
                entered.set()
                await call.cancelled.wait()
                return 0

        async with serve(Server(), at=BINDINGS["tcp"]) as listener:
            request = Request(call_id=2, context_id=0, opnum=0, stub_data=bytes(8))
            octets = encode(request)
            # The same once more: the call has not ended.
            writer = await _raw(listener.binding, octets, octets)
            await entered.wait()
            await _close(writer)

    run(main())


def test_a_server_may_end_while_it_refuses_a_request() -> None:
    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS["tcp"]) as listener:
            first = bytearray(
                encode(
                    Request(
                        call_id=2,
                        context_id=0,
                        opnum=0,
                        stub_data=bytes(8),
                        alloc_hint=1 << 30,
                    )
                )
            )
            first[3] = 1  # not the last fragment
            writer = await _raw(listener.binding, bytes(first))
        await _close(writer)

    run(main())
