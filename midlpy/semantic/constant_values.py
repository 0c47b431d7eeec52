"""The values of declared constants and of enumerators, each computed once.

Spec: MIDL reference, const and enum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from midlpy.frontend import ast
from midlpy.semantic import constants, ir, types
from midlpy.semantic.arithmetic import wrap
from midlpy.semantic.declared import Declared, Void
from midlpy.semantic.quotes import names_in
from midlpy.semantic.scope import ConstantSymbol, Constructed, Kind, Site

_TEXT: Final = frozenset({ir.BaseKind.CHAR, ir.BaseKind.WCHAR, ir.BaseKind.BYTE})


def constant_value(symbol: ConstantSymbol) -> constants.Value:
    """The value of a declared constant, converted to its type, computed once.

    Raises:
        Silent: it has none; reported at its declaration.
        ConstantError: it is defined by itself.
    """
    if symbol.is_busy:
        raise constants.ConstantError(
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
        raise constants.Silent
    return symbol.value


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
        value = constants.evaluate(initializer, site)
    except constants.ConstantError as error:
        error.report(site)
        return
    except constants.Silent:
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
        value = constants.evaluate(initializer, symbol.site)
    except (constants.ConstantError, constants.Silent):
        return
    if isinstance(value, int | str):
        symbol.is_bad, symbol.value = False, value


def _is_known(name: str, site: Site) -> bool:
    return name in constants.WORDS or site.scope.find_name(name) is not None


def _may_be_constant(declared: Declared) -> bool:
    core = declared.core
    if declared.levels:
        is_text = isinstance(core, ir.Base) and core.kind in _TEXT
        return len(declared.levels) == 1 and (is_text or isinstance(core, Void))
    return isinstance(core, ir.Base) or (
        isinstance(core, Constructed) and core.kind is Kind.ENUM
    )


def _settle(
    symbol: ConstantSymbol,
    declared: Declared,
    value: constants.Value,
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
    symbol.value = constants.convert(value, declared)
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


def _spell_kind(value: constants.Value) -> str:
    return "an integer" if isinstance(value, int) else constants.spell(value)


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
            except constants.ConstantError as error:
                error.report(named.site)
            except constants.Silent:
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
    value = constants.evaluate(expression, named.site, named.enumerators)
    if isinstance(value, int):
        return value
    raise constants.ConstantError(
        "enum-value",
        f"an enumerator is an integer, not {constants.spell(value)}",
        expression.span,
    )
