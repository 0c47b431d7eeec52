"""What pipes and [async] mean on the wire, between modules as the compiler makes them."""

from __future__ import annotations

from typing import Any

import midlpy
from midlpy.runtime import rpc
from tests.support.running import run

IDL = """
[uuid(3c1f0a52-6d0b-4c8e-a7d9-51b2c3d4e5f6), version(1.0)]
interface wire
{
    typedef pipe byte BP;
    long take([in] handle_t h, [in] short a, [in] BP *data, [out] short *x);
    long give([in] handle_t h, [out] short *x, [out] BP *data);
}
"""
ACF = "interface wire { [async] take(); [async] give(); }"


def module(*, is_async: bool) -> Any:
    """The interface with [async] written, or taken as such for the sake of the pipes."""
    if is_async:
        return midlpy.load_text(IDL, acf=ACF)
    return midlpy.load_text(IDL, async_pipes="imply")


def test_t58_out_pipes_precede_the_other_results() -> None:
    octets = bytes.fromhex(
        "03000000 78797a00"  # data: one chunk, "xyz", and the gap to the next count
        "00000000"  # data: its end
        "0900 0000"  # x, and the gap to the result
        "05000000"  # the result
    )
    give = module(is_async=True).WIRE["give"]
    # In the order of the IDL the pipe comes second.
    assert give.encode_response(9, [b"xyz"], 5) == octets
    x, data, result = give.decode_response(octets)
    assert (x, b"".join(data), result) == (9, b"xyz", 5)


def test_t65_async_changes_no_octet() -> None:
    one, other = module(is_async=True), module(is_async=False)
    request = one.WIRE["take"].encode_request(7, [b"x"])
    assert request == bytes.fromhex("07000000 01000000 78000000 00000000")
    assert other.WIRE["take"].encode_request(7, [b"x"]) == request
    response = one.WIRE["take"].encode_response(2, 0)
    assert other.WIRE["take"].encode_response(2, 0) == response


def test_t65_each_side_may_have_it_without_the_other() -> None:
    async def call(server_module: Any, client_module: Any) -> None:
        async def take(
            self: object, call: rpc.ServerCall, a: int, data: rpc.Receiver[bytes]
        ) -> Any:
            octets = await data.read_all(1000)
            return server_module.TakeResult(len(octets), a)

        async def give(
            self: object, call: rpc.ServerCall, data: rpc.Sender[bytes]
        ) -> Any:
            async with data:
                await data.push(b"xyz")
            return server_module.GiveResult(9, 5)

        methods = {"take": take, "give": give}
        server = type("Wire", (server_module.WireServer,), methods)()
        async with rpc.memory_pair(server, client_module.WireClient) as client:
            pipe = client_module.Bp.from_source(b"abc")
            assert await client.take(7, pipe) == (3, 7)
            taken: list[bytes] = []
            assert await client.give(client_module.Bp.to_sink(taken.append)) == (9, 5)
            assert b"".join(taken) == b"xyz"

    one, other = module(is_async=True), module(is_async=False)
    run(call(one, other))
    run(call(other, one))
