"""Whole programs, timed from start to end, each run in an empty folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LAUNCHER: Final = Path(__file__).with_name("launch.py")


class ProgramFailed(Exception):
    """A program did not do its work, so how long it took means nothing."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program and its children took; the peak is that of the largest process."""

    wall: float
    cpu: float
    peak_mib: float
    is_floor: bool = False  # its own peak is lower than what can be measured

    @property
    def peak(self) -> str:
        return f"{'<' if self.is_floor else ''}{self.peak_mib:.0f} MiB"


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that writes *wrote*, a pattern of file names, into the current folder."""

    name: str
    command: tuple[str, ...]
    wrote: str
    environment: Mapping[str, str] | None = None

    def run(self, timeout_seconds: float = 120.0) -> Cost:
        """Run it once.

        Raises:
            ProgramFailed: it ended with another status than 0, took too long, or did
                not write what it is for.
        """
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            return self._run_in(Path(name), timeout_seconds)

    def _run_in(self, folder: Path, timeout_seconds: float) -> Cost:
        launcher = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), *self.command],
            cwd=folder,
            env={**os.environ, **(self.environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            report, refusal = launcher.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            raise self._failed(f"took over {timeout_seconds:g} s") from None
        finally:
            if launcher.returncode is None:
                os.killpg(launcher.pid, signal.SIGKILL)  # the group it began
                launcher.communicate()
        if launcher.returncode:
            raise self._failed(refusal.strip())
        found = json.loads(report)
        if found["status"]:
            raise self._failed(f"status {found['status']}: {_last_words(folder)}")
        if not any(path.stat().st_size for path in folder.glob(self.wrote)):
            raise self._failed(f"wrote no {self.wrote}: {_last_words(folder)}")
        return Cost(
            wall=found["wall"],
            cpu=found["cpu"],
            peak_mib=found["peak_kib"] / 1024,
            is_floor=found["peak_kib"] <= found["floor_kib"],
        )

    def _failed(self, why: str) -> ProgramFailed:
        return ProgramFailed(f"{self.name} failed: {why}")


def _last_words(folder: Path) -> str:
    """The line that tells most of what a program said: an error, else the last."""
    said = [
        line.strip()
        for name in ("stdout", "stderr")
        if (folder / name).exists()
        for line in (folder / name).read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    errors = [line for line in said if "error" in line.lower()]
    return (errors or said or ["without a word"])[-1]


def midlpy(idl: Path, *options: str) -> Contender:
    """The compiler of this checkout, on one file."""
    return Contender(
        "midlpy",
        (sys.executable, "-m", "midlpy", "compile", str(idl), "-o", ".", *options),
        wrote="*.py",
        # Empty means unset: an installed midlpy has its bytecode beside it.
        environment={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""},
    )


def interleaved(
    contenders: Mapping[str, Contender], rounds: int, say: Callable[[str], None]
) -> dict[str, list[Cost]]:
    """The costs of every contender, one a round; who fails is said, and left out.

    A round before the others does not count: it brings files into memory, and compiles
    Python modules.
    """
    costs: dict[str, list[Cost]] = {key: [] for key in contenders}
    for number in range(1 + rounds):
        for key in tuple(costs):
            try:
                cost = contenders[key].run()
            except ProgramFailed as error:
                say(str(error))
                del costs[key]
            else:
                costs[key] += [cost] if number else []
    return costs
