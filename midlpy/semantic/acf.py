"""An attribute configuration file laid over its IDL file.

Nothing in an ACF changes the wire; here it says what is asynchronous and where bindings
come from. Spec: MIDL reference, "The ACF"; C706 4.3.
"""

from __future__ import annotations

from msgspec import Struct

from midlpy.diagnostics import Note
from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.converters import MARSHALLING, help_for
from midlpy.semantic.declared import Declared
from midlpy.semantic.findings import nearest
from midlpy.semantic.placement import place
from midlpy.semantic.scope import (
    Constructed,
    FileScope,
    Home,
    Kind,
    Site,
    TypedefSymbol,
)


class AcfOperation(Struct, frozen=True):
    """What the ACF says about one operation."""

    attributes: AttributeSet
    parameters: dict[str, AttributeSet]
    node: ast.AcfOperation | None


class AcfInterface(Struct, frozen=True):
    """What the ACF says about one interface; empty without an ACF."""

    attributes: AttributeSet
    operations: dict[str, AcfOperation]


NOTHING = AcfOperation(AttributeSet(), {}, None)
NO_INTERFACE = AcfInterface(AttributeSet(), {})


class Acf:
    """The checked ACF of one file."""

    def __init__(
        self, scope: FileScope, operations: dict[str, dict[str, OpFacts]]
    ) -> None:
        self._scope = scope
        self._facts = operations
        self._interfaces: dict[str, AcfInterface] = {}
        self.path = ""
        if scope.source.acf is not None:
            self.path = scope.source.acf.path
            for node in scope.source.acf.interfaces:
                self._interface(node)

    def interface(self, name: str) -> AcfInterface:
        return self._interfaces.get(name, AcfInterface(AttributeSet(), {}))

    def _interface(self, node: ast.AcfInterface) -> None:
        findings, options = self._scope.findings, self._scope.options
        attributes = place(node.attributes, Place.ACF_INTERFACE, findings, options)
        name = self._configured(node)
        facts = self._facts.get(name)
        if facts is None:
            near = findings.suggestion(node.name.text, lambda: self._facts)
            if near is None and len(self._facts) == 1:
                near = next(iter(self._facts))
            findings.report(
                "acf-name-mismatch",
                f"the ACF configures an interface '{node.name.text}', "
                "which the IDL does not have",
                node.name.span,
                help=None if near is None else f"write 'interface {near}'",
            )
            return
        for typedef in node.typedefs:
            self._typedef(typedef)
        operations: dict[str, AcfOperation] = {}
        earlier = self._interfaces.get(name)
        if earlier is not None:
            operations.update(earlier.operations)
            attributes = earlier.attributes.join(attributes)
        for operation in node.operations:
            found = self._operation(
                operation, facts, operations.get(operation.name.text)
            )
            if found is not None:
                operations[operation.name.text] = found
        self._interfaces[name] = AcfInterface(attributes, operations)

    def _configured(self, node: ast.AcfInterface) -> str:
        """The name of the interface that *node* is about.

        Spec: MIDL reference, /acf: the names need not match in a file named there.
        """
        tree = self._scope.source.acf
        is_one_to_one = len(self._facts) == 1 and tree and len(tree.interfaces) == 1
        if self._scope.options.is_acf_any_name and is_one_to_one:
            return next(iter(self._facts))
        return node.name.text

    def _operation(
        self,
        node: ast.AcfOperation,
        facts: dict[str, OpFacts],
        earlier: AcfOperation | None,
    ) -> AcfOperation | None:
        findings, options = self._scope.findings, self._scope.options
        name = node.name.text
        known = facts.get(name)
        if known is None:
            near = findings.suggestion(name, lambda: facts)
            notes = (
                [Note(f"'{near}' is declared here", facts[near].node.span)]
                if near is not None
                else []
            )
            findings.report(
                "acf-unknown-operation",
                f"the IDL has no operation '{name}'",
                node.name.span,
                notes=notes,
            )
            return None
        if known.is_local:
            findings.report(
                "acf-local-operation",
                f"'{name}' is [local], so there is nothing to configure",
                node.name.span,
                notes=[Note(f"'{name}' is declared here", known.node.span)],
            )
            return None
        before = earlier.attributes.all if earlier else ()
        attributes = place(
            before + node.attributes, Place.ACF_OPERATION, findings, options
        )
        parameters = dict(earlier.parameters) if earlier else {}
        for parameter in node.parameters:
            placed = place(parameter.attributes, Place.ACF_PARAMETER, findings, options)
            if self._is_parameter(parameter, placed, known):
                parameters[parameter.name.text] = placed
        return AcfOperation(attributes, parameters, node)

    def _is_parameter(
        self, node: ast.AcfParameter, attributes: AttributeSet, known: OpFacts
    ) -> bool:
        """Whether the IDL has the parameter; a status parameter may be added here."""
        name = node.name.text
        if name in known.parameters:
            return True
        near = nearest(name, known.parameters)
        if attributes.first_of("comm_status", "fault_status") and near is None:
            return True
        self._scope.findings.report(
            "acf-unknown-parameter",
            f"'{known.name}' has no parameter '{name}'",
            node.name.span,
            help=None if near is None else f"write '{near}'",
            notes=[Note(f"'{known.name}' is declared here", known.node.span)],
        )
        return False

    def _typedef(self, node: ast.AcfTypedef) -> None:
        scope = self._scope
        attributes = place(
            node.attributes, Place.ACF_TYPEDEF, scope.findings, scope.options
        )
        for name in node.names:
            symbol = scope.find_name(name.text)
            if not isinstance(symbol, TypedefSymbol):
                near = scope.findings.suggestion(name.text, scope.type_names)
                scope.findings.report(
                    "acf-unknown-type",
                    f"the IDL has no type '{name.text}'",
                    name.span,
                    help=None if near is None else f"write '{near}'",
                )
                continue
            if not node.attributes:
                scope.findings.report(
                    "acf-empty-typedef",
                    f"'{name.text}' gets no attribute here",
                    name.span,
                )
            declared = types.typedef(symbol)
            if not declared.is_poison:
                earlier = scope.configured.get(name.text, AttributeSet())
                scope.configured[name.text] = earlier.join(attributes)
                site = Site(scope, Home(), 0)
                _check_type(declared, symbol.attributes, attributes, name, site)


