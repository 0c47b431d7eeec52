"""The build hook ``[tool.hatch.build.hooks.midlpy]`` of hatchling.

It compiles what ``[tool.midlpy]`` names before each build, editable ones included, and
adds the modules to what is built, whether version control knows them or not.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from midlpy.build import modules


class MidlpyBuildHook(BuildHookInterface[Any]):
    """Compiles before a build; ``hatch clean`` removes what it wrote."""

    PLUGIN_NAME = "midlpy"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version  # the same modules in all
        written = modules.compiled(modules.project_in(Path(self.root)))
        if written.diagnostics:
            self.app.display_warning(modules.told(written.diagnostics))
        files = [*written.written, *written.unchanged]
        self._modules = self._patterns(files)
        if self.target_name == "sdist":
            # A wheel is made of it, and that compiles again.
            files += written.read
        build_data["artifacts"] += self._patterns(files)

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Tell which modules are in no package of the wheel; hatchling says nothing."""
        del build_data
        if (self.target_name, version) != ("wheel", "standard"):
            return
        with zipfile.ZipFile(artifact_path) as wheel:
            held = set(wheel.namelist())
        for path in self._modules:
            name = path.removeprefix("/")
            if self.build_config.get_distribution_path(name) not in held:
                self.app.display_warning(
                    f"midlpy: {name} is in none of the wheel's packages, so it is left out"
                )

    def clean(self, versions: list[str]) -> None:
        del versions
        modules.remove(modules.project_in(Path(self.root)))

    def _patterns(self, files: list[Path]) -> list[str]:
        """*files* of the project as hatchling names files: from its root on."""
        root = Path(self.root).resolve()
        found = [path.resolve() for path in files]
        return [
            f"/{path.relative_to(root).as_posix()}"
            for path in found
            if path.is_relative_to(root)
        ]


@hookimpl
def hatch_register_build_hook() -> type[BuildHookInterface[Any]]:
    return MidlpyBuildHook
