"""Case files: what is expected stands as a comment on its line.

``// error: slug`` and ``// warning: slug``, several separated by commas; in the ACF beside
the file as well. Notes are no part of it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from midlpy.diagnostics import Severity
from midlpy.frontend.loader import load
from midlpy.semantic.options import Options
from midlpy.semantic.resolve import resolve

CASES = Path(__file__).parent / "cases"
EXPECTED = re.compile(r"//\s*((?:error|warning): .*)$")
OPTIONS = re.compile(r"^// options: (.*)$", re.MULTILINE)


def expectations(path: Path) -> set[tuple[str, int, str, str]]:
    """File, line, severity and slug of every expected finding."""
    found: set[tuple[str, int, str, str]] = set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = EXPECTED.search(line)
        for part in match[1].split(",") if match else ():
            severity, _, slug = part.strip().partition(": ")
            found.add((path.name, number, severity, slug))
    return found


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("*.idl")), ids=lambda path: path.stem
)
def test_finds_exactly_what_the_comments_say(path: Path) -> None:
    expected = expectations(path)
    acf = path.with_suffix(".acf")
    if acf.exists():
        expected |= expectations(acf)
    text = OPTIONS.search(path.read_text())
    strict = text is not None and "strict" in text[1]
    implied = text is not None and "imply" in text[1]
    options = Options(strict=strict, async_pipes="imply" if implied else "require")
    loaded = load(path)
    assert loaded.source is not None
    found = [*loaded.diagnostics, *resolve(loaded.source, options).diagnostics]
    assert {
        (Path(d.span.path).name, d.span.line, d.severity.value, d.rule)
        for d in found
        if d.severity is not Severity.NOTE
    } == expected
