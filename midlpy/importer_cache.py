"""Compiled text kept beside compiled Python, and whether it still is right."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from midlpy import __version__
from midlpy.driver_output import Output, write_atomically

# What an IDL file may be made from.
_SOURCES: Final = (".idl", ".acf", ".h")


class Cache:
    """The texts of IDL files compiled with the same *choices*.

    Nothing is written where Python is told to write no compiled code either.
    """

    def __init__(self, is_used: bool, includes: Iterable[Path], choices: str) -> None:
        self._is_used = is_used
        self._includes = tuple(includes)
        # Another midlpy, or other choices, may make another text.
        made_by = f"{__version__} {choices}"
        self._digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]

    def read(self, path: Path) -> list[Output] | None:
        """What the IDL file at *path* gave, if nothing has changed since."""
        if not self._is_used:
            return None
        try:
            kept = json.loads(self._file(path).read_bytes())
            if kept["stamps"] != self._stamps(kept["read"]):
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
            "stamps": self._stamps(names),
            "outputs": [(each.name, each.source, each.text) for each in outputs],
        }
        file = self._file(path)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, json.dumps(kept))

    def _file(self, path: Path) -> Path:
        folder = Path(importlib.util.cache_from_source(str(path))).parent
        return folder / f"{path.name}.{self._digest}.json"

    def _stamps(self, names: Iterable[str]) -> list[list[object]]:
        """How the files are now, and which others lie where they were looked for.

        A new ACF counts, and a new file that an import would find first.

        Raises:
            OSError: one is gone.
        """
        paths = sorted({Path(name) for name in names})
        found: list[list[object]] = []
        for path in paths:
            status = path.stat()
            found.append([str(path), status.st_mtime_ns, status.st_size])
        for folder in sorted({*(path.parent for path in paths), *self._includes}):
            beside = (each.name for each in folder.iterdir())
            sources = sorted(n for n in beside if n.lower().endswith(_SOURCES))
            found.append([str(folder), *sources])
        return found
