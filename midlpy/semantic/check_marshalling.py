"""Rules about types with another representation: transmit_as and its kin.

Spec: MIDL reference, transmit_as, represent_as, wire_marshal, user_marshal.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.converters import help_for, marshalling_word
from midlpy.semantic.declared import Declared, Function
from midlpy.semantic.findings import finding
from midlpy.semantic.open_types import has_open_tail
from midlpy.semantic.scope import Constructed, FileScope, Kind, Site, TypedefSymbol


def unused_converters(scope: FileScope) -> Iterator[Diagnostic]:
    """A converter presents a type that asks for one."""
    whole = Span(scope.path, 1, 1, 1, 1)
    for name in scope.options.converters:
        symbol = scope.find_name(name)
        if not isinstance(symbol, TypedefSymbol):
            near = scope.findings.suggestion(name, scope.type_names)
            yield _unused(
                scope,
                f"the IDL has no type '{name}' for a converter",
                whole,
                None if near is None else f"write --converter {near}=...",
            )
            continue
        source = symbol.site.scope.source
        if marshalling_word(name, symbol.attributes, source) is None:
            yield _unused(
                scope,
                f"'{name}' has no [represent_as] or the like, so its converter is not "
                "used",
                symbol.span if symbol.site.scope is scope else whole,
                f"write 'typedef [represent_as({name})] {name};' in the ACF",
            )


def _unused(
    scope: FileScope, message: str, span: Span, remedy: str | None
) -> Diagnostic:
    return finding(scope.options, "converter-unused", message, span, help=remedy)


def marshalled_types(scope: FileScope) -> Iterator[Diagnostic]:
    """What is presented has a size, and what travels is no handle and no alias."""
    for symbol in scope.names.values():
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        name = symbol.name.text
        word = marshalling_word(name, symbol.attributes, scope.source)
        if word is None or symbol.declared.is_poison:
            continue
        attribute = symbol.attributes.get(word)
        span = symbol.span if attribute is None else attribute.span
        wire = _wire(symbol.declared)
        yield from allocation(symbol, word)
        yield from _unpresented(symbol)
        if word == "transmit_as":
            yield from _transmitted(symbol, wire, span)
        else:
            yield from _marshalled(symbol.site, name, word, wire, span)


def _unpresented(symbol: TypedefSymbol) -> Iterator[Diagnostic]:
    """A local type that the IDL names; what an ACF names is told where it stands."""
    attribute = symbol.attributes.first_of("represent_as", "user_marshal")
    name, options = symbol.name.text, symbol.site.options
    if attribute is None or name in options.converters or options.is_samba:
        return
    yield symbol.site.finding(
        "local-representation",
        f"'{name}' has no converter: it is presented as it travels",
        attribute.span,
        help=help_for(name),
    )


def _wire(declared: Declared) -> Declared:
    core = declared.core
    if isinstance(core, Constructed) and core.kind is Kind.CONVERTED and core.element:
        return core.element
    return declared


def _transmitted(
    symbol: TypedefSymbol, wire: Declared, span: Span
) -> Iterator[Diagnostic]:
    """Spec: the presented type is no handle and not open; what travels has no pointer."""
    site, name = symbol.site, symbol.name.text
    presented = _presented(symbol)
    for each, verb in ((presented, "is presented as"), (wire, "travels as")):
        if each is None:
            continue
        core = each.core
        if isinstance(core, Constructed) and core.kind is Kind.CONTEXT:
            yield site.finding(
                "transmit-context",
                f"[transmit_as] does not apply to the context handle '{core.name}'",
                span,
            )
            return
        if isinstance(core, ir.BindingHandle) or each.is_handle:
            yield site.finding(
                "transmit-handle",
                f"'{name}' {verb} {each.text}, which is a binding handle",
                span,
            )
            return
    if presented is not None and _is_open(presented):
        yield site.finding(
            "transmit-open",
            f"'{name}' is presented as {presented.text}, which ends in an open array",
            span,
        )
    elif _is_open(wire):
        yield site.finding(
            "transmit-type",
            f"'{name}' travels as {wire.text}, which ends in an open array",
            span,
        )
    elif (reason := _untold(wire, site)) is not None:
        yield site.finding(
            "transmit-untold",
            f"'{name}' travels as {wire.text}, which cannot: {reason}",
            span,
        )
    elif _holds_pointer(wire, []):
        yield site.finding(
            "transmit-pointer",
            f"[transmit_as] wants a type without pointers, and {wire.text} holds one",
            span,
        )


def _untold(wire: Declared, site: Site) -> str | None:
    """Why *wire* cannot travel; None if it can."""
    core = wire.core
    if isinstance(core, Function):
        return "it is a function"
    if not isinstance(core, Constructed):
        return None
    if core.kind is Kind.UNION:
        return "nothing beside it tells which arm it is"
    if core.kind is Kind.PIPE:
        return None  # which has a rule of its own
    untold = site.program.untold(core.use)
    return None if untold is None else untold.cause.reason


def allocation(symbol: TypedefSymbol, word: str) -> Iterator[Diagnostic]:
    """One allocation holds no value that the program's own code makes."""
    attribute = symbol.attributes.get("allocate")
    for argument in (attribute.arguments or ()) if attribute else ():
        is_all = (
            isinstance(argument, ast.NameReference)
            and argument.name.text == "all_nodes"
        )
        if is_all and word in ("transmit_as", "represent_as"):
            yield symbol.site.finding(
                "allocate-and-transmit",
                f"'{symbol.name.text}' has [{word}], so [allocate(all_nodes)] has "
                "nothing to hold",
                argument.span if argument else symbol.span,
                help="leave [allocate] out",
            )


def _marshalled(
    site: Site, name: str, word: str, wire: Declared, span: Span
) -> Iterator[Diagnostic]:
    """Spec: the user's code makes the octets, so neither aliases nor open ends."""
    if word == "represent_as":
        return
    if any(level.kind is ir.PointerKind.FULL for level in wire.levels):
        yield site.finding(
            "marshal-full-pointer",
            f"'{name}' travels as {wire.text} behind a [ptr] pointer",
            span,
            help="write [unique]",
        )
    elif not wire.levels and _is_open(wire):
        yield site.finding(
            "marshal-open",
            f"'{name}' travels as {wire.text}, which has no fixed size",
            span,
            help=f"name a [unique] pointer to {wire.text}",
        )


def _presented(symbol: TypedefSymbol) -> Declared | None:
    """What the typedef itself says, before what travels took its place."""
    scope, type_ = symbol.site.scope, symbol.node.specifiers.type
    if symbol.declarator.derivations:
        return None
    if isinstance(type_, ast.NamedType):
        if type_.name.text == "handle_t":
            return Declared((), ir.BindingHandle(), "handle_t")
        known = scope.find_name(type_.name.text)
        return known.declared if isinstance(known, TypedefSymbol) else None
    core = scope.by_node.get(id(type_))
    return None if core is None else Declared((), core, core.name)


def _is_open(declared: Declared) -> bool:
    core = declared.core
    return not declared.levels and isinstance(core, Constructed) and has_open_tail(core)


def _holds_pointer(declared: Declared, path: list[Constructed]) -> bool:
    if any(level.is_pointer for level in declared.levels):
        return True
    core = declared.core
    if not isinstance(core, Constructed) or core in path:
        return False
    inner = [field.declared for field in core.fields]
    inner += [arm.declared for arm in core.arms if arm.declared is not None]
    return any(_holds_pointer(each, [*path, core]) for each in inner)
