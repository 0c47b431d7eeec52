"""Every rule by what breaks it and what does not: see ``case_files``."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.semantic.rules import RULES, TABLES
from tests.semantic.case_files import CASES, Case, all_cases
from tests.semantic.mutations import survivors
from tests.semantic.test_rules_of_files import BROKEN

# What breaks some of them is more than text: ``test_rules_of_files`` makes it.
WITHOUT_TEXT = {*BROKEN, "unreadable-file"}


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_says_exactly_what_the_comments_say(case: Case, tmp_path: Path) -> None:
    assert case.found(tmp_path) == case.expected()


def test_a_breaking_case_breaks_its_rule_and_no_other() -> None:
    for case in all_cases():
        found = case.expected()
        errors = {slug for *_, severity, slug in found if severity == "error"}
        if case.kind == "breaks":
            assert case.rule in {slug for *_, slug in found}, case.name
            assert errors <= {case.rule}, case.name
        elif case.kind == "legal":
            assert case.rule not in {slug for *_, slug in found}, case.name


def test_files_are_called_after_rules_and_lie_by_the_table() -> None:
    expected = {
        CASES / table / f"{rule.slug}.idl"
        for table, rules in TABLES.items()
        for rule in rules
    }
    actual = set(CASES.rglob("*.idl"))
    assert actual - expected <= set((CASES / "together").iterdir())


def test_cases_say_every_diagnostic_that_a_text_can_break() -> None:
    covered = {case.rule for case in all_cases() if case.kind == "breaks"}
    assert {slug for slug in RULES if slug not in covered} <= WITHOUT_TEXT


def test_no_rule_can_be_switched_off_unseen() -> None:
    assert survivors() == []
