"""Projects with IDL files really built by hatchling and setuptools, and imported."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.installing import ROOT, attempt, new_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

BACKENDS = ("hatchling", "setuptools")
MODULES = {"shop/rpc/__init__.py", "shop/rpc/common.py", "shop/rpc/stock.py"}
SOURCES = {"idl/stock.idl", "idl/stock.acf", "idl/common/common.idl"}
USE = """
from shop.rpc import common, stock
print(stock.OP_COUNT.opnum, common.Article(number=7).number, stock.__file__)
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of midlpy."""
    folder = tmp_path_factory.mktemp("wheels")
    python = new_environment(folder / "wheel_builder")
    run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def builder(wheels: Path) -> Path:
    """The Python of an environment with midlpy and what builds projects."""
    python = new_environment(wheels / "builder")
    words = ("midlpy", "build", "hatchling", "setuptools>=77", "wheel")
    run(python, "-m", "pip", "install", "-q", *words, cwd=wheels, find_links=wheels)
    return python


@pytest.fixture(params=BACKENDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return shutil.copytree(
        ROOT / "samples" / "build" / request.param, tmp_path / request.param
    )


def imported(python: Path, folder: Path) -> list[str]:
    return run(python, "-c", USE, cwd=folder).split()


def test_an_sdist_gives_a_wheel_that_has_the_modules(
    project: Path, builder: Path, wheels: Path, tmp_path: Path
) -> None:
    run(builder, "-m", "build", "-q", "--no-isolation", project, cwd=tmp_path)
    (sdist,) = (project / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert held >= SOURCES
    (wheel,) = (project / "dist").glob("*.whl")
    assert {n for n in zipfile.ZipFile(wheel).namelist() if "/rpc/" in n} == MODULES
    fresh = new_environment(tmp_path / "fresh")
    run(fresh, "-m", "pip", "install", "-q", wheel, cwd=tmp_path, find_links=wheels)
    opnum, number, file = imported(fresh, tmp_path)
    assert (opnum, number) == ("0", "7")
    assert "site-packages" in file


def test_pip_installs_a_project_with_isolation_and_in_place(
    project: Path, wheels: Path, tmp_path: Path
) -> None:
    fresh = new_environment(tmp_path / "fresh")
    install = (fresh, "-m", "pip", "install", "-q")
    run(*install, "--editable", project, cwd=tmp_path, find_links=wheels)
    opnum, number, file = imported(fresh, tmp_path)
    assert (opnum, number) == ("0", "7")
    assert Path(file) == project / "src" / "shop" / "rpc" / "stock.py"


def test_a_wheel_built_by_itself_has_the_modules(
    project: Path, builder: Path, tmp_path: Path
) -> None:
    words = ("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
    run(builder, *words, "-w", tmp_path, project, cwd=tmp_path)
    (wheel,) = tmp_path.glob("shop-*.whl")
    assert {n for n in zipfile.ZipFile(wheel).namelist() if "/rpc/" in n} == MODULES


def test_errors_in_the_idl_end_the_build_with_diagnostics(
    project: Path, builder: Path, tmp_path: Path
) -> None:
    (project / "idl" / "stock.acf").unlink()
    words = ("-m", "build", "--wheel", "--no-isolation", project)
    process = attempt(builder, *words, cwd=tmp_path)
    assert process.returncode != 0
    said = process.stdout + process.stderr
    assert "idl/stock.idl:12:10: error: 'Catalogue' has the pipe 'data'" in said
    assert "help: add 'interface Stock { [async] Catalogue(); }'" in said


def test_errors_in_the_table_end_the_build_with_the_key(
    project: Path, builder: Path, tmp_path: Path
) -> None:
    path = project / "pyproject.toml"
    path.write_text(path.read_text().replace("inputs =", "input ="))
    words = ("-m", "build", "--wheel", "--no-isolation", project)
    process = attempt(builder, *words, cwd=tmp_path)
    assert process.returncode != 0
    said = process.stdout + process.stderr
    assert "tool.midlpy.input: there is no such key; did you mean inputs?" in said


def test_setuptools_leaves_the_sources_of_a_wheel_as_they_are(
    builder: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(ROOT / "samples/build/setuptools", tmp_path / "shop")
    words = ("-m", "build", "-q", "--wheel", "--no-isolation", project)
    run(builder, *words, cwd=tmp_path)
    assert not (project / "src" / "shop" / "rpc").exists()


def test_setuptools_builds_other_projects_as_ever(
    builder: Path, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "other"\nversion = "1"\n'
        '[build-system]\nrequires = ["setuptools"]\n'
        'build-backend = "setuptools.build_meta"\n'
    )
    (tmp_path / "other.py").write_text("")
    words = ("-m", "build", "--wheel", "--no-isolation", ".")
    said = run(builder, *words, cwd=tmp_path)
    assert "midlpy" not in said


def test_hatch_removes_what_midlpy_wrote_and_nothing_else(
    builder: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(ROOT / "samples/build/hatchling", tmp_path / "shop")
    run(builder, "-m", "hatchling", "build", "--hooks-only", cwd=project)
    made = project / "src" / "shop" / "rpc"
    assert {path.name for path in made.glob("*.py")} == {
        Path(name).name for name in MODULES
    }
    (made / "own.py").write_text("kept = True\n")
    run(builder, "-m", "hatchling", "build", "--clean-only", cwd=project)
    assert {path.name for path in made.glob("*.py")} == {"__init__.py", "own.py"}
    (made / "own.py").unlink()
    run(builder, "-m", "hatchling", "build", "--clean-only", cwd=project)
    assert not made.exists()


def test_modules_outside_of_the_packages_are_left_out_and_told(
    project: Path, builder: Path, tmp_path: Path
) -> None:
    path = project / "pyproject.toml"
    inputs = 'inputs = ["idl/*.idl"]'
    assert inputs in path.read_text()
    text = path.read_text().replace(inputs, "").replace("package =", "#")
    groups = f"""
[[tool.midlpy.groups]]
{inputs}
out = "src/shop"
[[tool.midlpy.groups]]
{inputs}
out = "tests/stubs"
"""
    path.write_text(text + groups)
    words = ("-m", "build", "--wheel", "--no-isolation", project)
    process = attempt(builder, *words, cwd=tmp_path)
    said = process.stdout + process.stderr
    assert process.returncode == 0, said
    assert "midlpy: tests/stubs" in said
    (wheel,) = (project / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "shop/stock.py" in names
    assert not [name for name in names if "stubs" in name]


def test_setuptools_installs_strictly_in_place_too(
    builder: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(ROOT / "samples/build/setuptools", tmp_path / "shop")
    strict = ("--config-settings", "editable_mode=strict")
    words = ("-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps")
    target = ("--target", tmp_path / "target")
    run(builder, *words, *target, *strict, "--editable", project, cwd=tmp_path)
    code = f"import site; site.addsitedir({str(tmp_path / 'target')!r})\n{USE}"
    opnum, number, _ = run(builder, "-c", code, cwd=tmp_path).split()
    assert (opnum, number) == ("0", "7")
