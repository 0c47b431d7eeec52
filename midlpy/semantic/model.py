"""Writes the model of one file out of what resolving found."""

from __future__ import annotations

from uuid import UUID

from midlpy.frontend import ast
from midlpy.semantic import ir, unions
from midlpy.semantic.members import DEFAULT_UNION_NAME
from midlpy.semantic.operations import lower_operation
from midlpy.semantic.program import File, Interface, Program, is_declared
from midlpy.semantic.realize import poison
from midlpy.semantic.scope import ConstantSymbol, Constructed, FileScope, Kind
from midlpy.semantic.subjects import ArmSubject, OperationSubject

NIL = UUID(int=0)


def model_of(file: File, program: Program, imports: tuple[ir.Model, ...]) -> ir.Model:
    """The model of *file*."""
    scope = file.scope
    return ir.Model(
        path=scope.path,
        comment=scope.source.unit.comment,
        constants=_constants(scope),
        types=tuple(
            _declaration(named, program)
            for named in scope.constructed
            if is_declared(named)
        ),
        interfaces=tuple(
            _interface(interface)
            for interface in file.interfaces
            if _has_stubs(interface)
        ),
        imports=imports,
        com=file.com,
        serialized=file.serialized,
        is_samba=scope.options.is_samba,
    )


def _constants(scope: FileScope) -> tuple[ir.ConstantDeclaration, ...]:
    """Constants and UUIDs, then what is only quoted, each in order."""
    declared: list[tuple[int, ir.ConstantDeclaration]] = [
        (symbol.site.order, _constant(symbol))
        for symbol in scope.constants
        if not symbol.is_bad
    ]
    for guid in scope.guids:
        if guid.value is not None:
            constant = ir.ConstantDeclaration(
                guid.name.text, guid.value, "", None, guid.span, is_quoted=False
            )
            declared.append((guid.site.order, constant))
    declared.sort(key=lambda each: (each[1].is_quoted, each[0]))
    return tuple(constant for _, constant in declared)


def _constant(symbol: ConstantSymbol) -> ir.ConstantDeclaration:
    is_quoted = symbol.quote is not None
    return ir.ConstantDeclaration(
        symbol.name.text,
        symbol.value,
        "" if is_quoted else symbol.node.text,
        None if is_quoted else symbol.node.comment,
        symbol.span,
        is_quoted,
    )


def _declaration(named: Constructed, program: Program) -> ir.TypeDeclaration:
    text, comment, span = named.text, named.comment, named.span
    untold = program.untold(named.use)
    opaque = None if untold is None else untold.cause.reason
    match named.kind:
        case Kind.ENUM:
            return ir.EnumDeclaration(
                named.name,
                tuple(ir.Enumerator(n, v) for n, v in named.enumerators.items()),
                named.is_wide_enum,
                text,
                comment,
                span,
                named.enum_octets,
                named.is_bitmap,
            )
        case Kind.STRUCT:
            fields = tuple(
                ir.Field(f.name, f.type, f.span, f.start) for f in named.fields
            )
            return ir.StructDeclaration(named.name, fields, opaque, text, comment, span)
        case Kind.UNION:
            return ir.UnionDeclaration(
                named.name,
                _discriminant(named),
                tuple(_arm(arm, named) for arm in named.arms),
                "ms_union" in named.attributes
                or named.site.home.is_ms_union
                or named.site.options.ms_union,
                opaque,
                text,
                comment,
                span,
            )
        case Kind.ENCAPSULATED:
            return _encapsulated(named, opaque)
        case Kind.CONTEXT:
            return ir.ContextHandleDeclaration(named.name, text, comment, span)
        case Kind.PIPE:
            return ir.PipeDeclaration(named.name, _element(named), text, comment, span)
        case Kind.CONVERTED:
            return ir.ConvertedDeclaration(
                named.name,
                named.wire or poison(span),
                named.site.options.converters[named.name],
                opaque,
                text,
                comment,
                span,
            )


def _encapsulated(
    named: Constructed, opaque: str | None
) -> ir.EncapsulatedUnionDeclaration:
    node = named.node
    assert isinstance(node, ast.EncapsulatedUnion)
    return ir.EncapsulatedUnionDeclaration(
        named.name,
        ir.Field(node.discriminant.text, _discriminant(named), node.discriminant.span),
        node.name.text if node.name else DEFAULT_UNION_NAME,
        tuple(_arm(arm, named) for arm in named.arms),
        opaque,
        named.text,
        named.comment,
        named.span,
    )


def _discriminant(named: Constructed) -> ir.Type:
    """The discriminant's type; long for a union that nothing uses."""
    declared = (
        unions.switch_type(named) if named.kind is Kind.UNION else named.discriminant
    )
    if declared is not None:
        core = declared.core
        if isinstance(core, ir.Base | Constructed):
            type_ = core.use if isinstance(core, Constructed) else core
            if named.kind is Kind.ENCAPSULATED and declared.range is not None:
                return ir.Ranged(type_, declared.range)
            return type_
    return ir.Base(ir.BaseKind.INT32)


def _arm(arm: ArmSubject, named: Constructed) -> ir.Arm:
    labels = tuple(unions.label(value, named) for value in arm.labels)
    return ir.Arm(labels, arm.is_default, arm.name, arm.type, arm.span)


def _element(named: Constructed) -> ir.Type:
    """A pipe's element; the rules have seen to it that it is one."""
    element = named.element
    if element is None or element.levels:
        return poison(named.span)
    core = element.core
    if isinstance(core, ir.Base | ir.Guid):
        return core
    if isinstance(core, Constructed):
        return core.use if is_guid_free(core) else ir.Guid()
    return poison(named.span)


def is_guid_free(core: Constructed) -> bool:
    return is_declared(core) or core.kind is not Kind.STRUCT


def _has_stubs(interface: Interface) -> bool:
    subject = interface.subject
    return "uuid" in subject.attributes and not (subject.is_object or subject.is_local)


def _interface(interface: Interface) -> ir.Interface:
    subject = interface.subject
    remote = [operation for operation in interface.operations if not operation.is_local]
    return ir.Interface(
        name=subject.name,
        uuid=subject.uuid or NIL,
        version=subject.version,
        endpoints=subject.endpoints,
        operations=_numbered([o for o in remote if "callback" not in o.attributes]),
        callbacks=_numbered([o for o in remote if "callback" in o.attributes]),
        text=subject.node.text,
        comment=subject.node.comment,
        span=subject.name_span,
    )


def _numbered(operations: list[OperationSubject]) -> tuple[ir.Operation, ...]:
    """Opnums count what is remote, in file order. Spec: C706 4.2.7."""
    return tuple(
        lower_operation(operation, opnum, operation.node.text)
        for opnum, operation in enumerate(operations)
    )
