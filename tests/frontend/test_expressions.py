"""Attributes and expressions: every rule of the grammar, read by hand."""

from __future__ import annotations

import pytest

from midlpy.frontend import ast
from tests.frontend.sketch import attributes, expression, findings, items


def value(text: str) -> str:
    """An expression as the grammar groups it."""
    (item,) = items(f"const long a = {text};")
    assert isinstance(item, ast.Declaration)
    return expression(item.declarators[0].initializer)


@pytest.mark.parametrize(
    ("text", "structure"),
    [
        # C's precedence, from loose to tight, each step against the next.
        ("a ? b : c", "(a ? b : c)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a || b && c", "(a || (b && c))"),
        ("a && b | c", "(a && (b | c))"),
        ("a | b ^ c", "(a | (b ^ c))"),
        ("a ^ b & c", "(a ^ (b & c))"),
        ("a & b == c", "(a & (b == c))"),
        ("a == b < c", "(a == (b < c))"),
        ("a != b >= c", "(a != (b >= c))"),
        ("a < b << c", "(a < (b << c))"),
        ("a <= b >> c", "(a <= (b >> c))"),
        ("a << b + c", "(a << (b + c))"),
        ("a > b - c", "(a > (b - c))"),
        ("a + b * c", "(a + (b * c))"),
        ("a - b / c % d", "(a - ((b / c) % d))"),
        ("a - b - c", "((a - b) - c)"),
        ("-a * ~b", "((- a) * (~ b))"),
        ("!*p && &q", "((! (* p)) && (& q))"),
        ("+a", "(+ a)"),
        ("-a.b", "(- a.b)"),
        ("a->b.c[d]", "a->b.c[d]"),
        ("f(a, b)(c)", "f!(a, b)!(c)"),
        ("f()", "f!()"),
        ("(a + b) * c", "([(a + b)] * c)"),
        ("(size + 7) &~7", "([(size + 7)] & (~ 7))"),
        # Casts: by a type word, by a star, by what can only be an operand.
        ("(unsigned long)a", "<?: unsigned long>a"),
        ("(unsigned char *)a + b", "(<?: pointer to unsigned char>a + b)"),
        ("(const T)a", "<?: const T>a"),
        ("(struct S *)a", "<?: pointer to struct S>a"),
        ("(T *)a", "<?: pointer to T>a"),
        ("(T **)a", "<?: pointer to pointer to T>a"),
        ("(T * *)a", "<?: pointer to pointer to T>a"),
        ("a * *b", "(a * (* b))"),
        ("(a **b)", "[(a * (* b))]"),
        ("sizeof(T **)", "sizeof<?: pointer to pointer to T>"),
        ("(T)a", "<?: T>a"),
        ("(T)1", "<?: T>1"),
        ("(T)~a", "<?: T>(~ a)"),
        ("(T)(a)", "[T]!(a)"),  # for the semantic pass to tell
        ("(T)-1", "([T] - 1)"),
        ("(T)(signed char)(a)", "[T]!(<?: signed char>[a])"),
        ("(T)(long)-a + b", "([T]!(<?: long>(- a)) + b)"),
        ("(T)(U)(long)a", "[T]!(U)!(<?: long>a)"),
        ("(T)(U)a", "[T]!(<?: U>a)"),
        ("(T)(U)~a", "[T]!(<?: U>(~ a))"),
        ("(T)(U *)a", "[T]!(<?: pointer to U>a)"),
        ("sizeof(unsigned long)", "sizeof<?: unsigned long>"),
        ("sizeof(T *)", "sizeof<?: pointer to T>"),
        ("sizeof(T)", "sizeof T"),
        ("sizeof(a + b)", "sizeof (a + b)"),
        # Literals.
        ("017", "017"),
        ("'a'", "char 97"),
        ("'\\n'", "char 10"),
        ("'\\''", "char 39"),
        ("'\\x41'", "char 65"),
        ("'\\101'", "char 65"),
        ("L'\\x20AC'", "Lchar 8364"),
        ('"a" "b\\t"', "'ab\\t'"),
        ('L"a" L"b"', "L'ab'"),
        ('"\\\\pipe\\\\x"', "'\\\\pipe\\\\x'"),
        ("{1, 2, }", "{1, 2}"),
        (
            "12345778-1234-abcd-ef00-0123456789ab",
            "12345778-1234-abcd-ef00-0123456789ab",
        ),
    ],
)
def test_structure(text: str, structure: str) -> None:
    assert value(text) == structure


