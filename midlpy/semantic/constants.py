"""Constant expressions to values, with C's operators.

Integers are unbounded, those with a U or cast to an unsigned type as wide as in C.

Spec: MIDL reference, const; C precedence is the parser's. The result is converted to its
type only where it is declared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic import constant_values, ir, lookup, types
from midlpy.semantic.arithmetic import (
    INTEGERS,
    MAX_SHIFT,
    SIGNED,
    SIZES,
    Unsigned,
    compute,
    wrap,
)
from midlpy.semantic.c_layout import c_layout
from midlpy.semantic.declared import Declared
from midlpy.semantic.scope import (
    ConstantSymbol,
    Constructed,
    EnumeratorSymbol,
    GuidSymbol,
    Kind,
    Site,
)

Value: TypeAlias = int | float | str | None

WORDS: Final[Mapping[str, int | None]] = {"TRUE": 1, "FALSE": 0, "NULL": None}
_FLOATS: Final = frozenset({ir.BaseKind.FLOAT, ir.BaseKind.DOUBLE})
_LONG: Final = re.compile("ll|i64", re.IGNORECASE)
_TYPE: Final = "a type, not a constant"


@dataclass(eq=False)
class ConstantError(Exception):
    """An expression without a value: the finding to report.

    *unknown* is the name that nothing declares, if that is why.
    """

    rule: str
    message: str
    span: Span
    help: str | None = None
    notes: tuple[Note, ...] = field(default=())
    unknown: str | None = None

    def all_notes(self) -> tuple[Note, ...]:
        """Its notes, with those that are only looked for when they are told."""
        return self.notes

    def report(self, site: Site) -> None:
        """Report it; an unknown name once in a file, since a missing import hides many."""
        if self.unknown is not None:
            if self.unknown in site.scope.unknown_constants:
                return
            site.scope.unknown_constants.add(self.unknown)
        site.findings.report(
            self.rule, self.message, self.span, help=self.help, notes=self.all_notes()
        )


class Silent(Exception):
    """No value because of a mistake that has been reported."""


def evaluate(
    expression: ast.Expression, site: Site, known: Mapping[str, int] | None = None
) -> Value:
    """The value of *expression*; *known* are names that win over declared ones.

    Raises:
        ConstantError: it has none.
        Silent: it has none, for a reason reported elsewhere.
    """
    value = _evaluate(expression, site, known)
    return int(value) if isinstance(value, Unsigned) else value


def _evaluate(
    expression: ast.Expression, site: Site, known: Mapping[str, int] | None
) -> Value:
    """The same, and which integers are unsigned."""
    match expression:
        case ast.Integer() if expression.unsigned:
            is_long = expression.value > 0xFFFF_FFFF or _LONG.search(expression.text)
            return Unsigned(expression.value, 8 if is_long else 4)
        case ast.Integer() | ast.Float() | ast.Character() | ast.String():
            return expression.value
        case ast.Parenthesis():
            return _evaluate(expression.operand, site, known)
        case ast.NameReference():
            return _named(expression.name, site, known or {})
        case ast.Unary():
            return _unary(expression, site, known)
        case ast.Binary():
            cast = types.as_cast(expression, site)
            if cast is not None:
                return _evaluate(cast, site, known)
            return _binary(expression, site, known)
        case ast.Conditional():
            condition = _evaluate(expression.condition, site, known)
            chosen = expression.positive if condition else expression.negative
            return _evaluate(chosen, site, known)
        case ast.Cast():
            value = _evaluate(expression.operand, site, known)
            return _cast(value, types.declare_name(expression.type, site))
        case ast.SizeofType() | ast.SizeofExpression():
            return size_of(expression, site)
        case ast.Call():
            cast = types.as_cast(expression, site)
            if cast is not None:
                return _evaluate(cast, site, known)
        case ast.Braces():
            raise ConstantError(
                "compound-initializer",
                "a constant takes one value, not a list in braces",
                expression.span,
            )
        case _:
            pass
    raise ConstantError(
        "not-a-constant", "this is no constant expression", expression.span
    )


def integer(
    expression: ast.Expression, site: Site, known: Mapping[str, int] | None = None
) -> int:
    """The value of *expression*, which must be an integer.

    Raises:
        ConstantError, Silent: as for ``evaluate``, or it is something else.
    """
    value = evaluate(expression, site, known)
    if isinstance(value, int):
        return value
    raise ConstantError(
        "wrong-expression",
        f"an integer is wanted here, this is {spell(value)}",
        expression.span,
    )


def spell(value: Value) -> str:
    """What *value* is, for a message about what is no integer."""
    if value is None:
        return "NULL"
    return "a string" if isinstance(value, str) else "a floating-point number"


def convert(value: Value, declared: Declared) -> Value:
    """*value* as C converts it to a number's type; other types leave it alone."""
    if not isinstance(value, int | float) or declared.levels:
        return value
    if isinstance(declared.core, ir.Base) and declared.core.kind in _FLOATS:
        return float(value)
    value = int(value)
    if isinstance(declared.core, Constructed) and declared.core.kind is Kind.ENUM:
        return wrap(value, 4, signed=True)
    if not isinstance(declared.core, ir.Base) or declared.core.kind not in INTEGERS:
        return value
    kind = declared.core.kind
    if kind is ir.BaseKind.BOOLEAN:
        return value != 0
    return wrap(value, SIZES[kind], signed=kind in SIGNED)


