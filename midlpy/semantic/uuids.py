"""UUIDs as attributes and statements write them."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from midlpy.frontend import ast
from midlpy.semantic.findings import Findings
from midlpy.semantic.options import Options

_FORM: Final = re.compile(
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
)
_GROUPS: Final = re.compile(r"\w{8}-\w{4}-\w{4}-\w{4}-\w{12}")
# Samba's last group of eight digits.
_SAMBA_FORM: Final = re.compile(
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{8}"
)


def uuid_from(
    argument: ast.Argument, findings: Findings, options: Options
) -> UUID | None:
    """The UUID that is written, bare or quoted; None if it is none, which is reported."""
    text = ""
    match argument:
        case ast.Uuid():
            text = argument.text
        case ast.String():
            text = argument.value.strip("{} ")
        case _:
            pass
    if _FORM.fullmatch(text):
        return UUID(text)
    if options.is_samba and _SAMBA_FORM.fullmatch(text):
        return UUID(text + "0000")
    is_grouped = _GROUPS.fullmatch(text) is not None
    rule = "uuid-not-hexadecimal" if is_grouped else "bad-uuid"
    why = (
        "its digits are hexadecimal"
        if is_grouped
        else "its groups have 8, 4, 4, 4 and 12 digits"
    )
    shown = f"'{text}' is no UUID: " if text else "this is no UUID: "
    findings.report(rule, shown + why, argument.span)
    return None
