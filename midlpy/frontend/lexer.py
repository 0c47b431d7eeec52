"""Text to tokens: one regular expression, made from the terminals of a grammar.

Reserved words are not part of it. A word is looked up once, and the parser decides
whether the grammar lets it be a plain name where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend.source import SourceFile
from midlpy.frontend.tables import END, NAME, Terminal

# A text with more of them is not IDL; it is not read any further.
MAX_LEXICAL_FINDINGS: Final = 50

_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NUMBER = re.compile(r"[0-9](?:[0-9A-Za-z_]|\.(?!\.))*")

# MIDL forgets what is beyond.
MAX_NAME_CHARACTERS: Final = 255

# Kinds of words that are names unless something comes behind them: 'bitmap' a tag or
# members, 'far' and its like the rest of a declarator.
_HALF_RESERVED: Final = frozenset({"BITMAP", "CONVENTION_WORD"})
_BEHIND_NAMES: Final = frozenset(
    {"SEMICOLON", "COMMA", "RPAR", "LSQB", "EQUAL", "COLON"}
)
# What parameters begin with, and declarators do not.
_PARAMETERS: Final = (["LSQB"], ["RPAR"], ["BASE_WORD"], ["INTEGER_WORD"])

# What web pages leave in copied text and no eye can see.
_INVISIBLE = re.compile("[\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\u3000]+")

# What text processors make of quotation marks.
_TYPOGRAPHIC = re.compile(
    '[\u201c-\u201f\u00ab\u00bb]([^"\n\u201c-\u201f\u00ab\u00bb]*)'
    '["\u201c-\u201f\u00ab\u00bb]'
)

# A string that goes on on the next line, where the only quotation mark ends it.
_CONTINUED = re.compile(r'"[^"\n]*\n[^"\n]*[^"\n(,=\[ \t]"(?=[^"\n]*(?:\n|\Z))')

# Rule, MIDL's number, and what is wrong, for each way not to end.
_NO_END: Final = {
    "comment": (
        "unterminated-comment",
        2109,
        "the comment that begins here has no end",
    ),
    "string": (
        "unterminated-string",
        2112,
        "the string that begins here has no end on its line",
    ),
    "last string": (
        "unterminated-string",
        2110,
        "the string that begins here has no end",
    ),
    "character": (
        "unterminated-character",
        2108,
        "the character constant that begins here has no end on its line",
    ),
}


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, in columns; the last one is the end of the text.

    *broken* are offsets of what is no token; a fault just behind is only its echo.
    """

    source: str
    kinds: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    starts: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])
    broken: list[int] = field(default_factory=list[int])

    def add(self, kind: str, text: str, start: int, end: int) -> None:
        """Append one token."""
        self.kinds.append(kind)
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)

    def begins_line(self, index: int) -> bool:
        """Whether a token is the first one on its line."""
        before = self.ends[index - 1] if index else 0
        return index == 0 or "\n" in self.source[before : self.starts[index]]


class Lexer:
    """Cuts text into the terminals of one grammar."""

    def __init__(self, terminals: Iterable[Terminal], ignored: frozenset[str]) -> None:
        self._words: dict[str, str] = {}
        self._word_patterns: list[tuple[re.Pattern[str], str]] = []
        groups: list[str] = []
        skipped: list[str] = []
        # Where two match, the higher priority wins, then patterns, then longer literals.
        for terminal in sorted(
            terminals,
            key=lambda each: (
                -each.priority,
                each.literal is not None,
                -len(each.literal or ""),
            ),
        ):
            if terminal.name in ignored:
                skipped.append(terminal.pattern)
            elif terminal.literal is not None and _WORD.fullmatch(terminal.literal):
                self._words[terminal.literal] = terminal.name
            elif terminal.name.endswith("_WORD"):
                self._word_patterns.append(
                    (re.compile(terminal.pattern), terminal.name)
                )
            else:
                groups.append(f"(?P<{terminal.name}>{terminal.pattern})")
        # A token with what is ignored in front of it; possessive, as both are final.
        blanks = f"(?:{'|'.join(skipped)})*+"
        self._blanks = re.compile(blanks)
        self._pattern = re.compile(f"{blanks}(?:{'|'.join(groups)})")

    def tokenize(self, source: SourceFile) -> tuple[Tokens, list[Diagnostic]]:
        """The tokens of a text, and what was found in it that is none."""
        text = source.text
        tokens = Tokens(text)
        findings: list[Diagnostic] = []
        kinds, texts = tokens.kinds, tokens.texts
        starts, ends = tokens.starts, tokens.ends
        words, skip, match_at = self._words, self._blanks.match, self._pattern.match
        position, length = 0, len(text)
        while position < length:
            match = match_at(text, position)
            if match is None:
                blanks = skip(text, position)
                position = blanks.end() if blanks else position
                if position == length:
                    break
                finding, position = _unmatched(source, tokens, position)
                findings.append(finding)
                if len(findings) == MAX_LEXICAL_FINDINGS:
                    findings.append(_gave_up(source, tokens, position))
                    break
                continue
            kind = match.lastgroup
            assert kind is not None
            start, position = match.span(kind)
            word = text[start:position]
            if kind == NAME:
                kind = words.get(word) or self._kind_of_word(word)
            # As Tokens.add does, without the calls: this is the innermost loop.
            kinds.append(kind)
            texts.append(word)
            starts.append(start)
            ends.append(position)
        if not _HALF_RESERVED.isdisjoint(kinds):
            _settle_words(tokens)
        if max(map(len, texts), default=0) > MAX_NAME_CHARACTERS:
            findings += _long_names(source, tokens)
        tokens.add(END, "", length, length)
        return tokens, findings

    def _kind_of_word(self, word: str) -> str:
        kind = next(
            (name for pattern, name in self._word_patterns if pattern.fullmatch(word)),
            NAME,
        )
        self._words[word] = kind
        return kind


