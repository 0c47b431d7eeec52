"""Comments that silence a rule: ``// midlpy: ignore[slug]``, on the line or above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend.source import Original

# What all of them have; hardly any file does.
_MARK: Final = "midlpy: ignore["

_COMMENT = re.compile(
    r"^(?P<before>[^\n]*?)(?://+|/\*+)[ \t]*midlpy: ignore\[(?P<rules>[^\]\n]*)\]",
    re.MULTILINE,
)
_RULE = re.compile(r"[^\s,]+")


class Silence(Struct, frozen=True):
    """A rule that a comment names at *span*, and the line of that file it is about."""

    rule: str
    line: int
    span: Span


def silences(path: str, text: str) -> Iterator[Silence]:
    """The rules that comments of a text name, from top to bottom.

    A comment with nothing before it is about the line below.
    """
    if _MARK not in text:
        return
    original = Original(path, text)
    for comment in _COMMENT.finditer(text):
        for rule in _RULE.finditer(comment["rules"]):
            start = comment.start("rules")
            span = original.span(start + rule.start(), start + rule.end())
            is_alone = not comment["before"].strip()
            yield Silence(rule[0], span.line + is_alone, span)
