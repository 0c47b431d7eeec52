"""IDL and comments as docstring text: re-wrapped, but otherwise as written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

STEP = "    "

_TOKENS = re.compile(
    r"(?P<directive>^[ \t]*\#[^\n]*)"
    r"|(?P<line>//[^\n]*)"
    r"|(?P<block>/\*.*?\*/)"
    r"|(?P<text>L?\"(?:\\.|[^\"\\\n])*\"|L?'(?:\\.|[^'\\\n])*')"
    r"|(?P<mark>[{}()\[\];,])"
    r"|(?P<space>\s+)"
    r"|(?P<word>[^\s{}()\[\];,\"'/]+|.)",
    re.DOTALL | re.MULTILINE,
)
_ENUM_BODY = re.compile(r"\{[^{}]*\}", re.DOTALL)
# Control characters, surrogates, and what turns or hides text around it.
_UNPRINTABLE = re.compile(
    "[^\n\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
    "\ue000-\ufefe\uff00-\U0010ffff]"
)


class _Layout:
    """Lines under construction; *depth* counts open braces."""

    def __init__(self, width: int) -> None:
        self.lines: list[str] = []
        self.depth = 0
        self.width = width
        self.is_new_line = True  # in the source, since the last token
        self._parts: list[str] = []
        self._is_spaced = False

    def add(self, token: str, is_tight: bool = False) -> None:
        # A space after an opening bracket says nothing.
        may_space = self._parts and self._parts[-1] not in ("(", "[") and not is_tight
        if self._is_spaced and may_space:
            self._parts.append(" ")
        self._is_spaced = self.is_new_line = False
        self._parts.append(token)

    def space(self) -> None:
        self._is_spaced = True

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def end(self, deeper: int = 0) -> None:
        """End the line, if there is one; it stands *deeper* levels further in."""
        if self._parts:
            indent = STEP * (self.depth + deeper)
            self.lines += _broken("".join(self._parts), indent, self.width)
        self._parts = []
        self._is_spaced = False


def _broken(line: str, indent: str, width: int) -> list[str]:
    """*line*, continued further in where it is too long."""
    if len(indent) + len(line) <= width:
        return [indent + line]
    return textwrap.wrap(
        line,
        max(width, len(indent) + 24),
        initial_indent=indent,
        subsequent_indent=indent + STEP,
        break_long_words=False,
        break_on_hyphens=False,
    )


def declaration(text: str, width: int) -> list[str]:
    """A type's declaration, one member to a line."""
    layout = _Layout(width)
    brackets = 0
    enums: list[bool] = []  # of each open brace: does it list enumerators
    words: list[str] = []
    for kind, token in _tokens(text):
        if kind == "space":
            _newline_or_space(layout, token)
        elif kind in ("directive", "line", "block"):
            _comment(layout, kind, token)
        elif token == "{":
            enums.append(any(word in ("enum", "bitmap") for word in words))
            layout.space()
            layout.add(token)
            layout.end()
            layout.depth += 1
        elif token == "}":
            layout.end()
            layout.depth = max(0, layout.depth - 1)
            enums = enums[:-1]
            layout.add(token)
            layout.space()
        else:
            brackets += (token in ("(", "[")) - (token in (")", "]"))
            _mark_or_word(layout, token)
            is_member = token == ";" or (token == "," and enums and enums[-1])
            if is_member and brackets <= 0:
                layout.end()
                words = []
        if kind == "word":
            words.append(token)
    layout.end()
    return layout.lines


def operation(text: str, width: int) -> list[str]:
    """An operation's declaration, one parameter to a line if there are several."""
    tokens = list(_tokens(text))
    several = _has_parameters(tokens)
    layout = _Layout(width)
    square = round_ = 0
    for kind, token in tokens:
        if kind == "space":
            _newline_or_space(layout, token)
            continue
        if kind in ("directive", "line", "block"):
            _comment(layout, kind, token, deeper=int(round_ > 0))
            continue
        square += (token == "[") - (token == "]")
        if square == 0:
            round_ += (token == "(") - (token == ")")
        _mark_or_word(layout, token)
        if several and square == 0:
            if token == "(" and round_ == 1:
                layout.end()
            elif token == "," and round_ == 1:
                layout.end(1)
    layout.end(int(several))
    return layout.lines


def _has_parameters(tokens: list[tuple[str, str]]) -> bool:
    """Are there two parameters or more, or a comment among them."""
    square = round_ = 0
    for kind, token in tokens:
        square += (token == "[") - (token == "]")
        if square == 0:
            round_ += (token == "(") - (token == ")")
        if kind == "line" and round_ > 0:
            return True
        if token == "," and square == 0 and round_ == 1:
            return True
    return False


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKENS.finditer(text.strip()):
        kind = match.lastgroup
        assert kind is not None
        yield kind, match.group()


def _newline_or_space(layout: _Layout, token: str) -> None:
    """Blank lines between members stay, as one."""
    above = layout.lines[-1] if layout.lines else ""
    if layout.is_empty and token.count("\n") > 1 and above and above[-1] != "{":
        layout.lines.append("")
    layout.is_new_line |= "\n" in token
    layout.space()


def _mark_or_word(layout: _Layout, token: str) -> None:
    layout.add(token, is_tight=token in (",", ";", ")", "]"))
    if token == ",":
        layout.space()


def _comment(layout: _Layout, kind: str, token: str, deeper: int = 0) -> None:
    if layout.is_empty and layout.lines and not layout.is_new_line:
        # Behind what it is about, which has a line of its own by now.
        line = f"{layout.lines[-1]} {token.strip()}"
        if kind != "directive" and "\n" not in token and len(line) <= layout.width:
            layout.lines[-1] = line
            return
    if kind == "block" and "\n" not in token:
        layout.add(token)
        layout.space()
        return
    if kind == "directive":
        layout.end(deeper)
    lines = [line.strip() for line in token.strip().split("\n")]
    if kind == "block":
        layout.end(deeper)
        lines = [lines[0], *(f" {line}" for line in lines[1:])]
    elif not layout.is_empty:
        layout.add(lines[0])
        layout.end(deeper)
        return
    for line in lines:
        layout.lines.append(STEP * (layout.depth + deeper) + line)


def brief(text: str, width: int) -> str | None:
    """A pipe's or an enum's declaration on one line, enumerators left out, or None."""
    short = " ".join(_ENUM_BODY.sub("{ ... }", text).split())
    if (
        not short
        or len(short) > width
        or "`" in short
        or "/*" in short
        or "//" in short
    ):
        return None
    return short


def paragraphs(comment: str | None, width: int) -> list[str]:
    """The lines of a comment, long ones wrapped, no blank ones at the ends."""
    if not comment:
        return []
    lines: list[str] = []
    for line in comment.expandtabs(4).strip().splitlines():
        lines += textwrap.wrap(
            line.strip(), width, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return lines


def printable(line: str) -> str:
    """*line* without what an editor would not show."""
    return _UNPRINTABLE.sub(" ", line.expandtabs(4)).rstrip()


def escaped(line: str) -> str:
    """*line* as it must stand in a docstring."""
    return printable(line).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
