"""Tokens, and what is none."""

from __future__ import annotations

import pytest

from midlpy.frontend.lexer import MAX_LEXICAL_FINDINGS, Lexer
from midlpy.frontend.parse import IDL, tables_of
from midlpy.frontend.source import SourceFile
from tests.frontend.sketch import findings, parsed


def tokens(text: str) -> str:
    grammar = tables_of(IDL)
    found, problems = Lexer(grammar.terminals, grammar.ignored).tokenize(
        SourceFile.unprocessed("test.idl", text)
    )
    assert problems == []
    pairs = zip(found.kinds[:-1], found.texts[:-1], strict=True)
    return " ".join(f"{kind}:{text}" for kind, text in pairs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a _b $c d1", "NAME:a NAME:_b NAME:$c NAME:d1"),
        ("long longer", "INTEGER_WORD:long NAME:longer"),
        ("in string version", "NAME:in NAME:string NAME:version"),
        ("1 017 0x1F 5UL 3i64 7ui64", None),
        ("1.0 2.5e3 1e5 0.01", None),
        ("0..5", "INTEGER:0 __ANON_9:.. INTEGER:5"),
        ("12345778-1234-abcd-ef00-0123456789ab", None),
        ("abcdef01-1234-abcd-ef00-0123456789ab", None),
        ("12e45778-1234-abcd-ef00-0123456789ab", None),
        ("00000001-1234-0000-0000-012345678901", None),
        ("a/b", "NAME:a SLASH:/ NAME:b"),
        ("a//b\nc/*d*//e", "NAME:a NAME:c SLASH:/ NAME:e"),
        ("/***/a/**//**/b", "NAME:a NAME:b"),
        (r'"a\"b" L"c"', r'STRING:"a\"b" WIDE_STRING:L"c"'),
        (r"'a' '\'' L'b'", r"CHARACTER:'a' CHARACTER:'\'' WIDE_CHARACTER:L'b'"),
        ("SAFEARRAY (x) SAFEARRAY y", None),
        ("__stdcall _cdecl pascal", None),
        ("unsigned wchar_t wchar_t", "SIGNED_WCHAR:unsigned wchar_t NAME:wchar_t"),
        ("\ufeffa\x0c\x1a", "NAME:a"),
    ],
)
def test_tokens(text: str, expected: str | None) -> None:
    alone = {
        "1 017": "INTEGER",
        "1.0 2": "FLOAT",
        "__std": "CONVENTION_WORD",
    }.get(text[:5])
    if expected is None and alone is not None:
        expected = " ".join(f"{alone}:{word}" for word in text.split())
    elif expected is None and text.startswith("SAFEARRAY"):
        expected = "_SAFEARRAY:SAFEARRAY LPAR:( NAME:x RPAR:) NAME:SAFEARRAY NAME:y"
    elif expected is None:
        expected = f"UUID:{text}"
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "long a; /* b",
            "1:9 unterminated-comment: the comment that begins here has no end",
        ),
        (
            'cpp_quote("a\n)long b;',
            "1:11 unterminated-string: the string that begins here has no end on its line",
        ),
        (
            'cpp_quote("a',
            "1:11 unterminated-string: the string that begins here has no end",
        ),
        (
            "const char a = 'x;\nlong b;",
            "1:16 unterminated-character: the character constant that begins here has no "
            "end on its line",
        ),
        ("const char a = '';", "1:16 syntax: a character constant holds one character"),
        (
            "const char a = 'ab';",
            "1:16 syntax: a character constant holds one character",
        ),
        ("const long a = 0xZZ;", "1:16 malformed-number: '0xZZ' is not a number"),
        ("const long a = 1.2.3;", "1:16 malformed-number: '1.2.3' is not a number"),
        (
            "const long a = 089;",
            "1:16 malformed-number: 089 begins with 0, so it is octal, but has a digit "
            "above 7",
        ),
        (
            "const hyper a = 0x1FFFFFFFFFFFFFFFFF;",
            "1:17 constant-too-big: 0x1fffffffffffffffff needs more than 64 bits",
        ),
        (
            "const float a = 1e999;",
            "1:17 constant-too-big: 1e999 is larger than any double",
        ),
        ("long a; @@@ long b;", "1:9 syntax: the character '@' has no meaning in IDL"),
        (
            "long\u00a0a;",
            "1:5 invisible-character: the invisible character U+00A0 is taken as a space",
        ),
    ],
)
def test_what_is_no_token_is_told_once(text: str, finding: str) -> None:
    assert findings(text) == [finding]


def test_microsoft_numbers() -> None:
    numbers = [
        parsed(text)[1][0].midl
        for text in ("/*", 'f("\n', 'f("', "f('a\n", "const long a = 0xZ;", "@")
    ]
    assert numbers == [2109, 2112, 2110, 2108, 2116, 2025]


def test_a_text_of_rubbish_is_given_up() -> None:
    found = findings("@ ! " * 500)
    assert found[-1].endswith("the rest is not read")
    assert len(found) == MAX_LEXICAL_FINDINGS + 1


def test_a_literal_of_any_length_costs_no_time() -> None:
    (finding,) = findings(f"const hyper a = {'9' * 100_000};")
    assert "constant-too-big" in finding
