"""Type specifiers and declarators to declared types.

Spec: MIDL reference, base types; C's rules for declarators.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.frontend.build_types import MAX_DERIVATIONS
from midlpy.semantic import constants, ir, lookup
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.declared import (
    REFUSED,
    Declared,
    Form,
    Function,
    Incomplete,
    InterfaceName,
    Level,
    Octets,
    Poison,
    Untransmissible,
    Void,
)
from midlpy.semantic.levels import attach
from midlpy.semantic.marshalling import check_handle, transmitted
from midlpy.semantic.pipe_elements import is_pipe
from midlpy.semantic.scope import (
    Constructed,
    Kind,
    Site,
    TypedefSymbol,
)
from midlpy.semantic.words import base_kind, spell_specifiers


def declare(
    specifiers: ast.Specifiers,
    declarator: ast.Declarator,
    attributes: AttributeSet,
    site: Site,
    place: Place,
) -> Declared:
    """The declared type of one declarator, its attributes attached to their levels."""
    inner = specified(specifiers, declarator, site)
    declared = derive(inner, declarator, site)
    if place is Place.TYPEDEF:
        declared = transmitted(declared, declarator, attributes, site)
        check_handle(declared, attributes, site)
    if "context_handle" in attributes:
        declared = _context_handle(declared, specifiers, declarator, attributes, site)
    return attach(declared, attributes, site, place)


def declare_presented(
    specifiers: ast.Specifiers, declarator: ast.Declarator, site: Site
) -> Declared:
    """The declared type of a constant: what the program sees, not what would travel."""
    type_ = specifiers.type
    if isinstance(type_, ast.NamedType):
        symbol = site.scope.find_name(type_.name.text)
        if isinstance(symbol, TypedefSymbol) and typedef(symbol).marshalled:
            node = symbol.node
            inner = declare_presented(node.specifiers, symbol.declarator, symbol.site)
            inner = replace(inner, text=type_.name.text)
            return derive(inner, declarator, site)
    return declare(specifiers, declarator, AttributeSet(), site, Place.CONSTANT)


def declare_name(name: ast.TypeName, site: Site) -> Declared:
    """The type in a cast, in sizeof, or as an attribute's argument."""
    return declare(
        name.specifiers, name.declarator, AttributeSet(), site, Place.TYPEDEF
    )


def declare_argument(argument: ast.Argument | None, site: Site) -> Declared | None:
    """The type an attribute argument names; None when it names none."""
    match argument:
        case ast.TypeName():
            return declare_name(argument, site)
        case ast.NameReference():
            return lookup.named(ast.NamedType(argument.name), site)
        case ast.Parenthesis():
            return declare_argument(argument.operand, site)
        case _:
            return None


def specified(
    specifiers: ast.Specifiers, declarator: ast.Declarator, site: Site
) -> Declared:
    """What stands before the declarators, as a type."""
    type_ = specifiers.type
    match type_:
        case ast.Words():
            return _words(type_, site)
        case ast.NamedType():
            return lookup.named(type_, site)
        case ast.PipeType():
            pipe = site.scope.by_node.get(id(declarator))
            if pipe is None:
                site.findings.report(
                    "syntax",
                    "a pipe has no name here; pipe types are made by typedef",
                    type_.span,
                    help="write 'typedef pipe byte BYTE_PIPE;' and use BYTE_PIPE",
                )
                return Declared((), Poison(type_.span), "pipe")
            return Declared((), pipe, pipe.name)
        case ast.SafearrayType():
            reason = "SAFEARRAY belongs to automation"
            text = f"SAFEARRAY({spell_specifiers(type_.element.specifiers)})"
            return Declared((), Untransmissible(reason, "not-implemented"), text)
        case ast.InterfaceType():
            return Declared((), InterfaceName(type_.name.text), type_.name.text)
        case ast.OctetsType():
            return Declared((), Octets(type_.is_in_place), "octets")
        case ast.RefusedType():
            return Declared((), Untransmissible(type_.reason, REFUSED), "")
        case _:
            return _tagged(type_, site, spell_specifiers(specifiers))


def _words(type_: ast.Words, site: Site) -> Declared:
    text = " ".join(type_.words)
    if type_.words == ("void",):
        return Declared((), Void(), text)
    kind = base_kind(type_.words)
    if kind is None:
        site.findings.report(
            "syntax", f"'{text}' is no combination of type words", type_.span
        )
        return Declared((), Poison(type_.span), text)
    if type_.words.count("long") == 2:
        site.findings.report(
            "long-long",
            "'long long' is not MIDL; it is taken as hyper",
            type_.span,
            help="write 'hyper'",
        )
    return Declared((), ir.Base(kind), text)


