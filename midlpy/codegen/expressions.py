"""Size and switch expressions as Python text over Python names."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from midlpy.semantic import ir

# How tightly Python binds what is around an operand.
_CONDITION, _OR, _AND, _NOT, _COMPARE, _BIT_OR, _BIT_XOR, _BIT_AND = range(8)
_SHIFT, _SUM, _PRODUCT, _SIGN, _ATOM = range(8, 13)

_BINDING = {
    "||": _OR,
    "&&": _AND,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE),
    "|": _BIT_OR,
    "^": _BIT_XOR,
    "&": _BIT_AND,
    **dict.fromkeys(("<<", ">>"), _SHIFT),
    **dict.fromkeys(("+", "-"), _SUM),
    **dict.fromkeys(("*", "/", "%"), _PRODUCT),
}
_WORDS = {"||": "or", "&&": "and"}
_TRUTHS = frozenset({"||", "&&"})

Name = Callable[[str], str]


def expression(node: ir.Expression, name: Name) -> str:
    """*node* in Python syntax, its siblings spelled by *name*.

    A star is gone, since a sibling's value is what it points to; ``/`` and ``%`` are C's.
    """
    return _number(node, name, _CONDITION)


def _number(node: ir.Expression, name: Name, around: int) -> str:
    """*node* as a number: ``&&`` and the like give 0 or 1, as in C."""
    if isinstance(node, ir.Binary) and node.operator in _TRUTHS:
        return _within(_CONDITION, around, f"1 if {_truth(node, name, _OR)} else 0")
    return _text(node, name, around)


def _truth(node: ir.Expression, name: Name, around: int) -> str:
    """*node* where only its truth counts."""
    if isinstance(node, ir.Binary) and node.operator in _TRUTHS:
        binding = _BINDING[node.operator]
        left = _truth(node.left, name, binding)
        right = _truth(node.right, name, binding + 1)
        return _within(binding, around, f"{left} {_WORDS[node.operator]} {right}")
    return _text(node, name, around)


def _text(node: ir.Expression, name: Name, around: int) -> str:
    match node:
        case ir.Constant(value):
            return _within(_SIGN if value < 0 else _ATOM, around, str(value))
        case ir.Sibling(sibling):
            return name(sibling)
        case ir.Unary("!", operand):
            return _within(_NOT, around, f"not {_truth(operand, name, _NOT)}")
        case ir.Unary(operator, operand):
            return _within(_SIGN, around, f"{operator}{_number(operand, name, _SIGN)}")
        case ir.Binary(operator, left, right):
            binding = _BINDING[operator]
            # Python reads a < b < c as no C program does: neither side binds alike.
            first = _number(left, name, binding + (binding == _COMPARE))
            second = _number(right, name, binding + 1)
            return _within(binding, around, f"{first} {operator} {second}")
        case ir.Conditional(condition, positive, negative):
            text = (
                f"{_number(positive, name, _OR)} if {_truth(condition, name, _OR)} "
                f"else {_number(negative, name, _CONDITION)}"
            )
            return _within(_CONDITION, around, text)
        case ir.Convert(operand, octets, is_signed):
            return _converted(operand, octets, is_signed, name, around)
        case _:
            assert_never(node)


def _converted(
    operand: ir.Expression, octets: int, is_signed: bool, name: Name, around: int
) -> str:
    mask = (1 << 8 * octets) - 1
    if not is_signed:
        text = f"{_number(operand, name, _BIT_AND)} & {mask}"
        return _within(_BIT_AND, around, text)
    sign = 1 << 8 * octets - 1
    text = f"({_number(operand, name, _SUM)} + {sign} & {mask}) - {sign}"
    return _within(_SUM, around, text)


def _within(binding: int, around: int, text: str) -> str:
    return f"({text})" if binding < around else text
