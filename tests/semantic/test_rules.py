"""The rule table: every example breaks its rule, and every rule has a row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import midlpy.semantic
from midlpy.diagnostics import Severity
from midlpy.semantic.options import Options
from midlpy.semantic.rules import RULES, Rule, find
from tests.semantic.snippets import findings

WITH_EXAMPLE = [rule for rule in RULES.values() if rule.example]


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.slug)
def test_the_example_breaks_the_rule_and_no_other(rule: Rule) -> None:
    found = findings(rule.example, rule.acf or None)
    by_rule = {d.rule: d for d in found}
    assert rule.slug in by_rule, found
    assert by_rule[rule.slug].midl == rule.midl
    others = {d.rule for d in found if d.severity is Severity.ERROR} - {rule.slug}
    assert not others, found


@pytest.mark.parametrize(
    "rule", [rule for rule in WITH_EXAMPLE if rule.strict], ids=lambda rule: rule.slug
)
def test_strict_takes_it_more_seriously(rule: Rule) -> None:
    found = findings(rule.example, rule.acf or None, Options(strict=True))
    assert {d.severity for d in found if d.rule == rule.slug} == {rule.strict}


def test_texts_follow_the_house_style() -> None:
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.slug)
        assert not rule.title.endswith("."), rule.slug
        assert rule.cause.endswith("."), rule.slug
        assert rule.remedy.endswith("."), rule.slug


def test_every_slug_in_the_package_has_a_row() -> None:
    folder = Path(midlpy.semantic.__file__).parent
    used: set[str] = set()
    for path in folder.glob("*.py"):
        text = path.read_text()
        used.update(
            re.findall(r'(?:report|finding|ConstantError)\(\s*"([a-z0-9-]+)"', text)
        )
    assert used <= set(RULES)


def test_a_rule_is_found_by_slug_and_by_number() -> None:
    assert find("pipe-member") is find("2321") is find("MIDL2321")
    assert find("no-such-rule") is None
