"""A type by its name: typedef or interface, tag, built-in name; in this order.

Lenient where published files need it: a type may be used before its declaration, and a
tag without its keyword, both with a word about it.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast, stand_ins
from midlpy.semantic import bases, builtin, ir, types
from midlpy.semantic.collect import adopt
from midlpy.semantic.declared import (
    REFUSED,
    Core,
    Declared,
    Form,
    InterfaceName,
    Level,
    Poison,
    Untransmissible,
    Void,
)
from midlpy.semantic.scope import (
    ConstantSymbol,
    EnumeratorSymbol,
    GuidSymbol,
    InterfaceSymbol,
    Site,
    TypedefSymbol,
)


def named(type_: ast.NamedType, site: Site) -> Declared:
    """A type by its name: typedef or interface, tag, built-in name; in this order."""
    name = type_.name
    text = name.text.rpartition(".")[2]
    if text in builtin.REDECLARABLE:
        return Declared((), ir.Base(builtin.REDECLARABLE[text][0]), text)
    if text == "handle_t":
        return Declared((), ir.BindingHandle(), text)
    symbol = site.scope.find_name(text)
    match symbol:
        case TypedefSymbol():
            _warn_used_before(symbol, name, site)
            return replace(types.typedef(symbol), text=text)
        case InterfaceSymbol():
            return Declared((), InterfaceName(text), text)
        case ConstantSymbol() | EnumeratorSymbol() | GuidSymbol():
            reason = f"'{text}' is a constant, not a type"
            note = Note(f"'{text}' is declared here", symbol.span)
            site.findings.report("unknown-type", reason, name.span, notes=[note])
            if site.options.is_samba:
                return Declared((), Untransmissible(reason, REFUSED), text)
            return Declared((), Poison(name.span), text)
        case None:
            return _undeclared(name, text, site)


def _warn_used_before(symbol: TypedefSymbol, name: ast.Name, site: Site) -> None:
    if symbol.is_busy:
        return  # defined by itself, which is said elsewhere
    early = site.scope.used_early
    if symbol.site.scope is not site.scope or name.text in early:
        return
    if _is_later(symbol, name, site):
        early.add(name.text)
        site.findings.report(
            "used-before-declaration",
            f"'{name.text}' is used before its declaration",
            name.span,
            notes=[Note(f"'{name.text}' is declared here", symbol.span)],
        )


def _is_later(symbol: TypedefSymbol, name: ast.Name, site: Site) -> bool:
    if site.order:
        return symbol.site.order >= site.order > 0
    # Operations are not counted, but stand in the text.
    return symbol.span.path == name.span.path and symbol.span > name.span


def _undeclared(name: ast.Name, text: str, site: Site) -> Declared:
    tag = site.scope.find_tag(text)
    if tag is not None:
        site.findings.report(
            "tag-as-type",
            f"'{text}' is a tag, used as a type without '{tag.kind.value}'",
            name.span,
            notes=[Note(f"'{text}' is declared here", tag.span)],
        )
        return Declared((), tag, text)
    predeclared = _predeclared(text, name.span, site)
    if predeclared is not None:
        return predeclared
    if bases.may_be_elsewhere(name.text, site.scope):
        reason = f"'{name.text}' is of a type library, which is not read"
        return Declared((), Untransmissible(reason, "unknown-type"), text)
    if site.scope.import_earlier(text):
        return named(ast.NamedType(name), site)
    if text in bases.ROOTS:
        return Declared((), InterfaceName(text), text)
    _report_unknown(name, text, site)
    if site.options.is_samba:
        reason = f"no type is called '{text}'"
        return Declared((), Untransmissible(reason, REFUSED), text)
    return Declared((), Poison(name.span), text)


def _predeclared(text: str, span: Span, site: Site) -> Declared | None:
    """The Windows names, for files that use them without an import."""
    if text in builtin.NOT_IMPLEMENTED:
        reason = f"the type '{text}' is not implemented"
        return Declared((), Untransmissible(reason, "type-not-implemented"), text)
    if text in builtin.GUID_NAMES:
        return Declared((), GUID, text)
    if text in builtin.GUID_POINTERS:
        return Declared((_pointer(span, site),), GUID, text)
    alias = None
    if site.options.is_samba:
        if text in builtin.SAMBA_REFUSED:
            reason = f"{builtin.SAMBA_REFUSED[text]}, which '{text}' is, is not NDR"
            return Declared((), Untransmissible(reason, REFUSED), text)
        alias = builtin.SAMBA_ALIASES.get(text)
    alias = alias or builtin.ALIASES.get(text)
    if alias is not None:
        core: Core = Void() if alias.kind is None else ir.Base(alias.kind)
        levels = tuple(
            replace(_pointer(span, site), is_string=alias.is_string)
            for _ in range(alias.pointers)
        )
        return Declared(levels, core, text)
    node = builtin.struct_typedef(text, site.scope.path, site.options.is_samba)
    if node is None:
        return None
    adopt(site.scope, node)
    symbol = site.scope.find_name(text)
    assert isinstance(symbol, TypedefSymbol)
    return replace(types.typedef(symbol), text=text)


# What a GUID is without a declaration of its own.
GUID: Final = ir.Guid()


def _pointer(span: Span, site: Site) -> Level:
    default, has_default = pointer_default(site)
    return Level(Form.POINTER, span, default, is_own=False, has_default=has_default)


def pointer_default(site: Site) -> tuple[ir.PointerKind, bool]:
    """What an unattributed pointer inside a type is here, and whether the IDL says so.

    Spec: MIDL reference, pointer_default; without it unique, under /osf full.
    """
    written = site.home.pointer_default
    if written is not None:
        return written, True
    if site.options.osf:
        return ir.PointerKind.FULL, False
    return ir.PointerKind.UNIQUE, False


# What a name in the place of a type may be a misspelling of.
_TYPE_WORDS: Final = frozenset(
    {"boolean", "byte", "char", "double", "float", "hyper", "long", "short", "signed"}
    | {"small", "unsigned", "void"}
)


def _report_unknown(name: ast.Name, text: str, site: Site) -> None:
    """Say that nothing is called *text*, once in a file: a missing import hides many."""
    if text in site.scope.unknown:
        return
    site.scope.unknown.add(text)
    if text.startswith("sh_"):
        site.findings.report(
            "unknown-type",
            f"'{text}' is no type, only an argument of [system_handle]",
            name.span,
        )
        return
    notes: list[Note] = []
    remedy = None
    near = site.findings.suggestion(
        text,
        lambda: (
            *site.scope.type_names(),
            *builtin.ALIASES,
            *builtin.GUID_NAMES,
            *_TYPE_WORDS,
        ),
    )
    if (home := stand_ins.declaring(text)) is not None:
        remedy = f'write import "{home}"; above'
    elif near is not None:
        declared = site.scope.type_names().get(near)
        if declared is None:
            remedy = f"write '{near}'"
        else:
            notes.append(Note(f"'{near}' is declared here", declared))
    site.findings.report(
        "unknown-type",
        f"no type is called '{text}'",
        name.span,
        help=remedy,
        notes=notes,
    )


def is_type_name(text: str, site: Site) -> bool:
    symbol = site.scope.find_name(text)
    if symbol is not None:
        return isinstance(symbol, TypedefSymbol)
    if site.options.is_samba and text in builtin.SAMBA_ALIASES:
        return True
    return (
        text in builtin.ALIASES
        or text in builtin.REDECLARABLE
        or site.scope.find_tag(text) is not None
    )
