"""Finds and reads the files that IDL text names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from midlpy.frontend import stand_ins
from midlpy.frontend.silences import Silence, silences
from midlpy.frontend.source import decode

# Nobody writes IDL of this size, but anybody may name such a file.
MAX_FILE_OCTETS = 8 * 1024 * 1024


class Found(Struct, frozen=True):
    """A file that was named; *is_other_case* when its name is spelled in another case.

    With *is_stand_in* it is one of ours, in the place of a Windows file.
    """

    path: Path
    is_other_case: bool = False
    is_stand_in: bool = False


class Search:
    """Looks in the folder of the file that names another, here, and along a list.

    Without *defaults* it looks along the list only. Windows files that are nowhere have
    stand-ins. *files* holds every file that was read, in that order, stand-ins left out;
    *silences* are those that their comments ask for; *asked* counts what was looked for.
    """

    def __init__(self, folders: Iterable[Path], *, defaults: bool = True) -> None:
        self._folders = tuple(folders)
        self._has_defaults = defaults
        self._listings: dict[Path, dict[str, str]] = {}
        self.files: list[Path] = []
        self.silences: list[Silence] = []
        self.asked = 0

    def find(self, name: str, beside: Path | None) -> Found | None:
        """The file called *name*, exactly or else in another case."""
        self.asked += 1
        name = name.replace("\\", "/")
        base = name.rpartition("/")[2]
        if stand_ins.is_always(base):
            return _stand_in(base)
        usual = [*([beside] if beside else []), Path()] if self._has_defaults else []
        folders = [*usual, *self._folders]
        for folder in folders:
            path = folder / name
            if _is_file(path):
                return Found(path)
        for folder in folders:
            if other := self.other_case(folder / name):
                return Found(other, is_other_case=True)
        return _stand_in(base)

    def other_case(self, path: Path) -> Path | None:
        """The file at *path*, or one whose name differs only in case."""
        if _is_file(path):
            return path
        names = self._listings.get(path.parent)
        if names is None:
            try:
                names = {
                    entry.name.lower(): entry.name
                    for entry in sorted(path.parent.iterdir(), reverse=True)
                }
            except (OSError, ValueError):
                names = {}
            self._listings[path.parent] = names
        actual = names.get(path.name.lower())
        if actual is None:
            return None
        found = path.parent / actual
        return found if _is_file(found) else None

    def read_found(self, found: Found) -> str:
        """The text of what was found.

        Raises:
            OSError: see ``read``.
        """
        if found.is_stand_in:
            return decode(found.path.read_bytes())
        return self.read(found.path)

    def read(self, path: Path) -> str:
        """The text of a file.

        Raises:
            OSError: it cannot be read, or is too large; the text says why.
        """
        try:
            with path.open("rb") as file:
                octets = file.read(MAX_FILE_OCTETS + 1)
        except ValueError as error:
            # A name that no file can have, with a null character in it.
            raise OSError(None, str(error)) from None
        if len(octets) > MAX_FILE_OCTETS:
            raise OSError(None, f"larger than {MAX_FILE_OCTETS // 1024 // 1024} MiB")
        self.files.append(path)
        text = decode(octets)
        self.silences += silences(str(path), text)
        return text


def _stand_in(base: str) -> Found | None:
    path = stand_ins.path_of(base)
    return None if path is None else Found(path, is_stand_in=True)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
