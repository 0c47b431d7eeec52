"""``#include``, ``#define``, ``#if``: text to text, with the way back.

Text without macros is copied, so that most of it maps back character by character; a
macro's expansion maps back to the place of its use.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Final

from midlpy.diagnostics import Diagnostic, Severity, Span
from midlpy.frontend import stand_ins
from midlpy.frontend.assembly import Assembly, LimitError
from midlpy.frontend.ast import Pragma
from midlpy.frontend.branches import BRANCH_DIRECTIVES, Branches
from midlpy.frontend.macros import ExpansionLimit, MacroError, Macros
from midlpy.frontend.pragmas import Packing, unknown_option
from midlpy.frontend.search import Found, Search
from midlpy.frontend.source import Original, SourceFile

MAX_INCLUDE_DEPTH: Final = 50
MAX_INCLUDES: Final = 2_000

# Uses of macros whose arguments have no end; each is looked for to the end of the file.
MAX_ENDLESS_ARGUMENTS: Final = 10

_BLOCK = r"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/"
_LITERAL = r""""(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)++'"""
_LINE_COMMENT = r"//(?:[^\\\n]++|\\[ \t]*\n|\\)*+"
_ASIDE = rf"{_BLOCK}|{_LINE_COMMENT}|{_LITERAL}"

# What the text of a preprocessor may still have.
_LEFT_OVER = frozenset({"line", "pragma", "ident"})

# What is between its matches is of no interest to a preprocessor.
_SCAN = re.compile(
    rf"""^(?:[ \t\f\v]++|{_BLOCK})*+\#
            (?P<directive>(?:[^\n\\/"']|\\\n|\\.|{_ASIDE}|/(?!\*)|["'\\])*+)
        |(?P<continuation>\\[ \t]*\n)
        |(?P<skipped>{_ASIDE}|/\*|\.?[0-9][\w.]*)
        |(?P<word>[A-Za-z_$][\w$]*)""",
    re.MULTILINE | re.VERBOSE,
)
_ASIDES = re.compile(_ASIDE)
_BLANKS = re.compile(rf"(?:\s|{_BLOCK}|{_LINE_COMMENT})*")
_PARENTHESES = re.compile(rf"{_ASIDE}|[()]")
_CONTINUATION = re.compile(r"\\[ \t]*\n")
_DIRECTIVE = re.compile(r"\s*([A-Za-z_]\w*|\d+)?\s*(.*?)\s*", re.DOTALL)
_LINE = re.compile(r'(\d{1,9})\s*(?:"((?:\\.|[^"\\])*)")?[\s\d]*')
_ESCAPED = re.compile(r'\\([\\"])')
_FILE = re.compile(r'"([^"]+)"|<([^>]+)>')
_FIRST_WORD = re.compile(r"[\w$]+")
_WORD_CHARACTERS = f"{string.ascii_letters}{string.digits}_$"
_ECHO = re.compile(rf"midl_echo\s*\(\s*({_LITERAL})\s*\)")


def preprocess(
    path: str,
    text: str,
    macros: Macros,
    search: Search,
    folder: Path | None,
    *,
    is_raw: bool = False,
) -> tuple[SourceFile, list[Diagnostic]]:
    """The text of one file with nothing left for a preprocessor to do.

    *macros* are those it begins with, and are changed. *folder* is where the file is.
    *is_raw* text has been preprocessed before: of directives only line markers and
    pragmas may be left.
    """
    original = Original(path, text)
    assembly = Assembly()
    if (place := text.find("\0")) >= 0:
        assembly.report(
            "not-text",
            "the file is not text: a NUL character stands here",
            original.span(place, place),
            help="if it is an IDL file in UTF-16, save it with a byte order mark",
        )
        return assembly.source(original, is_complete=False), assembly.findings
    is_complete = True
    try:
        _Preprocessor(macros, search, assembly, is_raw).process(original, folder)
    except LimitError:
        is_complete = False
    return assembly.source(original, is_complete=is_complete), assembly.findings


