"""The parser tables that are kept beside the grammars."""

from __future__ import annotations

import pytest

from midlpy.frontend import tables
from midlpy.frontend.parse import ACF, IDL, grammar_digest, make_tables
from midlpy.resources import resource

REMEDY = "make them anew: python -m midlpy.frontend.parse"


@pytest.mark.parametrize("grammar", [IDL, ACF])
def test_kept_tables_are_those_of_the_grammars(grammar: str) -> None:
    kept = resource("grammars", f"tables/{grammar}.json").read_text("utf-8")
    made = make_tables(grammar)
    assert kept == tables.dump(made, grammar_digest()), REMEDY
    assert tables.load(kept, grammar_digest()) == made


def test_tables_of_other_grammars_are_not_used() -> None:
    kept = resource("grammars", "tables/acf.json").read_text("utf-8")
    assert tables.load(kept, "another digest") is None


@pytest.mark.parametrize("text", ["", "{", "{}", '{"digest": "x"}'])
def test_damaged_tables_are_not_used(text: str) -> None:
    assert tables.load(text, "y") is None
