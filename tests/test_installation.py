"""Wheel, sdist and editable checkout all bring their grammars, templates, stand-ins and samples."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.installing import ROOT, new_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

IDL = """
import "wtypes.idl";
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface tried { long Add([in] handle_t h, [in] long a); }
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist and the wheel made from the checkout."""
    folder = tmp_path_factory.mktemp("built")
    python = new_environment(folder / "builder")
    run(python, "-m", "pip", "install", "-q", "build", cwd=folder)
    run(python, "-m", "build", "-q", "--outdir", folder, ROOT, cwd=folder)
    return folder


def check_install(what: list[str], folder: Path) -> None:
    python = new_environment(folder / "environment")
    run(python, "-m", "pip", "install", "-q", *what, cwd=folder)
    (folder / "tried.idl").write_text(IDL)
    run(python, "-m", "midlpy", "compile", "tried.idl", cwd=folder)
    code = (
        "import tried\n"
        "from midlpy.resources import resource\n"
        "assert resource('samples').is_dir()\n"
        "print(tried.OP_ADD.opnum)"
    )
    assert run(python, "-c", code, cwd=folder) == "0\n"


def test_a_wheel_works(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "midlpy/grammars/idl.lark" in names
    assert "midlpy/frontend/prelude/oaidl.idl" in names
    assert "midlpy/templates/module.py.j2" in names
    check_install([str(wheel)], tmp_path)


def test_an_sdist_works(built: Path, tmp_path: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    check_install([str(sdist)], tmp_path)


def test_an_editable_checkout_works(tmp_path: Path) -> None:
    check_install(["--editable", str(ROOT)], tmp_path)
