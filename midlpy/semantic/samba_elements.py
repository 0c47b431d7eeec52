"""Members, arms and parameters of Samba's dialect, said in MIDL's words.

What NDR has no form for becomes a type that refuses the operations that reach it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from midlpy.frontend import ast
from midlpy.semantic.builtin import NETWORK_ADDRESS
from midlpy.semantic.samba_words import (
    BIG_ENDIAN,
    CHARACTERS,
    HARMLESS_FLAGS,
    REFUSED_MEMBERS,
    REFUSED_TYPES,
    SILENT,
)

# What stays of the attributes of something refused.
_KEPT: Final = frozenset({"in", "out", "case", "default"})

# Samba's struct for several texts behind the count that a pointer to characters has.
_TEXT_ROW: Final = "spoolss_StringArray"

# An array behind its count: the header of a nested block is just that.
_COUNTED: Final = 4

# What each has in a program and as flags: text of octets that a zero ends.
_TERMINATED: Final = frozenset({"LIBNDR_FLAG_STR_NULLTERM", "STR_NULLTERM"})
_OCTETS: Final = frozenset(
    {
        "LIBNDR_FLAG_STR_ASCII",
        "STR_ASCII",
        "LIBNDR_FLAG_STR_UTF8",
        "STR_UTF8",
        "LIBNDR_FLAG_STR_RAW8",
        "STR_RAW8",
    }
)


class Element(Struct, frozen=True):
    """One member, arm or parameter: what it is made of in the syntax tree."""

    attributes: ast.Attributes
    specifiers: ast.Specifiers
    declarator: ast.Declarator

    @property
    def base(self) -> str:
        """The name of its type; "" when the type has a body."""
        type_ = self.specifiers.type
        match type_:
            case ast.NamedType():
                return type_.name.text
            case ast.Words(words=(word,)):
                return word
            case _:
                return ""

    @property
    def is_counted(self) -> bool:
        """Whether a count may stand right ahead of it: behind a pointer."""
        derivations = self.declarator.derivations
        return bool(derivations) and all(
            isinstance(each, ast.PointerTo) for each in derivations
        )

    def without(self, *names: str) -> Element:
        kept = tuple(a for a in self.attributes if a.name.text not in names)
        return replace(self, attributes=kept)

    def typed(self, type_: ast.TypeSpecifier) -> Element:
        return replace(self, specifiers=replace(self.specifiers, type=type_))


class Around(Struct, frozen=True):
    """What an element has around it: the names of its *siblings*, members of *owner*.

    Those *ahead* have been read when it is. *is_top*: they are parameters.
    """

    siblings: frozenset[str]
    ahead: frozenset[str]
    is_top: bool
    owner: str = ""


def translate(element: Element, around: Around) -> Element:
    """*element* in MIDL's words."""
    siblings, is_top = around.siblings, around.is_top
    if _is_terminated(element):
        element = _terminated(element)
    reason = _reason(element, around)
    if reason is not None:
        return refused(element, reason)
    element = _sized_by_sibling(element, siblings)
    if _is_address(element):
        element = _address(element)
    size = (
        f"_ndr_size_{element.declarator.name.text if element.declarator.name else ''}"
    )
    if element.base == _TEXT_ROW and element.is_counted and size in siblings:
        element = _text_row(element, size)
    element = element.without("value", "flag", *SILENT)
    if element.base == "MInterfacePointer":
        element = element.without("iid_is")
    if not is_top:
        element = element.without("in", "out")
    if not element.declarator.derivations:
        element = element.without("ignore")
    if has(element.attributes, "ref"):
        element = element.without("unique", "ptr")
    span = element.declarator.span
    if has(element.attributes, "subcontext_size") and not _header(element):
        return _block(element)
    if has(element.attributes, "subcontext"):
        if not (is_top or element.is_counted):
            shown = _shown(element, around)
            return refused(element, f"{shown}a block nested in place ([subcontext])")
        unneeded = ("subcontext", "subcontext_size", "compression", "switch_is")
        return element.without(*unneeded).typed(ast.OctetsType(span))
    if element.base == "DATA_BLOB":
        is_alone = element.is_counted or (is_top and not element.declarator.derivations)
        is_row = has(element.attributes, "size_is")
        return element.typed(ast.OctetsType(span, is_row or not is_alone))
    if element.base == "wrepl_nbt_name" and element.is_counted:
        # MS-RAIW 2.2.2.3: pName, octets behind their count.
        return element.typed(ast.OctetsType(span))
    if not is_top and element.base == "security_descriptor" and element.is_counted:
        return _always_null(element)
    element = _characters(element)
    if is_top and element.base == "policy_handle":
        element = _context_handle(element)
    return element


