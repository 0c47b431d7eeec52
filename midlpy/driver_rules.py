"""Rules by what users call them, and the severities users give them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Final

from midlpy.diagnostics import Severity
from midlpy.driver_grading import Level
from midlpy.semantic.rules import RULES, Rule
from midlpy.semantic.rules.numbers import NUMBERS, Documented

LEVELS: Final[Mapping[str, Level]] = {
    "error": "error",
    "warning": "warning",
    "off": "off",
}


def rules_called(code: str) -> list[Rule]:
    """The rules that a slug or a MIDL number names.

    Raises:
        ValueError: none is; with the slug that may have been meant.
    """
    number = _number(code)
    if number is not None:
        found = [rule for rule in RULES.values() if rule.midl == number]
    else:
        found = [RULES[code]] if code in RULES else []
    if not found:
        if number in NUMBERS:
            raise ValueError(
                f"no rule has the number of {code}; see midlpy explain {number}"
            )
        close = difflib.get_close_matches(code, RULES, 1)
        hint = f"; did you mean {close[0]}?" if close else "; see midlpy rules"
        raise ValueError(f"no rule is called {code}{hint}")
    return found


def documented(code: str) -> Documented | None:
    """What MIDL means by the number *code*, if it documents it and no rule has it."""
    number = _number(code)
    return None if number is None else NUMBERS.get(number)


def _number(code: str) -> int | None:
    digits = code.upper().removeprefix("MIDL")
    return int(digits) if digits.isdecimal() and digits.isascii() else None


def levels_called(code: str, level: Level) -> dict[str, Level]:
    """The severities by slug when the rules that *code* names are taken as *level*.

    Raises:
        ValueError: there is no such rule, or an error would be less than one.
    """
    levels: dict[str, Level] = {}
    for rule in rules_called(code):
        if rule.severity is Severity.ERROR and level != "error":
            raise ValueError(f"{rule.slug} is an error and stays one")
        levels[rule.slug] = level
    return levels
