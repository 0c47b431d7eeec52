"""Types and declarators: every rule of the grammar, read by hand."""

from __future__ import annotations

import pytest

from midlpy.frontend import ast
from midlpy.frontend.build_types import MAX_DERIVATIONS
from tests.frontend.sketch import (
    attributes,
    declared,
    expression,
    findings,
    items,
    read,
    spelled,
)


def the_type(text: str) -> ast.TypeSpecifier:
    (item,) = items(text)
    assert isinstance(item, ast.Typedef | ast.Declaration)
    return item.specifiers.type


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("typedef long a;", "a: long"),
        ("typedef unsigned long int a;", "a: unsigned long int"),
        ("typedef hyper unsigned a;", "a: hyper unsigned"),
        ("typedef unsigned foo;", "foo: unsigned"),
        ("typedef unsigned wchar_t a;", "a: unsigned wchar_t"),
        ("typedef wchar_t a;", "a: wchar_t"),
        ("typedef boolean a;", "a: boolean"),
        ("typedef FOO a;", "a: FOO"),
        ("typedef lib.FOO a;", "a: lib.FOO"),
        ("typedef const FOO a;", "a: const FOO"),
        ("typedef FOO const a;", "a: const FOO"),
        ("static const volatile int a;", "a: static const volatile int"),
        ("__declspec(align(8)) long a;", "a: __declspec long"),
        ("extern const GUID a;", "a: extern const GUID"),
        ("typedef void *a;", "a: pointer to void"),
        ("typedef long **a;", "a: pointer to pointer to long"),
        ("typedef const long *const a;", "a: const pointer to const long"),
        ("typedef long *const *a;", "a: pointer to const pointer to long"),
        ("typedef long *a[3];", "a: array [3] of pointer to long"),
        ("typedef long (*a)[3];", "a: pointer to array [3] of long"),
        ("typedef long a[2][3];", "a: array [2] of array [3] of long"),
        ("typedef long (a);", "a: long"),
        ("typedef long a[], b[*];", "a: array [*] of long|b: array [*] of long"),
        ("typedef long a[0..5];", "a: array [0..5] of long"),
        ("typedef long a[0..*];", "a: array [0..*] of long"),
        ("typedef long a[N * 2];", "a: array [(N * 2)] of long"),
        ("long f();", "f: function () giving long"),
        ("long f(void);", "f: function (?: void) giving long"),
        ("FOO *f(int a, char);", None),
        ("long f(long a, ...);", "f: function (a: long, ...) giving long"),
        ("long f(...);", "f: function (...) giving long"),
        ("long f(long a,);", "f: function (a: long) giving long"),
        ("void (*f)(long a);", "f: pointer to function (a: long) giving void"),
        ("void __stdcall f();", "f: function () giving void"),
        ("void (__stdcall *f)();", "f: pointer to function () giving void"),
        ("long far *a;", "a: pointer to long"),
        ("void f(int []);", "f: function (?: array [*] of int) giving void"),
        ("void f(int [3]);", "f: function (?: array [3] of int) giving void"),
        ("void f(int **);", "f: function (?: pointer to pointer to int) giving void"),
        (
            "void f(int (*)[3]);",
            "f: function (?: pointer to array [3] of int) giving void",
        ),
        (
            "void f(int (*)(long));",
            "f: function (?: pointer to function (?: long) giving int) giving void",
        ),
        (
            "void f(int (long));",
            "f: function (?: function (?: long) giving int) giving void",
        ),
        ("typedef struct S a;", "a: struct S"),
        ("typedef struct S *a, b;", "a: pointer to struct S|b: struct S"),
        ("typedef struct { long a; } b;", "b: struct {1}"),
        ("typedef struct S { } b;", "b: struct S {0}"),
        ("typedef union U { long a; long b; } c;", "c: union U {2}"),
        ("typedef enum { A, B = 3, } c;", "c: enum {2}"),
        ("typedef enum E c;", "c: enum E"),
        ("typedef bitmap { A = 1 } c;", "c: bitmap {1}"),
        ("typedef pipe long a;", "a: pipe long"),
        ("typedef pipe const FOO a;", "a: pipe const FOO"),
        ("typedef SAFEARRAY(long) a;", "a: SAFEARRAY(?: long)"),
        ("typedef SAFEARRAY(FOO *) *a;", "a: pointer to SAFEARRAY(?: pointer to FOO)"),
        ("typedef SAFEARRAY a;", "a: SAFEARRAY"),
        ("typedef interface X *a;", "a: pointer to interface X"),
        ("typedef coclass X *a;", "a: pointer to coclass X"),
    ],
)
def test_declarations(text: str, meaning: str | None) -> None:
    if meaning is None:
        meaning = "f: function (a: int, ?: char) giving pointer to FOO"
    assert "|".join(declared(text)) == meaning


