"""notify and notify_flag: a server hears once of the end of each call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import ModuleType
from typing import Any

import pytest

import midlpy
from midlpy.runtime import connect, rpc, serve

IDL = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d4b), version(1.0), pointer_default(unique)]
interface noted
{
    typedef pipe byte BYTES;
    long Plain([in] handle_t h, [in] long n);
    long Flagged([in] handle_t h, [in] long n);
    long Piped([in] handle_t h, [in] long n, [in] BYTES *data);
    void Source([in] handle_t h, [in] long n, [out] BYTES *data);
    long Later([in] handle_t h, [in] long n);
    long Silent([in] handle_t h, [in, range(0, 5)] long n);
    long Checked([in] handle_t h, [in, range(0, 5)] long n);
}
"""
ACF = """
interface noted
{
    [notify] Plain();
    [notify_flag] Flagged();
    [async, notify_flag] Piped();
    [async, notify_flag] Source();
    [async, notify_flag] Later();
    [notify_flag] Checked();
}
"""
FAILURE = 0x1C00_0021  # nca_s_fault_user_defined


@pytest.fixture(scope="module")
def noted() -> ModuleType:
    return midlpy.load_text(IDL, acf=ACF)


class Heard(list[tuple[object, ...]]):
    """What a server was told, beginnings and ends, and who waits for that."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    def add(self, *what: object) -> None:
        self.append(what)
        self.changed.set()

    async def until(self, count: int) -> list[tuple[object, ...]]:
        async with asyncio.timeout(5):
            while len(self) < count:
                self.changed.clear()
                await self.changed.wait()
        return list(self)


def server(noted: ModuleType, heard: Heard) -> Any:
    async def answer(self: object, call: object, n: int) -> int:
        heard.add("runs", n)
        if n < 0:
            raise rpc.RpcFault(FAILURE)
        return n

    async def piped(self: object, call: object, n: int, data: Any) -> int:
        await data.read_all(100)
        return await answer(self, call, n)

    async def source(self: object, call: object, n: int, data: Any) -> None:
        await data.push(b"abc")
        await answer(self, call, n)
        await data.close()

    async def later(self: object, call: Any, n: int) -> int:
        call.detach()
        heard.add("detached")

        async def finish() -> None:
            await asyncio.sleep(0.01)
            await (call.complete(n) if n >= 0 else call.abort(FAILURE))

        heard.task = asyncio.create_task(finish())  # type: ignore[attr-defined]
        return 0

    def ended(self: object, call: rpc.ServerCall, *failed: bool) -> None:
        assert isinstance(call, rpc.ServerCall)
        heard.add("ended", *failed)

    def breaks(self: object, call: rpc.ServerCall) -> None:
        heard.add("ended")
        raise ValueError("a hook of mine")

    methods = dict.fromkeys(("plain", "flagged", "silent", "checked"), answer)
    hooks = {f"{name}_notify": ended for name in ("flagged", "piped", "source")}
    hooks |= {"later_notify": ended, "checked_notify": ended, "plain_notify": breaks}
    rest = {"piped": piped, "source": source, "later": later}
    return type("Noted", (noted.NotedServer,), methods | hooks | rest)()


@asynccontextmanager
async def over_tcp(server: Any, client: Any) -> Any:
    async with (
        serve(server, at="ncacn_ip_tcp:127.0.0.1[0]") as listener,
        connect(client, listener.binding) as connected,
    ):
        yield connected


Opens = Callable[[Any, Any], AbstractAsyncContextManager[Any]]


def heard_of(
    noted: ModuleType, opens: Opens, use: Callable[[Any], Awaitable[object]], count: int
) -> list[tuple[object, ...]]:
    async def call() -> list[tuple[object, ...]]:
        heard = Heard()
        async with opens(server(noted, heard), noted.NotedClient) as client:
            try:
                await use(client)
            except rpc.RpcError:
                heard.add("raised")
            found = await heard.until(count)
            assert await client.silent(3) == 3  # the connection lives on
        return [each for each in found if each != ("raised",)]

    return asyncio.run(call())


BOTH = pytest.mark.parametrize("opens", [rpc.memory_pair, over_tcp])


@BOTH
@pytest.mark.parametrize(("n", "failed"), [(4, False), (-4, True)])
def test_a_notice_comes_behind_the_answer_or_the_fault(
    noted: ModuleType, opens: Opens, n: int, failed: bool
) -> None:
    count = 3 if failed else 2
    found = heard_of(noted, opens, lambda client: client.flagged(n), count)
    assert found == [("runs", n), ("ended", failed)]


@BOTH
@pytest.mark.parametrize(("n", "failed"), [(4, False), (-4, True)])
def test_calls_with_pipes_end_with_a_notice(
    noted: ModuleType, opens: Opens, n: int, failed: bool
) -> None:
    async def push(client: Any) -> None:
        await client.piped(n, noted.Bytes.from_source([b"abc"]))

    async def pull(client: Any) -> None:
        data = noted.Bytes()
        async with client.source(n, data):
            await data.read_all(100)

    count = 3 if failed else 2
    for use in (push, pull):
        assert heard_of(noted, opens, use, count) == [("runs", n), ("ended", failed)]


@BOTH
@pytest.mark.parametrize(("n", "failed"), [(4, False), (-4, True)])
def test_a_detached_call_ends_when_it_is_completed_or_aborted(
    noted: ModuleType, opens: Opens, n: int, failed: bool
) -> None:
    count = 3 if failed else 2
    found = heard_of(noted, opens, lambda client: client.later(n), count)
    assert found == [("detached",), ("ended", failed)]


def test_a_request_that_cannot_be_decoded_is_a_call_that_failed(
    noted: ModuleType,
) -> None:
    loose = midlpy.load_text(IDL.replace(", range(0, 5)", ""), acf=ACF)

    async def call() -> list[tuple[object, ...]]:
        heard = Heard()
        pair = rpc.memory_pair(server(noted, heard), loose.NotedClient)
        async with pair as client:
            with pytest.raises(rpc.RpcFault):
                await client.checked(6)
            return await heard.until(1)

    assert asyncio.run(call()) == [("ended", True)]


@BOTH
def test_a_hook_that_fails_is_logged_and_harms_nobody(
    noted: ModuleType, opens: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    found = heard_of(noted, opens, lambda client: client.plain(1), 2)
    assert found == [("runs", 1), ("ended",)]
    assert "the notice of its end failed" in caplog.text


def test_a_server_may_leave_its_hooks_out(noted: ModuleType) -> None:
    assert not any(
        name.endswith("_notify") for name in noted.NotedServer.__abstractmethods__
    )
    assert noted.NotedServer.plain_notify(None, None) is None
