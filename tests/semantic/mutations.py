"""Rules switched off one by one: the tests of each have to fail without it.

``python -m tests.semantic.mutations`` ends with 1 if those of some rule do not.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from msgspec.structs import replace

from midlpy import driver
from midlpy.diagnostics import Diagnostic
from midlpy.driver import Options, Stages
from midlpy.frontend.loader import Loaded
from midlpy.semantic.findings import Findings
from midlpy.semantic.rules import RULES
from tests.semantic.case_files import Case, all_cases
from tests.semantic.report import WITHOUT_FILE
from tests.semantic.test_rules_of_files import BROKEN, findings_in


@contextmanager
def without(rule: str) -> Generator[None]:
    """Nothing finds *rule*: neither reading, nor the passes, nor what follows them."""
    add, load, load_text = Findings.add, driver.load, driver.load_text
    stages_of = driver.stages_of

    def others(found: Iterable[Diagnostic]) -> list[Diagnostic]:
        return [each for each in found if each.rule != rule]

    def add_others(self: Findings, diagnostic: Diagnostic) -> None:
        if diagnostic.rule != rule:
            add(self, diagnostic)

    def unsaid(loaded: Loaded) -> Loaded:
        return replace(loaded, diagnostics=others(loaded.diagnostics))

    def stages(loaded: Loaded, options: Options) -> Stages:
        made = stages_of(loaded, options)
        return dataclasses.replace(made, diagnostics=tuple(others(made.diagnostics)))

    with (
        patch.object(Findings, "add", add_others),
        patch.object(driver, "load", lambda *a, **k: unsaid(load(*a, **k))),
        patch.object(driver, "load_text", lambda *a, **k: unsaid(load_text(*a, **k))),
        patch.object(driver, "stages_of", stages),
    ):
        yield


def holds(case: Case) -> bool:
    """Whether *case* is found as its comments say."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return case.found(Path(folder)) == case.expected()
        except Exception:  # what relied on the rule stumbles: that tells as well
            return False


def is_missed(rule: str, cases: Iterable[Case]) -> bool:
    """Whether a case or a group of broken files tells that *rule* is off."""
    concerned = [
        case for case in cases if rule in {slug for *_, slug in case.expected()}
    ]
    with without(rule), tempfile.TemporaryDirectory() as folder:
        if rule in BROKEN:
            found = findings_in(BROKEN[rule], Path(folder))
            return rule not in {each["rule"] for each in found}
        if rule == WITHOUT_FILE:
            return not driver.load(Path(folder) / "nowhere.idl").diagnostics
        return not all(holds(case) for case in concerned)


def survivors() -> list[str]:
    """The rules whose absence nothing tells."""
    cases = all_cases()
    return [rule for rule in RULES if not is_missed(rule, cases)]


def main() -> int:
    surviving = survivors()
    for rule in surviving:
        print(f"{rule}: nothing fails when it is off")
    print(f"{len(RULES) - len(surviving)} of {len(RULES)} rules are missed when off")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main())
