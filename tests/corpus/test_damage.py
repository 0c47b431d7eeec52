"""Damaged published files give diagnostics with a place, or a module; never a traceback."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Final

import pytest

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.driver import stages_of
from midlpy.frontend.loader import load_text
from midlpy.frontend.source import decode
from tests.corpus.sets import CorpusFile, all_files

SECONDS: Final = 10
# Larger files say the same things more often.
MAX_OCTETS: Final = 12_000
# Short files that include a million tokens.
LONG: Final = ("mshtml_tlb.idl", "dhtmled_tlb.idl")
# One mistake may break what is around it, and no more: a name that is gone is missed
# wherever it is used, a macro by every condition that asks for it.
MAX_ERRORS: Final = 80

CASES: Final = 10_000
PARTS: Final = 40
FEW: Final = 8

_IMPORT: Final = re.compile(r"^[ \t]*import\b[^;]*;[^\n]*\n", re.MULTILINE)
# Says that the next line is another one, so places are no longer those of the text.
_MARKER: Final = re.compile(r"^[ \t]*#[ \t]*(line\b|[0-9])", re.MULTILINE)
_PIECE: Final = re.compile(r'\w+|"[^"\n]*"|\s+|[^\w\s]')


@cache
def texts() -> list[tuple[CorpusFile, str]]:
    """Every file of a handy size, as text, without its imports.

    They would be resolved again for each case, which takes most of the time.
    """
    found = [
        (file, _IMPORT.sub("\n", decode(file.path.read_bytes())))
        for file in all_files()
        if file.path.stat().st_size <= MAX_OCTETS and file.path.name not in LONG
    ]
    if not found:
        pytest.skip("MIDLPY_CORPUS does not name a folder of published IDL files")
    return found


@contextmanager
def time_limit() -> Iterator[None]:
    """An error in whatever runs too long, where it stands; others' work does not count."""

    def expire(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, expire)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def damaged(text: str, generator: random.Random) -> str:
    """*text* with one mistake in it: cut off, or one piece gone, doubled or swapped."""
    kind = generator.choice(("cut", "gone", "double", "swap", "swap"))
    if kind == "cut":
        return text[: generator.randrange(len(text) + 1)]
    pieces = _PIECE.findall(text)
    places = [number for number, piece in enumerate(pieces) if not piece.isspace()]
    if not places:
        return text
    place = generator.choice(places)
    if kind == "gone":
        pieces[place] = ""
    elif kind == "double":
        pieces[place] += " " + pieces[place]
    else:
        other = generator.choice(places)
        pieces[place], pieces[other] = pieces[other], pieces[place]
    return "".join(pieces)


def errors_of(file: CorpusFile, text: str) -> list[Diagnostic]:
    """What is wrong with *text* in the place of *file*; every place must exist."""
    options = file.set.options
    with time_limit():
        loaded = load_text(text, filename=str(file.path), options=options.loading)
        found = stages_of(loaded, options)
    lines = text.replace("\r\n", "\n").split("\n")
    for finding in found.diagnostics:
        span = finding.span
        assert finding.message
        assert span.line >= 1
        assert span.column >= 1
        if span.path == str(file.path) and not _MARKER.search(text):
            assert span.line <= len(lines)
            assert span.end_line <= len(lines)
            assert span.column <= len(lines[span.line - 1]) + 2
    errors = [each for each in found.diagnostics if each.severity is Severity.ERROR]
    assert errors or found.plans
    return errors


@cache
def _own_errors(file: CorpusFile, text: str) -> int:
    return len(errors_of(file, text))


def check_part(part: int, cases: int) -> None:
    """*cases* damaged files; the same ones whenever *part* is the same."""
    generator = random.Random(part)
    for number in range(cases):
        file, text = generator.choice(texts())
        case = damaged(text, generator)
        try:
            errors = len(errors_of(file, case))
        except Exception as error:
            error.add_note(f"case {number} of part {part}: {file}")
            raise
        own = _own_errors(file, text) if errors > MAX_ERRORS else 0
        assert errors <= own + MAX_ERRORS, f"case {number} of part {part}: {file}"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_few_damaged_files(part: int) -> None:
    check_part(part, FEW)


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_damaged_files(part: int) -> None:
    check_part(part + PARTS, CASES // PARTS)
