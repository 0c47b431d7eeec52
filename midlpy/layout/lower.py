"""The pass from checked model to wire plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from midlpy.layout import plan
from midlpy.layout.counts import counts
from midlpy.layout.cycles import Edges, cyclic, definition_order, reaching
from midlpy.layout.references import Index, Key, is_opaque, other_units, use_graph
from midlpy.layout.starts import arms_of, first_label, selected, starts, switch_of
from midlpy.semantic import ir

OCTET_KINDS = frozenset({ir.BaseKind.BYTE, ir.BaseKind.CHAR, ir.BaseKind.UINT8})


def lower(model: ir.Model) -> plan.Module:
    """The wire plan of one file; the files it imports are only looked up in."""
    index = Index.of(model)
    levels = _Levels(index)
    graph = use_graph(index)
    own = {
        (model.path, declaration.name): declaration
        for declaration in model.types
        if not is_opaque(declaration)
    }
    order = [
        key
        for key in definition_order({key: graph[key] for key in own if key in graph})
        if key in own
    ]
    cycles = cyclic(graph)
    structure = _Structure(
        rank={key: position for position, key in enumerate(order)},
        graph=graph,
        cycles=cycles,
        # A presented value may refer to anything.
        keeps_gc=reaching(graph, cycles | index.converted()),
    )
    declarations = _Declarations(model.path, index, levels, structure)
    types = tuple(declarations.lower(own[key]) for key in order)
    interfaces = tuple(_interface(levels, interface) for interface in model.interfaces)
    serialized = tuple(
        plan.Serialized(
            each.name, levels.lower(each.type), each.serialization.value, each.span
        )
        for each in model.serialized
    )
    return plan.Module(
        path=model.path,
        comment=model.comment,
        uses=other_units(model.path, types, interfaces, serialized),
        constants=tuple(
            plan.Constant(
                constant.name, constant.value, _source(constant), constant.is_quoted
            )
            for constant in model.constants
        ),
        types=types,
        interfaces=interfaces,
        kept=frozenset(name for unit, name in index.alike if unit == model.path),
        serialized=serialized,
    )


def _source(
    declaration: (
        ir.ConstantDeclaration | ir.TypeDeclaration | ir.Operation | ir.Interface
    ),
) -> plan.Source:
    return plan.Source(declaration.text, declaration.comment, declaration.span)


class _Levels(Struct, frozen=True):
    """Types of the model to rows of levels."""

    index: Index

    def lower(self, type_: ir.Type) -> plan.Type:
        match type_:
            case ir.Base(kind):
                return plan.Scalar(kind)
            case ir.Ranged(target, range_):
                return plan.Ranged(self.lower(target), range_.low, range_.high)
            case ir.Guid():
                return plan.Guid()
            case ir.Pointer(target, kind):
                return plan.Pointer(self.lower(target), kind)
            case ir.Array():
                return _ranged(self._array(type_), type_.range)
            case ir.String(character, bound, size, range_):
                return _ranged(plan.Text(character, bound, size), range_)
            case ir.InPlace(target, is_counted):
                return plan.InPlace(self.lower(target), is_counted)
            case ir.Use():
                return self.use(type_)
            case ir.Switch(union, discriminant):
                return plan.Switch(self.use(union), discriminant)
            case ir.InterfacePointer():
                return plan.InterfacePointer()
            case ir.BindingHandle() | ir.Void() | ir.Opaque():
                raise AssertionError(f"{type_} has no octets; checks must refuse it")
            case _:
                assert_never(type_)

    def use(self, use: ir.Use) -> plan.Use:
        declaration = self.index[use]
        form = _FORMS[type(declaration)]
        zero = None
        if isinstance(declaration, ir.EnumDeclaration):
            zero = next((e.name for e in declaration.enumerators if e.value == 0), None)
        keeps_name = (use.unit, use.name) in self.index.alike
        return plan.Use(use.unit, use.name, form, zero, keeps_name)

    def _array(self, array: ir.Array) -> plan.Type:
        is_varying = array.length is not None or array.first is not None
        if isinstance(array.element, ir.Base):
            kind = array.element.kind
            if kind in OCTET_KINDS or kind is ir.BaseKind.WCHAR:
                return plan.Packed(
                    kind is ir.BaseKind.WCHAR,
                    array.bound,
                    array.size,
                    array.length,
                    array.first,
                )
        element = self.in_place(array.element)
        if array.bound is None:
            return plan.Conformant(element, array.size, array.length, array.first)
        if is_varying:
            return plan.Varying(element, array.bound, array.length, array.first)
        return plan.Fixed(element, array.bound)

    def in_place(self, type_: ir.Type) -> plan.Type:
        """*type_* where nothing can stand ahead of it; only Samba's dialect asks for it."""
        lowered = self.lower(type_)
        return plan.InPlace(lowered, True) if self.index.is_open(type_) else lowered


