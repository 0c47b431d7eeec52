"""Case files: pieces of IDL with what is said about them as comments on their lines.

A file under ``cases`` is called after the rule it is about, in a folder after the part of
the table that has the rule. It holds cases::

    //--- breaks: P07 T10 an array
    typedef long A4[4]; typedef pipe A4 XP;  // error: pipe-element
    //--- legal: P07 T04 a fixed array inside a struct
    typedef struct { byte b[16]; } E; typedef pipe E XP;

*breaks* has the rule among its findings and no other error; *legal* is a neighbour that
has neither the rule nor an error. Files of the folder ``together`` have several rules each.
Numbers in titles are those of ``test_pipe_numbers``.

Everything said is expected, notes too: ``// error: slug``, ``// warning: slug`` or
``// note: slug`` on the line it points to, several separated by commas. Below the title
``// options: --strict`` gives options of the command line. What follows is the body of an
interface, unless ``//=== a.idl`` begins a file; the first is checked, others lie beside it,
and ``//=== acf`` is the body of the interface in its ACF.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from midlpy.cli import main

CASES: Final = Path(__file__).parent / "cases"
HEADER: Final = (
    "[uuid(12345678-1234-1234-1234-123456789abc), version(1.0), "
    "pointer_default(unique)] interface t {"
)

_TITLE = re.compile(r"^//--- (breaks|legal|together)(?:: (.*))?$", re.MULTILINE)
_OPTIONS = re.compile(r"^// options: (.*)$", re.MULTILINE)
_SECTION = re.compile(r"^//=== (\S+)$", re.MULTILINE)
_EXPECTED = re.compile(r"//\s*((?:error|warning|note): .*)$")

Finding = tuple[str, int, str, str]
"""File, line, severity, slug."""


@dataclass(frozen=True)
class Case:
    """One case: *texts* by file name, the first being the one to check."""

    rule: str
    name: str
    kind: str
    options: tuple[str, ...]
    texts: dict[str, str]
    title: str

    def expected(self) -> set[Finding]:
        """What its comments say."""
        return {
            (name, number, *finding)
            for name, text in self.texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            for finding in _expectations(line)
        }

    def found(self, folder: Path) -> set[Finding]:
        """What checking it in *folder* says."""
        for name, text in self.texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        path = folder / next(iter(self.texts))
        words = ["check", str(path), "--format", "json", *self.options]
        result = CliRunner().invoke(main, words)
        assert result.exit_code in (0, 1), result.output
        findings = [json.loads(line) for line in result.stdout.splitlines()]
        return {
            (Path(each["path"]).name, each["line"], each["severity"], each["rule"])
            for each in findings
        }


def _expectations(line: str) -> list[tuple[str, str]]:
    match = _EXPECTED.search(line)
    parts = match[1].split(",") if match else ()
    pairs = [part.strip().partition(": ") for part in parts]
    return [(severity, slug) for severity, _, slug in pairs]


def cases_in(path: Path) -> list[Case]:
    """The cases of a file, in order."""
    text = path.read_text(encoding="utf-8")
    titles = list(_TITLE.finditer(text))
    assert titles, f"{path}: no case"
    ends = [*(each.start() for each in titles[1:]), len(text)]
    return [
        _case(path, number, title, text[title.end() + 1 : end])
        for number, (title, end) in enumerate(zip(titles, ends, strict=True), 1)
    ]


def _case(path: Path, number: int, title: re.Match[str], body: str) -> Case:
    options = _OPTIONS.match(body)
    words = "-".join(re.findall(r"\w+", title[2] or ""))
    return Case(
        rule=path.stem,
        name=f"{path.stem}-{number}-{title[1]}" + (f"-{words}" if words else ""),
        kind=title[1],
        options=tuple(shlex.split(options[1])) if options else (),
        texts=_texts(body),
        title=f"{title[1]}: {title[2] or ''}",
    )


def _texts(body: str) -> dict[str, str]:
    sections = list(_SECTION.finditer(body))
    first = sections[0].start() if sections else len(body)
    texts: dict[str, str] = {}
    is_whole = bool(sections) and sections[0][1].endswith(".idl")
    if not is_whole:
        texts["t.idl"] = f"{HEADER}\n{body[:first]}}}\n"
    for section, following in zip(sections, [*sections[1:], None], strict=False):
        end = following.start() if following else len(body)
        text = body[section.end() + 1 : end]
        if section[1] == "acf":
            texts["t.acf"] = f"interface t {{\n{text}}}\n"
        else:
            # The end of a file is on a line that can say something.
            texts[section[1]] = text.removesuffix("\n")
    return texts


def all_cases() -> list[Case]:
    """Every case, file by file."""
    return [case for path in sorted(CASES.rglob("*.idl")) for case in cases_in(path)]
