"""What no value of can be made: types too deep in each other, or of too many octets.

A line of IDL doubles a type, so a page of it outgrows every memory. That is found here,
ahead of all that walks types or counts what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from midlpy.diagnostics import Diagnostic, Span
from midlpy.layout.cycles import Edges, groups
from midlpy.layout.references import Index, Key, use_graph
from midlpy.semantic import ir
from midlpy.semantic.arithmetic import SIZES

# Structs in structs, unions in unions; pointers begin anew.
MAX_DEPTH: Final = 100

MAX_OCTETS: Final = 0x7FFF_FFFF


def beyond_bounds(model: ir.Model) -> Iterator[Diagnostic]:
    """One finding for each type of *model* and its imports that passes a limit.

    A type that only holds such a one is not reported again.
    """
    index = Index.of(model)
    graph = {key: Edges(edges.firm, ()) for key, edges in use_graph(index).items()}
    depth: dict[Key, int] = {}
    octets: dict[Key, int] = {}
    for key in (key for group in groups(graph) for key in group):
        declaration = index.declarations[key]
        depth[key] = 1 + max(
            (depth.get(each, 0) for each in graph[key].firm), default=0
        )
        if depth[key] == MAX_DEPTH + 1:
            yield Diagnostic(
                "nesting-limit",
                f"'{declaration.name}' holds types more than {MAX_DEPTH} deep",
                declaration.span,
            )
        octets[key] = sum(_octets(each, octets) for each in _parts(declaration))
        if octets[key] > MAX_OCTETS:
            yield _too_large(declaration.name, declaration.span)
            octets[key] = 0
    for parameter in _parameters(model.interfaces):
        if _octets(parameter.type, octets) > MAX_OCTETS:
            yield _too_large(parameter.name, parameter.span)


def _too_large(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "too-large", f"a value of '{name}' has more than {MAX_OCTETS} octets", span
    )


def _parameters(interfaces: Iterable[ir.Interface]) -> Iterator[ir.Parameter]:
    for interface in interfaces:
        for operation in (*interface.operations, *interface.callbacks):
            yield from operation.parameters


def _parts(declaration: ir.TypeDeclaration) -> Iterator[ir.Type]:
    """What every value of a type holds: of a union no more than its discriminant."""
    match declaration:
        case ir.StructDeclaration(fields=fields):
            yield from (field.type for field in fields)
        case ir.UnionDeclaration(discriminant=discriminant):
            yield discriminant
        case ir.EncapsulatedUnionDeclaration(discriminant=discriminant):
            yield discriminant.type
        case ir.ConvertedDeclaration(wire=wire):
            yield wire
        case _:
            yield _UNIT


_UNIT: Final = ir.Base(ir.BaseKind.UINT16)


def _octets(type_: ir.Type, known: Mapping[Key, int]) -> int:
    """How many octets every value of a type takes at least, alignment left out."""
    match type_:
        case ir.Base(kind):
            return SIZES[kind]
        case ir.Ranged(target):
            return _octets(target, known)
        case ir.Array(element, int(bound), None, None, None):
            return bound * _octets(element, known)
        case ir.Array():
            return 0
        case ir.Use(unit, name) | ir.Switch(ir.Use(unit, name)):
            return known.get((unit, name), 0)
        case _:
            return SIZES[ir.BaseKind.UINT32]
