"""What a project wants compiled: the table ``[tool.midlpy]`` of its pyproject.toml."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from pathlib import Path, PurePath
from typing import Final, TypeAlias, cast

from midlpy.driver import Batch, Options
from midlpy.driver_choices import is_prefix
from midlpy.driver_project import Project
from midlpy.driver_pyproject_values import Place, ProjectError, choice, text, texts

FILE: Final = "pyproject.toml"
TABLE: Final = "tool.midlpy"

Table: TypeAlias = Mapping[str, object]

# What the keys of a group are, besides every field of Options.
_GROUP_KEYS: Final = ("inputs", "out", "package", "init")
_TOP_KEYS: Final = ("groups", "jobs")


def find_project(start: Path) -> Path | None:
    """The nearest pyproject.toml in *start* or above that has ``[tool.midlpy]``.

    It is given relative to the working directory where that is possible.

    Raises:
        ProjectError: one on the way cannot be read.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        path = _seen_from_here(folder / FILE)
        if path.is_file() and _table_of(path) is not None:
            return path
    return None


def _seen_from_here(path: Path) -> Path:
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # another drive
        return path


def read_project(path: Path) -> Project:
    """What the pyproject.toml at *path* wants compiled.

    Raises:
        ProjectError: it cannot be read, or says what it cannot mean; with the key.
    """
    table = _table_of(path)
    place = Place(path, TABLE)
    if table is None:
        raise ProjectError(f"{path}: there is no table [{TABLE}]")
    _refuse_unknown(table, place, (*_choices(), *_GROUP_KEYS, *_TOP_KEYS))
    groups = table.get("groups")
    common = {key: value for key, value in table.items() if key not in _TOP_KEYS}
    if groups is None:
        batches: tuple[Batch, ...] = (_batch(common, place),)
    else:
        if "inputs" in common:
            raise place.at("inputs").error(
                "belongs into the groups where there are some"
            )
        batches = tuple(_grouped(groups, common, place))
    return Project(path, batches, _jobs(table, place))


def _table_of(path: Path) -> Table | None:
    try:
        document: object = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path}: {error}") from error
    for key in TABLE.split("."):
        if not isinstance(document, Mapping):
            raise ProjectError(f"{path}: {TABLE} is not a table")
        document = cast("Table", document).get(key)
        if document is None:
            return None
    if not isinstance(document, Mapping):
        raise ProjectError(f"{path}: {TABLE} is not a table")
    return cast("Table", document)


def _jobs(table: Table, place: Place) -> int | None:
    jobs = table.get("jobs")
    if jobs is None or (isinstance(jobs, int) and jobs is not True and jobs > 0):
        return jobs
    raise place.at("jobs").error("is not a positive number")


def _grouped(groups: object, common: Table, place: Place) -> Iterator[Batch]:
    if not isinstance(groups, list) or not groups:
        raise place.at("groups").error(f"is not a list of tables [[{TABLE}.groups]]")
    for number, group in enumerate(cast("list[object]", groups)):
        inner = place.item("groups", number)
        if not isinstance(group, Mapping):
            raise inner.error(f"is not a table [[{TABLE}.groups]]")
        table = cast("Table", group)
        _refuse_unknown(table, inner, (*_choices(), *_GROUP_KEYS))
        # A group that says where its modules go says it alone.
        goes = {"out", "package"}
        inherited = {
            key: value
            for key, value in common.items()
            if not (key in goes and goes & table.keys())
        }
        yield _batch({**inherited, **table}, inner)


def _refuse_unknown(table: Table, place: Place, known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise place.at(key).error(f"there is no such key{hint}")


def _choices() -> dict[str, str]:
    """The fields of Options by the keys they are given with."""
    names = [field.name for field in dataclasses.fields(Options)]
    return {name.replace("_", "-"): name for name in names}


def _batch(table: Table, place: Place) -> Batch:
    inputs = tuple(_inputs(table.get("inputs"), place.at("inputs")))
    kinds = typing.get_type_hints(Options)
    options = {
        name: choice(kinds[name], table[key], place.at(key))
        for key, name in _choices().items()
        if key in table
    }
    for key in ("acf", "module"):
        if key in options and len(inputs) > 1:
            raise place.at(key).error(
                f"belongs to one IDL file, and the inputs are {len(inputs)}"
            )
    for key in ("client-prefix", "server-prefix"):
        prefix = options.get(key.replace("-", "_"), "")
        if not is_prefix(cast("str", prefix)):
            raise place.at(key).error(f"{prefix!r} cannot begin a Python name")
    name = options.get("module")
    if isinstance(name, str) and (not name.isidentifier() or iskeyword(name)):
        raise place.at("module").error(f"{name!r} is no name of a module")
    is_package = table.get("init", "package" in table)
    if not isinstance(is_package, bool):
        raise place.at("init").error("is neither true nor false")
    folder = _folder(table, place)
    return Batch(
        inputs, folder, Options(**cast("dict[str, typing.Any]", options)), is_package
    )


def _folder(table: Table, place: Place) -> Path:
    if "package" not in table:
        return place.folder / text(table.get("out", "."), place.at("out"))
    if "out" in table:
        raise place.at("package").error("and out exclude each other")
    inner = place.at("package")
    name = text(table["package"], inner)
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise inner.error(f"{name!r} is no name of a package")
    source = place.folder / "src"
    return (source if source.is_dir() else place.folder).joinpath(*parts)


def _inputs(patterns: object, place: Place) -> Iterator[Path]:
    """The files that globs name, each once, those of one glob in order of their names."""
    found: dict[Path, None] = {}
    wanted = () if patterns is None else texts(patterns, place)
    if not wanted:
        raise place.error("names no IDL files")
    for pattern in wanted:
        if PurePath(pattern).is_absolute() or not pattern:
            raise place.error(f"{pattern!r} is no path from the folder of {FILE}")
        found_here = sorted(place.folder.glob(pattern))
        matches = [path for path in found_here if path.is_file()]
        if not matches and found_here:
            folder = pattern.rstrip("/\\")
            raise place.error(
                f"{pattern!r} is a folder; write '{folder}/*.idl', or "
                f"'{folder}/**/*.idl' for all below"
            )
        if not matches:
            raise place.error(f"{pattern!r} matches no file")
        found.update(dict.fromkeys(matches))
    yield from found