def _cast(value: Value, declared: Declared) -> Value:
    """*value* converted; what is narrower than an int is computed with as an int."""
    value = convert(value, declared)
    core = declared.core
    if not isinstance(value, int) or declared.levels or not isinstance(core, ir.Base):
        return value
    octets = SIZES.get(core.kind, 0)
    if core.kind in INTEGERS - SIGNED and octets >= 4:
        return Unsigned(value, octets)
    return value


def size_of(expression: ast.SizeofType | ast.SizeofExpression, site: Site) -> int:
    """What sizeof gives, where every C compiler agrees.

    Raises:
        ConstantError: the size depends on the layout of another compiler.
    """
    if isinstance(expression, ast.SizeofType):
        declared = types.declare_name(expression.type, site)
    else:
        operand = expression.operand
        if not isinstance(operand, ast.NameReference):
            raise _no_size(expression.span)
        declared = lookup.named(ast.NamedType(operand.name), site)
    if declared.is_poison:
        raise Silent
    size = c_layout(declared)
    if size is None:
        raise _no_size(expression.span)
    return size[0]


def _no_size(span: Span) -> ConstantError:
    return ConstantError(
        "sizeof-operand",
        "sizeof takes a type that is as large for every compiler",
        span,
    )


def _named(name: ast.Name, site: Site, known: Mapping[str, int]) -> Value:
    if name.text in known:
        return known[name.text]
    symbol = site.scope.find_name(name.text)
    if isinstance(symbol, ConstantSymbol):
        return constant_values.constant_value(symbol)
    if isinstance(symbol, EnumeratorSymbol):
        values = constant_values.enumerator_values(symbol.owner)
        if name.text in values:
            return values[name.text]
        # An enumerator that comes later in the same enum.
        raise _UnknownName(name, site)
    if name.text in WORDS:
        return WORDS[name.text]
    if symbol is not None:
        kind = "a UUID, not a number" if isinstance(symbol, GuidSymbol) else _TYPE
        raise ConstantError(
            "not-a-constant",
            f"'{name.text}' is {kind}",
            name.span,
            notes=(Note(f"'{name.text}' is declared here", symbol.span),),
        )
    if site.scope.import_earlier(name.text):
        return _named(name, site, known)
    raise _UnknownName(name, site)


class _UnknownName(ConstantError):
    """A name that is no constant's.

    What it may be a misspelling of is looked for last: most such names are in macros
    for C, which stay as they are.
    """

    def __init__(self, name: ast.Name, site: Site) -> None:
        message = f"no constant is called '{name.text}'"
        rule = "unknown-name-in-expression"
        super().__init__(rule, message, name.span, unknown=name.text)
        self._name, self._site = name.text, site

    def all_notes(self) -> tuple[Note, ...]:
        names = self._site.scope.value_names
        near = self._site.findings.suggestion(self._name, names)
        if near is None:
            return ()
        return (Note(f"'{near}' is declared here", names()[near]),)


def _unary(expression: ast.Unary, site: Site, known: Mapping[str, int] | None) -> Value:
    value = _evaluate(expression.operand, site, known)
    if isinstance(value, float) and expression.operator in "+-":
        return -value if expression.operator == "-" else value
    if expression.operator == "!" and not isinstance(value, str):
        return int(not value)
    if isinstance(value, int) and expression.operator in "-+~":
        computed = {"-": -value, "+": value, "~": ~value}[expression.operator]
        if isinstance(value, Unsigned):
            return Unsigned(computed, value.octets)
        return computed
    if expression.operator in "*&":
        raise ConstantError(
            "not-a-constant",
            f"'{expression.operator}' has no place in a constant expression",
            expression.span,
        )
    raise _misfit(expression.operator, expression.span)


def _misfit(operator: str, span: Span) -> ConstantError:
    return ConstantError(
        "operands-do-not-fit", f"'{operator}' does not apply to these operands", span
    )


def _binary(
    expression: ast.Binary, site: Site, known: Mapping[str, int] | None
) -> Value:
    left = _evaluate(expression.left, site, known)
    if expression.operator in ("&&", "||"):
        if bool(left) == (expression.operator == "||"):
            return int(bool(left))
        return int(bool(_evaluate(expression.right, site, known)))
    right = _evaluate(expression.right, site, known)
    if isinstance(left, float) or isinstance(right, float):
        return _float(expression, left, right)
    if not (isinstance(left, int) and isinstance(right, int)):
        if expression.operator in ("==", "!=") and (left is None or right is None):
            return int((left == right) == (expression.operator == "=="))
        raise _misfit(expression.operator, expression.span)
    return apply(expression.operator, left, right, expression.span)


def _float(expression: ast.Binary, left: Value, right: Value) -> float:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise _misfit(expression.operator, expression.span)
    match expression.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            return left / right
        case _:
            raise _misfit(expression.operator, expression.span)


def apply(operator: str, left: int, right: int, span: Span) -> int:
    """C's *operator* on two integers.

    Raises:
        ConstantError: a division by zero, a shift out of reason.
    """
    if operator in ("/", "%") and right == 0:
        raise ConstantError("divide-by-zero", "division by zero", span)
    if operator in ("<<", ">>") and not 0 <= right <= MAX_SHIFT:
        raise ConstantError(
            "operands-do-not-fit", f"a shift by {right} is outside 0..{MAX_SHIFT}", span
        )
    return compute(operator, left, right)
