"""What kind of union it is, and what its discriminant is."""

from __future__ import annotations

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.arithmetic import SIGNED, SIZES, wrap
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declared import Declared
from midlpy.semantic.expressions import INTEGER, is_switchable
from midlpy.semantic.scope import Constructed, Kind, Site


def is_plain(union: Constructed) -> bool:
    """A union of C: nothing says which member is in it."""
    node = union.node
    if not isinstance(node, ast.UnionType) or "switch_type" in union.attributes:
        return False
    return not any(
        attribute.name.text in ("case", "default")
        for field in node.fields or ()
        for attribute in field.attributes
    )


def switch_type(union: Constructed) -> Declared | None:
    """The discriminant's type as ``switch_type`` gives it; None when nothing does."""
    if union.discriminant is not None:
        return union.discriminant
    attribute = union.attributes.get("switch_type")
    if attribute is None:
        return None
    declared = types.declare_argument(
        union.attributes.argument("switch_type"), union.site
    )
    if declared is None:
        union.site.findings.report(
            "wrong-expression", "[switch_type] takes a type", attribute.span
        )
        return None
    if not declared.is_poison and not is_switchable(declared):
        union.site.findings.report(
            "switch-type-invalid",
            f"[switch_type] wants an integer, char, boolean or enum type, "
            f"not {declared.text}",
            attribute.span,
        )
        declared = Declared((), ir.Base(ir.BaseKind.INT32), declared.text)
    union.discriminant = declared
    return declared


def label(value: int, union: Constructed) -> int:
    """*value* as C converts a case label to the type of the discriminant."""
    declared = switch_type(union) if union.kind is Kind.UNION else union.discriminant
    if declared is None or not isinstance(declared.core, ir.Base):
        return value
    kind = declared.core.kind
    if kind is ir.BaseKind.BOOLEAN:
        return value
    return wrap(value, SIZES[kind], signed=kind in SIGNED)


def check_use(union: Constructed, attributes: AttributeSet, site: Site) -> None:
    """What a use may add to a union declared elsewhere: its missing switch_type."""
    attribute = attributes.get("switch_type")
    if attribute is not None and attribute not in union.attributes.all:
        known = switch_type(union)
        given = types.declare_argument(attributes.argument("switch_type"), site)
        if known is None:
            union.discriminant = given
        elif given is not None and given.core != known.core and not known.is_poison:
            site.findings.report(
                "switch-type-mismatch",
                f"[switch_type] is {given.text} here and {known.text} where "
                f"{union.label} is declared",
                attribute.span,
                notes=[Note(f"{union.label} is declared here", union.span)],
            )
    attribute = attributes.get("ms_union")
    if attribute is not None and "ms_union" not in union.attributes:
        site.findings.report(
            "attribute-not-allowed-here",
            f"[ms_union] belongs on the declaration of {union.label}",
            attribute.span,
            notes=[Note(f"{union.label} is declared here", union.span)],
        )


def settle(union: Constructed, used: Declared, span: Span, site: Site) -> None:
    """Note that *used* selects an arm of *union*: it gives the missing switch_type.

    Spec: MIDL reference, switch_is: both types are the same.
    """
    known = switch_type(union)
    if known is None:
        site.findings.report(
            "switch-type-assumed",
            f"{union.label} has no [switch_type]; it is taken as {used.text}",
            span,
            help=f"add [switch_type({used.text})]",
        )
        union.discriminant = used
        return
    if known.is_poison or used.is_poison:
        return
    # A narrower value fits, which published files rely on; a wider one is cut.
    if used is not INTEGER and _octets(used) > max(_octets(known), 4 * _is_enum(known)):
        site.findings.report(
            "switch-type-mismatch",
            f"[switch_is] is {used.text}, the [switch_type] of {union.label} is "
            f"{known.text}",
            span,
            notes=[
                Note(f"{union.label} is declared here", union.span),
            ],
        )


def _octets(declared: Declared) -> int:
    """Octets in NDR 2.0; MIDL takes an enum for a short as well as for a long."""
    core = declared.core
    if isinstance(core, ir.Base):
        return SIZES[core.kind]
    return 2 if _is_enum(declared) else 0


def _is_enum(declared: Declared) -> bool:
    core = declared.core
    return isinstance(core, Constructed) and core.kind is Kind.ENUM
