"""Choices that Python code makes, as options; what cannot be meant is refused."""

from __future__ import annotations

import difflib
import functools
import os
import re
import typing
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, cast

from midlpy.driver import Options
from midlpy.driver_rules import LEVELS, levels_called
from midlpy.semantic.converters import is_converter

_PREFIX: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)


def is_prefix(text: str) -> bool:
    """Whether names of methods may begin so; nothing is a prefix too."""
    # A leading underscore is for names that are no methods of an interface.
    return not text or _PREFIX.fullmatch(text) is not None


def known(names: Iterable[str], choices: Collection[str]) -> None:
    """Every one of *names* is one of *choices*.

    Raises:
        TypeError: one is not; with the one that may have been meant.
    """
    for name in sorted(set(names).difference(choices)):
        close = difflib.get_close_matches(name, choices, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise TypeError(f"there is no option called {name!r}{hint}")


def checked(choices: Mapping[str, object]) -> dict[str, Any]:
    """*choices*, by names of fields of Options, as the fields want them.

    Raises:
        TypeError: a value is of another type.
        ValueError: it is none of those there are; with them.
    """
    kinds = _kinds()
    return {name: _value(name, kinds[name], each) for name, each in choices.items()}


@functools.cache
def _kinds() -> Mapping[str, object]:
    return typing.get_type_hints(Options)


def _value(name: str, kind: object, value: object) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is bool:
        if not isinstance(value, bool):
            raise TypeError(f"{name} is {value!r}, neither True nor False")
        return value
    if kind is str:
        return _prefix(name, value)
    if origin is tuple:
        return tuple(_items(name, arguments[0], value))
    if origin is Mapping:
        return _mapping(name, value)
    return _one_of(name, _alternatives(kind), value)


def _alternatives(kind: object) -> list[object]:
    """The values of a literal type, or of one that may be None."""
    if kind is NoneType:
        return [None]
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (UnionType, typing.Union):
        return [each for inner in arguments for each in _alternatives(inner)]
    return list(arguments)


def _one_of(name: str, alternatives: Collection[object], value: object) -> object:
    # True is 1, but not meant.
    if not any(type(each) is type(value) and each == value for each in alternatives):
        wanted = " or ".join(map(repr, alternatives))
        raise ValueError(f"{name} is {value!r}, not {wanted}")
    return value


def _prefix(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, not a string")
    if not is_prefix(value):
        raise ValueError(f"{name} is {value!r}, which cannot begin a Python name")
    return value


def _items(name: str, kind: object, value: object) -> Iterable[object]:
    if isinstance(value, str | os.PathLike):
        # A string is a list of its characters, which nobody means.
        raise TypeError(f"{name} is {value!r}, not a list; write [{value!r}]")
    if not isinstance(value, Iterable):
        raise TypeError(f"{name} is {value!r}, not a list")
    for each in cast("Iterable[object]", value):
        if isinstance(each, str):
            yield Path(each) if kind is Path else each
        elif kind is Path and isinstance(each, os.PathLike):
            yield Path(cast("os.PathLike[str]", each))
        else:
            wanted = "path" if kind is Path else "string"
            raise TypeError(f"{name} has {each!r}, which is not a {wanted}")


def _mapping(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is {value!r}, not a mapping")
    made: dict[str, str] = {}
    for key, each in cast("Mapping[str, str]", value).items():
        try:
            if name == "levels":
                _one_of(key, LEVELS, each)
                made |= levels_called(key, LEVELS[each])
            elif is_converter(each):
                made[key] = each
            else:
                raise ValueError(f"{key}: {each!r} is not package.module:Class")
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return made
