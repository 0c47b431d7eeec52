"""Where widl and the compiler differ on whether a file is right, and why."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.corpus.sets import CorpusFile

ACCEPTANCE = Path(__file__).with_name("acceptance.toml")


@dataclass(frozen=True)
class Difference:
    """One group of the list: *refused_by* is widl or midlpy, *says* what widl says."""

    name: str
    refused_by: str
    says: re.Pattern[str]
    reason: str


@cache
def differences() -> dict[tuple[str, str], Difference]:
    """Every entry of the list, by set and file.

    A table ``[set.group]`` has ``refused_by``, ``reason``, the ``files``, and where widl
    refuses them a pattern ``says`` for its error.
    """
    found: dict[tuple[str, str], Difference] = {}
    for set_name, groups in tomllib.loads(ACCEPTANCE.read_text()).items():
        for name, group in groups.items():
            assert group["refused_by"] in ("widl", "midlpy"), name
            assert ("says" in group) == (group["refused_by"] == "widl"), name
            difference = Difference(
                f"{set_name}.{name}",
                group["refused_by"],
                re.compile(group.get("says", "")),
                group["reason"],
            )
            for file in group["files"]:
                assert (set_name, file) not in found, f"{file} is listed twice"
                found[set_name, file] = difference
    return found


def judged(file: CorpusFile, theirs: str, *, is_refused: bool) -> str:
    """What is wrong with the list about *file*; empty when it is as listed.

    *theirs* is widl's error, empty when it takes the file; *is_refused* that we do not.
    """
    entry = differences().get((file.set_name, file.name))
    if bool(theirs) == is_refused:
        return f"no longer differs, as {entry.name} says" if entry else ""
    refused_by = "widl" if theirs else "midlpy"
    if entry is None:
        return f"not listed: only {refused_by} refuses it: {theirs}"
    if entry.refused_by != refused_by:
        return f"{entry.name} says otherwise: only {refused_by} refuses it: {theirs}"
    if entry.says.search(theirs) is None:
        return f"widl says something else than in {entry.name}: {theirs}"
    return ""
