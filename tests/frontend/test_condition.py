"""Expressions of #if."""

from __future__ import annotations

import pytest

from midlpy.frontend.condition import (
    MAX_CONDITION_NESTING,
    MAX_CONDITION_TOKENS,
    ConditionError,
    evaluate,
)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "2 + 3 * 4 == 14",
        "(2 + 3) * 4 == 20",
        "10 - 4 - 3 == 3",
        "7 / 2 == 3",
        "-7 / 2 == -3",
        "-7 % 2 == -1",
        "1 << 4 == 16",
        "256 >> 4 == 16",
        "(6 & 3) == 2 && (6 | 1) == 7 && (6 ^ 3) == 5",
        "!0 && ~0 == -1 && +1 && - -1",
        "1 ? 1 : 0",
        "0 ? 0 : 0 ? 0 : 1",
        "0x10 == 16 && 010 == 8 && 10UL == 10 && 3i64 == 3",
        "'a' == 97",
        "801 >= 700 && 801 < 900 && 801 != 800 && 801 > 1 && 1 <= 1",
        "unknown == 0",
        "0xFFFFFFFFFFFFFFFF > 0",
        "0 || 1",
    ],
)
def test_holds_as_in_c(text: str) -> None:
    assert evaluate(text) is True


@pytest.mark.parametrize("text", ["0", "unknown", "1 == 2", "0 && 1 / 0", "!1"])
def test_does_not_hold(text: str) -> None:
    assert evaluate(text) is False


def test_what_decides_alone_hides_a_division_by_zero() -> None:
    assert evaluate("1 || 1 / 0")
    assert evaluate("1 ? 1 : 1 / 0")


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 +", "+", "(1", "1)", "1 2", "1 ? 2", "1 = 1", '"a"', "1.5", "@"),
        *("1 / 0", "1 % 0", "1 && 1 / 0", "9" * 40, "'", "0x"),
    ],
)
def test_has_no_value(text: str) -> None:
    with pytest.raises(ConditionError):
        evaluate(text)


def test_a_shift_cannot_ask_for_a_number_of_any_size() -> None:
    assert evaluate("(1 << 100000000000) != 0") is True


def test_nesting_and_length_are_limited() -> None:
    deep = MAX_CONDITION_NESTING
    with pytest.raises(ConditionError, match="deep"):
        evaluate("(" * deep + "1" + ")" * deep)
    with pytest.raises(ConditionError, match="long"):
        evaluate("1+" * MAX_CONDITION_TOKENS + "1")
