"""``midl_pragma warning``: which numbered warnings are off from some line on."""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend import ast


class Pragmas:
    """The midl_pragma statements of one file, in order."""

    def __init__(self, unit: ast.Unit) -> None:
        self.statements = tuple(_statements(unit.items))

    def are_hiding(self, diagnostic: Diagnostic) -> bool:
        """Whether the last word before *diagnostic* about its number is disable.

        Errors cannot be hidden, and what has no number cannot be named.
        """
        if diagnostic.midl is None or diagnostic.severity is Severity.ERROR:
            return False
        is_hidden = False
        for statement in self.statements:
            is_before = (
                statement.span.path != diagnostic.span.path
                or statement.span <= diagnostic.span
            )
            if is_before and diagnostic.midl in statement.numbers:
                is_hidden = statement.action.text == "disable"
        return is_hidden


def _statements(items: tuple[ast.Item, ...]) -> Iterator[ast.MidlPragma]:
    for item in items:
        match item:
            case ast.MidlPragma():
                yield item
            case ast.Interface() if item.body:
                yield from _statements(item.body)
            case ast.Library() | ast.Linkage():
                yield from _statements(item.body)
            case _:
                pass
