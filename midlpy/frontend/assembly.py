"""Preprocessed text as it grows, with where each piece of it comes from."""

from __future__ import annotations

from typing import Final

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.frontend.ast import Pragma
from midlpy.frontend.source import Original, Segment, SourceFile

# Of all text that one file becomes, included text and expansions together.
MAX_TEXT_CHARACTERS: Final = 8 * 1024 * 1024

# A chain of includes is told from its inner end, and no further.
MAX_INCLUDE_NOTES: Final = 3


class LimitError(Exception):
    """A limit is passed, and that has been reported: preprocessing ends here."""


class Assembly:
    """Collects pieces of text, and what is to be said about them.

    *included_from* are the directives that led to the file at hand, outermost first.
    """

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []
        self.pragmas: list[Pragma] = []
        self.included_from: list[Span] = []
        self._pieces: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0

    def source(self, original: Original, *, is_complete: bool) -> SourceFile:
        """All text so far, as what *original* has become."""
        return SourceFile(
            original.path,
            "".join(self._pieces),
            original,
            tuple(self._segments) or (Segment(0, original, 0),),
            tuple(self.pragmas),
            is_complete,
        )

    def copy(self, original: Original, start: int, end: int) -> None:
        """Append a part of *original* as it is.

        Raises:
            LimitError: the text is too long.
        """
        if start < end:
            self._append(
                Segment(self._length, original, start), original.text[start:end]
            )

    def replace(self, original: Original, start: int, end: int, text: str) -> None:
        """Append *text* in the place of a part of *original*.

        Raises:
            LimitError: the text is too long.
        """
        # The spaces keep it apart from its neighbours, as tokens are.
        self._append(Segment(self._length, original, start, end), f" {text} ")

    def _append(self, segment: Segment, text: str) -> None:
        self._segments.append(segment)
        self._pieces.append(text)
        self._length += len(text)
        if self._length > MAX_TEXT_CHARACTERS:
            message = (
                f"includes and macros make more than {MAX_TEXT_CHARACTERS} characters"
            )
            at = segment.original.span(segment.offset, segment.offset)
            raise self.limit(message, at)

    def limit(self, message: str, span: Span) -> LimitError:
        """Report that a limit is passed; the result is to be raised."""
        self.report("preprocessor-limit", message, span)
        return LimitError()

    def report(
        self,
        rule: str,
        message: str,
        span: Span,
        *,
        severity: Severity = Severity.ERROR,
        help: str | None = None,
    ) -> None:
        """Add a finding, with the way that led to its file."""
        chain = self.included_from[: -MAX_INCLUDE_NOTES - 1 : -1]
        notes = tuple([Note("included from here", at) for at in chain])
        self.findings.append(
            Diagnostic(rule, message, span, severity, help=help, notes=notes)
        )
