"""comm_status and fault_status: an error is a result, and only where it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any, cast

import pytest

import midlpy
from midlpy.runtime import connect, ndr, rpc, serve

IDL = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d49), version(1.0), pointer_default(unique)]
interface told
{
    typedef struct { long a; [string] wchar_t *b; } S;
    typedef pipe byte BYTES;
    long Many([in] handle_t h, [in] long n, [out] S *s);
    void Nothing([in] handle_t h);
    error_status_t Result([in] handle_t h, [out] S *s);
    void Declared([in] handle_t h, [in] long n, [out] error_status_t *st);
    long OnlyComm([in] handle_t h);
    long Later([in] handle_t h, [in] long n);
    long Piped([in] handle_t h, [in] BYTES *data);
}
"""
ACF = """
interface told
{
    Many([comm_status, fault_status] st);
    Nothing([fault_status] st);
    [comm_status, fault_status] Result();
    Declared([fault_status, comm_status] st);
    OnlyComm([comm_status] st);
    [async] Later([fault_status] st);
    [async] Piped([fault_status] st);
}
"""
FAILURE = 0x1C00_0021  # nca_s_fault_user_defined


@pytest.fixture(scope="module")
def told() -> ModuleType:
    return midlpy.load_text(IDL, acf=ACF)


def server(told: ModuleType, fails: bool) -> Any:
    def outcome(value: object) -> Callable[..., Awaitable[object]]:
        async def method(self: object, call: object, *arguments: object) -> object:
            if fails:
                raise rpc.RpcFault(FAILURE)
            for pipe in arguments:
                if hasattr(pipe, "read_all"):
                    await pipe.read_all(100)
            return value

        return method

    good = told.S(5, "x")
    results = {
        "many": told.ManyReply(good, 7),
        "nothing": None,
        "result": told.ResultResult(good, 3),
        "declared": 9,
        "only_comm": 11,
        "later": 12,
        "piped": 13,
    }
    methods = {name: outcome(value) for name, value in results.items()}
    return type("Told", (told.ToldServer,), methods)()


def run(
    told: ModuleType, fails: bool, use: Callable[[Any], Awaitable[object]]
) -> object:
    async def call() -> object:
        async with rpc.memory_pair(server(told, fails), told.ToldClient) as client:
            return await use(client)

    return asyncio.run(call())


CALLS: list[tuple[str, tuple[object, ...]]] = [
    ("many", (1,)),
    ("nothing", ()),
    ("result", ()),
    ("declared", (1,)),
    ("later", (1,)),
]


@pytest.mark.parametrize(("method", "arguments"), CALLS)
def test_what_a_call_that_works_gives(
    told: ModuleType, method: str, arguments: tuple[object, ...]
) -> None:
    wanted = {
        "many": (told.S(5, "x"), 0, 7),
        "nothing": 0,
        "result": (told.S(5, "x"), 3),
        "declared": 9,
        "later": (0, 12),
    }
    found = run(told, False, lambda client: getattr(client, method)(*arguments))
    assert found == wanted[method]


@pytest.mark.parametrize(("method", "arguments"), CALLS)
def test_a_fault_is_a_result_and_the_others_are_zero(
    told: ModuleType, method: str, arguments: tuple[object, ...]
) -> None:
    wanted = {
        "many": (told.S(), FAILURE, 0),
        "nothing": FAILURE,
        "result": (told.S(), FAILURE),
        "declared": FAILURE,
        "later": (FAILURE, 0),
    }
    found = run(told, True, lambda client: getattr(client, method)(*arguments))
    assert found == wanted[method]


def test_an_error_that_was_not_asked_for_is_raised(told: ModuleType) -> None:
    with pytest.raises(rpc.RpcFault):
        run(told, True, lambda client: client.only_comm())


@pytest.mark.parametrize(("fails", "wanted"), [(False, (0, 13)), (True, (FAILURE, 0))])
def test_a_call_with_pipes_gives_its_status_as_result(
    told: ModuleType, fails: bool, wanted: object
) -> None:
    async def use(client: Any) -> object:
        return await client.piped(told.Bytes.from_source([b"abc"]))

    assert run(told, fails, use) == wanted


def test_a_server_that_is_gone_is_a_communication_error(told: ModuleType) -> None:
    async def call() -> object:
        serving = serve(server(told, False), at="ncacn_ip_tcp:127.0.0.1[0]")
        listener = await serving.__aenter__()
        async with connect(told.ToldClient, listener.binding) as client:
            assert await client.only_comm() == (0, 11)
            await serving.__aexit__(None, None, None)
            with pytest.raises(rpc.RpcError):
                await client.nothing()  # which has a fault_status alone
            return await client.only_comm()

    status, value = cast("tuple[int, int]", asyncio.run(call()))
    assert (status != 0, value) == (True, 0)


def test_an_error_of_the_caller_is_always_raised(told: ModuleType) -> None:
    with pytest.raises(rpc.MarshalError):
        run(told, False, lambda client: client.many("one"))


def test_an_added_status_never_travels_and_a_declared_one_does(
    told: ModuleType,
) -> None:
    many = told.TOLD["Many"]
    octets = bytes.fromhex("05000000 00000000 07000000")  # a, null b, the result
    assert many.encode_response(told.S(5), 0, 7) == octets
    assert many.decode_response(octets) == (told.S(5), 0, 7)
    wide = bytes.fromhex("05000000 00000000 0000000000000000 07000000")
    assert many.encode_response(told.S(5), 0, 7, syntax=ndr.NDR64) == wide
    assert told.TOLD["Nothing"].encode_response(0) == b""
    assert told.TOLD["Declared"].encode_response(9) == bytes.fromhex("09000000")


def test_a_rejection_is_a_communication_error() -> None:
    assert rpc.RpcFault(0x1C01_0002).is_rejection
    assert not rpc.RpcFault(0x1C00_0001).is_rejection
    assert not rpc.RpcFault(5).is_rejection
