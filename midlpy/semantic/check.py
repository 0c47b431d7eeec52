"""The rules, and the pass that applies them.

A rule is a generator function over one thing, with its reason in its docstring. To add
one, write it, put it into its table here, and give its diagnostic a row in ``rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from midlpy.diagnostics import Diagnostic
from midlpy.semantic import (
    check_handles,
    check_interfaces,
    check_kinds,
    check_marshalling,
    check_names,
    check_operations,
    check_parameters,
    check_serialization,
    check_sizes,
    check_types,
    pipe_elements,
    pipes,
    refusals,
)
from midlpy.semantic.program import File, Interface
from midlpy.semantic.scope import Constructed, FileScope
from midlpy.semantic.subjects import OperationSubject

OperationRule: TypeAlias = Callable[[OperationSubject], Iterator[Diagnostic]]
TypeRule: TypeAlias = Callable[[Constructed], Iterator[Diagnostic]]
InterfaceRule: TypeAlias = Callable[[Interface], Iterator[Diagnostic]]
ScopeRule: TypeAlias = Callable[[FileScope], Iterator[Diagnostic]]
FileRule: TypeAlias = Callable[[File], Iterator[Diagnostic]]

# What every operation keeps, [local] ones too.
ALL_OPERATIONS: Final[tuple[OperationRule, ...]] = (
    pipes.pipe_is_remote,
    check_operations.async_in_idl,
    check_serialization.local_procedures,
)

# What an operation keeps that is called from afar.
REMOTE_OPERATIONS: Final[tuple[OperationRule, ...]] = (
    check_names.reserved_parameters,
    pipes.needs_async,
    pipes.by_reference,
    pipes.pipe_pointer,
    pipes.pipe_attributes,
    pipes.pipe_of_union,
    pipes.pipe_result,
    pipes.pipe_repeatable,
    pipes.pipe_serialization,
    pipes.pipe_beside_text,
    pipes.pipe_handles,
    pipes.no_binding_handle,
    pipes.async_under_osf,
    check_parameters.out_needs_pointer,
    check_parameters.out_only_is_ref,
    check_parameters.out_string_has_room,
    check_parameters.open_structures,
    check_parameters.out_is_not_const,
    check_operations.variadic,
    check_parameters.types_among_parameters,
    check_parameters.ignored_parameters,
    check_serialization.procedures,
    check_operations.callbacks,
    check_operations.call_as,
    check_parameters.arrays_of_unions,
    check_parameters.arrays_of_open_structures,
    check_operations.maybe_without_output,
    check_operations.byte_counts,
    check_handles.handles,
    check_handles.arrays_of_handles,
    check_operations.results,
    check_parameters.untransmissible,
    check_sizes.sized_by_in,
    check_sizes.dereferences_null,
    check_parameters.written_direction,
    check_kinds.serialize_modes,
    check_handles.status_parameters,
    check_handles.statuses_of_maybe,
)

TYPES: Final[tuple[TypeRule, ...]] = (
    check_names.reserved_members,
    pipe_elements.pipe_element,
    pipe_elements.pipe_marshalling,
    pipe_elements.pipe_member,
    check_types.recursive_by_value,
    check_types.endless_ref,
    check_types.conformant_last,
    check_types.conformant_nested,
    check_types.members,
    check_types.bit_fields,
    check_types.repeated_cases,
    check_types.defaults,
    check_types.arms,
    check_types.case_range,
    check_types.empty_union,
    check_types.bitmaps,
    check_types.enum_values,
    check_kinds.kinds_of_types,
)

INTERFACES: Final[tuple[InterfaceRule, ...]] = (
    check_interfaces.needs_uuid,
    check_interfaces.object_base,
    check_interfaces.pointer_default,
    check_interfaces.imported_pointers,
    check_interfaces.version_on_object,
    check_interfaces.async_uuid_of_com,
    check_interfaces.nothing_remote,
    check_interfaces.repeated_operations,
    check_interfaces.local_operations,
    check_interfaces.without_client,
    check_interfaces.call_as_once,
    check_interfaces.acf_attribute_in_idl,
    check_interfaces.implicit_handle,
    check_serialization.object_interfaces,
    check_serialization.auto_handles,
    check_serialization.mixed_procedures,
    pipes.object_interface,
)

SCOPES: Final[tuple[ScopeRule, ...]] = (
    check_names.redeclared_base,
    check_types.array_typedefs,
    pipe_elements.pipe_typedefs,
    check_marshalling.unused_converters,
    check_marshalling.marshalled_types,
    check_kinds.kinds_of_typedefs,
    check_kinds.serialize_modes_of_typedefs,
    refusals.types_left_out,
)

FILES: Final[tuple[FileRule, ...]] = (
    check_interfaces.repeated_uuids,
    check_interfaces.pragmas,
)


def check(file: File) -> None:
    """Apply every rule to everything *file* declares."""
    findings = file.scope.findings
    for rule in FILES:
        findings.extend(rule(file))
    for scope_rule in SCOPES:
        findings.extend(scope_rule(file.scope))
    for named in file.scope.constructed:
        for type_rule in TYPES:
            findings.extend(type_rule(named))
    for interface in file.interfaces:
        for interface_rule in INTERFACES:
            findings.extend(interface_rule(interface))
        for operation in interface.operations:
            findings.extend(_operation(operation))


def _operation(operation: OperationSubject) -> Iterator[Diagnostic]:
    if operation.interface.is_object:
        return  # see check_com
    for rule in ALL_OPERATIONS:
        yield from rule(operation)
    if refusals.refusal_of(operation) is not None:
        yield from refusals.refused(operation)
    elif not (operation.is_local or operation.is_reserved):
        for rule in REMOTE_OPERATIONS:
            yield from rule(operation)
