"""Which types may be elements of a pipe, and where a pipe type may stand.

Elements travel in chunks of any length, so each must have the same size wherever it
comes from: no pointer, no open array, nothing whose size depends on a value or a platform.

Spec: MIDL reference, pipe; C706 4.2.14.
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Note, Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.declared import (
    Declared,
    Function,
    Incomplete,
    InterfaceName,
    Octets,
    Poison,
    Untransmissible,
    Void,
)
from midlpy.semantic.guids import is_guid
from midlpy.semantic.scope import Constructed, FileScope, Kind, TypedefSymbol

PLATFORM = (ir.BaseKind.INT3264, ir.BaseKind.UINT3264)


def is_pipe(declared: Declared) -> bool:
    """Whether it is a pipe, behind pointers and in arrays or not."""
    core = declared.core
    return isinstance(core, Constructed) and core.kind is Kind.PIPE


def pipe_element(named: Constructed) -> Iterator[Diagnostic]:
    """An element has a fixed size: no pointer, open array, handle, small enum."""
    if named.kind is not Kind.PIPE or named.element is None:
        return
    node = named.node
    assert isinstance(node, ast.PipeType)
    problem = element_problem(named.element)
    if problem is not None:
        yield named.site.finding(
            "pipe-element",
            f"'{named.name}' is a pipe of {named.element.text}, {problem}",
            node.element.span,
        )


def element_problem(element: Declared) -> str | None:
    """Why *element* cannot be one, as a clause; None when it can, or for a union."""
    if isinstance(element.core, Poison):
        return None
    if element.levels:
        if element.levels[-1].is_string:
            return "which is a string, of no fixed size"
        if element.levels[0].is_pointer:
            return "which is a pointer"
        return "which is an array; put it into a struct"
    return _core_problem(element, [])


def _core_problem(element: Declared, path: list[Constructed]) -> str | None:
    core = element.core
    match core:
        case ir.Base():
            if core.kind in PLATFORM:
                return "whose size differs between platforms"
            return None
        case ir.Guid() | Poison():
            return None
        case Void():
            return "which is no type of data"
        case ir.BindingHandle():
            return "which never travels"
        case Function():
            return "which is a function"
        case InterfaceName():
            return "which is an interface"
        case Incomplete():
            return "which is never completed"
        case Untransmissible() | Octets():
            return "which cannot travel"
        case Constructed():
            return _constructed_problem(core, path)


def _constructed_problem(core: Constructed, path: list[Constructed]) -> str | None:
    match core.kind:
        case Kind.PIPE:
            return "which is a pipe itself"
        case Kind.CONTEXT:
            return "which is a context handle"
        case Kind.ENUM:
            if core.is_wide_enum:
                return None
            return "an enum of 16 bits; only [v1_enum] ones may be elements"
        case Kind.UNION | Kind.ENCAPSULATED:
            return None  # reported where the pipe is used
        case Kind.CONVERTED:
            return _core_problem(core.element, path) if core.element else None
        case Kind.STRUCT:
            if is_guid(core) or core in path:
                return None
            return _struct_problem(core, [*path, core])


def _struct_problem(core: Constructed, path: list[Constructed]) -> str | None:
    for field in core.fields:
        declared = field.declared
        where = f"whose member '{field.name}' is"
        if field.has_bits:
            return f"{where} a bit-field"
        for level in declared.levels:
            if level.is_pointer:
                return f"{where} a pointer"
            if level.is_string:
                return f"{where} a string"
            if level.length is not None or level.first is not None:
                return f"{where} a varying array"
            if level.bound is None:
                return f"{where} an open array"
        problem = _core_problem(declared, path)
        if problem is not None:
            clause = problem.removeprefix("which is ")
            if clause != problem:
                return f"{where} {clause}"
            return f"whose member '{field.name}' is of type {declared.text}, {problem}"
    return None


def holds_union(element: Declared) -> bool:
    """Whether a union is or is in the element."""
    return not element.levels and _holds_union(element, [])


def _holds_union(element: Declared, path: list[Constructed]) -> bool:
    core = element.core
    if not isinstance(core, Constructed) or core in path:
        return False
    if core.kind in (Kind.UNION, Kind.ENCAPSULATED):
        return True
    return any(_holds_union(f.declared, [*path, core]) for f in core.fields)


def pipe_marshalling(named: Constructed) -> Iterator[Diagnostic]:
    """No other representation for a pipe or its element: a chunk is sent as it is."""
    if named.kind is not Kind.PIPE or named.element is None:
        return
    attribute = named.attributes.first_of(
        "transmit_as", "wire_marshal", "represent_as", "user_marshal"
    )
    if attribute is not None:
        yield named.site.finding(
            "pipe-use",
            f"[{attribute.name.text}] does not apply to the pipe '{named.name}'",
            attribute.span,
        )
        return
    node = named.node
    assert isinstance(node, ast.PipeType)
    word = named.element.marshalled or named.site.scope.marshalled.get(
        named.element.text
    )
    if word is not None:
        yield named.site.finding(
            "pipe-use",
            f"[{word}] on {named.element.text} keeps it out of the pipe '{named.name}'",
            node.element.span,
        )


def pipe_member(named: Constructed) -> Iterator[Diagnostic]:
    """A pipe is a stream beside the parameters; a struct or union cannot hold one."""
    word = "a struct member" if named.kind is Kind.STRUCT else "a union member"
    for name, declared, span in _parts(named):
        core = declared.core
        if isinstance(core, Constructed) and core.kind is Kind.PIPE:
            yield named.site.finding(
                "pipe-member",
                f"'{name}' is a pipe, which cannot be {word}",
                span,
                notes=[Note(f"'{core.name}' is declared here", core.span)],
            )


def _parts(named: Constructed) -> Iterator[tuple[str, Declared, Span]]:
    for field in named.fields:
        yield field.name, field.declared, field.span
    for arm in named.arms:
        if arm.declared is not None and arm.name is not None:
            yield arm.name, arm.declared, arm.span


def pipe_typedefs(scope: FileScope) -> Iterator[Diagnostic]:
    """A pipe type makes no further type: no alias, no pointer, no array of it."""
    for symbol in scope.names.values():
        if not isinstance(symbol, TypedefSymbol) or symbol.declared is None:
            continue
        core = symbol.declared.core
        if not isinstance(core, Constructed) or core.kind is not Kind.PIPE:
            continue
        name = symbol.name.text
        levels = symbol.declared.levels
        makes_one = isinstance(symbol.node.specifiers.type, ast.PipeType)
        if makes_one and core.element and element_problem(core.element):
            continue  # one mistake, reported already
        if levels and not levels[0].is_pointer:
            yield symbol.site.finding(
                "pipe-array", f"'{name}' would be an array of pipes", symbol.span
            )
        elif levels:
            yield symbol.site.finding(
                "pipe-use",
                f"'{name}' would be a pointer to a pipe, which only a parameter is",
                symbol.span,
                help="leave the star out, and write it at the parameter",
            )
        elif not makes_one:
            yield symbol.site.finding(
                "pipe-use",
                f"'{name}' would be another name for the pipe '{core.name}'",
                symbol.span,
                help=f"use '{core.name}', or declare a pipe of the same element",
            )