def _tagged(
    type_: ast.StructType | ast.UnionType | ast.EnumType | ast.EncapsulatedUnion,
    site: Site,
    text: str,
) -> Declared:
    own = site.scope.by_node.get(id(type_))
    if own is not None:
        return Declared((), own, own.name)
    tag = type_.tag
    assert tag is not None, "the grammar gives a body, a tag, or both"
    found = site.scope.find_tag(tag.text)
    if found is None:
        if site.options.is_samba and lookup.is_type_name(tag.text, site):
            # Samba's dialect has one space of names, with or without the keyword.
            return lookup.named(ast.NamedType(tag), site)
        return Declared((), Incomplete(text, type_.span), text)
    if not _is_same_keyword(type_, found):
        site.findings.report(
            "redefinition",
            f"'{tag.text}' is a {found.kind.value}, not what is written here",
            type_.span,
            notes=[Note(f"'{tag.text}' is declared here", found.span)],
        )
        return Declared((), Poison(type_.span), text)
    return Declared((), found, found.name)


def _is_same_keyword(type_: ast.TypeSpecifier, found: Constructed) -> bool:
    match type_:
        case ast.StructType():
            return found.kind is Kind.STRUCT
        case ast.UnionType() | ast.EncapsulatedUnion():
            return found.kind in (Kind.UNION, Kind.ENCAPSULATED)
        case _:
            return found.kind is Kind.ENUM


def typedef(symbol: TypedefSymbol) -> Declared:
    """What a typedef stands for, computed once."""
    if symbol.declared is not None:
        return symbol.declared
    if symbol.is_busy:
        symbol.site.findings.report(
            "typedef-of-itself",
            f"'{symbol.name.text}' is defined by itself",
            symbol.span,
        )
        return Declared((), Poison(symbol.span), symbol.name.text)
    symbol.is_busy = True
    node = symbol.node
    declared = declare(
        node.specifiers,
        symbol.declarator,
        symbol.attributes,
        symbol.site,
        Place.TYPEDEF,
    )
    symbol.is_busy = False
    symbol.declared = declared = _converted(declared, symbol)
    return declared


def _converted(declared: Declared, symbol: TypedefSymbol) -> Declared:
    """*declared* as the program sees it: what travels, or what is made of it."""
    converted = symbol.site.scope.by_node.get(id(symbol.declarator))
    if converted is None or converted.kind is not Kind.CONVERTED:
        return declared
    converted.element = declared
    if declared.is_poison:
        return declared
    return Declared((), converted, symbol.name.text, marshalled=converted.member)


def derive(inner: Declared, declarator: ast.Declarator, site: Site) -> Declared:
    """*inner* behind the pointers and arrays of *declarator*."""
    levels: list[Level] = []
    stars = ""
    default, has_default = lookup.pointer_default(site)
    for derivation in declarator.derivations:
        match derivation:
            case ast.PointerTo():
                levels.append(
                    Level(
                        Form.POINTER, derivation.span, default, has_default=has_default
                    )
                )
                stars += "*"
            case ast.ArrayOf():
                try:
                    bound = _bound(derivation, site)
                except UnknownBound as error:
                    refused = Untransmissible(str(error), REFUSED)
                    return Declared((), refused, inner.text)
                levels.append(
                    Level(
                        Form.ARRAY,
                        derivation.span,
                        default,
                        bound=bound,
                        counts=derivation.counts,
                    )
                )
                stars += "[]" if bound is None else f"[{bound}]"
            case ast.FunctionOf():
                text = f"{inner.text} (*)()" if levels else f"{inner.text} ()"
                return Declared(tuple(levels), Function(derivation.span), text)
    if len(levels) + len(inner.levels) > MAX_DERIVATIONS:
        name = declarator.name.text if declarator.name else "this"
        site.findings.report(
            "nesting-limit",
            f"'{name}' stands for more than {MAX_DERIVATIONS} pointers and arrays",
            declarator.span,
        )
        return Declared((), Poison(declarator.span), inner.text)
    text = f"{inner.text} {stars}" if stars else inner.text
    outer = tuple(replace(level, is_own=False) for level in inner.levels)
    return replace(inner, levels=(*levels, *outer), text=text)


class UnknownBound(Exception):
    """A bound that cannot be computed, in a dialect where that is no mistake."""


def _bound(derivation: ast.ArrayOf, site: Site) -> int | None:
    """The element count of one dimension; None of an open one.

    Spec: MIDL reference, arrays: the lower bound is 0, the count at least 1.
    """
    try:
        low = 0
        if derivation.lower is not None:
            low = constants.integer(derivation.lower, site)
        if low != 0:
            site.findings.report(
                "lower-bound",
                f"the lower bound of an array is 0, not {low}",
                derivation.span,
            )
        if derivation.upper is None:
            return None
        upper = constants.integer(derivation.upper, site)
    except constants.ConstantError as error:
        _report_bound(error, derivation, site)
        return 1
    except constants.Silent:
        return 1
    count = upper - low + 1 if derivation.lower is not None else upper
    if count < 1:
        site.findings.report(
            "bad-bound", f"an array of {count} elements", derivation.upper.span
        )
        return 1
    return count


# Attributes that are written behind a name, where they look like a bound.
_MISPLACED: Final = frozenset({"in", "out", "string", "unique", "ref", "ptr"})


