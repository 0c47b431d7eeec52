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
from midlpy.semantic import ir, lookup, types
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
from midlpy.semantic.declared import Declared, Void
from midlpy.semantic.quotes import names_in
from midlpy.semantic.scope import (
    ConstantSymbol,
    Constructed,
    EnumeratorSymbol,
    GuidSymbol,
    Kind,
    Site,
)

Value: TypeAlias = int | float | str | None

_WORDS: Final[Mapping[str, int | None]] = {"TRUE": 1, "FALSE": 0, "NULL": None}
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
        f"an integer is wanted here, this is {_spell(value)}",
        expression.span,
    )


def _spell(value: Value) -> str:
    if value is None:
        return "NULL"
    return "a string" if isinstance(value, str) else "a floating-point number"


def convert(value: Value, declared: Declared) -> Value:
    """*value* as C converts it to a number's type; other types leave it alone."""
    if not isinstance(value, int | float) or declared.levels:
        return value
    if isinstance(declared.core, ir.Base) and declared.core.kind in FLOATS:
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
        return constant_value(symbol)
    if isinstance(symbol, EnumeratorSymbol):
        values = enumerator_values(symbol.owner)
        if name.text in values:
            return values[name.text]
        # An enumerator that comes later in the same enum.
        raise _UnknownName(name, site)
    if name.text in _WORDS:
        return _WORDS[name.text]
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


def constant_value(symbol: ConstantSymbol) -> Value:
    """The value of a declared constant, converted to its type, computed once.

    Raises:
        Silent: it has none; reported at its declaration.
        ConstantError: it is defined by itself.
    """
    if symbol.is_busy:
        raise ConstantError(
            "not-a-constant",
            f"'{symbol.name.text}' is defined by itself",
            symbol.span,
        )
    if not symbol.is_known:
        symbol.is_busy = True
        try:
            _resolve(symbol)
        finally:
            symbol.is_busy = False
            symbol.is_known = True
    if symbol.is_bad:
        raise Silent
    return symbol.value


def enumerator_values(named: Constructed) -> Mapping[str, int]:
    """The enumerators of an enum, in order; while they are computed, those so far.

    Spec: MIDL reference, enum: one more than the one before, starting at 0.
    """
    if named.enumerators_done or named.is_busy:
        return named.enumerators
    node = named.node
    assert isinstance(node, ast.EnumType)
    named.is_busy = True
    value = 0
    for enumerator in node.enumerators or ():
        if enumerator.value is not None:
            try:
                value = _enumerator(enumerator.value, named)
            except ConstantError as error:
                error.report(named.site)
            except Silent:
                pass
        octets = named.enum_octets
        known = wrap(value, octets or 4, signed=octets is None)
        if octets is None and not _is_bit_pattern(value) and known != value:
            name = enumerator.name
            named.site.findings.report(
                "constant-range",
                f"{value} does not fit an enumerator, which is an int; "
                f"'{name.text}' becomes {known}",
                name.span,
            )
        named.enumerators[enumerator.name.text] = known
        value += 1
    named.is_busy = False
    named.enumerators_done = True
    return named.enumerators


def _enumerator(expression: ast.Expression, named: Constructed) -> int:
    value = evaluate(expression, named.site, named.enumerators)
    if isinstance(value, int):
        return value
    raise ConstantError(
        "enum-value",
        f"an enumerator is an integer, not {_spell(value)}",
        expression.span,
    )


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


# Declarations


TEXT: Final = frozenset({ir.BaseKind.CHAR, ir.BaseKind.WCHAR, ir.BaseKind.BYTE})
FLOATS: Final = frozenset({ir.BaseKind.FLOAT, ir.BaseKind.DOUBLE})


