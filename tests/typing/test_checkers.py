"""Both type checkers, strict, over golden modules and over uses of them.

Each runs once over one package: the golden modules, right uses, wrong uses.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
MISUSES = "misuses"

# What a checker says, by module and line.
Findings = Mapping[str, Mapping[int, str]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typing") / "generated"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for idl in GOLDEN.glob("*.idl"):
        shutil.copy(GOLDEN / f"{idl.stem}.py", folder)
    shutil.copy(GOLDEN / "presented.py", folder)
    for name in ("uses", MISUSES):
        shutil.copy(HERE / f"{name}.py", folder)
    return folder


def run(*words: str, folder: Path) -> str:
    if importlib.util.find_spec(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    process = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert process.returncode in (0, 1), process.stdout + process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def mypy(package: Path) -> Findings:
    found: dict[str, dict[int, str]] = {}
    words = ("--strict", "--python-version", "3.11", "--hide-error-context")
    for line in run("mypy", *words, package.name, folder=package).splitlines():
        match = re.match(r"generated.(\w+)\.py:(\d+): error: (.*)", line)
        if match:
            found.setdefault(match[1], {})[int(match[2])] = match[3]
    return found


@pytest.fixture(scope="module")
def pyright(package: Path) -> Findings:
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (package.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    words = ("--pythonpath", sys.executable, "--outputjson", package.name)
    found: dict[str, dict[int, str]] = {}
    for each in json.loads(run("pyright", *words, folder=package))[
        "generalDiagnostics"
    ]:
        line = each["range"]["start"]["line"] + 1
        found.setdefault(Path(each["file"]).stem, {})[line] = each["message"]
    return found


@pytest.fixture(params=["mypy", "pyright"])
def findings(request: pytest.FixtureRequest) -> Findings:
    found: Findings = request.getfixturevalue(request.param)
    return found


def test_golden_modules_are_clean(findings: Findings) -> None:
    assert {
        name: found for name, found in findings.items() if name not in SAMPLES
    } == {}


SAMPLES = ("uses", MISUSES)


def test_right_uses_are_accepted(findings: Findings) -> None:
    assert findings.get("uses", {}) == {}


def test_wrong_uses_are_refused_and_nothing_else(findings: Findings) -> None:
    lines = (HERE / f"{MISUSES}.py").read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if "# refused" in line}
    found = findings.get(MISUSES, {})
    assert {line: found.get(line) for line in found.keys() ^ wrong} == {}
