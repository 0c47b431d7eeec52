"""The expression of an ``#if``, once its macros are replaced."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable
from typing import Final

MAX_CONDITION_NESTING: Final = 100
MAX_CONDITION_TOKENS: Final = 10_000

_TOKEN = re.compile(
    r"""\s*(?:(?P<integer>0[xX][0-9A-Fa-f]+|[0-9]+)(?:[uU]?[iI]64|[uUlL]{0,3})(?![\w.])
        |'(?P<character>\\.|[^'\\])'
        |(?P<name>[A-Za-z_$][\w$]*)
        |(?P<operator>\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%<>!~&|^()?:])
        |(?P<end>\Z))""",
    re.VERBOSE,
)
_LEVELS: Final = (
    "||",
    "&&",
    "|",
    "^",
    "&",
    "== !=",
    "< > <= >=",
    "<< >>",
    "+ -",
    "* / %",
)
_PRECEDENCE: Final = {
    operator: level for level, row in enumerate(_LEVELS, 1) for operator in row.split()
}
_OPERATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "&": lambda left, right: left & right,
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "==": operators.eq,
    "!=": operators.ne,
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
    # As the processor does; no source may ask for a number of any size.
    "<<": lambda left, right: left << (right & 63),
    ">>": lambda left, right: left >> (right & 63),
    # Towards zero, as C does.
    "/": lambda left, right: _quotient(left, right),
    "%": lambda left, right: left - _quotient(left, right) * right,
}


class ConditionError(Exception):
    """The text is no expression, or has no value."""


def evaluate(text: str) -> bool:
    """Whether an expression of integers is not zero; names count as zero, as in C.

    Raises:
        ConditionError: it has no value, by its form or by a division by zero.
    """
    value = _Evaluation(text).whole()
    if value is None:
        raise ConditionError("division by zero")
    return value != 0


class _Evaluation:
    """One pass over the tokens; a value is None when a division by zero is in it."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._position = 0
        self._depth = 0

    def whole(self) -> int | None:
        value = self._conditional()
        if self._tokens[self._position] != "":
            raise ConditionError(f"{self._tokens[self._position]!r} does not fit")
        return value

    def _takes(self, token: str) -> bool:
        if self._tokens[self._position] != token:
            return False
        self._position += 1
        return True

    def _conditional(self) -> int | None:
        self._depth += 1
        if self._depth > MAX_CONDITION_NESTING:
            raise ConditionError("nested too deep")
        condition = self._binary(1)
        if self._takes("?"):
            positive = self._conditional()
            if not self._takes(":"):
                raise ConditionError("'?' without ':'")
            negative = self._conditional()
            condition = condition and positive if condition != 0 else negative
        self._depth -= 1
        return condition

    def _binary(self, lowest: int) -> int | None:
        left = self._unary()
        while (
            _PRECEDENCE.get(operator := str(self._tokens[self._position]), 0) >= lowest
        ):
            self._position += 1
            left = _apply(operator, left, self._binary(_PRECEDENCE[operator] + 1))
        return left

    def _unary(self) -> int | None:
        signs: list[str] = []
        while (token := self._tokens[self._position]) in ("-", "+", "!", "~"):
            signs.append(str(token))
            self._position += 1
        self._position += 1
        if token == "(":
            value = self._conditional()
            if not self._takes(")"):
                raise ConditionError("'(' without ')'")
        elif isinstance(token, int):
            value = token
        else:
            raise ConditionError(
                f"{token!r} does not fit" if token else "it ends early"
            )
        for sign in signs[::-1]:
            if value is not None:
                value = _wrapped(
                    {"-": -value, "+": value, "!": int(not value), "~": ~value}[sign]
                )
        return value


def _tokens(text: str) -> list[int | str]:
    """Numbers as numbers, operators as text, and "" at the end."""
    tokens: list[int | str] = []
    position = 0
    text = text.rstrip()
    while True:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ConditionError(f"{text[position:].split()[0]!r} does not fit")
        position = match.end()
        if number := match.group("integer"):
            tokens.append(_integer(number))
        elif character := match.group("character"):
            tokens.append(ord(character[-1]))
        elif match.group("name"):
            tokens.append(0)
        else:
            tokens.append(match.group("operator") or "")
        if tokens[-1] == "":
            return tokens
        if len(tokens) > MAX_CONDITION_TOKENS:
            raise ConditionError("it is too long")


def _integer(text: str) -> int:
    if len(text) > 30:
        raise ConditionError(f"{text[:20]}... needs more than 64 bits")
    if text[:2] in ("0x", "0X"):
        return _wrapped(int(text, 16))
    is_octal = text[0] == "0" and text.strip("01234567") == ""
    return _wrapped(int(text, 8 if is_octal else 10))


def _apply(operator: str, left: int | None, right: int | None) -> int | None:
    # These two decide without their right side, whatever is wrong with it.
    if operator == "&&" and left == 0:
        return 0
    if operator == "||" and left:
        return 1
    if operator in ("&&", "||"):
        return None if left is None or right is None else int(right != 0)
    if left is None or right is None or (operator in "/%" and right == 0):
        return None
    return _wrapped(int(_OPERATIONS[operator](left, right)))


def _quotient(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _wrapped(value: int) -> int:
    """What is left of a value in 64 bits, signed or not."""
    if -(1 << 63) <= value < 1 << 64:
        return value
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value
