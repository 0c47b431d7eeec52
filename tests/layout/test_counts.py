from __future__ import annotations

import pytest

from midlpy.layout import plan
from midlpy.layout.counts import counts, unknown
from midlpy.semantic.ir import (
    BaseKind,
    Binary,
    Constant,
    Convert,
    Expression,
    PointerKind,
    Sibling,
    Unary,
)

N = Sibling("n")
NUMBER = plan.Scalar(BaseKind.UINT32)


def array(size: Expression, length: Expression | None = None) -> plan.Type:
    inner = plan.Conformant(NUMBER, size, length, None)
    return plan.Pointer(inner, PointerKind.UNIQUE)


@pytest.mark.parametrize(
    "expression",
    [
        N,
        Binary("+", N, Constant(1)),
        Binary("+", Constant(1), N),
        Binary("-", N, Constant(1)),
        Binary("*", N, Constant(4)),
        Binary("*", Constant(4), N),
        Binary("/", N, Constant(2)),
        Binary("&", Binary("+", N, Constant(7)), Constant(~7)),
        Binary("&", Binary("+", N, Constant(7)), Constant(0xFFFFFFF8)),
        Convert(N, 4, False),
    ],
)
def test_one_unknown_can_be_solved_for(expression: Expression) -> None:
    assert unknown(expression) == "n"


@pytest.mark.parametrize(
    "expression",
    [
        None,
        Constant(8),
        Binary("*", N, N),
        Binary("*", N, Constant(0)),
        Binary("-", Constant(8), N),
        Binary("&", N, Constant(6)),
        Binary("%", N, Constant(2)),
        Unary("-", N),
    ],
)
def test_other_expressions_determine_nothing(expression: Expression | None) -> None:
    assert unknown(expression) is None


def test_size_and_length_determine_counts() -> None:
    members = [
        ("size", NUMBER),
        ("used", plan.Pointer(NUMBER, PointerKind.REF)),
        ("data", array(Sibling("size"), Sibling("used"))),
    ]
    assert counts(members) == {"size", "used"}


def test_a_count_that_may_be_null_is_none() -> None:
    members = [("n", plan.Pointer(NUMBER, PointerKind.UNIQUE)), ("data", array(N))]
    assert counts(members) == frozenset()


def test_a_name_that_is_no_sibling_is_none() -> None:
    assert counts([("data", array(N))]) == frozenset()
