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
from collections.abc import AsyncGenerator
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
from midlpy.resources import resource

MEBI = 1 << 20
SAMPLES = ("calculator", "telemetry", "filerep")
END_SECONDS = 10.0
SLOW_SECONDS = 4


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
        whole = File.make(folder / "original.bin", megabytes * MEBI)
        part = File.make(folder / "lagging.bin", megabytes * MEBI // 8)
        first = File.make(folder / "first.bin", MEBI)
        rate = ("--rate", str(part.octets // SLOW_SECONDS))
        with _progress(console) as progress:
            async with _serving(folder, "served") as server:
                run = Run(folder, server, progress)
                await run.put("first use", first)
                transfers = [
                    await run.put("client to server", whole),
                    await run.get("server to client", whole),
                    await run.get("to a slow client", part, *rate),
                ]
            async with _serving(folder, "slow", *rate) as server:
                run = Run(folder, server, progress)
                await run.put("first use", first)
                transfers.append(await run.put("to a slow server", part))
        _print_results(transfers, console)


def _compile_samples(folder: Path, console: Console) -> None:
    """Every sample into a folder of its own below *folder*, with its scripts."""
    for sample in SAMPLES:
        source = resource("samples", sample)
        target = folder / sample
        shutil.copytree(source, target)
        idl = target / f"{sample}.idl"
        for path in compile_to([idl], target, Options()).written:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            console.print(
                f"compiled samples/{sample}/{idl.name} to {path.name}, {lines} lines"
            )


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        console=console,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file to move; its octets do not repeat, so that a lost block would show."""

    path: Path
    octets: int

    @classmethod
    def make(cls, path: Path, octets: int) -> File:
        """A file of *octets* random octets at *path*."""
        with path.open("wb") as file:
            for _ in range(octets // MEBI):
                file.write(os.urandom(MEBI))
            file.write(os.urandom(octets % MEBI))
        return cls(path, octets)

    def equals(self, other: Path) -> bool:
        """Whether *other* has the same octets."""
        with self.path.open("rb") as ours, other.open("rb") as theirs:
            while block := ours.read(MEBI):
                if block != theirs.read(MEBI):
                    return False
            return not theirs.read(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of the sample, and the folder it serves."""

    process: Process
    binding: str
    folder: Path


@asynccontextmanager
async def _serving(folder: Path, name: str, *options: str) -> AsyncGenerator[Server]:
    """A server process over the folder *name*; it is ended on the way out."""
    served = folder / name
    served.mkdir()
    process = await _start(folder, "server.py", str(served), *options)
    try:
        assert process.stdout is not None
        binding = (await process.stdout.readline()).decode().strip()
        if not binding:
            raise RuntimeError("the demo's server did not start")
        yield Server(process, binding, served)
    finally:
        await _end(process)


async def _start(folder: Path, script: str, *arguments: str) -> Process:
    # In a session of their own they do not see Ctrl-C; we end them in order.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        script,
        *arguments,
        cwd=folder / "filerep",
        stdout=PIPE,
        start_new_session=True,
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


@dataclass(frozen=True, slots=True)
class Run:
    """Moves files to and from one server, by the sample's client."""

    folder: Path
    server: Server
    progress: Progress

    async def put(self, title: str, file: File, *options: str) -> Transfer:
        """Store *file*, and look at what the server has then."""
        arguments = ("put", str(file.path), "--name", file.path.name, *options)
        stored = self.server.folder / file.path.name
        return await self._transfer(title, file, stored, arguments)

    async def get(self, title: str, file: File, *options: str) -> Transfer:
        """Fetch what equals *file*, and look at it."""
        shutil.copyfile(file.path, self.server.folder / file.path.name)
        fetched = self.folder / "fetched.bin"
        arguments = ("get", str(fetched), "--name", file.path.name, *options)
        return await self._transfer(title, file, fetched, arguments)

    async def _transfer(
        self, title: str, file: File, result: Path, arguments: tuple[str, ...]
    ) -> Transfer:
        task = self.progress.add_task(title, total=file.octets)
        server = self.server.process.pid
        _reset_peak(server)
        before = _memory_octets(server, "VmRSS")
        client = await _start(
            self.folder, "client.py", self.server.binding, *arguments, "--json"
        )
        try:
            reports = await _follow(client, self.progress, task)
        finally:
            await _end(client)
        if client.returncode or not reports:
            raise RuntimeError(f"{title}: the demo's client failed")
        peak = _memory_octets(server, "VmHWM")
        if not file.equals(result):
            raise RuntimeError(f"{title}: what arrived is not what was sent")
        first, last = reports[0], reports[-1]
        return Transfer(
            title,
            octets=last.octets,
            seconds=last.seconds,
            client_growth=_growth(first.peak_octets, last.peak_octets),
            server_growth=_growth(before, peak),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """How far the client is, and the most memory it has needed so far."""

    octets: int
    seconds: float
    peak_octets: int | None


async def _follow(client: Process, progress: Progress, task: TaskID) -> list[Report]:
    """What the client tells on its standard output, shown as it comes."""
    assert client.stdout is not None
    reports: list[Report] = []
    async for line in client.stdout:
        told = json.loads(line)
        # Not ru_maxrss: a process inherits the peak of the one that started it.
        peak = _memory_octets(client.pid, "VmHWM")
        if peak is None and reports:
            peak = reports[-1].peak_octets  # the process has ended meanwhile
        reports.append(Report(told["octets"], told["seconds"], peak))
        progress.update(task, completed=told["octets"])
    await client.wait()
    return reports


def _growth(before: int | None, peak: int | None) -> int | None:
    return None if before is None or peak is None else peak - before


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
