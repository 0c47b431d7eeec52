"""The samples as their READMEs say: compiled in place, then run as programs.

As a program (``python -m tests.support.samples --lint``) it runs the type checkers and
ruff over every sample together with its generated module.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/server.py"))
TIMEOUT_SECONDS = 60


def build(sample: str, folder: Path) -> Path:
    """A copy of *sample* below *folder*, with its module compiled beside the IDL."""
    target = folder / sample
    shutil.copytree(ROOT / "samples" / sample, target)
    command = [sys.executable, "-m", "midlpy", "compile", f"{sample}.idl", "--werror"]
    subprocess.run(command, cwd=target, check=True, timeout=TIMEOUT_SECONDS)
    return target


@contextmanager
def serving(target: Path, *arguments: str) -> Iterator[str]:
    """The binding of the sample's server, which ends with the block."""
    command = [sys.executable, "-W", "error", "server.py", *arguments]
    with subprocess.Popen(
        command, cwd=target, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            binding = process.stdout.readline().strip()
            assert binding, "the server did not start"
            yield binding
        finally:
            process.terminate()
            process.wait(TIMEOUT_SECONDS)


def client(target: Path, *arguments: str) -> str:
    """What the sample's client prints; a warning or a traceback fails."""
    command = [sys.executable, "-W", "error", "client.py", *arguments]
    done = subprocess.run(
        command, cwd=target, capture_output=True, text=True, timeout=TIMEOUT_SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def lint() -> int:
    """Check every sample with its generated module; the number of failures."""
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        for sample in SAMPLES:
            target = build(sample, Path(name))
            config = str(ROOT / "pyproject.toml")
            # The settings are ours, but pyright reads them only from its own folder.
            (target / "pyrightconfig.json").write_text(
                '{"typeCheckingMode": "strict", "pythonVersion": "3.11"}'
            )
            bin_folder = Path(sys.executable).parent
            for command in (
                [str(bin_folder / "mypy"), "--config-file", config, "."],
                [str(bin_folder / "pyright"), "--pythonpath", sys.executable, "."],
                [str(bin_folder / "black"), "--check", "--quiet", "."],
                [str(bin_folder / "ruff"), "check", "--isolated", "."],
            ):
                done = subprocess.run(
                    command, cwd=target, capture_output=True, text=True
                )
                if done.returncode:
                    failures += 1
                    print(f"{sample}: {Path(command[0]).name}")
                    print(done.stdout, done.stderr, sep="\n")
    print(f"{len(SAMPLES)} samples checked, {failures} failures")
    return failures


if __name__ == "__main__":
    sys.exit(bool(lint()))
