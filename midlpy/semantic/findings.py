"""Collects diagnostics of one compilation; severities come from the rule table."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.semantic.options import Options
from midlpy.semantic.rules import RULES

# What MIDL says of things that Samba's dialect has as a matter of course: names in any
# order, [out] pointers of any kind, room that the callee makes, bindings without handles.
NOT_IN_SAMBA: Final = frozenset(
    {
        "call-as-target",
        "enum-out-of-range",
        "imported-pointer-default",
        "method-without-hresult",
        "no-binding-handle",
        "no-pointer-default",
        "out-only-not-ref",
        "out-parameter-needs-pointer",
        "out-handle-needs-pointer",
        "out-open-structure",
        "out-unsized-string",
        "repeated-declaration",
        "reserved-word",
        "switch-type-assumed",
        "tag-as-type",
        "uuid-on-local",
        "used-before-declaration",
    }
)

# Names that Samba's compiler leaves to the C compiler: what needs them is refused.
SOFT_IN_SAMBA: Final = frozenset({"unknown-type", "unknown-name-in-expression"})


# More names than these are only compared letter by letter with another case.
MAX_CANDIDATES: Final = 5_000

# Every one of them is compared with all names there are.
MAX_SUGGESTIONS: Final = 20


class Findings:
    """Everything found so far; the same mistake at the same place counts once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._found: dict[tuple[str, Span, str], Diagnostic] = {}
        self._suggestions = 0

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found.values())

    def add(self, diagnostic: Diagnostic) -> None:
        if self._options.is_samba:
            if diagnostic.rule in NOT_IN_SAMBA:
                return
            if diagnostic.rule in SOFT_IN_SAMBA:
                diagnostic = diagnostic.with_severity(Severity.WARNING)
        key = (diagnostic.rule, diagnostic.span, diagnostic.message)
        self._found.setdefault(key, diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def report(
        self,
        rule: str,
        message: str,
        span: Span,
        *,
        help: str | None = None,
        notes: Iterable[Note] = (),
    ) -> None:
        """Add a finding with the number and severity of its row."""
        self.add(finding(self._options, rule, message, span, help=help, notes=notes))

    def suggestion(self, name: str, names: Callable[[], Iterable[str]]) -> str | None:
        """The nearest of *names*; none when MAX_SUGGESTIONS have been looked for."""
        self._suggestions += 1
        if self._suggestions > MAX_SUGGESTIONS:
            return None
        return nearest(name, names())


def finding(
    options: Options,
    rule: str,
    message: str,
    span: Span,
    *,
    help: str | None = None,
    notes: Iterable[Note] = (),
    severity: Severity | None = None,
) -> Diagnostic:
    """A diagnostic with the number of *rule*'s row, and its severity unless given."""
    row = RULES[rule]
    if severity is None:
        severity = row.severity
    if options.strict and row.strict is not None:
        severity = row.strict
    return Diagnostic(
        rule=rule,
        message=message,
        span=span,
        severity=severity,
        midl=row.midl,
        help=help,
        notes=tuple(notes),
    )


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of *names* that *name* is probably a misspelling of."""
    slack = 2 + len(name) // 4
    candidates = sorted(
        each
        for each in set(names)
        if each != name and abs(len(each) - len(name)) <= slack
    )
    folded = name.lower()
    for candidate in candidates:
        if candidate.lower() == folded:
            return candidate
    if len(candidates) > MAX_CANDIDATES:
        return None
    matches = difflib.get_close_matches(name, candidates, n=1, cutoff=0.72)
    return matches[0] if matches else None
