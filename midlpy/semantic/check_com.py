"""Rules about COM interfaces, of the file that is compiled.

Rules about what can travel are none of these: no stub is made for a method.
Spec: MIDL reference, object, "COM interfaces"; the COM specification for vtables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.frontend import ast
from midlpy.semantic import bases, check_operations, ir
from midlpy.semantic.declared import Declared
from midlpy.semantic.program import File, Interface
from midlpy.semantic.scope import InterfaceSymbol
from midlpy.semantic.subjects import InterfaceSubject

ComRule: TypeAlias = Callable[[Interface], Iterator[Diagnostic]]


def check_com(file: File) -> None:
    """Apply every rule to the COM interfaces of *file* and to what dispatches alike."""
    findings = file.scope.findings
    findings.extend(left_out(file))
    for interface in file.interfaces:
        if interface.subject.is_object:
            for rule in RULES:
                findings.extend(rule(interface))
    for interface in file.dispatched:
        findings.extend(repeated_methods(interface))


def left_out(file: File) -> Iterator[Diagnostic]:
    """COM interfaces are checked and shown, and no stubs are made for them: once said."""
    found = [each.subject for each in file.interfaces if each.subject.is_object]
    if not found:
        return
    first, *others = found
    what = f"'{first.name}' is a COM interface"
    if others:
        count = len(others)
        what = f"'{first.name}' and {count} more are COM interfaces"
    yield first.site.finding(
        "object-interface",
        f"{what}; no client and no server is made",
        first.name_span,
    )


def known_base(interface: Interface) -> Iterator[Diagnostic]:
    """What an interface derives from is an interface, declared whole somewhere."""
    subject = interface.subject
    base, scope = subject.node.base, subject.site.scope
    if base is None or base.text == subject.name:
        return
    symbol = bases.find_interface(base.text, scope)
    if symbol is None:
        is_known = base.text in bases.ROOTS
        if not is_known and not bases.may_be_elsewhere(base.text, scope):
            bases.report_unknown(base, scope)
        return
    if not isinstance(symbol.node, ast.Interface):
        yield subject.site.finding(
            "unknown-type",
            f"'{base.text}' is no interface to derive from",
            base.span,
            notes=[Note(f"'{base.text}' is declared here", symbol.span)],
        )
    elif symbol.is_forward and base.text not in bases.ROOTS:
        yield subject.site.finding(
            "never-completed",
            f"'{subject.name}' derives from '{base.text}', which is never completed",
            base.span,
            notes=[Note(f"'{base.text}' is declared here", symbol.span)],
        )
    else:
        yield from _derivation(subject, base, symbol)


def _derivation(
    subject: InterfaceSubject, base: ast.Name, symbol: InterfaceSymbol
) -> Iterator[Diagnostic]:
    """What an interface derives from comes to an end."""
    chain = list(bases.chain(subject.node, subject.site.scope))
    if any(_is(each, subject.name) for each in chain):
        yield subject.site.finding(
            "derives-from-itself",
            f"'{subject.name}' is its own base, by way of '{base.text}'",
            base.span,
            notes=[Note(f"'{base.text}' is declared here", symbol.span)],
        )
    elif len(chain) == bases.MAX_BASES + 1:
        yield subject.site.finding(
            "nesting-limit",
            f"'{subject.name}' derives by way of more than {bases.MAX_BASES} interfaces",
            base.span,
        )


def _is(symbol: InterfaceSymbol, name: str) -> bool:
    return symbol.name.text == name


def has_base(interface: Interface) -> Iterator[Diagnostic]:
    """Every vtable begins with IUnknown's methods, so an interface derives from it.

    A warning: published files have interfaces for C++ alone, which are not COM's.
    """
    subject = interface.subject
    if subject.node.base is not None or subject.name in bases.ROOTS:
        return
    if "object" in subject.attributes and not subject.is_local:
        yield subject.site.finding(
            "object-without-base",
            f"the COM interface '{subject.name}' derives from none",
            subject.name_span,
            help=f"write 'interface {subject.name} : IUnknown'",
        )


def returns_hresult(interface: Interface) -> Iterator[Diagnostic]:
    """A call from afar may fail, and an HRESULT is how COM says so.

    A warning, since nothing is made of the method.
    """
    subject = interface.subject
    if subject.name in bases.ROOTS:
        return  # AddRef and Release count, and never fail
    if subject.is_local or "object" not in subject.attributes:
        return
    for operation in interface.operations:
        result = operation.result
        if operation.is_local or result.is_poison or _is_hresult(result):
            continue
        if operation.pipes:
            continue  # which is worse
        yield operation.site.finding(
            "method-without-hresult",
            f"the COM method '{operation.name}' returns {result.text}, not HRESULT",
            operation.node.specifiers.span,
            help="write HRESULT, or [local] if it is never called from afar",
        )


def _is_hresult(result: Declared) -> bool:
    if result.text in ("HRESULT", "SCODE"):
        return True
    # Other names of it are as good; 'long' by its own name is not.
    core = result.core
    is_word = result.text in ("long", "int", "signed long", "signed int")
    return (
        not result.levels
        and isinstance(core, ir.Base)
        and core.kind is ir.BaseKind.INT32
        and not is_word
    )


def repeated_methods(interface: Interface) -> Iterator[Diagnostic]:
    """A name is one method, or the getter and the setters of one property."""
    seen: dict[tuple[str, str], Span] = {}
    for operation in interface.operations:
        kind = operation.attributes.first_of("propget", "propput", "propputref")
        key = (operation.name, kind.name.text if kind else "")
        earlier = seen.setdefault(key, operation.name_span)
        if earlier is not operation.name_span:
            yield operation.site.finding(
                "redefinition",
                f"'{operation.name}' is declared twice",
                operation.name_span,
                notes=[Note(f"'{operation.name}' is declared here", earlier)],
            )


def call_as(interface: Interface) -> Iterator[Diagnostic]:
    """The remote twin of a local method has it beside it."""
    for operation in interface.operations:
        yield from check_operations.call_as(operation)


def uuid_of_local(interface: Interface) -> Iterator[Diagnostic]:
    """A COM interface is asked for by its UUID; one that is [local] may have none."""
    subject = interface.subject
    if "uuid" in subject.attributes or subject.is_local or not interface.operations:
        return
    yield subject.site.finding(
        "no-uuid",
        f"the COM interface '{subject.name}' has no [uuid], so nobody can ask for it",
        subject.name_span,
        help="add [uuid(...)]; 'python -m uuid' makes one",
        severity=Severity.WARNING,
    )


RULES: Final[tuple[ComRule, ...]] = (
    known_base,
    has_base,
    returns_hresult,
    repeated_methods,
    call_as,
    uuid_of_local,
)
