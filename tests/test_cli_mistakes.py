"""What the command line says to people who hold it wrong, or at an odd place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from midlpy.cli import main
from midlpy.semantic.rules import RULES

GOOD = """
// a price in \u20ac
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface good
{
    // what it costs, in \u20ac
    error_status_t Price([in] handle_t h);
}
"""


def midlpy(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def piped(*words: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """midlpy with an output of *encoding*."""
    return subprocess.run(
        [sys.executable, "-m", "midlpy", *words],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("idl").mkdir()
    Path("idl/good.idl").write_text(GOOD, encoding="utf-8")
    Path("idl/good.acf").write_text("interface good { [comm_status] Price(); }")


@pytest.mark.parametrize("command", ["compile", "check"])
@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("idl", "'idl' is a folder; give its files: idl/*.idl"),
        ("idl/", "'idl/' is a folder; give its files: idl/*.idl"),
        (".", "'.' is a folder; give its files: *.idl"),
        ("-", "'-': midlpy reads files, not standard input"),
        ("idl/good.acf", "'idl/good.acf' is an ACF; give the IDL file it belongs to"),
        ("idl/god.idl", "there is no file 'idl/god.idl'; did you mean idl/good.idl?"),
        ("idl/Good.IDL", "there is no file 'idl/Good.IDL'; did you mean idl/good.idl?"),
        ("other.idl", "there is no file 'other.idl'"),
        ("no/good.idl", "there is no file 'no/good.idl'"),
    ],
)
def test_what_is_no_idl_file_is_told_with_what_to_give(
    command: str, word: str, message: str
) -> None:
    result = midlpy(command, word)
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(message)


def test_a_log_makes_its_folder_as_a_depfile_does() -> None:
    result = midlpy("check", "idl/good.idl", "--log", "deep/er/log.txt")
    assert result.exit_code == 0, result.output
    assert Path("deep/er/log.txt").read_text() == ""


@pytest.mark.parametrize(
    "words",
    [
        ("compile", "--stdout", "idl/good.idl"),
        ("compile", "-E", "idl/good.idl"),
        ("show", "--stage", "source", "idl/good.idl"),
        ("show", "--stage", "module", "idl/good.idl"),
    ],
)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_text_that_is_a_file_is_utf_8_whatever_the_terminal(
    words: tuple[str, ...], encoding: str
) -> None:
    result = piped(*words, encoding=encoding)
    assert result.returncode == 0, result.stderr
    assert "in \u20ac" in result.stdout.decode()
    assert b"\r" not in result.stdout


def test_the_module_on_standard_output_is_the_one_on_disk() -> None:
    midlpy("compile", "idl/good.idl")
    result = piped("compile", "--stdout", "idl/good.idl", encoding="cp1252")
    assert result.stdout == Path("good.py").read_bytes()


def test_what_a_terminal_cannot_show_is_escaped() -> None:
    Path("all.idl").write_text("interface \u2200 { }", encoding="utf-8")
    result = piped("check", "all.idl", encoding="latin-1")
    assert (result.returncode, result.stderr) == (1, b"")
    assert b"'\\u2200' has no meaning in IDL" in result.stdout
    result = piped("show", "--stage", "ast", "all.idl", encoding="latin-1")
    assert b"'\\u2200' has no meaning in IDL" in result.stderr


@pytest.mark.parametrize(
    "code", ["[MIDL2011 unknown-type]", "MIDL2011 unknown-type", "[unknown-type]"]
)
def test_what_stands_behind_a_message_is_explained_as_it_stands(code: str) -> None:
    result = midlpy("explain", code)
    assert result.exit_code == 0, result.output
    assert result.stdout == midlpy("explain", "unknown-type").stdout


def test_rules_are_given_to_programs_as_json() -> None:
    result = midlpy("rules", "--format", "json")
    found = {rule["slug"]: rule for rule in map(json.loads, result.stdout.splitlines())}
    assert list(found) == sorted(RULES)
    rule = found["unknown-type"]
    assert list(rule) == [
        *("slug", "midl", "severity", "strict", "title", "cause", "remedy"),
        *("example", "acf", "source"),
    ]
    assert (rule["midl"], rule["severity"]) == (2011, "error")
    assert rule["remedy"] in midlpy("explain", "unknown-type").stdout.replace("\n", " ")


def test_rules_are_a_table_for_people() -> None:
    assert midlpy("rules").stdout == midlpy("rules", "--format", "table").stdout
