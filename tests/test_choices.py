"""What compile_text and its kin say of choices that cannot be meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import midlpy
from midlpy.driver_choices import checked
from midlpy.driver_pyproject import read_project
from midlpy.driver_pyproject_values import ProjectError

TEXT = "const long X = 1;\n"
FOLDER = Path("idl")


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"incldues": []},
            "there is no option called 'incldues'; did you mean includes?",
        ),
        ({"zzz": []}, "there is no option called 'zzz'"),
        ({"module": "x"}, "there is no option called 'module'"),
        ({"strict": "yes"}, "strict is 'yes', neither True nor False"),
        ({"client": None}, "client is None, neither True nor False"),
        ({"client_prefix": 7}, "client_prefix is 7, not a string"),
        ({"includes": "idl"}, "includes is 'idl', not a list; write ['idl']"),
        (
            {"includes": FOLDER},
            f"includes is {FOLDER!r}, not a list; write [{FOLDER!r}]",
        ),
        ({"defines": "A=1"}, "defines is 'A=1', not a list; write ['A=1']"),
        ({"defines": [7]}, "defines has 7, which is not a string"),
        ({"includes": [7]}, "includes has 7, which is not a path"),
        ({"cpp": 7}, "cpp is 7, not a list"),
        ({"levels": ["x"]}, "levels is ['x'], not a mapping"),
        ({"converters": 7}, "converters is 7, not a mapping"),
    ],
)
def test_a_choice_of_another_type_is_a_type_error(
    choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        midlpy.compile_text(TEXT, **choices)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"naming": "pep"}, "naming is 'pep', not 'pep8' or 'idl'"),
        ({"async_pipes": "yes"}, "async_pipes is 'yes', not 'require' or 'imply'"),
        ({"dialect": "pidl"}, "dialect is 'pidl', not 'midl' or 'samba' or 'auto'"),
        (
            {"protocol": "ndr"},
            "protocol is 'ndr', not 'dce' or 'ndr64' or 'all' or None",
        ),
        (
            {"warning_level": True},
            "warning_level is True, not 0 or 1 or 2 or 3 or 4 or None",
        ),
        ({"dialect": []}, "dialect is [], not 'midl' or 'samba' or 'auto'"),
        (
            {"levels": {"variabel": "off"}},
            "levels: no rule is called variabel; did you mean variable?",
        ),
        (
            {"levels": {"no-binding-handle": "fatal"}},
            "levels: no-binding-handle is 'fatal', not 'error' or 'warning' or 'off'",
        ),
        (
            {"levels": {"unknown-type": "off"}},
            "levels: unknown-type is an error and stays one",
        ),
        (
            {"client_prefix": "1"},
            "client_prefix is '1', which cannot begin a Python name",
        ),
        (
            {"server_prefix": "_"},
            "server_prefix is '_', which cannot begin a Python name",
        ),
        ({"converters": {"T": "x"}}, "converters: T: 'x' is not package.module:Class"),
    ],
)
def test_a_choice_there_is_not_is_a_value_error(
    choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        midlpy.compile_text(TEXT, **choices)


def test_files_and_loading_are_as_strict(tmp_path: Path) -> None:
    path = tmp_path / "x.idl"
    path.write_text(TEXT)
    wrong: dict[str, Any] = {"dialect": "pidl"}
    for call in (midlpy.compile_file, midlpy.load):
        with pytest.raises(ValueError, match="dialect is 'pidl'"):
            call(path, **wrong)
    with pytest.raises(ValueError, match="dialect is 'pidl'"):
        midlpy.load_text(TEXT, **wrong)


def test_a_rule_may_be_named_by_its_number() -> None:
    assert checked({"levels": {"MIDL2004": "off"}})["levels"] == {
        "no-binding-handle": "off"
    }


def test_lists_may_be_any_iterable_of_paths_or_strings() -> None:
    made = checked({"includes": (each for each in ("a", Path("b"))), "cpp": ["c"]})
    assert made == {"includes": (Path("a"), Path("b")), "cpp": ("c",)}


@pytest.mark.parametrize("key", ["client-prefix", "server-prefix"])
def test_a_prefix_in_a_project_must_begin_a_name_too(tmp_path: Path, key: str) -> None:
    (tmp_path / "x.idl").write_text(TEXT)
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.midlpy]\ninputs = ['x.idl']\n{key} = '1'\n")
    with pytest.raises(ProjectError, match=f"{key}: '1' cannot begin a Python name"):
        read_project(path)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "idl",
            "'idl' is a folder; write 'idl/*.idl', or 'idl/**/*.idl' for all below",
        ),
        (
            "idl/",
            "'idl/' is a folder; write 'idl/*.idl', or 'idl/**/*.idl' for all below",
        ),
        ("i*", "'i*' is a folder; write 'i*/*.idl', or 'i*/**/*.idl' for all below"),
        ("x", "'x' matches no file"),
    ],
)
def test_a_folder_as_the_input_of_a_project_is_told_what_to_write(
    tmp_path: Path, pattern: str, message: str
) -> None:
    (tmp_path / "idl").mkdir()
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.midlpy]\ninputs = ['{pattern}']\n")
    with pytest.raises(ProjectError) as caught:
        read_project(path)
    assert str(caught.value).endswith(f"tool.midlpy.inputs: {message}")
