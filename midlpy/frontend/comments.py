"""Comments and source text that declarations carry along into generated modules."""

from __future__ import annotations

import re
from typing import Final

from midlpy.frontend.source import Original

# A file of one long line is not looked through for each declaration on it.
MAX_INDENTATION: Final = 256

# A line of a comment that is only drawn.
_RULE = re.compile(r"[\s*/=+\-_#~]*")

# What is said to midlpy, alone on its line, see ``silences``.
_TO_US = re.compile(r"^[ \t]*(?://+|/\*+)[ \t]*midlpy: ignore\[[^\n]*\n?", re.MULTILINE)

# A star belongs to the text when a word follows at once.
_FIRST_SIGN = re.compile(r"^(?://+!?|/\*+!?|\*+(?=[\s*/]|$)) ?")
_LAST_SIGN = re.compile(r"\s*\*+/?$|\s+$")

_OPENING = re.compile(r"\s*(/\*.*?\*/|//[^\n]*(?:\n[ \t]*//[^\n]*)*)[ \t]*", re.DOTALL)
_STATEMENT = re.compile(r"\s*(import|importlib|cpp_quote|#)")


def dedent(text: str, start: int, end: int) -> str:
    """The text from *start* up to *end*, all lines moved left as far as the first is."""
    written = text[start:end]
    if "\n" not in written:
        return written
    line_start = text.rfind("\n", 0, start) + 1
    first = text[line_start:start]
    if not first.isspace():
        first = ""
    lines = (first + written).expandtabs(4).split("\n")
    margin = min(
        (len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0
    )
    return "\n".join([line[margin:].rstrip() for line in lines])


def comment_above(original: Original, start: int) -> str | None:
    """The comment that ends on the line above *start*, without its comment signs."""
    text = original.text
    margin = text[max(0, start - MAX_INDENTATION) : start]
    above = margin.rstrip(" \t\f\v")
    if not above.endswith("\n"):
        return None
    end = start - len(margin) + len(above) - 1
    line_start = text.rfind("\n", 0, end) + 1
    line = text[line_start:end].strip()
    if line.endswith("*/"):
        opening = text.rfind("/*", 0, end)
        if opening < 0:
            return None
        before = text[text.rfind("\n", 0, opening) + 1 : opening]
        return None if before.strip() else strip_signs(text[opening:end])
    lines: list[str] = []
    while line.startswith("//"):
        lines.append(line)
        end = line_start - 1
        if end < 0:
            break
        line_start = text.rfind("\n", 0, end) + 1
        line = text[line_start:end].strip()
    return strip_signs("\n".join(lines[::-1])) if lines else None


def opening_comment(original: Original) -> str | None:
    """The comment that opens a file, unless it belongs to the declaration below it."""
    match = _OPENING.match(original.text)
    if match is None:
        return None
    rest = original.text[match.end() :]
    is_apart = rest.lstrip(" \t").startswith("\n\n") or not rest.strip()
    if not is_apart and not _STATEMENT.match(rest):
        return None
    return strip_signs(match.group(1))


def strip_signs(comment: str) -> str | None:
    """The words of a comment that are for readers; None when it has none."""
    if "midlpy: ignore[" in comment:
        comment = _TO_US.sub("", comment)
    lines: list[str] = []
    for line in comment.split("\n"):
        line = _LAST_SIGN.sub("", _FIRST_SIGN.sub("", line.strip()))
        lines.append("" if _RULE.fullmatch(line) else line)
    return "\n".join(lines).strip("\n") or None