@pytest.mark.parametrize(
    ("text", "number", "unsigned"),
    [
        ("0", 0, False),
        ("017", 15, False),
        ("00000001", 1, False),
        ("0x1F", 31, False),
        ("0XfFuL", 255, True),
        ("10U", 10, True),
        ("10L", 10, False),
        ("10ull", 10, True),
        ("10i64", 10, False),
        ("10ui64", 10, True),
        ("0xFFFFFFFFFFFFFFFF", 2**64 - 1, False),
    ],
)
def test_integers(text: str, number: int, unsigned: bool) -> None:
    (item,) = items(f"const long a = {text};")
    assert isinstance(item, ast.Declaration)
    node = item.declarators[0].initializer
    assert isinstance(node, ast.Integer)
    assert (node.value, node.text, node.unsigned) == (number, text, unsigned)


def test_floats_keep_their_text() -> None:
    (item,) = items("[version(1.10)] interface x {}")
    assert isinstance(item, ast.Interface)
    (attribute,) = item.attributes
    assert attribute.arguments is not None
    (version,) = attribute.arguments
    assert isinstance(version, ast.Float)
    assert (version.text, version.value) == ("1.10", 1.1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[in]", "in"),
        ("[in, out]", "in, out"),
        ("[in] [out]", "in, out"),
        ("[, in,, out,]", "in, out"),
        ("[]", ""),
        ("[default]", "default"),
        ("[case(1, A | B)]", "case(1, (A | B))"),
        ("[f()]", "f()"),
        ("[size_is(, *n)]", "size_is(-, (* n))"),
        ("[size_is(n,)]", "size_is(n, -)"),
        ("[size_is(*)]", "size_is(*)"),
        ("[switch_type(unsigned long)]", "switch_type(?: unsigned long)"),
        ("[transmit_as(struct S)]", "transmit_as(?: struct S)"),
        ("[represent_as(enum E x)]", "represent_as(x: enum E)"),
        ("[wire_marshal(T *)]", "wire_marshal(?: pointer to T)"),
        ("[wire_marshal(T)]", "wire_marshal(T)"),
        ("[implicit_handle(handle_t h)]", "implicit_handle(handle_t h)"),
        ("[version(1.0), uuid(12345778-1234-abcd-ef00-0123456789ab)]", None),
        ('[endpoint("a:[b]", "c:[d]")]', "endpoint('a:[b]', 'c:[d]')"),
    ],
)
def test_attributes(text: str, found: str | None) -> None:
    (item,) = items(f"typedef {text} long a;")
    assert isinstance(item, ast.Typedef)
    assert attributes(item.attributes) == (found or text[1:-1])


def test_attribute_words_are_names_elsewhere() -> None:
    text = "long string([in] long in, [in, size_is(version)] char *id, long version);"
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "const long a = (a + b) c;",
            "1:24 syntax: an operator is missing in front of this",
        ),
        ("const long a = (a * b *) c;", "1:17 syntax: an expression cannot end in '*'"),
        ("[x(a * b *)] interface y {}", "1:4 syntax: an expression cannot end in '*'"),
    ],
)
def test_what_the_grammar_lets_through_is_told(text: str, finding: str) -> None:
    assert findings(text) == [finding]


def test_spans_reach_from_the_first_token_to_the_last() -> None:
    (item,) = items("const long a = b + (c * d);")
    assert isinstance(item, ast.Declaration)
    node = item.declarators[0].initializer
    assert isinstance(node, ast.Binary)
    assert (node.span.column, node.span.end_column) == (16, 27)
    assert (node.left.span.column, node.left.span.end_column) == (16, 17)
    assert (node.right.span.column, node.right.span.end_column) == (20, 27)
