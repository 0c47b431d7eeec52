"""Moves files to and from a FileRep server through asynchronous pipes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from midlpy.runtime import connect

from filerep import BytePipe, FileHandle, FileMode, FileRepClient

BLOCK_OCTETS = 256 * 1024
REPORT_SECONDS = 0.1


class Meter:
    """Counts octets, keeps to a rate, and tells how far a transfer is."""

    def __init__(self, rate: float | None, as_json: bool) -> None:
        self.octets = 0
        self._rate = rate
        self._as_json = as_json
        self._started = self._reported = time.monotonic()

    async def moved(self, octets: int) -> None:
        """Take note of *octets* more; waits when they came faster than the rate."""
        self.octets += octets
        now = time.monotonic()
        if self._rate:
            await asyncio.sleep(
                max(0.0, self.octets / self._rate - (now - self._started))
            )
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self.report()

    def report(self) -> None:
        """One line on standard output: octets so far, and seconds."""
        seconds = time.monotonic() - self._started
        if self._as_json:
            print(json.dumps({"octets": self.octets, "seconds": seconds}), flush=True)
        elif sys.stdout.isatty():
            rate = self.octets / 1e6 / max(seconds, 1e-9)
            print(f"\r{self.octets:>15,} octets {rate:8.1f} MB/s", end="", flush=True)


async def open_file(client: FileRepClient, name: str, mode: FileMode) -> FileHandle:
    """A handle of the server's file *name*."""
    file, status = await client.open_file(name, mode)
    if status:
        raise OSError(status, "the server cannot open the file", name)
    return file


async def put(client: FileRepClient, local: Path, name: str, meter: Meter) -> None:
    """Store the file *local* as *name*."""
    file = await open_file(client, name, FileMode.MODE_REPLACE)
    data = BytePipe()
    with local.open("rb") as source:
        async with client.store_file(file, data) as call:
            async with data:  # ends the pipe, unless the body raises
                while block := source.read(BLOCK_OCTETS):
                    await data.push(block)  # waits while the server lags
                    await meter.moved(len(block))
            size, status = await call.result()
    await client.close_file(file)
    if status or size != meter.octets:
        raise OSError(status, f"the server has {size} of {meter.octets} octets", name)


async def get(client: FileRepClient, name: str, local: Path, meter: Meter) -> None:
    """Fetch *name* into the file *local*."""
    file = await open_file(client, name, FileMode.MODE_READ)
    data = BytePipe()
    with local.open("wb") as target:
        async with client.fetch_file(file, 0, data) as call:
            async for chunk in data:  # comes as it arrives, no faster than it is taken
                target.write(chunk)
                await meter.moved(len(chunk))
            status = await call.result()
    await client.close_file(file)
    if status:
        raise OSError(status, "the server cannot read the file", name)


async def names(client: FileRepClient) -> AsyncIterator[tuple[str, int]]:
    """Names and sizes in octets of the server's files."""
    files, _ = await client.list_files()
    for entry in files.entries or []:
        yield entry.name or "", entry.size


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binding", help="as the server prints it")
    parser.add_argument("command", choices=["put", "get", "list"])
    parser.add_argument("file", nargs="?", type=Path, help="the local file")
    parser.add_argument("--name", help="the server's name of the file")
    parser.add_argument(
        "--rate", type=float, metavar="OCTETS", help="a second, at most"
    )
    parser.add_argument("--json", action="store_true", help="progress as JSON lines")
    options = parser.parse_args()
    if options.command != "list" and options.file is None:
        parser.error(f"{options.command} needs a local file")
    async with connect(FileRepClient, options.binding) as client:
        if options.command == "list":
            async for name, size in names(client):
                print(f"{size:>15,} {name}")
            return
        meter = Meter(options.rate, options.json)
        meter.report()
        name = options.name or options.file.name
        if options.command == "put":
            await put(client, options.file, name, meter)
        else:
            await get(client, name, options.file, meter)
        meter.report()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
