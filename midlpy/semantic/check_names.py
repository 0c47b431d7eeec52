"""Rules about names: what MIDL reserves, what may be declared again.

Spec: MIDL reference, "Reserved keywords", wchar_t, error_status_t.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from midlpy.diagnostics import Diagnostic, Span
from midlpy.semantic import ir
from midlpy.semantic.builtin import REDECLARABLE
from midlpy.semantic.scope import Constructed, FileScope, Site, TypedefSymbol
from midlpy.semantic.subjects import OperationSubject

# Words MIDL takes for itself; parsed as names all the same.
RESERVED: Final = frozenset(
    [
        *("TRUE", "FALSE", "NULL"),
        *("async", "auto", "cdecl", "far", "fastcall", "fortran", "huge"),
        *("near", "pascal", "stdcall"),
        *("contract", "include", "library", "methods", "module", "properties"),
        *("handle_t", "ISO_LATIN_1", "ISO_MULTI_LINGUAL", "ISO_UCS"),
        *("__int128", "__float80", "__float128", "private_char_8", "private_char_16"),
    ]
)

SLUGS: Final = {
    "wchar_t": "wchar-redefined",
    "error_status_t": "error-status-redefined",
}


def redeclared_base(scope: FileScope) -> Iterator[Diagnostic]:
    """wchar_t and error_status_t may be declared as what they are, and as nothing else."""
    for name, kinds in REDECLARABLE.items():
        symbol = scope.names.get(name)
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        declared = symbol.declared
        core = declared.core
        is_same = (
            not declared.levels and isinstance(core, ir.Base) and core.kind in kinds
        )
        if not is_same and not declared.is_poison:
            yield symbol.site.finding(
                SLUGS[name],
                f"'{name}' is {kinds[1].value}, and is declared here as {declared.text}",
                symbol.span,
                help="leave the typedef out",
            )


def reserved_members(named: Constructed) -> Iterator[Diagnostic]:
    """A member named by a reserved word compiles here, and not with MIDL."""
    for field in named.fields:
        yield from _reserved(field.name, field.span, named.site)


def reserved_parameters(operation: OperationSubject) -> Iterator[Diagnostic]:
    """The same for operations and their parameters."""
    yield from _reserved(operation.name, operation.name_span, operation.site)
    for parameter in operation.parameters:
        yield from _reserved(parameter.name, parameter.span, operation.site)


def _reserved(name: str, span: Span, site: Site) -> Iterator[Diagnostic]:
    if name in RESERVED:
        yield site.finding(
            "reserved-word", f"'{name}' is a word that MIDL reserves", span
        )
