"""The command ``build_midlpy`` of setuptools, part of every build of a project.

It compiles what ``[tool.midlpy]`` names: into the build's folder for a wheel, beside the
sources for an editable installation. The IDL files go into the sdist.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, Final, cast

from setuptools import Command
from setuptools.errors import BaseError

if TYPE_CHECKING:
    from setuptools import Distribution

    from midlpy.driver import Batch
    from midlpy.driver_output import Written
    from midlpy.driver_project import Project

COMMAND: Final = "build_midlpy"


class BuildModules(Command):
    """A sub-command of build, as setuptools describes them."""

    description = "compile the IDL files that [tool.midlpy] names"
    user_options: ClassVar[
        list[tuple[str, str, str]] | list[tuple[str, str | None, str]]
    ] = []

    editable_mode: bool = False
    build_lib: str | None

    def initialize_options(self) -> None:
        self.build_lib = None

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        from midlpy.build.modules import moved, told

        project = self._project
        for batch in self._left_out:
            self.warn(
                f"midlpy: {batch.folder} is in none of the packages, so it is left out"
            )
        if not self.editable_mode:
            project = moved(project, self._built)
        written = _compiled(project, is_check=False)
        if written.diagnostics:
            self.warn(told(written.diagnostics))

    def get_source_files(self) -> list[str]:
        root = Path.cwd()
        found = [path.resolve() for path in self._written.read]
        inside = [path for path in found if path.is_relative_to(root)]
        return [str(path.relative_to(root)) for path in inside]

    def get_outputs(self) -> list[str]:
        return [str(self._built(path)) for path in self._modules]

    def get_output_mapping(self) -> dict[str, str]:
        if not self.editable_mode:
            return {}
        return {str(self._built(path)): str(path) for path in self._modules}

    @cached_property
    def _everything(self) -> Project:
        from midlpy.build.modules import BuildError, project_in

        try:
            return project_in(Path())
        except BuildError as error:
            raise BaseError(str(error)) from error

    @cached_property
    def _project(self) -> Project:
        """What goes into the packages."""
        parts = [each for each in self._everything.batches if self._is_part(each)]
        return replace(self._everything, batches=tuple(parts))

    @property
    def _left_out(self) -> list[Batch]:
        return [each for each in self._everything.batches if not self._is_part(each)]

    def _is_part(self, batch: Batch) -> bool:
        """Whether a folder of modules belongs to what is distributed.

        It may be a package that has nothing but these modules, unknown to setuptools.
        """
        path = self._packaged(batch.folder)
        if path is None:
            return False
        packages = cast("list[str]", self.distribution.packages or [])
        known = {package.partition(".")[0] for package in packages}
        return batch.is_package or path.parts[:1] in {(name,) for name in known}

    @cached_property
    def _written(self) -> Written:
        """What compiling beside the sources would write."""
        return _compiled(self._project, is_check=True)

    @property
    def _modules(self) -> list[Path]:
        return sorted((*self._written.written, *self._written.unchanged))

    def _built(self, path: Path) -> Path:
        """Where in the build's folder a file or folder of the sources belongs."""
        packaged = self._packaged(path)
        assert packaged is not None, path
        assert self.build_lib is not None
        return Path(self.build_lib, packaged)

    def _packaged(self, path: Path) -> PurePath | None:
        """The path seen from where packages are imported, if it lies there."""
        declared = cast("dict[str, str]", self.distribution.package_dir or {})
        places = {
            Path(os.path.normpath(folder)): package
            for package, folder in {"": ".", **declared}.items()
        }
        normal = Path(os.path.normpath(path))
        for folder in (normal, *normal.parents):
            if folder in places:
                parts = places[folder].split(".") if places[folder] else []
                return PurePath(*parts, normal.relative_to(folder))
        return None


def _compiled(project: Project, *, is_check: bool) -> Written:
    from midlpy.build.modules import BuildError, compiled

    try:
        return compiled(project, is_check=is_check)
    except BuildError as error:
        raise BaseError(str(error)) from error


def finalize_distribution_options(distribution: Distribution) -> None:
    """Make the command part of the build of a project that has ``[tool.midlpy]``.

    It is called for every project that is built where midlpy is installed.
    """
    if not _has_table(Path("pyproject.toml")):
        return
    distribution.cmdclass.setdefault(COMMAND, BuildModules)
    build = distribution.get_command_class("build")
    if all(name != COMMAND for name, _ in build.sub_commands):
        build.sub_commands = [*build.sub_commands, (COMMAND, _is_wanted)]


def _is_wanted(build: Command) -> bool:
    return COMMAND in build.distribution.cmdclass


def _has_table(path: Path) -> bool:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # whoever needs the file says what is wrong with it
    return "midlpy" in document.get("tool", {})