def refused(element: Element, reason: str) -> Element:
    """*element* as something that refuses the operations that reach it."""
    kept = tuple(a for a in element.attributes if a.name.text in _KEPT)
    span = element.declarator.span
    return Element(
        kept,
        ast.Specifiers((), ast.RefusedType(reason, span), span),
        ast.Declarator(element.declarator.name, (), span),
    )


def _reason(element: Element, around: Around) -> str | None:
    """What of *element* NDR has no form for; None when it has."""
    shown = _shown(element, around)
    for word, what in REFUSED_MEMBERS.items():
        if has(element.attributes, word):
            return shown + what
    flag = harmful_flags(element.attributes)
    if flag and not _is_address(element):
        return f"{shown}marshalled as [flag({flag})] says"
    header = argument(element.attributes, "subcontext")
    if header is not None and _header(element) != _COUNTED:
        size = argument(element.attributes, "subcontext_size")
        if size is None or _header(element) != 0:
            return f"{shown}a nested block whose header is not a count ([subcontext])"
        if not frozenset(_names_in(size)) & around.siblings <= around.ahead:
            return f"{shown}a nested block whose size is not known ahead of it"
    charset = argument(element.attributes, "charset")
    if (
        isinstance(charset, ast.NameReference)
        and charset.name.text == "UTF16"
        and element.base == "uint8"
        and has(element.attributes, "string")
    ):
        return f"{shown}text of 16-bit characters that are counted in octets"
    if header is None and _is_late(element, around):
        return f"{shown}an array in place whose length is not known ahead of it"
    return None


def _shown(element: Element, around: Around) -> str:
    """How a message about *element* begins."""
    name = element.declarator.name
    if name is None:
        return "it is "
    owner = f" of '{around.owner}'" if around.owner else ""
    return f"'{name.text}'{owner} is "


def _header(element: Element) -> int | None:
    """How many octets of count a nested block has ahead."""
    header = argument(element.attributes, "subcontext")
    return header.value if isinstance(header, ast.Integer) else None


def _block(element: Element) -> Element:
    """A nested block without a count: octets, as many as something ahead says."""
    size, span = (
        argument(element.attributes, "subcontext_size"),
        element.declarator.span,
    )
    pointers = element.declarator.derivations
    word = ast.Attribute(
        ast.Name("size_is", span), (*[None] * len(pointers), size), span
    )
    bare = ast.ArrayOf(None, None, span, ast.Counts.NOWHERE)
    element = element.without("subcontext", "subcontext_size", "switch_is")
    element = element.typed(ast.NamedType(ast.Name("uint8", span)))
    return Element(
        (*element.attributes, word),
        element.specifiers,
        replace(element.declarator, derivations=(*pointers, bare)),
    )


def _is_late(element: Element, around: Around) -> bool:
    """Whether it is an array of as many elements as something says that comes later."""
    for number, derivation in enumerate(element.declarator.derivations):
        if isinstance(derivation, ast.ArrayOf):
            names = _names(derivation) & around.siblings
            if names and (number or not names <= around.ahead):
                return True
    return False


def _sized_by_sibling(element: Element, siblings: frozenset[str]) -> Element:
    """``T x[n]`` with a sibling *n*: elements without a count of their own."""
    derivations = element.declarator.derivations
    first = derivations[0] if derivations else None
    if not isinstance(first, ast.ArrayOf) or not _names(first) & siblings:
        return element
    assert first.upper is not None
    span = first.span
    word = ast.Attribute(ast.Name("size_is", span), (first.upper,), span)
    bare = ast.ArrayOf(None, None, span, ast.Counts.NOWHERE)
    return Element(
        (*element.without("size_is").attributes, word),
        element.specifiers,
        replace(element.declarator, derivations=(bare, *derivations[1:])),
    )


