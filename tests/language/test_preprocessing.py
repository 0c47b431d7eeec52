"""Preprocessing, and statements that only mean C text, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

import midlpy
from midlpy.frontend import ast
from midlpy.frontend.loader import Loaded, LoadOptions, load, load_text
from tests.semantic.snippets import HEADER, H, found, model, operation

KEEP = "const long B = 2;"


def loaded(text: str, **options: object) -> Loaded:
    return load_text(text, filename="t.idl", options=LoadOptions(**options))  # type: ignore[arg-type]


def constants(body: str) -> dict[str, object]:
    return {each.name: each.value for each in model(body).constants}


# Text between `interface t {` and `}`, and the constants it comes to.
CONSTANTS: list[tuple[str, str, dict[str, object] | None]] = [
    ("object-macro", "#define N 5\nconst long A = N;", {"A": 5}),
    ("macro-in-macro", "#define M N+1\n#define N 5\nconst long A = M*2;", {"A": 7}),
    ("empty-macro", "#define NOTHING\nNOTHING const NOTHING long A = 5;", {"A": 5}),
    ("function-macro", "#define F(x) ((x)+1)\nconst long A = F(4);", {"A": 5}),
    ("two-arguments", "#define F(a, b) a*b\nconst long A = F(2, 3);", {"A": 6}),
    ("parenthesised-argument", "#define F(a) a\nconst long A = F((2,3)[0]);", None),
    ("name-without-arguments", "#define F(a) a\nconst long F = 3;", {"F": 3}),
    ("undef", "#define A 9\n#undef A\nconst long A = 5;", {"A": 5}),
    ("continued", "#define N \\\n 5 + \\\n 1\nconst long A = N;", {"A": 6}),
    ("continued-in-a-number", "#define N 1\\\n2\nconst long A = N;", {"A": 12}),
    ("continued-directive", "#def\\\nine N 5\nconst long A = N;", {"A": 5}),
    ("continued-word", "const lo\\\nng A = 5;", {"A": 5}),
    ("continued-comment", "// a \\\n b ((\nconst long A = 5;", {"A": 5}),
    (
        "continued-comment-in-directive",
        "#define N 5 // a \\\n b ((\nconst long A = N;",
        {"A": 5},
    ),
    ("path-in-comment", "// c:\\a\\b\nconst long A = 5;", {"A": 5}),
    ("line-from-a-macro", "#define N 12\n#line N\nconst long A = N;", {"A": 12}),
    (
        "variadic",
        "#define F(a, ...) a G(__VA_ARGS__)\n#define G(a, b) + a * b\n"
        "const long A = F(1, 2, 3);",
        {"A": 7},
    ),
    (
        "variadic-string",
        "#define S(...) #__VA_ARGS__\nconst char *A = S(a, b);",
        {"A": "a, b"},
    ),
    ("pasted", "#define J(a, b) a##b\nconst long J(A, 1) = J(1, 2);", {"A1": 12}),
    ("made-a-string", "#define S(a) #a\nconst char *A = S(x y);", {"A": "x y"}),
    ("not-in-strings", '#define N 5\nconst char *A = "N";', {"A": "N"}),
    ("not-in-comments", "#define N 5\n/* N */ const long A = N; // N\n", {"A": 5}),
    (
        "comment-in-directive",
        "#define N /* five */ 5 // really\nconst long A = N;",
        {"A": 5},
    ),
    (
        "blank-before-name",
        "#  define N 5\n  #define M 6\nconst long A = N + M;",
        {"A": 11},
    ),
    ("not-of-itself", "#define A A\nconst long A = 5;", {"A": 5}),
    ("redefined", "#define N 5\n#define N 6\nconst long A = N;", {"A": 6}),
    ("if", "#if 1\nconst long A = 5;\n#endif", {"A": 5}),
    ("if-not", "#if 0\nconst long A = 5;\n#endif", {}),
    ("else", "#if 0\nconst long A = 5;\n#else\nconst long A = 6;\n#endif", {"A": 6}),
    ("elif", "#if 0\n#elif 2 > 1\nconst long A = 7;\n#else\n#endif", {"A": 7}),
    ("nested", "#if 0\n#if 1\n#else\nconst long A = 1;\n#endif\n#endif", {}),
    ("ifdef", "#define X\n#ifdef X\nconst long A = 5;\n#endif", {"A": 5}),
    ("ifndef", "#ifndef X\nconst long A = 5;\n#endif", {"A": 5}),
    (
        "defined",
        "#define X\n#if defined(X) && !defined Y\nconst long A = 5;\n#endif",
        {"A": 5},
    ),
    ("unknown-name-is-0", "#if NOBODY == 0\nconst long A = 5;\n#endif", {"A": 5}),
    ("midl", "const long A = __midl;", {"A": 801}),
    ("midl-is-defined", "#ifdef __midl\nconst long A = 5;\n#endif", {"A": 5}),
    (
        "midl-is-a-number",
        "#if __midl < 700\n#else\nconst long A = 5;\n#endif",
        {"A": 5},
    ),
    ("win32", "#ifdef _WIN32\nconst long A = 5;\n#endif", {"A": 5}),
    ("ourselves", "#ifdef __MIDLPY__\nconst long A = 5;\n#endif", {"A": 5}),
    ("guid-is-known", "#ifdef GUID_DEFINED\nconst long A = 5;\n#endif", {"A": 5}),
    ("no-cplusplus", "#ifdef __cplusplus\nconst long A = 5;\n#endif", {}),
    ("pragma-once", "#pragma once\nconst long A = 5;", {"A": 5}),
    (
        "pragma-region",
        "#pragma region x\nconst long A = 5;\n#pragma endregion",
        {"A": 5},
    ),
    ("pragma-unknown", "#pragma makedep install\nconst long A = 5;", {"A": 5}),
    (
        "pragma-in-a-declaration",
        "const long\n#pragma warning(disable: 4)\nA = 5;",
        {"A": 5},
    ),
    ("line-directive", '#line 12 "other.idl"\nconst long A = 5;', {"A": 5}),
    ("gnu-marker", '# 12 "other.idl" 1 3\nconst long A = 5;', {"A": 5}),
    ("null-directive", "#\nconst long A = 5;", {"A": 5}),
    ("ident", '#ident "x"\nconst long A = 5;', {"A": 5}),
    ("extern-c", 'extern "C" { const long A = 5; }', {"A": 5}),
    ("static-const", "static const long A = 5;", {"A": 5}),
    ("const-behind", "long const A = 5;", {"A": 5}),
    ("declspec", "__declspec(selectany) const long A = 5;", {"A": 5}),
]


@pytest.mark.parametrize(
    ("body", "values"),
    [pytest.param(*case[1:], id=case[0]) for case in CONSTANTS if case[2] is not None],
)
def test_text_that_is_left(body: str, values: dict[str, object]) -> None:
    assert constants(body + "\n") == values


# Macros that stand for more than a value: what operation f takes.
PIECES = [
    (
        "type-with-attributes",
        "#define LPWSTR [string] wchar_t*",
        "[in] LPWSTR x",
        ["x"],
    ),
    ("in-a-list", "#define OPTIONAL in, unique", "[OPTIONAL] long *x", ["x"]),
    ("a-list", "#define INOUT [in, out]", "INOUT long *x", ["x"]),
    (
        "parameter-and-comma",
        "#define ARG(h) [in] long h,",
        "ARG(x) [in] long y",
        ["x", "y"],
    ),
    (
        "attribute-with-arguments",
        "#define SIZED(n) size_is(n)",
        "[in] long n, [in, SIZED(n)] char *x",
        ["n", "x"],
    ),
    (
        "comma-and-attribute",
        "#define MORE ,unique",
        "[in MORE] long *x",
        ["x"],
    ),
    (
        "keyword",
        "#define SAFEARRAY(x) x",
        "[in] SAFEARRAY(long) x",
        ["x"],
    ),
    (
        "operand",
        "#define LAST(n) ((n) <= 3 ? (n) : 3)",
        "[in] long n, [in, size_is(LAST(n))] char *x",
        ["n", "x"],
    ),
]


@pytest.mark.parametrize(
    ("define", "parameters", "names"),
    [pytest.param(*case[1:], id=case[0]) for case in PIECES],
)
def test_macro_that_is_no_expression(
    define: str, parameters: str, names: list[str]
) -> None:
    only = operation(f"{define}\nvoid f({H}, {parameters});")
    assert [each.name for each in only.parameters] == names


# Words of C headers, which are nothing in a file that does not say otherwise.
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[in] IN long x", id="IN"),
        pytest.param("[in] OUT long x", id="OUT"),
        pytest.param("IN OUT OPTIONAL long x", id="IN-OUT-OPTIONAL"),
        pytest.param("[in] CONST long *x", id="CONST"),
        pytest.param("[in] long FAR *x", id="FAR"),
        pytest.param("[in] UNALIGNED long *x", id="UNALIGNED"),
        pytest.param("[in] long far *x", id="far"),
        pytest.param("[in] long __RPC_FAR *x", id="__RPC_FAR"),
    ],
)
def test_decoration_of_parameters(text: str) -> None:
    assert [each.name for each in operation(f"void f({H}, {text});").parameters] == [
        "x"
    ]


@pytest.mark.parametrize(
    "word",
    [
        *("WINAPI", "APIENTRY", "STDMETHODCALLTYPE", "NET_API_FUNCTION", "__stdcall"),
        *("_stdcall", "__cdecl", "__fastcall", "pascal", "__RPC_USER"),
    ],
)
def test_decoration_of_operations(word: str) -> None:
    assert operation(f"long {word} f({H});").name == "f"


def test_VOID_is_void() -> None:
    assert found(f"VOID f({H}, [in] long a); long g(VOID);") == []


def test_a_file_may_define_decoration_as_something_else() -> None:
    only = operation(f"#define OPTIONAL unique\nvoid f({H}, [in, OPTIONAL] long *x);")
    assert str(only.parameters[0].type).count("UNIQUE") == 1


def test_decoration_is_not_defined_for_ifdef() -> None:
    assert constants("#ifndef OPTIONAL\nconst long A = 1;\n#endif\n") == {"A": 1}


def test_decoration_stays_a_name_when_the_file_declares_it() -> None:
    assert constants("#undef FAR\nconst long FAR = 1;") == {"FAR": 1}


# Mistakes: the rule, and that the rest of the file is read.
FAULTS = [
    ("error", "#error nope", ["error-directive"]),
    ("warning", "#warning hm", ["warning-directive"]),
    ("unknown-directive", "#defin N 5", ["unknown-directive"]),
    ("define-without-name", "#define", ["directive"]),
    ("undef-without-name", "#undef", ["directive"]),
    ("include-without-file", "#include", ["directive"]),
    ("missing-include", '#include "nowhere.h"', ["missing-include"]),
    ("condition-without-value", "#if\n#endif", ["condition"]),
    ("condition-division-by-zero", "#if 1/0\n#endif", ["condition"]),
    ("endless-if", "", None),
    ("too-few-arguments", "#define F(a, b) a\nconst long A = F(1);", ["macro-use"]),
    ("unknown-midl-pragma", "#pragma midl_foo(1)", ["unknown-pragma"]),
    ("pop-without-push", "#pragma pack(pop)", ["pack-pop"]),
    (
        "second-pop",
        "#pragma pack(push, 1)\n#pragma pack(pop)\n#pragma pack(pop)",
        ["pack-pop"],
    ),
    (
        "pop-of-another-name",
        "#pragma pack(push, a, 1)\n#pragma pack(pop, b)",
        ["pack-pop"],
    ),
    ("winrt", "#pragma winrt ns_prefix", ["windows-runtime"]),
]


@pytest.mark.parametrize(
    ("body", "rules"),
    [pytest.param(*case[1:], id=case[0]) for case in FAULTS if case[2] is not None],
)
def test_mistake_in_directive(body: str, rules: list[str]) -> None:
    said = [
        each.rule
        for each in loaded(f"{body}\ninterface t {{ const long B = 2; }}\n").diagnostics
    ]
    said = [each for each in said if each not in ("syntax",)]
    assert said == rules


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("#pragma pack(push)\n#pragma pack(pop)", id="push-pop"),
        pytest.param("#pragma pack(push, 4)\n#pragma pack(pop)", id="push-with-number"),
        pytest.param("#pragma pack(push, x, 4)\n#pragma pack(pop, x)", id="named"),
        pytest.param(
            "#pragma pack(push, x)\n#pragma pack(push, 2)\n#pragma pack(pop, x)",
            id="pops-inner-ones-too",
        ),
        pytest.param("#pragma pack(4)\n#pragma pack()", id="no-stack"),
        pytest.param("#pragma pack( push , 4 )\n#pragma pack( pop )", id="blanks"),
    ],
)
def test_balanced_pack(body: str) -> None:
    assert found(f"{body}\n{KEEP}") == []


def test_pop_without_push_has_a_number() -> None:
    assert found(f"#pragma pack(pop)\n{KEEP}") == [("warning", "pack-pop", 2292)]


def test_unknown_midl_pragma_has_a_number() -> None:
    assert found(f"#pragma midl_foo\n{KEEP}") == [("warning", "unknown-pragma", 2027)]


def test_pack_does_not_change_what_travels() -> None:
    module = midlpy.load_text(
        f"{HEADER}#pragma pack(push, 1)\ntypedef struct {{ char a; long b; }} S;\n"
        f"#pragma pack(pop)\nvoid f({H}, [in] S *s); }}",
        filename="t.idl",
    )
    # a, three octets of gap, b: packing is for C.
    assert module.T["f"].encode_request(module.S(a=1, b=2)) == b"\1\0\0\0\2\0\0\0"


def test_pragmas_are_in_the_tree() -> None:
    source = loaded("#pragma once\n#pragma pack(4)\ninterface t { }\n").source
    assert source is not None
    assert [(p.text, p.span.line) for p in source.unit.pragmas] == [
        ("once", 1),
        ("pack(4)", 2),
    ]


# cpp_quote and its like


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('cpp_quote("x y")', id="plain"),
        pytest.param('cpp_quote("x y");', id="semicolon"),
        pytest.param('cpp_quote("x" " y")', id="adjacent"),
        pytest.param('#pragma midl_echo("x y")', id="midl_echo"),
    ],
)
def test_cpp_quote(text: str) -> None:
    source = loaded(f"{text}\nconst long A = 1;\n").source
    assert source is not None
    quoted = [i.value for i in source.unit.items if isinstance(i, ast.CppQuote)]
    assert quoted == ["x y"]


# `#define`s in cpp_quote are constants when they have a value.
QUOTED: list[tuple[str, list[str], dict[str, object]]] = [
    ("number", ["#define A 5"], {"A": 5}),
    ("hex-with-suffix", ["#define A 0x80000000L"], {"A": 0x80000000}),
    ("parenthesised", ["#define A (5)"], {"A": 5}),
    ("expression", ["#define A (1 << 4 | 3)"], {"A": 19}),
    ("of-another", ["#define A 5", "#define C (A + 1)"], {"A": 5, "C": 6}),
    ("of-a-later-one", ["#define C (A + 1)", "#define A 5"], {"A": 5, "C": 6}),
    ("of-a-const", ["#define A (B + 1)"], {"A": 3}),
    ("string", ['#define A \\"x y\\"'], {"A": "x y"}),
    ("wide-string", ['#define A L\\"x\\"'], {"A": "x"}),
    ("cast", ["#define A ((unsigned long)-1)"], {"A": 0xFFFFFFFF}),
    ("comment-behind", ["#define A 5 /* five */"], {"A": 5}),
    ("blanks", ["  #  define   A   5  "], {"A": 5}),
    ("function-macro", ["#define A(x) x"], {}),
    ("unknown-name", ["#define A NOBODY"], {}),
    ("no-value", ["#define A"], {}),
    ("no-expression", ["#define A struct x {"], {}),
    ("c-text", ["typedef int A;"], {}),
    ("not-alone-on-its-line", ["x #define A 5"], {}),
    ("twice-alike", ["#define A 5", "#define A 5"], {"A": 5}),
    ("twice-different", ["#define A 5", "#define A 6"], {}),
    ("name-of-a-const", ["#define B 5"], {}),
    ("name-of-a-type", ["#define LIST 5"], {}),
    ("of-itself", ["#define A (A)"], {}),
]


@pytest.mark.parametrize(
    ("lines", "values"), [pytest.param(*case[1:], id=case[0]) for case in QUOTED]
)
def test_define_in_cpp_quote(lines: list[str], values: dict[str, object]) -> None:
    quotes = "\n".join(f'cpp_quote("{line}")' for line in lines)
    body = f"{quotes}\n{KEEP}\ntypedef struct {{ long x; }} LIST;"
    assert found(body) == []
    assert constants(body) == {**values, "B": 2}


def test_quoted_constant_is_in_the_module() -> None:
    module = midlpy.load_text(
        'cpp_quote("#define LIMIT (4 * 3)")\ninterface t { }', filename="t.idl"
    )
    assert module.LIMIT == 12


@pytest.mark.parametrize("quote", ["", '"'])
def test_declare_guid_is_a_constant(quote: str) -> None:
    digits = "12345678-1234-1234-1234-123456789abc"
    module = midlpy.load_text(
        f"declare_guid(MY_GUID, {quote}{digits}{quote});\ninterface t {{ }}",
        filename="t.idl",
    )
    assert str(module.MY_GUID) == digits


def test_declare_guid_of_a_bad_uuid() -> None:
    assert [e[1:] for e in found('declare_guid(G, "1234");\n')] == [("bad-uuid", 2088)]


# midl_pragma warning


def test_disabled_warnings_are_not_told() -> None:
    body = "const small A = 300;"
    assert [each[2] for each in found(body)] == [2175]
    assert found(f"midl_pragma warning(disable: 2175)\n{body}") == []
    assert found(f"midl_pragma warning(disable: 2007 2175)\n{body}") == []
    assert found(f"midl_pragma warning(disable: 2007, 2175)\n{body}") == []


def test_enabled_again() -> None:
    text = "midl_pragma warning({}: 2175)\nconst small {} = 300;\n"
    body = text.format("disable", "A") + text.format("enable", "B")
    assert [each[2] for each in found(body)] == [2175]
    body = text.format("disable", "A") + text.format("default", "B")
    assert [each[2] for each in found(body)] == [2175]


def test_errors_cannot_be_disabled() -> None:
    body = "midl_pragma warning(disable: 2011)\ntypedef NOBODY T;"
    assert [each[2] for each in found(body)] == [2011]


def test_bad_midl_pragma() -> None:
    assert [each[2] for each in found("midl_pragma warning(off: 2007)\n")] == [2385]


# Files


def test_include_is_text(tmp_path: Path) -> None:
    (tmp_path / "part.h").write_text("#define N 5\nconst long A = N;\n")
    (tmp_path / "t.idl").write_text(
        'interface t {\n#include "part.h"\nconst long B = N;\n}\n'
    )
    module = midlpy.load(tmp_path / "t.idl")
    assert (module.A, module.B) == (5, 5)


def test_macros_of_an_imported_file_stay_there(tmp_path: Path) -> None:
    (tmp_path / "part.idl").write_text("#define N 5\nconst long A = N;\n")
    (tmp_path / "t.idl").write_text('import "part.idl";\nconst long B = N;\n')
    rules = [each.rule for each in _of(tmp_path / "t.idl")]
    assert rules == ["unknown-name-in-expression"]


def test_macro_of_the_importer_does_not_reach_the_imported_file(tmp_path: Path) -> None:
    (tmp_path / "part.idl").write_text(
        "#ifdef N\n#error leaked\n#endif\nconst long A = 1;\n"
    )
    (tmp_path / "t.idl").write_text(
        '#define N\nimport "part.idl";\nconst long B = A;\n'
    )
    assert _of(tmp_path / "t.idl") == []


def test_included_operations_have_stubs(tmp_path: Path) -> None:
    (tmp_path / "part.h").write_text("void g([in] handle_t h);\n")
    (tmp_path / "t.idl").write_text(f'{HEADER}#include "part.h"\nvoid f({H});\n}}\n')
    module = midlpy.load(tmp_path / "t.idl")
    assert [each.name for each in module.T.operations] == ["g", "f"]


def test_command_line_macros(tmp_path: Path) -> None:
    path = tmp_path / "t.idl"
    path.write_text("const long A = N;\n")
    result = load(path, LoadOptions(defines=("N=5",)))
    assert result.diagnostics == []


def _of(path: Path) -> list[midlpy.Diagnostic]:
    from midlpy.semantic.resolve import resolve

    result = load(path)
    assert result.source is not None
    return [*result.diagnostics, *resolve(result.source).diagnostics]
