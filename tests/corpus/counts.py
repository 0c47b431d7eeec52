"""What of each set compiles, in numbers: counted, stored beside, and as README's table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

STORED: Final = Path(__file__).with_name("counts.toml")
README: Final = Path(__file__).parent.parent.parent / "README.md"
HEADING: Final = "## Everybody's IDL\n"

COLUMNS: Final = {
    "set": "label",
    "files": "files",
    "compile": "clean",
    "listed with a reason": "listed",
    "RPC interfaces": "interfaces",
    "operations": "operations",
    "refused, for reasons": "refusals",
    "taken by widl": "widl",
    "by pidl": "pidl",
}


@dataclass(frozen=True)
class Counts:
    """One line of the table; of *files* those count that have no errors.

    *refused* operations have *reasons* between them; *widl* and *pidl* are files that
    these take.
    """

    name: str
    version: str
    files: int
    clean: int
    listed: int
    interfaces: int
    operations: int
    refused: int
    reasons: int
    widl: int
    pidl: int

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}".strip()

    @property
    def refusals(self) -> str:
        return f"{self.refused:,}, {self.reasons}" if self.refused else "0"


def table(found: Iterable[Counts]) -> str:
    """*found* as Markdown."""
    rows = [list(COLUMNS), ["---", *["---:"] * (len(COLUMNS) - 1)]]
    for each in found:
        cells = [getattr(each, name) for name in COLUMNS.values()]
        rows.append([f"{cell:,}" if isinstance(cell, int) else cell for cell in cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def stored() -> list[Counts]:
    """What was counted last."""
    sets = tomllib.loads(STORED.read_text())
    return [Counts(name=name, **values) for name, values in sets.items()]


def store(found: Iterable[Counts]) -> None:
    """Keep *found*, and put it into the README."""
    counts = list(found)
    text = "# Written by: python -m tests.corpus.report --write\n"
    for each in counts:
        values = asdict(each)
        text += f"\n[{values.pop('name')}]\n"
        for key, value in values.items():
            text += f"{key} = {json.dumps(value)}\n"
    STORED.write_text(text)
    README.write_text(readme_with(README.read_text("utf-8"), table(counts)), "utf-8")


def readme_with(readme: str, wanted: str) -> str:
    """*readme* with *wanted* in place of the table of its section."""
    before, heading, after = readme.partition(HEADING)
    start = after.index("\n| set |") + 1
    end = after.index("\n\n", start) + 1
    return before + heading + after[:start] + wanted + after[end:]
