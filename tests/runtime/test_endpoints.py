"""What connect and serve accept, and how they refuse."""

from __future__ import annotations

import socket
from typing import Any
from uuid import UUID

import pytest

from midlpy.runtime import connect, rpc, serve
from tests.support.bulk import Bulk, BulkClient
from tests.support.running import BINDINGS, TRANSPORTS, bulk_pair, run

NOTHING = rpc.Interface(
    name="nothing",
    uuid=UUID("00112233-4455-6677-8899-aabbccddeeff"),
    version=(1, 0),
    operations=(),
)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_listener_tells_its_binding(transport: str) -> None:
    async def main() -> None:
        async with serve(Bulk(), at=BINDINGS[transport]) as listener:
            assert listener.bindings == (listener.binding,)
            assert "[0]" not in listener.binding
            async with connect(BulkClient, listener.binding) as client:
                assert await client.add(1, 2) == 3

    run(main())


def test_memory_pair_connects_without_a_network() -> None:
    async def main() -> None:
        async with rpc.memory_pair(Bulk(), BulkClient) as client:
            assert isinstance(client, BulkClient)
            assert await client.add(1, 2) == 3

    run(main())


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        (
            "ncacn_np:server[\\pipe\\x]",
            "'ncacn_np' is not supported; ncacn_ip_tcp and memory are",
        ),
        ("ncalrpc:[x]", "'ncalrpc' is not supported"),
        ("ncacn_ip_tcp:127.0.0.1", "no endpoint mapper is asked yet"),
        ("ncacn_ip_tcp:127.0.0.1[1,sign]", "the option 'sign' is not supported"),
    ],
)
def test_bindings_that_are_refused_by_name(binding: str, message: str) -> None:
    async def main() -> None:
        with pytest.raises(rpc.RpcError, match=message):
            async with connect(BulkClient, binding):
                pass
        with pytest.raises(rpc.RpcError, match=message):
            async with serve(Bulk(), at=binding):
                pass

    run(main())


def test_a_server_nobody_can_reach_is_named_with_what_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def main() -> None:
        binding = f"ncacn_ip_tcp:127.0.0.1[{port}]"
        with pytest.raises(rpc.RpcCommFailure) as caught:
            async with connect(BulkClient, binding):
                pass
        assert caught.value.status == 1722
        assert binding in str(caught.value)
        assert f"{binding}: Connection refused; is the server" in str(caught.value)

    run(main())


def test_security_is_refused_by_name() -> None:
    async def main() -> None:
        security = rpc.Security(mechanism="ntlm")
        with pytest.raises(rpc.RpcError, match="there is no authentication yet"):
            async with connect(BulkClient, "memory:[x]", security=security):
                pass
        with pytest.raises(rpc.RpcError, match="there is no authentication yet"):
            async with serve(Bulk(), at="memory:[x]", security=security):
                pass

    run(main())


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_an_unauthenticated_server_listens_on_the_loopback(address: str) -> None:
    async def main() -> None:
        binding = f"ncacn_ip_tcp:{address}[0]"
        with pytest.raises(rpc.RpcError, match="allow_unauthenticated=True") as caught:
            async with serve(Bulk(), at=binding):
                pass
        assert caught.value.status == 5

    run(main())


def test_saying_so_opens_a_server_to_everybody() -> None:
    async def main() -> None:
        async with serve(
            Bulk(), at="ncacn_ip_tcp:0.0.0.0[0]", allow_unauthenticated=True
        ) as listener:
            port = listener.binding.rpartition("[")[2]
            async with connect(BulkClient, f"ncacn_ip_tcp:127.0.0.1[{port}") as client:
                assert await client.add(1, 2) == 3

    run(main())


def test_no_server_or_no_binding_is_a_value_error() -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="serve needs a server"):
            async with serve(at="memory:[x]"):
                pass
        with pytest.raises(ValueError, match="serve needs a server"):
            async with serve(Bulk(), at=[]):
                pass

    run(main())


def test_an_interface_nobody_serves_is_rejected_by_name() -> None:
    class Nothing(rpc.Server, interface=NOTHING):
        pass

    async def main() -> None:
        async with serve(Nothing(), at=BINDINGS["tcp"]) as listener:
            with pytest.raises(rpc.BindRejected, match="abstract syntax"):
                async with connect(BulkClient, listener.binding):
                    pass

    run(main())


def test_fragments_of_any_size_are_negotiated() -> None:
    async def main() -> None:
        for octets in (1432, 2048, 5840, 65_528):
            async with bulk_pair("tcp", max_fragment=octets) as client:
                data = await _download(client, 100_000)
                assert data == 100_000
        with pytest.raises(ValueError, match="offered_fragment_octets"):
            connect(BulkClient, "memory:[x]", max_fragment=100)

    async def _download(client: BulkClient, count: int) -> int:
        from tests.support.bulk import BytePipe

        sink = bytearray()
        await client.download(count, BytePipe.to_sink(sink))
        return len(sink)

    run(main())


def test_what_is_no_server_client_or_binding_is_a_type_error() -> None:
    nothing: Any = None
    kind: Any = Bulk

    async def main() -> None:
        for binding in (nothing, [nothing]):
            with pytest.raises(TypeError, match="a binding is text as"):
                async with serve(Bulk(), at=binding):
                    pass
        with pytest.raises(TypeError, match="a binding is text as"):
            async with connect(BulkClient, nothing):
                pass
        with pytest.raises(TypeError, match="None is no class of clients"):
            async with connect(nothing, "memory:[x]"):
                pass
        for server in (nothing, kind):
            with pytest.raises(TypeError, match="serve takes instances"):
                async with serve(server, at="memory:[0]"):
                    pass

    run(main())
