"""Syntax errors: each told once, in words of IDL, and the rest of the file understood."""

from __future__ import annotations

import pytest

from midlpy.frontend import ast
from midlpy.frontend.automaton import MAX_NESTING
from midlpy.frontend.loader import load_text
from midlpy.frontend.recovery import MAX_SYNTAX_ERRORS
from tests.frontend.sketch import findings


def names(text: str) -> str:
    """What is left in the tree: declared names, interfaces with their bodies."""
    source = load_text(text, filename="test.idl").source
    assert source is not None
    return _names(source.unit.items)


def _names(items: tuple[ast.Item, ...]) -> str:
    found: list[str] = []
    for item in items:
        match item:
            case ast.Typedef():
                found += [each.name.text for each in item.declarators if each.name]
            case ast.Declaration():
                declarators = [each.declarator for each in item.declarators]
                found += [each.name.text for each in declarators if each.name]
            case ast.Interface() | ast.Library():
                found.append(f"{item.name.text}{{{_names(item.body or ())}}}")
            case _:
                found.append(type(item).__name__)
    return " ".join(found)


# The text of messages


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "void f([in] long a unsigned b);",
            "1:20 syntax: 'unsigned' does not fit here; expected ',' or ')'",
        ),
        (
            "void f([in] long a; long b);",
            "1:19 syntax: ';' does not fit here; expected ',' or ')'",
        ),
        (
            "void f(long a,, long b);",
            "1:15 syntax: ',' does not fit here; expected a type, '...' or ')'",
        ),
        (
            "typedef struct { long a long b; } S;",
            "1:25 syntax: 'long' does not fit here; expected ',' or ';'",
        ),
        (
            "typedef long 5;",
            "1:14 syntax: '5' does not fit here; expected a name or ';'",
        ),
        ("interface x { ) }", None),
        (
            "interface X Y { }",
            "1:15 syntax: '{' does not fit here; expected ',' or ';'",
        ),
        (
            "const long a = ;",
            "1:16 syntax: ';' does not fit here; expected an expression",
        ),
        (
            "const long a = 1 2;",
            "1:18 syntax: '2' does not fit here; expected ',' or ';'",
        ),
        ("long a[3;", "1:9 syntax: ';' does not fit here; expected '..' or ']'"),
        (
            "[in out] typedef long a;",
            "1:5 syntax: 'out' does not fit here; expected ',' or ']'",
        ),
        (
            "[5] typedef long a;",
            "1:2 syntax: '5' does not fit here; expected an attribute, ',' or ']'",
        ),
        (
            "[size_is(n] typedef long a;",
            "1:11 syntax: ']' does not fit here; expected a name, ',' or ')'",
        ),
        (
            "enum { A B };",
            "1:10 syntax: 'B' does not fit here; expected ',' or '}'",
        ),
        ("import 5;", "1:8 syntax: '5' does not fit here; expected a string"),
        ("union U { case 1: long a; };", None),
        (
            'void f("a very long string literal that goes on and on");',
            "1:8 syntax: '\"a very long string literal that goes...' does not fit here; "
            "expected a type, '...' or ')'",
        ),
    ],
)
def test_message(text: str, finding: str | None) -> None:
    (found,) = findings(text)
    if finding is None:
        assert " does not fit here" in found
    else:
        assert found == finding


def test_no_message_has_a_word_of_ours() -> None:
    for damage in ("", ")", "}", ";", "5", '"x"', "case", ":", "=", "]", "*", "pipe"):
        for text in (
            f"typedef {damage} long a;",
            f"typedef struct {{ {damage} long a; }} S;",
            f"[in {damage}] interface x {{ }}",
            f"void f({damage} long a);",
            f"enum {{ {damage} A }};",
            f"const long a = 1 {damage} ;",
            f"[x('a' {damage} 1), y(L'a' {damage} 1), z(L\"a\" {damage} 1)] long a;",
            f"typedef union switch (long d) u {{ {damage} case 1: long a; }} U;",
        ):
            for found in findings(text):
                assert not any(each.isupper() for each in found.split()), found
                assert "_WORD" not in found
                assert "ANON" not in found


def test_a_missing_semicolon_is_told_where_it_is_missing() -> None:
    text = "typedef long a\ntypedef long b;\n"
    result = load_text(text, filename="test.idl")
    (finding,) = result.diagnostics
    assert finding.midl == 2025
    assert finding.help == "end the line before with ';', behind 'a'"
    assert names(text) == "a b"


def test_a_reserved_word_as_a_name_is_explained_and_taken() -> None:
    text = "void f([in] long pipe, [in] long b);"
    (finding,) = load_text(text, filename="test.idl").diagnostics
    assert finding.help == "'pipe' is a reserved word; choose another name"
    assert names(text) == "f"


