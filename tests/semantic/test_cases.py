"""Every rule by what breaks it and what does not: see ``case_files``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from midlpy.semantic.rules import TABLES
from tests.semantic.case_files import CASES, Case, all_cases
from tests.semantic.mutations import survivors
from tests.semantic.report import counts, unbroken
from tests.semantic.test_rules_of_files import BROKEN

# What breaks these is more than a few lines: ``test_rules_of_files`` makes it.
WITHOUT_TEXT = {
    "import-limit",
    "macro-arguments",
    "more-findings",
    "nesting-limit",
    "not-text",
    "preprocessor-failed",
    "syntax-gave-up",
    "unreadable-file",
}


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_says_exactly_what_the_comments_say(case: Case, tmp_path: Path) -> None:
    assert case.found(tmp_path) == case.expected()


def test_a_case_breaks_its_rule_and_no_other_or_none() -> None:
    for case in all_cases():
        found = case.expected()
        errors = {slug for *_, severity, slug in found if severity == "error"}
        if case.kind == "breaks":
            assert case.rule in {slug for *_, slug in found}, case.name
            assert errors <= {case.rule}, case.name
        elif case.kind == "legal":
            assert case.rule not in {slug for *_, slug in found}, case.name
            assert not errors, case.name


def test_files_are_called_after_rules_and_lie_by_the_table() -> None:
    expected = {
        CASES / table / f"{rule.slug}.idl"
        for table, rules in TABLES.items()
        for rule in rules
    }
    actual = set(CASES.rglob("*.idl"))
    assert actual - expected <= set((CASES / "together").iterdir())


def test_every_rule_has_what_breaks_it_and_what_does_not() -> None:
    lacking = {
        slug for slug, kinds in counts().items() if set(kinds) != {"breaks", "legal"}
    }
    assert lacking == WITHOUT_TEXT
    assert unbroken() == []
    assert {*BROKEN, "unreadable-file"} >= WITHOUT_TEXT


def test_names_of_cases_differ() -> None:
    names = Counter(case.name for case in all_cases())
    assert [name for name, count in names.items() if count > 1] == []


def test_no_rule_can_be_switched_off_unseen() -> None:
    assert survivors() == []
