"""What a command is to compile: the files it is given, else what the project says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from midlpy.driver import Batch, Options
from midlpy.driver_project import Project


def wanted(
    context: click.Context,
    idl: tuple[Path, ...],
    choices: Mapping[str, Any],
    out_dir: Path = Path(),
    is_package: bool = False,
) -> Project:
    """The files *idl* with *choices*; without files, those of the nearest project.

    There, options that were given win over what the project says.

    Raises:
        click.UsageError: nothing says what to compile, or one ACF is for several files.
    """
    if choices["acf"] is not None and len(idl) != 1:
        many = "several were given" if idl else "none was given"
        raise click.UsageError(f"--acf belongs to one IDL file, {many}")
    if idl:
        options = Options(**choices)
        return Project(None, (Batch(idl, out_dir, options, is_package),))
    # Most calls name their files and need no TOML.
    from midlpy.driver_pyproject import FILE, TABLE, find_project, read_project
    from midlpy.driver_pyproject_values import ProjectError

    try:
        path = find_project(Path())
        project = None if path is None else read_project(path)
    except ProjectError as error:
        raise click.UsageError(str(error)) from error
    if project is None:
        raise click.UsageError(
            f"no IDL files are given, and no {FILE} here or above has [{TABLE}]"
        )
    return project.overridden(
        {name: value for name, value in choices.items() if _is_given(context, name)},
        folder=out_dir if _is_given(context, "out_dir") else None,
        is_package=is_package if _is_given(context, "is_package") else None,
    )


def _is_given(context: click.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source not in (None, ParameterSource.DEFAULT)