def test_a_token_from_a_macro_says_so() -> None:
    text = "#define ID 5\ntypedef long ID;"
    (finding,) = load_text(text, filename="test.idl").diagnostics
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (
        2,
        14,
        16,
    )
    (note,) = finding.notes
    assert note.message == "'5' comes from the macro 'ID'"


def test_the_end_of_the_file_points_to_the_open_brace() -> None:
    text = "interface x {\n  struct S {\n    long a;\n"
    (finding,) = load_text(text, filename="test.idl").diagnostics
    assert (finding.rule, finding.midl) == ("unexpected-end", 2183)
    assert finding.message == "the file ends too early; expected a type, ';' or '}'"
    (note,) = finding.notes
    assert (note.message, note.span.line, note.span.column) == (
        "this '{' is still open",
        2,
        12,
    )


# What people do wrong: the one place that is told, and the remedy

MISTAKES = [
    # A word
    ("typdef long A; A f();", "1:1", "write 'typedef'"),
    ("typedef strcut A { long a; } A;", "1:9", "write 'struct'"),
    ("typedef stuct { long a; } A;", "1:9", "write 'struct'"),
    ("typedef enmu { A, B } E;", "1:9", "write 'enum'"),
    ("typedef unoin { long a; } E;", "1:9", "write 'union'"),
    ("[uuid(1)] interace t { void f(); }", "1:11", "write 'interface'"),
    ("cosnt long A = 5;", "1:1", "write 'const'"),
    ("void f([in] unsinged long a);", "1:13", "write 'unsigned'"),
    ("Typedef long A;", "1:1", "write 'typedef'"),
    ('cppquote("x")', "1:1", "write 'cpp_quote'"),
    (
        "union T swich (long k) u { case 1: long a; };",
        "1:9",
        "write 'switch'",
    ),
    ("union T switch (long k) u { caes 1: long a; };", "1:29", "write 'case'"),
    (
        "union T switch (long k) u { case 1: long a; defualt: ; };",
        "1:45",
        "write 'default'",
    ),
    # Something missing
    ("struct A { long a; long b };", "1:27", "put ';' in front of '}'"),
    ("typedef long A typedef long B;", "1:16", "put ';' in front of 'typedef'"),
    ("void f([in] long a [in] long b);", "1:25", "put ',' in front of '['"),
    ("void f([in out] long *a);", "1:12", "put ',' in front of 'out'"),
    ("enum E { A = 1 B = 2 };", "1:16", "put ',' in front of 'B'"),
    ("void f([in long a, [in] long b);", "1:12", "put ']' in front of 'long'"),
    ("[uuid(1)\ninterface t { }", "2:1", "put ']' in front of 'interface'"),
    ("void f([size_is(n] long *b);", "1:18", "put ')' in front of ']'"),
    ("void f([in] long n;\nvoid g();", "1:19", "put ')' in front of ';'"),
    ("void f([in] long n\nvoid g();", "2:1", "put ');' in front of 'void'"),
    ("void f [in] long a);", "1:13", "put '(' in front of '['"),
    ("const long A 5;", "1:14", "put '=' in front of '5'"),
    ("struct A { long a;\ntypedef long B;", "2:1", "put '};' in front of 'typedef'"),
    ("struct A long a; long b; };", "1:10", "put '{' in front of 'long'"),
    ("interface t\nvoid f();\nvoid g(); }", "2:1", "put '{' in front of 'void'"),
    # Something too much
    ("void f([in]] long n);", "1:12", "leave ']' out"),
    ("void f([in] long n));", "1:20", "leave ')' out"),
    ("void f(long a,, long b);", "1:15", "leave ',' out"),
    ("const long A = 5 => 4;", "1:18", "leave '=' out"),
    ("struct A { long a;\n] long b; };", "2:1", "leave ']' out"),
    # Something else
    ("enum E { A; B };", "1:11", "write ',' in place of ';'"),
    ("void f(long a; long b);", "1:14", "write ',' in place of ';'"),
    ("struct A { long a: long b; };", "1:20", "write ';' in place of ':'"),
    ("struct A { long a, long b; };", "1:20", "write ';' in place of ','"),
    ("const long A == 5;", "1:14", "write '=' in place of '=='"),
    (
        "union T switch (long k) u { case 1; long a; };",
        "1:35",
        "write ':' in place of ';'",
    ),
    (
        "union T switch (long k) u { case 1 long a; };",
        "1:36",
        "put ':' in front of 'long'",
    ),
    ("typedef unsigned float A;", "1:18", "leave 'unsigned' out"),
    ("typedef unsigned DWORD A;", "1:24", "leave 'unsigned' out"),
    # Another language
    ("void f(long &x);", "1:13", "write '*'; there are no references in IDL"),
    (
        "void f(std::string x);",
        "1:11",
        "leave out what is in front of the name; there is no '::' in IDL",
    ),
    (
        "void f(vector<long> x);",
        "1:14",
        "there are no templates in IDL; [size_is(...)] gives an array its size",
    ),
    ("void f(long x = 5);", "1:15", "leave it out; the caller gives all arguments"),
    (
        "class A { long a; };",
        "1:9",
        "write 'struct'; there are no classes in IDL",
    ),
    ("enum class A { X };", "1:14", "leave 'class' out"),
    ("void f() { return; }", "1:10", "write ';'; operations have no body in IDL"),
    ("virtual void f();", "1:9", "leave 'virtual' out"),
    ("oneway void f();", "1:8", "write [maybe] in place of 'oneway'"),
    ("void f(in long a);", "1:11", "write [in] in place of 'in'"),
    ("void f(inout string a);", "1:21", "write [in, out] in place of 'inout'"),
    ("interface A extends B { }", "1:21", "write ':' in place of 'extends'"),
    ("interface A : public B { }", "1:22", "leave 'public' out"),
    (
        "interface A : B, C { }",
        "1:16",
        "leave the rest out; an interface has one base",
    ),
    # Out of place
    ("void f(*long a);", "1:8", "put '*' behind the type"),
    (
        "void f(long[5] a);",
        "1:16",
        "a bound stands behind the name, attributes in front of the type",
    ),
    (
        "struct A { long[5] a; };",
        "1:16",
        "a bound stands behind the name, attributes in front of the type",
    ),
    (
        "f([in] long a);",
        "1:3",
        "put the type of its result in front of 'f', 'void' if it has none",
    ),
    ("interface my-face { }", "1:13", "write '_'; there is no '-' in names"),
    ("[uuid=5] interface A { }", "1:6", "write uuid(...)"),
    ("union A { [case 1] long a; };", "1:17", "write case(1)"),
    (
        "union A { case 1: long a; case 2: long b; };",
        "1:11",
        "write [case(...)] in front of the member, or 'switch (TYPE NAME)'",
    ),
    ("import <oaidl.idl>;", "1:8", "write '\"' around it"),
    ("cpp_quote('abc')", "1:11", "write '\"' around it"),
    # Left in the file
    (
        "<<<<<<< a\nlong f();\n=======\nlong g();\n>>>>>>> b\nlong h();",
        "1:1",
        "settle the merge conflict",
    ),
    # Where nothing is likely, nothing is said
    ("foo long f(); bar long x y z;", "1:5", None),
    ("[in] foo long f();", "1:10", None),
    ("__stdcall void f();", "1:11", None),
    ("typedef unsigned const long A;", "1:24", None),
]


