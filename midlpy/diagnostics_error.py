"""How bad a finding is, and the error that findings make; light to import.

What waits for IDL files to be imported needs these, and hardly ever a finding.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midlpy.diagnostics import Diagnostic


class Severity(Enum):
    """How bad it is; an error keeps modules from being written."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class CompileError(Exception):
    """A source that cannot be compiled; *diagnostics* holds every finding, in order."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        first = (errors or diagnostics)[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        where = f"{first.span.path}:{first.span.line}:{first.span.column}"
        super().__init__(f"{where}: {first.message} [{first.code}]{more}")
