"""Benchmarks run client and server in processes of their own, and this starts them.

A server prints its binding and runs until its standard input ends. A client answers each
line on its standard input with one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

Answer = dict[str, float]


@contextmanager
def server(module: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """A server's binding and process id; it ends with the block."""
    with _start(module, "serve", *arguments) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.stdin.close()
            process.wait(10)


@contextmanager
def client(module: str, *arguments: str) -> Iterator[Callable[[str], Answer]]:
    """What sends a line to a client, and gives its answer."""
    with _start(module, "drive", *arguments) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(line: str) -> Answer:
            stdin.write(line + "\n")
            stdin.flush()
            answer: Answer = json.loads(stdout.readline())
            return answer

        try:
            yield ask
        finally:
            stdin.close()
            process.wait(10)


def _start(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def cpu_seconds(pid: int) -> float:
    """Processor time of another process so far (Linux only)."""
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def until_input_ends(binding: str) -> None:
    """Say where we are, and wait."""
    print(binding, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def answer_lines(work: Callable[[str], Awaitable[Answer]]) -> None:
    """Answer every line of standard input."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await work(line.strip())), flush=True)


def ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """The median of the ratios of interleaved rounds."""
    return median(value / other for value, other in zip(values, base, strict=True))


def verdict(value: float, must: float, aim: float) -> str:
    """How *value* stands to its targets; where *aim* is the lower, less is better."""
    sign = 1 if aim >= must else -1
    reached = [
        name
        for name, target in (("must", must), ("aim", aim))
        if sign * value >= sign * target
    ]
    return f"{reached[-1]} met" if reached else "MISSED"
