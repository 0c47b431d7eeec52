"""widl's verdict on every case of MIDL alone is the compiler's, or the list says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.semantic.case_files import Case
from tests.semantic.widl_verdicts import (
    cases_for_widl,
    differences,
    judged,
    widl_verdict,
)


@pytest.mark.parametrize("case", list(cases_for_widl()), ids=lambda case: case.name)
def test_widl_refuses_what_the_compiler_refuses(case: Case, tmp_path: Path) -> None:
    assert judged(case, widl_verdict(case, tmp_path)) == ""


def test_groups_are_about_cases_that_are_there() -> None:
    titles = {(case.rule, case.title) for case in cases_for_widl()}
    for entry in differences():
        assert {
            (entry.rule, title) for title in entry.cases or ()
        } <= titles, entry.name
        assert any(entry.covers(case) for case in cases_for_widl()), entry.name


def test_groups_say_who_refuses_and_why() -> None:
    for entry in differences():
        assert entry.refused_by in ("widl", "midlpy"), entry.name
        assert bool(entry.says.pattern) == (entry.refused_by == "widl"), entry.name
        assert entry.reason.endswith("."), entry.name


@pytest.mark.parametrize(
    ("title", "theirs", "said"),
    [
        ("breaks: void", "", "listed 0 times: only midlpy refuses it: "),
        ("breaks: void", "error", ""),
        ("legal: one octet", "error", "listed 0 times: only widl refuses it: error"),
        ("legal: one octet", "", ""),
    ],
)
def test_a_difference_that_is_not_listed_is_told(
    title: str, theirs: str, said: str
) -> None:
    kind = title.partition(":")[0]
    text = "x  // error: pipe-element" if kind == "breaks" else "x"
    case = Case("pipe-element", title, kind, (), {"t.idl": text}, title)
    assert judged(case, theirs) == said