def _report_bound(
    error: constants.ConstantError, derivation: ast.ArrayOf, site: Site
) -> None:
    """A name that is no constant may be a neighbour: then size_is was meant."""
    if site.options.is_samba:
        raise UnknownBound(error.message)
    if error.rule == "unknown-name-in-expression" and isinstance(
        derivation.upper, ast.NameReference
    ):
        name = derivation.upper.name.text
        site.findings.report(
            "constant-expected",
            f"the array bound '{name}' is no constant",
            derivation.upper.span,
            help=(
                "write attributes in front of the type"
                if name in _MISPLACED
                else f"leave the brackets empty and write [size_is({name})]"
            ),
        )
        return
    error.report(site)


def _context_handle(
    declared: Declared,
    specifiers: ast.Specifiers,
    declarator: ast.Declarator,
    attributes: AttributeSet,
    site: Site,
) -> Declared:
    """*declared* with its innermost pointer turned into a context handle."""
    span = attributes.span("context_handle", declarator.span)
    core = declared.core
    if isinstance(core, Poison | Untransmissible):
        return declared
    if is_pipe(declared) and not isinstance(specifiers.type, ast.PipeType):
        return declared  # which has no such attribute: see the rules on pipes
    if isinstance(core, Constructed) and core.kind is Kind.CONTEXT:
        site.findings.report(
            "context-handle-twice",
            f"'{declared.text}' is a context handle already",
            span,
            help="leave [context_handle] out",
        )
        return declared
    if isinstance(core, ir.BindingHandle):
        site.findings.report(
            "context-handle-on-handle",
            f"'{declared.text}' is a handle, which never travels",
            span,
            help="write 'void *'",
        )
        return Declared((), Poison(span), declared.text)
    if declared.marshalled == "transmit_as":
        site.findings.report(
            "context-handle-transmitted",
            f"'{declared.text}' has [transmit_as], and a context handle travels as itself",
            span,
        )
        return Declared((), Poison(span), declared.text)
    if not declared.levels or not declared.levels[-1].is_pointer:
        site.findings.report(
            "context-handle-type",
            f"a context handle is a pointer, not {declared.text}",
            span,
            help="write 'void *'",
        )
        return Declared((), Poison(span), declared.text)
    handle = site.scope.by_node.get(id(declarator))
    if handle is None:
        handle = _unnamed_context(specifiers, site, span)
    return replace(declared, levels=declared.levels[:-1], core=handle)


def _unnamed_context(specifiers: ast.Specifiers, site: Site, span: Span) -> Constructed:
    """The context handle type of a parameter that has none by typedef."""
    type_ = specifiers.type
    name = type_.name.text if isinstance(type_, ast.NamedType) else "CONTEXT_HANDLE"
    for known in site.scope.constructed:
        if known.kind is Kind.CONTEXT and known.name == name:
            return known
    handle = Constructed(
        Kind.CONTEXT, None, AttributeSet(), site, span, typedef_name=name
    )
    site.scope.constructed.append(handle)
    return handle


def as_cast(expression: ast.Binary | ast.Call, site: Site) -> ast.Cast | None:
    """``(T)-x`` and ``(T)(x)`` parse as a sum and a call; a cast when T is a type.

    So do several casts in a row, ``(T)(U)(x)``, as a call of what ``(T)(U)`` gives.
    """
    operand: ast.Expression
    if isinstance(expression, ast.Call):
        if len(expression.arguments) != 1:
            return None
        left, operand = expression.function, expression.arguments[0]
    elif expression.operator in ("-", "+", "*", "&"):
        left = expression.left
        operand = ast.Unary(expression.operator, expression.right, expression.span)
    else:
        return None
    if isinstance(left, ast.Cast) and isinstance(expression, ast.Binary):
        # (long)(T)-x: what the first one casts is the sum.
        inner = as_cast(replace(expression, left=left.operand), site)
        return inner and ast.Cast(left.type, inner, expression.span)
    names = _types_in_row(left)
    if not all(lookup.is_type_name(name.text, site) for name in names):
        return None
    cast: ast.Cast | None = None
    for name in reversed(names):
        cast = ast.Cast(_type_name(name), cast or operand, expression.span)
    return cast


def _types_in_row(expression: ast.Expression) -> list[ast.Name]:
    """T, U of ``(T)(U)``; nothing if there is anything but names in parentheses."""
    names: list[ast.Name] = []
    while isinstance(expression, ast.Call):
        match expression.arguments:
            case (ast.NameReference(name),):
                names.append(name)
                expression = expression.function
            case _:
                return []
    match expression:
        case ast.Parenthesis(ast.NameReference(name)):
            return [name, *reversed(names)]
        case _:
            return []


def _type_name(name: ast.Name) -> ast.TypeName:
    return ast.TypeName(
        ast.Specifiers((), ast.NamedType(name), name.span),
        ast.Declarator(None, (), name.span),
        name.span,
    )
