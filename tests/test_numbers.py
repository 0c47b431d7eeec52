"""MIDL's numbers that no rule has are explained all the same."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from midlpy.cli import main
from midlpy.semantic.rules import RULES
from midlpy.semantic.rules.numbers import NUMBERS

# As MIDL documents them, in the order of its list.
DOCUMENTED = """
2002 2005 2007 2023 2024 2036 2049 2062 2063 2064 2065 2074 2081 2090 2093 2110 2111 2113
2117 2122 2129 2132 2134 2156 2158 2160 2172 2179 2200 2201 2210 2211 2212 2216 2219 2220
2225 2226 2227 2228 2229 2236 2239 2242 2248 2257 2258 2259 2260 2264 2272 2273 2275 2281
2283 2284 2286 2290 2293 2314 2335 2353 2354 2355 2356 2365 2379 2381 2383 2384 2389 2392
2400 2401 2402 2403 2404 2410 2411 2413 2418 2461 2465 9008
"""

# One of each group that belongs to other modes, targets or files.
ELSEWHERE = [1008, 2012, 2138, 2247, 2350, 2397]


def said(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("number", [*map(int, DOCUMENTED.split()), *ELSEWHERE])
def test_a_documented_number_is_explained(number: int) -> None:
    code, text = said("explain", str(number))
    assert code == 0
    title = f"MIDL{number} (not a rule of midlpy)"
    assert title in text or f", MIDL{number})" in text
    assert (title in text) == (number not in {rule.midl for rule in RULES.values()})


def test_no_number_has_both_a_rule_and_a_reason_for_none() -> None:
    assert not NUMBERS.keys() & {rule.midl for rule in RULES.values()}


def test_the_rules_that_say_it_are_rules() -> None:
    for each in NUMBERS.values():
        assert set(each.rules) <= RULES.keys(), each.numbers


def test_a_number_is_explained_as_it_stands_in_a_message_of_midl() -> None:
    code, text = said("explain", "MIDL2111")
    assert (code, text) == said("explain", "2111")
    assert "31 characters" in text
    assert "long-name" in text


@pytest.mark.parametrize("number", ["2999", "MIDL1", "²"])
def test_a_number_that_nobody_documents_is_a_mistake(number: str) -> None:
    code, text = said("explain", number)
    assert code == 2
    assert "no rule is called" in text


def test_a_severity_for_a_number_without_a_rule_points_to_its_explanation() -> None:
    code, text = said("check", "t.idl", "-W", "2007=off")
    assert code == 2
    assert "midlpy explain 2007" in text
