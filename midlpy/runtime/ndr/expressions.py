"""Count expressions: size_is, length_is, first_is and switch_is, as Python text.

They are written in Python syntax over the names of sibling fields or parameters, but
``/`` and ``%`` are those of C, which truncate towards zero.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Final

from midlpy.runtime.ndr.failure import refuse


def divide(dividend: int, divisor: int) -> int:
    """The quotient as in C."""
    if not divisor:
        raise refuse("has a count that divides by zero")
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def remainder(dividend: int, divisor: int) -> int:
    """The remainder as in C."""
    return dividend - divisor * divide(dividend, divisor)


def shift(value: int, count: int) -> int:
    """*value* shifted left; a peer may choose *count*, but not our memory."""
    if not 0 <= count < 64:
        raise refuse(f"has a count that is shifted by {count}")
    return value << count


HELPERS: Final = {"divide": divide, "remainder": remainder, "shift": shift}

_OPERATORS: Final[dict[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Invert: "~",
    ast.USub: "-",
    ast.UAdd: "+",
}

_CALLS: Final[dict[type[ast.AST], str]] = {
    ast.Div: "divide",
    ast.FloorDiv: "divide",
    ast.Mod: "remainder",
    ast.LShift: "shift",
}

# What Python may say instead where nothing is negative and the divisor is a constant.
_PLAIN: Final[dict[type[ast.AST], str]] = {
    ast.Div: "//",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}

# Operators that make no negative number of others.
_NATURAL: Final = (
    ast.Add,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.RShift,
    ast.LShift,
    ast.BitOr,
    ast.BitXor,
)


class Expression:
    """One parsed expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._unsigned: Container[str] = ()
        try:
            self._tree = ast.parse(text, mode="eval").body
        except SyntaxError as error:
            raise ValueError(f"{text!r} is not an expression") from error
        self.names = frozenset(
            node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)
        )

    def render(
        self, variables: Mapping[str, str], unsigned: Container[str] = ()
    ) -> str:
        """Python text; *variables* says what the names are called there.

        The text may call what ``HELPERS`` holds. Names in *unsigned* are never negative,
        so that the division of Python is that of C.
        """
        self._unsigned = unsigned
        return self._render(self._tree, variables)

    def _render(self, node: ast.expr, variables: Mapping[str, str]) -> str:
        match node:
            case ast.Name(name):
                return variables[name]
            case ast.Constant(int(value)):
                return str(int(value))
            case ast.BinOp(left, operator, right):
                a, b = self._render(left, variables), self._render(right, variables)
                call = _CALLS.get(type(operator))
                plain = _PLAIN.get(type(operator))
                if plain and (_constant(right) or 0) > 0 and self._is_natural(left):
                    return f"({a} {plain} {b})"
                if call is None:
                    return f"({a} {_OPERATORS[type(operator)]} {b})"
                return f"{call}({a}, {b})"
            case ast.UnaryOp(ast.Not(), operand):
                return f"(not {self._render(operand, variables)})"
            case ast.UnaryOp(operator, operand):
                sign = _OPERATORS[type(operator)]
                return f"({sign}{self._render(operand, variables)})"
            case ast.Compare(left, [operator], [right]):
                a, b = self._render(left, variables), self._render(right, variables)
                return f"({a} {_OPERATORS[type(operator)]} {b})"
            case ast.BoolOp(operator, values):
                word = " and " if isinstance(operator, ast.And) else " or "
                terms = [self._render(value, variables) for value in values]
                # In C such an expression is 0 or 1, in Python one of its terms.
                return f"bool({word.join(terms)})"
            case ast.IfExp(test, body, orelse):
                a, b = self._render(body, variables), self._render(orelse, variables)
                return f"({a} if {self._render(test, variables)} else {b})"
            case _:
                raise ValueError(f"{self.text!r} has more than counts are made of")

    def _is_natural(self, node: ast.expr) -> bool:
        """Whether *node* can be seen never to be negative."""
        match node:
            case ast.Name(name):
                return name in self._unsigned
            case ast.Constant(int(value)):
                return value >= 0
            case ast.BinOp(left, ast.BitAnd(), right):
                return self._is_natural(left) or self._is_natural(right)
            case ast.BinOp(left, operator, right) if type(operator) in _NATURAL:
                return self._is_natural(left) and self._is_natural(right)
            case _:
                return False

    def inverse(self, result: str) -> tuple[str, str] | None:
        """The one name in it, and the value of it that gives *result*; or None.

        Where several values give *result*, the plain one: for ``(n + 7) & ~7`` it is
        *result* itself. The caller checks, since there may be no such value.
        """
        if len(self.names) != 1:
            return None
        text = _inverse(self._tree, result)
        return None if text is None else (next(iter(self.names)), text)


# What a cast to an unsigned integer keeps of a number.
_CASTS: Final = frozenset((1 << bits) - 1 for bits in (8, 16, 32, 64))


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(int(value)):
            return value
        case ast.UnaryOp(ast.Invert(), ast.Constant(int(value))):
            return -1 - value
        case _:
            return None


def _inverse(node: ast.expr, result: str) -> str | None:
    if isinstance(node, ast.Name):
        return result
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _constant(node.left), _constant(node.right)
    if right is None:
        if left is None:
            return None
        match node.op:
            case ast.Add():
                return _inverse(node.right, f"({result} - {left})")
            case ast.Sub():
                return _inverse(node.right, f"({left} - {result})")
            case ast.Mult() if left > 0:
                return _inverse(node.right, f"({result} // {left})")
            case _:
                return None
    inner = node.left
    match node.op:
        case ast.Add():
            return _inverse(inner, f"({result} - {right})")
        case ast.Sub():
            return _inverse(inner, f"({result} + {right})")
        case ast.Mult() if right > 0:
            return _inverse(inner, f"({result} // {right})")
        case ast.Div() | ast.FloorDiv() if right > 0:
            return _inverse(_without(inner, right - 1), f"({result} * {right})")
        case ast.LShift() if 0 <= right < 64:
            return _inverse(inner, f"({result} >> {right})")
        case ast.RShift() if 0 <= right < 64:
            return _inverse(_without(inner, (1 << right) - 1), f"({result} << {right})")
        case ast.BitAnd() if right < 0:
            return _inverse(_without(inner, ~right), result)
        case ast.BitAnd() if right in _CASTS:
            return _inverse(inner, result)
        case _:
            return None


def _without(node: ast.expr, rounding: int) -> ast.expr:
    """*node* without ``+ rounding``, which only rounds up what comes next."""
    match node:
        case ast.BinOp(inner, ast.Add(), ast.Constant(value)) if value == rounding:
            return inner
        case _:
            return node


@lru_cache(maxsize=1024)
def parsed(text: str) -> Expression:
    """The expression *text* stands for."""
    return Expression(text)
