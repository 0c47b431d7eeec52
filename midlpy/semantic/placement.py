"""Checks attribute lists against the table: names, places, arguments, exclusions."""

from __future__ import annotations

from typing import Final

from midlpy.diagnostics import Note
from midlpy.frontend import ast
from midlpy.semantic.attribute_table import ATTRIBUTES
from midlpy.semantic.attributes import (
    ACF_PLACES,
    ENUM_WIDTHS,
    EXCLUSIVE,
    EXCLUSIVE_WORDS,
    SAMBA,
    AttributeSet,
    Effect,
    Place,
    Row,
    Takes,
)
from midlpy.semantic.findings import Findings
from midlpy.semantic.options import Options
from midlpy.semantic.uuids import uuid_from

# What may be said again: each has a GUID of its own.
_REPEATABLE: Final = frozenset({"custom"})


def place(
    attributes: ast.Attributes, where: Place, findings: Findings, options: Options
) -> AttributeSet:
    """The attributes of one declaration that may stand there; the rest is reported."""
    kept: list[ast.Attribute] = []
    seen: dict[str, ast.Attribute] = {}
    for attribute in attributes:
        name = attribute.name.text
        if name in seen and name not in _REPEATABLE:
            _report_repeated(attribute, seen[name], where, findings)
            if _is_flag(attribute):
                continue
        seen[name] = attribute
        if _is_fit(attribute, where, findings, options):
            kept.append(attribute)
    found = AttributeSet(tuple(kept))
    _check_exclusions(found, where, findings)
    return found


def _is_flag(attribute: ast.Attribute) -> bool:
    return attribute.arguments is None


def _report_repeated(
    attribute: ast.Attribute,
    earlier: ast.Attribute,
    where: Place,
    findings: Findings,
) -> None:
    rule = "conflicting-attributes" if where in ACF_PLACES else "repeated-attribute"
    findings.report(
        rule,
        f"[{attribute.name.text}] stands twice on one declaration",
        attribute.span,
        help="leave one out",
        notes=[Note(f"[{attribute.name.text}] stands here already", earlier.span)],
    )


def _is_fit(
    attribute: ast.Attribute, where: Place, findings: Findings, options: Options
) -> bool:
    """Whether *attribute* means something where it stands; reports what is wrong."""
    name = attribute.name.text
    row = ATTRIBUTES.get(name)
    if options.is_samba and name in ENUM_WIDTHS:
        return True
    if row is None:
        _report_unknown(attribute, findings, options)
        return False
    if where not in row.places:
        findings.report(
            "attribute-not-allowed-here",
            f"[{name}] does not apply to {where.value}",
            attribute.span,
            help=_places(row),
        )
        return False
    if not _has_right_arguments(attribute, row):
        findings.report(
            "attribute-arguments",
            f"[{name}] takes {row.takes.value}",
            attribute.span,
        )
        return False
    if row.words and not _has_right_words(attribute, row, findings):
        return False
    if name == "uuid" and where is Place.TYPEDEF and attribute.arguments:
        # Nothing else looks at it: types have UUIDs in type libraries only.
        (argument,) = attribute.arguments
        return argument is None or uuid_from(argument, findings, options) is not None
    effect = row.effect_in(where)
    if effect is Effect.REFUSED:
        findings.report(
            "unsupported-attribute",
            f"[{name}] is not supported: {row.note}",
            attribute.span,
        )
        return False
    if effect is Effect.IGNORED:
        why = f": {row.note}" if row.note else ""
        findings.report(
            "attribute-ignored", f"[{name}] has no effect here{why}", attribute.span
        )
    return True


def _places(row: Row) -> str:
    names = [place.value for place in Place if place in row.places]
    listed = ", ".join(names[:-1])
    return f"[{row.name}] belongs on {f'{listed} or ' if listed else ''}{names[-1]}"


def _report_unknown(
    attribute: ast.Attribute, findings: Findings, options: Options
) -> None:
    name = attribute.name.text
    if options.is_samba and name in SAMBA:
        findings.report("dialect-attribute", f"[{name}] has no effect", attribute.span)
        return
    remedy = None
    if name in SAMBA:
        remedy = "it belongs to Samba's dialect: --dialect samba"
    else:
        near = findings.suggestion(name, lambda: ATTRIBUTES)
        if near is not None:
            remedy = f"write [{near}]"
    findings.report(
        "unknown-attribute",
        f"no attribute is called '{name}'",
        attribute.span,
        help=remedy,
    )


def _has_right_arguments(attribute: ast.Attribute, row: Row) -> bool:
    arguments = attribute.arguments
    match row.takes:
        case Takes.NOTHING:
            return not arguments
        case Takes.ONE:
            return arguments is not None and len(arguments) == 1
        case Takes.TWO:
            return arguments is not None and len(arguments) == 2
        case Takes.SOME:
            return bool(arguments)
        case Takes.OPTIONAL:
            return arguments is None or len(arguments) <= 1
        case Takes.ANY:
            return True


def _has_right_words(attribute: ast.Attribute, row: Row, findings: Findings) -> bool:
    """Whether only words of *row* stand in the parentheses, and no two that contradict."""
    seen: set[str] = set()
    for argument in attribute.arguments or ():
        word = argument.name.text if isinstance(argument, ast.NameReference) else ""
        if word not in row.words:
            near = findings.suggestion(word, lambda: row.words)
            findings.report(
                "attribute-arguments",
                (
                    f"[{row.name}] takes no '{word}'"
                    if word
                    else f"[{row.name}] takes words"
                ),
                attribute.span if argument is None else argument.span,
                help=f"write {near or ', '.join(sorted(row.words))}",
            )
            return False
        seen.add(word)
    for name, first, second in EXCLUSIVE_WORDS:
        if name == row.name and first in seen and second in seen:
            findings.report(
                "conflicting-attributes",
                f"{first} and {second} of [{name}] exclude each other",
                attribute.span,
                help="leave one out",
            )
            return False
    return True


def _check_exclusions(found: AttributeSet, where: Place, findings: Findings) -> None:
    if len(found.all) < 2:
        return
    for first, second, rule in EXCLUSIVE:
        one, other = found.get(first), found.get(second)
        if one is None or other is None:
            continue
        earlier, later = sorted((one, other), key=lambda attribute: attribute.span)
        if first == "ref" and where is Place.OPERATION:
            continue  # a result is not [ref] at all, which is said of it
        findings.report(
            rule,
            f"[{later.name.text}] and [{earlier.name.text}] exclude each other",
            later.span,
            help=f"keep one of [{first}] and [{second}]",
            notes=[Note(f"[{earlier.name.text}] stands here", earlier.span)],
        )
