"""Declarations, row by row: what may be written, and what it comes to."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from tests.semantic.snippets import (
    HEADER,
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


def base(words: str) -> ir.Type:
    """The type of a parameter of type *words*."""
    return parameter(f"void f({H}, [in] {words} a);", "a").type


# One size word, one sign word, an optional int, in any order.
WORDS: list[tuple[str, ir.BaseKind]] = [
    ("char", B.CHAR),
    ("signed char", B.INT8),
    ("char signed", B.INT8),
    ("unsigned char", B.CHAR),
    ("small", B.INT8),
    ("signed small", B.INT8),
    ("unsigned small", B.UINT8),
    ("small int", B.INT8),
    ("short", B.INT16),
    ("short int", B.INT16),
    ("int short", B.INT16),
    ("signed short", B.INT16),
    ("unsigned short", B.UINT16),
    ("short unsigned", B.UINT16),
    ("unsigned short int", B.UINT16),
    ("short unsigned int", B.UINT16),
    ("int unsigned short", B.UINT16),
    ("int", B.INT32),
    ("signed", B.INT32),
    ("signed int", B.INT32),
    ("unsigned", B.UINT32),
    ("unsigned int", B.UINT32),
    ("int unsigned", B.UINT32),
    ("long", B.INT32),
    ("long int", B.INT32),
    ("signed long", B.INT32),
    ("unsigned long", B.UINT32),
    ("long unsigned", B.UINT32),
    ("unsigned long int", B.UINT32),
    ("hyper", B.INT64),
    ("hyper int", B.INT64),
    ("unsigned hyper", B.UINT64),
    ("hyper unsigned", B.UINT64),
    ("__int8", B.INT8),
    ("unsigned __int8", B.UINT8),
    ("__int16", B.INT16),
    ("unsigned __int16", B.UINT16),
    ("__int32", B.INT32),
    ("signed __int32", B.INT32),
    ("unsigned __int32", B.UINT32),
    ("__int64", B.INT64),
    ("signed __int64", B.INT64),
    ("unsigned __int64", B.UINT64),
    ("_int64", B.INT64),
    ("__int3264", B.INT3264),
    ("unsigned __int3264", B.UINT3264),
    ("float", B.FLOAT),
    ("double", B.DOUBLE),
    ("boolean", B.BOOLEAN),
    ("byte", B.BYTE),
    ("wchar_t", B.WCHAR),
    ("signed wchar_t", B.INT16),
    ("unsigned wchar_t", B.UINT16),
    ("error_status_t", B.ERROR_STATUS),
    ("const long", B.INT32),
    ("long const", B.INT32),
    ("volatile long", B.INT32),
]


@pytest.mark.parametrize(("words", "kind"), WORDS, ids=[each[0] for each in WORDS])
def test_type_words(words: str, kind: ir.BaseKind) -> None:
    assert base(words) == ir.Base(kind)


@pytest.mark.parametrize("words", ["long long", "unsigned long long", "long long int"])
def test_long_long_is_64_bits_with_a_warning(words: str) -> None:
    body = f"void f({H}, [in] {words} a);"
    assert found(body) == [("warning", "long-long", None)]
    kind = B.UINT64 if "unsigned" in words else B.INT64
    assert base(words) == ir.Base(kind)


@pytest.mark.parametrize(
    "words",
    [
        *("short long", "signed unsigned", "unsigned signed long", "char short"),
        *(
            "small short",
            "long hyper",
            "unsigned unsigned",
            "hyper hyper",
            "char int char",
        ),
        *("long long long", "int int", "__int64 long", "unsigned __int3264 long"),
        *(
            "unsigned float",
            "long double",
            "unsigned boolean",
            "signed byte",
            "unsigned double",
        ),
    ],
)
def test_words_that_spell_no_type(words: str) -> None:
    body = f"void f({H}, [in] {words} a);\ntypedef struct {{ long x; }} S;"
    assert found(body) == [("error", "syntax", 2025)]


# Statements: text that is read without a word.
QUIET = [
    ("semicolon-after-interface", f"{HEADER} void f({H}); }};"),
    ("semicolons-after-interface", f"{HEADER} void f({H}); }};;;"),
    ("semicolons-before-interface", f";;{HEADER} void f({H}); }}"),
    ("semicolons-in-the-body", f"{HEADER} ;; void f({H});; ; }}"),
    ("cpp-quote-with-semicolon", 'cpp_quote("x");'),
    ("cpp-quote-without-semicolon", 'cpp_quote("x")'),
    ("types-outside", f"typedef long T1; {HEADER} void f({H}, [in] T1 a); }}"),
    ("types-behind", f"{HEADER} void f({H}); }} typedef long T1;"),
    ("types-only-interface-without-attributes", "interface t { typedef long T1; }"),
    ("several-lists-of-interface", HEADER.replace(", version", "] [version") + "}"),
    ("forward-twice", f"interface t; interface t; {HEADER} void f({H}); }}"),
    ("trailing-comma-in-list", f"void f({H}, [in,] long a);"),
    ("leading-comma-in-list", f"void f({H}, [,in] long a);"),
    ("doubled-comma-in-list", f"void f({H}, [in,,unique] long *a);"),
    ("empty-list", f"void f({H}, [] long a);"),
    ("stacked-lists", f"void f({H}, [in] [unique] long *a);"),
    ("list-before-typedef", "[v1_enum] typedef enum { A } E;"),
    ("list-behind-typedef", "typedef [v1_enum] enum { A } E;"),
    ("lists-on-both-sides", "[public] typedef [v1_enum] enum { A } E;"),
    ("several-declarators", "typedef struct { long a, *b, c[3]; } S, *PS;"),
    ("pointer-typedef-alone", "typedef struct _S { long a; } *PS;"),
    ("tag-alone", "struct S { long a; };"),
    ("enum-alone", "enum { A, B };"),
    ("enum-trailing-comma", "typedef enum { A, B, } E;"),
    ("enum-attributes", 'typedef enum { [helpstring("a")] A, [hidden] B } E;'),
    ("enum-values", "typedef enum { A = 4, B = A + 1, C = A | B } E;"),
    ("empty-parameters", f"long f(); long g(void); void h({H});"),
    ("trailing-comma-of-parameters", f"void f({H}, [in] long a,);"),
    ("unnamed-parameter", f"void f({H}, [in] long);"),
    ("unnamed-pointer", f"void f({H}, [in] long *);"),
    ("unnamed-array", f"void f({H}, [in] long [4]);"),
    ("calling-convention", f"long __stdcall f({H});"),
    ("convention-and-pointer", f"void f({H}, [in] long far *a);"),
    ("const-behind-star", f"void f({H}, [in] long * const a);"),
    ("const-behind-type", f"void f({H}, [in] long const *a);"),
    ("pointer-to-array", f"void f({H}, [in] long (*a)[3]);"),
    ("array-of-pointers", f"void f({H}, [in] long *a[3]);"),
    ("struct-tag-use", f"struct S {{ long a; }}; void f({H}, [in] struct S *s);"),
    ("enum-tag-use", f"enum E {{ A }}; void f({H}, [in] enum E e);"),
    ("forward-struct", "struct S; typedef struct S { long a; } S;"),
    ("forward-typedef", "typedef struct S S; struct S { long a; };"),
    ("forward-pointer-typedef", "typedef struct S *PS; struct S { PS next; };"),
    ("function-pointer-typedef", "typedef long (*FN)(long a);"),
    ("function-pointer-with-convention", "typedef long (__stdcall *FN)(long a);"),
    ("extern-constant", "extern const long A;"),
    ("interface-local-prototype", "[local] interface t { long f(long a, ...); }"),
    ("pragma-between-parameters", f"void f({H},\n#pragma x\n[in] long a);"),
    (
        "encapsulated",
        "typedef union T switch (long k) n { case 1: long a; default: ; } U;",
    ),
    ("declspec", "__declspec(align(8)) struct S { long a; };"),
    ("line-marker-in-struct", '#line 3 "x.h"\ntypedef struct {\n#line 9\nlong a; } S;'),
    ("qualified-name", f"typedef long T1; void f({H}, [in] lib.T1 a);"),
]


@pytest.mark.parametrize("body", [pytest.param(each[1], id=each[0]) for each in QUIET])
def test_nothing_is_said(body: str) -> None:
    assert [e for e in found(body) if e[1] != "nothing-remote"] == []


# Things said about a construct, and nothing else.
SAID: list[tuple[str, str, list[tuple[str, int | None]]]] = [
    (
        "typedef-without-declarator",
        "typedef struct X { long a; };",
        [("typedef-without-name", None)],
    ),
    (
        "missing-semicolon-after-struct",
        "struct X { long a; }\ntypedef long T;",
        [("syntax", 2025)],
    ),
    (
        "missing-semicolon-after-operation",
        f"void f({H})\nvoid g({H});",
        [("syntax", 2025)],
    ),
    ("attributes-after-the-type", f"void f({H}, long [in] x);", [("syntax", 2025)]),
    ("reference", f"void f({H}, [in] long &x);", [("syntax", 2025)]),
    ("void-with-others", "void f(void, [in] long a);", [("void-not-alone", 2189)]),
    ("ellipsis", f"void f({H}, [in] long a, ...);", [("variadic", 2046)]),
    ("out-const", f"void f({H}, [out] const long *p);", [("out-const", 2279)]),
    ("lower-bound", "typedef long A[1..5];", [("lower-bound", 2102)]),
    (
        "star-lower-bound",
        "typedef struct { long n; long A[*..5]; } S;",
        [("array-lower-bound", 2102)],
    ),
    ("zero-bound", "typedef long A[0];", [("bad-bound", 2103)]),
    ("negative-bound", "typedef long A[-1];", [("bad-bound", 2103)]),
    (
        "variable-bound",
        f"void f({H}, [in] long n, [in] long a[n]);",
        [("constant-expected", 2035)],
    ),
    ("unnamed-member", "struct S { long; };", [("unnamed-member", 2170)]),
    (
        "bit-fields-sent",
        f"struct S {{ unsigned long x : 3; }}; void f({H}, [in] struct S *s);",
        [("bit-fields-sent", 2140)],
    ),
    (
        "plain-union-sent",
        f"typedef union {{ long a; short b; }} U; void f({H}, [in] U *u);",
        [("union-without-cases", 2143)],
    ),
    ("unknown-type", f"void f({H}, [in] NOPE a);", [("unknown-type", 2011)]),
    ("inline-pipe", f"void f({H}, [in] pipe long p);", [("syntax", 2025)]),
    ("variable", "long counter = 3;", [("variable", 2001)]),
    ("member-with-a-value", "struct S { long a = 3; };", [("member-value", None)]),
    (
        "parentheses-are-a-parameter-list",
        f"void f({H}, [in] long (a));",
        [("function-value", 2131)],
    ),
    ("variable-without-value", "long counter;", [("variable", 2001)]),
    (
        "struct-in-parameters",
        f"void f({H}, [in] struct X {{ long a; }} *s);",
        [("type-in-parameters", 2157)],
    ),
]


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*each[1:], id=each[0]) for each in SAID]
)
def test_what_is_said(body: str, said: list[tuple[str, int | None]]) -> None:
    rest = "\nconst long LAST = LAST_BUT_ONE;"
    assert [e[1:] for e in found(body)] == said
    # What follows is still looked at.
    assert ("unknown-name-in-expression", 2009) in [e[1:] for e in found(body + rest)]


# Bounds


def field_type(text: str) -> ir.Type:
    return (
        struct(
            f"typedef hyper T8; const long N = 4; typedef struct {{ long n; {text}; }} S;",
            "S",
        )
        .fields[-1]
        .type
    )


LONG = ir.Base(B.INT32)
SIZE_N = ir.Sibling("n")

BOUNDS: list[tuple[str, str, ir.Type]] = [
    ("fixed", "long a[3]", ir.Array(LONG, 3)),
    ("constant", "long a[N]", ir.Array(LONG, 4)),
    ("expression", "long a[N * 2 + 1]", ir.Array(LONG, 9)),
    ("hex", "long a[0x10]", ir.Array(LONG, 16)),
    ("character", "long a['\\x05']", ir.Array(LONG, 5)),
    ("range", "long a[0..4]", ir.Array(LONG, 5)),
    ("range-of-constants", "long a[0..N]", ir.Array(LONG, 5)),
    ("spaced-range", "long a[0 .. 4]", ir.Array(LONG, 5)),
    ("two-dimensions", "long a[2][3]", ir.Array(ir.Array(LONG, 3), 2)),
    ("open", "[size_is(n)] long a[]", ir.Array(LONG, None, SIZE_N)),
    ("star", "[size_is(n)] long a[*]", ir.Array(LONG, None, SIZE_N)),
    ("open-range", "[size_is(n)] long a[0..*]", ir.Array(LONG, None, SIZE_N)),
    (
        "open-outer",
        "[size_is(n)] long a[][3]",
        ir.Array(ir.Array(LONG, 3), None, SIZE_N),
    ),
    ("sizeof", "long a[sizeof(long)]", ir.Array(LONG, 4)),
    ("sizeof-without-parentheses", "long a[sizeof T8]", ir.Array(LONG, 8)),
]


@pytest.mark.parametrize(
    ("text", "type_"),
    [pytest.param(*each[1:], id=each[0]) for each in BOUNDS],
)
def test_bounds(text: str, type_: ir.Type) -> None:
    assert field_type(text) == type_


# Constructed types


def test_anonymous_members_join_their_parent() -> None:
    fields = struct(
        "typedef struct { long a; struct { long b; long c; }; long d; } S;", "S"
    ).fields
    assert [f.name for f in fields] == ["a", "b", "c", "d"]


def test_names_of_anonymous_members_are_their_parents() -> None:
    assert errors("typedef struct { long a; struct { long a; }; } S;") == [
        "redefinition"
    ]


def test_nested_type_is_declared_too() -> None:
    declared = model(
        "typedef struct { struct INNER { long b; } a; enum { X, Y } e; } S;"
    )
    assert [each.name for each in declared.types] == ["INNER", "S_e", "S"]


def encapsulated(text: str) -> ir.EncapsulatedUnionDeclaration:
    found_ = [
        t for t in model(text).types if isinstance(t, ir.EncapsulatedUnionDeclaration)
    ]
    (only,) = found_
    return only


ENCAPSULATED = [
    ("both-names", "typedef union T switch (long d) n {{ {0} }} U;", "U", "d", "n"),
    ("no-tag", "typedef union switch (long d) n {{ {0} }} U;", "U", "d", "n"),
    (
        "no-name",
        "typedef union T switch (long d) {{ {0} }} U;",
        "U",
        "d",
        "tagged_union",
    ),
    ("neither", "typedef union switch (long d) {{ {0} }} U;", "U", "d", "tagged_union"),
    ("no-typedef", "union T switch (long d) n {{ {0} }};", "T", "d", "n"),
    (
        "as-a-member",
        "typedef struct {{ union switch (long d) n {{ {0} }} m; }} S;",
        "S_m",
        "d",
        "n",
    ),
    (
        "unnamed-as-a-member",
        "typedef struct {{ union switch (long d) {{ {0} }} m; }} S;",
        "S_m",
        "d",
        "tagged_union",
    ),
]


@pytest.mark.parametrize(
    ("text", "name", "tag", "union"),
    [pytest.param(*e[1:], id=e[0]) for e in ENCAPSULATED],
)
def test_names_of_an_encapsulated_union(
    text: str, name: str, tag: str, union: str
) -> None:
    only = encapsulated(text.format("case 1: long a; default: ;"))
    assert (only.name, only.discriminant.name, only.union_name) == (name, tag, union)


def test_encapsulated_union_as_unnamed_member() -> None:
    fields = struct(
        "typedef struct { union switch (short f) { case 2: long a; default: ; }; } S;",
        "S",
    ).fields
    assert [each.name for each in fields] == ["tagged_union"]


ARMS: list[tuple[str, str, list[tuple[tuple[int, ...], bool, str | None]]]] = [
    (
        "plain",
        "case 1: long a; case 2: short b;",
        [((1,), False, "a"), ((2,), False, "b")],
    ),
    ("stacked", "case 1: case 2: long a;", [((1, 2), False, "a")]),
    ("several", "case 1, 2: long a;", [((1, 2), False, "a")]),
    ("parenthesised", "case (1): long a;", [((1,), False, "a")]),
    ("expression", "case 1 | 4: long a;", [((5,), False, "a")]),
    ("character", "case 'a': long a;", [((97,), False, "a")]),
    ("constant", "case TWO: long a;", [((2,), False, "a")]),
    (
        "default",
        "case 1: long a; default: short b;",
        [((1,), False, "a"), ((), True, "b")],
    ),
    ("default-with-case", "case 1: default: long a;", [((1,), True, "a")]),
    ("empty", "case 1: ; default: ;", [((1,), False, None), ((), True, None)]),
    ("attributes", "case 1: [string] char *s;", [((1,), False, "s")]),
    ("empty-attributes", "case 1: [] long a;", [((1,), False, "a")]),
    (
        "stray-semicolons",
        "case 1: long a;; ; default: ;;",
        [((1,), False, "a"), ((), True, None)],
    ),
    ("negative", "case -1: long a;", [((-1,), False, "a")]),
]


@pytest.mark.parametrize(
    ("text", "arms"), [pytest.param(*e[1:], id=e[0]) for e in ARMS]
)
def test_arms_of_an_encapsulated_union(
    text: str, arms: list[tuple[tuple[int, ...], bool, str | None]]
) -> None:
    only = encapsulated(
        f"const long TWO = 2; typedef union switch (long d) {{ {text} }} U;"
    )
    assert [(a.labels, a.is_default, a.name) for a in only.arms] == arms


def test_discriminant_with_attributes() -> None:
    only = encapsulated(
        "typedef union switch ([range(1, 2)] long d) { case 1: long a; } U;"
    )
    assert only.discriminant.type == ir.Ranged(LONG, ir.Range(1, 2))


CASES: list[tuple[str, str, list[tuple[tuple[int, ...], bool, str | None]]]] = [
    ("one", "[case(1)] long a;", [((1,), False, "a")]),
    ("several", "[case(1, 2)] long a;", [((1, 2), False, "a")]),
    ("expression", "[case(1 | 4)] long a;", [((5,), False, "a")]),
    ("enumerator", "[case(E2)] long a;", [((2,), False, "a")]),
    ("character", "[case('a')] long a;", [((97,), False, "a")]),
    ("empty", "[case(1)];", [((1,), False, None)]),
    (
        "default",
        "[case(1)] long a; [default] short b;",
        [((1,), False, "a"), ((), True, "b")],
    ),
    (
        "empty-default",
        "[case(1)] long a; [default];",
        [((1,), False, "a"), ((), True, None)],
    ),
    ("stacked-lists", "[case(1)] [string] char *a;", [((1,), False, "a")]),
    ("stray-semicolons", "[case(1)] long a;;", [((1,), False, "a")]),
    ("with-default", "[case(1), default] long a;", [((1,), True, "a")]),
]


@pytest.mark.parametrize(
    ("text", "arms"), [pytest.param(*e[1:], id=e[0]) for e in CASES]
)
def test_arms_of_a_union(
    text: str, arms: list[tuple[tuple[int, ...], bool, str | None]]
) -> None:
    declared = model(
        f"enum {{ E2 = 2 }}; typedef [switch_type(long)] union {{ {text} }} U;"
    ).types
    (only,) = [each for each in declared if isinstance(each, ir.UnionDeclaration)]
    assert [(a.labels, a.is_default, a.name) for a in only.arms] == arms


def test_parameters_without_name_are_numbered() -> None:
    only = operation(
        f"void f({H}, [in] long, [in] short *, [in] long named, [in] char [4]);"
    )
    assert [p.name for p in only.parameters] == ["param2", "param3", "named", "param5"]


# Opnums


OPNUMS: list[tuple[str, str, list[tuple[str, int]]]] = [
    ("in-order", "void a(); void b();", [("a", 0), ("b", 1)]),
    ("two-in-one-declaration", "void a(), b();", [("a", 0), ("b", 1)]),
    ("local-has-none", "void a(); [local] void b(); void c();", [("a", 0), ("c", 1)]),
    (
        "callback-has-its-own",
        "void a(); [callback] void b(); void c();",
        [("a", 0), ("c", 1)],
    ),
    (
        "reserved-keeps-its-own",
        "void a(); void Opnum1NotUsedOnWire(void); void c();",
        [("a", 0), ("Opnum1NotUsedOnWire", 1), ("c", 2)],
    ),
    ("types-between", "void a(); typedef long T; void b();", [("a", 0), ("b", 1)]),
]


@pytest.mark.parametrize(
    ("body", "opnums"), [pytest.param(*e[1:], id=e[0]) for e in OPNUMS]
)
def test_opnums(body: str, opnums: list[tuple[str, int]]) -> None:
    operations = model(body).interfaces[0].operations
    assert [(each.name, each.opnum) for each in operations] == opnums


# Recovery


def test_one_error_for_each_mistaken_region() -> None:
    body = """
        typedef strukt { long a; } BAD;
        void f([in] handle_t h, [in long a);
        typedef long GOOD;
        void g([in] handle_t h, [in] NOPE a);
    """
    assert [
        (d.rule, d.span.line) for d in findings(body) if d.severity.value == "error"
    ] == [
        ("syntax", 3),
        ("syntax", 4),
        ("unknown-type", 6),
    ]
