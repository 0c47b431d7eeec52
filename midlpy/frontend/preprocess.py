"""``#include``, ``#define``, ``#if``: text to text, with the way back.

Text without macros is copied, so that most of it maps back character by character; a
macro's expansion maps back to the place of its use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.frontend.macros import ExpansionLimit, MacroError, Macros
from midlpy.frontend.search import Search
from midlpy.frontend.source import Original, Pragma, Segment, SourceFile

MAX_INCLUDE_DEPTH: Final = 50
MAX_INCLUDES: Final = 2_000

# Of all text that one file becomes, included text and expansions together.
MAX_TEXT_CHARACTERS: Final = 32 * 1024 * 1024

_BLOCK = r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_STRING = r'"(?:\\.|[^"\\\n])*"'
_CHARACTER = r"'(?:\\.|[^'\\\n])+'"
_SCAN = re.compile(
    rf"""^(?:[ \t\f\v]|{_BLOCK})*\#(?P<directive>
            (?:[^\n\\/"']|\\\n|\\.|{_BLOCK}|//[^\n]*|{_STRING}|{_CHARACTER}|[/"'\\])*)
        |(?P<skipped>{_BLOCK}|//[^\n]*|/\*|{_STRING}|{_CHARACTER}|\.?[0-9][\w.]*)
        |(?P<word>[A-Za-z_$][\w$]*)""",
    re.MULTILINE | re.VERBOSE,
)
_COMMENT_OR_LITERAL = re.compile(rf"{_BLOCK}|//[^\n]*|{_STRING}|{_CHARACTER}")
_BLANK = re.compile(rf"(?:\s|{_BLOCK}|//[^\n]*)*")
_ARGUMENTS = re.compile(rf"{_BLOCK}|//[^\n]*|{_STRING}|{_CHARACTER}|[()]")
_DIRECTIVE = re.compile(r"\s*([A-Za-z_]\w*|\d+)?\s*(.*)", re.DOTALL)
_LINE = re.compile(r'(\d+)\s*(?:"((?:\\.|[^"\\])*)")?[\s\d]*')
_INCLUDED = re.compile(r'"([^"]+)"|<([^>]+)>')
_LAST_WORD = re.compile(r"([A-Za-z_$][\w$]*)\s*\Z")
_ECHO = re.compile(rf"midl_echo\s*\(\s*({_STRING})\s*\)")


class _LimitError(Exception):
    """The text grows beyond a limit; preprocessing ends."""


@dataclass(slots=True)
class _Condition:
    """One ``#if`` that is open: where, and what it has come to."""

    span: Span
    was_active: bool  # before it
    was_taken: bool  # some branch of it has been active
    seen_else: bool = False


def preprocess(
    path: str, text: str, macros: Macros, search: Search, folder: Path | None
) -> tuple[SourceFile, list[Diagnostic]]:
    """The text of one file with nothing left for a preprocessor to do.

    *macros* are those it begins with, and are changed. *folder* is where the file is.
    """
    original = Original(path, text)
    run = _Run(macros, search)
    try:
        run.process(original, folder)
    except _LimitError:
        pass
    segments = tuple(run.segments) or (Segment(0, original, 0),)
    pieces = "".join(run.pieces)
    source = SourceFile(path, pieces, original, segments, tuple(run.pragmas))
    return source, run.findings


class _Run:
    """The work on one file and all that it includes."""

    def __init__(self, macros: Macros, search: Search) -> None:
        self.pieces: list[str] = []
        self.segments: list[Segment] = []
        self.pragmas: list[Pragma] = []
        self.findings: list[Diagnostic] = []
        self._macros = macros
        self._search = search
        self._length = 0
        self._included_from: list[Span] = []
        self._includes = 0
        self._once: set[Path] = set()
        self._original: Original = Original("", "")
        self._folder: Path | None = None
        self._conditions: list[_Condition] = []
        self._is_active = True
        self._directives: dict[str, Callable[[str, Span], None]] = {
            "define": self._define,
            "undef": self._undef,
            "include": self._include,
            "import": self._include,
            "pragma": self._pragma,
            "error": self._error_directive,
            "warning": self._warning_directive,
            "line": self._line,
            "ident": self._nothing,
        }

    def process(self, original: Original, folder: Path | None) -> None:
        """Append what *original* becomes."""
        self._original, self._folder = original, folder
        self._conditions, self._is_active = [], True
        text = original.text
        macros = self._macros
        copied = position = 0
        while match := _SCAN.search(text, position):
            position = match.end()
            kind = match.lastgroup
            if kind == "word":
                if not self._is_active or (word := match.group()) not in macros:
                    continue
                end = self._use(word, match.start(), position)
                if end is None:
                    continue
                self._copy(copied, match.start())
                self._expansion(match.start(), end)
                copied = position = end
            elif kind == "directive":
                if self._is_active:
                    self._copy(copied, match.start())
                self._directive(match)
                copied = position
            elif match.group() == "/*":
                break  # unterminated; the lexer says so
        if self._is_active:
            self._copy(copied, len(text))
        for condition in self._conditions:
            self._report(
                "unterminated-if", "the '#if' that begins here has no '#endif'", condition.span
            )

    # Output

    def _copy(self, start: int, end: int) -> None:
        if start < end:
            self.segments.append(Segment(self._length, self._original, start))
            self._append(self._original.text[start:end])

    def _expand_to(self, text: str, start: int, end: int) -> None:
        self.segments.append(Segment(self._length, self._original, start, end))
        # The spaces keep it apart from its neighbours, as tokens are.
        self._append(f" {text} ")

    def _append(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)
        if self._length > MAX_TEXT_CHARACTERS:
            self._limit(
                f"includes and macros make this file longer than {MAX_TEXT_CHARACTERS} "
                "characters",
                self._original.span(0, 0),
            )

    def _report(
        self,
        rule: str,
        message: str,
        span: Span,
        *,
        severity: Severity = Severity.ERROR,
        midl: int | None = None,
        help: str | None = None,
    ) -> None:
        notes = tuple(Note("included from here", at) for at in self._included_from[::-1])
        self.findings.append(
            Diagnostic(rule, message, span, severity, midl, help, notes[:3])
        )

    def _limit(self, message: str, span: Span) -> None:
        self._report("preprocessor-limit", message, span)
        raise _LimitError

    # Macros

    def _use(self, name: str, start: int, end: int) -> int | None:
        """Where the use of a macro ends; None if it is none, for want of arguments."""
        if not self._macros.is_function(name):
            return end
        return self._arguments_end(name, start, end)

    def _arguments_end(self, name: str, start: int, end: int) -> int | None:
        text = self._original.text
        blank = _BLANK.match(text, end)
        opening = blank.end() if blank else end
        if not text.startswith("(", opening):
            return None
        depth = 0
        for match in _ARGUMENTS.finditer(text, opening):
            if match.group() == "(":
                depth += 1
            elif match.group() == ")":
                depth -= 1
                if depth == 0:
                    return match.end()
        self._report(
            "macro-arguments",
            f"the arguments of the macro {name!r} have no end",
            self._original.span(start, end),
        )
        return None

    def _expansion(self, start: int, end: int) -> None:
        """Append what the use of a macro stands for."""
        text = self._original.text
        use = text[start:end]
        span_end = end
        try:
            if use in self._macros:
                value = self._macros.expand_name(use)
            else:
                value = self._macros.expand(use)
        except MacroError as error:
            self._report("macro-use", str(error), self._original.span(start, span_end))
            value = ""
        except ExpansionLimit:
            self._limit(
                f"the macro {_first_word(use)!r} expands to more than can be read",
                self._original.span(start, span_end),
            )
            return
        self._expand_to(value, start, end)

    # Directives

    def _directive(self, match: re.Match[str]) -> None:
        name, rest = _split_directive(match.group("directive"))
        start = match.start("directive") - 1
        span = self._original.span(start, start + len(match.group("directive").rstrip()) + 1)
        if name in ("if", "ifdef", "ifndef"):
            self._open_condition(name, rest, span)
        elif name in ("elif", "else", "endif"):
            self._next_condition(name, rest, span)
        elif not self._is_active or not (name or rest):
            return
        elif name.isdigit():
            self._line(f"{name} {rest}", span)
        elif handler := self._directives.get(name):
            handler(rest, span)
        else:
            shown = f"'#{name}'" if name else "'#'"
            self._report(
                "unknown-directive", f"{shown} is not a preprocessor directive", span
            )

    def _open_condition(self, name: str, rest: str, span: Span) -> None:
        was_active = self._is_active
        value = False
        if was_active:
            value = self._condition(name, rest, span)
        self._conditions.append(_Condition(span, was_active, value))
        self._is_active = value

    def _condition(self, name: str, rest: str, span: Span) -> bool:
        if name in ("ifdef", "ifndef"):
            if not rest:
                self._report("directive", f"'#{name}' wants a name", span)
                return False
            return self._macros.is_defined(rest.split()[0]) == (name == "ifdef")
        try:
            return self._macros.evaluate(rest)
        except MacroError:
            self._report(
                "condition", f"'#{name}' cannot be evaluated: {rest or 'nothing'}", span
            )
        except ExpansionLimit:
            self._limit(f"a macro in '#{name}' expands to more than can be read", span)
        return False

    def _next_condition(self, name: str, rest: str, span: Span) -> None:
        if not self._conditions:
            self._report("directive", f"'#{name}' stands without '#if'", span)
            return
        condition = self._conditions[-1]
        if name == "endif":
            self._is_active = self._conditions.pop().was_active
            return
        if condition.seen_else:
            self._report("directive", f"'#{name}' stands behind '#else'", span)
        condition.seen_else = name == "else"
        value = condition.was_active and not condition.was_taken
        if value and name == "elif":
            value = self._condition(name, rest, span)
        self._is_active = value
        condition.was_taken |= value

    def _define(self, rest: str, span: Span) -> None:
        try:
            self._macros.define(rest)
        except MacroError as error:
            self._report("directive", str(error), span)

    def _undef(self, rest: str, span: Span) -> None:
        if not rest:
            self._report("directive", "'#undef' wants a name", span)
            return
        self._macros.undefine(rest.split()[0])

    def _pragma(self, rest: str, span: Span) -> None:
        self.pragmas.append(Pragma(rest, span))
        if rest == "once":
            self._once.add(Path(self._original.path))
        elif rest.startswith("winrt"):
            self._limit("Windows Runtime IDL is not supported; RPC and COM IDL is", span)
        elif echo := _ECHO.match(rest):
            # It says what the statement cpp_quote says.
            start = self._original.offset(span.line, span.column)
            end = self._original.offset(span.end_line, span.end_column)
            self._expand_to(f"cpp_quote({echo.group(1)})", start, end)

    def _error_directive(self, rest: str, span: Span) -> None:
        self._report("error-directive", rest or "the file refuses to be compiled", span)

    def _warning_directive(self, rest: str, span: Span) -> None:
        self._report("warning-directive", rest, span, severity=Severity.WARNING)

    def _nothing(self, rest: str, span: Span) -> None:
        """It means nothing to a compiler."""

    def _line(self, rest: str, span: Span) -> None:
        match = _LINE.fullmatch(rest)
        if match is None or len(match.group(1)) > 9:
            self._report("directive", "'#line' wants a number and perhaps a file", span)
            return
        original = self._original
        delta = int(match.group(1)) - (span.end_line - original.line_delta + 1)
        path = match.group(2) or original.path
        self._original = original.renamed(path.replace("\\\\", "\\"), delta)

    # Includes

    def _include(self, rest: str, span: Span) -> None:
        match = _INCLUDED.match(rest)
        if match is None:
            match = self._expanded_include(rest)
        if match is None:
            self._report("directive", "'#include' wants \"FILE\" or <FILE>", span)
            return
        name = match.group(1) or match.group(2)
        found = self._search.find(name, self._folder)
        if found is None:
            self._report(
                "missing-include",
                f"the file '{name}' is nowhere to be found",
                span,
                help="name its folder with -I",
            )
            return
        if found.is_other_case:
            self._report(
                "import-case",
                f"the file '{name}' is called '{found.path.name}' here",
                span,
                severity=Severity.WARNING,
            )
        if found.path in self._once:
            return
        self._includes += 1
        if len(self._included_from) == MAX_INCLUDE_DEPTH:
            self._limit(f"includes are nested more than {MAX_INCLUDE_DEPTH} deep", span)
        if self._includes > MAX_INCLUDES:
            self._limit(f"more than {MAX_INCLUDES} files are included", span)
        try:
            text = self._search.read(found.path)
        except OSError as error:
            self._report(
                "missing-include",
                f"the file '{name}' cannot be read: {error.strerror}",
                span,
            )
            return
        self._process_included(Original(str(found.path), text), found.path.parent, span)

    def _expanded_include(self, rest: str) -> re.Match[str] | None:
        try:
            return _INCLUDED.match(self._macros.expand(rest).strip())
        except (MacroError, ExpansionLimit):
            return None

    def _process_included(self, original: Original, folder: Path, span: Span) -> None:
        saved = (self._original, self._folder, self._conditions, self._is_active)
        self._included_from.append(span)
        self.process(original, folder)
        self._included_from.pop()
        self._original, self._folder, self._conditions, self._is_active = saved
        self._append("\n")


def _split_directive(text: str) -> tuple[str, str]:
    """The word behind ``#`` and the rest, comments and line continuations gone."""
    text = _COMMENT_OR_LITERAL.sub(
        lambda m: " " if m.group().startswith("/") else m.group(), text
    )
    text = re.sub(r"\\[ \t]*\n", " ", text)
    match = _DIRECTIVE.fullmatch(text)
    assert match is not None
    return match.group(1) or "", match.group(2).strip()


def _first_word(text: str) -> str:
    return re.split(r"\W", text, maxsplit=1)[0]
