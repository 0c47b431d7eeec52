"""Tree builder, first part: attributes, type names and expressions.

One method per rule of the grammar; each returns the node of the same name. A child that
is an int is the index of a token.
"""

from __future__ import annotations

import math
import re
from typing import Final, TypeAlias

from midlpy.diagnostics import Diagnostic, Span
from midlpy.frontend import ast
from midlpy.frontend.automaton import Builder
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.source import SourceFile

Token: TypeAlias = int

# Far more than 64 bits have in any base; longer numbers cost time to read.
MAX_DIGITS: Final = 80

_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]+|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class ExpressionBuilder(Builder):
    """Builds nodes over the tokens of one file; *findings* grow as it does."""

    def __init__(self, source: SourceFile, tokens: Tokens) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.texts = tokens.texts
        self.starts = tokens.starts
        self.ends = tokens.ends
        self._places = source.places(tokens.starts, tokens.ends)

    # Spans and names

    def span(self) -> Span:
        """The span of the node that is being built."""
        start = self._places[self.first]
        end = self._places[self.last]
        if start[0] != end[0]:
            return Span(*start)
        return Span(start[0], start[1], start[2], end[3], end[4])

    def span_of(self, token: Token) -> Span:
        """The span of one token."""
        return Span(*self._places[token])

    def name(self, token: Token) -> ast.Name:
        """The name that one token is."""
        return ast.Name(self.texts[token], Span(*self._places[token]))

    def optional_name(self, token: Token | None) -> ast.Name | None:
        """The same for a name that may be missing."""
        return None if token is None else self.name(token)

    def dotted(self, tokens: tuple[Token, ...]) -> ast.Name:
        """``lib.type`` as one name."""
        return ast.Name(".".join([self.texts[token] for token in tokens]), self.span())

    def error(
        self, rule: str, message: str, span: Span, midl: int | None = None
    ) -> None:
        """Remember a mistake that the grammar lets through."""
        self.findings.append(Diagnostic(rule, message, span, midl=midl))

    # Attributes

    def attributes(self, *attributes: ast.Attribute) -> ast.Attributes:
        return attributes

    def attribute(
        self, name: ast.Name, arguments: tuple[ast.Argument | None, ...] | None
    ) -> ast.Attribute:
        return ast.Attribute(name, arguments, self.span())

    def attribute_name(self, token: Token) -> ast.Name:
        return self.name(token)

    def arguments(
        self, *arguments: ast.Argument | None
    ) -> tuple[ast.Argument | None, ...]:
        return () if arguments == (None,) else arguments

    def typed_name(self, type_: Token, name: Token) -> ast.TypedName:
        return ast.TypedName(self.name(type_), self.name(name), self.span())

    def pointer_name(
        self, name: ast.Expression, stars: tuple[ast.PointerTo, ...]
    ) -> ast.Argument:
        if not isinstance(name, ast.NameReference):
            self.error("syntax", "an expression cannot end in '*'", self.span(), 2025)
            return name
        return self._pointer_to_name(name, stars)

    def star(self) -> ast.PointerTo:
        return ast.PointerTo((), self.span())

    def stars(self, *stars: ast.PointerTo) -> tuple[ast.PointerTo, ...]:
        return stars

    def whole(self) -> ast.NameReference:
        """``size_is(*)`` of some dialects: a name that nothing is called."""
        return ast.NameReference(ast.Name("*", self.span()))

    def _pointer_to_name(
        self, name: ast.NameReference, stars: tuple[ast.PointerTo, ...]
    ) -> ast.TypeName:
        specifiers = ast.Specifiers((), ast.NamedType(name.name), name.span)
        span = name.span.to(stars[-1].span)
        return ast.TypeName(specifiers, ast.Declarator(None, stars, span), span)

    # Types as far as expressions need them

    def type_name(
        self,
        specifiers: ast.Specifiers,
        pointers: tuple[ast.PointerTo, ...],
        name: Token | None,
    ) -> ast.TypeName:
        span = self.span()
        declarator = ast.Declarator(self.optional_name(name), pointers[::-1], span)
        return ast.TypeName(specifiers, declarator, span)

    def pointers(self, *pointers: ast.PointerTo | None) -> tuple[ast.PointerTo, ...]:
        return tuple([pointer for pointer in pointers if pointer is not None])

    def written_specifiers(self, *parts: str | ast.TypeSpecifier) -> ast.Specifiers:
        return self.specifiers(*parts)

    def specifiers(self, *parts: str | ast.TypeSpecifier) -> ast.Specifiers:
        if len(parts) == 1:
            (type_,) = parts
            assert not isinstance(type_, str)
            return ast.Specifiers((), type_, type_.span)
        qualifiers = tuple([part for part in parts if isinstance(part, str)])
        (type_,) = [part for part in parts if not isinstance(part, str)]
        return ast.Specifiers(qualifiers, type_, self.span())

    def qualifier(self, token: Token) -> str:
        return self.texts[token]

    def declspec(self, _arguments: tuple[ast.Argument | None, ...]) -> str:
        return "__declspec"

    def named_type(self, *tokens: Token) -> ast.NamedType:
        if len(tokens) == 1:
            return ast.NamedType(self.name(tokens[0]))
        return ast.NamedType(self.dotted(tokens))

    def words(self, *tokens: Token) -> ast.Words:
        words = tuple([word for token in tokens for word in self.texts[token].split()])
        return ast.Words(words, self.span())

    def struct_reference(self, tag: Token) -> ast.StructType:
        return ast.StructType(self.name(tag), None, self.span())

    def union_reference(self, tag: Token) -> ast.UnionType:
        return ast.UnionType(self.name(tag), None, self.span())

    def enum_reference(self, keyword: str, tag: Token) -> ast.EnumType:
        return ast.EnumType(keyword, self.name(tag), None, self.span())

    def enum_keyword(self, token: Token) -> str:
        return self.texts[token]

    def pointer(self, *qualifiers: str) -> ast.PointerTo:
        return ast.PointerTo(qualifiers, self.span())

    def convention(self, token: Token) -> str:
        """The word; calling conventions change nothing on the wire."""
        return self.texts[token].lstrip("_")

    # Expressions

    def reference(self, token: Token) -> ast.NameReference:
        return ast.NameReference(self.name(token))

    def integer(self, token: Token) -> ast.Integer:
        text = self.texts[token]
        digits = text.lower().removesuffix("i64")
        bare = digits.rstrip("ul")
        if len(bare) > MAX_DIGITS:
            value = 1 << 64
        elif bare.startswith("0x"):
            value = int(bare, 16)
        elif len(bare) > 1 and bare[0] == "0":
            value = self._octal(bare, token)
        else:
            value = int(bare)
        span = self.span_of(token)
        if value.bit_length() > 64:
            message = f"{bare[:MAX_DIGITS]} needs more than 64 bits"
            self.error("constant-too-big", message, span, 2115)
            value = 0
        return ast.Integer(value, text, "u" in digits, span)

    def _octal(self, digits: str, token: Token) -> int:
        if digits.strip("01234567") == "":
            return int(digits, 8)
        message = f"{digits} begins with 0, so it is octal, but has a digit above 7"
        self.error("malformed-number", message, self.span_of(token), 2116)
        return int(digits)

    def float_number(self, token: Token) -> ast.Float:
        text = self.texts[token]
        value = float(text.rstrip("fFlL"))
        span = self.span_of(token)
        if math.isinf(value):
            message = f"{text[:MAX_DIGITS]} is larger than any double"
            self.error("constant-too-big", message, span, 2115)
            value = 0.0
        return ast.Float(value, text, span)

    def character(self, token: Token) -> ast.Character:
        return self._character(token, self.texts[token][1:-1], False)

    def wide_character(self, token: Token) -> ast.Character:
        return self._character(token, self.texts[token][2:-1], True)

    def _character(self, token: Token, text: str, wide: bool) -> ast.Character:
        value = unescape(text)
        span = self.span_of(token)
        limit = 0xFFFF if wide else 0xFF
        if len(value) != 1 or ord(value) > limit:
            self.error("syntax", "a character constant holds one character", span, 2025)
        return ast.Character(ord(value[0]) & limit if value else 0, wide, span)

    def string(self, *tokens: Token) -> ast.String:
        value = "".join([unescape(self.texts[token][1:-1]) for token in tokens])
        return ast.String(value, False, self.span())

    def wide_string(self, *tokens: Token) -> ast.String:
        """Literals in a row, of which one is wide: all of them are."""
        texts = [self.texts[token].removeprefix("L") for token in tokens]
        value = "".join([unescape(text[1:-1]) for text in texts])
        return ast.String(value, True, self.span())

    def one_string(self, token: Token) -> ast.String:
        """A string literal alone."""
        value = unescape(self.texts[token][1:-1])
        return ast.String(value, False, self.span_of(token))

    def uuid(self, token: Token) -> ast.Uuid:
        return ast.Uuid(self.texts[token], self.span_of(token))

    def sign(self, token: Token) -> str:
        return self.texts[token]

    def prefix(self, token: Token) -> str:
        return self.texts[token]

    def unary(self, operator: str, operand: ast.Expression) -> ast.Unary:
        return ast.Unary(operator, operand, self.span())

    def binary(
        self, left: ast.Expression, operator: Token, right: ast.Expression
    ) -> ast.Binary:
        return ast.Binary(self.texts[operator], left, right, self.span())

    def conditional(
        self,
        condition: ast.Expression,
        positive: ast.Expression,
        negative: ast.Expression,
    ) -> ast.Conditional:
        return ast.Conditional(condition, positive, negative, self.span())

    def cast(self, type_: ast.TypeName, operand: ast.Expression) -> ast.Cast:
        return ast.Cast(type_, operand, self.span())

    def cast_to_pointer(
        self,
        name: ast.Expression,
        stars: tuple[ast.PointerTo, ...],
        operand: ast.Expression,
    ) -> ast.Expression:
        if not isinstance(name, ast.NameReference):
            self.error("syntax", "an expression cannot end in '*'", name.span, 2025)
            return operand
        return ast.Cast(self._pointer_to_name(name, stars), operand, self.span())

    def cast_to_name(
        self, name: ast.Expression, operand: ast.Expression
    ) -> ast.Expression:
        if not isinstance(name, ast.NameReference):
            self.error(
                "syntax",
                "an operator is missing in front of this",
                operand.span,
                2025,
            )
            return name
        specifiers = ast.Specifiers((), ast.NamedType(name.name), name.span)
        declarator = ast.Declarator(None, (), name.span)
        type_ = ast.TypeName(specifiers, declarator, name.span)
        return ast.Cast(type_, operand, self.span())

    # Casts behind another one are its operand, as far as a grammar can tell a call's.

    def cast_in_row(
        self, first: ast.Expression, type_: ast.TypeName, operand: ast.Expression
    ) -> ast.Call:
        last = ast.Cast(type_, operand, type_.span.to(operand.span))
        return ast.Call(first, (last,), self.span())

    def pointer_cast_in_row(
        self,
        first: ast.Expression,
        name: ast.Expression,
        stars: tuple[ast.PointerTo, ...],
        operand: ast.Expression,
    ) -> ast.Call:
        last = self.cast_to_pointer(name, stars, operand)
        return ast.Call(first, (last,), self.span())

    def name_cast_in_row(
        self, first: ast.Expression, name: ast.Expression, operand: ast.Expression
    ) -> ast.Call:
        return ast.Call(first, (self.cast_to_name(name, operand),), self.span())

    def sizeof_type(self, type_: ast.TypeName) -> ast.SizeofType:
        return ast.SizeofType(type_, self.span())

    def sizeof_pointer(
        self, name: ast.Expression, stars: tuple[ast.PointerTo, ...]
    ) -> ast.Expression:
        type_ = self.pointer_name(name, stars)
        if isinstance(type_, ast.TypeName):
            return ast.SizeofType(type_, self.span())
        return ast.SizeofExpression(name, self.span())

    def sizeof_expression(self, operand: ast.Expression) -> ast.SizeofExpression:
        return ast.SizeofExpression(operand, self.span())

    def index(self, operand: ast.Expression, index: ast.Expression) -> ast.Index:
        return ast.Index(operand, index, self.span())

    def member_of(self, operand: ast.Expression, name: Token) -> ast.Member:
        return ast.Member(operand, ".", self.name(name), self.span())

    def member_of_target(self, operand: ast.Expression, name: Token) -> ast.Member:
        return ast.Member(operand, "->", self.name(name), self.span())

    def call(self, function: ast.Expression, *arguments: ast.Expression) -> ast.Call:
        return ast.Call(function, arguments, self.span())

    def parenthesis(self, operand: ast.Expression) -> ast.Parenthesis:
        return ast.Parenthesis(operand, self.span())

    def braces(self, *elements: ast.Expression) -> ast.Braces:
        return ast.Braces(elements, self.span())


def unescape(text: str) -> str:
    """A literal's text with C's escape sequences resolved."""
    return _ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    text = match.group(1)
    if text[0] == "x":
        return chr(int(text[1:], 16) & 0xFFFF) if len(text) > 1 else "x"
    if text[0] in "01234567":
        return chr(int(text, 8))
    return _ESCAPES.get(text, text)
