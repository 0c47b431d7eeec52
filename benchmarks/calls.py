"""Small calls over TCP: against a bare asyncio.Protocol that echoes 100 octets.

One at a time, and 64 outstanding; rates, and processor time of both processes per call.
Each contender's server and client are processes of their own; rounds are interleaved.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from statistics import median

from benchmarks.processes import (
    Answer,
    answer_lines,
    client,
    cpu_seconds,
    ratio,
    server,
    until_input_ends,
)

OUTSTANDING = 64
MESSAGE = b"x" * 100
KINDS = ("bare", "midlpy")


class EchoServer(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


class EchoClient(asyncio.Protocol):
    """A future for each message of 100 octets."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._octets = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._octets += len(data)
        while self._octets >= len(MESSAGE):
            self._octets -= len(MESSAGE)
            self._waiting.popleft().set_result(None)

    def call(self) -> asyncio.Future[None]:
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(future)
        self._transport.write(MESSAGE)
        return future


async def run_server(kind: str) -> None:
    loop = asyncio.get_running_loop()
    if kind == "bare":
        listening = await loop.create_server(EchoServer, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        await until_input_ends(str(port))
        listening.close()
        return
    from midlpy.runtime import serve
    from tests.support.bulk import Bulk

    async with serve(Bulk(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
        await until_input_ends(listener.binding)


async def run_client(kind: str, where: str) -> None:
    call: Callable[[], Awaitable[object]]
    async with AsyncExitStack() as stack:
        if kind == "bare":
            loop = asyncio.get_running_loop()
            _, protocol = await loop.create_connection(
                EchoClient, "127.0.0.1", int(where)
            )
            call = protocol.call
        else:
            from midlpy.runtime import connect
            from tests.support.bulk import BulkClient

            bulk = await stack.enter_async_context(connect(BulkClient, where))

            def call() -> Awaitable[object]:
                return bulk.add(1, 2)

        async def work(line: str) -> Answer:
            what, seconds = line.split()
            return await measure(call, what, float(seconds))

        await answer_lines(work)


async def measure(
    call: Callable[[], Awaitable[object]], what: str, seconds: float
) -> Answer:
    started, cpu = time.perf_counter(), time.process_time()
    end = started + seconds

    async def repeat() -> int:
        count = 0
        while time.perf_counter() < end:
            for _ in range(10):
                await call()
            count += 10
        return count

    if what == "one":
        count = await repeat()
    else:
        count = sum(await asyncio.gather(*(repeat() for _ in range(OUTSTANDING))))
    return {
        "count": count,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def main() -> None:
    rounds, seconds = 7, 0.5
    rates: dict[tuple[str, str], list[float]] = {}
    cpus: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as stack:
        contenders = {}
        for kind in KINDS:
            where, pid = stack.enter_context(server("calls", kind))
            contenders[kind] = stack.enter_context(client("calls", kind, where)), pid
        for _ in range(rounds):
            for what in ("one", "many"):
                for kind, (ask, pid) in contenders.items():
                    before = cpu_seconds(pid)
                    answer = ask(f"{what} {seconds}")
                    cpu = answer["cpu"] + cpu_seconds(pid) - before
                    key = kind, what
                    rates.setdefault(key, []).append(
                        answer["count"] / answer["seconds"]
                    )
                    cpus.setdefault(key, []).append(cpu / answer["count"] * 1e6)
    for what, title in (
        ("one", "one at a time"),
        ("many", f"{OUTSTANDING} outstanding"),
    ):
        base = "bare", what
        for kind in KINDS:
            key = kind, what
            print(
                f"{title:15} {kind:7} {median(rates[key]):8.0f} calls/s "
                f"x{ratio(rates[key], rates[base]):.2f}   "
                f"{median(cpus[key]):6.1f} us CPU/call "
                f"x{ratio(cpus[key], cpus[base]):.2f}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", nargs="?", choices=("serve", "drive"))
    parser.add_argument("kind", nargs="?", choices=KINDS)
    parser.add_argument("where", nargs="?")
    options = parser.parse_args()
    if options.role == "serve":
        asyncio.run(run_server(options.kind))
    elif options.role == "drive":
        asyncio.run(run_client(options.kind, options.where))
    else:
        sys.exit(main())
