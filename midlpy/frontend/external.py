"""Another preprocessor in the place of ours, as a command that prints its result."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from midlpy.frontend.source import decode

MAX_SECONDS: Final = 60


class CommandError(Exception):
    """The command cannot be run, or has failed; the text says why."""


def run_on_text(command: Sequence[str], text: str, name: str) -> str:
    """What *command* prints for text that is in no file, whose lines it says are *name*'s.

    The text is put into a file for that long. Files beside *name* are not beside that
    one: the command has to know their folder.

    Raises:
        CommandError: as run, or there is no place for the file.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="midlpy-") as folder:
            path = Path(folder, "text.idl")
            path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
            return run(command, str(path)).replace(
                f'"{_escaped(str(path))}"', f'"{_escaped(name)}"'
            )
    except OSError as error:
        raise CommandError(f"the text cannot be put into a file: {error}") from error


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"')


def run(command: Sequence[str], path: str) -> str:
    """What *command* prints when the file at *path* is its last argument.

    No shell takes part in it.

    Raises:
        CommandError: it cannot be run, fails, or takes longer than MAX_SECONDS.
    """
    name = command[0]
    try:
        done = subprocess.run(
            [*command, path], capture_output=True, timeout=MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"the preprocessor '{name}' takes longer than {MAX_SECONDS} seconds"
        raise CommandError(message) from None
    except OSError as error:
        message = f"the preprocessor '{name}' cannot be run: {error.strerror}"
        raise CommandError(message) from error
    if done.returncode != 0:
        lines = decode(done.stderr).strip().splitlines() or ["it does not say why"]
        raise CommandError(
            f"the preprocessor '{name}' ends with {done.returncode}: {lines[0]}"
        )
    return decode(done.stdout)
