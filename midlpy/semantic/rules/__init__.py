"""The table of every diagnostic: what ``midlpy rules`` and ``midlpy explain`` print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from midlpy.semantic.rules import (
    arrays,
    com,
    constants,
    constructed,
    generation,
    interfaces,
    names,
    operations,
    pipes,
    reading,
    serialization,
    syntax,
)
from midlpy.semantic.rules.row import Rule

RULES: Final[Mapping[str, Rule]] = {
    rule.slug: rule
    for rules in (
        reading.RULES,
        syntax.RULES,
        names.RULES,
        interfaces.RULES,
        com.RULES,
        operations.RULES,
        arrays.RULES,
        constructed.RULES,
        constants.RULES,
        pipes.RULES,
        serialization.RULES,
        generation.RULES,
    )
    for rule in rules
}


# MIDL's warning levels where they are not 1; 2 and above are silent by default in MIDL.
WARNING_LEVELS: Final[Mapping[str, int]] = {
    "no-default-arm": 2,
}


def find(code: str) -> Rule | None:
    """The rule called *code*: its slug, or its MIDL number with or without ``MIDL``."""
    if code in RULES:
        return RULES[code]
    digits = code.upper().removeprefix("MIDL")
    if digits.isdigit():
        for rule in RULES.values():
            if rule.midl == int(digits):
                return rule
    return None


__all__ = ["RULES", "WARNING_LEVELS", "Rule", "find"]