def _unmatched(
    source: SourceFile, tokens: Tokens, position: int
) -> tuple[Diagnostic, int]:
    """What is wrong with the text at *position*, and where to go on."""
    text = source.text
    if text.startswith("/*", position):
        tokens.broken.append(position)
        return _no_end("comment", source, position, position + 2), len(text)
    if invisible := _INVISIBLE.match(text, position):
        finding = Diagnostic(
            "invisible-character",
            f"the invisible character U+{ord(text[position]):04X} is taken as a space",
            source.span(position, invisible.end()),
            Severity.WARNING,
        )
        return finding, invisible.end()
    tokens.broken.append(position)
    if number := _NUMBER.match(text, position):
        tokens.add("INTEGER", "0", position, number.end())
        finding = Diagnostic(
            "malformed-number",
            f"'{number.group()}' is not a number",
            source.span(position, number.end()),
            midl=2116,
        )
        return finding, number.end()
    if text.startswith("''", position):
        tokens.add("CHARACTER", "'?'", position, position + 2)
        return _meaningless(
            "a character constant holds one character", source, position, 2
        )
    if quoted := _TYPOGRAPHIC.match(text, position):
        tokens.add("STRING", f'"{quoted.group(1)}"', position, quoted.end())
        return _typographic(source, position), quoted.end()
    if text[position] in "\"'":
        end = text.find("\n", position)
        is_last, end = end < 0, len(text) if end < 0 else end
        if continued := _CONTINUED.match(text, position):
            return _no_end("string", source, position, end), continued.end()
        kind = "string" if text[position] == '"' else "character"
        if kind == "string" and is_last:
            kind = "last string"
        return _no_end(kind, source, position, end), end
    count = len(text) - position - len(text[position:].lstrip(text[position]))
    message = f"the character {text[position]!r} has no meaning in IDL"
    return _meaningless(message, source, position, count)


def _typographic(source: SourceFile, position: int) -> Diagnostic:
    character = source.text[position]
    return Diagnostic(
        "syntax",
        f"the character '{character}' has no meaning in IDL",
        source.span(position, position + 1),
        midl=2025,
        help="write '\"'",
    )


def _settle_words(tokens: Tokens) -> None:
    """Make names of words that only what stands behind them makes more than names."""
    kinds, texts = tokens.kinds, tokens.texts
    for index, kind in enumerate(kinds):
        following = kinds[index + 1 : index + 3]
        if kind == "BITMAP":
            is_name = following[:1] not in ([NAME], ["LBRACE"])
        elif kind == "CONVENTION_WORD" and texts[index][0] != "_":
            is_name = following[:1] == ["LPAR"] and following[1:] in _PARAMETERS
            is_name = is_name or not _BEHIND_NAMES.isdisjoint(following[:1])
        else:
            continue
        if is_name:
            kinds[index] = NAME


def _long_names(source: SourceFile, tokens: Tokens) -> list[Diagnostic]:
    """What is said of names that MIDL would cut, each where it stands first."""
    first: dict[str, int] = {}
    for index, text in enumerate(tokens.texts):
        if tokens.kinds[index] == NAME and len(text) > MAX_NAME_CHARACTERS:
            first.setdefault(text, index)
    return [
        Diagnostic(
            "long-name",
            f"MIDL cuts this name after {MAX_NAME_CHARACTERS} of its {len(text)} "
            "characters; here it stays whole",
            source.span(tokens.starts[index], tokens.ends[index]),
            Severity.WARNING,
            midl=2114,
        )
        for text, index in first.items()
    ]


def _gave_up(source: SourceFile, tokens: Tokens, position: int) -> Diagnostic:
    # The end of the tokens, which comes too early now, is no news.
    tokens.broken.append(len(source.text))
    message = f"more than {MAX_LEXICAL_FINDINGS} things that are not IDL"
    span = source.span(position, position)
    return Diagnostic(
        "syntax-gave-up", f"{message}; the rest is not read", span, midl=2026
    )


def _meaningless(
    message: str, source: SourceFile, position: int, count: int
) -> tuple[Diagnostic, int]:
    end = position + count
    return Diagnostic("syntax", message, source.span(position, end), midl=2025), end


def _no_end(kind: str, source: SourceFile, start: int, end: int) -> Diagnostic:
    rule, midl, message = _NO_END[kind]
    return Diagnostic(rule, message, source.span(start, end), midl=midl)
