from __future__ import annotations

import pytest

from midlpy.codegen.expressions import expression
from midlpy.semantic.ir import (
    Binary,
    Conditional,
    Constant,
    Convert,
    Expression,
    Sibling,
    Unary,
)

N, M = Sibling("n"), Sibling("m")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (N, "n"),
        (Sibling("n", dereferenced=True), "n"),
        (Binary("+", N, Constant(1)), "n + 1"),
        (Binary("*", Binary("+", N, Constant(1)), Constant(2)), "(n + 1) * 2"),
        (Binary("-", N, Binary("-", M, Constant(1))), "n - (m - 1)"),
        (Binary("/", N, Constant(2)), "n / 2"),
        (
            Binary("&", Binary("+", N, Constant(7)), Unary("~", Constant(7))),
            "n + 7 & ~7",
        ),
        (Binary("<", N, Constant(-1)), "n < -1"),
        (Binary("==", Binary("<", N, M), Constant(0)), "(n < m) == 0"),
        (Unary("!", N), "not n"),
        (Binary("+", Unary("!", N), Constant(1)), "(not n) + 1"),
        (Conditional(N, M, Constant(0)), "m if n else 0"),
        (Conditional(Binary("&&", N, M), N, M), "n if n and m else m"),
        (Binary("*", Conditional(N, M, N), Constant(2)), "(m if n else n) * 2"),
        (Binary("||", N, M), "1 if n or m else 0"),
        (Convert(N, 2, False), "n & 65535"),
        (Convert(N, 1, True), "(n + 128 & 255) - 128"),
    ],
)
def test_python_text_has_the_parentheses_it_needs(node: Expression, text: str) -> None:
    assert expression(node, str) == text


@pytest.mark.parametrize("value", [-129, -1, 0, 127, 128, 255, 70000])
def test_a_cast_wraps_as_in_c(value: int) -> None:
    octet = eval(expression(Convert(N, 1, True), str), {"n": value})
    assert octet == int.from_bytes((value & 0xFF).to_bytes(1, "little"), signed=True)


def test_names_are_spelled_by_the_caller() -> None:
    assert expression(Binary("*", N, M), str.upper) == "N * M"
