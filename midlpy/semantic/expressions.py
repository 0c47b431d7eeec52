"""Expressions of size_is, switch_is and their kin, over the neighbours of what they size.

Operands are siblings only, members of the same struct or parameters of the same operation,
in any order, besides constants. Spec: MIDL reference, size_is; C's meaning of operators.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic import constants, ir, types
from midlpy.semantic.arithmetic import INTEGERS, SIGNED, SIZES
from midlpy.semantic.constants import ConstantError, Silent
from midlpy.semantic.declared import Count, Declared
from midlpy.semantic.ir import BaseKind
from midlpy.semantic.scope import Constructed, FileScope, Kind, Site


class Neighbour(Struct, frozen=True):
    """A member or parameter an expression may name; *is_ignored* where nothing is sent."""

    declared: Declared
    span: Span
    is_ignored: bool = False


class Neighbours(Struct, frozen=True):
    """All of one struct or operation; *word* is ``member`` or ``parameter``."""

    word: str
    by_name: Mapping[str, Neighbour]


class Bound(Struct, frozen=True):
    """An expression with its names bound, and the type of its value."""

    expression: ir.Expression
    declared: Declared


INTEGER: Final = Declared((), ir.Base(BaseKind.INT32), "long")

# Operators that only ask whether a value is zero, so a pointer may be an operand.
LOGICAL: Final = frozenset({"&&", "||"})
COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">="})


class _Context(Struct, frozen=True):
    """Where an expression stands."""

    attribute: str
    neighbours: Neighbours
    site: Site


class Refused(Exception):
    """An expression that cannot be computed, in a dialect where that is no mistake."""


def bind(count: Count, neighbours: Neighbours, site: Site) -> ir.Expression | None:
    """The expression of one slot; None when it has none, which is reported."""
    context = _context(count.attribute, neighbours, site, count.scope)
    try:
        bound = _bind(count.expression, context)
        if not is_integer(bound.declared):
            raise _not_integer(count.expression, bound.declared, context)
        if _is_wide(bound.declared):
            site.findings.report(
                "wide-count",
                f"[{count.attribute}] counts in {bound.declared.text}, which MIDL does not",
                count.expression.span,
            )
    except ConstantError as error:
        _report(error, site)
        return None
    except Silent:
        return None
    return bound.expression


def bind_switch(
    expression: ast.Expression, neighbours: Neighbours, site: Site
) -> Bound | None:
    """What ``switch_is`` says; None when it makes no sense, which is reported."""
    context = _context("switch_is", neighbours, site, site.scope)
    try:
        bound = _bind(expression, context)
        while site.options.is_samba and _is_pointer(bound.declared):
            # Samba's compiler has no star for the generators that need none.
            expression = ast.Unary("*", expression, expression.span)
            bound = _bind(expression, context)
    except ConstantError as error:
        _report(error, site)
        return None
    except Silent:
        return None
    if not is_switchable(bound.declared):
        if site.options.is_samba:
            raise Refused(f"[switch_is] is {bound.declared.text}")
        site.findings.report(
            "switch-not-integer",
            f"[switch_is] wants an integer, char, boolean or enum, "
            f"not {bound.declared.text}",
            expression.span,
        )
        return None
    return bound


def _is_pointer(declared: Declared) -> bool:
    return bool(declared.levels) and declared.levels[0].is_pointer


def _report(error: ConstantError, site: Site) -> None:
    """Samba's expressions are C, of which only some can be computed here."""
    if site.options.is_samba:
        raise Refused(error.message)
    error.report(site)


def check_sibling(
    argument: ast.Argument | None, attribute: str, neighbours: Neighbours, site: Site
) -> None:
    """Report an *argument* that names nothing, where only the name matters."""
    match argument:
        case ast.Parenthesis() | ast.Unary() | ast.Cast():
            check_sibling(argument.operand, attribute, neighbours, site)
        case ast.NameReference() if argument.name.text not in neighbours.by_name:
            if site.scope.find_name(argument.name.text) is None:
                context = _context(attribute, neighbours, site, site.scope)
                _unknown(argument.name, context).report(site)
        case _:
            pass


def _context(
    attribute: str, neighbours: Neighbours, site: Site, scope: FileScope
) -> _Context:
    if scope is not site.scope:
        site = Site(scope, site.home, 0)
    return _Context(attribute, neighbours, site)


def is_integer(declared: Declared) -> bool:
    core = declared.core
    return not declared.levels and (
        (isinstance(core, ir.Base) and core.kind in INTEGERS)
        or (isinstance(core, Constructed) and core.kind is Kind.ENUM)
    )


