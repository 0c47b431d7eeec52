"""What templates read: finished pieces of Python text, in order.

A piece has no margin of its own; templates set it in. Pieces of several lines were laid
out for the margin they will stand at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeAlias, cast

from msgspec import Struct


class Definition(Struct, frozen=True):
    """One thing at the top level of a module; *gap* blank lines stand above it.

    *kind* is the name of the macro that writes it.
    """

    kind: ClassVar[str]
    gap: int


class ConstantView(Definition, frozen=True):
    """*comment* lines stand above it."""

    comment: tuple[str, ...]
    statement: str
    kind: ClassVar[str] = "constant"


class ContextHandleView(Definition, frozen=True):
    new_type: str
    codec: str
    kind: ClassVar[str] = "context_handle"


class EnumView(Definition, frozen=True):
    """*codec* follows the class."""

    head: str
    docstring: str
    members: tuple[str, ...]
    codec: str
    kind: ClassVar[str] = "enumeration"


class PipeView(Definition, frozen=True):
    head: str
    docstring: str
    kind: ClassVar[str] = "pipe"


class StructView(Definition, frozen=True):
    """A class and its codec; *fields* are ``name: annotation = default``."""

    head: str
    docstring: str
    fields: tuple[str, ...]
    codec: str
    kind: ClassVar[str] = "struct"


class UnionView(Definition, frozen=True):
    """An alias, what documents it, and its codec."""

    alias: str
    docstring: str
    codec: str
    kind: ClassVar[str] = "union"


class ResultView(Definition, frozen=True):
    """A NamedTuple; *fields* are ``name: annotation``."""

    head: str
    docstring: str
    fields: tuple[str, ...]
    kind: ClassVar[str] = "result"


class DescriptorView(Definition, frozen=True):
    """An operation or an interface."""

    statement: str
    kind: ClassVar[str] = "descriptor"


class MethodView(Struct, frozen=True):
    """*body* is None where the docstring is all there is."""

    signature: str
    docstring: str
    body: str | None


class ClientView(Definition, frozen=True):
    head: str
    docstring: str
    methods: tuple[MethodView, ...]
    kind: ClassVar[str] = "client"


class ServerView(Definition, frozen=True):
    head: str
    docstring: str
    methods: tuple[MethodView, ...]
    kind: ClassVar[str] = "server"


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


class Module(Struct, frozen=True):
    """*imports* are blocks of lines, a blank line between them."""

    docstring: str
    imports: tuple[str, ...]
    abi: int
    definitions: tuple[AnyDefinition, ...]


def code(piece: AnyDefinition | MethodView) -> Iterator[str]:
    """The Python text of a definition, its docstrings and comments left out."""
    for name in piece.__struct_fields__:
        value: object = getattr(piece, name)
        if name in ("gap", "docstring", "comment"):
            continue
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for part in cast(tuple[str | MethodView, ...], value):
                if isinstance(part, str):
                    yield part
                else:
                    yield from code(part)
