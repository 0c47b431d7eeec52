"""How seriously findings are taken, by options, rules and comments in the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend.silences import Silence
from midlpy.semantic.findings import nearest
from midlpy.semantic.rules import RULES, WARNING_LEVELS

if TYPE_CHECKING:
    from midlpy.driver import Options

Level: TypeAlias = Literal["error", "warning", "off"]

# They are about the comments themselves.
_ABOUT_SILENCES: Final = frozenset({"silenced-nothing", "unsilenceable"})


def heeded(
    diagnostics: Iterable[Diagnostic], silences: Iterable[Silence]
) -> Iterator[Diagnostic]:
    """What comments do not silence, and what is wrong with those comments.

    Only warnings and notes can be silenced; what is an error by ``--strict`` or
    ``--werror`` alone is none of the rule's own.
    """
    asked = {(each.span.path, each.line, each.rule): each for each in silences}
    idle = dict(asked)
    for diagnostic in diagnostics:
        key = (diagnostic.span.path, diagnostic.span.line, diagnostic.rule)
        idle.pop(key, None)
        if key not in asked or not _is_silenceable(diagnostic.rule):
            yield diagnostic
    for silence in asked.values():
        if not _is_silenceable(silence.rule):
            yield _unsilenceable(silence)
    for silence in idle.values():
        if _is_silenceable(silence.rule):
            yield Diagnostic(
                "silenced-nothing",
                f"there is no {silence.rule} on line {silence.line}",
                silence.span,
                Severity.WARNING,
            )


def _is_silenceable(rule: str) -> bool:
    return (
        rule in RULES
        and RULES[rule].severity is not Severity.ERROR
        and rule not in _ABOUT_SILENCES
    )


def _unsilenceable(silence: Silence) -> Diagnostic:
    name, remedy = silence.rule, None
    if name not in RULES:
        why, near = f"no rule is called {name}", nearest(name, RULES)
        remedy = f"did you mean {near}?" if near else "midlpy rules lists them"
    elif RULES[name].severity is Severity.ERROR:
        why = f"{name} is not to be silenced: it is an error"
    else:
        why = f"{name} is not silenced by a comment, but by -W {name}=off"
    return Diagnostic("unsilenceable", why, silence.span, Severity.WARNING, help=remedy)


def grade(diagnostics: Iterable[Diagnostic], options: Options) -> Iterator[Diagnostic]:
    """*diagnostics* with the severities that were asked for, those turned off left out."""
    for diagnostic in diagnostics:
        severity = diagnostic.severity
        if severity is not Severity.ERROR:
            level = options.levels.get(
                diagnostic.rule, _usual_level(diagnostic, options)
            )
            if level == "off":
                continue
            if level is not None:
                severity = Severity(level)
            if severity is Severity.WARNING and options.werror:
                severity = Severity.ERROR
        yield diagnostic.with_severity(severity)


def _usual_level(diagnostic: Diagnostic, options: Options) -> Level | None:
    is_wanted = options.strict or not RULES[diagnostic.rule].on_request
    if options.warning_level is None:
        return None if is_wanted else "off"
    level = WARNING_LEVELS.get(diagnostic.rule)
    if level is None:
        return None if is_wanted and options.warning_level > 0 else "off"
    return None if level <= options.warning_level else "off"
