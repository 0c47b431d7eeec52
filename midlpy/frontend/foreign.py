"""Help for what is right in another language, and for what only looks right in IDL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from midlpy.frontend.lexer import Tokens
from midlpy.frontend.recovery import SyntaxFault
from midlpy.frontend.tables import NAME

_ENDS_OF_PARAMETERS: Final = frozenset({"COMMA", "RPAR"})
_ENDS_OF_ATTRIBUTES: Final = frozenset({"COMMA", "RSQB"})
_STARTS: Final = frozenset({"SEMICOLON", "LBRACE", "RBRACE", "RSQB"})
_CONFLICT: Final = ("<" * 7, "=" * 7, ">" * 7)
_DIRECTIONS: Final = {"in": "[in]", "out": "[out]", "inout": "[in, out]"}

# By the word in front of what does not fit.
_BY_WORD: Final = {
    "class": "write 'struct'; there are no classes in IDL",
    "extends": "write ':' in place of 'extends'",
    "implements": "write ':' in place of 'implements'",
    "public": "leave 'public' out",
    "virtual": "leave 'virtual' out",
    "oneway": "write [maybe] in place of 'oneway'",
    "attribute": "there are no attributes of interfaces in IDL; declare operations",
}


def foreign_help(fault: SyntaxFault, tokens: Tokens) -> str | None:
    """What to write in IDL for C++ and its like; None for anything else."""
    helps = (_of_declarator, _of_words, _of_attribute, _of_statement)
    each: Callable[[SyntaxFault, Tokens], str | None]
    for each in helps:
        if (found := each(fault, tokens)) is not None:
            return found
    return None


def is_rest_of_conflict(tokens: Tokens, index: int) -> bool:
    """Whether the text is the middle or the end of a merge conflict."""
    source = tokens.source
    is_marker = source.startswith(_CONFLICT[1:], tokens.starts[index])
    return is_marker and _CONFLICT[0] in source


def _before(tokens: Tokens, index: int, distance: int = 1) -> str:
    return tokens.texts[index - distance] if index >= distance else ""


def _of_declarator(fault: SyntaxFault, tokens: Tokens) -> str | None:
    index, expected = fault.token, fault.expected
    text, before = tokens.texts[index], _before(tokens, index)
    is_closed = expected >= _ENDS_OF_PARAMETERS
    if text == "&" and (NAME in expected or is_closed):
        return "write '*'; there are no references in IDL"
    if text == "*" and "INTEGER_WORD" in expected:
        return "put '*' behind the type"
    if text == before == ":" or tokens.source.startswith("::", tokens.starts[index]):
        return "leave out what is in front of the name; there is no '::' in IDL"
    if text == "<" and tokens.kinds[index - 1] == NAME:
        return "there are no templates in IDL; [size_is(...)] gives an array its size"
    if text == "=" and is_closed:
        return "leave it out; the caller gives all arguments"
    is_type_with_bound = text == "[" and {NAME, "SEMICOLON"} <= expected
    is_behind_bound = tokens.kinds[index] == NAME and before == "]" and is_closed
    if is_type_with_bound or is_behind_bound:
        return "a bound stands behind the name, attributes in front of the type"
    if text == "-" and tokens.ends[index - 1] == tokens.starts[index]:
        return "write '_'; there is no '-' in names"
    return None


def _of_words(fault: SyntaxFault, tokens: Tokens) -> str | None:
    index = fault.token
    before, two_before = _before(tokens, index), _before(tokens, index, 2)
    is_parameter = "RPAR" in fault.expected and before.isidentifier()
    for word in (before, two_before):
        if word in _DIRECTIONS and is_parameter:
            return f"write {_DIRECTIONS[word]} in place of '{word}'"
    if (spoiled := _spoiled_type(tokens, index)) is not None:
        return f"leave '{spoiled}' out"
    if two_before == "class" and _before(tokens, index, 3) == "enum":
        return "leave 'class' out"
    for word in (before, two_before):
        if word in _BY_WORD:
            return _BY_WORD[word]
    return None


def _spoiled_type(tokens: Tokens, index: int) -> str | None:
    """The sign in front of a type that takes none."""
    kinds, texts = tokens.kinds, tokens.texts
    for place in (index - 1, index - 2):
        if place < 0 or texts[place] not in ("unsigned", "signed"):
            continue
        if kinds[place + 1] in (NAME, "BASE_WORD") and kinds[index] in (
            NAME,
            "BASE_WORD",
        ):
            return texts[place]
    return None


def _of_attribute(fault: SyntaxFault, tokens: Tokens) -> str | None:
    index, expected = fault.token, fault.expected
    before = _before(tokens, index)
    if not expected >= _ENDS_OF_ATTRIBUTES or not before.isidentifier():
        return None
    if tokens.texts[index] == "=":
        return f"write {before}(...)"
    if tokens.kinds[index] in ("INTEGER", "FLOAT", "UUID", "STRING"):
        return f"write {before}({tokens.texts[index]})"
    return None


def _of_statement(fault: SyntaxFault, tokens: Tokens) -> str | None:
    index, expected = fault.token, fault.expected
    text, before = tokens.texts[index], _before(tokens, index)
    if tokens.source.startswith(_CONFLICT, tokens.starts[index]):
        return "settle the merge conflict"
    if expected == frozenset({"STRING"}) and text[:1] in ("<", "'"):
        return "write '\"' around it"
    if text == "{" and before == ")":
        return "write ';'; operations have no body in IDL"
    if text == "case" and "CASE" not in expected:
        return "write [case(...)] in front of the member, or 'switch (TYPE NAME)'"
    if text == "," and "LBRACE" in expected:
        return "leave the rest out; an interface has one base"
    is_typed = "LPAR" in expected  # as in an IDL, and not in an ACF
    is_operation = (
        is_typed and before == "(" and index > 1 and tokens.kinds[index - 2] == NAME
    )
    if is_operation and (index == 2 or tokens.kinds[index - 3] in _STARTS):
        name = tokens.texts[index - 2]
        return f"put the type of its result in front of '{name}', 'void' if it has none"
    return None
