"""A pipe of 1 GiB each way: how much the memory of both processes grows.

The server is a process of its own. Growth is the highest resident set while the pipe
runs, less the one just before, as the operating system counts both (Linux only).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import midlpy
from midlpy.runtime import connect, rpc, serve

MEBI = 1 << 20
LIMIT_MIB = 4.0
IDL = """
[uuid(0b9d5c6a-7e21-4c43-9f0e-6a1b2c3d4e5f), version(1.0)]
interface Flow
{
    typedef pipe byte BYTE_PIPE;
    unsigned hyper Take([in] handle_t h, [in] double rate, [in] BYTE_PIPE *data);
    void Give([in] handle_t h, [in] unsigned hyper octets, [out] BYTE_PIPE *data);
}
"""
ACF = "interface Flow { [async] Take(); [async] Give(); }"


def flow() -> ModuleType:
    return midlpy.load_text(IDL, filename="flow.idl", acf=ACF)


async def run_server() -> None:
    module = flow()
    block = bytes(range(256)) * 1024

    class Flow(module.FlowServer):
        async def take(
            self, call: rpc.ServerCall, rate: float, data: rpc.Receiver[bytes]
        ) -> int:
            started = time.monotonic()
            async for _ in data:
                if rate:
                    ahead = data.count / rate - (time.monotonic() - started)
                    if ahead > 0:
                        await asyncio.sleep(ahead)
            return data.count

        async def give(
            self, call: rpc.ServerCall, octets: int, data: rpc.Sender[bytes]
        ) -> None:
            async with data:
                for _ in range(octets // len(block)):
                    await data.push(block)

    async with serve(Flow(), at="ncacn_ip_tcp:127.0.0.1[0]") as listener:
        print(listener.binding, flush=True)
        await listener.serve_forever()


class Peaks:
    """The growth of some processes' resident sets since it was made."""

    def __init__(self, *pids: int) -> None:
        self._before = {pid: self._figure(pid, "VmRSS") for pid in pids}
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def growth_mib(self) -> list[float]:
        return [
            (self._figure(pid, "VmHWM") - before) / 1024
            for pid, before in self._before.items()
        ]

    @staticmethod
    def _figure(pid: int, name: str) -> int:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise LookupError(name)


async def measure(binding: str, server: int, octets: int, slow_seconds: float) -> None:
    module = flow()
    block = bytes(MEBI // 4)
    async with connect(module.FlowClient, binding) as client:

        async def upload(total: int, rate: float) -> None:
            data = module.BytePipe()
            async with client.take(rate, data) as call:
                async with data:
                    for _ in range(total // len(block)):
                        await data.push(block)
                assert await call.result() == total

        async def download(total: int, rate: float) -> None:
            data = module.BytePipe()
            started = time.monotonic()
            async with client.give(total, data) as call:
                async for _ in data:
                    if rate:
                        ahead = data.count / rate - (time.monotonic() - started)
                        if ahead > 0:
                            await asyncio.sleep(ahead)
                await call.result()
            assert data.count == total

        await upload(8 * MEBI, 0)  # both sides have compiled what they need
        await download(8 * MEBI, 0)
        slow = octets // 16
        rate = slow / slow_seconds
        for title, move, total, limit in (
            ("client to server", upload, octets, 0.0),
            ("server to client", download, octets, 0.0),
            ("to a slow server", upload, slow, rate),
            ("to a slow client", download, slow, rate),
        ):
            peaks = Peaks(os.getpid(), server)
            started = time.monotonic()
            await move(total, limit)
            seconds = time.monotonic() - started
            ours, theirs = peaks.growth_mib()
            verdict = "met" if max(ours, theirs) < LIMIT_MIB else "MISSED"
            print(
                f"{title:18} {total / MEBI:6.0f} MiB {total / 1e6 / seconds:7.0f} MB/s"
                f"   client grew {ours:5.2f} MiB, server {theirs:5.2f} MiB"
                f"   below {LIMIT_MIB:.0f} MiB: {verdict}",
                flush=True,
            )


def main(mebioctets: int = 1024, slow_seconds: float = 5.0) -> None:
    command = [sys.executable, "-m", "benchmarks.memory", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            binding = process.stdout.readline().strip()
            asyncio.run(measure(binding, process.pid, mebioctets * MEBI, slow_seconds))
        finally:
            process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--mebioctets", type=int, default=1024)
    if parser.parse_args().serve:
        asyncio.run(run_server())
    else:
        main(parser.parse_args().mebioctets)
