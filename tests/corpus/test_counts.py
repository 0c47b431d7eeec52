"""README's table of published files is what was counted, and what the lists say."""

from __future__ import annotations

import pytest

from tests.corpus.counts import README, Counts, readme_with, stored, table
from tests.corpus.outcomes import listed_names
from tests.corpus.sets import SETS


def test_readme_has_the_table_that_was_stored() -> None:
    text = README.read_text("utf-8")
    assert readme_with(text, table(stored())) == text


def test_every_set_is_counted() -> None:
    assert [each.name for each in stored()] == list(SETS)


@pytest.mark.parametrize("counts", stored(), ids=lambda each: each.name)
def test_counts_agree_with_the_lists(counts: Counts) -> None:
    assert counts.files == SETS[counts.name].count
    assert counts.listed == len(listed_names(counts.name))
    assert counts.clean == counts.files - counts.listed


def test_table_takes_the_place_of_the_one_before() -> None:
    readme = "a\n\n## Everybody's IDL\n\nb\n\n| set | x |\n| --- |\n| old |\n\nc\n"
    found = readme_with(readme, "| set | new |\n")
    assert found == "a\n\n## Everybody's IDL\n\nb\n\n| set | new |\n\nc\n"
