"""Finds Windows Runtime IDL (MIDL 3.0), which is another language under the same suffix.

Its words are ordinary names elsewhere, so each counts only where it begins a statement
outside all braces and is followed as that language wants it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from midlpy.diagnostics import Diagnostic, Span
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.source import SourceFile
from midlpy.frontend.tables import NAME

# Each word, and what stands behind it and the name that follows.
_WORDS: Final = {
    "namespace": frozenset({"{", "."}),
    "runtimeclass": frozenset({"{", ":", ";"}),
    "apicontract": frozenset({"{", ";"}),
}

# It has a result, a name and parameters.
_DELEGATE: Final = "delegate"

# What may stand in front of a statement.
_STARTS: Final = frozenset({";", "}", "]", ")"})

_PRAGMA: Final = re.compile(r"winrt\b")


def windows_runtime(
    source: SourceFile, tokens: Tokens, span_of: Callable[[int], Span]
) -> Diagnostic | None:
    """The one thing to say about a file of that language; None of any other."""
    index = _first_word(tokens)
    if index is not None:
        return _finding(span_of(index))
    for pragma in source.pragmas:
        if _PRAGMA.match(pragma.text):
            return _finding(pragma.span)
    return None


def _finding(span: Span) -> Diagnostic:
    message = "Windows Runtime IDL is not supported; RPC and COM IDL is"
    return Diagnostic("windows-runtime", message, span)


def _first_word(tokens: Tokens) -> int | None:
    """The token that begins the first statement of that language."""
    texts = tokens.texts
    if _DELEGATE not in texts and _WORDS.keys().isdisjoint(texts):
        return None
    depth = 0
    for index, text in enumerate(texts):
        if text == "{":
            depth += 1
        elif text == "}":
            depth -= 1
        elif depth <= 0 and _begins_statement(tokens, index):
            return index
    return None


def _begins_statement(tokens: Tokens, index: int) -> bool:
    texts, kinds = tokens.texts, tokens.kinds
    if index and texts[index - 1] not in _STARTS:
        return False
    if texts[index] == _DELEGATE:
        return kinds[index + 2 : index + 3] == [NAME] and texts[index + 3] == "("
    behind = _WORDS.get(texts[index])
    return (
        behind is not None and kinds[index + 1] == NAME and texts[index + 2] in behind
    )
