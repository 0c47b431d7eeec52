"""Diagnostics as text: for people, for build systems, for editors and services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from midlpy.diagnostics import Diagnostic, Note, Severity, Span

# The lines of a file, by the path a span names it with; none when it cannot be read.
Lines: TypeAlias = Callable[[str], Sequence[str]]

FORMATS = ("text", "msvc", "json", "sarif", "github")


def report(diagnostics: Iterable[Diagnostic], format: str, lines: Lines) -> str:
    """All of *diagnostics* in one of FORMATS; empty when there are none but in SARIF."""
    if format == "sarif":
        return _sarif(list(diagnostics))
    if format == "text":
        return "\n".join(as_text(each, lines) for each in diagnostics)
    write = {"msvc": as_msvc, "json": as_json, "github": as_github}[format]
    return "".join(f"{write(each)}\n" for each in diagnostics)


def as_text(diagnostic: Diagnostic, lines: Lines) -> str:
    """The message, the line with a caret, other places, the remedy."""
    where, kind = _where(diagnostic.span), diagnostic.severity.value
    text = [f"{where}: {kind}: {_visible(diagnostic.message)} [{diagnostic.code}]"]
    text += _excerpt(diagnostic.span, lines(diagnostic.span.path))
    text += [
        f"  {_where(note.span)}: note: {_visible(note.message)}"
        for note in diagnostic.notes
    ]
    if diagnostic.help is not None:
        first, *others = map(_visible, diagnostic.help.splitlines() or [""])
        text += [f"  help: {first}", *(f"        {other}" for other in others)]
    return "\n".join(text) + "\n"


def _visible(text: str) -> str:
    """*text* with escapes for what would steer a terminal instead of being seen."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in text
    )


def _where(span: Span) -> str:
    return f"{_visible(span.path)}:{span.line}:{span.column}"


def _excerpt(span: Span, lines: Sequence[str]) -> list[str]:
    """The line of a span and carets below it; nothing when the file has no such line."""
    if not 1 <= span.line <= len(lines):
        return []
    # One character for one, so that the carets stay below what they point at.
    line = "".join(
        each if each.isprintable() or each == "\t" else "?"
        for each in lines[span.line - 1].rstrip()
    )
    start = min(span.column - 1, len(line))
    end = len(line) if span.end_line > span.line else span.end_column - 1
    carets = "^" * max(1, min(end, len(line)) - start)
    # Tabs in the margin keep the carets below what they point at.
    margin = "".join(c if c == "\t" else " " for c in line[:start])
    number = f"{span.line:4}"
    return [f"{number} | {line}".rstrip(), f"{' ' * len(number)} | {margin}{carets}"]


def as_msvc(diagnostic: Diagnostic) -> str:
    """As the Microsoft compiler prints it, so that its users' tools can read it.

    Other places follow on lines of their own, as its own do.
    """
    kind = {Severity.NOTE: "message"}.get(
        diagnostic.severity, diagnostic.severity.value
    )
    code = diagnostic.rule if diagnostic.midl is None else f"MIDL{diagnostic.midl}"
    place = _msvc_place(diagnostic.span)
    message = _visible(diagnostic.message)
    lines = [f"{place} : {kind} {code} : {message} [{diagnostic.rule}]"]
    lines += [
        f"{_msvc_place(note.span)}: note: {_visible(note.message)}"
        for note in diagnostic.notes
    ]
    return "\n".join(lines)


def _msvc_place(span: Span) -> str:
    return f"{_visible(span.path)}({span.line},{span.column})"


def as_json(diagnostic: Diagnostic) -> str:
    """One object on one line."""
    return json.dumps(
        {
            **_place(diagnostic.span),
            "severity": diagnostic.severity.value,
            "rule": diagnostic.rule,
            "midl": diagnostic.midl,
            "message": diagnostic.message,
            "help": diagnostic.help,
            "notes": [_note(note) for note in diagnostic.notes],
        }
    )


def _note(note: Note) -> dict[str, object]:
    return {**_place(note.span), "message": note.message}


def _place(span: Span) -> dict[str, object]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def as_github(diagnostic: Diagnostic) -> str:
    """A workflow command that annotates the line; other places are told in its text."""
    span = diagnostic.span
    kind = {Severity.NOTE: "notice"}.get(diagnostic.severity, diagnostic.severity.value)
    properties = {
        "file": _visible(span.path),
        "line": span.line,
        "col": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "title": diagnostic.code,
    }
    given = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
    )
    text = _visible(diagnostic.message)
    for note in diagnostic.notes:
        text += f"\nnote: {_where(note.span)}: {_visible(note.message)}"
    if diagnostic.help is not None:
        lines = map(_visible, diagnostic.help.splitlines())
        text += "\nhelp: " + "\n".join(lines)
    return f"::{kind} {given}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """A SARIF 2.1.0 document with one run."""
    rules = list(dict.fromkeys(each.rule for each in diagnostics))
    run = {
        "tool": {
            "driver": {
                "name": "midlpy",
                "rules": [{"id": rule} for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(each, rules) for each in diagnostics],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2) + "\n"


def _sarif_result(diagnostic: Diagnostic, rules: Sequence[str]) -> dict[str, object]:
    text = diagnostic.message
    if diagnostic.help is not None:
        text += f"\nhelp: {diagnostic.help}"
    result: dict[str, object] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": rules.index(diagnostic.rule),
        "level": diagnostic.severity.value,
        "message": {"text": text},
        "locations": [_sarif_location(diagnostic.span)],
    }
    if diagnostic.notes:
        result["relatedLocations"] = [
            {**_sarif_location(note.span), "message": {"text": note.message}}
            for note in diagnostic.notes
        ]
    return result


def _sarif_location(span: Span) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": span.path.replace("\\", "/")},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
