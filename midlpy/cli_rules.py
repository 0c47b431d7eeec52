"""The rules as the command line shows them."""

from __future__ import annotations

import json
import textwrap

from midlpy.semantic.rules import RULES, Rule
from midlpy.semantic.rules.numbers import Documented

_WIDTH = 80


def table() -> str:
    """Every rule on a line: slug, number, severity, meaning."""
    width = max(len(slug) for slug in RULES)
    lines: list[str] = []
    for slug, rule in sorted(RULES.items()):
        number = "" if rule.midl is None else f"MIDL{rule.midl}"
        lines.append(f"{slug:{width}}  {number:8}  {rule.level:7}  {rule.title}\n")
    return "".join(lines)


def as_json() -> str:
    """Every rule as an object on a line of its own."""
    lines = [
        json.dumps(
            {
                "slug": slug,
                "midl": rule.midl,
                "severity": rule.level,
                "strict": None if rule.strict is None else rule.strict.value,
                "title": rule.title,
                "cause": rule.cause,
                "remedy": rule.remedy,
                "example": rule.example,
                "acf": rule.acf,
                "source": rule.source,
            }
        )
        for slug, rule in sorted(RULES.items())
    ]
    return "".join(f"{line}\n" for line in lines)


def explanation(rule: Rule) -> str:
    """What ``midlpy explain`` says."""
    number = "" if rule.midl is None else f", MIDL{rule.midl}"
    parts = [
        f"{rule.slug} ({rule.level}{number})",
        textwrap.fill(rule.title, _WIDTH),
        textwrap.fill(rule.cause, _WIDTH),
    ]
    for title, text in (("Example", rule.example), ("with the ACF", rule.acf)):
        if text:
            code = textwrap.indent(text.strip("\n"), "    ")
            parts.append(f"{title}:\n\n{code}")
    parts.append(textwrap.fill(f"Remedy: {rule.remedy}", _WIDTH))
    return "\n\n".join(parts) + "\n"


def number_explanation(code: str, number: Documented) -> str:
    """The same for a number of MIDL's that no rule has."""
    parts = [
        f"MIDL{code.upper().removeprefix('MIDL')} (not a rule of midlpy)",
        textwrap.fill(number.meaning, _WIDTH),
        textwrap.fill(f"Here: {number.here}", _WIDTH),
    ]
    rules = [RULES[slug] for slug in number.rules]
    if rules:
        width = max(len(rule.slug) for rule in rules)
        lines = [f"    {rule.slug:{width}}  {rule.title}" for rule in rules]
        parts.append("Rules:\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"