@pytest.mark.parametrize(
    ("text", "place", "remedy"), [pytest.param(*each, id=each[0]) for each in MISTAKES]
)
def test_remedy(text: str, place: str, remedy: str | None) -> None:
    found, *others = load_text(text, filename="test.idl").diagnostics
    assert (f"{found.span.line}:{found.span.column}", found.help) == (place, remedy)
    if remedy is not None:
        assert not others


def test_a_misspelt_word_is_read_as_what_it_is_meant_to_be() -> None:
    text = "typdef struct { long a; } S; typedef strukt { long b, c, d; unsinged long a; } T;"
    first, second, third = load_text(text, filename="test.idl").diagnostics
    assert first.message == "'typdef' does not fit here; expected 'typedef'"
    assert second.message == "'strukt' does not fit here; expected 'struct'"
    assert third.message == "'unsinged' does not fit here; expected 'unsigned'"
    assert names(text) == "S T"


def test_what_stands_behind_a_missing_brace_is_understood() -> None:
    assert names("interface t\nvoid f();\nvoid g(); } long z;") == "t{f g} z"


# One error each, and everything else is understood


@pytest.mark.parametrize(
    ("text", "count", "left"),
    [
        pytest.param("long a; ] long b; long c;", 1, "a b c", id="statement"),
        pytest.param("long a; void f(; long b;", 1, "a f b", id="operation"),
        pytest.param(
            "interface x { void f(; long g(); void h(long a b); long i(); } long z;",
            *(2, "x{g h i} z"),
            id="operations",
        ),
        pytest.param(
            "typedef struct { long 5; long b; } S; long z;", 1, "S z", id="member"
        ),
        pytest.param(
            "typedef struct { struct { long 5; } a; long 6; } S; long z;",
            *(2, "S z"),
            id="nested members",
        ),
        pytest.param("typedef enum { A, 5, B } E; long z;", 1, "E z", id="enumerator"),
        pytest.param(
            "typedef enum { A; B } E; long z;", 1, "E z", id="semicolon in enum"
        ),
        pytest.param(
            "typedef union switch (long d) u { case: long a; case 2: long b; } U; long z;",
            *(1, "U z"),
            id="case",
        ),
        pytest.param(
            "[uuid(1), version(1.0] interface x { long f(); }",
            1,
            "x{f}",
            id="attribute",
        ),
        pytest.param(
            "interface x { [in ( ] long f(); long g(); }",
            1,
            "x{f g}",
            id="attribute end",
        ),
        pytest.param(
            "[in interface x { long f(); } long z;", 1, "x{f} z", id="no bracket"
        ),
        pytest.param(
            "typedef struct { long a; typedef long T; long z;", 1, "T z", id="no brace"
        ),
        pytest.param(
            "interface x { typedef struct { long a; typedef long T; long f(); } long z;",
            *(1, "x{T f} z"),
            id="no brace in an interface",
        ),
        pytest.param("interface x { long f(); ", 1, "x{f}", id="no last brace"),
        pytest.param(
            "interface x { typedef struct { long a; ", 1, "x{}", id="no last braces"
        ),
        pytest.param("} long a;", 1, "a", id="stray brace"),
        pytest.param("long a; } long b;", 1, "a b", id="stray brace behind"),
        pytest.param(
            "void f(long a; long b); long c;", 1, "f c", id="semicolon inside"
        ),
        pytest.param("void f(long a b; long c); long d;", 1, "d", id="and behind"),
        pytest.param("}}} typedef long a;", 1, "a", id="stray braces"),
        pytest.param(
            "typedef struct long a; } S; long z;", 1, "S z", id="no opening brace"
        ),
        pytest.param("long x y { } ; long z;", 1, "z", id="skipped block"),
        pytest.param(
            "long x y { a { b; } c; }\n[uuid(1)] interface i { }",
            1,
            "i{}",
            id="nested block",
        ),
        pytest.param(
            "library L { coclass C { interface 5; interface I; }; long ; ] } long z;",
            *(2, "L{Coclass} z"),
            id="library",
        ),
        pytest.param(
            "dispinterface D { methods: long f(; long g(); }; long z;",
            *(1, "Dispinterface z"),
            id="dispinterface",
        ),
        pytest.param(
            'cpp_quote("a)\nlong z;\nlong y;', 1, "y", id="unterminated string"
        ),
        pytest.param("", 0, "", id="empty"),
        pytest.param("{", 1, "", id="brace"),
    ],
)
def test_each_error_is_told_once(text: str, count: int, left: str) -> None:
    assert len(findings(text)) == count
    assert names(text) == left


