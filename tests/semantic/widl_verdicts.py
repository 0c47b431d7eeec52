"""What widl says about cases, and where the compiler and it differ with reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.corpus.oracles import ask_widl
from tests.semantic.case_files import Case, all_cases
from tests.support.corpus import find_in_corpus

DIFFERENCES = Path(__file__).with_name("widl.toml")

# Where names that are known here without an import come from.
_IMPORT = 'import "oaidl.idl";\n'
_IMPORTED = re.compile(
    r"\b(IUnknown|IDispatch|HRESULT|GUID|DWORD|U?LONG(_PTR)?|LARGE_INTEGER|SAFEARRAY)\b"
)

# What widl has nothing to do with: pipes, which it does not know, and Samba's dialect.
_ELSEWHERE = re.compile(r"\bpipe\b|\b(?:uint16|uint32|bitmap)\b")


@dataclass(frozen=True)
class Difference:
    """One group of the list; *cases* are titles, None for all that break the rule."""

    name: str
    rule: str
    refused_by: str
    reason: str
    says: re.Pattern[str]
    cases: tuple[str, ...] | None

    def covers(self, case: Case) -> bool:
        """Whether the group is about *case*."""
        if case.rule != self.rule:
            return False
        if self.cases is None:
            return case.kind == "breaks" and is_refused(case)
        return case.title in self.cases


def differences() -> list[Difference]:
    """Every group of the list, in order."""
    return list(_differences())


@cache
def _differences() -> tuple[Difference, ...]:
    return tuple(
        Difference(
            f"{rule}.{name}",
            rule,
            group["refused_by"],
            group["reason"],
            re.compile(group.get("says", "")),
            tuple(group["cases"]) if "cases" in group else None,
        )
        for rule, groups in tomllib.loads(DIFFERENCES.read_text("utf-8")).items()
        for name, group in groups.items()
    )


def is_refused(case: Case) -> bool:
    """Whether an error is expected of it."""
    return any(severity == "error" for *_, severity, _ in case.expected())


def cases_for_widl() -> Iterator[Case]:
    """Cases of MIDL alone: no ACF, no options, no pipes."""
    for case in all_cases():
        has_acf = any(name.endswith(".acf") for name in case.texts)
        is_other = any(_ELSEWHERE.search(text) for text in case.texts.values())
        if case.kind != "together" and not (case.options or has_acf or is_other):
            yield case


def widl_verdict(case: Case, folder: Path) -> str:
    """What widl says against the case, its last error; empty when it takes it."""
    for name, text in case.texts.items():
        needs_import = _IMPORTED.search(text) is not None
        (folder / name).write_text(f"{_IMPORT * needs_import}{text}", encoding="utf-8")
    names = ("wine/include", "headers/wine")
    known = [found for name in names if (found := find_in_corpus(name))]
    path = folder / next(iter(case.texts))
    return ask_widl(path, folder / "header.h", [*known, folder])


def judged(case: Case, theirs: str) -> str:
    """What is wrong with the list about *case*; empty when it is as listed."""
    entries = [each for each in differences() if each.covers(case)]
    if bool(theirs) == is_refused(case):
        return f"no longer differs, as {entries[0].name} says" if entries else ""
    refused_by = "widl" if theirs else "midlpy"
    if len(entries) != 1:
        return f"listed {len(entries)} times: only {refused_by} refuses it: {theirs}"
    (entry,) = entries
    if entry.refused_by != refused_by:
        return f"{entry.name} says otherwise: only {refused_by} refuses it: {theirs}"
    if entry.says.search(theirs) is None:
        return f"widl says something else than in {entry.name}: {theirs}"
    return ""
