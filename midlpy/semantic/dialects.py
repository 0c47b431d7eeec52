"""Settles in whose dialect a file is, and says it in MIDL's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic.findings import Findings
from midlpy.semantic.options import Options
from midlpy.semantic.samba import translated
from midlpy.semantic.scope import FileScope

# How many members a message names.
_SHOWN: Final = 5


class Settled(Struct, frozen=True):
    """A file in MIDL's words, with the options that hold for it alone."""

    source: ast.Source
    options: Options
    findings: Findings


def settled(
    source: ast.Source, imports: Iterable[FileScope], options: Options
) -> Settled:
    """*source* as the other passes read it; its dialect is no longer ``auto``."""
    is_samba = not source.is_prelude and _is_samba(source.unit, imports, options)
    own = replace(options, dialect="samba" if is_samba else "midl")
    findings = Findings(own)
    if not is_samba:
        return Settled(_in_midl(source, findings), own, findings)
    known: set[str] = set()
    for scope in imports:
        known.update(scope.names, scope.tags)
    translation = translated(source.unit, known.__contains__)
    _note_computed(translation.computed, findings)
    return Settled(replace(source, unit=translation.unit), own, findings)


def _is_samba(unit: ast.Unit, imports: Iterable[FileScope], options: Options) -> bool:
    if options.dialect != "auto":
        return options.is_samba
    if unit.samba.word is not None:
        return True
    undeclared = set(unit.samba.types)
    for scope in imports:
        undeclared.difference_update(scope.names, scope.tags)
    return bool(undeclared) and not undeclared <= set(_declared(unit.items))


def _declared(items: Iterable[ast.Item]) -> Iterable[str]:
    """The names of types that *items* declare."""
    for item in items:
        match item:
            case ast.Typedef():
                for declarator in item.declarators:
                    if declarator.name is not None:
                        yield declarator.name.text
            case ast.Interface() | ast.Library() | ast.Linkage():
                yield from _declared(item.body or ())
            case _:
                pass


def _in_midl(source: ast.Source, findings: Findings) -> ast.Source:
    """*source* without what would only be mistakes: a file of Samba's has no MIDL in it."""
    word, span = source.unit.samba.word, source.unit.samba.span
    if word is None or span is None:
        return source
    findings.report(
        "samba-dialect",
        f"'{word}' is a word of Samba's dialect, and so is this file",
        span,
        help="compile with --dialect samba, or auto",
    )
    return replace(source, unit=replace(source.unit, items=()))


def _note_computed(computed: tuple[tuple[str, Span], ...], findings: Findings) -> None:
    """Samba computes what has a [value]; here it is a member like any other."""
    if not computed:
        return
    names = list(dict.fromkeys(name for name, _ in computed))
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    findings.report(
        "value-not-computed",
        f"[value] is not computed; set {shown}"
        + (f" and {more} more" if more > 0 else "")
        + " yourself where no [size_is] or the like does",
        computed[0][1],
    )
