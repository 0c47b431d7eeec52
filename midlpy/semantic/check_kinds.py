"""Rules about attributes that belong to one kind of type, and to where it has its body.

Spec: MIDL reference, v1_enum, ms_union, switch_type: enums and unions only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from midlpy.diagnostics import Diagnostic, Note
from midlpy.frontend import ast
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declared import Declared
from midlpy.semantic.scope import Constructed, FileScope, Kind, Site, TypedefSymbol
from midlpy.semantic.subjects import OperationSubject, ParameterSubject

_ENUM: Final = "an enum"
_UNION: Final = "a non-encapsulated union"

# What each belongs on, and how messages call that.
_KINDS: Final[Mapping[str, tuple[Kind, str]]] = {
    "v1_enum": (Kind.ENUM, _ENUM),
    "long_enum": (Kind.ENUM, _ENUM),
    "short_enum": (Kind.ENUM, _ENUM),
    "ms_union": (Kind.UNION, _UNION),
    "switch_type": (Kind.UNION, _UNION),
}

_WIDE: Final = ("v1_enum", "long_enum")

SERIALIZE_MODES: Final = ("context_handle_serialize", "context_handle_noserialize")


def kinds_of_types(named: Constructed) -> Iterator[Diagnostic]:
    """Enums have a width, unions a discriminant; nothing else has."""
    for attribute in named.attributes:
        wanted = _KINDS.get(attribute.name.text)
        if wanted is None or wanted[0] is named.kind:
            continue
        if attribute.name.text == "ms_union" and named.kind is Kind.ENCAPSULATED:
            yield named.site.finding(
                "attribute-ignored",
                f"[ms_union] has no effect on {named.label}: with its discriminant "
                "inside it travels as it always does",
                attribute.span,
            )
        else:
            yield _misplaced(attribute, named.label, named.site)
    short = named.attributes.get("short_enum")
    wide = named.attributes.first_of(*_WIDE)
    if named.kind is Kind.ENUM and short is not None and wide is not None:
        yield named.site.finding(
            "attribute-ignored",
            f"[short_enum] has no effect beside [{wide.name.text}]",
            short.span,
        )


def kinds_of_typedefs(scope: FileScope) -> Iterator[Diagnostic]:
    """A typedef adds nothing to an enum or a union that has its body elsewhere."""
    for symbol in scope.names.values():
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        for attribute in symbol.attributes:
            wanted = _KINDS.get(attribute.name.text)
            if wanted is not None:
                yield from _of_typedef(symbol, symbol.declared, attribute, wanted[0])


def serialize_modes_of_typedefs(scope: FileScope) -> Iterator[Diagnostic]:
    """Only a context handle has calls to be serialized."""
    for symbol in scope.names.values():
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        mode = symbol.attributes.first_of(*SERIALIZE_MODES)
        if mode is not None and not is_context(symbol.declared):
            word = mode.name.text
            yield symbol.site.finding(
                "serialize-mode-type",
                f"[{word}] belongs on a context handle, '{symbol.name.text}' is "
                f"{symbol.declared.text}",
                mode.span,
                help=f"write [context_handle, {word}] if it is to be one",
            )


def serialize_modes(operation: OperationSubject) -> Iterator[Diagnostic]:
    """The same for parameters, and for an operation that speaks of all it has."""
    places: list[tuple[AttributeSet, tuple[ParameterSubject, ...], str]] = [
        (operation.acf, operation.parameters, f"'{operation.name}' has none")
    ]
    for each in operation.parameters:
        what = f"'{each.name}' is {each.declared.text}"
        places.append((each.attributes, (each,), what))
        acf = operation.acf_parameters.get(each.name, AttributeSet())
        places.append((acf, (each,), what))
    for attributes, parameters, what in places:
        mode = attributes.first_of(*SERIALIZE_MODES)
        if mode is not None and not any(is_context(p.declared) for p in parameters):
            yield operation.site.finding(
                "serialize-mode-type",
                f"[{mode.name.text}] belongs on a context handle, {what}",
                mode.span,
            )


def is_context(declared: Declared) -> bool:
    """Whether it is a context handle, or what stands for a mistake told already."""
    core = declared.core
    return declared.is_poison or (
        isinstance(core, Constructed) and core.kind is Kind.CONTEXT
    )


def _of_typedef(
    symbol: TypedefSymbol, declared: Declared, attribute: ast.Attribute, kind: Kind
) -> Iterator[Diagnostic]:
    core, word = declared.core, attribute.name.text
    if not isinstance(core, Constructed):
        if not (declared.is_poison or declared.is_refused):
            yield _misplaced(attribute, declared.text, symbol.site)
        return
    if attribute in core.attributes.all:
        return  # which is looked at by itself
    if core.kind is not kind:
        yield _misplaced(attribute, core.label, symbol.site)
        return
    is_said = word in core.attributes or word == "short_enum"
    if not (is_said or (word in _WIDE and core.is_wide_enum)):
        yield symbol.site.finding(
            "attribute-not-allowed-here",
            f"[{word}] belongs where {core.label} has its body",
            attribute.span,
            notes=[Note(f"{core.label} is declared here", core.span)],
        )


def _misplaced(attribute: ast.Attribute, what: str, site: Site) -> Diagnostic:
    word = attribute.name.text
    return site.finding(
        "attribute-not-allowed-here",
        f"[{word}] belongs on {_KINDS[word][1]}, this is {what}",
        attribute.span,
    )