def test_members() -> None:
    struct = the_type(
        "struct S { [unique] long *a, b[2]; unsigned c : 3, : 2; long d = 1; struct {}; };"
    )
    assert isinstance(struct, ast.StructType)
    assert struct.fields is not None
    first, bits, initialized, anonymous = struct.fields
    assert attributes(first.attributes) == "unique"
    assert first.specifiers is not None
    assert [read(first.specifiers, each.declarator) for each in first.declarators] == [
        "a: pointer to long",
        "b: array [2] of long",
    ]
    assert [expression(each.bits) for each in bits.declarators] == ["3", "2"]
    assert bits.declarators[1].declarator.name is None
    assert expression(initialized.declarators[0].initializer) == "1"
    assert anonymous.declarators == ()


def test_arms_of_a_union() -> None:
    union = the_type("union U { [case(1, 2)] long a; [case(3)]; [default] ; ; };")
    assert isinstance(union, ast.UnionType)
    assert union.fields is not None
    assert [attributes(each.attributes) for each in union.fields] == [
        "case(1, 2)",
        "case(3)",
        "default",
        "",
    ]
    assert [each.specifiers is None for each in union.fields] == [
        False,
        True,
        True,
        True,
    ]


def test_encapsulated_union() -> None:
    union = the_type(
        "typedef union TAG switch ([range(0, 3)] long d) u {"
        " case 1: case 2, A + 1: long a; case (3): ; default: [string] char *b; } T;"
    )
    assert isinstance(union, ast.EncapsulatedUnion)
    assert union.tag is not None
    assert union.name is not None
    assert (union.tag.text, union.discriminant.text, union.name.text) == (
        "TAG",
        "d",
        "u",
    )
    assert attributes(union.switch_attributes) == "range(0, 3)"
    assert spelled(union.switch_type) == "long"
    assert [[expression(label) for label in arm.labels] for arm in union.arms] == [
        ["1", "2", "(A + 1)"],
        ["[3]"],
        ["-"],
    ]
    assert [arm.field.specifiers is None for arm in union.arms] == [False, True, False]


@pytest.mark.parametrize("names", ["union switch", "union T switch"])
@pytest.mark.parametrize("behind", ["{", "u {"])
def test_names_of_an_encapsulated_union_may_be_missing(names: str, behind: str) -> None:
    union = the_type(f"typedef {names} (long d) {behind} case 1: long a; }} X;")
    assert isinstance(union, ast.EncapsulatedUnion)
    assert (union.tag is None) == ("T" not in names)
    assert (union.name is None) == ("u" not in behind)


def test_enumerators() -> None:
    enum = the_type("enum E { A, [hidden] B = -1, C = A | B };")
    assert isinstance(enum, ast.EnumType)
    assert enum.enumerators is not None
    assert [each.name.text for each in enum.enumerators] == ["A", "B", "C"]
    assert attributes(enum.enumerators[1].attributes) == "hidden"
    assert [expression(each.value) for each in enum.enumerators] == [
        "-",
        "(- 1)",
        "(A | B)",
    ]


def test_attributes_of_a_pipe_and_of_a_parameter() -> None:
    pipe = the_type("typedef pipe [range(0, 9)] long P;")
    assert isinstance(pipe, ast.PipeType)
    assert attributes(pipe.attributes) == "range(0, 9)"
    (item,) = items("long f([in] [range(0, 8)] long a);")
    assert isinstance(item, ast.Declaration)
    (function,) = item.declarators[0].declarator.derivations
    assert isinstance(function, ast.FunctionOf)
    assert attributes(function.parameters[0].attributes) == "in, range(0, 8)"


def test_attributes_before_and_behind_typedef_are_one_list() -> None:
    (item,) = items("[a] typedef [b] [c] long X;")
    assert isinstance(item, ast.Typedef)
    assert attributes(item.attributes) == "a, b, c"


def test_an_unnamed_parameter_stands_behind_its_type() -> None:
    (item,) = items("void f(long);")
    assert isinstance(item, ast.Declaration)
    (function,) = item.declarators[0].declarator.derivations
    assert isinstance(function, ast.FunctionOf)
    at = function.parameters[0].declarator.span
    assert (at.column, at.end_column) == (12, 12)


@pytest.mark.parametrize(
    "word",
    ["methods", "properties", "library", "module", "include", "warning", "pascal"],
)
def test_some_reserved_words_are_names_where_only_a_name_fits(word: str) -> None:
    name = f"a, {word}" if word == "pascal" else word
    text = f"enum {{ {word} }}; long {word if word != 'pascal' else 'f'}(long {name[:1]}{name[1:]});"
    if word == "pascal":
        text = "enum { pascal };"
    assert findings(text) == []


@pytest.mark.parametrize("word", ["pipe", "interface", "struct", "long", "typedef"])
def test_other_reserved_words_are_not_names(word: str) -> None:
    (finding,) = findings(f"void f([in] FOO {word}); typedef long a;")
    assert f"'{word}' does not fit here" in finding


def test_the_lower_bound_must_be_known() -> None:
    (finding,) = findings("long a[*..5];")
    assert "array-lower-bound" in finding


def test_pointers_and_arrays_of_one_declarator_are_limited() -> None:
    assert findings(f"typedef long {'*' * MAX_DERIVATIONS}a;") == []
    (finding,) = findings(f"typedef long {'*' * 10_000}a; typedef long b;")
    assert "nesting-limit" in finding