def in_place(element: Element) -> Element:
    """An open array with its counts right ahead of it, not ahead of its struct."""
    first, *inner = element.declarator.derivations
    assert isinstance(first, ast.ArrayOf)
    if first.counts is not ast.Counts.AHEAD:
        return element
    derivations = (replace(first, counts=ast.Counts.IN_PLACE), *inner)
    return replace(
        element, declarator=replace(element.declarator, derivations=derivations)
    )


def _is_terminated(element: Element) -> bool:
    """Whether it is text of octets that flags make end at its first zero."""
    found = frozenset(flags(element.attributes)) - HARMLESS_FLAGS
    is_text = element.base == "string" and bool(found & _OCTETS)
    return is_text and found & _TERMINATED == found - _OCTETS != frozenset()


def _terminated(element: Element) -> Element:
    span = element.declarator.span
    bare = ast.ArrayOf(None, None, span, ast.Counts.NOWHERE)
    word = ast.Attribute(ast.Name("string", span), None, span)
    derivations = (*element.declarator.derivations, bare)
    element = element.without("flag", "string", "charset")
    return Element(
        (*element.attributes, word),
        replace(element.specifiers, type=ast.Words(("char",), span)),
        replace(element.declarator, derivations=derivations),
    )


def type_reason(name: str, attributes: ast.Attributes) -> str | None:
    """What makes NDR unable to express the type *name*; None when nothing does."""
    shown = f"'{name}'" if name else "it"
    for word, what in REFUSED_TYPES.items():
        if has(attributes, word):
            return f"{shown} is {what}"
    flag = harmful_flags(attributes)
    return f"{shown} is marshalled as [flag({flag})] says" if flag else None


def _characters(element: Element) -> Element:
    """Text is of characters in MIDL, of numbers with a [charset] here."""
    charset = argument(element.attributes, "charset")
    name = charset.name.text if isinstance(charset, ast.NameReference) else None
    is_text = charset is not None or has(element.attributes, "string")
    word = CHARACTERS.get((name, element.base)) if is_text else None
    if word is None and has(element.attributes, "string"):
        word = CHARACTERS.get((None, element.base))
    element = element.without("charset")
    if word is None:
        return element
    span = element.specifiers.span
    if word == "char":
        return element.typed(ast.Words(("char",), span))
    return element.typed(ast.NamedType(ast.Name(word, span)))


def _is_address(element: Element) -> bool:
    """Whether it is an IP address, whose octets no flag but one for their order moves."""
    return element.base in ("ipv4address", "ipv6address") and all(
        flag in HARMLESS_FLAGS or flag in BIG_ENDIAN
        for flag in flags(element.attributes)
    )


def _address(element: Element) -> Element:
    """An IP address is a number, or 16 octets, which always stand in network order."""
    span = element.declarator.span
    if element.base == "ipv4address":
        is_big = any(flag in BIG_ENDIAN for flag in flags(element.attributes))
        name = NETWORK_ADDRESS if is_big else element.base
        return element.typed(ast.NamedType(ast.Name(name, span)))
    octets = ast.ArrayOf(None, ast.Integer(16, "16", False, span), span)
    derivations = (*element.declarator.derivations, octets)
    element = element.typed(ast.NamedType(ast.Name("uint8", span)))
    return replace(
        element, declarator=replace(element.declarator, derivations=derivations)
    )


def _text_row(element: Element, size: str) -> Element:
    """Several texts behind one count: characters, counted by the sibling *size*."""
    span = element.declarator.span
    count = ast.NameReference(ast.Name(size, span))
    word = ast.Attribute(ast.Name("size_is", span), (count,), span)
    element = element.typed(ast.NamedType(ast.Name("wchar_t", span)))
    return replace(element, attributes=(*element.attributes, word))


