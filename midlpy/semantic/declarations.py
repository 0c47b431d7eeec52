"""Interfaces and operations of a syntax tree, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.frontend import ast


def interface_nodes(
    items: tuple[ast.Item, ...],
) -> Iterator[tuple[ast.Interface, bool]]:
    """Interfaces with a body, and whether a library holds them."""
    for item in items:
        match item:
            case ast.Interface() if item.body is not None:
                yield item, False
            case ast.Library():
                for node, _ in interface_nodes(item.body):
                    yield node, True
            case ast.Linkage():
                yield from interface_nodes(item.body)
            case _:
                pass


def declarations(
    node: ast.Interface,
) -> Iterator[tuple[ast.Declaration, ast.Declarator]]:
    """The operations of *node*, local ones and callbacks too."""
    yield from functions(node.body or ())


def functions(
    items: tuple[ast.Item, ...],
) -> Iterator[tuple[ast.Declaration, ast.Declarator]]:
    """The declarations among *items* that are functions."""
    for item in items:
        if isinstance(item, ast.Linkage):
            yield from functions(item.body)
        if isinstance(item, ast.Declaration):
            for each in item.declarators:
                derivations = each.declarator.derivations
                if derivations and isinstance(derivations[0], ast.FunctionOf):
                    yield item, each.declarator
