"""What rules look at: declarations with names bound, still close to the source.

The model forgets what no later pass needs: attributes that had no effect, pointers that
vanish, whole interfaces. Rules about these look at subjects instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declared import Declared

if TYPE_CHECKING:
    from midlpy.semantic.scope import Constructed, Site


class FieldSubject(Struct, frozen=True):
    """A struct member. *type* is final. *start* is the value it begins with, if any."""

    name: str
    attributes: AttributeSet
    declared: Declared
    type: ir.Type
    has_bits: bool
    span: Span
    start: int | None = None


class ArmSubject(Struct, frozen=True):
    """A union arm; *name*, *declared* and *type* are None for an empty one."""

    labels: tuple[int, ...]
    label_spans: tuple[Span, ...]
    is_default: bool
    has_case: bool
    name: str | None
    attributes: AttributeSet
    declared: Declared | None
    type: ir.Type | None
    span: Span


class ParameterSubject(Struct, frozen=True):
    """A parameter as declared; *pipe* is the pipe type it passes, if it is one."""

    name: str
    attributes: AttributeSet
    declared: Declared
    type: ir.Type
    direction: ir.Direction
    has_direction: bool
    pipe: Constructed | None
    node: ast.Parameter
    span: Span

    @property
    def is_pointer(self) -> bool:
        return bool(self.declared.levels) and self.declared.levels[0].is_pointer

    @property
    def is_out_only(self) -> bool:
        return self.direction is ir.Direction.OUT


class OperationSubject(Struct, frozen=True):
    """An operation with everything IDL and ACF say about it.

    *attributes* are those of the IDL, *acf* those of its ACF entry, *acf_interface* those
    of the ACF's interface header, *handle* the parameter that binds.
    """

    name: str
    interface: InterfaceSubject
    attributes: AttributeSet
    acf: AttributeSet
    acf_interface: AttributeSet
    parameters: tuple[ParameterSubject, ...]
    result: Declared
    result_type: ir.Type
    handle: ParameterSubject | None
    binding: ir.Binding
    is_async: bool
    is_async_written: bool
    is_local: bool
    is_reserved: bool
    acf_parameters: Mapping[str, AttributeSet]
    site: Site
    node: ast.Declaration
    declarator: ast.Declarator
    name_span: Span
    span: Span

    @property
    def pipes(self) -> tuple[ParameterSubject, ...]:
        return tuple(p for p in self.parameters if p.pipe is not None)


class InterfaceSubject(Struct, frozen=True):
    """An interface with its header; *acf_name* is where ACF lines of it would stand."""

    name: str
    attributes: AttributeSet
    acf_attributes: AttributeSet
    acf_name: str
    uuid: UUID | None
    version: tuple[int, int]
    endpoints: tuple[str, ...]
    is_object: bool
    is_local: bool
    in_library: bool
    node: ast.Interface
    name_span: Span
    site: Site
