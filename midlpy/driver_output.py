"""What compiling gives, and how it is written: only where something changed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from midlpy.diagnostics_error import Severity

if TYPE_CHECKING:
    from midlpy.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Output:
    """One module: its name, the file it is made from, and its text."""

    name: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one input gives: modules, imported ones first, and all there is to say.

    With errors there are no outputs. *read* are the files it was made from.
    """

    outputs: tuple[Output, ...]
    diagnostics: tuple[Diagnostic, ...]
    read: tuple[Path, ...]

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


class ClashError(Exception):
    """Two inputs would be written to one file."""


@dataclass(frozen=True, slots=True)
class Written:
    """*written* are the files that changed, *unchanged* those that already were right.

    Of a check nothing is written: *written* are the files that would have been.
    *read* are the files that all of them are made from.
    """

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]
    read: tuple[Path, ...]


_UNUSED: Final = "converter-unused"


def joined(compiled: Iterable[Compiled]) -> tuple[Diagnostic, ...]:
    """All diagnostics, those about a shared import once."""
    results = list(compiled)
    unused = [
        {d.message for d in each.diagnostics if d.rule == _UNUSED} for each in results
    ]
    # A converter is for all files, so one use is enough.
    idle = set[str]().union(*unused).intersection(*unused)
    found = dict.fromkeys(
        diagnostic
        for each in results
        for diagnostic in each.diagnostics
        if diagnostic.rule != _UNUSED or diagnostic.message in idle
    )
    return tuple(found)


def unambiguous(compiled: Iterable[Compiled]) -> list[Output]:
    """Every module once.

    Raises:
        ClashError: two files would be written to one module.
    """
    outputs: dict[str, Output] = {}
    for output in (output for each in compiled for output in each.outputs):
        other = outputs.setdefault(output.name, output)
        if Path(other.source).resolve() != Path(output.source).resolve():
            raise ClashError(
                f"{other.source} and {output.source} would both be written to "
                f"{output.name}.py; compile them into different folders"
            )
    return list(outputs.values())


def write_changed(
    texts: Mapping[Path, str], is_check: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write the files whose text differs; which did and which did not.

    Of a check only that is told.

    Raises:
        OSError: a file cannot be written.
    """
    changed = tuple(path for path, text in texts.items() if read_text(path) != text)
    if not is_check:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, texts[path])
    return changed, tuple(path for path in texts if path not in changed)


def read_text(path: Path) -> str | None:
    """What the file holds, None when it does not exist or is no text of ours."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_bytes().decode()
    return None


def write_atomically(path: Path, text: str) -> None:
    """Write *text* so that nobody ever sees half of it."""
    with _temporary(path) as name:
        Path(name).write_bytes(text.encode())
        Path(name).replace(path)


@contextlib.contextmanager
def _temporary(path: Path) -> Generator[str]:
    """A file beside *path*, with the rights a new file would have; gone afterwards."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        # Nobody knows the name of the temporary file.
        raise OSError(error.errno, error.strerror, str(path)) from error
    os.close(handle)
    try:
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        yield name
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def dependencies(
    written: Written, target: str | None = None, project: Path | None = None
) -> str:
    """What make and ninja read: outputs, a colon, the files they are made from.

    *target* stands in the place of the outputs; *project* is one of the files.
    """
    outputs = sorted({*written.written, *written.unchanged})
    named = outputs if target is None else [Path(target)]
    sources = written.read if project is None else (*written.read, project)
    targets = " ".join(_make_word(path) for path in named)
    words = " \\\n  ".join(_make_word(path) for path in sources)
    return f"{targets}: {words}\n"


def _make_word(path: Path) -> str:
    drive, colon, rest = path.as_posix().partition(":/")
    if len(drive) != 1:
        drive, colon, rest = "", "", path.as_posix()
    escaped = rest.replace("$", "$$").replace("#", "\\#").replace(":", "\\:")
    text = f"{drive}{colon}{escaped}"
    return text.replace(" ", "\\ ")
