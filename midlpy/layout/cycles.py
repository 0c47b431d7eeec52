"""In which order types can be defined, and which of them can reach themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

Node = TypeVar("Node", bound=Hashable)


class Edges(Struct, Generic[Node], frozen=True):
    """What a type uses. *firm* must be defined before it, *soft* had better be."""

    firm: tuple[Node, ...]
    soft: tuple[Node, ...]

    @property
    def all(self) -> tuple[Node, ...]:
        return self.firm + self.soft


def groups(graph: Mapping[Node, Edges[Node]]) -> list[list[Node]]:
    """The strongly connected components, used ones first, otherwise in given order.

    Tarjan's algorithm with its own stack: files nest types deeper than Python recurses.
    """
    number: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    open_nodes: list[Node] = []
    is_open: set[Node] = set()
    found: list[list[Node]] = []
    rank = {node: position for position, node in enumerate(graph)}
    for root in graph:
        if root in number:
            continue
        work = [(root, iter(graph[root].all))]
        number[root] = lowest[root] = len(number)
        open_nodes.append(root)
        is_open.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in graph:
                    continue
                if target not in number:
                    number[target] = lowest[target] = len(number)
                    open_nodes.append(target)
                    is_open.add(target)
                    work.append((target, iter(graph[target].all)))
                    break
                if target in is_open:
                    lowest[node] = min(lowest[node], number[target])
            else:
                work.pop()
                if work:
                    user = work[-1][0]
                    lowest[user] = min(lowest[user], lowest[node])
                if lowest[node] == number[node]:
                    group = [open_nodes.pop()]
                    while group[-1] != node:
                        group.append(open_nodes.pop())
                    is_open.difference_update(group)
                    found.append(sorted(group, key=rank.__getitem__))
    return found


def definition_order(graph: Mapping[Node, Edges[Node]]) -> list[Node]:
    """Every node once: firm targets always before, soft ones wherever that is possible."""
    order: list[Node] = []
    placed: set[Node] = set()

    def place(node: Node, group: set[Node]) -> None:
        if node in placed:
            return
        placed.add(node)
        for target in graph[node].firm:
            if target in group:
                place(target, group)
        order.append(node)

    for group in groups(graph):
        for node in group:
            place(node, set(group))
    return order


def cyclic(graph: Mapping[Node, Edges[Node]]) -> set[Node]:
    """The nodes that can reach themselves."""
    return {
        node
        for group in groups(graph)
        for node in group
        if len(group) > 1 or node in graph[node].all
    }


def reaching(graph: Mapping[Node, Edges[Node]], targets: Iterable[Node]) -> set[Node]:
    """The nodes from which one of *targets* can be reached, these included."""
    reached = set(targets)
    for group in groups(graph):
        if any(t in reached for node in group for t in (node, *graph[node].all)):
            reached.update(group)
    return reached
