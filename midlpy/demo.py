"""``midlpy demo``: compiles the samples, serves files, streams through async pipes.

Server and client are processes of their own, so that the memory each needs is what the
operating system says of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from midlpy.driver import Options, compile_to
from midlpy.resources import samples_folder

MEBI = 1 << 20
SAMPLES = ("calculator", "telemetry", "filerep")
END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file moved: octets, seconds, and how much memory grew, in octets."""

    title: str
    octets: int
    seconds: float
    client_growth: int | None
    server_growth: int | None


def main(megabytes: int, console: Console | None = None) -> None:
    """Compile, serve, and stream *megabytes* MiB each way, fast and slowly."""
    console = console or Console()
    try:
        asyncio.run(_main(megabytes, console))
    except KeyboardInterrupt:
        console.print("\nstopped; server and client have ended")


async def _main(megabytes: int, console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix="midlpy-demo-") as name:
        folder = Path(name)
        _compile_samples(folder, console)
        octets = megabytes * MEBI
        slow = octets // 8
        original = folder / "original.bin"
        _write_file(original, octets)
        lagging = folder / "lagging.bin"
        _write_file(lagging, slow)
        rate = str(slow // 4)  # about four seconds
        transfers: list[Transfer] = []
        with _progress(console) as progress:
            async with _server(folder, "served") as server:
                for verb, title in (
                    ("put", "client to server"),
                    ("get", "server to client"),
                ):
                    transfers.append(
                        await _move(folder, server, verb, original, title, progress)
                    )
            async with _server(folder, "slow", "--rate", rate) as server:
                title = "to a slow server"
                transfers.append(
                    await _move(folder, server, "put", lagging, title, progress)
                )
            async with _server(folder, "slow") as server:
                title = "to a slow client"
                transfers.append(
                    await _move(
                        folder, server, "get", lagging, title, progress, "--rate", rate
                    )
                )
        _print_results(transfers, console)


def _compile_samples(folder: Path, console: Console) -> None:
    """Every sample into a folder of its own below *folder*, with its scripts."""
    for sample in SAMPLES:
        source = samples_folder() / sample
        target = folder / sample
        shutil.copytree(source, target)
        idl = target / f"{sample}.idl"
        for path in compile_to([idl], target, Options()).written:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            console.print(
                f"compiled samples/{sample}/{idl.name} to {path.name}, {lines} lines"
            )


def _write_file(path: Path, octets: int) -> None:
    """A file whose octets do not repeat, so that a lost block would show."""
    with path.open("wb") as file:
        for _ in range(octets // MEBI):
            file.write(os.urandom(MEBI))
        file.write(os.urandom(octets % MEBI))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        console=console,
    )


@dataclass(slots=True)
class _Server:
    process: Process
    binding: str
    folder: Path


@asynccontextmanager
async def _server(folder: Path, name: str, *options: str) -> AsyncIterator[_Server]:
    """A server process over the folder *name*; it is ended on the way out."""
    served = folder / name
    served.mkdir(exist_ok=True)
    process = await _start(folder, "server.py", str(served), *options)
    try:
        assert process.stdout is not None
        binding = (await process.stdout.readline()).decode().strip()
        if not binding:
            raise RuntimeError("the demo's server did not start")
        yield _Server(process, binding, served)
    finally:
        await _end(process)


async def _start(folder: Path, script: str, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, script, *arguments, cwd=folder / "filerep", stdout=PIPE
    )


async def _end(process: Process) -> None:
    """Ask the process to end; insist when it does not."""
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _move(
    folder: Path,
    server: _Server,
    verb: str,
    file: Path,
    title: str,
    progress: Progress,
    *options: str,
) -> Transfer:
    """One run of the sample's client, shown while it goes, and checked afterwards."""
    size = file.stat().st_size
    task = progress.add_task(title, total=size)
    stored = server.folder / file.name
    if verb == "get" and not stored.exists():
        shutil.copyfile(file, stored)
    local = file if verb == "put" else folder / f"fetched-{file.name}"
    _reset_peak(server.process.pid)
    before = _memory_octets(server.process.pid, "VmRSS")
    client = await _start(
        folder, "client.py", server.binding, verb, str(local),
        "--name", file.name, "--json", *options,
    )  # fmt: skip
    try:
        reports = await _follow(client, progress, task)
    finally:
        await _end(client)
    if client.returncode or not reports:
        raise RuntimeError(f"the demo's client failed: {title}")
    first, last = reports[0], reports[-1]
    peak = _memory_octets(server.process.pid, "VmHWM")
    if not _same(file, stored if verb == "put" else local):
        raise RuntimeError(f"{title}: what arrived is not what was sent")
    return Transfer(
        title,
        octets=last.octets,
        seconds=last.seconds,
        client_growth=_growth(first.peak_octets, last.peak_octets),
        server_growth=_growth(before, peak),
    )


@dataclass(frozen=True, slots=True)
class _Report:
    """How far the client is, and the most memory it has needed so far."""

    octets: int
    seconds: float
    peak_octets: int | None


async def _follow(client: Process, progress: Progress, task: TaskID) -> list[_Report]:
    """What the client tells on its standard output, shown as it comes."""
    assert client.stdout is not None
    reports: list[_Report] = []
    async for line in client.stdout:
        told = json.loads(line)
        # Not ru_maxrss: a process inherits the peak of the one that started it.
        peak = _memory_octets(client.pid, "VmHWM")
        if peak is None and reports:
            peak = reports[-1].peak_octets  # the process has ended meanwhile
        reports.append(_Report(told["octets"], told["seconds"], peak))
        progress.update(task, completed=told["octets"])
    await client.wait()
    return reports


def _growth(before: int | None, peak: int | None) -> int | None:
    return None if before is None or peak is None else peak - before


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(MEBI):
            if block != second.read(MEBI):
                return False
        return not second.read(1)


def _reset_peak(pid: int) -> None:
    """Let the peak of a process begin anew, where the system can."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return


def _memory_octets(pid: int, what: str) -> int | None:
    """A figure of a process as the system keeps it; None where there is none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    return None


def _print_results(transfers: list[Transfer], console: Console) -> None:
    table = Table(title="Streamed through asynchronous pipes, compared octet by octet")
    for column in ("", "MiB", "MB/s", "client grew by", "server grew by"):
        table.add_column(column, justify="left" if not column else "right")
    for transfer in transfers:
        table.add_row(
            transfer.title,
            f"{transfer.octets / MEBI:.0f}",
            f"{transfer.octets / 1e6 / max(transfer.seconds, 1e-9):.0f}",
            _mebioctets(transfer.client_growth),
            _mebioctets(transfer.server_growth),
        )
    console.print(table)


def _mebioctets(octets: int | None) -> str:
    return "not known" if octets is None else f"{octets / MEBI:.2f} MiB"
