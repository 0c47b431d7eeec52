"""The table of rules as the command line shows it."""

from __future__ import annotations

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