def test_many_errors_end_the_file() -> None:
    found = findings("] long a;" * 1000)
    assert len(found) == MAX_SYNTAX_ERRORS + 1
    assert "syntax-gave-up" in found[-1]


def test_what_is_read_before_giving_up_stays() -> None:
    assert names("long a; " + "] long b;" * 1000) == "a"


# Nesting


@pytest.mark.parametrize(
    ("opening", "inner", "closing"),
    [
        ("const long a = " + "(" * 5000, "1", ")" * 5000 + ";"),
        ("const long a = " + "-" * 5000, "1", ";"),
        ("const long a = " + "1 + " * 5000, "1", ";"),
        ("const long a = " + "1 ? " * 5000, "1", " : 1" * 5000 + ";"),
        ("const long a = " + "f(" * 5000, "1", ")" * 5000 + ";"),
        ("struct {" * 5000, "long a;", "} x;" * 5000),
        ("typedef long " + "(" * 5000, "a", ")" * 5000 + ";"),
        ("typedef long a", "[1]" * 5000, ";"),
        ("library x {" * 5000, "", "};" * 5000),
        ("void f(" * 5000, "", ")" * 5000 + ";"),
        ("[a(" * 5000, "", ")]" * 5000 + "long a;"),
    ],
)
def test_deep_nesting_is_one_error_whether_it_ends_or_not(
    opening: str, inner: str, closing: str
) -> None:
    whole = load_text(f"typedef long y; {opening}{inner}{closing}")
    assert len(whole.diagnostics) == 1
    assert whole.source is not None
    repr(whole.source)  # walks down the tree; must not exhaust the stack
    assert len(load_text(opening + inner).diagnostics) == 1


def test_nesting_up_to_the_limit_is_fine() -> None:
    depth = MAX_NESTING - 10
    assert findings(f"const long a = {'(' * depth}1{')' * depth};") == []
    (finding,) = findings(f"const long a = {'(' * 2 * depth}1{')' * 2 * depth};")
    assert finding.endswith(f"this is nested more than {MAX_NESTING} levels deep")
