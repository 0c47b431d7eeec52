from __future__ import annotations

import ast

import pytest

from midlpy.codegen.lines import Call, Fit, alternatives, call, quoted, spread, tuple_of


def test_a_call_that_fits_is_one_line() -> None:
    assert spread("a=", call("f", "x", n="1"), ",", 4) == ["    a=f(x, n=1),"]


def test_a_call_that_does_not_fit_has_one_item_to_a_line() -> None:
    piece = call("f", "x" * 50, "y" * 40)
    assert spread("", piece) == ["f(", f"    {'x' * 50},", f"    {'y' * 40},", ")"]


def test_a_filled_call_may_have_its_items_in_a_row_of_their_own() -> None:
    items = (("", "x" * 40), ("", "y" * 40))
    row = f"    {'x' * 40}, {'y' * 40}"
    assert spread("return ", Call("f(", items, fit=Fit.FILL)) == ["return f(", row, ")"]


def test_an_open_call_opens_those_around_it() -> None:
    inner = Call("g(", (("", "x"),), fit=Fit.OPEN)
    assert spread("", call("f", inner)) == ["f(", "    g(", "        x,", "    ),", ")"]


def test_a_tuple_of_one_keeps_its_comma_and_its_line() -> None:
    assert spread("a=", tuple_of(["x"], Fit.OPEN)) == ["a=(x,)"]


@pytest.mark.parametrize(
    "text", ["plain", "it's", 'a "b"', "'\"", "\\", "\\'", "\n\x00", "é\ud800", ""]
)
def test_a_quoted_string_means_itself(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_quotes_are_those_that_need_fewer_escapes() -> None:
    assert quoted("it's") == '"it\'s"'
    assert quoted('a "b"') == "'a \"b\"'"


def test_alternatives_in_brackets_are_not_taken_apart() -> None:
    assert alternatives("A | list[B | None] | None") == ["A", "list[B | None]", "None"]