def _is_wide(declared: Declared) -> bool:
    core = declared.core
    return isinstance(core, ir.Base) and SIZES[core.kind] > 4


def is_switchable(declared: Declared) -> bool:
    """What may select an arm. Spec: MIDL reference, switch_type."""
    return is_integer(declared)


def _bind(expression: ast.Expression, context: _Context) -> Bound:
    folded = _fold(expression, context)
    if folded is not None:
        return folded
    match expression:
        case ast.Parenthesis():
            return _bind(expression.operand, context)
        case ast.NameReference():
            return _sibling(expression.name, context)
        case ast.Unary():
            return _unary(expression, context)
        case ast.Binary():
            cast = types.as_cast(expression, context.site)
            if cast is not None:
                return _bind(cast, context)
            return _binary(expression, context)
        case ast.Conditional():
            return Bound(
                ir.Conditional(
                    _truth(expression.condition, context),
                    _integral(expression.positive, context),
                    _integral(expression.negative, context),
                ),
                INTEGER,
            )
        case ast.Cast():
            return _cast(expression, context)
        case ast.Call():
            cast = types.as_cast(expression, context.site)
            if cast is not None:
                return _bind(cast, context)
        case ast.Index():
            raise ConstantError(
                "index-on-non-array",
                f"[{context.attribute}] cannot index an array",
                expression.span,
            )
        case ast.Member():
            raise _member(expression, context)
        case _:
            pass
    raise ConstantError(
        "unsupported-expression",
        f"[{context.attribute}] takes names, integers and operators, not this",
        expression.span,
    )


def _fold(expression: ast.Expression, context: _Context) -> Bound | None:
    """*expression* as a constant, unless it names a neighbour."""
    if any(name in context.neighbours.by_name for name in _names(expression)):
        return None
    try:
        value = constants.evaluate(expression, context.site)
    except ConstantError as error:
        if error.rule in ("unknown-name-in-expression", "not-a-constant"):
            return None
        raise
    if isinstance(value, int):
        return Bound(ir.Constant(value), INTEGER)
    return None


def _names(expression: ast.Expression) -> frozenset[str]:
    """Every name in *expression*."""
    match expression:
        case ast.NameReference():
            return frozenset({expression.name.text})
        case ast.Parenthesis() | ast.Unary() | ast.Cast() | ast.Member():
            return _names(expression.operand)
        case ast.Binary():
            return _names(expression.left) | _names(expression.right)
        case ast.Conditional():
            return (
                _names(expression.condition)
                | _names(expression.positive)
                | _names(expression.negative)
            )
        case ast.Index():
            return _names(expression.operand) | _names(expression.index)
        case ast.Call():
            found = _names(expression.function)
            return found.union(*(_names(part) for part in expression.arguments))
        case _:
            return frozenset()


def _sibling(name: ast.Name, context: _Context) -> Bound:
    neighbour = context.neighbours.by_name.get(name.text)
    if neighbour is None:
        raise _unknown(name, context)
    if neighbour.declared.is_poison:
        raise Silent
    if neighbour.is_ignored:
        is_switch = context.attribute == "switch_is"
        raise ConstantError(
            "ignored-discriminant" if is_switch else "ignored-count",
            f"[{context.attribute}] comes from '{name.text}', which is not sent",
            name.span,
            help=f"leave the [ignore] of '{name.text}' out",
            notes=(Note(f"'{name.text}' is declared here", neighbour.span),),
        )
    return Bound(ir.Sibling(name.text), neighbour.declared)


def _unknown(name: ast.Name, context: _Context) -> ConstantError:
    if name.text == "*":
        return ConstantError(
            "unsupported-expression",
            f"[{context.attribute}(*)] is another compiler's; an expression is wanted",
            name.span,
        )
    names = context.neighbours.by_name
    near = context.site.findings.suggestion(name.text, lambda: names)
    notes: tuple[Note, ...] = ()
    if near is not None:
        notes = (Note(f"'{near}' is declared here", names[near].span),)
    return ConstantError(
        "unknown-name-in-attribute",
        f"[{context.attribute}] names '{name.text}', which is no "
        f"{context.neighbours.word} beside it",
        name.span,
        notes=notes,
    )


def _member(expression: ast.Member, context: _Context) -> ConstantError:
    operand = _bind(expression.operand, context)
    core = operand.declared.core
    if isinstance(core, Constructed) and core.kind is Kind.STRUCT:
        return ConstantError(
            "unsupported-expression",
            f"[{context.attribute}] cannot reach into a struct; "
            f"name a {context.neighbours.word} beside it",
            expression.span,
        )
    return ConstantError(
        "member-of-non-struct",
        f"'{expression.operator}{expression.name.text}' wants a struct on its left, "
        f"this is {operand.declared.text}",
        expression.span,
    )


