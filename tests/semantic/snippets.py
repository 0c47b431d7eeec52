"""Compiles pieces of IDL up to the checked model."""

from __future__ import annotations

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend.loader import load_text
from midlpy.semantic import ir
from midlpy.semantic.options import Options
from midlpy.semantic.resolve import resolve

UUID = "12345678-1234-1234-1234-123456789abc"
HEADER = f"[uuid({UUID}), version(1.0), pointer_default(unique)] interface t {{\n"

# Predeclared for pieces, as reference texts do.
H = "[in] handle_t h"


def wrap(body: str) -> str:
    """*body* as a file: itself when it has an interface, else the body of one."""
    return (
        body
        if "interface t" in body or "interface b" in body
        else HEADER + body + "\n}\n"
    )


def findings(
    body: str, acf: str | None = None, options: Options | None = None
) -> list[Diagnostic]:
    """Every finding about *body*, syntax included, in order."""
    loaded = load_text(wrap(body), filename="t.idl", acf=acf)
    found = list(loaded.diagnostics)
    if loaded.source is not None:
        found += resolve(loaded.source, options).diagnostics
    return found


def found(
    body: str, acf: str | None = None, options: Options | None = None
) -> list[tuple[str, str, int | None]]:
    """Errors and warnings as (severity, slug, MIDL number)."""
    return [
        (d.severity.value, d.rule, d.midl)
        for d in findings(body, acf, options)
        if d.severity is not Severity.NOTE
    ]


def errors(
    body: str, acf: str | None = None, options: Options | None = None
) -> list[str]:
    """The slugs of the errors."""
    return [
        d.rule for d in findings(body, acf, options) if d.severity is Severity.ERROR
    ]


def model(
    body: str, acf: str | None = None, options: Options | None = None
) -> ir.Model:
    """The model of *body*, which has no errors."""
    loaded = load_text(wrap(body), filename="t.idl", acf=acf)
    assert loaded.source is not None, loaded.diagnostics
    assert not loaded.diagnostics
    resolution = resolve(loaded.source, options)
    assert not resolution.has_errors, resolution.diagnostics
    return resolution.model


def operation(
    body: str, acf: str | None = None, options: Options | None = None
) -> ir.Operation:
    """The first operation of *body*, which has no errors."""
    return model(body, acf, options).interfaces[0].operations[0]


def parameter(body: str, name: str) -> ir.Parameter:
    """The parameter *name* of the first operation."""
    return next(p for p in operation(body).parameters if p.name == name)


def struct(body: str, name: str) -> ir.StructDeclaration:
    """The struct *name* of *body*."""
    for declaration in model(body).types:
        if isinstance(declaration, ir.StructDeclaration) and declaration.name == name:
            return declaration
    raise AssertionError(f"no struct {name}")
