"""What templates read: finished pieces of Python text, in order.

A piece has no margin of its own; templates set it in. Pieces of several lines were laid
out for the margin they will stand at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias, cast


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing at the top level of a module; *gap* blank lines stand above it.

    *kind* is the name of the macro that writes it.
    """

    kind: str = field(init=False)
    gap: int


@dataclass(frozen=True, slots=True)
class ConstantView(Definition):
    """*comment* lines stand above it."""

    comment: tuple[str, ...]
    statement: str
    kind: str = field(init=False, default="constant")


@dataclass(frozen=True, slots=True)
class ContextHandleView(Definition):
    new_type: str
    codec: str
    kind: str = field(init=False, default="context_handle")


@dataclass(frozen=True, slots=True)
class EnumView(Definition):
    """*codec* follows the class."""

    head: str
    docstring: str
    members: tuple[str, ...]
    codec: str
    kind: str = field(init=False, default="enumeration")


@dataclass(frozen=True, slots=True)
class PipeView(Definition):
    head: str
    docstring: str
    kind: str = field(init=False, default="pipe")


@dataclass(frozen=True, slots=True)
class StructView(Definition):
    """A class and its codec; *fields* are ``name: annotation = default``."""

    head: str
    docstring: str
    fields: tuple[str, ...]
    codec: str
    kind: str = field(init=False, default="struct")


@dataclass(frozen=True, slots=True)
class UnionView(Definition):
    """An alias, what documents it, and its codec."""

    alias: str
    docstring: str
    codec: str
    kind: str = field(init=False, default="union")


@dataclass(frozen=True, slots=True)
class ResultView(Definition):
    """A NamedTuple; *fields* are ``name: annotation``."""

    head: str
    docstring: str
    fields: tuple[str, ...]
    kind: str = field(init=False, default="result")


@dataclass(frozen=True, slots=True)
class DescriptorView(Definition):
    """An operation or an interface."""

    statement: str
    kind: str = field(init=False, default="descriptor")


@dataclass(frozen=True, slots=True)
class MethodView:
    """*body* is None where the docstring is all there is."""

    signature: str
    docstring: str
    body: str | None


@dataclass(frozen=True, slots=True)
class ClientView(Definition):
    head: str
    docstring: str
    methods: tuple[MethodView, ...]
    kind: str = field(init=False, default="client")


@dataclass(frozen=True, slots=True)
class ServerView(Definition):
    head: str
    docstring: str
    methods: tuple[MethodView, ...]
    kind: str = field(init=False, default="server")


AnyDefinition: TypeAlias = (
    ConstantView
    | ContextHandleView
    | EnumView
    | PipeView
    | StructView
    | UnionView
    | ResultView
    | DescriptorView
    | ClientView
    | ServerView
)


@dataclass(frozen=True, slots=True)
class Module:
    """*imports* are blocks of lines, a blank line between them."""

    docstring: str
    imports: tuple[str, ...]
    abi: int
    definitions: tuple[AnyDefinition, ...]


def code(piece: AnyDefinition | MethodView) -> Iterator[str]:
    """The Python text of a definition, its docstrings and comments left out."""
    for each in fields(piece):
        value: object = getattr(piece, each.name)
        if each.name in ("kind", "gap", "docstring", "comment"):
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for part in cast(tuple[str | MethodView, ...], value):
                if isinstance(part, str):
                    yield part
                else:
                    yield from code(part)
