"""The table of rules as the command line shows it."""

from __future__ import annotations

import difflib
import textwrap

from midlpy.semantic.rules import RULES, Rule

_WIDTH = 80


def rules_called(code: str) -> list[Rule]:
    """The rules that a slug or a MIDL number names.

    Raises:
        ValueError: none is; with the slug that may have been meant.
    """
    number = code.upper().removeprefix("MIDL")
    if number.isdigit():
        found = [rule for rule in RULES.values() if rule.midl == int(number)]
    else:
        found = [RULES[code]] if code in RULES else []
    if not found:
        close = difflib.get_close_matches(code, RULES, 1)
        hint = f"; did you mean {close[0]}?" if close else "; see midlpy rules"
        raise ValueError(f"no rule is called {code}{hint}")
    return found


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
