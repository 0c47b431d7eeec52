"""The sets of published IDL files: where each lies, and what its files are read with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark import ParameterSet

from midlpy.driver import Options
from tests.support.corpus import find_in_corpus


@dataclass(frozen=True)
class CorpusSet:
    """One collection of files, below *folder* of a folder of ``MIDLPY_CORPUS``.

    *count* is how many files it has, so that a set that was fetched by halves is
    noticed; *package* the folder that has the version. *is_member* takes paths below *folder*,
    *app_config* lets the IDL say what belongs in an ACF.
    """

    name: str
    folder: str
    count: int
    includes: tuple[str, ...] = ()
    is_member: Callable[[Path], bool] = lambda path: True
    app_config: bool = False

    @cached_property
    def root(self) -> Path | None:
        """Where it lies; None when it was not fetched."""
        return find_in_corpus(self.folder)

    @cached_property
    def version(self) -> str:
        """The version of the package; empty where nobody counts."""
        if self.root is None:
            return ""
        note = self.root / ".version"
        return note.read_text().strip() if note.exists() else ""

    @property
    def label(self) -> str:
        return f"{self.name}-{self.version}" if self.version else self.name

    @cached_property
    def options(self) -> Options:
        """What its files are compiled with.

        Its pipes stand in operations that nothing says to be async.
        """
        assert self.root is not None
        includes = tuple(self.root / each for each in self.includes)
        return Options(
            includes=includes, async_pipes="imply", app_config=self.app_config
        )

    @cached_property
    def files(self) -> tuple[CorpusFile, ...]:
        if self.root is None:
            return ()
        found = (
            CorpusFile(self.name, path.relative_to(self.root).as_posix())
            for path in self.root.rglob("*")
            if path.suffix.lower() == ".idl"
            and self.is_member(path.relative_to(self.root))
        )
        return tuple(sorted(found, key=lambda file: file.name))


@dataclass(frozen=True)
class CorpusFile:
    """One file, by its path below its set's folder."""

    set_name: str
    name: str

    @property
    def set(self) -> CorpusSet:
        return SETS[self.set_name]

    @property
    def path(self) -> Path:
        assert self.set.root is not None
        return self.set.root / self.name

    def __str__(self) -> str:
        return f"{self.set.label}:{self.name}"


def _is_midltest(path: Path) -> bool:
    return path.parts[0] == "testprogs"


def _is_samba(path: Path) -> bool:
    return path.parts[0] in ("librpc", "source3", "source4")


# Its files lie in a folder each, and import one another.
_WIRESHARK: Final = tuple(
    f"epan/dissectors/pidl/{name}".rstrip("/")
    for name in ("", "lsa", "mapi", "misc", "samr", "spoolss", "srvsvc", "winreg")
)

SETS: Final = {
    each.name: each
    for each in (
        CorpusSet("wine", "wine", 532, ("include",), app_config=True),
        CorpusSet("mingw-w64", "mingw-w64", 234, ("mingw-w64-headers/include",)),
        CorpusSet("midltests", "samba", 39, is_member=_is_midltest),
        CorpusSet("samba", "samba", 101, ("librpc/idl",), is_member=_is_samba),
        CorpusSet("wireshark", "wireshark", 24, _WIRESHARK),
        CorpusSet("comtypes", "comtypes", 4),
        CorpusSet("published", "idl", 15),
    )
}


@cache
def all_files() -> tuple[CorpusFile, ...]:
    return tuple(file for each in SETS.values() for file in each.files)


def parameters(
    names: tuple[str, ...] | None = None,
    is_wanted: Callable[[CorpusFile], bool] = lambda file: True,
    marks: tuple[pytest.MarkDecorator, ...] = (),
) -> list[ParameterSet]:
    """The files of the sets called *names*, for ``parametrize``; skipped where absent.

    Each has the *marks*.
    """
    found: list[ParameterSet] = []
    for name in names or tuple(SETS):
        members = SETS[name].files
        if not members:
            skip = pytest.mark.skip(
                f"no folder of MIDLPY_CORPUS has {SETS[name].folder}"
            )
            found.append(pytest.param(None, id=name, marks=skip))
        found += (
            pytest.param(each, id=str(each), marks=marks)
            for each in members
            if is_wanted(each)
        )
    return found
