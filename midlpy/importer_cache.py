"""Compiled text kept beside compiled Python, and whether it still is right."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from midlpy import __version__
from midlpy.driver_output import Output, write_atomically

# The path of a file that was read, its time in nanoseconds and its length in octets.
Stamp: TypeAlias = tuple[str, int, int]


class Cache:
    """The texts of IDL files compiled with the same *choices*.

    Nothing is written where Python is told to write no compiled code either.
    """

    def __init__(self, is_used: bool, choices: str) -> None:
        self._is_used = is_used
        # Another midlpy, or other choices, may make another text.
        made_by = f"{__version__} {choices}"
        self._digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]

    def read(self, path: Path) -> list[Output] | None:
        """What the IDL file at *path* gave, if nothing has changed since."""
        if not self._is_used:
            return None
        try:
            kept = json.loads(self._file(path).read_bytes())
            if kept["stamps"] != _plain(_stamps(kept["read"])):
                return None
            return [Output(*each) for each in kept["outputs"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(
        self, path: Path, outputs: Sequence[Output], read: Iterable[Path]
    ) -> None:
        """Keep *outputs*, made from the files *read*; no harm if it cannot be kept."""
        if not self._is_used or sys.dont_write_bytecode:
            return
        names = [str(each.absolute()) for each in read]
        kept = {
            "read": names,
            "stamps": _stamps(names),
            "outputs": [(each.name, each.source, each.text) for each in outputs],
        }
        file = self._file(path)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, json.dumps(kept))

    def _file(self, path: Path) -> Path:
        folder = Path(importlib.util.cache_from_source(str(path))).parent
        return folder / f"{path.name}.{self._digest}.json"


def _stamps(names: Iterable[str]) -> list[Stamp]:
    """How the files are now, with the ACFs beside them: a new one counts as well.

    Raises:
        OSError: one is gone.
    """
    paths = {Path(name) for name in names}
    for path in tuple(paths):
        if path.suffix.lower() == ".idl":
            wanted = f"{path.stem}.acf".lower()
            paths |= {p for p in path.parent.iterdir() if p.name.lower() == wanted}
    found: list[Stamp] = []
    for path in sorted(paths):
        status = path.stat()
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return found


def _plain(stamps: Iterable[Stamp]) -> list[list[str | int]]:
    """*stamps* as JSON gives them back."""
    return [list(each) for each in stamps]
