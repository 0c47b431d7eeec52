"""Interface headers: UUID, version, endpoints."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from midlpy.frontend import ast
from midlpy.semantic import constants
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.scope import Site
from midlpy.semantic.uuids import uuid_from

ENDPOINT_FORM: Final = re.compile(r"\w+:\[.+\]", re.DOTALL)
# Samba's way to say that the endpoint is found when it is needed.
DYNAMIC_FORM: Final = re.compile(r"\w+:(\[\])?")
MAX_VERSION: Final = 0xFFFF


def uuid_of(attributes: AttributeSet, site: Site, word: str = "uuid") -> UUID | None:
    """The UUID of a header; None without one, or when it is none, which is reported.

    *word* is the attribute that has it.
    """
    argument = attributes.argument(word)
    if argument is None:
        return None
    return uuid_from(argument, site.findings, site.options)


def version_of(attributes: AttributeSet, site: Site) -> tuple[int, int]:
    """Major and minor version; 0.0 without one. ``1.10`` is minor 10."""
    argument = attributes.argument("version")
    if argument is None:
        return 0, 0
    parts: list[int] | None = None
    match argument:
        case ast.Float() if re.fullmatch(r"\d+\.\d+", argument.text):
            # Python turns no text of thousands of digits into a number.
            digits = [part.lstrip("0") or "0" for part in argument.text.split(".")]
            if all(len(each) <= len(str(MAX_VERSION)) for each in digits):
                parts = [int(each) for each in digits]
        case ast.Integer() if (
            argument.value > MAX_VERSION and argument.text[1:2] in "xX"
        ):
            parts = [argument.value & MAX_VERSION, argument.value >> 16]
        case ast.Integer():
            parts = [argument.value, 0]
        case ast.TypeName() | ast.TypedName() | ast.Float():
            pass
        case _:
            parts = _computed_version(argument, site)
    if parts is None or not all(0 <= part <= MAX_VERSION for part in parts):
        site.findings.report(
            "bad-version",
            f"a version is N or N.M, both at most {MAX_VERSION}",
            argument.span,
        )
        return 0, 0
    return parts[0], parts[1]


def _computed_version(argument: ast.Expression, site: Site) -> list[int] | None:
    try:
        return [constants.integer(argument, site), 0]
    except (constants.ConstantError, constants.Silent):
        return None


def endpoints_of(attributes: AttributeSet, site: Site) -> tuple[str, ...]:
    """The default endpoints, as written."""
    attribute = attributes.get("endpoint")
    found: list[str] = []
    for argument in (attribute.arguments or ()) if attribute else ():
        if argument is None:
            continue
        if (
            site.options.is_samba
            and isinstance(argument, ast.String)
            and DYNAMIC_FORM.fullmatch(argument.value)
        ):
            continue
        if not isinstance(argument, ast.String) or not ENDPOINT_FORM.fullmatch(
            argument.value
        ):
            site.findings.report(
                "bad-endpoint",
                "an endpoint is a string of the form 'protseq:[endpoint]'",
                argument.span,
                help='write it like "ncacn_ip_tcp:[49200]"',
            )
            continue
        found.append(argument.value)
    return tuple(found)