_FORMS: dict[type[ir.TypeDeclaration], plan.Form] = {
    ir.EnumDeclaration: plan.Form.ENUM,
    ir.StructDeclaration: plan.Form.STRUCT,
    ir.UnionDeclaration: plan.Form.UNION,
    ir.EncapsulatedUnionDeclaration: plan.Form.ENCAPSULATED,
    ir.ContextHandleDeclaration: plan.Form.CONTEXT_HANDLE,
    ir.PipeDeclaration: plan.Form.PIPE,
    ir.ConvertedDeclaration: plan.Form.CONVERTED,
}


def _ranged(type_: plan.Type, range_: ir.Range | None) -> plan.Type:
    return type_ if range_ is None else plan.Ranged(type_, range_.low, range_.high)


# Declarations


class _Structure(Struct, frozen=True):
    """Where each type is defined, what it uses, and what can reach itself."""

    rank: dict[Key, int]
    graph: dict[Key, Edges[Key]]
    cycles: set[Key]
    keeps_gc: set[Key]

    def later(self, key: Key) -> tuple[str, ...]:
        place = self.rank[key]
        return tuple(
            target[1]
            for target in self.graph[key].all
            if self.rank.get(target, -1) >= place
        )


class _Declarations(Struct, frozen=True):
    path: str
    index: Index
    levels: _Levels
    structure: _Structure
    fixed: dict[Key, bool] = {}  # each instance has its own, as msgspec makes it

    def lower(self, declaration: ir.TypeDeclaration) -> plan.Declaration:
        name, source = declaration.name, _source(declaration)
        key = (self.path, name)
        match declaration:
            case ir.EnumDeclaration():
                members = tuple(
                    plan.Enumerator(e.name, e.value) for e in declaration.enumerators
                )
                octets = declaration.octets or (4 if declaration.is_v1 else 2)
                is_exact = declaration.octets is not None
                is_flags = declaration.is_flags
                return plan.Enumeration(
                    name, members, octets, source, is_exact, is_flags
                )
            case ir.StructDeclaration():
                return plan.Struct(
                    name=name,
                    fields=self._fields(declaration.fields),
                    is_fixed=all(self._is_fixed(f.type) for f in declaration.fields),
                    keeps_gc=key in self.structure.keeps_gc,
                    in_cycle=key in self.structure.cycles,
                    later=self.structure.later(key),
                    source=source,
                )
            case ir.UnionDeclaration():
                arms, default = self._arms(declaration.arms)
                return plan.Union(
                    name=name,
                    discriminant=self.levels.lower(declaration.discriminant),
                    arms=arms,
                    default=default,
                    is_ms_union=declaration.is_ms_union,
                    in_cycle=key in self.structure.cycles,
                    later=self.structure.later(key),
                    source=source,
                )
            case ir.EncapsulatedUnionDeclaration():
                arms, default = self._arms(declaration.arms)
                label = first_label(declaration.arms)
                (tag,) = self._fields((declaration.discriminant,))
                return plan.Encapsulated(
                    name=name,
                    discriminant=replace(tag, start=label),
                    union_name=declaration.union_name,
                    start=self._arm_type(selected(declaration.arms, label)),
                    arms=arms,
                    default=default,
                    keeps_gc=key in self.structure.keeps_gc,
                    in_cycle=key in self.structure.cycles,
                    later=self.structure.later(key),
                    source=source,
                )
            case ir.ContextHandleDeclaration():
                return plan.ContextHandle(name, source)
            case ir.PipeDeclaration():
                return plan.Pipe(name, self.levels.lower(declaration.element), source)
            case ir.ConvertedDeclaration():
                return plan.Converted(
                    name=name,
                    wire=self.levels.lower(declaration.wire),
                    converter=declaration.converter,
                    in_cycle=key in self.structure.cycles,
                    later=self.structure.later(key),
                    source=source,
                )
            case _:
                assert_never(declaration)

    def _fields(self, fields: tuple[ir.Field, ...]) -> tuple[plan.Field, ...]:
        types = [
            (
                field.name,
                (
                    self.levels.lower(field.type)
                    if field is fields[-1]
                    else self.levels.in_place(field.type)
                ),
            )
            for field in fields
        ]
        known = counts(types)
        begun = starts(fields, known, self.index)
        return tuple(
            plan.Field(
                field.name,
                self._started(field.type, type_, begun),
                field.name in known,
                begun.get(field.name, 0),
                field.span,
            )
            for (_, type_), field in zip(types, fields, strict=True)
        )

    def _started(
        self, type_: ir.Type, lowered: plan.Type, begun: Mapping[str, int]
    ) -> plan.Type:
        """A union in place, with the arm that its discriminant selects at first."""
        match lowered:
            case plan.Pointer(target, kind):
                if kind is not ir.PointerKind.REF:
                    return lowered
                return plan.Pointer(self._started(type_, target, begun), kind)
            case plan.Switch(union, discriminant):
                switch = switch_of(type_)
                assert switch is not None
                value = 0
                if isinstance(discriminant, ir.Sibling):
                    value = begun.get(discriminant.name, 0)
                arm = selected(arms_of(switch.union, self.index), value)
                return plan.Switch(union, discriminant, self._arm_type(arm))
            case _:
                return lowered

    def _arm_type(self, arm: ir.Arm | None) -> plan.Type | None:
        return None if arm is None or arm.type is None else self.levels.lower(arm.type)

    def _arms(
        self, arms: tuple[ir.Arm, ...]
    ) -> tuple[tuple[plan.Arm, ...], plan.Arm | None]:
        lowered = [(arm.is_default, self._arm(arm)) for arm in arms]
        default = next((arm for is_default, arm in lowered if is_default), None)
        return tuple(arm for _, arm in lowered if arm.labels), default

    def _arm(self, arm: ir.Arm) -> plan.Arm:
        return plan.Arm(arm.labels, arm.name, self._arm_type(arm))

    def _is_fixed(self, type_: ir.Type) -> bool:
        match type_:
            case ir.Base() | ir.Guid():
                return True
            case ir.Ranged(target):
                return self._is_fixed(target)
            case ir.Array(element, bound, _, length, first):
                is_whole = length is None and first is None
                return bound is not None and is_whole and self._is_fixed(element)
            case ir.Use(unit, name):
                if (unit, name) not in self.fixed:
                    self.fixed[unit, name] = self._is_fixed_declaration(type_)
                return self.fixed[unit, name]
            case _:
                return False

    def _is_fixed_declaration(self, use: ir.Use) -> bool:
        match self.index[use]:
            case ir.EnumDeclaration() | ir.ContextHandleDeclaration():
                return True
            case ir.ConvertedDeclaration(wire=wire):
                return self._is_fixed(wire)
            case ir.StructDeclaration(fields=fields):
                return all(self._is_fixed(each.type) for each in fields)
            case _:
                return False


