"""Syntax faults to diagnostics, in the words of IDL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from midlpy.diagnostics import Diagnostic, Note, Span
from midlpy.frontend.automaton import MAX_NESTING
from midlpy.frontend.foreign import foreign_help, is_rest_of_conflict
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.recovery import MAX_SYNTAX_ERRORS, Parser, SyntaxFault
from midlpy.frontend.repair import Edit
from midlpy.frontend.source import SourceFile
from midlpy.frontend.tables import END, NAME, Terminal

# More alternatives than this say nothing.
MAX_ALTERNATIVES: Final = 4

_TYPES: Final = frozenset(
    {
        "INTEGER_WORD",
        "SIGNED_WCHAR",
        "BASE_WORD",
        "STRUCT",
        "UNION",
        "ENUM",
        "BITMAP",
        "PIPE",
    }
    | {"_SAFEARRAY", "QUALIFIER_WORD", "__DECLSPEC", "INTERFACE", "DISPINTERFACE"}
    | {"COCLASS", NAME}
)
_EXPRESSIONS: Final = frozenset(
    {"INTEGER", "FLOAT", "STRING", "WIDE_STRING", "CHARACTER", "WIDE_CHARACTER", "UUID"}
    | {"LPAR", "LBRACE", "SIZEOF", "MINUS", "PLUS", "TILDE", "BANG", "STAR"}
    | {"_POINTER_STAR"}
    | {"AMPERSAND", NAME}
)
_STATEMENTS: Final = _TYPES | {
    *("IMPORT", "IMPORTLIB", "INCLUDE", "CPP_QUOTE", "DECLARE_GUID", "MIDL_PRAGMA"),
    *("TYPEDEF", "LIBRARY", "MODULE", "_EXTERN_C", "LSQB", "SEMICOLON"),
}
_OPERATORS: Final = frozenset(
    {"QMARK", "VBAR", "CIRCUMFLEX", "AMPERSAND", "LESSTHAN", "MORETHAN", "PLUS"}
    | {"MINUS", "STAR", "SLASH", "PERCENT", "DOT", "LSQB", "LPAR"}
)
_OPERATOR_TEXTS: Final = frozenset(
    {"||", "&&", "==", "!=", "<=", ">=", "<<", ">>", "->"}
)

# A set of terminals is called by one word when it holds those in the first set; the word
# then stands for all in the second.
_GROUPS: Final[tuple[tuple[frozenset[str], frozenset[str], str], ...]] = (
    (frozenset({"INCLUDE", "CPP_QUOTE"}), _STATEMENTS, "a declaration"),
    (
        frozenset({"DEFAULT", "CASE", NAME}),
        frozenset({"DEFAULT", "CASE", NAME}),
        "an attribute",
    ),
    (frozenset({"FLOAT", "BASE_WORD"}), _TYPES | _EXPRESSIONS, "an expression"),
    (frozenset({"FLOAT", "SIZEOF"}), _EXPRESSIONS, "an expression"),
    (frozenset({"INTEGER_WORD", "STRUCT"}), _TYPES, "a type"),
    (frozenset({"SLASH", "PERCENT"}), _OPERATORS, "an operator"),
)
_NAMES: Final = {
    NAME: "a name",
    "INTEGER": "a number",
    "STRING": "a string",
    "WIDE_STRING": "a wide string",
    "UUID": "a UUID",
    END: "the end of the file",
}

_CLOSERS: Final = ("COMMA", "RPAR", "RSQB", "SEMICOLON")
_ORDER: Final = (
    "COLON",
    "EQUAL",
    "COMMA",
    "RPAR",
    "RSQB",
    "SEMICOLON",
    "LBRACE",
    "RBRACE",
)


class SyntaxReport:
    """Words the faults of one file."""

    def __init__(
        self,
        source: SourceFile,
        tokens: Tokens,
        terminals: Iterable[Terminal],
        span_of: Callable[[int], Span],
    ) -> None:
        self._source = source
        self._tokens = tokens
        self._span_of = span_of
        self._literals = {each.name: each.literal for each in terminals if each.literal}

    def diagnostics(self, parser: Parser) -> list[Diagnostic]:
        """One for each fault that is not the echo of something told before."""
        findings = [
            self._diagnostic(fault)
            for fault in parser.faults
            if not self._is_echo(fault)
        ]
        if parser.gave_up:
            at = self._span_of(parser.faults[-1].token)
            message = (
                f"more than {MAX_SYNTAX_ERRORS} syntax errors; the rest is not read"
            )
            findings.append(Diagnostic("syntax-gave-up", message, at, midl=2026))
        return findings

    def _is_echo(self, fault: SyntaxFault) -> bool:
        tokens = self._tokens
        start = tokens.ends[fault.first - 1] if fault.first else 0
        end = tokens.ends[fault.token]
        if tokens.kinds[fault.token] == END and not self._source.is_complete:
            return True
        if is_rest_of_conflict(tokens, fault.token):
            return True
        return any(start <= offset <= end for offset in tokens.broken)

    def _diagnostic(self, fault: SyntaxFault) -> Diagnostic:
        span = self._span_of(fault.token)
        if fault.is_too_deep:
            message = f"this is nested more than {MAX_NESTING} levels deep"
            return Diagnostic("nesting-limit", message, span)
        expected = self._expected(fault.expected)
        if self._tokens.kinds[fault.token] == END:
            notes: tuple[Note, ...] = ()
            if fault.opened is not None:
                notes = (Note("this '{' is still open", self._span_of(fault.opened)),)
            message = f"the file ends too early{expected}"
            return Diagnostic("unexpected-end", message, span, midl=2183, notes=notes)
        text = self._tokens.texts[fault.token]
        if fault.edit is not None and fault.edit.is_respelling:
            text, expected = fault.edit.written, f"; expected '{fault.edit.text}'"
        return Diagnostic(
            "syntax",
            f"{_quoted(text)} does not fit here{expected}",
            span,
            midl=2025,
            help=self._help(fault),
            notes=self._macro_note(fault.token, text),
        )

    def _help(self, fault: SyntaxFault) -> str | None:
        tokens = self._tokens
        if fault.edit is not None and fault.edit.is_respelling:
            return f"write '{fault.edit.text}'"
        # A type among operands is none of them.
        if fault.is_meant_as_name and "FLOAT" not in fault.expected:
            text = _quoted(tokens.texts[fault.token])
            return f"{text} is a reserved word; choose another name"
        if (foreign := foreign_help(fault, tokens)) is not None:
            return foreign
        is_line_end_missing = (
            "SEMICOLON" in fault.expected
            and fault.token > 0
            and tokens.begins_line(fault.token)
            and tokens.kinds[fault.token - 1] not in ("SEMICOLON", "LBRACE")
        )
        if is_line_end_missing and (fault.edit is None or fault.edit.text != "{"):
            before = _quoted(tokens.texts[fault.token - 1])
            return f"end the line before with ';', behind {before}"
        return None if fault.edit is None else _edit_help(fault.edit)

    def _macro_note(self, token: int, text: str) -> tuple[Note, ...]:
        """Where the text is not what the file shows, because a macro stands there."""
        start, end = self._tokens.starts[token], self._tokens.ends[token]
        original, first, last = self._source.origin(start, end)
        written = original.text[first:last]
        if written == text or "\n" in written:
            return ()
        return (
            Note(
                f"{_quoted(text)} comes from the macro '{written}'",
                self._span_of(token),
            ),
        )

    def _expected(self, kinds: frozenset[str]) -> str:
        """``; expected ',' or ')'``; empty when there is too much to choose from."""
        left = {
            kind for kind in kinds if self._literals.get(kind) not in _OPERATOR_TEXTS
        }
        words: list[str] = []
        for needed, covered, word in _GROUPS:
            if needed <= left:
                words.append(word)
                left -= covered
        if any(closer in left for closer in _CLOSERS):
            words = [word for word in words if word != "an operator"]
            left -= {"LSQB", "LPAR"}
        if "COMMA" in left:
            left -= {"EQUAL"}
            # That of a bit-field, not that of a label.
            left -= {"COLON"} if {"SEMICOLON", "RPAR"} & left else set()
        left = {kind for kind in left if not kind.endswith("_WORD")}
        left -= {"STAR", "_POINTER_STAR", "BITMAP", "__DECLSPEC"}
        words += [_NAMES[kind] for kind in _NAMES if kind in left]
        rest = sorted(left & self._literals.keys(), key=_rank)
        words += [f"'{self._literals[kind]}'" for kind in rest]
        if not 0 < len(words) <= MAX_ALTERNATIVES:
            return ""
        *most, last = words
        return (
            f"; expected {', '.join(most)} or {last}" if most else f"; expected {last}"
        )


def _edit_help(edit: Edit) -> str:
    text = _quoted(edit.written)
    if not edit.kinds:
        return f"leave {text} out"
    if len(edit.kinds) == 1:
        return f"write '{edit.text}' in place of {text}"
    return f"put '{edit.text}' in front of {text}"


def _rank(kind: str) -> tuple[int, str]:
    return (_ORDER.index(kind) if kind in _ORDER else -1, kind)


def _quoted(text: str) -> str:
    """A token in quotes, shortened when it is long."""
    return f"'{text}'" if len(text) <= 40 else f"'{text[:37]}...'"