class _Preprocessor:
    """The work on one file and all that it includes."""

    def __init__(
        self, macros: Macros, search: Search, assembly: Assembly, is_raw: bool
    ) -> None:
        self._is_raw = is_raw
        self._macros = macros
        self._search = search
        self._assembly = assembly
        self._includes = 0
        self._endless = 0
        self._stood_in: set[str] = set()
        self._once: set[Path] = set()
        self._packing = Packing()
        # Of the file at hand.
        self._original = Original("", "")
        self._folder: Path | None = None
        self._branches = Branches(macros, assembly)
        self._directives: dict[str, Callable[[str, Span], None]] = {
            "define": self._define,
            "undef": self._undef,
            "include": self._include,
            "import": self._include,
            "pragma": self._pragma,
            "error": self._error,
            "warning": self._warning,
            "line": self._line,
            "ident": self._ident,
        }

    def process(self, original: Original, folder: Path | None) -> None:
        """Append what *original* becomes.

        Raises:
            LimitError: it becomes too much.
        """
        self._original, self._folder = original, folder
        self._branches = Branches(self._macros, self._assembly)
        text, macros, assembly = original.text, self._macros, self._assembly
        copied = position = 0
        while match := _SCAN.search(text, position):
            start, position = match.span()
            kind = match.lastgroup
            if kind == "directive":
                if self._branches.is_active:
                    assembly.copy(self._original, copied, start)
                self._directive(match)
                copied = position
            elif kind == "continuation":
                if self._branches.is_active and not self._is_raw:
                    assembly.copy(self._original, copied, start)
                    copied = position
            elif kind == "skipped":
                if match.group() == "/*":
                    break  # It has no end, as the lexer will say.
            elif self._branches.is_active and (word := match.group()) in macros:
                end = self._use_end(word, position)
                if end is not None:
                    assembly.copy(self._original, copied, start)
                    copied = position = self._expand(start, end)
        if self._branches.is_active:
            assembly.copy(self._original, copied, len(text))
        self._branches.close()

    # Macros

    def _use_end(self, name: str, end: int) -> int | None:
        """Where the use of a macro ends; None if it is none, for want of arguments."""
        if not self._macros.is_function(name):
            return end
        text = self._original.text
        blanks = _BLANKS.match(text, end)
        opening = blanks.end() if blanks else end
        if not text.startswith("(", opening):
            return None
        depth = 0
        for match in _PARENTHESES.finditer(text, opening):
            depth += {"(": 1, ")": -1}.get(match.group(), 0)
            if depth == 0:
                return match.end()
        span = self._original.span(end - len(name), end)
        self._assembly.report(
            "macro-arguments",
            f"the arguments of the macro '{name}' have no end",
            span,
        )
        self._endless += 1
        if self._endless > MAX_ENDLESS_ARGUMENTS:
            message = (
                f"the arguments of more than {MAX_ENDLESS_ARGUMENTS} macros have no end"
            )
            raise self._assembly.limit(message, span)
        return None

    def _expand(self, start: int, end: int) -> int:
        """Append what the use of a macro stands for; return where it ends."""
        original = self._original
        value = self._expanded(original.text[start:end], start, end)
        # What it stands for may end in a macro whose arguments come behind it.
        while self._macros.is_function(last := _last_word(value)):
            further = self._use_end(last, end)
            if further is None:
                break
            expanded = self._expanded(last + original.text[end:further], start, further)
            value = value.removesuffix(last) + expanded
            end = further
        self._assembly.replace(original, start, end, value)
        return end

    def _expanded(self, text: str, start: int, end: int) -> str:
        span = self._original.span(start, end)
        try:
            return self._macros.expand(text)
        except MacroError as error:
            self._assembly.report("macro-use", str(error), span)
            return ""
        except ExpansionLimit:
            name = _FIRST_WORD.match(self._original.text, start)
            message = "expands to more than can be read"
            shown = f"the macro '{name.group()}'" if name else "this macro"
            raise self._assembly.limit(f"{shown} {message}", span) from None

    # Directives

    def _directive(self, match: re.Match[str]) -> None:
        written = match.group("directive")
        name, rest = _split(written)
        start = match.start("directive")
        span = self._original.span(start - 1, start + len(written.rstrip()))
        if self._is_raw and name not in _LEFT_OVER and not name.isdigit():
            if name:
                message = f"'#{name}' wants a preprocessor, and none of ours runs"
                help_ = "leave out --no-cpp and --cpp-command"
                self._assembly.report("directive", message, span, help=help_)
        elif name in BRANCH_DIRECTIVES:
            self._branches.take(name, rest, span)
        elif not self._branches.is_active or not (name or rest):
            return
        elif name.isdigit():
            self._line(f"{name} {rest}", span)
        elif name in self._directives:
            self._directives[name](rest, span)
        else:
            message = f"'#{name}' is not a preprocessor directive"
            self._assembly.report("unknown-directive", message, span)

    def _define(self, rest: str, span: Span) -> None:
        try:
            self._macros.define(rest)
        except MacroError as error:
            self._assembly.report("directive", str(error), span)

    def _undef(self, rest: str, span: Span) -> None:
        if rest:
            self._macros.undefine(rest.split()[0])
        else:
            self._assembly.report("directive", "'#undef' wants a name", span)

    def _pragma(self, rest: str, span: Span) -> None:
        original = self._original
        self._assembly.pragmas.append(Pragma(rest, span))
        if rest == "once":
            self._once.add(Path(original.path))
        elif echo := _ECHO.match(rest):
            # It says what the statement cpp_quote says.
            start = original.offset(span.line, span.column)
            end = original.offset(span.end_line, span.end_column)
            statement = f"cpp_quote({echo.group(1)})"
            self._assembly.replace(original, start, end, statement)
        elif finding := self._packing.finding(rest, span) or unknown_option(rest, span):
            self._assembly.findings.append(finding)

    def _error(self, rest: str, span: Span) -> None:
        message = rest or "the file refuses to be compiled"
        self._assembly.report("error-directive", message, span)

    def _warning(self, rest: str, span: Span) -> None:
        message = rest or "the file warns of itself"
        self._assembly.report(
            "warning-directive", message, span, severity=Severity.WARNING
        )

    def _ident(self, rest: str, span: Span) -> None:
        """It is for the eyes of a linker."""

    def _line(self, rest: str, span: Span) -> None:
        match = _LINE.fullmatch(rest) or _LINE.fullmatch(self._expanded_operand(rest))
        if match is None:
            message = "'#line' wants a number and perhaps a file"
            self._assembly.report("directive", message, span)
            return
        original = self._original
        following = span.end_line - original.line_delta + 1
        path = _ESCAPED.sub(r"\1", match.group(2) or "") or original.path
        self._original = original.renamed(path, int(match.group(1)) - following)

    # Includes

    def _include(self, rest: str, span: Span) -> None:
        match = _FILE.match(rest) or _FILE.match(self._expanded_operand(rest))
        if match is None:
            message = "'#include' wants \"FILE\" or <FILE>"
            self._assembly.report("directive", message, span)
            return
        self._include_file(match.group(1) or match.group(2), span)

    def _expanded_operand(self, text: str) -> str:
        try:
            return self._macros.expand(text).strip()
        except (MacroError, ExpansionLimit):
            return ""

    def _include_file(self, name: str, span: Span) -> None:
        assembly = self._assembly
        found = self._search.find(name, self._folder)
        if found is None:
            message = f"the file '{name}' is nowhere to be found"
            help_ = "name its folder with -I"
            assembly.report("missing-include", message, span, help=help_)
            return
        if found.is_other_case:
            message = f"the file '{name}' is called '{found.path.name}' here"
            assembly.report("import-case", message, span, severity=Severity.WARNING)
        if found.path in self._once:
            return
        if found.is_stand_in and stand_ins.is_noted(name, self._original.path):
            self._note_stand_in(name, span)
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            raise assembly.limit(f"more than {MAX_INCLUDES} files are included", span)
        if len(assembly.included_from) == MAX_INCLUDE_DEPTH:
            message = f"includes are nested more than {MAX_INCLUDE_DEPTH} deep"
            raise assembly.limit(message, span)
        try:
            text = self._text_of(found)
        except OSError as error:
            message = f"the file '{name}' cannot be read: {error.strerror}"
            assembly.report("missing-include", message, span)
            return
        saved = (self._original, self._folder, self._branches)
        assembly.included_from.append(span)
        # A newline of its own, should the last line lack one.
        beside = self._folder if found.is_stand_in else found.path.parent
        self.process(Original(str(found.path), text + "\n"), beside)
        assembly.included_from.pop()
        self._original, self._folder, self._branches = saved

    def _note_stand_in(self, name: str, span: Span) -> None:
        if name not in self._stood_in:
            self._stood_in.add(name)
            message = stand_ins.message(name)
            self._assembly.report("stand-in", message, span, severity=Severity.NOTE)

    def _text_of(self, found: Found) -> str:
        """What including a file comes to.

        A stand-in for an IDL file is imported, so that its types keep their own module.
        """
        if found.is_stand_in and found.path.suffix == ".idl":
            return f'import "{found.path.name}";'
        return self._search.read_found(found)


def _last_word(text: str) -> str:
    """The word that *text* ends in; empty if it ends otherwise."""
    return text[len(text.rstrip(_WORD_CHARACTERS)) :]


def _split(directive: str) -> tuple[str, str]:
    """The word behind ``#`` and the rest, comments and line continuations gone."""
    text = _ASIDES.sub(
        lambda aside: " " if aside.group()[0] == "/" else aside.group(), directive
    )
    match = _DIRECTIVE.fullmatch(_CONTINUATION.sub("", text))
    assert match is not None
    return match.group(1) or "", match.group(2)
