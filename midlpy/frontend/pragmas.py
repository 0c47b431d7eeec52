"""What ``#pragma`` says that matters: packing that never was, options nobody has.

Packing is how C lays out structs in memory. What travels does not know it, so only the
stack of its settings is followed.

Spec: MIDL reference, pragma; MIDL2027, MIDL2292.
"""

from __future__ import annotations

import re

from midlpy.diagnostics import Diagnostic, Severity, Span

_PACK = re.compile(r"pack\s*\(\s*(?P<action>push|pop)\b(?P<rest>[^)]*)\)")
_NAME = re.compile(r"[A-Za-z_]\w*")
_OPTION = re.compile(r"midl_(?!echo\b)\w*")


class Packing:
    """The settings that were pushed and wait for their pop, by name or None."""

    def __init__(self) -> None:
        self._pushed: list[str | None] = []

    def finding(self, text: str, span: Span) -> Diagnostic | None:
        """Take one pragma; what is to be said about it, if it pops what is not there."""
        match = _PACK.match(text)
        if match is None:
            return None
        label = _NAME.search(match.group("rest"))
        name = label.group() if label else None
        if match.group("action") == "push":
            self._pushed.append(name)
            return None
        if name is None and self._pushed:
            self._pushed.pop()
            return None
        if name is not None and name in self._pushed:
            # It takes those pushed since along.
            while self._pushed.pop() != name:
                pass
            return None
        what = "nothing has been pushed" if name is None else f"no {name!r} was pushed"
        return Diagnostic(
            "pack-pop",
            f"'#pragma pack(pop)' without its push: {what}",
            span,
            Severity.WARNING,
            midl=2292,
        )


def unknown_option(text: str, span: Span) -> Diagnostic | None:
    """What is to be said of a pragma for MIDL that MIDL does not have."""
    match = _OPTION.match(text)
    if match is None:
        return None
    return Diagnostic(
        "unknown-pragma",
        f"'#pragma {match.group()}' is unknown; MIDL has midl_echo",
        span,
        Severity.WARNING,
        midl=2027,
    )
