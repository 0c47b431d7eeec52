"""Programs run in environments of their own, which have what is installed there."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def attempt(
    *words: str | Path, cwd: Path, find_links: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command *words* at its end; pip also finds what lies in *find_links*."""
    # An installation is to be found by itself, not through our own environment.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if find_links is not None:
        found = f"{find_links} {environment.get('PIP_FIND_LINKS', '')}"
        environment["PIP_FIND_LINKS"] = found.strip()
    process = subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=500
    )
    if process.returncode and "onnect" in process.stderr:
        pytest.skip("packages cannot be fetched without a network")
    return process


def run(*words: str | Path, cwd: Path, find_links: Path | None = None) -> str:
    """What the command prints; it must succeed."""
    process = attempt(*words, cwd=cwd, find_links=find_links)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def new_environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
