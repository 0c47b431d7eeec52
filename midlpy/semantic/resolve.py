"""Syntax tree to checked model.

Every file is resolved once, imported ones first. Within a file all names are collected
before any is looked up; then constants, types and operations are settled, and the rules
look at the result. A mistake is reported where it is made; what follows from it is not.
"""

from __future__ import annotations

import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from midlpy.diagnostics import Diagnostic, Severity, Span
from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.acf import Acf
from midlpy.semantic.check import check
from midlpy.semantic.check_com import check_com
from midlpy.semantic.collect import collect
from midlpy.semantic.com import resolve_com
from midlpy.semantic.constant_values import constant_value
from midlpy.semantic.constants import ConstantError, Silent
from midlpy.semantic.constructed import complete
from midlpy.semantic.declarations import declarations, interface_nodes
from midlpy.semantic.dialects import settled
from midlpy.semantic.findings import Findings, finding
from midlpy.semantic.model import model_of
from midlpy.semantic.operations import (
    facts_of,
    interface_subject,
    operation_subject,
)
from midlpy.semantic.options import Options
from midlpy.semantic.pragmas import Pragmas
from midlpy.semantic.program import File, Interface, Program
from midlpy.semantic.scope import (
    ConstantSymbol,
    Constructed,
    FileScope,
    TypedefSymbol,
)
from midlpy.semantic.serialization import serialized_types


class Resolution(Struct, frozen=True):
    """The model of a file, and everything there is to say about its source.

    With an error among *diagnostics* the model is not fit for lowering.
    """

    model: ir.Model
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


def resolve(source: ast.Source, options: Options | None = None) -> Resolution:
    """The checked model of *source*, with those of its imports.

    Diagnostics are in source order, those of imported files first. Of imported files
    only errors are reported: their warnings are their authors' business.
    """
    options = options or Options()
    try:
        return _resolve(source, options)
    except RecursionError as error:
        return _too_deep(source, options, error)


def _resolve(source: ast.Source, options: Options) -> Resolution:
    program = Program()
    program.main = source.unit.path
    resolver = _Resolver(program, options)
    scope = resolver.run(source)
    main = program.files[scope.path]
    main.com = resolve_com(main)
    for file in program.files.values():
        file.serialized = serialized_types(file)
    for file in program.files.values():
        check(file)
    check_com(main)
    return Resolution(resolver.model(scope), tuple(_diagnostics(program, scope)))


def _too_deep(
    source: ast.Source, options: Options, error: RecursionError
) -> Resolution:
    """What is said of types that stand for types by the thousand.

    The passes walk types by recursion, and so does Python's own limit end it.
    """
    path = source.unit.path
    message = "types are nested deeper than can be followed"
    span = Span(path, 1, 1, 1, 1)
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            if isinstance(value, TypedefSymbol | ConstantSymbol | Constructed):
                span = value.span  # the innermost is where the limit was passed
    deep = finding(options, "nesting-limit", message, span)
    nothing = ir.Model(
        path=path, comment=None, constants=(), types=(), interfaces=(), imports=()
    )
    return Resolution(nothing, (deep,))


def _diagnostics(program: Program, main: FileScope) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for file in program.files.values():
        pragmas = Pragmas(file.scope.source.unit)
        ordered = sorted(file.scope.findings, key=lambda diagnostic: diagnostic.span)
        for diagnostic in ordered:
            is_error = diagnostic.severity is Severity.ERROR
            if is_error or (file.scope is main and not pragmas.are_hiding(diagnostic)):
                found.append(diagnostic)
    # A file in another dialect declares nothing; what follows from that is no mistake.
    return [each for each in found if each.rule == "samba-dialect"] or found


