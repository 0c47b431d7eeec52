"""All files of one compilation while they are resolved, and what is known across them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from midlpy.semantic import guids, ir, ir_com, unions
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.open_types import has_open_tail
from midlpy.semantic.scope import Constructed, FileScope, Kind
from midlpy.semantic.subjects import InterfaceSubject, OperationSubject


@dataclass(slots=True)
class Interface:
    """One interface with its operations, those without a stub too."""

    subject: InterfaceSubject
    operations: list[OperationSubject] = field(default_factory=list[OperationSubject])
    acf_operations: dict[str, AttributeSet] = field(
        default_factory=dict[str, AttributeSet]
    )


@dataclass(slots=True)
class File:
    """One file: its names, and its interfaces in order.

    *dispatched* are dispinterfaces and modules, as if they were interfaces; *com* is what
    the model says about all of COM. Both, and the methods of COM interfaces, are only
    resolved of the file that is compiled. *serialized* are its types with encode or decode.
    """

    scope: FileScope
    interfaces: list[Interface] = field(default_factory=list[Interface])
    dispatched: list[Interface] = field(default_factory=list[Interface])
    com: tuple[ir_com.Declaration, ...] = ()
    serialized: tuple[ir.SerializedType, ...] = ()


class Program:
    """Every file, imported ones first, and the named types by their use.

    *main* is the path of the file that is compiled, *ending* are types known not to hold
    themselves, nor any that does.
    """

    def __init__(self) -> None:
        self.main = ""
        self._reached: set[ir.Use] | None = None
        self.ending: set[ir.Use] = set()
        self.files: dict[str, File] = {}
        self._by_use: dict[ir.Use, Constructed] | None = None
        self._opaque: dict[ir.Use, Untold] = {}

    def constructed(self) -> Iterator[Constructed]:
        for file in self.files.values():
            yield from file.scope.constructed

    def find(self, use: ir.Use) -> Constructed | None:
        """The declaration of a named type; None when it was left out for a mistake."""
        if self._by_use is None:
            self._by_use = {named.use: named for named in self.constructed()}
            self._opaque = _opaque_types(self._by_use)
        return self._by_use.get(use)

    def untold(self, use: ir.Use) -> Untold | None:
        """Why a named type cannot travel; None when it can."""
        self.find(use)
        return self._opaque.get(use)

    def may_travel(self, named: Constructed) -> bool:
        """Whether a remote operation reaches *named*, or one somewhere else may.

        Types beside COM interfaces are theirs unless an operation takes them.
        """
        file = self.files[named.site.scope.path]
        if not any(each.subject.is_object for each in file.interfaces):
            return True
        if self._reached is None:
            self._reached = self._reached_uses()
        return named.use in self._reached

    def _reached_uses(self) -> set[ir.Use]:
        waiting = [
            leaf(type_)
            for file in self.files.values()
            for interface in file.interfaces
            if not (interface.subject.is_object or interface.subject.is_local)
            for operation in interface.operations
            if not operation.is_local
            for type_ in (
                operation.result_type,
                *(parameter.type for parameter in operation.parameters),
            )
        ]
        reached: set[ir.Use] = set()
        while waiting:
            use = waiting.pop()
            if not isinstance(use, ir.Use) or use in reached:
                continue
            reached.add(use)
            named = self.find(use)
            if named is not None:
                waiting += (leaf(type_) for _, type_ in parts(named))
        return reached


class Untold(Struct, frozen=True):
    """What keeps a type from travelling: *cause*, reached through *member*."""

    cause: ir.Opaque
    member: str


def parts(named: Constructed) -> Iterator[tuple[str, ir.Type]]:
    """Members or arms that have a value, by name."""
    if named.wire is not None:
        yield named.name, named.wire
    for subject in named.fields:
        yield subject.name, subject.type
    for arm in named.arms:
        if arm.name is not None and arm.type is not None:
            yield arm.name, arm.type


def leaf(type_: ir.Type) -> ir.Type:
    """What *type_* is about, pointers, arrays, ranges and switches taken away."""
    while True:
        match type_:
            case ir.Pointer() | ir.Ranged() | ir.InPlace():
                type_ = type_.target
            case ir.Array():
                type_ = type_.element
            case ir.Switch():
                return type_.union
            case _:
                return type_


def _opaque_types(by_use: dict[ir.Use, Constructed]) -> dict[ir.Use, Untold]:
    """Every named type that reaches something that cannot travel.

    Found backwards, from what cannot travel to all that hold it.
    """
    holders: dict[ir.Use, list[tuple[ir.Use, str]]] = {}
    found: dict[ir.Use, Untold] = {}
    for use, named in by_use.items():
        for name, type_ in parts(named):
            inner = leaf(type_)
            if isinstance(inner, ir.Opaque) and inner.rule:
                found.setdefault(use, Untold(inner, name))
            elif isinstance(inner, ir.BindingHandle):
                cause = ir.Opaque(
                    f"'{name}' is a handle_t", named.span, "handle-member"
                )
                found.setdefault(use, Untold(cause, name))
            elif isinstance(inner, ir.Use):
                holders.setdefault(inner, []).append((use, name))
        reason = _open_arm(named, by_use)
        if reason is not None:
            cause = ir.Opaque(reason, named.span, "conformant-arm")
            found.setdefault(use, Untold(cause, ""))
    waiting = list(found)
    while waiting:
        inner_use = waiting.pop()
        for holder, name in holders.get(inner_use, ()):
            if holder not in found:
                found[holder] = Untold(found[inner_use].cause, name)
                waiting.append(holder)
    return found


def _open_arm(named: Constructed, by_use: dict[ir.Use, Constructed]) -> str | None:
    """What is wrong with a union that holds, by value, a struct of no fixed size."""
    for arm in named.arms:
        inner = by_use.get(arm.type) if isinstance(arm.type, ir.Use) else None
        if inner is not None and has_open_tail(inner):
            return (
                f"'{arm.name}' of {named.label} is {inner.label}, which ends in an "
                "open array"
            )
    return None


def is_declared(named: Constructed) -> bool:
    """Whether the model has a declaration for it: GUIDs and C unions have none."""
    if named.kind is Kind.UNION:
        return not unions.is_plain(named)
    return not guids.is_guid(named)