def _resolve(symbol: ConstantSymbol) -> None:
    """Compute *symbol*'s value, converted to its type; reports what is wrong."""
    if symbol.quote is not None:
        _resolve_quoted(symbol)
        return
    site = symbol.site
    declared = types.declare_presented(
        symbol.node.specifiers, symbol.declarator.declarator, site
    )
    symbol.is_bad = True
    if declared.is_poison:
        return
    name = symbol.name.text
    initializer = symbol.declarator.initializer
    if initializer is None:
        site.findings.report(
            "const-without-value", f"the constant '{name}' has no value", symbol.span
        )
        return
    is_cast = declared.levels and _is_pointer_cast(initializer, site)
    is_list = isinstance(initializer, ast.Braces)
    if not (is_cast or is_list or _may_be_constant(declared)):
        site.findings.report(
            "const-type",
            f"the constant '{name}' is of type {declared.text}, which has no constants",
            symbol.node.specifiers.span,
        )
        return
    try:
        value = evaluate(initializer, site)
    except ConstantError as error:
        error.report(site)
        return
    except Silent:
        return
    if is_cast and isinstance(value, int) and value:
        # A pointer that is never followed: (T *)-1 marks something.
        symbol.value = value
        symbol.is_bad = False
        return
    _settle(symbol, declared, value, initializer)


def _is_pointer_cast(initializer: ast.Expression, site: Site) -> bool:
    """Whether the value is made a pointer in so many words."""
    match initializer:
        case ast.Parenthesis():
            return _is_pointer_cast(initializer.operand, site)
        case ast.Binary() | ast.Call():
            cast = types.as_cast(initializer, site)
            return cast is not None and _is_pointer_cast(cast, site)
        case ast.Cast():
            return bool(types.declare_name(initializer.type, site).levels)
        case _:
            return False


def _resolve_quoted(symbol: ConstantSymbol) -> None:
    """The same for text that may as well be for C alone: nothing is wrong with it."""
    initializer = symbol.declarator.initializer
    assert initializer is not None
    symbol.is_bad = True
    if not all(_is_known(name, symbol.site) for name in names_in(initializer)):
        return
    try:
        value = evaluate(initializer, symbol.site)
    except (ConstantError, Silent):
        return
    if isinstance(value, int | str):
        symbol.is_bad, symbol.value = False, value


def _is_known(name: str, site: Site) -> bool:
    return name in _WORDS or site.scope.find_name(name) is not None


def _may_be_constant(declared: Declared) -> bool:
    core = declared.core
    if declared.levels:
        is_text = isinstance(core, ir.Base) and core.kind in TEXT
        return len(declared.levels) == 1 and (is_text or isinstance(core, Void))
    return isinstance(core, ir.Base) or (
        isinstance(core, Constructed) and core.kind is Kind.ENUM
    )


def _settle(
    symbol: ConstantSymbol,
    declared: Declared,
    value: Value,
    initializer: ast.Expression,
) -> None:
    """Convert *value* to the type of *symbol*, or say why it does not fit."""
    site, name = symbol.site, symbol.name.text
    is_text = bool(declared.levels)
    if isinstance(value, int) and is_text and value == 0:
        value = None
    if is_text != (isinstance(value, str) or value is None):
        site.findings.report(
            "constant-type-mismatch",
            f"'{name}' is {declared.text}, its value is {_spell_kind(value)}",
            initializer.span,
        )
        return
    symbol.is_bad = False
    symbol.value = convert(value, declared)
    if (
        isinstance(value, int)
        and symbol.value != value
        and not isinstance(symbol.value, float)
        and not _is_bit_pattern(value)
    ):
        site.findings.report(
            "constant-range",
            f"{value} does not fit {declared.text}; '{name}' becomes {symbol.value}",
            initializer.span,
        )


def _is_bit_pattern(value: int) -> bool:
    """``const long E_FAIL = 0x80004005`` is how everybody writes a negative number."""
    return 0x8000_0000 <= value <= 0xFFFF_FFFF or value == -1


def _spell_kind(value: Value) -> str:
    return "an integer" if isinstance(value, int) else _spell(value)
