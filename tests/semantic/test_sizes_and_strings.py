"""Sizes to their levels, strings to the innermost one."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from midlpy.semantic.ir import Array, Base, BaseKind, Constant, Pointer, Sibling, String
from tests.semantic.snippets import errors, parameter, struct

REF, UNIQUE = ir.PointerKind.REF, ir.PointerKind.UNIQUE
LONG = Base(BaseKind.INT32)
WCHAR, CHAR = BaseKind.WCHAR, BaseKind.CHAR
N, M = Sibling("n"), Sibling("m")
PN = Sibling("pn", dereferenced=True)


def plus(expression: ir.Expression, value: int) -> ir.Expression:
    return ir.Binary("+", expression, Constant(value))


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("[in, size_is(n)] long *p", Pointer(Array(LONG, size=N), REF)),
        ("[in, size_is(n)] long p[]", Array(LONG, size=N)),
        ("[in, max_is(n)] long p[]", Array(LONG, size=plus(N, 1))),
        ("[in, max_is(9)] long p[]", Array(LONG, size=Constant(10))),
        ("[in] long p[4]", Array(LONG, bound=4)),
        ("[in] long p[0..3]", Array(LONG, bound=4)),
        ("[in, length_is(n)] long p[4]", Array(LONG, bound=4, length=N)),
        (
            "[in, last_is(n)] long p[4]",
            Array(LONG, bound=4, length=plus(N, 1)),
        ),
        (
            "[in, first_is(m), last_is(n)] long p[4]",
            Array(LONG, bound=4, first=M, length=plus(ir.Binary("-", N, M), 1)),
        ),
        (
            "[in, size_is(m), length_is(n)] long p[]",
            Array(LONG, size=M, length=N),
        ),
        (
            "[in, size_is(m, n)] long **p",
            Pointer(Array(Pointer(Array(LONG, size=N), UNIQUE), size=M), REF),
        ),
        (
            "[out, size_is(, *pn)] long **p",
            Pointer(Pointer(Array(LONG, size=PN), UNIQUE), REF),
        ),
        (
            "[in, size_is(n,)] long **p",
            Pointer(Array(Pointer(LONG, UNIQUE), size=N), REF),
        ),
        ("[in, size_is(n)] PL p", Pointer(Array(LONG, size=N), REF)),
        (
            "[in, size_is(n)] PL *p",
            Pointer(Array(Pointer(LONG, UNIQUE), size=N), REF),
        ),
        (
            "[in, size_is(n)] long *p[]",
            Array(Pointer(LONG, UNIQUE), size=N),
        ),
        ("[in] SIZED p", Pointer(Array(LONG, size=N), REF)),
        (
            "[in, range(1, 5), size_is(n)] long *p",
            Pointer(Array(LONG, size=N, range=ir.Range(1, 5)), REF),
        ),
        (
            "[in, range(1, 5)] long *p",
            Pointer(ir.Ranged(LONG, ir.Range(1, 5)), REF),
        ),
        (
            "[in, range(1, 5), string] wchar_t *p",
            Pointer(String(WCHAR, range=ir.Range(1, 5)), REF),
        ),
        ("[in, string] wchar_t *p", Pointer(String(WCHAR), REF)),
        ("[in, string, unique] char *p", Pointer(String(CHAR), UNIQUE)),
        ("[in, string] byte *p", Pointer(String(BaseKind.BYTE), REF)),
        ("[in, string] wchar_t p[]", String(WCHAR)),
        ("[in, string] wchar_t p[8]", String(WCHAR, bound=8)),
        ("[in, string, size_is(n)] wchar_t *p", Pointer(String(WCHAR, size=N), REF)),
        ("[in, string] char *p[5]", Array(Pointer(String(CHAR), UNIQUE), bound=5)),
        ("[in, string] char p[10][80]", Array(String(CHAR, bound=80), bound=10)),
        (
            "[in, string, size_is(n)] wchar_t **p",
            Pointer(Array(Pointer(String(WCHAR), UNIQUE), size=N), REF),
        ),
        ("[in] TEXT p", Pointer(String(WCHAR), REF)),
        (
            "[out, size_is(, *pn)] TEXT **p",
            Pointer(
                Pointer(Array(Pointer(String(WCHAR), UNIQUE), size=PN), UNIQUE), REF
            ),
        ),
        ("[in] char *p", Pointer(Base(CHAR), REF)),
    ],
)
def test_parameter(declaration: str, expected: ir.Type) -> None:
    found = parameter(
        "typedef long *PL; typedef [string] wchar_t *TEXT; "
        "typedef [size_is(n)] long *SIZED; "
        "void f([in] handle_t h, [in] long n, [in] long m, [in, out] long *pn, "
        f"{declaration});",
        "p",
    )
    assert found.type == expected


def test_length_by_octets_of_counted_text() -> None:
    declared = struct(
        "typedef struct { unsigned short n; unsigned short m; "
        "[size_is(m / 2), length_is(n / 2)] wchar_t *text; } S;",
        "S",
    )
    half = Constant(2)
    assert declared.fields[2].type == Pointer(
        Array(
            Base(WCHAR),
            size=ir.Binary("/", M, half),
            length=ir.Binary("/", N, half),
        ),
        UNIQUE,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(n + 7) & ~7", ir.Binary("&", plus(N, 7), Constant(-8))),
        ("2 * 8", Constant(16)),
        ("n << 1", ir.Binary("<<", N, Constant(1))),
        ("pn ? *pn : 0", ir.Conditional(Sibling("pn"), PN, Constant(0))),
        ("!n", ir.Unary("!", N)),
        ("(unsigned short)n", ir.Convert(N, 2, is_signed=False)),
        ("(WORD)(n)", ir.Convert(N, 2, is_signed=False)),
        ("n * sizeof(long)", ir.Binary("*", N, Constant(4))),
        ("LIMIT", Constant(12)),
    ],
)
def test_expression(text: str, expected: ir.Expression) -> None:
    found = parameter(
        "const long LIMIT = 12; "
        "void f([in] handle_t h, [in] long n, [in, out] long *pn, "
        f"[in, out, size_is({text})] byte *p);",
        "p",
    )
    assert found.type == Pointer(Array(Base(BaseKind.BYTE), size=expected), REF)


def test_parameter_hides_a_constant_of_its_name() -> None:
    found = parameter(
        "const long n = 4; "
        "void f([in] handle_t h, [in] long n, [in, out, size_is(n + 1)] byte *p);",
        "p",
    )
    assert found.type == Pointer(Array(Base(BaseKind.BYTE), size=plus(N, 1)), REF)


def test_pointer_where_an_integer_is_wanted_needs_a_star() -> None:
    assert errors(
        "void f([in] handle_t h, [in] long *n, [in, size_is(n)] long *p);"
    ) == ["count-not-integer"]


def test_too_many_slots_are_refused() -> None:
    assert errors(
        "void f([in] handle_t h, [in] long n, [in, size_is(n, n)] long *p);"
    ) == ["attribute-not-allowed-here"]
