"""Operations and their interfaces: parameters, directions, bindings, opnums."""

from __future__ import annotations

import re
from typing import Final

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import headers, ir, types
from midlpy.semantic.acf import NOTHING, AcfInterface, AcfOperation, OpFacts
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.collect import home_of
from midlpy.semantic.declarations import declarations
from midlpy.semantic.declared import Declared, Void
from midlpy.semantic.expressions import Neighbour, Neighbours
from midlpy.semantic.placement import place
from midlpy.semantic.realize import Position, Use, realize
from midlpy.semantic.refusals import refusal_of
from midlpy.semantic.scope import Constructed, FileScope, Kind, Site
from midlpy.semantic.subjects import (
    InterfaceSubject,
    OperationSubject,
    ParameterSubject,
)

# How specifications name opnums that are not for everybody.
RESERVED: Final = re.compile(
    r"_*Opnum\d+(NotUsedOnWire|NotUsed|Reserved\w*)?|_*Reserved_?\d*|\w*NotUsedOnWire\w*"
)

# Attributes of an operation that speak of its result.
RESULT_ATTRIBUTES: Final = frozenset(
    {"ref", "unique", "ptr", "string", "context_handle", "range"}
)


def facts_of(node: ast.Interface) -> dict[str, OpFacts]:
    """What the ACF may say something about."""
    found: dict[str, OpFacts] = {}
    is_local = "local" in AttributeSet(node.attributes)
    for declaration, declarator in declarations(node):
        name = declarator.name
        if name is None:
            continue
        names = [
            parameter.declarator.name.text
            for parameter in _parameter_nodes(declarator)
            if parameter.declarator.name is not None
        ]
        local = is_local or "local" in AttributeSet(declaration.attributes)
        found.setdefault(name.text, OpFacts(name.text, local, tuple(names), name))
    return found


def _parameter_nodes(declarator: ast.Declarator) -> tuple[ast.Parameter, ...]:
    function = declarator.derivations[0]
    assert isinstance(function, ast.FunctionOf)
    return function.parameters


def interface_subject(
    node: ast.Interface,
    scope: FileScope,
    acf: AcfInterface,
    acf_name: str,
    *,
    in_library: bool,
    where: Place = Place.INTERFACE,
) -> InterfaceSubject:
    """The header of *node* with its attributes checked for the place *where* it stands."""
    attributes = place(node.attributes, where, scope.findings, scope.options)
    home = home_of(node, in_library)
    site = Site(scope, home, 0)
    return InterfaceSubject(
        name=node.name.text,
        attributes=attributes,
        acf_attributes=acf.attributes,
        acf_name=acf_name,
        uuid=headers.uuid_of(attributes, site),
        version=headers.version_of(attributes, site),
        endpoints=headers.endpoints_of(attributes, site),
        is_object=home.is_object,
        is_local=home.is_local,
        in_library=in_library,
        node=node,
        name_span=node.name.span,
        site=site,
    )


def operation_subject(
    declaration: ast.Declaration,
    declarator: ast.Declarator,
    interface: InterfaceSubject,
    acf: AcfInterface,
) -> OperationSubject:
    """One operation with its types settled; reports what is wrong in them."""
    assert declarator.name is not None
    name = declarator.name.text
    site = interface.site
    attributes = place(
        declaration.attributes, Place.OPERATION, site.findings, site.options
    )
    entry = acf.operations.get(name, NOTHING)
    parameters = _parameters(name, declarator, site)
    result, result_type = _result(declaration, declarator, attributes, parameters, site)
    handle = _binding_handle(parameters)
    is_written = any(
        "async" in each
        for each in (
            attributes,
            entry.attributes,
            acf.attributes,
            interface.attributes,
        )
    )
    # Samba's dialect has no word for it.
    may_imply = site.options.async_pipes == "imply" or site.options.is_samba
    implied = may_imply and any(p.pipe for p in parameters)
    return OperationSubject(
        name=name,
        interface=interface,
        attributes=attributes,
        acf=entry.attributes,
        acf_interface=acf.attributes,
        parameters=parameters,
        result=result,
        result_type=result_type,
        handle=handle,
        binding=_binding(handle, interface, attributes, entry, acf),
        is_async=is_written or implied,
        is_async_written=is_written,
        is_local=interface.is_local or "local" in attributes,
        is_reserved=RESERVED.fullmatch(name) is not None,
        acf_parameters=entry.parameters,
        site=site,
        node=declaration,
        declarator=declarator,
        name_span=declarator.name.span,
        span=declaration.span,
    )


