"""The examples for make and ninja: built again when, and only when, something changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import ROOT

TOOLS = ("make", "ninja")
MIDLPY = f"{sys.executable} -m midlpy"
COMMON, STOCK = "out/common.py", "out/stock.py"


class Project:
    """A copy of the example of one tool."""

    def __init__(self, tool: str, folder: Path) -> None:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
        self.tool = tool
        self.folder = shutil.copytree(ROOT / "samples" / "build" / tool, folder / tool)
        if tool == "ninja":
            path = self.folder / "build.ninja"
            text = path.read_text().replace("midlpy = midlpy\n", f"midlpy = {MIDLPY}\n")
            path.write_text(text)

    def build(self) -> bool:
        """Build; whether midlpy was called."""
        process = self.attempt()
        assert process.returncode == 0, process.stdout + process.stderr
        return "midlpy" in process.stdout

    def attempt(self) -> subprocess.CompletedProcess[str]:
        words = [self.tool]
        if self.tool == "make":
            words.append(f"MIDLPY={MIDLPY}")
        # The calling make's own settings are none of this one's.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        return subprocess.run(
            words,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def times(self) -> dict[str, int]:
        return {name: self.stamp(name) for name in (COMMON, STOCK)}

    def stamp(self, name: str) -> int:
        return (self.folder / name).stat().st_mtime_ns

    def edit(self, name: str, old: str = "", new: str = "") -> None:
        path = self.folder / name
        path.write_text(path.read_text().replace(old, new))
        # Later than anything built so far, however coarse the clock of the files is.
        newest = max(each.stat().st_mtime for each in self.folder.rglob("*"))
        os.utime(path, (newest + 1, newest + 1))


@pytest.fixture(params=TOOLS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    return Project(request.param, tmp_path)


def test_nothing_is_built_twice(project: Project) -> None:
    assert project.build()
    assert not project.build()


@pytest.mark.parametrize(
    "name", ["idl/stock.idl", "idl/stock.acf", "idl/common/common.idl"]
)
def test_a_source_is_compiled_again_and_same_modules_stay(
    project: Project, name: str
) -> None:
    project.build()
    before = project.times()
    project.edit(name)
    assert project.build()
    assert project.times() == before


def test_a_change_of_an_imported_file_reaches_its_module(project: Project) -> None:
    project.build()
    before = project.times()
    project.edit("idl/common/common.idl", "unsigned short", "unsigned hyper")
    assert project.build()
    after = project.times()
    assert after[COMMON] > before[COMMON]
    assert "size=ndr.UINT64" in (project.folder / COMMON).read_text()


def test_a_change_of_the_acf_reaches_the_module(project: Project) -> None:
    project.build()
    project.edit("idl/stock.acf", "[async]", "[comm_status]")
    process = project.attempt()
    assert process.returncode != 0
    assert "[pipe-needs-async]" in process.stdout + process.stderr
    project.edit("idl/stock.acf", "[comm_status]", "[async]")
    assert project.build()


def test_make_looks_no_further_after_modules_stayed_the_same(tmp_path: Path) -> None:
    project = Project("make", tmp_path)
    project.build()
    os.utime(project.folder / "idl/stock.idl")
    project.build()
    assert not project.build()


def test_make_goes_on_when_an_imported_file_is_gone(tmp_path: Path) -> None:
    project = Project("make", tmp_path)
    project.build()
    common = (project.folder / "idl/common/common.idl").read_text()
    (project.folder / "idl/common/common.idl").unlink()
    project.edit("idl/stock.idl", 'import "common.idl";', common)
    assert project.build()


def test_ninja_builds_what_depends_on_a_module_only_when_it_changed(
    tmp_path: Path,
) -> None:
    project = Project("ninja", tmp_path)
    project.build()
    before = project.stamp("out/packed")
    project.edit("idl/stock.idl")
    project.build()
    assert project.stamp("out/packed") == before
    project.edit("idl/common/common.idl", "unsigned short", "unsigned hyper")
    project.build()
    assert project.stamp("out/packed") > before
