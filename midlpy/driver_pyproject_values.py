"""Values of a project's table, as the kinds that options have."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import cast

from midlpy.driver_grading import Level
from midlpy.driver_rules import levels_called


class ProjectError(Exception):
    """What a pyproject.toml says about midlpy cannot be meant; names file and key."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a file, for messages; paths are relative to the file's folder."""

    path: Path
    key: str

    @property
    def folder(self) -> Path:
        return self.path.parent

    def at(self, key: str) -> Place:
        return replace(self, key=f"{self.key}.{key}")

    def item(self, key: str, number: int) -> Place:
        return replace(self, key=f"{self.key}.{key}[{number}]")

    def error(self, message: str) -> ProjectError:
        return ProjectError(f"{self.path}: {self.key}: {message}")


def choice(kind: object, value: object, place: Place) -> object:
    """*value* as an option of the type *kind*.

    Raises:
        ProjectError: it is no value of that type.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (UnionType, typing.Union):
        (inner,) = (each for each in arguments if each is not NoneType)
        return choice(inner, value, place)
    if kind is bool:
        if not isinstance(value, bool):
            raise place.error(f"{value!r} is neither true nor false")
        return value
    if kind is str:
        return text(value, place)
    if kind is Path:
        return place.folder / text(value, place)
    if origin is typing.Literal:
        # True is 1, but not meant.
        if (type(value), value) not in [(type(each), each) for each in arguments]:
            wanted = " or ".join(repr(each) for each in arguments)
            raise place.error(f"{value!r} is not {wanted}")
        return value
    if origin is tuple:
        return tuple(choice(arguments[0], each, place) for each in texts(value, place))
    assert typing.get_origin(kind) is Mapping, f"no spelling in TOML for {kind}"
    return _table(arguments[1], value, place)


def text(value: object, place: Place) -> str:
    """*value*, if it is a string."""
    if not isinstance(value, str):
        raise place.error(f"{value!r} is not a string")
    return value


def texts(value: object, place: Place) -> tuple[str, ...]:
    """*value*, if it is a list of strings."""
    if not isinstance(value, list):
        raise place.error(f"{value!r} is not a list of strings")
    return tuple(text(each, place) for each in cast("list[object]", value))


def _table(kind: object, value: object, place: Place) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise place.error(f"{value!r} is not a table")
    items = cast("Mapping[str, object]", value).items()
    if kind != Level:
        return {key: choice(kind, each, place.at(key)) for key, each in items}
    levels: dict[str, object] = {}
    for key, each in items:
        level = cast("Level", choice(Level, each, place.at(key)))
        try:
            levels |= levels_called(key, level)
        except ValueError as error:
            raise place.at(key).error(str(error)) from error
    return levels
