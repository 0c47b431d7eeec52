"""The hooks for pre-commit: as it calls them, and by pre-commit itself."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.samples import ROOT

BROKEN = "typedef LONGER A;\n"
PLAIN = "typedef long NUMBER;\n"
TABLE = '[tool.midlpy]\ninputs = ["*.idl"]\nout = "made"\n'


def hooks() -> dict[str, dict[str, Any]]:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with pre-commit")
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    listed = cast("list[dict[str, Any]]", yaml.safe_load(text))
    return {hook["id"]: hook for hook in listed}


def called(hook: str, *files: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The entry as pre-commit calls it, from the environment that runs the tests."""
    program, *words = hooks()[hook]["entry"].split()
    assert program == "midlpy"
    command = [sys.executable, "-m", program, *words, *files]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_idl_files_of_any_case_are_checked_and_nothing_else() -> None:
    pattern = re.compile(hooks()["midlpy-check"]["files"])
    assert pattern.search("idl/a.idl")
    assert pattern.search("A.IDL")
    assert not pattern.search("a.acf")
    assert not pattern.search("a.idl.txt")


def test_modules_are_looked_at_when_what_they_are_made_of_or_they_change() -> None:
    hook = hooks()["midlpy-compile"]
    assert hook["pass_filenames"] is False
    pattern = re.compile(hook["files"])
    for name in ("a.idl", "b/a.ACF", "made/a.py", "pyproject.toml", "a/pyproject.toml"):
        assert pattern.search(name), name
    assert not pattern.search("mypyproject.toml.txt")
    assert not pattern.search("README.md")


def test_check_fails_for_the_files_that_have_errors(tmp_path: Path) -> None:
    (tmp_path / "good.idl").write_text(PLAIN)
    (tmp_path / "bad.idl").write_text(BROKEN)
    assert called("midlpy-check", "good.idl", cwd=tmp_path).returncode == 0
    process = called("midlpy-check", "good.idl", "bad.idl", cwd=tmp_path)
    assert process.returncode == 1
    assert "bad.idl:1:9: error:" in process.stdout


def test_compile_fails_while_modules_differ(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / "good.idl").write_text(PLAIN)
    process = called("midlpy-compile", cwd=tmp_path)
    assert process.returncode == 1
    assert "made/good.py differs" in process.stdout
    command = [sys.executable, "-m", "midlpy", "compile"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    assert called("midlpy-compile", cwd=tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_pre_commit_runs_the_hooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None:
        pytest.skip("pre-commit or git is not installed")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    hook_source, project = tmp_path / "source", tmp_path / "project"
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "out")
    shutil.copytree(ROOT, hook_source, ignore=ignored)
    project.mkdir()
    for folder in (hook_source, project):
        git(folder, "init", "-q")
    git(hook_source, "add", "-A")
    git(hook_source, "commit", "-q", "-m", "all")
    (project / "good.idl").write_text(PLAIN)
    (project / "pyproject.toml").write_text(TABLE)
    git(project, "add", "-A")

    def run(hook: str) -> subprocess.CompletedProcess[str]:
        words = ["try-repo", str(hook_source), hook, "--all-files"]
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", *words],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=500,
        )

    checked = run("midlpy-check")
    if "Failed to establish a new connection" in checked.stdout + checked.stderr:
        pytest.skip("packages cannot be fetched without a network")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stale = run("midlpy-compile")
    assert stale.returncode == 1
    assert "made/good.py differs" in stale.stdout
    (project / "bad.idl").write_text(BROKEN)
    git(project, "add", "-A")
    failed = run("midlpy-check")
    assert failed.returncode == 1
    assert "bad.idl:1:9: error:" in failed.stdout


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=tests", "-c", "user.email=tests@example.invalid")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, timeout=60)
