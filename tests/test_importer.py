"""The import statement on IDL files, while midlpy.importer is installed."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import midlpy
from midlpy import importer
from midlpy.frontend import stand_ins

POINT = "typedef struct { long x; } POINT;\n"
SHAPES = """
import "points.idl";
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface shapes
{
    long Draw([in] handle_t h, [in] POINT *at);
}
"""
BULK = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d42), version(1.0)]
interface bulk { typedef pipe byte P; void Send([in] handle_t h, [in] P *data); }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; what a test imports is forgotten after it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    before, finders = set(sys.modules), list(sys.meta_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        if not name.startswith("midlpy."):
            del sys.modules[name]
    assert sys.meta_path == finders, "a test left its importer installed"


@pytest.fixture
def installed() -> Iterator[importer.Importer]:
    with importer.install() as finder:
        yield finder


def module(name: str) -> Any:
    return importlib.import_module(name)


def edit(path: Path, text: str) -> None:
    """Write *text*, seen as newer however coarse the clock of the files is."""
    later = path.stat().st_mtime + 2 if path.exists() else None
    path.write_text(text)
    if later is not None:
        os.utime(path, (later, later))


@pytest.mark.usefixtures("installed")
def test_an_idl_file_on_the_path_is_a_module(folder: Path) -> None:
    (folder / "Rough-Points.IDL").write_text(POINT)
    points = module("rough_points")
    assert points.Point(x=3).x == 3
    assert points.__spec__.origin == str(folder / "Rough-Points.IDL")


def test_nothing_is_found_before_and_after(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    with pytest.raises(ModuleNotFoundError):
        module("points")
    finder = importer.install()
    finder.uninstall()
    finder.uninstall()
    with pytest.raises(ModuleNotFoundError):
        module("points")


@pytest.mark.usefixtures("installed")
def test_python_modules_come_first(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    (folder / "points.py").write_text("written = 'by hand'\n")
    assert module("points").written == "by hand"


@pytest.mark.usefixtures("installed")
def test_imported_files_are_the_modules_that_an_import_gives(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    (folder / "shapes.idl").write_text(SHAPES)
    shapes, points = module("shapes"), module("points")
    assert shapes.points is points
    assert shapes.OP_DRAW.encode_request(points.Point(x=1)) == b"\1\0\0\0"


@pytest.mark.usefixtures("installed")
def test_an_imported_file_may_be_called_as_a_module_of_python(folder: Path) -> None:
    (folder / "json.idl").write_text(POINT)
    (folder / "shapes.idl").write_text(SHAPES.replace("points.idl", "json.idl"))
    shapes = module("shapes")
    assert shapes.json.Point(x=1).x == 1
    assert module("json") is json


def test_imported_files_may_lie_in_include_folders(folder: Path) -> None:
    (folder / "common").mkdir()
    (folder / "common" / "points.idl").write_text(POINT)
    (folder / "shapes.idl").write_text(SHAPES)
    with importer.install(includes=[folder / "common"]):
        assert module("shapes").points.Point(x=1).x == 1
        with pytest.raises(ModuleNotFoundError):
            module("points")


@pytest.mark.usefixtures("installed")
def test_idl_files_of_a_package_are_its_modules(folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text("from shop import shapes\n")
    (folder / "shop" / "points.idl").write_text(POINT)
    (folder / "shop" / "shapes.idl").write_text(SHAPES)
    shop = module("shop")
    assert shop.shapes.__name__ == "shop.shapes"
    assert shop.shapes.__package__ == "shop"
    assert shop.shapes.points is module("shop.points")
    value = shop.points.Point(x=5)
    assert pickle.loads(pickle.dumps(value)) == value


def test_a_package_finds_what_its_idl_files_import_elsewhere(folder: Path) -> None:
    for name in ("shop", "common"):
        (folder / name).mkdir()
    (folder / "common" / "points.idl").write_text(POINT)
    (folder / "shop" / "shapes.idl").write_text(SHAPES)
    with importer.install(includes=iter([folder / "common"])):
        shapes = module("shop.shapes")
        assert shapes.points is module("shop.points")
        assert shapes.points.__spec__.origin == str(folder / "common" / "points.idl")


@pytest.mark.usefixtures("installed")
def test_two_files_that_would_be_one_module_are_refused(folder: Path) -> None:
    (folder / "shop" / "other").mkdir(parents=True)
    (folder / "shop" / "points.idl").write_text(POINT)
    (folder / "shop" / "other" / "points.idl").write_text(POINT)
    text = SHAPES.replace("points.idl", "other/points.idl")
    (folder / "shop" / "shapes.idl").write_text(text)
    with pytest.raises(ImportError, match=r"would both be the module shop\.points"):
        module("shop.shapes")


def test_folders_take_the_place_of_the_path(folder: Path) -> None:
    (folder / "idl").mkdir()
    (folder / "idl" / "points.idl").write_text(POINT)
    (folder / "hidden.idl").write_text(POINT)
    with importer.install([folder / "idl"]):
        assert module("points").Point(x=1).x == 1
        with pytest.raises(ModuleNotFoundError):
            module("hidden")


@pytest.mark.usefixtures("installed")
def test_errors_are_import_errors_with_all_diagnostics(folder: Path) -> None:
    (folder / "broken.idl").write_text("typedef LONGER A; typedef LONGEST B;")
    with pytest.raises(ImportError) as caught:
        module("broken")
    error = caught.value
    assert isinstance(error, midlpy.CompileError)
    assert len(error.diagnostics) == 2
    assert (error.name, error.path) == ("broken", str(folder / "broken.idl"))
    assert "LONGEST" in "".join(error.__notes__)
    assert "broken" not in sys.modules
    edit(folder / "broken.idl", POINT)
    assert module("broken").Point(x=1).x == 1


def test_choices_are_those_of_load(folder: Path) -> None:
    (folder / "bulk.idl").write_text(BULK)
    with importer.install(), pytest.raises(ImportError, match="pipe-needs-async"):
        module("bulk")
    with importer.install(async_pipes="imply", server=False):
        bulk = module("bulk")
    assert bulk.OP_SEND.is_async
    assert not hasattr(bulk, "BulkServer")


def test_an_unknown_choice_is_refused_at_the_first_import(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    choices: dict[str, Any] = {"nameing": "idl"}
    with importer.install(**choices), pytest.raises(TypeError, match="'nameing'"):
        module("points")


@pytest.mark.usefixtures("installed")
def test_reload_takes_what_has_changed(folder: Path) -> None:
    path = folder / "points.idl"
    path.write_text(POINT)
    points = module("points")
    edit(path, POINT.replace("long x", "long y"))
    assert importlib.reload(points) is points
    assert points.Point(y=2).y == 2
    assert "y: int = 0" in inspect.getsource(points.Point)


@pytest.mark.usefixtures("installed")
def test_tracebacks_and_inspect_show_the_text_of_the_module(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    points = module("points")
    assert inspect.getsource(points) == midlpy.compile_file(folder / "points.idl")
    assert inspect.getsource(points.Point).startswith("class Point(ndr.Struct")


def run(code: str, folder: Path, install: str = "importer.install()") -> str:
    """What another process prints that imports from *folder*."""
    text = (
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        f"from midlpy import importer; {install}\n"
        f"{code}\n"
        "print('midlpy.frontend.parse' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "error", "-c", text]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


USE = "import shapes; print(list(shapes.points.Point.__struct_fields__))"


def test_the_compiler_is_loaded_only_when_something_changed(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    (folder / "shapes.idl").write_text(SHAPES)
    assert run("", folder) == "False\n"
    assert run(USE, folder) == "['x']\nTrue\n"
    assert run(USE, folder) == "['x']\nFalse\n"
    edit(folder / "points.idl", POINT.replace("long x", "long y"))
    assert run(USE, folder) == "['y']\nTrue\n"
    assert run(USE, folder) == "['y']\nFalse\n"


def test_an_acf_that_is_new_makes_a_difference(folder: Path) -> None:
    idl = BULK.replace("[in] P *data", "[in] long x")
    (folder / "bulk.idl").write_text(idl)
    code = "import bulk; print(bulk.OP_SEND.is_async)"
    assert run(code, folder) == "False\nTrue\n"
    (folder / "Bulk.ACF").write_text("interface bulk { [async] Send(); }")
    assert run(code, folder) == "True\nTrue\n"
    assert run(code, folder) == "True\nFalse\n"


def test_a_file_that_an_import_finds_first_now_makes_a_difference(folder: Path) -> None:
    (folder / "main").mkdir()
    (folder / "common").mkdir()
    (folder / "main" / "shapes.idl").write_text(SHAPES)
    (folder / "common" / "points.idl").write_text(POINT)
    code = (
        "importer.install(includes=['common'])\n"
        "from main import shapes; print(shapes.points.Point())"
    )
    assert run(code, folder, "") == "Point(x=0)\nTrue\n"
    assert run(code, folder, "") == "Point(x=0)\nFalse\n"
    (folder / "main" / "points.idl").write_text(POINT.replace("long x", "long y"))
    assert run(code, folder, "") == "Point(y=0)\nTrue\n"


def test_stand_ins_of_midlpy_are_modules_too(folder: Path) -> None:
    text = SHAPES.replace("points.idl", "wtypes.idl").replace("POINT", "FILETIME")
    (folder / "shapes.idl").write_text(text)
    code = "import shapes; print(shapes.OP_DRAW.opnum)"
    assert run(code, folder) == "0\nTrue\n"
    assert run(code, folder) == "0\nFalse\n"
    assert not (stand_ins.FOLDER / "__pycache__").exists()


def test_nothing_is_written_when_asked_not_to(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    with importer.install(is_cached=False):
        module("points")
    assert [path.name for path in folder.iterdir()] == ["points.idl"]


def test_what_is_kept_is_kept_for_the_same_choices_alone(folder: Path) -> None:
    (folder / "points.idl").write_text(POINT)
    with importer.install():
        assert module("points").Point(x=1).x == 1
    del sys.modules["points"]
    with importer.install(naming="idl"):
        assert module("points").POINT
    assert len(list((folder / "__pycache__").glob("points.idl.*.json"))) == 2


@pytest.mark.parametrize("damage", ["", "{}", '{"stamps": 1', "[1]", "\0"])
def test_damaged_caches_are_not_used(folder: Path, damage: str) -> None:
    (folder / "points.idl").write_text(POINT)
    with importer.install():
        module("points")
        (kept,) = (folder / "__pycache__").glob("points.idl.*.json")
        kept.write_text(damage)
        del sys.modules["points"]
        assert module("points").Point(x=1).x == 1
    assert json.loads(kept.read_text())["read"] == [str(folder / "points.idl")]


def test_installing_loads_nothing_heavy(folder: Path) -> None:
    code = (
        "from midlpy import importer; importer.install(); import sys\n"
        "heavy = {'click', 'jinja2', 'lark', 'black', 'pcpp', 'rich'}\n"
        "ours = ('midlpy.frontend', 'midlpy.semantic', 'midlpy.codegen')\n"
        "assert not heavy & sys.modules.keys()\n"
        "assert not [n for n in sys.modules if n.startswith(ours)]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