class OpFacts(Struct, frozen=True):
    """What an ACF needs to know of an operation."""

    name: str
    is_local: bool
    parameters: tuple[str, ...]
    node: ast.Name


def _check_type(
    declared: Declared,
    idl: AttributeSet,
    attributes: AttributeSet,
    name: ast.Name,
    site: Site,
) -> None:
    """The rules about one type that attributes of an ACF can break, beside *idl*'s."""
    core = declared.core
    marshalling = attributes.first_of(*MARSHALLING)
    if marshalling is not None:
        word = marshalling.name.text
        if isinstance(core, Constructed) and core.kind is Kind.PIPE:
            site.findings.report(
                "pipe-use",
                f"[{word}] does not apply to the pipe '{name.text}'",
                marshalling.span,
            )
        elif (written := idl.first_of(*MARSHALLING)) is not None:
            site.findings.report(
                "attribute-ignored",
                f"[{word}] has no effect here: '{name.text}' has "
                f"[{written.name.text}] in the IDL",
                marshalling.span,
            )
        else:
            site.scope.marshalled[name.text] = word
            if name.text not in site.options.converters:
                site.findings.report(
                    "local-representation",
                    f"'{name.text}' has no converter: it is presented as it travels",
                    marshalling.span,
                    help=help_for(name.text),
                )
    mode = attributes.first_of("context_handle_serialize", "context_handle_noserialize")
    is_context = isinstance(core, Constructed) and core.kind is Kind.CONTEXT
    if mode is not None and not is_context:
        site.findings.report(
            "serialize-mode-type",
            f"[{mode.name.text}] belongs on a context handle, "
            f"'{name.text}' is {_what(declared)}",
            mode.span,
        )


def _what(declared: Declared) -> str:
    if isinstance(declared.core, Constructed):
        return declared.core.label
    return declared.core.kind.value if isinstance(declared.core, ir.Base) else "not one"