def _unary(expression: ast.Unary, context: _Context) -> Bound:
    match expression.operator:
        case "*":
            return _dereference(expression, context)
        case "!":
            return Bound(ir.Unary("!", _truth(expression.operand, context)), INTEGER)
        case "-" | "~":
            operand = _integral(expression.operand, context)
            return Bound(ir.Unary(expression.operator, operand), INTEGER)
        case "+":
            return Bound(_integral(expression.operand, context), INTEGER)
        case _:
            raise ConstantError(
                "unsupported-expression",
                f"[{context.attribute}] cannot take an address",
                expression.span,
            )


def _dereference(expression: ast.Unary, context: _Context) -> Bound:
    operand = _bind(expression.operand, context)
    declared = operand.declared
    if not declared.levels or not isinstance(operand.expression, ir.Sibling):
        name = _spelled(expression.operand)
        raise ConstantError(
            "deref-non-pointer",
            f"'*{name}' wants a pointer, '{name}' is {declared.text}",
            expression.span,
            help=f"write '{name}'",
        )
    target = _behind(declared)
    sibling = ir.Sibling(operand.expression.name, dereferenced=True)
    return Bound(sibling, target)


def _behind(declared: Declared) -> Declared:
    text = declared.text.removesuffix("*").rstrip()
    return Declared(declared.levels[1:], declared.core, text)


def _spelled(expression: ast.Expression) -> str:
    return expression.name.text if isinstance(expression, ast.NameReference) else "it"


def _cast(expression: ast.Cast, context: _Context) -> Bound:
    target = types.declare_name(expression.type, context.site)
    if target.is_poison:
        raise Silent
    core = target.core
    operand = _integral(expression.operand, context)
    if target.levels or not isinstance(core, ir.Base):
        raise ConstantError(
            "unsupported-expression",
            f"[{context.attribute}] cannot cast to {target.text}",
            expression.span,
        )
    if core.kind not in INTEGERS:
        raise _not_integer(expression, target, context)
    octets = SIZES[core.kind]
    is_signed = core.kind in SIGNED
    return Bound(ir.Convert(operand, octets, is_signed), target)


def _binary(expression: ast.Binary, context: _Context) -> Bound:
    operator = expression.operator
    if operator in LOGICAL or operator in ("==", "!="):
        left = _truth(expression.left, context)
        right = _truth(expression.right, context)
    else:
        left = _integral(expression.left, context)
        right = _integral(expression.right, context)
    if operator in ("/", "%") and right == ir.Constant(0):
        raise ConstantError("divide-by-zero", "division by zero", expression.span)
    return Bound(ir.Binary(operator, left, right), INTEGER)


def _truth(expression: ast.Expression, context: _Context) -> ir.Expression:
    """An operand of which only zero or not matters; a pointer's is null or not."""
    inner = expression
    while isinstance(inner, ast.Parenthesis):
        inner = inner.operand
    if isinstance(inner, ast.NameReference) and inner.name.text == "NULL":
        return ir.Constant(0)
    bound = _bind(expression, context)
    if bound.declared.levels and isinstance(bound.expression, ir.Sibling):
        return bound.expression
    return _checked(bound, expression, context)


def _integral(expression: ast.Expression, context: _Context) -> ir.Expression:
    return _checked(_bind(expression, context), expression, context)


def _checked(
    bound: Bound, expression: ast.Expression, context: _Context
) -> ir.Expression:
    if not is_integer(bound.declared):
        raise _not_integer(expression, bound.declared, context)
    return bound.expression


def _not_integer(
    expression: ast.Expression, declared: Declared, context: _Context
) -> ConstantError:
    name = _spelled(expression)
    neighbour = context.neighbours.by_name.get(name)
    remedy = None
    if declared.levels and is_integer(_behind(declared)):
        remedy = f"write '*{name}'"
    if neighbour is None:
        return ConstantError(
            "count-not-integer",
            f"[{context.attribute}] wants an integer, not {declared.text}",
            expression.span,
            help=remedy,
        )
    note = Note(f"'{name}' is declared here, as {declared.text}", neighbour.span)
    return ConstantError(
        "count-not-integer",
        f"{context.attribute} names '{name}', which is not an integer",
        expression.span,
        help=remedy,
        notes=(note,),
    )
