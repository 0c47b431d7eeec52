from __future__ import annotations

from midlpy.layout.cycles import Edges, cyclic, definition_order, groups, reaching


def graph(**edges: tuple[str, str]) -> dict[str, Edges[str]]:
    """Firm and soft targets as words."""
    return {
        node: Edges(tuple(firm.split()), tuple(soft.split()))
        for node, (firm, soft) in edges.items()
    }


def test_types_stay_in_order_where_nothing_needs_another_first() -> None:
    assert definition_order(graph(b=("", ""), a=("", ""), c=("", "a"))) == [
        "b",
        "a",
        "c",
    ]


def test_what_is_used_comes_first() -> None:
    assert definition_order(graph(a=("c", "b"), b=("", ""), c=("", "b"))) == [
        "b",
        "c",
        "a",
    ]


def test_in_a_cycle_what_stands_in_place_comes_first() -> None:
    assert definition_order(graph(a=("b", ""), b=("", "a"))) == ["b", "a"]
    assert definition_order(graph(b=("", "a"), a=("b", ""))) == ["b", "a"]


def test_only_what_reaches_itself_is_cyclic() -> None:
    edges = graph(a=("", "b"), b=("", "c"), c=("", "b"), d=("", "d"), e=("a", ""))
    assert cyclic(edges) == {"b", "c", "d"}
    assert reaching(edges, cyclic(edges)) == {"a", "b", "c", "d", "e"}


def test_unknown_targets_are_passed_over() -> None:
    assert groups(graph(a=("elsewhere", ""))) == [["a"]]


def test_a_row_of_types_may_be_longer_than_python_recurses() -> None:
    edges = {n: Edges((), (n + 1,) if n < 5000 else ()) for n in range(5001)}
    assert definition_order(edges)[0] == 5000
