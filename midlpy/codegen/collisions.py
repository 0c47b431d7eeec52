"""Names that meet in Python: a diagnostic, since a suffix would rename what others use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from midlpy.codegen import names
from midlpy.codegen.annotations import annotation
from midlpy.codegen.hiding import aliased, words
from midlpy.codegen.names import Naming
from midlpy.codegen.operations import outcomes, parameter_name
from midlpy.codegen.spelling import Spelling
from midlpy.diagnostics import Diagnostic, Note, Span
from midlpy.layout import plan

RULE = "name-collision"


class _Name(Struct, frozen=True):
    """One name in a scope of Python; *owner* tells apart what one declaration has."""

    python: str
    idl: str
    span: Span


def collisions(module: plan.Module, naming: Naming) -> list[Diagnostic]:
    """Every pair of names of one scope that are one in Python."""
    spelling = Spelling.of(module, naming)
    found: list[Diagnostic] = []
    for declaration in module.types:
        found += _met(_members(declaration, spelling), naming)
    for interface in module.interfaces:
        methods = [
            _Name(
                names.value_name(o.called or o.name, naming),
                o.called or o.name,
                o.source.span,
            )
            for o in interface.operations
            if not o.is_reserved
        ]
        methods += [
            _Name(
                names.value_name(f"{o.called or o.name}_notify", naming),
                f"notice of {o.called or o.name}",
                o.source.span,
            )
            for o in interface.operations
            if o.notice is not None
        ]
        found += _met(methods, naming)
        found += _hidden_by_methods(interface, methods, spelling)
        for operation in (*interface.operations, *interface.callbacks):
            found += _met(_parameters(operation, spelling), naming)
    found += _met(_module_names(module, spelling), naming)
    # Two names that meet as methods meet as descriptors too: once is enough.
    places = {(each.span, each.notes): each for each in reversed(found)}
    return sorted(places.values(), key=lambda each: each.span)


def without_hidden_quotes(module: plan.Module, naming: Naming) -> plan.Module:
    """*module* without the quoted constants whose names something declared has.

    They are there for C, which has other names: nobody has to hear of it.
    """
    quoted = [each for each in module.constants if each.is_quoted]
    if not quoted:
        return module
    declared = tuple(each for each in module.constants if not each.is_quoted)
    bare = replace(module, constants=declared)
    taken = {each.python for each in _module_names(bare, Spelling.of(bare, naming))}
    free = [each for each in quoted if names.constant_name(each.name) not in taken]
    return replace(module, constants=(*declared, *free))


def _met(scope: Iterable[_Name], naming: Naming) -> Iterator[Diagnostic]:
    first: dict[str, _Name] = {}
    for name in scope:
        other = first.setdefault(name.python, name)
        # A type's class and its codec are told apart by their names' own rule.
        if other is name or other.span == name.span:
            continue
        both = (
            f"two things called {name.idl!r} are both"
            if name.idl == other.idl
            else f"{name.idl!r} and {other.idl!r} are both"
        )
        differ = naming is Naming.PEP8 and name.idl != other.idl
        yield Diagnostic(
            rule=RULE,
            message=f"{both} {name.python!r} in Python",
            span=name.span,
            help="keep the names of the IDL with --naming idl" if differ else None,
            notes=(Note(f"{other.idl!r} is declared here", other.span),),
        )


def _module_names(module: plan.Module, spelling: Spelling) -> Iterator[_Name]:
    naming, second = spelling.naming, aliased(module, spelling)
    for constant in module.constants:
        span = constant.source.span
        yield _Name(names.constant_name(constant.name), constant.name, span)
    for declaration in module.types:
        name, span = declaration.name, declaration.source.span
        yield _Name(spelling.own_class(name), name, span)
        if spelling.own_class(name) in second:
            alias = names.alias_name(spelling.own_class(name))
            yield _Name(alias, f"second name of {name}", span)
        if not isinstance(declaration, plan.Pipe):
            yield _Name(spelling.own_codec(name), name, span)
    for each in module.serialized:
        python = names.serialized_name(each.name, naming)
        yield _Name(python, f"serialized {each.name}", each.span)
    converters = {
        type_.converter: type_
        for type_ in reversed(module.types)
        if isinstance(type_, plan.Converted)
    }
    for converter, type_ in converters.items():
        python = converter.partition(":")[2]
        yield _Name(python, f"converter of {type_.name}", type_.source.span)
    for interface in module.interfaces:
        name, span = interface.name, interface.source.span
        yield _Name(names.interface_name(name, naming), name, span)
        yield _Name(names.client_name(name, naming), name, span)
        yield _Name(names.server_name(name, naming), name, span)
        for operation in (*interface.operations, *interface.callbacks):
            name, span = operation.name, operation.source.span
            yield _Name(names.operation_name(name, naming), name, span)
            if len(outcomes(operation, spelling)) > 1:
                yield _Name(spelling.result_class(name), name, span)
            sent = outcomes(operation, spelling, with_unsent=False)
            if 1 < len(sent) < len(outcomes(operation, spelling)):
                yield _Name(spelling.reply_class(operation.name), name, span)


def _members(declaration: plan.Declaration, spelling: Spelling) -> Iterator[_Name]:
    match declaration:
        case plan.Struct(fields=fields):
            for field in fields:
                yield _Name(spelling.value(field.name), field.name, field.span)
        case plan.Encapsulated(discriminant=tag, union_name=union, source=source):
            yield _Name(spelling.value(tag.name), tag.name, tag.span)
            yield _Name(spelling.value(union), union, source.span)
        case _:
            return


def _parameters(operation: plan.Operation, spelling: Spelling) -> Iterator[_Name]:
    for parameter in operation.parameters:
        name = parameter_name(parameter, spelling)
        yield _Name(name, parameter.name, parameter.span)


def _hidden_by_methods(
    interface: plan.Interface, methods: Iterable[_Name], spelling: Spelling
) -> Iterator[Diagnostic]:
    used = words(
        annotation(type_, spelling)
        for operation in interface.operations
        for type_ in (*(p.type for p in operation.parameters), operation.result)
        if type_ is not None
    )
    for name in methods:
        if name.python in used:
            yield _hidden(name, interface.name)


def _hidden(name: _Name, owner: str) -> Diagnostic:
    return Diagnostic(
        rule=RULE,
        message=f"{name.python!r} in {owner!r} is the name of a type used there",
        span=name.span,
    )
