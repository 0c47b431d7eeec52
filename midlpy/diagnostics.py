"""Diagnostics as values: what is wrong in a source, where, and what to do about it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from midlpy.diagnostics_error import CompileError as CompileError
from midlpy.diagnostics_error import Severity as Severity


class Span(Struct, frozen=True, order=True):
    """A range of one file; lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The range from the start of this one to the end of *other*, in one file."""
        if other.path != self.path:
            return self
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)


class Note(Struct, frozen=True):
    """Another place that has to do with a diagnostic."""

    message: str
    span: Span


class Diagnostic(Struct, frozen=True):
    """One finding about a source file.

    *rule* is the slug of a row of ``midlpy rules``; *midl* the number that Microsoft's
    documentation gives for the same mistake, if it gives one. *help* is one remedy,
    written so that it can be pasted.
    """

    rule: str
    message: str
    span: Span
    severity: Severity = Severity.ERROR
    midl: int | None = None
    help: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def code(self) -> str:
        """The slug, after the MIDL number where there is one."""
        return self.rule if self.midl is None else f"MIDL{self.midl} {self.rule}"

    def with_severity(self, severity: Severity) -> Diagnostic:
        """The same finding, taken more or less seriously."""
        return replace(self, severity=severity)
