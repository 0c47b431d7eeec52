"""Names, constants, pointer kinds, strings and ACF files, row by row."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from tests.semantic.snippets import (
    HEADER,
    UUID,
    H,
    errors,
    findings,
    found,
    model,
    operation,
    parameter,
    struct,
)

B = ir.BaseKind
LONG, CHAR = ir.Base(B.INT32), ir.Base(B.CHAR)
REF, UNIQUE, FULL = ir.PointerKind.REF, ir.PointerKind.UNIQUE, ir.PointerKind.FULL
WTEXT, TEXT = ir.String(B.WCHAR), ir.String(B.CHAR)


# Names: what is said, notes left out

NAMES: list[tuple[str, str, list[tuple[str, int | None]]]] = [
    ("tag-and-typedef", "typedef struct X { long a; } X;", []),
    ("tag-and-constant", "struct X { long a; }; const long X = 1;", []),
    ("operation-and-type", f"typedef long f; void f({H});", []),
    ("equal-enumerator-values", "enum { A = 1, B = 1 };", []),
    ("case-differs", "typedef long T1; typedef long t1;", []),
    ("two-types", "typedef long T1; typedef short T1;", [("redefinition", 2003)]),
    (
        "same-type-twice",
        "typedef long T1; typedef long T1;",
        [("repeated-declaration", None)],
    ),
    (
        "same-struct-twice",
        "typedef struct { long a; } S; typedef struct { long a; } S;",
        [("repeated-declaration", None)],
    ),
    (
        "same-constant-twice",
        "const long A = 1; const long A = 1;",
        [("repeated-declaration", None)],
    ),
    ("other-constant", "const long A = 1; const long A = 2;", [("redefinition", 2003)]),
    (
        "constant-and-type",
        "const long T2 = 1; typedef long T2;",
        [("name-is-constant", 2204)],
    ),
    (
        "enumerator-and-type",
        "enum { T2 }; typedef long T2;",
        [("name-is-constant", 2204)],
    ),
    ("enumerators", "enum { A }; enum { B, A };", [("redefinition", 2003)]),
    ("fields", "struct S { long a; long a; };", [("redefinition", 2003)]),
    ("parameters", f"void f({H}, [in] long a, [in] long a);", [("redefinition", 2003)]),
    ("operations", f"void f({H}); void f({H});", [("redefinition", 2003)]),
    (
        "arms",
        "union U switch (long d) u { case 1: long a; case 2: short a; default: ; };",
        [("redefinition", 2003)],
    ),
    (
        "tags-of-two-kinds",
        "struct X { long a; }; union X switch (long d) u { case 1: long a; };",
        [("redefinition", 2003)],
    ),
    (
        "used-before",
        "typedef T1 T2; typedef long T1;",
        [("used-before-declaration", None)],
    ),
    (
        "used-before-in-a-struct",
        "typedef struct { T1 a; } S; typedef long T1;",
        [("used-before-declaration", None)],
    ),
    ("tag-as-type", "struct X { long a; }; typedef struct { X a; } S;", []),
    ("enum-tag-as-type", "enum X { A }; typedef struct { X a; } S;", []),
    ("itself", "typedef T3 T3[10];", [("typedef-of-itself", 2360)]),
    (
        "each-other",
        "typedef T3 T4; typedef T4 T3;",
        [("used-before-declaration", None), ("typedef-of-itself", 2360)],
    ),
    (
        "contains-itself",
        "struct R { long x; struct R r; };",
        [("recursive-by-value", 2006)],
    ),
    (
        "contains-itself-through-another",
        "struct A { struct B b; }; struct B { struct A a; };",
        [("recursive-by-value", 2006)] * 2,
    ),
    (
        "never-completed",
        f"typedef struct F F; void f({H}, [in] F *p);",
        [("never-completed", 2337)],
    ),
    ("forward-unused", "typedef struct F F; struct G; interface I;", []),
    ("wchar-same", "typedef unsigned short wchar_t;", []),
    ("wchar-other", "typedef unsigned long wchar_t;", [("wchar-redefined", 2014)]),
    ("status-same", "typedef unsigned long error_status_t;", []),
    (
        "status-other",
        "typedef short error_status_t;",
        [("error-status-redefined", 2205)],
    ),
    ("unknown", "typedef NOPE T;", [("unknown-type", 2011)]),
    (
        "unknown-base-and-type",
        f"[object, uuid({UUID})] interface b : INope {{ HRESULT f([in] INope *p); }}",
        [("unknown-type", 2011)],
    ),
    ("constant-as-type", "const long A = 1; typedef A T;", [("unknown-type", 2011)]),
    (
        "one-unknown-type-once",
        "typedef NOPE T; typedef T U; typedef struct { U a; } S;",
        [("unknown-type", 2011)],
    ),
    (
        "ref-to-itself",
        f"struct R {{ [ref] struct R *next; }}; void f({H}, [in] struct R *r);",
        [("endless-ref", 2164)],
    ),
    (
        "ref-through-another",
        f"struct A {{ [ref] struct B *b; }}; struct B {{ [ref] struct A *a; }}; void f({H}, [in] struct A *r);",
        [("endless-ref", 2164)],
    ),
    (
        "ref-through-three",
        f"struct A {{ [ref] struct B *b; }}; struct B {{ long x; [ref] struct C *c; }}; struct C {{ [ref] struct A *a; }}; void f({H}, [in] struct A *r);",
        [("endless-ref", 2164)],
    ),
    (
        "ref-through-a-member",
        f"struct A {{ struct B b; }}; struct B {{ [ref] struct A *a; }}; void f({H}, [in] struct A *r);",
        [("endless-ref", 2164)],
    ),
    (
        "unique-somewhere-ends-it",
        f"struct A {{ [ref] struct B *b; }}; struct B {{ [unique] struct A *a; }}; void f({H}, [in] struct A *r);",
        [],
    ),
    (
        "union-ends-it",
        f"struct A {{ [ref] union U *u; }}; union U switch (long d) n {{ case 1: struct A a; default: ; }}; void f({H}, [in] struct A *r);",
        [],
    ),
]


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*e[1:], id=e[0]) for e in NAMES]
)
def test_names(body: str, said: list[tuple[str, int | None]]) -> None:
    assert sorted(e[1:] for e in found(body)) == sorted(said)  # type: ignore[type-var]


def test_types_of_another_interface_are_seen() -> None:
    other = UUID.replace("1234", "4321", 1)
    text = f"""{HEADER} typedef long T1; const long K = 2; }}
        [uuid({other}), pointer_default(unique)] interface u {{ void f({H}, [in] T1 a, [in] long b[K]); }}"""
    assert errors(text) == []


@pytest.mark.parametrize(
    "body",
    [
        f"void f({H}, [in] X x, [in] X y); X g({H}); typedef long X;",
        f"struct A {{ X x; }}; struct B {{ X x; }}; typedef long X; void f({H}, [in] X x);",
    ],
)
def test_a_type_before_its_declaration_is_told_once(body: str) -> None:
    assert found(body) == [("warning", "used-before-declaration", None)]


def test_operations_of_two_interfaces_may_have_one_name() -> None:
    other = UUID.replace("1234", "4321", 1)
    text = f"{HEADER} void f({H}); }} [uuid({other})] interface u {{ void f({H}); }}"
    assert errors(text) == []


# Constants

CONSTANTS: list[tuple[str, str, object, list[tuple[str, int | None]]]] = [
    ("wraps", "const small A = 300;", 44, [("constant-range", 2175)]),
    (
        "wraps-unsigned",
        "const unsigned short A = 0x12345;",
        0x2345,
        [("constant-range", 2175)],
    ),
    ("bit-pattern", "const long A = 0x80000000;", -(2**31), []),
    ("minus-one-unsigned", "const unsigned long A = -1;", 2**32 - 1, []),
    ("boolean-true", "const boolean A = TRUE;", True, []),
    ("boolean-number", "const boolean A = 1;", True, []),
    ("byte", "const byte A = 200;", 200, []),
    ("char", "const char A = 'x';", 120, []),
    ("wchar", "const wchar_t A = L'x';", 120, []),
    ("typedefed", "typedef unsigned long D; const D A = 7;", 7, []),
    ("windows-name", "const DWORD A = 7;", 7, []),
    ("text", 'const char *A = "x";', "x", []),
    ("wide-text", 'const wchar_t *A = L"x";', "x", []),
    ("text-for-wide", 'const wchar_t *A = "x";', "x", []),
    ("typedefed-text", 'typedef [string] wchar_t *W; const W A = L"x";', "x", []),
    ("null", "const void *A = NULL;", None, []),
    ("of-another", "const long K = 4; const long A = K * K;", 16, []),
    ("of-an-enumerator", "enum { E = 3 }; const long A = E + 1;", 4, []),
    ("of-a-later-one", "const long A = K; const long K = 4;", 4, []),
    ("several", "const long A = 1, C = 2;", 1, []),
    ("shift", "const hyper A = 1 << 40;", 1 << 40, []),
    ("arithmetic-shift", "const long A = -16 >> 2;", -4, []),
    ("precedence", "const long A = 1 + 2 << 3 & 0xF0 | 1;", 17, []),
    ("comparison", "const long A = 3 > 2 == 1;", 1, []),
    ("logic", "const long A = 2 && 3;", 1, []),
    ("ternary-nests", "const long A = 0 ? 1 : 0 ? 2 : 3;", 3, []),
    ("truncating", "const long A = -7 / 2;", -3, []),
    ("remainder", "const long A = -7 % 3;", -1, []),
    ("unary-chain", "const long A = - -~!0;", -2, []),
    ("sizeof-base", "const long A = sizeof(hyper);", 8, []),
    ("sizeof-typedef", "typedef short T; const long A = sizeof(T);", 2, []),
    ("sizeof-wchar", "const long A = sizeof(wchar_t);", 2, []),
    ("cast", "const long A = (unsigned char)300;", 44, []),
    ("cast-typedef", "typedef unsigned char T; const long A = (T)300;", 44, []),
    ("cast-minus", "typedef unsigned char T; const long A = (T)-1;", 255, []),
    ("paren", "const long A = ((((3))));", 3, []),
]


@pytest.mark.parametrize(
    ("body", "value", "said"), [pytest.param(*e[1:], id=e[0]) for e in CONSTANTS]
)
def test_constant(body: str, value: object, said: list[tuple[str, int | None]]) -> None:
    assert [e[1:] for e in found(body)] == said
    (got,) = [each.value for each in model(body).constants if each.name == "A"]
    assert got == value
    assert isinstance(got, bool) == isinstance(value, bool)


NO_CONSTANTS: list[tuple[str, str, tuple[str, int | None]]] = [
    ("no-value", "const long A;", ("const-without-value", 2155)),
    ("braces", "const long A[2] = { 1, 2 };", ("compound-initializer", 2149)),
    ("text-for-number", 'const long A = "x";', ("constant-type-mismatch", 2154)),
    ("number-for-text", "const char *A = 7;", ("constant-type-mismatch", 2154)),
    ("type-for-value", "typedef long T; const long A = T;", ("not-a-constant", 2173)),
    ("struct", "typedef struct { long a; } S; const S A = 1;", ("const-type", 2202)),
    (
        "sizeof-struct",
        "typedef struct { long *a; } S; const long A = sizeof(S);",
        ("sizeof-operand", 2203),
    ),
    ("zero-divisor", "const long A = 1 / 0;", ("divide-by-zero", 2031)),
    ("zero-remainder", "const long A = 1 % 0;", ("divide-by-zero", 2031)),
    ("shift-by-64", "const hyper A = 1 << 64;", ("operands-do-not-fit", 2032)),
    ("shift-by-minus", "const hyper A = 1 << -1;", ("operands-do-not-fit", 2032)),
    ("text-arithmetic", 'const long A = "x" * 2;', ("operands-do-not-fit", 2032)),
    ("unknown", "const long A = NOPE;", ("unknown-name-in-expression", 2009)),
    ("itself", "const long A = A + 1;", ("not-a-constant", 2173)),
    ("star", "const long K = 1; const long A = *K;", ("not-a-constant", 2173)),
    ("enumerator-text", 'enum E { A = "x" };', ("enum-value", 2336)),
    ("enumerator-later", "enum E { A = B, B };", ("unknown-name-in-expression", 2009)),
]


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*e[1:], id=e[0]) for e in NO_CONSTANTS]
)
def test_no_constant(body: str, said: tuple[str, int | None]) -> None:
    assert [e[1:] for e in found(body)] == [said]


def test_enumerator_beyond_16_bits() -> None:
    assert found("typedef enum { A = 0x8000 } E;") == [
        ("warning", "enum-out-of-range", None)
    ]
    assert found("typedef [v1_enum] enum { A = 0x8000 } E;") == []


# Pointer kinds, in the order in which they are decided


def kinds(type_: ir.Type) -> list[ir.PointerKind]:
    """The kinds of the pointers that a type begins with."""
    found_: list[ir.PointerKind] = []
    while isinstance(type_, ir.Pointer):
        found_.append(type_.kind)
        type_ = type_.target
    return found_


def of_parameter(text: str, header: str = HEADER) -> list[ir.PointerKind]:
    body = f"{header} typedef [unique] long *PU; typedef [ptr] long *PF; typedef long *PL; void f({H}, {text}); }}"
    (only,) = model(body).interfaces[0].operations
    return kinds(only.parameters[0].type)


def of_member(text: str, header: str = HEADER) -> list[ir.PointerKind]:
    body = f"{header} typedef [ref] long *PR; typedef [ptr] long *PF; typedef long *PL; typedef struct {{ {text}; }} S; }}"
    return kinds(struct(body, "S").fields[0].type)


FULLY = HEADER.replace("pointer_default(unique)", "pointer_default(ptr)")
REFLY = HEADER.replace("pointer_default(unique)", "pointer_default(ref)")

PARAMETERS: list[tuple[str, str, str, list[ir.PointerKind]]] = [
    ("none", "[in] long *p", HEADER, [REF]),
    ("none-whatever-the-default", "[in] long *p", FULLY, [REF]),
    ("unique", "[in, unique] long *p", HEADER, [UNIQUE]),
    ("ptr", "[in, ptr] long *p", HEADER, [FULL]),
    ("ref", "[in, ref] long *p", HEADER, [REF]),
    ("inner-takes-the-default", "[in] long **p", FULLY, [REF, FULL]),
    ("attribute-is-the-outer-ones", "[in, unique] long **p", FULLY, [UNIQUE, FULL]),
    ("out", "[out] long **p", HEADER, [REF, UNIQUE]),
    ("out-with-default-ref", "[in, out] long **p", REFLY, [REF, REF]),
    ("typedef-without-attribute", "[in] PL p", HEADER, [REF]),
    ("typedef-with-unique", "[in] PU p", HEADER, [UNIQUE]),
    ("typedef-with-ptr", "[in] PF p", HEADER, [FULL]),
    ("use-wins", "[in, ref] PU p", HEADER, [REF]),
    ("pointer-to-typedef", "[in] PF *p", HEADER, [REF, FULL]),
    ("attribute-and-pointer-to-typedef", "[in, unique] PF *p", HEADER, [UNIQUE, FULL]),
]


@pytest.mark.parametrize(
    ("text", "header", "expected"), [pytest.param(*e[1:], id=e[0]) for e in PARAMETERS]
)
def test_pointers_of_parameters(
    text: str, header: str, expected: list[ir.PointerKind]
) -> None:
    assert of_parameter(text, header) == expected


MEMBERS: list[tuple[str, str, str, list[ir.PointerKind]]] = [
    ("default-unique", "long *p", HEADER, [UNIQUE]),
    ("default-ptr", "long *p", FULLY, [FULL]),
    ("default-ref", "long *p", REFLY, [REF]),
    ("attribute", "[ptr] long *p", HEADER, [FULL]),
    ("attribute-is-the-outer-ones", "[ref] long **p", FULLY, [REF, FULL]),
    ("typedef", "PR p", HEADER, [REF]),
    ("typedef-without-attribute", "PL p", FULLY, [FULL]),
    ("use-wins", "[unique] PR p", FULLY, [UNIQUE]),
    ("pointer-to-typedef", "PF *p", HEADER, [UNIQUE, FULL]),
]


@pytest.mark.parametrize(
    ("text", "header", "expected"), [pytest.param(*e[1:], id=e[0]) for e in MEMBERS]
)
def test_pointers_of_members(
    text: str, header: str, expected: list[ir.PointerKind]
) -> None:
    assert of_member(text, header) == expected


@pytest.mark.parametrize(
    ("text", "header", "expected"),
    [
        pytest.param("long *f", HEADER, [UNIQUE], id="default"),
        pytest.param("long *f", FULLY, [FULL], id="default-ptr"),
        pytest.param("[ptr] long *f", HEADER, [FULL], id="attribute"),
    ],
)
def test_pointers_as_results(
    text: str, header: str, expected: list[ir.PointerKind]
) -> None:
    (only,) = model(f"{header} {text}({H}); }}").interfaces[0].operations
    assert kinds(only.return_type) == expected


def test_no_default_is_unique_with_a_warning() -> None:
    text = f"[uuid({UUID})] interface t {{ typedef struct {{ long *p; }} S; void f({H}, [in] S *s); }}"
    assert found(text) == [("warning", "no-pointer-default", 2038)]
    assert kinds(struct(text, "S").fields[0].type) == [UNIQUE]


# Strings


def p(text: str) -> ir.Type:
    body = f"typedef [string] wchar_t *LPW; void f({H}, [in] long n, [in, out] long *m, {text});"
    return parameter(body, "p").type


def ref(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, REF)


def unique(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, UNIQUE)


N = ir.Sibling("n")
STRINGS: list[tuple[str, str, ir.Type]] = [
    ("pointer", "[in, string] wchar_t *p", ref(WTEXT)),
    ("nullable", "[in, unique, string] wchar_t *p", unique(WTEXT)),
    ("brackets", "[in, string] char p[]", TEXT),
    ("bytes", "[in, string] byte *p", ref(ir.String(B.BYTE))),
    ("out", "[out, string] wchar_t **p", ref(unique(WTEXT))),
    ("sized", "[in, string, size_is(n)] wchar_t *p", ref(ir.String(B.WCHAR, size=N))),
    ("fixed", "[in, string] char p[80]", ir.String(B.CHAR, bound=80)),
    ("array-of-pointers", "[in, string] wchar_t *p[5]", ir.Array(unique(WTEXT), 5)),
    (
        "sized-brackets-of-pointers",
        "[in, size_is(n), string] wchar_t *p[]",
        ir.Array(unique(WTEXT), size=N),
    ),
    (
        "pointer-to-pointers",
        "[in, size_is(n), string] wchar_t **p",
        ref(ir.Array(unique(WTEXT), size=N)),
    ),
    ("rows", "[in, string] char p[10][80]", ir.Array(ir.String(B.CHAR, bound=80), 10)),
    ("typedef", "[in] LPW p", ref(WTEXT)),
    (
        "typedef-in-sizes",
        "[out, size_is(, *m)] LPW **p",
        ref(unique(ir.Array(unique(WTEXT), size=ir.Sibling("m", dereferenced=True)))),
    ),
    ("typedef-sized", "[in, size_is(n)] LPW *p", ref(ir.Array(unique(WTEXT), size=N))),
    ("one-character", "[in] char *p", ref(CHAR)),
]


@pytest.mark.parametrize(
    ("text", "type_"), [pytest.param(*e[1:], id=e[0]) for e in STRINGS]
)
def test_strings(text: str, type_: ir.Type) -> None:
    assert p(text) == type_


# ACF files


def of_acf(
    acf: str,
    body: str = f"void f({H}, [in] long a, [out] error_status_t *st, [out] error_status_t *st2); void g({H}); typedef long T;",
) -> list[tuple[str, int | None]]:
    return [e[1:] for e in found(body, acf)]


ACFS: list[tuple[str, str, list[tuple[str, int | None]]]] = [
    ("empty-body", "interface t { }", []),
    ("no-body", "[explicit_handle] interface t;", []),
    ("no-parameters", "interface t { [async] f(); }", []),
    ("no-parentheses", "interface t { [async] f; }", []),
    ("two-operations", "interface t { [async] f(), g(); }", []),
    ("ifdef", "#ifdef NOBODY\nrubbish((\n#endif\ninterface t { }", []),
    ("line-marker", '#line 3 "x.acf"\ninterface t { }', []),
    ("stray-semicolons", "; interface t { ; [async] f(); ; } ;", []),
    ("typedef-list", "interface t { typedef [encode, decode] T; }", []),
    ("other-interface", "interface other { }", [("acf-name-mismatch", 2095)]),
    (
        "unknown-operation",
        "interface t { [async] nope(); }",
        [("acf-unknown-operation", 2100)],
    ),
    (
        "unknown-parameter",
        "interface t { f([heap] zz); }",
        [("acf-unknown-parameter", 2101)],
    ),
    (
        "unknown-type",
        "interface t { typedef [encode] NOPE; }",
        [("acf-unknown-type", 2010)],
    ),
    (
        "twice",
        "interface t { [async, async] f(); }",
        [("conflicting-attributes", 2096)],
    ),
    (
        "two-handles",
        "[auto_handle, explicit_handle] interface t { }",
        [("one-handle-attribute", 2263)],
    ),
    (
        "typedef-without-attributes",
        "interface t { typedef T; }",
        [("acf-empty-typedef", 2307)],
    ),
    (
        "status-twice",
        "interface t { f([comm_status] st, [comm_status] st2); }",
        [("status-twice", 2069)],
    ),
    ("syntax", "interface t { [async f(); }", [("syntax", 2025)]),
]


@pytest.mark.parametrize(("acf", "said"), [pytest.param(*e[1:], id=e[0]) for e in ACFS])
def test_acf(acf: str, said: list[tuple[str, int | None]]) -> None:
    ignored = {"status-raised", "attribute-ignored"}
    assert [e for e in of_acf(acf) if e[0] not in ignored] == said


def test_acf_of_several_interfaces() -> None:
    other = UUID.replace("1234", "4321", 1)
    text = f"{HEADER} void f({H}); }} [uuid({other})] interface u {{ void f({H}); void g({H}); }}"
    one, two = model(
        text, "interface t { [async] f(); } interface u { [async] g(); }"
    ).interfaces
    assert [o.is_async for o in one.operations] == [True]
    assert [o.is_async for o in two.operations] == [False, True]


def test_acf_for_a_whole_interface() -> None:
    assert operation(f"void f({H});", "[async] interface t { }").is_async


def test_operation_attribute_goes_before_that_of_the_interface() -> None:
    acf = "[code] interface t { [nocode] f(); }"
    assert [e for e in found(f"void f({H});", acf) if e[0] == "error"] == []


def test_roots_of_com_are_types_without_a_declaration() -> None:
    body = f"void f({H}, [in] IUnknown *p, [in] IDispatch *q);"
    assert found(body) == []


def test_declared_root_of_com_is_what_it_is_declared_as() -> None:
    body = f"typedef long IUnknown; void f({H}, [in] IUnknown p);"
    assert found(body) == []


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("unsinged", "write 'unsigned'"),
        ("lnog", "write 'long'"),
        ("hyperr", "write 'hyper'"),
    ],
)
def test_misspelt_type_word_is_told(text: str, remedy: str) -> None:
    (only,) = findings(f"void f({H}, [in] {text} a);")
    assert (only.rule, only.help) == ("unknown-type", remedy)


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("BSTR", "wtypes.idl"),
        ("VARIANT", "oaidl.idl"),
        ("ITypeInfo", "oaidl.idl"),
        ("IStream", "objidl.idl"),
    ],
)
def test_import_for_a_usual_type_is_told(text: str, file: str) -> None:
    (only,) = findings(f"void f({H}, [in] {text} *a);")
    assert (only.rule, only.help) == ("unknown-type", f'write import "{file}"; above')
    assert found(f'import "{file}"; typedef {text} *T;') == []


def test_attribute_behind_the_name_is_no_bound() -> None:
    (only,) = findings(f"void f({H}, long a [in]);")
    assert only.help == "write attributes in front of the type"