def _parameters(
    operation: str, declarator: ast.Declarator, site: Site
) -> tuple[ParameterSubject, ...]:
    nodes = _parameter_nodes(declarator)
    declared: list[tuple[ast.Parameter, str, AttributeSet, Declared, Span]] = []
    for index, node in enumerate(nodes):
        attributes = place(
            node.attributes, Place.PARAMETER, site.findings, site.options
        )
        type_ = types.declare(
            node.specifiers, node.declarator, attributes, site, Place.PARAMETER
        )
        name = node.declarator.name
        if _is_void(type_) and name is None:
            _check_void_alone(node, nodes, site)
            continue
        text = name.text if name else f"param{index + 1}"
        declared.append((node, text, attributes, type_, node.span))
    _report_repeated(operation, declared, site)
    neighbours = Neighbours(
        "parameter",
        {name: Neighbour(type_, span) for _, name, _, type_, span in declared},
    )
    return tuple(
        _parameter(node, name, attributes, type_, neighbours, site)
        for node, name, attributes, type_, _ in declared
    )


def _is_void(declared: Declared) -> bool:
    return isinstance(declared.core, Void) and not declared.levels


def _check_void_alone(
    node: ast.Parameter, nodes: tuple[ast.Parameter, ...], site: Site
) -> None:
    if len(nodes) > 1:
        site.findings.report(
            "void-not-alone",
            "void stands beside other parameters",
            node.span,
            help="leave it out",
        )


def _report_repeated(
    operation: str,
    declared: list[tuple[ast.Parameter, str, AttributeSet, Declared, Span]],
    site: Site,
) -> None:
    seen: set[str] = set()
    for _, name, _, _, span in declared:
        if name in seen:
            site.findings.report(
                "redefinition",
                f"two parameters of '{operation}' are called '{name}'",
                span,
            )
        seen.add(name)


def _parameter(
    node: ast.Parameter,
    name: str,
    attributes: AttributeSet,
    declared: Declared,
    neighbours: Neighbours,
    site: Site,
) -> ParameterSubject:
    use = Use(Position.PARAMETER, name, attributes, neighbours, site, node.span)
    type_ = realize(declared, use)
    is_in, is_out = "in" in attributes, "out" in attributes
    direction = ir.Direction.IN
    if is_out:
        direction = ir.Direction.IN_OUT if is_in else ir.Direction.OUT
    core = declared.core
    pipe = core if isinstance(core, Constructed) and core.kind is Kind.PIPE else None
    return ParameterSubject(
        name=name,
        attributes=attributes,
        declared=declared,
        type=pipe.use if pipe else type_,
        direction=direction,
        has_direction=is_in or is_out,
        pipe=pipe,
        node=node,
        span=node.span,
    )


def _result(
    declaration: ast.Declaration,
    declarator: ast.Declarator,
    attributes: AttributeSet,
    parameters: tuple[ParameterSubject, ...],
    site: Site,
) -> tuple[Declared, ir.Type]:
    """What the operation returns: the declarator without its function."""
    rest = ast.Declarator(declarator.name, declarator.derivations[1:], declarator.span)
    chosen = AttributeSet(
        tuple(a for a in attributes if a.name.text in RESULT_ATTRIBUTES)
    )
    declared = types.declare(
        declaration.specifiers, rest, chosen, site, Place.OPERATION
    )
    core = declared.core
    if isinstance(core, Constructed) and core.kind is Kind.PIPE:
        # Reported by the rules on pipes.
        return declared, ir.Opaque("", declaration.specifiers.span, "")
    neighbours = Neighbours(
        "parameter", {p.name: Neighbour(p.declared, p.span) for p in parameters}
    )
    use = Use(
        Position.RESULT,
        "the result",
        chosen,
        neighbours,
        site,
        declaration.specifiers.span,
    )
    return declared, realize(declared, use)


def _binding_handle(
    parameters: tuple[ParameterSubject, ...],
) -> ParameterSubject | None:
    """The leftmost parameter that tells where to call.

    Spec: MIDL reference, "Binding handles": handle_t, a [handle] type, or a context
    handle that travels in.
    """
    for parameter in parameters:
        core = parameter.declared.core
        if isinstance(core, ir.BindingHandle) or parameter.declared.is_handle:
            return parameter
        is_context = isinstance(core, Constructed) and core.kind is Kind.CONTEXT
        if is_context and not parameter.is_out_only:
            return parameter
    return None


