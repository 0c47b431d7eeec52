"""Types whose values are serialized: those that encode and decode stand on.

Spec: MIDL reference, encode, decode: on a typedef they ask for it alone, on an interface
for all the types it defines.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.constants import ConstantError, Silent, integer
from midlpy.semantic.declared import Count, Declared, Poison
from midlpy.semantic.expressions import Neighbours
from midlpy.semantic.operations import serialization_of
from midlpy.semantic.program import File, leaf
from midlpy.semantic.realize import Position, Use, realize
from midlpy.semantic.scope import Constructed, Home, Kind, Site, TypedefSymbol

WORDS = ("encode", "decode")


def serialized_types(file: File) -> tuple[ir.SerializedType, ...]:
    """The types of *file* that are serialized, in order; reports those that cannot be.

    Where the interface asks for all of its types, those that cannot are left out.
    """
    headers = {
        each.subject.name: serialization_of(
            each.subject.acf_attributes, each.subject.attributes
        )
        for each in file.interfaces
        if not each.subject.is_object
    }
    found: list[ir.SerializedType] = []
    for symbol in _typedefs(file):
        name = symbol.name.text
        configured = file.scope.configured.get(name, AttributeSet())
        own = serialization_of(configured, symbol.attributes)
        asked = own or headers.get(symbol.site.home.interface or "")
        if asked is None or symbol.declared is None:
            continue
        written = configured.first_of(*WORDS) or symbol.attributes.first_of(*WORDS)
        type_ = _serialized(symbol, file, written if own else None)
        if type_ is not None:
            found.append(ir.SerializedType(name, type_, asked, symbol.span))
    return tuple(found)


def _typedefs(file: File) -> Iterator[TypedefSymbol]:
    """Those of the file, and the imported ones that its ACF speaks of."""
    own = file.scope.names
    yield from (each for each in own.values() if isinstance(each, TypedefSymbol))
    for name in file.scope.configured:
        symbol = file.scope.find_name(name)
        if name not in own and isinstance(symbol, TypedefSymbol):
            yield symbol


def _serialized(
    symbol: TypedefSymbol, file: File, written: ast.Attribute | None
) -> ir.Type | None:
    """What travels; None when nothing can, reported where *written* asks for it."""
    declared = symbol.declared
    assert declared is not None
    if isinstance(declared.core, Poison):
        return None
    name = symbol.name.text
    site = Site(file.scope, symbol.site.home, symbol.site.order)
    rule, message = "serialized-open-array", _unsized(declared, name, site.order)
    type_: ir.Type | None = None
    if message is None:
        rule = "serialized-type"
        message = _not_data(declared)
    if message is None:
        type_ = _realized(declared, name, site, symbol.span)
        inner = leaf(type_)
        if isinstance(inner, ir.Opaque):
            message = inner.reason
        elif isinstance(inner, ir.Use) and (untold := site.program.untold(inner)):
            message = untold.cause.reason
    if message is None:
        return type_
    if written is not None and message:
        word = written.name.text
        file.scope.findings.report(
            rule, f"[{word}] does not apply to '{name}': {message}", written.span
        )
    return None


def _realized(declared: Declared, name: str, site: Site, span: Span) -> ir.Type:
    nobody = Neighbours("member", {})
    use = Use(Position.SERIALIZED, name, AttributeSet(), nobody, site, span)
    return realize(declared, use)


def _not_data(declared: Declared) -> str | None:
    """What keeps the type itself out of a buffer."""
    core = declared.core
    if isinstance(core, ir.BindingHandle):
        return "a binding handle never travels"
    if isinstance(core, Constructed) and core.kind in (Kind.PIPE, Kind.CONTEXT):
        word = core.kind.value
        return f"a {word} belongs to a call" if not declared.levels else f"a {word}"
    return None


def _unsized(declared: Declared, name: str, order: int) -> str | None:
    """What leaves the size of a value to be told by something beside it."""
    for index, level in enumerate(declared.levels):
        if index == 0 and level.is_open:
            return "an open array is sized by what stands beside it"
        counts = (level.size, level.length, level.first)
        if any(
            count is not None and not _is_constant(count, order) for count in counts
        ):
            return f"the size of '{name}' is told by what stands beside it"
    return None


def _is_constant(count: Count, order: int) -> bool:
    try:
        integer(count.expression, Site(count.scope, Home(), order))
    except (ConstantError, Silent):
        return False
    return True
