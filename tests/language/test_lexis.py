"""Text, words and literals: what each row of the lexical rules comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

import midlpy
from midlpy.frontend.loader import load
from midlpy.semantic import ir
from midlpy.semantic.resolve import resolve
from tests.semantic.snippets import (
    HEADER,
    H,
    findings,
    found,
    model,
    operation,
    struct,
)

TYPEDEF = "typedef long T;"


def constants(body: str) -> dict[str, object]:
    """The constants of *body*, by name."""
    return {each.name: each.value for each in model(body).constants}


# Source text: octets of a file with one constant A = 5, and what is said about it.
TEXT = "interface t {\n/* \u00e9 */\nconst long A = 5;\n}\n"

FILES = [
    pytest.param(TEXT.encode(), [], id="utf-8"),
    pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), [], id="utf-8-with-mark"),
    pytest.param(b"\xff\xfe" + TEXT.encode("utf-16-le"), [], id="utf-16-le-with-mark"),
    pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), [], id="utf-16-be-with-mark"),
    pytest.param(TEXT.encode("cp1252"), [], id="cp1252-comment"),
    pytest.param(TEXT.replace("\n", "\r\n").encode(), [], id="crlf"),
    pytest.param(TEXT.replace("\n", "\r").encode(), [], id="cr-alone"),
    pytest.param(TEXT.encode() + b"\x1a", [], id="ctrl-z-at-the-end"),
    pytest.param(
        TEXT.encode() + b"\x1ajunk ((", [], id="nothing-behind-ctrl-z-is-read"
    ),
    pytest.param(TEXT.replace("\n", "\f\n").encode(), [], id="form-feed"),
    pytest.param(TEXT.replace("\n", "\v\n").encode(), [], id="vertical-tab"),
    pytest.param(TEXT.rstrip().encode(), [], id="no-newline-at-the-end"),
    pytest.param(
        TEXT.replace("const ", "const\u00a0").encode(),
        ["invisible-character"],
        id="no-break-space",
    ),
    pytest.param(
        TEXT.replace("A = 5", "A = \u200b5").encode(),
        ["invisible-character"],
        id="zero-width-space",
    ),
    pytest.param(
        TEXT.replace("A = 5", "A =\ufeff 5").encode(), [], id="mark-in-the-middle"
    ),
    pytest.param(
        TEXT.replace("const", "#pragma once\nconst").encode("utf-16"),
        [],
        id="utf-16-with-directives",
    ),
]


@pytest.mark.parametrize(("octets", "said"), FILES)
def test_text_of_a_file(tmp_path: Path, octets: bytes, said: list[str]) -> None:
    path = tmp_path / "t.idl"
    path.write_bytes(octets)
    loaded = load(path)
    assert loaded.source is not None
    resolution = resolve(loaded.source)
    assert [each.value for each in resolution.model.constants] == [5]
    assert [each.rule for each in loaded.diagnostics] == said
    assert not resolution.diagnostics


# Literals: what `const TYPE A = LITERAL;` is.
LITERALS = [
    ("decimal", "hyper", "123", 123),
    ("zero", "hyper", "0", 0),
    ("octal", "hyper", "017", 15),
    ("octal-flag", "hyper", "00000001", 1),
    ("octal-long", "hyper", "0777777", 0o777777),
    ("hex", "hyper", "0x1F", 31),
    ("hex-upper-x", "hyper", "0X1f", 31),
    ("hex-leading-zeros", "long", "0x00000400", 1024),
    *[
        (f"suffix-{suffix}", "hyper", f"0x10{suffix}", 16)
        for suffix in (
            *("u", "U", "l", "L", "ul", "uL", "UL", "Ul", "lu", "LU", "ll", "LL"),
            *("ull", "ULL", "llu", "LLU", "uLL", "Ull", "i64", "I64", "ui64", "UI64"),
        )
    ],
    ("decimal-suffix", "hyper", "7ui64", 7),
    ("octal-suffix", "hyper", "010L", 8),
    ("largest-64-bits", "unsigned hyper", "0xFFFFFFFFFFFFFFFF", 2**64 - 1),
    ("largest-signed", "hyper", "9223372036854775807", 2**63 - 1),
    ("smallest-signed", "hyper", "-9223372036854775808", -(2**63)),
    ("unsigned-minus-one", "unsigned hyper", "-1", 2**64 - 1),
    ("character", "char", "'a'", 97),
    ("character-newline", "char", r"'\n'", 10),
    ("character-tab", "char", r"'\t'", 9),
    ("character-return", "char", r"'\r'", 13),
    ("character-alert", "char", r"'\a'", 7),
    ("character-backspace", "char", r"'\b'", 8),
    ("character-form-feed", "char", r"'\f'", 12),
    ("character-vertical-tab", "char", r"'\v'", 11),
    ("character-zero", "char", r"'\0'", 0),
    ("character-backslash", "char", r"'\\'", 92),
    ("character-quote", "char", r"'\''", 39),
    ("character-double-quote", "char", "'\"'", 34),
    ("character-escaped-double-quote", "char", r"'\"'", 34),
    ("character-question-mark", "char", r"'\?'", 63),
    ("character-hex", "char", r"'\x41'", 65),
    ("character-octal", "char", r"'\101'", 65),
    ("character-is-unsigned", "char", r"'\xFF'", 255),
    ("wide-character", "wchar_t", "L'a'", 97),
    ("wide-character-escape", "wchar_t", r"L'\x20AC'", 0x20AC),
    ("string", "char *", '"ab"', "ab"),
    ("string-empty", "char *", '""', ""),
    ("string-escapes", "char *", r'"a\"b\\c\n\x41\101"', 'a"b\\c\nAA'),
    ("string-adjacent", "char *", '"ab" "cd"', "abcd"),
    ("string-adjacent-lines", "char *", '"ab"\n    "cd"', "abcd"),
    ("wide-string", "wchar_t *", 'L"ab"', "ab"),
    ("wide-string-adjacent", "wchar_t *", 'L"ab" L"cd"', "abcd"),
    ("wide-string-and-narrow", "wchar_t *", 'L"ab" "cd"', "abcd"),
    ("narrow-string-and-wide", "wchar_t *", '"ab" L"cd" "ef"', "abcdef"),
    ("string-with-comment-signs", "char *", '"/* a // b"', "/* a // b"),
    ("float", "double", "1.5", 1.5),
    ("float-exponent", "double", "2.5e3", 2500.0),
    ("float-suffix", "float", "0.5f", 0.5),
    ("float-without-dot", "double", "1e-3", 0.001),
    ("float-without-fraction", "double", "2.", 2.0),
    ("float-without-fraction-and-exponent", "double", "2.e1", 20.0),
    ("float-without-integer", "double", ".25", 0.25),
    ("true", "boolean", "TRUE", True),
    ("false", "boolean", "FALSE", False),
    ("true-as-long", "long", "TRUE", 1),
    ("null", "void *", "NULL", None),
    ("null-string", "char *", "NULL", None),
]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [pytest.param(*case[1:], id=case[0]) for case in LITERALS],
)
def test_literal(type_: str, text: str, value: int | str | None) -> None:
    (got,) = constants(f"const {type_} A = {text};").values()
    assert got == value
    assert type(got) is type(value)


# Literals that are none: what is said about `const hyper A = LITERAL;`.
FAULTS = [
    ("too-big-hex", "0x1FFFFFFFFFFFFFFFFF", "constant-too-big", 2115),
    ("too-big-decimal", "18446744073709551616", "constant-too-big", 2115),
    ("hex-without-digits", "0x", "malformed-number", 2116),
    ("hex-with-other-letters", "0xZZ", "malformed-number", 2116),
    ("octal-with-eight", "018", "malformed-number", 2116),
    ("digits-and-letters", "12abc", "malformed-number", 2116),
    ("unknown-suffix", "12i65", "malformed-number", 2116),
    ("two-dots", "1.2.3", "malformed-number", 2116),
    ("empty-character", "''", "syntax", 2025),
    ("character-without-end", "'a", "unterminated-character", 2108),
    ("string-without-end", '"abc', "unterminated-string", 2112),
    ("two-characters", "'ab'", "syntax", 2025),
    ("string-over-two-lines", '"abc\ndef"', "unterminated-string", 2112),
    ("text-over-two-lines", '"abc (d)\n  e, f (g)"', "unterminated-string", 2112),
    ("binary", "0b101", "malformed-number", 2116),
    ("hexadecimal-float", "0x1p3", "malformed-number", 2116),
]


@pytest.mark.parametrize(
    ("text", "rule", "number"), [pytest.param(*case[1:], id=case[0]) for case in FAULTS]
)
def test_fault_in_literal(text: str, rule: str, number: int) -> None:
    assert found(f"const hyper A = {text};\nconst long B = 1;") == [
        ("error", rule, number)
    ]


def test_two_strings_without_end_are_two_errors() -> None:
    body = 'cpp_quote("abc)\ncpp_quote("def)\nconst long A = 1;'
    assert found(body) == [("error", "unterminated-string", 2112)] * 2


@pytest.mark.parametrize("quoted", ["\u201cx y\u201d", '\u201cx y"', "\u00abx y\u00bb"])
def test_typographic_quotation_marks_are_one_error_and_a_string(quoted: str) -> None:
    body = f"cpp_quote({quoted})\nconst char *A = NOPE;"
    first, *others = findings(body)
    assert (first.rule, first.help) == ("syntax", "write '\"'")
    assert [each.rule for each in others] == ["unknown-name-in-expression"]


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"interface t {\0}", id="nul"),
        pytest.param(TEXT.encode("utf-16-le"), id="utf-16-without-mark"),
        pytest.param(TEXT.encode("utf-32"), id="utf-32"),
        pytest.param(bytes(range(256)) * 40, id="binary"),
        pytest.param(b"#if\n#nothing\n\0(((", id="nothing-else-is-said"),
    ],
)
def test_what_is_no_text_is_one_error(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "t.idl"
    path.write_bytes(octets)
    assert [each.rule for each in load(path).diagnostics] == ["not-text"]


def test_comment_without_end() -> None:
    assert ("error", "unterminated-comment", 2109) in found("const long A = 1; /* ")


def test_comments_do_not_nest() -> None:
    assert constants("/* a /* b */ const long A = 1; // c */ const long B = 2;\n") == {
        "A": 1
    }


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param("3", (3, 0), id="major-alone"),
        pytest.param("1.0", (1, 0), id="major-and-minor"),
        pytest.param("1.10", (1, 10), id="ten-is-not-one"),
        pytest.param("0.01", (0, 1), id="leading-zero-in-minor"),
        pytest.param("65535.65535", (65535, 65535), id="largest"),
        pytest.param("0x00010002", (2, 1), id="hex-low-half-is-major"),
    ],
)
def test_version(version: str, expected: tuple[int, int]) -> None:
    text = HEADER.replace("version(1.0)", f"version({version})")
    assert model(f"{text} void f({H}); }}").interfaces[0].version == expected


@pytest.mark.parametrize(
    "version",
    [
        pytest.param(each, id=each)
        for each in ("70000.0", "1.70000", '"1.0"', "1.x", "-1", "1e2", "1.0f")
    ],
)
def test_version_that_is_none(version: str) -> None:
    text = HEADER.replace("version(1.0)", f"version({version})")
    assert len(found(f"{text} void f({H}); }}")) == 1


UUIDS = [
    ("bare", "12345678-1234-1234-1234-123456789abc", None),
    ("quoted", '"12345678-1234-1234-1234-123456789abc"', None),
    ("upper-case", "12345678-1234-1234-1234-123456789ABC", None),
    ("begins-like-a-name", "abcdef01-1234-1234-1234-123456789abc", None),
    ("begins-like-an-exponent", "12e45678-1234-1234-1234-123456789abc", None),
    ("begins-like-an-octal", "00000001-1234-0000-0000-012345678901", None),
    ("last-group-like-an-exponent", "12345678-1234-1234-1234-12345678e012", None),
    ("quoted-with-a-short-group", '"12345678-1234-1234-123456789abc"', 2088),
    ("quoted-with-eight-last", '"12345778-1234-abcd-0001-00000003"', 2088),
    ("placeholder", '"[!output CLASSID]"', 2088),
    ("quoted-with-other-letters", '"1234567g-1234-1234-1234-123456789abc"', 2089),
    ("short-group", "12345678-1234-1234-123456789abc", 2088),
    ("last-group-too-short", "12345678-1234-1234-1234-123456789ab", 2088),
    ("last-group-too-long", "12345678-1234-1234-1234-123456789abcd", 2088),
    ("other-letters-first", "1234567g-1234-1234-1234-123456789abc", 2089),
    ("other-letters-last", "12345678-1234-1234-1234-123456789abg", 2089),
    ("dotted", "338cd001f235.0d.00.00.87.84.00.00.00", 2088),
    ("in-braces", "{12345678-1234-1234-1234-123456789abc}", 2088),
    ("hexadecimal-number", "0x12345678", 2088),
]


@pytest.mark.parametrize(
    ("text", "number"), [pytest.param(*case[1:], id=case[0]) for case in UUIDS]
)
def test_uuid(text: str, number: int | None) -> None:
    body = f"[uuid({text}), pointer_default(unique)] interface t {{ void f({H}); }}"
    if number is not None:
        assert [each[2] for each in found(body)] == [number]
        return
    uuid = model(body).interfaces[0].uuid
    assert str(uuid) == text.strip('"').lower()


@pytest.mark.parametrize(
    "text", ["0x45678-0000-0000-c000-0000000000F0", '"12345678"', "12345678-9"]
)
def test_uuid_of_a_type_is_looked_at(text: str) -> None:
    body = f"typedef [uuid({text})] struct {{ long a; }} S;"
    assert found(body) == [("error", "bad-uuid", 2088)]


@pytest.mark.parametrize("arguments", ["", "()"])
def test_uuid_without_digits_is_one_error(arguments: str) -> None:
    body = f"[uuid{arguments}] interface t {{ void f({H}); }}"
    assert found(body) == [("error", "attribute-arguments", 2025)]


def test_operation_called_uuid_has_parameters() -> None:
    assert operation("void uuid(void);").name == "uuid"


# Words

ATTRIBUTE_WORDS = (
    *[
        "aggregatable",
        "align",
        "allocate",
        "annotation",
        "appobject",
        "async",
        "auto_handle",
        "bindable",
        "broadcast",
    ],
    *[
        "bstring",
        "byte_count",
        "call_as",
        "callback",
        "code",
        "comm_status",
        "context_handle",
        "control",
        "custom",
    ],
    *[
        "decode",
        "defaultvalue",
        "dual",
        "encode",
        "endpoint",
        "entry",
        "explicit_handle",
        "fault_status",
        "first_is",
    ],
    *[
        "handle",
        "heap",
        "helpcontext",
        "helpstring",
        "hidden",
        "id",
        "idempotent",
        "ignore",
        "iid_is",
        "implicit_handle",
    ],
    *[
        "in",
        "last_is",
        "lcid",
        "length_is",
        "local",
        "manual",
        "max_is",
        "maybe",
        "message",
        "min_is",
        "ms_union",
        "nocode",
    ],
    *[
        "notify",
        "object",
        "odl",
        "optimize",
        "optional",
        "out",
        "pointer_default",
        "progid",
        "propget",
        "propput",
        "proxy",
    ],
    *[
        "ptr",
        "public",
        "range",
        "readonly",
        "ref",
        "represent_as",
        "requestedit",
        "restricted",
        "retval",
        "shape",
        "size_is",
    ],
    *[
        "source",
        "string",
        "switch_is",
        "switch_type",
        "system_handle",
        "threading",
        "transmit_as",
        "unique",
    ],
    *[
        "user_marshal",
        "uuid",
        "v1_enum",
        "vararg",
        "version",
        "wire_marshal",
        "strict_context_handle",
        "licensed",
    ],
)


@pytest.mark.parametrize("word", ATTRIBUTE_WORDS)
def test_attribute_word_is_an_ordinary_name(word: str) -> None:
    text = HEADER.replace("interface t", f"interface {word}_t")
    body = f"""{text}
        const long c_{word} = 1;
        typedef struct {{ long {word}; [size_is({word})] char *{word}_data; }} S;
        typedef enum {{ {word}_zero, {word}_one }} E;
        void {word}([in] long {word}, [in, size_is({word})] char *p);
        }}"""
    (declared,) = [
        each
        for each in model(f"/* interface t */{body}").types
        if isinstance(each, ir.StructDeclaration)
    ]
    assert [each.name for each in declared.fields] == [word, f"{word}_data"]
    (only,) = model(f"/* interface t */{body}").interfaces[0].operations
    assert only.name == word
    assert only.parameters[0].name == word


@pytest.mark.parametrize("word", ["string", "version", "id", "handle", "async", "in"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "typedef long {0}; typedef {0} U; typedef struct {{ {0} a; }} V;", id="type"
        ),
        pytest.param(
            "typedef enum {{ {0}, B }} E; const long C = {0};", id="enumerator"
        ),
        pytest.param("const long {0} = 3; typedef long A[{0}];", id="constant"),
        pytest.param("struct {0} {{ long a; }}; typedef struct {0} U;", id="tag"),
    ],
)
def test_attribute_word_names(word: str, body: str) -> None:
    assert found(body.format(word)) == []


def test_default_and_case_are_words_and_attributes() -> None:
    assert (
        found(
            "typedef [switch_type(long)] union { [case(1)] long a; [default] short b; } U;"
            "union V switch (long k) { case 1: long a; default: short b; };"
        )
        == []
    )


@pytest.mark.parametrize("word", ["bitmap", "far", "near", "pascal", "cdecl", "export"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "typedef struct {{ long a, {0}; long {0}_; }} S; typedef struct {{ long {0}; }} T;",
            id="member",
        ),
        pytest.param("typedef struct {{ long {0}[4]; }} S;", id="array"),
        pytest.param("const long {0} = 3; typedef long A[{0} + 1];", id="constant"),
        pytest.param(
            "void f([in] handle_t h, [in] long {0}, [in, size_is({0})] char *p);",
            id="parameter",
        ),
        pytest.param("long {0}([in] handle_t h); long g(void);", id="operation"),
    ],
)
def test_word_that_is_half_reserved_is_a_name(word: str, body: str) -> None:
    said = found(body.format(word))
    assert {each[1] for each in said} <= {"reserved-word"}


def test_half_reserved_words_are_what_they_are() -> None:
    text = (
        "long far *near f([in] handle_t h, [in] long far * near a, [in] char far b[4]);"
    )
    assert [each.name for each in operation(text).parameters] == ["a", "b"]
    assert found("typedef long (pascal *FN)(long a);") == []


# Words MIDL reserves, as far as the grammar can tell them from themselves.
RESERVED_NAMES = [
    "module",
    "library",
    "methods",
    "properties",
    "contract",
    "TRUE",
    "include",
]


@pytest.mark.parametrize("word", RESERVED_NAMES)
def test_reserved_word_as_a_name_is_a_warning(word: str) -> None:
    body = f"void f({H}, [in] long {word});"
    assert found(body) == [("warning", "reserved-word", None)]


@pytest.mark.parametrize(
    "word",
    [
        "pipe",
        "struct",
        "void",
        "interface",
        "import",
        "switch",
        "sizeof",
        "typedef",
        "float",
    ],
)
def test_type_keyword_is_no_name(word: str) -> None:
    assert [each[0] for each in found(f"void f({H}, [in] long {word});")] == ["error"]


def test_dollar_is_a_letter() -> None:
    only = operation(f"void f$1({H}, [in] long a$, [in] long $b);")
    assert only.name == "f$1"
    assert [each.name for each in only.parameters] == ["a$", "$b"]
    text = midlpy.compile_text(
        f"{HEADER} void f$1({H}, [in] long a$, [in] long $b); }}", filename="t.idl"
    )
    compile(text, "t.py", "exec")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (31, []),
        (32, []),
        (255, []),
        (256, [("warning", "long-name", 2114)]),
    ],
)
def test_names_of_any_length_are_kept_whole(
    length: int, said: list[tuple[str, str, int]]
) -> None:
    name = "a" * length
    assert found(f"const long {name} = 1;") == said
    module = midlpy.load_text(f"const long {name} = 1;", filename="t.idl")
    assert getattr(module, name) == 1


def test_case_of_names_matters() -> None:
    assert constants("const long Ab = 1; const long aB = 2;") == {"Ab": 1, "aB": 2}
    fields = struct("typedef struct { long Ab; long ABC; } S;", "S").fields
    assert [each.name for each in fields] == ["Ab", "ABC"]


# Python's own words, and names of what a generated class has.
PYTHON_WORDS = (
    *[
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "class",
        "def",
        "del",
        "elif",
        "except",
        "finally",
        "from",
    ],
    *[
        "global",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "try",
        "while",
        "with",
        "yield",
        "match",
        "type",
        "self",
    ],
    *[
        "int",
        "str",
        "bytes",
        "list",
        "tuple",
        "dict",
        "object",
        "print",
        "call",
        "result",
        "close",
        "data",
        "T",
        "rpc",
        "ndr",
        "uuid",
    ],
    *["Final", "Any", "super", "property", "isinstance"],
)


@pytest.mark.parametrize("word", [w for w in PYTHON_WORDS if w not in ("int",)])
def test_python_word_is_an_ordinary_name(word: str) -> None:
    body = f"""{HEADER}
        typedef struct {{ long {word}; }} S_{word};
        long f({H}, [in] long {word}, [out] long *other);
        long {word}({H}, [in] S_{word} *s, [out] S_{word} *r);
        }}"""
    module = midlpy.load_text(body, filename="t.idl")
    octets = module.T["f"].encode_request(7)
    assert octets == (7).to_bytes(4, "little")
    value = module.T[word].decode_request((9).to_bytes(4, "little"))[0]
    assert value == type(value)(9)


# Casts in a row: what `const hyper A = EXPRESSION;` is, beside `typedef short T;`.
CASTS = [
    ("base-type-behind-a-name", "(T)(signed char)(200)", -56),
    ("base-type-and-sign", "(T)(unsigned char)-1", 255),
    ("two-names", "(T)(T)70000", 4464),
    ("name-in-front-of-a-complement", "(T)(T)~5", -6),
    ("three", "(hyper)(T)(unsigned char)(300)", 44),
    ("name-behind-a-base-type", "(unsigned char)(T)-1", 255),
    ("all-of-it-in-a-sum", "(T)(unsigned char)(255) + 1", 256),
]


@pytest.mark.parametrize(
    ("text", "value"), [pytest.param(*case[1:], id=case[0]) for case in CASTS]
)
def test_casts_in_a_row(text: str, value: int) -> None:
    assert constants(f"typedef short T; const hyper A = {text};") == {"A": value}


def test_casts_in_a_row_in_a_size() -> None:
    text = "[in] long n, [in, size_is((T)(unsigned char)(n))] char *p"
    assert found(f"typedef short T; void f({H}, {text});") == []