def _binding(
    handle: ParameterSubject | None,
    interface: InterfaceSubject,
    attributes: AttributeSet,
    entry: AcfOperation,
    acf: AcfInterface,
) -> ir.Binding:
    """Where the binding comes from; the operation's own word wins over the ACF's."""
    if handle is not None:
        return ir.Binding.EXPLICIT
    if any("explicit_handle" in each for each in (entry.attributes, attributes)):
        return ir.Binding.EXPLICIT
    for header in (acf.attributes, interface.attributes):
        if "explicit_handle" in header:
            return ir.Binding.EXPLICIT
        if "implicit_handle" in header:
            return ir.Binding.IMPLICIT
        if "auto_handle" in header:
            return ir.Binding.AUTO
    return ir.Binding.NONE


def lower_operation(operation: OperationSubject, opnum: int, text: str) -> ir.Operation:
    """*operation* as the model has it: without what never travels."""
    attributes = operation.attributes
    refusal = refusal_of(operation)
    is_broadcast = "broadcast" in attributes
    is_maybe = "maybe" in attributes
    return ir.Operation(
        name=operation.name,
        opnum=opnum,
        parameters=tuple(
            lower_parameter(parameter)
            for parameter in operation.parameters
            if not isinstance(parameter.declared.core, ir.BindingHandle)
            and refusal is None
        )
        + (() if refusal else added_statuses(operation)),
        return_type=ir.Void() if refusal else operation.result_type,
        binding=operation.binding,
        is_async=operation.is_async,
        is_idempotent="idempotent" in attributes or is_broadcast or is_maybe,
        is_broadcast=is_broadcast,
        is_maybe=is_maybe,
        is_callback="callback" in attributes,
        is_reserved=operation.is_reserved,
        refusal=None if refusal is None else refusal.reason,
        text=text,
        comment=operation.node.comment,
        span=operation.span,
        called=twin_of(operation),
        comm_status=None if refusal else status_place(operation, "comm_status"),
        fault_status=None if refusal else status_place(operation, "fault_status"),
        has_client=not is_without_client(operation),
        notice=None if refusal else notice_of(operation),
        serialization=serialization_of(
            operation.acf,
            operation.attributes,
            operation.acf_interface,
            operation.interface.attributes,
        ),
    )


def is_without_client(operation: OperationSubject) -> bool:
    """Whether [nocode] holds; the ACF speaks before the IDL, an operation before all."""
    interface = operation.interface
    for attributes in (
        operation.acf,
        operation.acf_interface,
        interface.attributes,
    ):
        found = attributes.first_of("nocode", "code")
        if found is not None:
            return found.name.text == "nocode"
    return False


def notice_of(operation: OperationSubject) -> str | None:
    """The attribute that asks for a notice; the one that tells more wins."""
    for word in ("notify_flag", "notify"):
        if word in operation.acf or word in operation.attributes:
            return word
    return None


def serialization_of(*lists: AttributeSet) -> ir.Serialization | None:
    """What the first of *lists* that says something about it asks for."""
    for attributes in lists:
        words = [word for word in ("encode", "decode") if word in attributes]
        if words:
            return ir.Serialization(", ".join(words))
    return None


def twin_of(operation: OperationSubject) -> str | None:
    """The [local] operation that a remote one is called as, if it is."""
    for attributes in (operation.attributes, operation.acf):
        target = attributes.argument("call_as")
        if isinstance(target, ast.NameReference):
            return target.name.text
    return None


def status_place(operation: OperationSubject, word: str) -> str | None:
    """The result that the status attribute *word* has errors delivered in.

    Spec: C706 4.3.9.
    """
    for name, attributes in operation.acf_parameters.items():
        if word in attributes:
            return name
    for parameter in operation.parameters:
        if word in parameter.attributes:
            return parameter.name
    if word in operation.acf or word in operation.attributes:
        return "return_value"
    return None


def added_statuses(operation: OperationSubject) -> tuple[ir.Parameter, ...]:
    """The status parameters that only the ACF has: [out], and never sent."""
    known = {parameter.name for parameter in operation.parameters}
    status = ir.Pointer(ir.Base(ir.BaseKind.ERROR_STATUS), ir.PointerKind.REF)
    return tuple(
        ir.Parameter(
            name=name,
            type=status,
            direction=ir.Direction.OUT,
            is_pipe=False,
            chunk_range=None,
            span=attributes.all[0].span,
            is_sent=False,
        )
        for name, attributes in operation.acf_parameters.items()
        if name not in known
    )


def lower_parameter(parameter: ParameterSubject) -> ir.Parameter:
    return ir.Parameter(
        name=parameter.name,
        type=parameter.type,
        direction=parameter.direction,
        is_pipe=parameter.pipe is not None,
        chunk_range=parameter.declared.range if parameter.pipe else None,
        span=parameter.span,
    )
