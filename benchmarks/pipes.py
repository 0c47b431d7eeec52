"""A pipe of octets over TCP: against raw asyncio with 64 KiB writes.

For the fragments most peers use (5840 octets) and the largest; into the server and out of
it; and what a slow consumer makes the memory of both processes grow by.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from statistics import median

from benchmarks.processes import (
    Answer,
    answer_lines,
    client,
    ratio,
    server,
    until_input_ends,
)

MEBI = 1 << 20
BLOCK = bytes(range(256)) * 256
FRAGMENTS = (5840, 65_528)
HIGH_WATER = 256 * 1024


def start_peak() -> int:
    """Resident KiB now; ``peak`` counts from here (Linux only)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """The most resident KiB since ``start_peak``."""
    return _status("VmHWM")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise AssertionError(name)


class RawServer(asyncio.Protocol):
    """Takes a line with a number of MiB and sends that many, 64 KiB at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self._left = 0
        self._paused = False

    def data_received(self, data: bytes) -> None:
        self._left = int(data) * MEBI
        self._pump()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._pump()

    def _pump(self) -> None:
        while self._left and not self._paused:
            self._left -= len(BLOCK)
            self._transport.write(BLOCK)


class RawClient(asyncio.Protocol):
    """Counts octets up to a number."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if not self._left:
            self._done.set_result(None)

    def receive(self, mebi: int) -> asyncio.Future[None]:
        self._left = mebi * MEBI
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport.write(b"%d" % mebi)
        return self._done


async def run_server(kind: str) -> None:
    loop = asyncio.get_running_loop()
    if kind == "raw":
        listening = await loop.create_server(RawServer, "127.0.0.1", 0)
        await until_input_ends(str(listening.sockets[0].getsockname()[1]))
        listening.close()
        return
    from midlpy.runtime import rpc, serve
    from tests.support.bulk import Bulk

    class Flow(Bulk):
        async def upload(
            self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
        ) -> int:
            """*name* is the rate in MB a second, 0 for any; gives KiB of growth."""
            before = start_peak()
            started = time.perf_counter()
            async for _ in data:
                if name:
                    ahead = data.count / name / 1e6 - (time.perf_counter() - started)
                    await asyncio.sleep(max(0.0, ahead))
            return peak() - before

        async def download(
            self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
        ) -> int:
            """*name* is in MiB; gives KiB of growth."""
            before = start_peak()
            async with data:
                for _ in range(name * 16):
                    await data.push(BLOCK)
            return peak() - before

    async with serve(Flow(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
        await until_input_ends(listener.binding)


async def run_client(kind: str, where: str) -> None:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        if kind == "raw":
            _, raw = await loop.create_connection(RawClient, "127.0.0.1", int(where))

            async def work(line: str) -> Answer:
                started = time.perf_counter()
                mebi = int(line.split()[1])
                await raw.receive(mebi)
                return {"rate": mebi / (time.perf_counter() - started)}

        else:
            from midlpy.runtime import connect
            from tests.support.bulk import BulkClient

            bulk = await stack.enter_async_context(
                connect(BulkClient, where, max_fragment=int(kind))
            )

            async def work(line: str) -> Answer:
                what, mebi, seconds = line.split()
                move = {"in": into, "out": out_of, "slow in": into}[what]
                return await move(bulk, int(mebi), float(seconds))

        await answer_lines(work)


async def into(bulk: object, mebi: int, seconds: float) -> Answer:
    """Push *mebi* MiB; *seconds* above 0: into a consumer of 10 MB/s, so long."""
    from tests.support.bulk import BulkClient, BytePipe

    assert isinstance(bulk, BulkClient)
    started = time.perf_counter()
    before = start_peak()
    data = BytePipe()
    async with bulk.upload(10 if seconds else 0, data) as call:
        async with data:
            for _ in range(mebi * 16):
                await data.push(BLOCK)
                if seconds and time.perf_counter() - started > seconds:
                    break
        peer = await call.result()
    return {
        "rate": data.count / MEBI / (time.perf_counter() - started),
        "own": (peak() - before) / 1024,
        "peer": peer / 1024,
    }


async def out_of(bulk: object, mebi: int, seconds: float) -> Answer:
    """Pull *mebi* MiB; *seconds* above 0: at 10 MB/s, so long."""
    from tests.support.bulk import BulkClient, BytePipe

    assert isinstance(bulk, BulkClient)
    started = time.perf_counter()
    before = start_peak()
    data = BytePipe()
    async with bulk.download(mebi, data) as call:
        async for _ in data:
            if seconds:
                now = time.perf_counter() - started
                if now > seconds:
                    break
                await asyncio.sleep(max(0.0, data.count / 1e7 - now))
        peer = 0 if seconds else await call.result()
    return {
        "rate": data.count / MEBI / (time.perf_counter() - started),
        "own": (peak() - before) / 1024,
        "peer": peer / 1024,
    }


def main() -> None:
    rounds, mebi = 5, 128
    rates: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as stack:
        raw_where, _ = stack.enter_context(server("pipes", "raw"))
        raw = stack.enter_context(client("pipes", "raw", raw_where))
        where, _ = stack.enter_context(server("pipes", "midlpy"))
        contenders = {
            str(octets): stack.enter_context(client("pipes", str(octets), where))
            for octets in FRAGMENTS
        }
        for kind, ask in contenders.items():
            slow_in = ask("in 1024 5")
            slow_out = ask("out 1024 5")
            print(
                f"{kind:>6} slow consumer, growth in MiB: pushing client "
                f"{slow_in['own']:.1f}, its server {slow_in['peer']:.1f}, "
                f"pulling client {slow_out['own']:.1f}"
            )
        for _ in range(rounds):
            rates.setdefault(("raw", "out"), []).append(raw(f"out {mebi} 0")["rate"])
            for kind, ask in contenders.items():
                for what in ("in", "out"):
                    answer = ask(f"{what} {mebi} 0")
                    rates.setdefault((kind, what), []).append(answer["rate"])
        base = rates["raw", "out"]
        for (kind, what), values in rates.items():
            print(
                f"{kind:>6} {what:3} {median(values):7.0f} MiB/s "
                f"x{ratio(values, base):.2f}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", nargs="?", choices=("serve", "drive"))
    parser.add_argument("kind", nargs="?")
    parser.add_argument("where", nargs="?")
    options = parser.parse_args()
    if options.role == "serve":
        asyncio.run(run_server(options.kind))
    elif options.role == "drive":
        asyncio.run(run_client(options.kind, options.where))
    else:
        sys.exit(main())
