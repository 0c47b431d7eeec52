"""From the text of a file to its syntax tree, done once per process for the same input.

Files are imported by many others, so what reading one gave is kept. It is found again by
everything that it depends on, which makes it the same whatever was read before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, TypeAlias

from midlpy.diagnostics import Diagnostic
from midlpy.frontend import ast
from midlpy.frontend.parse import parse
from midlpy.frontend.search import Search
from midlpy.frontend.source import Original, SourceFile

Read: TypeAlias = tuple[ast.Unit, tuple[Diagnostic, ...]]

# Of preprocessed text; a syntax tree takes some fifty times as much memory.
MAX_KEPT_CHARACTERS: Final = 8 * 1024 * 1024


def read_unit(
    key: Hashable,
    preprocessed: Callable[[], tuple[SourceFile, list[Diagnostic]]],
    search: Search,
) -> tuple[ast.Unit, list[Diagnostic]]:
    """The syntax tree of a file, and what preprocessing and parsing say about it.

    *key* is all that the file depends on, but for the files that are looked for with
    *search* while it is *preprocessed*; None when there is more.
    """
    known = None if key is None else _kept.get(key)
    if known is not None:
        return known[0], list(known[1])
    asked = search.asked
    source, said = preprocessed()
    unit, findings = _parsed(source)
    result = (unit, (*said, *findings))
    if key is not None and search.asked == asked:
        _kept.put(key, result, len(source.text))
    return unit, list(result[1])


def forget() -> None:
    """Let go of all that is kept."""
    _kept.clear()


def _parsed(source: SourceFile) -> Read:
    key = _identity(source)
    known = _kept.get(key)
    if known is None:
        unit, findings = parse(source)
        known = (unit, tuple(findings))
        _kept.put(key, known, len(source.text))
    return known


def _identity(source: SourceFile) -> Hashable:
    """All that a syntax tree depends on: the text, and where its parts come from."""
    numbers: dict[int, int] = {}
    originals: list[tuple[str, str, int]] = []

    def number(original: Original) -> int:
        if id(original) not in numbers:
            numbers[id(original)] = len(originals)
            originals.append((original.path, original.text, original.line_delta))
        return numbers[id(original)]

    segments = [
        (each.start, number(each.original), each.offset, each.use_end)
        for each in source.segments
    ]
    number(source.original)
    return (
        source.path,
        source.text,
        tuple(segments),
        tuple(originals),
        source.pragmas,
        source.is_complete,
    )


class _Kept:
    """Results by their keys; those that were not asked for the longest go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._results: OrderedDict[Hashable, tuple[Read, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Read | None:
        with self._lock:
            found = self._results.get(key)
            if found is None:
                return None
            self._results.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, result: Read, size: int) -> None:
        with self._lock:
            if key in self._results or size > self._limit:
                return
            self._results[key] = (result, size)
            self._size += size
            while self._size > self._limit:
                _, (_, gone) = self._results.popitem(last=False)
                self._size -= gone

    def clear(self) -> None:
        with self._lock:
            self._results.clear()
            self._size = 0


_kept: Final = _Kept(MAX_KEPT_CHARACTERS)
