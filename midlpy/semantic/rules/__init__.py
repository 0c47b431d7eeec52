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
    handles,
    interfaces,
    marshalling,
    names,
    operations,
    parameters,
    pipes,
    reading,
    results,
    serialization,
    syntax,
)
from midlpy.semantic.rules.row import Rule

TABLES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "reading": reading.RULES,
    "syntax": syntax.RULES,
    "names": names.RULES,
    "interfaces": interfaces.RULES,
    "com": com.RULES,
    "operations": operations.RULES,
    "parameters": parameters.RULES,
    "results": results.RULES,
    "handles": handles.RULES,
    "marshalling": marshalling.RULES,
    "arrays": arrays.RULES,
    "constructed": constructed.RULES,
    "constants": constants.RULES,
    "pipes": pipes.RULES,
    "serialization": serialization.RULES,
    "generation": generation.RULES,
}
"""The rules by what they are about, which is their category."""

RULES: Final[Mapping[str, Rule]] = {
    rule.slug: rule for rules in TABLES.values() for rule in rules
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


__all__ = ["RULES", "TABLES", "WARNING_LEVELS", "Rule", "find"]
