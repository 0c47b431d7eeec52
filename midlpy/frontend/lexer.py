"""Text to tokens: one regular expression, made from the terminals of a grammar.

Reserved words are not part of it. A word is looked up once, and the parser decides
whether the grammar lets it be a plain name where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from midlpy.diagnostics import Diagnostic, Severity, Span
from midlpy.frontend.source import SourceFile

END = "$END"
NAME = "NAME"

_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

# What web pages leave in copied text and no eye can see.
_INVISIBLE = re.compile("[\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\u3000]+")


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal of the grammar; *literal* when it is one fixed text."""

    name: str
    pattern: str
    literal: str | None
    priority: int


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, in columns; the last one is the end of the text."""

    kinds: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    starts: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])

    def add(self, kind: str, text: str, end: int) -> None:
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(end - len(text))
        self.ends.append(end)


class Lexer:
    """Cuts text into the terminals of one grammar."""

    def __init__(self, terminals: Iterable[Terminal], ignored: frozenset[str]) -> None:
        terminals = sorted(
            terminals, key=lambda t: (-t.priority, t.literal is not None, -len(t.pattern))
        )
        self._words: dict[str, str] = {}
        self._word_patterns: list[tuple[re.Pattern[str], str]] = []
        groups: list[str] = []
        for terminal in terminals:
            if terminal.literal is not None and _WORD.fullmatch(terminal.literal):
                self._words[terminal.literal] = terminal.name
            elif terminal.name.endswith("_WORD"):
                self._word_patterns.append((re.compile(terminal.pattern), terminal.name))
            else:
                groups.append(f"(?P<{terminal.name}>{terminal.pattern})")
        self._pattern = re.compile("|".join(groups))
        self._ignored = ignored

    def is_reserved(self, word: str) -> bool:
        """Whether the grammar gives *word* a meaning of its own."""
        return self._kind_of_word(word) != NAME

    def tokenize(self, source: SourceFile) -> tuple[Tokens, list[Diagnostic]]:
        """The tokens of a text, and what was found in it that is none."""
        text = source.text
        tokens = Tokens()
        findings: list[Diagnostic] = []
        kinds, texts = tokens.kinds, tokens.texts
        starts, ends = tokens.starts, tokens.ends
        ignored, words = self._ignored, self._words
        match_at = self._pattern.match
        position, length = 0, len(text)
        while position < length:
            match = match_at(text, position)
            if match is None:
                position = self._unmatched(source, position, findings)
                continue
            kind = match.lastgroup
            assert kind is not None
            start, position = position, match.end()
            if kind in ignored:
                continue
            word = match.group()
            if kind == NAME:
                kind = words.get(word) or self._kind_of_word(word)
            kinds.append(kind)
            texts.append(word)
            starts.append(start)
            ends.append(position)
        tokens.add(END, "", length)
        return tokens, findings

    def _kind_of_word(self, word: str) -> str:
        kind = self._words.get(word)
        if kind is None:
            for pattern, name in self._word_patterns:
                if pattern.fullmatch(word):
                    kind = name
                    break
            else:
                kind = NAME
            self._words[word] = kind
        return kind

    def _unmatched(
        self, source: SourceFile, position: int, findings: list[Diagnostic]
    ) -> int:
        """Report what stands at *position*; return where to go on."""
        text = source.text
        if text.startswith("/*", position):
            findings.append(
                _finding(
                    "unterminated-comment",
                    "the comment that begins here has no end",
                    source.span(position, position + 2),
                    midl=2109,
                    help="add '*/'",
                )
            )
            return len(text)
        quote = position + 1 if text[position] == "L" else position
        if text[quote] in "\"'":
            return self._unterminated(source, position, text[quote], findings)
        if invisible := _INVISIBLE.match(text, position):
            findings.append(
                _finding(
                    "invisible-character",
                    f"the invisible character U+{ord(text[position]):04X} is taken as a "
                    "space",
                    source.span(position, invisible.end()),
                    severity=Severity.WARNING,
                )
            )
            return invisible.end()
        end = position + 1
        while end < len(text) and text[end] == text[position]:
            end += 1
        findings.append(
            _finding(
                "syntax",
                f"the character {text[position]!r} has no meaning in IDL",
                source.span(position, end),
                midl=2025,
            )
        )
        return end

    def _unterminated(
        self, source: SourceFile, position: int, quote: str, findings: list[Diagnostic]
    ) -> int:
        text = source.text
        end = text.find("\n", position)
        at_end = end < 0
        end = len(text) if at_end else end
        if quote == "'" and text.startswith("''", position):
            message, end = "a character constant holds one character", position + 2
            rule, midl = "syntax", 2025
        elif quote == "'":
            message, rule, midl = (
                "the character constant that begins here has no end on its line",
                "unterminated-character",
                2108,
            )
        elif at_end:
            message, rule, midl = (
                "the string that begins here has no end",
                "unterminated-string",
                2110,
            )
        else:
            message, rule, midl = (
                "the string that begins here has no end on its line",
                "unterminated-string",
                2112,
            )
        findings.append(
            _finding(
                rule,
                message,
                source.span(position, end),
                midl=midl,
            )
        )
        return end


def _finding(
    rule: str,
    message: str,
    span: Span,
    *,
    severity: Severity = Severity.ERROR,
    midl: int | None = None,
    help: str | None = None,
) -> Diagnostic:
    return Diagnostic(rule, message, span, severity, midl, help)


def display_names(terminals: Iterable[Terminal]) -> Mapping[str, str]:
    """How messages call each terminal."""
    return {
        terminal.name: f"'{terminal.literal}'"
        for terminal in terminals
        if terminal.literal is not None
    }
