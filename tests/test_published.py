"""Published interface definitions, compiled unchanged and put to use."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

import midlpy
from midlpy.runtime import connect, rpc, serve
from tests.support.corpus import corpus_path

# Interface, version, number of operations, as the documents state them.
INTERFACES = {
    "ms-frs2.idl": ("FrsTransport", "897e2e5f-93f3-4376-9c9c-fd2277495c27", (1, 0), 18),
    "ms-efsr.idl": ("efsrpc", "c681d488-d850-11d0-8c52-00c04fd90f7e", (1, 0), 45),
    "ms-srvs.idl": ("srvsvc", "4b324fc8-1670-01d3-1278-5a47bf6ee188", (3, 0), 58),
}


def load(name: str) -> ModuleType:
    return midlpy.load(corpus_path(f"idl/{name}"), async_pipes="imply")


@pytest.mark.parametrize("file", INTERFACES)
def test_published_interface_compiles_as_its_document_states_it(file: str) -> None:
    name, identifier, version, count = INTERFACES[file]
    module = load(file)
    (interface,) = (
        value for value in vars(module).values() if isinstance(value, rpc.Interface)
    )
    assert interface.name == name
    assert interface.uuid == uuid.UUID(identifier)
    assert interface.version == version
    assert len(interface.operations) == count
    assert [operation.opnum for operation in interface.operations] == list(range(count))


def test_types_without_an_interface_get_a_module_too() -> None:
    module = midlpy.load(corpus_path("idl/ms-dtyp.idl"))
    assert module.Systemtime(w_year=2024).w_year == 2024
    assert module.Filetime().dw_low_date_time == 0


def serving_frs2(module: ModuleType, blocks: list[bytes]) -> Any:
    """A server of FrsTransport that knows one file, made of *blocks*."""
    base = module.FrsTransportServer

    async def not_served(self: object, call: rpc.ServerCall, *arguments: object) -> int:
        raise rpc.RpcFault(0x1C010002)

    async def initialize_file_transfer_async(
        self: object, call: rpc.ServerCall, *arguments: Any
    ) -> Any:
        update = arguments[1]
        context = module.PfrsServerContext(call.new_context(blocks))
        return module.InitializeFileTransferAsyncResult(
            update, 1, context, None, b"", 0, 0, 0
        )

    async def raw_get_file_data_async(
        self: object, call: rpc.ServerCall, context: Any, pipe: rpc.Sender[bytes]
    ) -> int:
        async with pipe:
            for block in call.context(context):
                await pipe.push(block)
        return 0

    async def rdc_close(self: object, call: rpc.ServerCall, context: Any) -> Any:
        call.close_context(context)
        return module.RdcCloseResult(rpc.NULL_CONTEXT, 0)

    methods = dict.fromkeys(base.__abstractmethods__, not_served)
    methods |= {
        "initialize_file_transfer_async": initialize_file_transfer_async,
        "raw_get_file_data_async": raw_get_file_data_async,
        "rdc_close": rdc_close,
    }
    return type("Files", (base,), methods)()


async def fetch(module: ModuleType, client: Any) -> AsyncIterator[bytes]:
    update = module.FrsUpdate(name="report.docx", content_set_id=uuid.uuid4())
    result = await client.initialize_file_transfer_async(uuid.uuid4(), update, 0, 0, 0)
    assert result.return_value == 0
    assert result.frs_update == update
    pipe = module.BytePipe()
    async with client.raw_get_file_data_async(result.server_context, pipe) as call:
        async for chunk in pipe:
            yield chunk
        assert await call.result() == 0
    closed = await client.rdc_close(result.server_context)
    assert not closed.server_context


def test_frs2_streams_a_file_through_its_async_pipe() -> None:
    module = load("ms-frs2.idl")
    blocks = [bytes([number % 251]) * 40_961 for number in range(500)]

    async def run() -> tuple[int, str]:
        digest, octets = hashlib.sha256(), 0
        server = serving_frs2(module, blocks)
        async with (
            serve(server, at="ncacn_ip_tcp:127.0.0.1[0]") as listener,
            connect(module.FrsTransportClient, listener.binding) as client,
        ):
            async for chunk in fetch(module, client):
                digest.update(chunk)
                octets += len(chunk)
        return octets, digest.hexdigest()

    octets, digest = asyncio.run(run())
    assert octets == 500 * 40_961
    assert digest == hashlib.sha256(b"".join(blocks)).hexdigest()
