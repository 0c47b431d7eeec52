"""The pass from wire plan to view: every piece of Python text, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from pathlib import PurePath
from typing import assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from midlpy.codegen import docstrings, names
from midlpy.codegen.annotations import alternatives, annotation, chunk
from midlpy.codegen.codecs import codec, union_codec
from midlpy.codegen.defaults import default
from midlpy.codegen.hiding import aliased, beside
from midlpy.codegen.lines import (
    STEP,
    WIDTH,
    Call,
    Fit,
    Piece,
    assigned,
    call,
    class_head,
    joined,
    one_line,
    quoted,
    spread,
)
from midlpy.codegen.names import Naming
from midlpy.codegen.operations import client, descriptor, interface, results, server
from midlpy.codegen.spelling import Spelling
from midlpy.codegen.view import (
    AnyDefinition,
    ConstantView,
    ContextHandleView,
    DescriptorView,
    EnumView,
    Module,
    PipeView,
    StructView,
    UnionView,
    code,
)
from midlpy.layout import plan

# The generation of the runtime's vocabulary that modules are written in.
ABI = 1

_CLASSES = frozenset({"enumeration", "pipe", "struct", "result", "client", "server"})
_END_IN_CLASSES = frozenset({"pipe", "result", "client", "server"})


class Options(Struct, frozen=True):
    """What a user may choose about the text.

    The prefixes go ahead of the names of methods. *syntaxes* are names of transfer
    syntaxes in the vocabulary of the runtime.
    """

    naming: Naming = Naming.PEP8
    client: bool = True
    server: bool = True
    client_prefix: str = ""
    server_prefix: str = ""
    syntaxes: tuple[str, ...] = ()


def present(module: plan.Module, options: Options) -> Module:
    """The view of *module*; the same for the same plan and options."""
    spelling = replace(
        Spelling.of(module, options.naming),
        client_prefix=options.client_prefix,
        server_prefix=options.server_prefix,
    )
    spelling = replace(spelling, aliased=aliased(module, spelling))
    definitions = _spaced(_definitions(module, spelling, options))
    modules = {
        names.module_name(path): alias for path, alias in spelling.modules.items()
    }
    return Module(
        docstring=_module_docstring(module),
        imports=tuple(_imports(definitions, modules, _converters(module))),
        abi=ABI,
        definitions=definitions,
    )


def _definitions(
    module: plan.Module, spelling: Spelling, options: Options
) -> Iterator[AnyDefinition]:
    yield from (_constant(constant) for constant in module.constants)
    for type_ in module.types:
        yield _declaration(type_, spelling)
        if spelling.own_class(type_.name) in spelling.aliased:
            yield _second_name(spelling.own_class(type_.name))
    yield from (_serialized(each, spelling) for each in module.serialized)
    operations = [
        operation
        for each in module.interfaces
        for operation in (*each.operations, *each.callbacks)
    ]
    for operation in operations:
        yield from results(operation, spelling)
    yield from (descriptor(operation, spelling) for operation in operations)
    yield from (
        interface(each, spelling, options.syntaxes) for each in module.interfaces
    )
    for each in module.interfaces:
        if options.client:
            yield client(each, spelling)
        if options.server:
            yield server(each, spelling, has_client=options.client)


def _spaced(definitions: Iterable[AnyDefinition]) -> tuple[AnyDefinition, ...]:
    """The same with the blank lines that black wants above each."""
    spaced: list[AnyDefinition] = []
    before = ""
    for definition in definitions:
        kind = definition.kind
        is_wide = kind in _CLASSES or before in _END_IN_CLASSES
        is_run = kind == before == "constant"
        gap = 2 if is_wide else 0 if is_run else 1
        spaced.append(replace(definition, gap=gap))
        before = kind
    return tuple(spaced)


def _module_docstring(module: plan.Module) -> str:
    file = PurePath(module.path.replace("\\", "/")).name
    count = len(module.interfaces)
    if count == 0:
        first_line = f"Types and constants of {file}."
    elif count == 1:
        (only,) = module.interfaces
        first_line = f"RPC interface ``{only.name}``, version {_version(only)}."
    else:
        first_line = f"{count} RPC interfaces of {file}."
    return docstrings.of_module(first_line, module, file)


def _version(each: plan.Interface) -> str:
    major, minor = each.version
    return f"{major}.{minor}"


# Imports

_STRINGS = re.compile(r'b?"(?:\\.|[^"\\])*"|b?\'(?:\\.|[^\'\\])*\'')
_WORDS = re.compile(r"(?<![.\w])[A-Za-z]\w+(?!\w*=)")
_TYPING = ("Final", "NamedTuple", "NewType", "NoReturn", "TypeAlias")


def _imports(
    definitions: Iterable[AnyDefinition],
    modules: Mapping[str, str],
    converters: Iterable[str],
) -> Iterator[str]:
    """Blocks of import lines for what the definitions mention, in the usual order."""
    found: set[str] = set()
    for definition in definitions:
        for text in code(definition):
            found.update(_WORDS.findall(_STRINGS.sub("", text)))
    standard: list[str] = []
    if "abstractmethod" in found:
        standard.append("from abc import abstractmethod")
    typing = [name for name in _TYPING if name in found]
    if typing:
        standard.append(f"from typing import {', '.join(typing)}")
    if "UUID" in found:
        standard.append("from uuid import UUID")
    if standard:
        yield joined(standard)
    yield f"from midlpy.runtime import {'ndr, rpc' if 'rpc' in found else 'ndr'}"
    classes: dict[str, list[str]] = {}
    for module, _, name in (each.partition(":") for each in sorted(set(converters))):
        classes.setdefault(module, []).append(name)
    for module, used in classes.items():
        line = f"from {module} import {', '.join(used)}"
        names_of = Call("(", tuple(("", name) for name in used), fit=Fit.OPEN)
        is_wide = len(line) > WIDTH
        yield joined(spread(f"from {module} import ", names_of)) if is_wide else line
    items = [
        name if alias == name else f"{name} as {alias}"
        for name, alias in sorted(modules.items())
    ]
    if items:
        pairs = tuple(("", item) for item in items)
        line = f"from . import {', '.join(items)}"
        wide = spread("from . import ", Call("(", pairs, fit=Fit.OPEN))
        yield line if len(line) <= WIDTH else joined(wide)


def _converters(module: plan.Module) -> Iterator[str]:
    """The user's classes, as ``module:Class``: all that is imported of anybody else's."""
    for type_ in module.types:
        if isinstance(type_, plan.Converted):
            yield type_.converter


# Constants and types


def _constant(constant: plan.Constant) -> ConstantView:
    value = constant.value
    if isinstance(value, str):
        text = quoted(value)
    elif isinstance(value, UUID):
        text = f'UUID("{value}")'
    elif isinstance(value, float) and not isfinite(value):
        text = f'float("{value}")'
    else:
        text = str(value)
    return ConstantView(
        gap=0,
        comment=docstrings.of_constant(constant.source),
        statement=joined(assigned(names.constant_name(constant.name), "Final", text)),
    )


def _declaration(declaration: plan.Declaration, spelling: Spelling) -> AnyDefinition:
    match declaration:
        case plan.Enumeration():
            return _enumeration(declaration, spelling)
        case plan.Struct():
            return _struct(declaration, replace(spelling, later=declaration.later))
        case plan.Union():
            return _union(declaration, replace(spelling, later=declaration.later))
        case plan.Encapsulated():
            return _encapsulated(
                declaration, replace(spelling, later=declaration.later)
            )
        case plan.ContextHandle():
            return _context_handle(declaration, spelling)
        case plan.Pipe():
            return _pipe(declaration, spelling)
        case plan.Converted():
            return _converted(declaration, replace(spelling, later=declaration.later))
        case _:
            assert_never(declaration)


def _second_name(name: str) -> DescriptorView:
    """``NAME_TYPE: TypeAlias = NAME``, for classes with a field of that name."""
    statement = joined(assigned(names.alias_name(name), "TypeAlias", name))
    return DescriptorView(gap=0, statement=statement)


def _enumeration(enum: plan.Enumeration, spelling: Spelling) -> EnumView:
    name = spelling.own_class(enum.name)
    base = f"ndr.Enum{8 * enum.octets}"
    if enum.is_flags:
        base = f"ndr.Flags{8 * enum.octets}"
    elif enum.is_exact:
        base = f"ndr.UnsignedEnum{8 * enum.octets}"
    return EnumView(
        gap=0,
        head=class_head(name, base),
        docstring=docstrings.of_brief_type(enum.name, enum.source),
        members=tuple(
            f"{names.enumerator_name(member.name)} = {member.value}"
            for member in enum.enumerators
        ),
        codec=_codec(enum.name, call("ndr.enum", name), spelling),
    )


def _struct(struct: plan.Struct, spelling: Spelling) -> StructView:
    name = spelling.own_class(struct.name)
    fields = [(spelling.value(field.name), field) for field in struct.fields]
    body = beside(spelling, (spelled for spelled, _ in fields))
    items = [(f"{spelled}=", field) for spelled, field in fields]
    expression = Call(
        "ndr.struct(",
        (
            ("", name),
            *((word, codec(f.type, spelling, spelling.value)) for word, f in items),
        ),
        fit=Fit.OPEN,
    )
    return StructView(
        gap=0,
        head=_value_head(name, struct.keeps_gc),
        docstring=docstrings.of_type(struct.name, struct.source),
        fields=tuple(
            _field(
                spelled,
                annotation(field.type, body),
                default(field.type, body, field.start),
            )
            for spelled, field in fields
        ),
        codec=_codec(struct.name, expression, spelling, name * struct.in_cycle),
    )


def _encapsulated(union: plan.Encapsulated, spelling: Spelling) -> StructView:
    name = spelling.own_class(union.name)
    tag, arm = spelling.value(union.discriminant.name), spelling.value(union.union_name)
    kind, start = union.discriminant.type, union.discriminant.start
    inner = union_codec(kind, union.arms, union.default, False, spelling)
    expression = Call(
        "ndr.encapsulated(",
        (
            ("", name),
            (f"{tag}=", codec(kind, spelling, spelling.value)),
            (f"{arm}=", inner),
        ),
        fit=Fit.OPEN,
    )
    return StructView(
        gap=0,
        head=_value_head(name, union.keeps_gc),
        docstring=docstrings.of_type(union.name, union.source),
        fields=(
            _field(tag, annotation(kind, spelling), default(kind, spelling, start)),
            _field(
                arm,
                alternatives(union.arms, union.default, spelling),
                "None" if union.start is None else default(union.start, spelling),
            ),
        ),
        codec=_codec(union.name, expression, spelling, name * union.in_cycle),
    )


def _union(union: plan.Union, spelling: Spelling) -> UnionView:
    name = spelling.own_class(union.name)
    value = alternatives(union.arms, union.default, spelling)
    expression = union_codec(
        union.discriminant, union.arms, union.default, union.is_ms_union, spelling
    )
    # An alias of classes that do not exist yet must be text.
    piece = quoted(value) if union.later else value
    return UnionView(
        gap=0,
        alias=joined(assigned(name, "TypeAlias", piece)),
        docstring=docstrings.of_type(union.name, union.source, indent=0),
        codec=_codec(union.name, expression, spelling, name),
    )


def _context_handle(
    handle: plan.ContextHandle, spelling: Spelling
) -> ContextHandleView:
    name = spelling.own_class(handle.name)
    new_type = Call(
        "NewType(", (("", quoted(name)), ("", "rpc.ContextHandle")), fit=Fit.FILL
    )
    return ContextHandleView(
        gap=0,
        new_type=joined(spread(f"{name} = ", new_type)),
        codec=_codec(handle.name, call("ndr.context_handle", name), spelling),
    )


def _pipe(pipe: plan.Pipe, spelling: Spelling) -> PipeView:
    name = spelling.own_class(pipe.name)
    base = f"rpc.Pipe[{chunk(pipe.element, spelling)}]"
    element = one_line(codec(pipe.element, spelling, spelling.value))
    return PipeView(
        gap=0,
        head=class_head(name, base, f"element={element}"),
        docstring=docstrings.of_brief_type(pipe.name, pipe.source),
    )


def _converted(type_: plan.Converted, spelling: Spelling) -> UnionView:
    """An alias of what the program sees, and the codec that converts it."""
    name = spelling.own_class(type_.name)
    converter = type_.converter.partition(":")[2]
    expression = call(
        "ndr.converted",
        codec(type_.wire, spelling, spelling.value),
        f"{converter}()",
    )
    hint = f"Final[ndr.Converted[{name}]]" if type_.in_cycle else "Final"
    target = spelling.own_codec(type_.name)
    return UnionView(
        gap=0,
        alias=joined(assigned(name, "TypeAlias", f"{converter}.Value")),
        docstring=docstrings.of_type(type_.name, type_.source, indent=0),
        codec=joined(assigned(target, hint, expression)),
    )


def _serialized(each: plan.Serialized, spelling: Spelling) -> DescriptorView:
    """``NAME_SERIALIZED: Final = ndr.Serialized(...)``."""
    expression = call(
        "ndr.Serialized", quoted(each.name), codec(each.type, spelling, spelling.value)
    )
    name = names.serialized_name(each.name, spelling.naming)
    return DescriptorView(gap=0, statement=joined(assigned(name, "Final", expression)))


def _field(name: str, hint: str, value: Piece) -> str:
    return joined(assigned(name, hint, value, STEP))


def _value_head(name: str, keeps_gc: bool) -> str:
    return class_head(name, "ndr.Struct", *(() if keeps_gc else ("gc=False",)))


def _codec(name: str, expression: Call, spelling: Spelling, type_: str = "") -> str:
    """The statement that names a codec; *type_* where it cannot be inferred."""
    hint = f"Final[ndr.Codec[{type_}]]" if type_ else "Final"
    target = spelling.own_codec(name)
    return joined(assigned(target, hint, expression))
