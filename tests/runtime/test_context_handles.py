"""Context handles are good for the interface that made them, as strict ones are in MIDL.

Spec: MIDL reference, strict_context_handle.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest

import midlpy
from midlpy.runtime import rpc, serve
from tests.support.running import run

IDL = """
[uuid(5b0e1c7a-9f43-4d57-8a7e-3f1d4d1c2b01)] interface First
{
    typedef [context_handle] void *THING;
    long OpenFirst([in] handle_t h, [in] long shared, [out] THING *thing);
    long UseFirst([in] THING thing);
}

[uuid(5b0e1c7a-9f43-4d57-8a7e-3f1d4d1c2b02)] interface Second
{
    long UseSecond([in] THING thing);
    long CloseSecond([in, out] THING *thing);
}
"""
MODULE: Any = midlpy.load_text(IDL)
NDR_SYNTAX = bytes.fromhex("045d888aeb1cc9119fe808002b10486002000000")


class Both(MODULE.FirstServer, MODULE.SecondServer):  # type: ignore[misc]
    """One object behind two interfaces."""

    async def open_first(self, call: rpc.ServerCall, shared: int) -> Any:
        return call.new_context("value", is_shared=bool(shared)), 0

    async def use_first(self, call: rpc.ServerCall, thing: Any) -> int:
        assert call.context(thing) == "value"
        return 7

    async def use_second(self, call: rpc.ServerCall, thing: Any) -> int:
        assert call.context(thing) == "value"
        return 8

    async def close_second(self, call: rpc.ServerCall, thing: Any) -> Any:
        call.close_context(thing)
        return rpc.NULL_CONTEXT, 0


class Wire:
    """A connection on which both interfaces are bound, as a foreign client does it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader, self._writer = reader, writer

    async def bind(self) -> None:
        body = struct.pack("<HHIBBH", 4280, 4280, 0, 2, 0, 0)
        for number, interface in enumerate((MODULE.FIRST, MODULE.SECOND)):
            body += struct.pack("<HBB", number, 1, 0) + interface.uuid.bytes_le
            body += struct.pack("<HH", *interface.version) + NDR_SYNTAX
        kind, _ = await self._exchange(11, body)
        assert kind == 12  # bind_ack

    async def call(self, interface: int, opnum: int, stub: bytes) -> bytes | int:
        """The stub data of the answer, or the status of a fault."""
        head = struct.pack("<IHH", len(stub), interface, opnum)
        kind, octets = await self._exchange(0, head + stub)
        if kind == 3:
            return int(struct.unpack_from("<I", octets, 24)[0])
        assert kind == 2
        return octets[24:]

    async def _exchange(self, kind: int, body: bytes) -> tuple[int, bytes]:
        head = struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, len(body) + 16, 0, 1)
        self._writer.write(head + body)
        octets = await self._reader.readexactly(16)
        octets += await self._reader.readexactly(
            struct.unpack_from("<H", octets, 8)[0] - 16
        )
        return octets[2], octets

    def close(self) -> None:
        self._writer.close()


@pytest.mark.parametrize(
    ("shared", "used", "closed"),
    [
        pytest.param(0, 0x1C00001A, 0x1C00001A, id="strict"),
        pytest.param(1, (8).to_bytes(4, "little"), bytes(24), id="shared"),
    ],
)
def test_another_interface_takes_a_handle_only_if_it_is_shared(
    shared: int, used: bytes | int, closed: bytes | int
) -> None:
    async def main() -> None:
        async with serve(Both(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
            port = int(str(listener.binding).partition("[")[2].rstrip("]"))
            wire = Wire(*await asyncio.open_connection("127.0.0.1", port))
            await wire.bind()
            opened = await wire.call(0, 0, shared.to_bytes(4, "little"))
            assert isinstance(opened, bytes)
            handle = opened[:20]
            assert await wire.call(0, 1, handle) == (7).to_bytes(4, "little")
            assert await wire.call(1, 0, handle) == used
            assert await wire.call(1, 1, handle) == closed
            wire.close()

    run(main())