class _Resolver:
    """Resolves files in the order of their imports, each once."""

    def __init__(self, program: Program, options: Options) -> None:
        self._program = program
        self._options = options
        self._models: dict[str, ir.Model] = {}
        # By path, imported ones first but for those that import each other.
        self._scopes: dict[str, FileScope] = {}

    def run(self, main: ast.Source) -> FileScope:
        """The scope of *main*, everything in it and in its imports settled."""
        scope = self._collected(main)
        if any(each.source.cyclic for each in self._scopes.values()):
            for each in self._scopes.values():
                each.see(tuple(self._reachable(each)))
        for each in self._scopes.values():
            file = File(each)
            _settle(each)
            _interfaces(file)
            # Uses may have brought further types in.
            _settle(each)
            self._program.files[each.path] = file
        return scope

    def _reachable(self, start: FileScope) -> Iterator[FileScope]:
        """What *start* imports, files that import it included; inner ones first."""
        seen = {start.path}

        def visit(scope: FileScope) -> Iterator[FileScope]:
            source = scope.source
            direct = [imported.unit.path for imported in source.imports]
            for path in (*direct, *source.cyclic):
                if path not in seen:
                    seen.add(path)
                    yield from visit(self._scopes[path])
                    yield self._scopes[path]

        return visit(start)

    def _collected(self, source: ast.Source) -> FileScope:
        """The scope of *source*, with all names that it declares."""
        path = source.unit.path
        known = self._scopes.get(path)
        if known is not None:
            return known
        imports: dict[str, FileScope] = {}
        for imported in source.imports:
            inner = self._collected(imported)
            for scope in (*inner.imports, inner):
                imports.setdefault(scope.path, scope)
        own = settled(source, imports.values(), self._options)
        scope = FileScope(
            own.source,
            own.options,
            own.findings,
            tuple(imports.values()),
            self._program,
        )
        collect(scope)
        self._scopes[path] = scope
        return scope

    def model(self, scope: FileScope) -> ir.Model:
        known = self._models.get(scope.path)
        if known is None:
            file = self._program.files[scope.path]
            # What is asked for meanwhile imports this file in turn.
            self._models[scope.path] = model_of(file, self._program, ())
            imports = tuple(self.model(imported) for imported in scope.imports)
            known = replace(self._models[scope.path], imports=imports)
            self._models[scope.path] = known
        return known


def _settle(scope: FileScope) -> None:
    """Constants, typedefs, and the bodies of named types."""
    for constant in scope.constants:
        try:
            constant_value(constant)
        except ConstantError as error:
            error.report(constant.site)
        except Silent:
            pass
    for symbol in list(scope.names.values()):
        if isinstance(symbol, TypedefSymbol):
            types.typedef(symbol)
    # Bodies may bring in Windows types, which join the end of the list.
    for named in scope.constructed:
        if not named.is_spread:
            complete(named)
    scope.constructed[:] = [each for each in scope.constructed if not each.is_spread]


def _interfaces(file: File) -> None:
    """Interfaces and operations, with what the ACF says about them."""
    scope = file.scope
    nodes = list(interface_nodes(scope.source.unit.items))
    acf = Acf(scope, {node.name.text: facts_of(node) for node, _ in nodes})
    acf_name = acf.path or _acf_name(scope.path)
    for node, in_library in nodes:
        view = acf.interface(node.name.text)
        subject = interface_subject(node, scope, view, acf_name, in_library=in_library)
        interface = Interface(subject)
        for name, entry in view.operations.items():
            interface.acf_operations[name] = entry.attributes
        file.interfaces.append(interface)
        if subject.is_object and scope.path != scope.program.main:
            continue
        with _softened(scope, subject.is_object):
            for declaration, declarator in declarations(node):
                interface.operations.append(
                    operation_subject(declaration, declarator, subject, view)
                )


# What would spoil a stub, and spoils nothing where none is made.
_STUB_RULES: Final = frozenset(
    {
        "count-not-integer",
        "string-on-structure",
        "string-type",
        "unknown-name-in-attribute",
        "unknown-name-in-expression",
        "unsupported-expression",
    }
)


@contextmanager
def _softened(scope: FileScope, has_no_stubs: bool) -> Generator[None, None, None]:
    """Make warnings of what concerns stubs alone, where there will be none."""
    if not has_no_stubs:
        yield
        return
    everything, scope.findings = scope.findings, Findings(scope.options)
    try:
        yield
    finally:
        for each in scope.findings:
            if each.rule in _STUB_RULES and each.severity is Severity.ERROR:
                each = each.with_severity(Severity.WARNING)
            everything.add(each)
        scope.findings = everything


def _acf_name(path: str) -> str:
    """Where the ACF of an IDL file is looked for: beside it, by its name."""
    stem, dot, _ = path.rpartition(".")
    return (stem if dot else path) + ".acf"
