"""The rules as the command line shows them."""

from __future__ import annotations

import json
import textwrap

from midlpy.semantic.rules import RULES, Rule

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
