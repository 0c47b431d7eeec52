"""Trees of values as text, for ``midlpy show``: one field to a line."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import cast

from msgspec import Struct

from midlpy.diagnostics import Span

_STEP = "    "


def tree(value: object) -> str:
    """*value* and all it holds; spans, which say where and not what, as line:column."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: object, ahead: str) -> Iterator[str]:
    """The lines of *value*, its first after *ahead*."""
    match value:
        case Span():
            yield f"{ahead}{value.line}:{value.column}"
        case Enum():
            yield f"{ahead}{value.name}"
        case tuple():
            yield from _items(cast(tuple[object, ...], value), ahead)
        case str():
            first, *others = value.split("\n")
            yield f"{ahead}{first!r}" if not others else f"{ahead}|"
            if others:
                yield from (f"{_STEP}{line}".rstrip() for line in (first, *others))
        case Struct():
            yield f"{ahead}{type(value).__name__}"
            for name in value.__struct_fields__:
                yield from _indented(getattr(value, name), f"{name}: ")
        case _:
            yield f"{ahead}{value!r}"


def _items(items: tuple[object, ...], ahead: str) -> Iterator[str]:
    yield ahead.rstrip() if items else f"{ahead}()"
    for item in items:
        yield from _indented(item, "- ")


def _indented(value: object, ahead: str) -> Iterator[str]:
    for line in _lines(value, ahead):
        yield f"{_STEP}{line}".rstrip()
