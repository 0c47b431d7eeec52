"""Enters a name where it is declared, and says what is wrong when it is taken."""

from __future__ import annotations

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic.repeats import is_same, is_tag_alias, is_with_its_enum
from midlpy.semantic.scope import (
    ConstantSymbol,
    EnumeratorSymbol,
    FileScope,
    GuidSymbol,
    InterfaceSymbol,
    NameSymbol,
)


def declare(symbol: NameSymbol, scope: FileScope) -> bool:
    """Enter *symbol* in *scope*; False when its name is taken."""
    text = symbol.name.text
    earlier = scope.names.get(text)
    if earlier is None:
        scope.names[text] = symbol
        return True
    if isinstance(earlier, InterfaceSymbol) and isinstance(symbol, InterfaceSymbol):
        if symbol.is_forward:
            return False
        if earlier.is_forward:
            scope.names[text] = symbol
            return True
    if is_tag_alias(earlier, symbol):
        return True
    if is_with_its_enum(earlier, symbol, scope.options):
        return False  # of which it is said once
    constants = (ConstantSymbol, EnumeratorSymbol, GuidSymbol)
    if isinstance(earlier, constants) != isinstance(symbol, constants):
        scope.findings.report(
            "name-is-constant",
            f"'{text}' is the name of a constant and of a type",
            symbol.span,
            notes=[Note(f"'{text}' is declared here", earlier.span)],
        )
        return False
    report_repeated(symbol.name, earlier.span, scope, is_alike=is_same(earlier, symbol))
    return False


def report_repeated(
    name: ast.Name, earlier: Span, scope: FileScope, *, is_alike: bool
) -> None:
    """Say that *name* is declared a second time."""
    scope.findings.report(
        "repeated-declaration" if is_alike else "redefinition",
        f"'{name.text}' is declared twice" + (", both times alike" if is_alike else ""),
        name.span,
        notes=[Note(f"'{name.text}' is declared here", earlier)],
    )
