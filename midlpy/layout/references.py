"""What refers to what: types by name, in the model and in the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from msgspec import Struct

from midlpy.layout import plan
from midlpy.layout.cycles import Edges
from midlpy.semantic import ir
from midlpy.semantic.open_types import is_open_array

# A type anywhere: the path of its file and its name.
Key: TypeAlias = tuple[str, str]


class Index(Struct, frozen=True):
    """Every type declaration of a model and of those it imports."""

    declarations: dict[Key, ir.TypeDeclaration]
    alike: frozenset[Key] = frozenset()
    """Types of Samba's files that only case and underscores tell from others there.

    The others may be classes that are made for an interface.
    """

    @staticmethod
    def of(model: ir.Model) -> Index:
        found: dict[Key, ir.TypeDeclaration] = {}
        alike: set[Key] = set()
        pending, seen = [model], {model.path}
        while pending:
            current = pending.pop()
            for declaration in current.types:
                found[current.path, declaration.name] = declaration
            if current.is_samba:
                alike.update((current.path, name) for name in _alike(current))
            for imported in current.imports:
                if imported.path not in seen:
                    seen.add(imported.path)
                    pending.append(imported)
        return Index(found, frozenset(alike))

    def converted(self) -> set[Key]:
        """The types that the program sees as something else."""
        return {
            key
            for key, declaration in self.declarations.items()
            if isinstance(declaration, ir.ConvertedDeclaration)
        }

    def is_open(self, type_: ir.Type) -> bool:
        """Whether *type_* is a struct whose last member has a count ahead of it all."""
        declaration = self[type_] if isinstance(type_, ir.Use) else None
        if not isinstance(declaration, ir.StructDeclaration) or not declaration.fields:
            return False
        last = declaration.fields[-1].type
        return is_open_array(last) or self.is_open(last)

    def __getitem__(self, use: ir.Use) -> ir.TypeDeclaration:
        return self.declarations[use.unit, use.name]


def _alike(model: ir.Model) -> Iterator[str]:
    """The names that are one when case and underscores are left away."""
    made = {
        _letters(f"{interface.name}_{side}")
        for interface in model.interfaces
        for side in ("client", "server")
    }
    by_letters: dict[str, list[str]] = {}
    for declaration in model.types:
        by_letters.setdefault(_letters(declaration.name), []).append(declaration.name)
    for letters, names in by_letters.items():
        if len(names) > 1 or letters in made:
            yield from names


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


def is_opaque(declaration: ir.TypeDeclaration) -> bool:
    """Types that cannot travel are left out; using one on the wire is an error."""
    match declaration:
        case ir.StructDeclaration() | ir.UnionDeclaration():
            return declaration.opaque is not None
        case ir.EncapsulatedUnionDeclaration() | ir.ConvertedDeclaration():
            return declaration.opaque is not None
        case _:
            return False


def _members(declaration: ir.TypeDeclaration) -> Iterator[ir.Type]:
    match declaration:
        case ir.StructDeclaration():
            yield from (field.type for field in declaration.fields)
        case ir.UnionDeclaration():
            yield declaration.discriminant
            yield from (arm.type for arm in declaration.arms if arm.type is not None)
        case ir.EncapsulatedUnionDeclaration():
            yield declaration.discriminant.type
            yield from (arm.type for arm in declaration.arms if arm.type is not None)
        case ir.PipeDeclaration():
            yield declaration.element
        case ir.ConvertedDeclaration():
            yield declaration.wire
        case ir.EnumDeclaration() | ir.ContextHandleDeclaration():
            return
        case _:
            assert_never(declaration)


def _uses(type_: ir.Type, is_firm: bool) -> Iterator[tuple[Key, bool]]:
    """The named types in *type_*, and whether they stand in place, not behind a pointer."""
    match type_:
        case ir.Use(unit, name) | ir.Switch(ir.Use(unit, name)):
            yield (unit, name), is_firm
        case ir.Pointer(target):
            yield from _uses(target, False)
        case ir.Ranged(target) | ir.Array(target) | ir.InPlace(target):
            yield from _uses(target, is_firm)
        case _:
            return


def use_graph(index: Index) -> dict[Key, Edges[Key]]:
    """For every type that can travel, the types its members are made of."""
    graph: dict[Key, Edges[Key]] = {}
    for key, declaration in index.declarations.items():
        if is_opaque(declaration):
            continue
        found = [use for type_ in _members(declaration) for use in _uses(type_, True)]
        firm = dict.fromkeys(target for target, is_firm in found if is_firm)
        soft = dict.fromkeys(target for target, _ in found if target not in firm)
        graph[key] = Edges(tuple(firm), tuple(soft))
    return graph


def other_units(
    path: str,
    types: Iterable[plan.Declaration],
    interfaces: Iterable[plan.Interface],
    serialized: Iterable[plan.Serialized] = (),
) -> tuple[str, ...]:
    """The paths of the other files whose types are used, sorted."""
    units: dict[str, None] = {}
    alone = (each.type for each in serialized)
    for type_ in (*plan_types(types, interfaces), *alone):
        for use in named(type_):
            units[use.unit] = None
    units.pop(path, None)
    return tuple(sorted(units))


def plan_types(
    declarations: Iterable[plan.Declaration], interfaces: Iterable[plan.Interface]
) -> Iterator[plan.Type]:
    """Every type that stands in a field, an arm, a pipe or a parameter."""
    for declaration in declarations:
        match declaration:
            case plan.Struct():
                yield from (field.type for field in declaration.fields)
            case plan.Union():
                yield declaration.discriminant
                yield from _arm_types(declaration)
            case plan.Encapsulated():
                yield declaration.discriminant.type
                yield from _arm_types(declaration)
            case plan.Pipe():
                yield declaration.element
            case plan.Converted():
                yield declaration.wire
            case plan.Enumeration() | plan.ContextHandle():
                pass
            case _:
                assert_never(declaration)
    for interface in interfaces:
        for operation in (*interface.operations, *interface.callbacks):
            for parameter in operation.parameters:
                yield parameter.type
                if parameter.element is not None:
                    yield parameter.element
            if operation.result is not None:
                yield operation.result


def _arm_types(union: plan.Union | plan.Encapsulated) -> Iterator[plan.Type]:
    for arm in (*union.arms, *((union.default,) if union.default else ())):
        if arm.type is not None:
            yield arm.type


def named(type_: plan.Type) -> Iterator[plan.Use]:
    """The named types in a row of levels, the arm that a union begins with included."""
    match type_:
        case plan.Use():
            yield type_
        case plan.Switch(union, _, start):
            yield union
            if start is not None:
                yield from named(start)
        case plan.Pointer(target) | plan.Ranged(target) | plan.InPlace(target):
            yield from named(target)
        case plan.Fixed(element) | plan.Conformant(element) | plan.Varying(element):
            yield from named(element)
        case _:
            return