def _always_null(element: Element) -> Element:
    """A pointer to what cannot be expressed: it travels as long as it is null.

    Its slot is an integer as wide as a referent id, of which only 0 passes.
    """
    span = element.declarator.span
    zero = ast.Integer(0, "0", False, span)
    only = ast.Attribute(ast.Name("range", span), (zero, zero), span)
    type_ = ast.NamedType(ast.Name("uint3264", span))
    declarator = replace(element.declarator, derivations=())
    kept = tuple(a for a in element.attributes if a.name.text in _KEPT)
    specifiers = replace(element.specifiers, type=type_)
    return Element((*kept, only), specifiers, declarator)


def _context_handle(element: Element) -> Element:
    """A policy handle that a parameter refers to is a context handle.

    Its 20 octets are the same; as a value it is an ordinary struct.
    """
    derivations = element.declarator.derivations
    if len(derivations) != 1 or not isinstance(derivations[0], ast.PointerTo):
        return element
    if has(element.attributes, "unique") or has(element.attributes, "ptr"):
        return element
    span = element.declarator.span
    word = ast.Attribute(ast.Name("context_handle", span), None, span)
    if has(element.attributes, "out"):
        derivations = (*derivations, derivations[0])
    element = element.without("ref")
    return Element(
        (*element.attributes, word),
        element.specifiers,
        replace(element.declarator, derivations=derivations),
    )


# Attributes


def has(attributes: ast.Attributes, name: str) -> bool:
    return any(attribute.name.text == name for attribute in attributes)


def argument(attributes: ast.Attributes, name: str) -> ast.Argument | None:
    """The first argument of *name*."""
    for attribute in attributes:
        if attribute.name.text == name and attribute.arguments:
            return attribute.arguments[0]
    return None


def constant_value(
    attributes: ast.Attributes, siblings: frozenset[str]
) -> ast.Expression | None:
    """What [value] says, if that is the same for every value of the struct."""
    value = argument(attributes, "value")
    if value is None or isinstance(value, ast.TypeName | ast.TypedName):
        return None
    names = frozenset(_names_in(value))
    is_plain = not names & siblings and "NULL" not in names and _is_plain(value)
    return value if is_plain else None


def _is_plain(expression: ast.Expression | None) -> bool:
    """Whether it is made of numbers, names and operators alone."""
    match expression:
        case ast.Integer() | ast.NameReference():
            return True
        case ast.Parenthesis() | ast.Unary():
            return _is_plain(expression.operand)
        case ast.Binary():
            return _is_plain(expression.left) and _is_plain(expression.right)
        case _:
            return False


def harmful_flags(attributes: ast.Attributes) -> str:
    """The flags of [flag] that octets depend on, as written there; "" if none does."""
    return "|".join(name for name in flags(attributes) if name not in HARMLESS_FLAGS)


def flags(attributes: ast.Attributes) -> Iterator[str]:
    """Every flag of [flag]."""
    for attribute in attributes:
        if attribute.name.text == "flag":
            for each in attribute.arguments or ():
                yield from _flags(each)


def _flags(expression: ast.Argument | None) -> Iterator[str]:
    match expression:
        case ast.NameReference():
            yield expression.name.text
        case ast.Binary():
            yield from _flags(expression.left)
            yield from _flags(expression.right)
        case ast.Parenthesis():
            yield from _flags(expression.operand)
        case _:
            yield "..."


def _names(derivation: ast.ArrayOf) -> frozenset[str]:
    return frozenset(_names_in(derivation.upper))


def _names_in(expression: ast.Argument | None) -> Iterator[str]:
    match expression:
        case ast.NameReference():
            yield expression.name.text
        case ast.Binary():
            yield from _names_in(expression.left)
            yield from _names_in(expression.right)
        case ast.Parenthesis() | ast.Unary() | ast.Cast() | ast.Member():
            yield from _names_in(expression.operand)
        case ast.Call():
            yield from _names_in(expression.function)
            for each in expression.arguments:
                yield from _names_in(each)
        case ast.Conditional():
            yield from _names_in(expression.condition)
            yield from _names_in(expression.positive)
            yield from _names_in(expression.negative)
        case _:
            return