# Interfaces


def _interface(levels: _Levels, interface: ir.Interface) -> plan.Interface:
    return plan.Interface(
        name=interface.name,
        uuid=interface.uuid,
        version=interface.version,
        endpoints=interface.endpoints,
        operations=tuple(_operation(levels, o) for o in interface.operations),
        callbacks=tuple(_operation(levels, o) for o in interface.callbacks),
        source=_source(interface),
    )


def _operation(levels: _Levels, operation: ir.Operation) -> plan.Operation:
    parameters = () if operation.is_reserved else operation.parameters
    types = [levels.lower(parameter.type) for parameter in parameters]
    known = counts(
        (parameter.name, type_)
        for parameter, type_ in zip(parameters, types, strict=True)
        if parameter.direction is not ir.Direction.OUT and not parameter.is_pipe
    )
    returns, asked = operation.return_type, operation.serialization
    is_void = operation.is_reserved or isinstance(returns, ir.Void)
    return plan.Operation(
        name=operation.name,
        opnum=operation.opnum,
        parameters=tuple(
            _parameter(levels, parameter, type_, parameter.name in known)
            for parameter, type_ in zip(parameters, types, strict=True)
        ),
        result=None if is_void else levels.lower(returns),
        is_async=operation.is_async,
        is_idempotent=operation.is_idempotent,
        is_broadcast=operation.is_broadcast,
        is_maybe=operation.is_maybe,
        is_reserved=operation.is_reserved,
        refusal=operation.refusal,
        source=_source(operation),
        called=operation.called,
        comm_status=operation.comm_status,
        fault_status=operation.fault_status,
        has_client=operation.has_client,
        notice=operation.notice,
        serialization=None if asked is None else asked.value,
    )


def _parameter(
    levels: _Levels, parameter: ir.Parameter, type_: plan.Type, is_count: bool
) -> plan.Parameter:
    bounds = parameter.chunk_range
    element = None
    if parameter.is_pipe and isinstance(parameter.type, ir.Use):
        pipe = levels.index[parameter.type]
        assert isinstance(pipe, ir.PipeDeclaration)
        element = levels.lower(pipe.element)
    return plan.Parameter(
        name=parameter.name,
        type=type_,
        is_in=parameter.direction is not ir.Direction.OUT,
        is_out=parameter.direction is not ir.Direction.IN,
        is_pipe=parameter.is_pipe,
        is_count=is_count,
        element=element,
        chunk_range=None if bounds is None else (bounds.low, bounds.high),
        span=parameter.span,
        is_sent=parameter.is_sent,
    )
