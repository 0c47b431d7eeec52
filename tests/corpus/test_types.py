"""Modules of other people's interfaces are clean to type checkers, and can be imported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.corpus.interfaces import RPC_SETS, may_be_called
from tests.corpus.packages import packages, write
from tests.corpus.sets import SETS

ROOT = Path(__file__).parent.parent.parent

IMPORT_EACH = """
import importlib, json, sys
found = {}
for path in json.load(sys.stdin):
    try:
        importlib.import_module(path.removesuffix(".py").replace("/", "."))
    except Exception as error:
        found[path] = repr(error)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Written:
    """Packages below *folder*; *sources* by path of the module below it."""

    folder: Path
    sources: dict[str, str]

    def run(self, *words: str, given: str = "") -> str:
        """What Python prints with *words*."""
        process = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            input=given,
            capture_output=True,
            text=True,
            timeout=800,
        )
        assert process.returncode in (0, 1), process.stdout + process.stderr
        return process.stdout

    def of_sources(self, found: dict[str, str]) -> list[str]:
        """*found* with the IDL file of each path ahead."""
        return [
            f"{self.sources.get(path, path)}: {each}" for path, each in found.items()
        ]


def mypy(written: Written) -> dict[str, str]:
    """The first error in each module that has one."""
    cache = ("--cache-dir", str(written.folder / ".cache"))
    words = ("-m", "mypy", "--strict", "--python-version", "3.11", *cache)
    said = written.run(*words, "--hide-error-context", ".")
    assert "checked" in said or "no issues" in said, said
    found: dict[str, str] = {}
    for match in re.finditer(r"^(.+?\.py):(\d+: error: .*)$", said, re.MULTILINE):
        found.setdefault(match[1], match[2])
    return found


def pyright(written: Written) -> dict[str, str]:
    """The same, by another checker."""
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT)],
    }
    (written.folder / "pyrightconfig.json").write_text(json.dumps(settings))
    words = ("-m", "pyright", "--pythonpath", sys.executable, "--outputjson")
    found: dict[str, str] = {}
    for each in json.loads(written.run(*words, "."))["generalDiagnostics"]:
        path = Path(each["file"]).relative_to(written.folder.resolve()).as_posix()
        found.setdefault(path, each["message"])
    return found


def imports(written: Written) -> dict[str, str]:
    """The error of each module that cannot be imported."""
    said = written.run("-c", IMPORT_EACH, given=json.dumps(list(written.sources)))
    found: dict[str, str] = json.loads(said)
    return found


@pytest.mark.thorough
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RPC_SETS)
def test_modules_of_a_set_are_imported_and_clean(name: str, tmp_path: Path) -> None:
    if SETS[name].root is None:
        pytest.skip(f"no folder of MIDLPY_CORPUS has {SETS[name].folder}")
    files = (each for each in SETS[name].files if may_be_called(each))
    made = Written(tmp_path, write(packages(files), tmp_path))
    assert made.sources
    assert made.of_sources(imports(made)) == []
    assert made.of_sources(mypy(made)) == []
    assert made.of_sources(pyright(made)) == []


@pytest.mark.thorough
@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("judge", "line"),
    [(mypy, "X: int = 'x'"), (imports, "1 / 0")],
    ids=["mypy", "import"],
)
def test_a_wrong_module_is_told_by_its_file(
    judge: Callable[[Written], dict[str, str]], line: str, tmp_path: Path
) -> None:
    package = tmp_path / "package0"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "good.py").write_text("X: int = 1\n")
    (package / "bad.py").write_text(f"{line}\n")
    sources = {f"package0/{name}.py": f"/idl/{name}.idl" for name in ("good", "bad")}
    made = Written(tmp_path, sources)
    (found,) = made.of_sources(judge(made))
    assert found.startswith("/idl/bad.idl: ")
