"""``[tool.midlpy]``: what compile and check do when they are given no files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from midlpy.cli import main
from midlpy.driver import Options
from midlpy.driver_pyproject import find_project, read_project
from midlpy.driver_pyproject_values import Place, ProjectError, choice

TYPES = "typedef struct { long x; } POINT;\n"
SHAPES = """
import "types.idl";
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface shapes { long Draw([in] handle_t h, [in] POINT *at); }
"""
PIPES = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d42), version(1.0)]
interface bulk { typedef pipe byte P; void Send([in] handle_t h, [in] P *data); }
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path, text in (
        ("idl/shapes.idl", SHAPES),
        ("common/types.idl", TYPES),
        ("bulk/bulk.idl", PIPES),
    ):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def project(text: str, heading: str = "[tool.midlpy]") -> Path:
    path = Path("pyproject.toml")
    path.write_text(f"{heading}\n{text}")
    return path


def midlpy(*words: str) -> Result:
    return CliRunner().invoke(main, words)


SIMPLE = 'inputs = ["idl/*.idl"]\nincludes = ["common"]\nout = "made"\njobs = 1\n'


def test_compile_without_files_takes_those_of_the_project() -> None:
    project(SIMPLE)
    result = midlpy("compile")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in Path("made").iterdir()) == [
        "shapes.py",
        "types.py",
    ]


def test_the_project_is_found_from_below(monkeypatch: pytest.MonkeyPatch) -> None:
    project(SIMPLE)
    monkeypatch.chdir("idl")
    result = midlpy("compile")
    assert "wrote ../made/shapes.py" in result.output
    assert Path("../made/shapes.py").is_file()


def test_a_pyproject_without_the_table_does_not_hide_one_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project(SIMPLE)
    monkeypatch.chdir("idl")
    project("line-length = 88", "[tool.black]")
    assert find_project(Path()) == Path("../pyproject.toml")


def test_files_that_are_given_are_not_the_projects_business() -> None:
    project('inputs = ["missing.idl"]')
    result = midlpy("compile", "common/types.idl", "-o", "given")
    assert result.exit_code == 0, result.output
    assert Path("given/types.py").is_file()


def test_without_files_and_without_a_project_nothing_can_be_done() -> None:
    for command in ("compile", "check"):
        result = midlpy(command)
        assert result.exit_code == 2
        assert "no pyproject.toml here or above has [tool.midlpy]" in result.output


def test_check_without_files_takes_those_of_the_project() -> None:
    project('inputs = ["bulk/*.idl"]')
    result = midlpy("check")
    assert result.exit_code == 1
    assert "bulk/bulk.idl:3:" in result.output
    assert "[pipe-needs-async]" in result.output
    project('inputs = ["bulk/*.idl"]\nasync-pipes = "imply"')
    assert midlpy("check").exit_code == 0


def test_options_on_the_command_line_win() -> None:
    project(
        'inputs = ["bulk/*.idl"]\nout = "made"\nasync-pipes = "require"\ninit = true'
    )
    result = midlpy("compile", "--async-pipes", "imply", "-o", "elsewhere")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in Path("elsewhere").iterdir()) == [
        "__init__.py",
        "bulk.py",
    ]
    assert not Path("made").exists()


def test_lists_on_the_command_line_are_added() -> None:
    project(SIMPLE)
    Path("idl/shapes.idl").write_text(f'import "more.idl";\n{SHAPES}')
    Path("extra").mkdir()
    Path("extra/more.idl").write_text("typedef long MORE;")
    assert midlpy("compile").exit_code == 1
    result = midlpy("compile", "-I", "extra")
    assert result.exit_code == 0, result.output


def test_a_command_on_the_command_line_is_another_command() -> None:
    project(f'{SIMPLE}cpp = ["no-such-preprocessor"]')
    assert midlpy("compile").exit_code != 0
    options = read_project(Path("pyproject.toml")).overridden({"cpp": ("cc", "-E")})
    assert options.batches[0].options.cpp == ("cc", "-E")


def test_a_module_may_have_a_name_of_its_own() -> None:
    project('inputs = ["common/types.idl"]\nmodule = "kinds"\nwarning-level = 1')
    assert midlpy("compile").exit_code == 0
    assert Path("kinds.py").is_file()


def test_check_tells_what_would_be_written() -> None:
    project(SIMPLE)
    first = midlpy("compile", "--check")
    assert first.exit_code == 1
    assert "made/shapes.py differs" in first.output
    assert not Path("made").exists()
    midlpy("compile")
    assert midlpy("compile", "--check").exit_code == 0
    Path("common/types.idl").write_text(TYPES.replace("long", "short"))
    second = midlpy("compile", "--check")
    assert "made/types.py differs" in second.output
    assert second.exit_code == 1


def test_groups_have_choices_and_folders_of_their_own() -> None:
    project("""
client = false
out = "made"
[[tool.midlpy.groups]]
inputs = ["idl/*.idl"]
includes = ["common"]
[[tool.midlpy.groups]]
inputs = ["bulk/*.idl"]
package = "shop.bulk"
client = true
server = false
async-pipes = "imply"
""")
    result = midlpy("compile")
    assert result.exit_code == 0, result.output
    assert "ShapesClient" not in Path("made/shapes.py").read_text()
    bulk = Path("shop/bulk/bulk.py").read_text()
    assert "class BulkClient" in bulk
    assert "class BulkServer" not in bulk
    assert Path("shop/bulk/__init__.py").read_text() == ""
    assert not Path("made/__init__.py").exists()


def test_an_error_in_one_group_keeps_all_from_being_written() -> None:
    project("""
[[tool.midlpy.groups]]
inputs = ["common/*.idl"]
out = "made"
[[tool.midlpy.groups]]
inputs = ["bulk/*.idl"]
""")
    assert midlpy("compile").exit_code == 1
    assert not Path("made").exists()


def test_groups_that_would_write_one_file_differently_are_refused() -> None:
    project("""
[[tool.midlpy.groups]]
inputs = ["idl/*.idl"]
includes = ["common"]
[[tool.midlpy.groups]]
inputs = ["idl/*.idl"]
includes = ["common"]
client = false
""")
    result = midlpy("compile")
    assert result.exit_code == 2
    assert "shapes.py would be written twice, and differently" in result.output


def test_a_package_lies_in_src_where_there_is_one() -> None:
    Path("src").mkdir()
    project('inputs = ["common/*.idl"]\npackage = "shop.rpc"')
    assert midlpy("compile").exit_code == 0
    assert Path("src/shop/rpc/types.py").is_file()
    assert Path("src/shop/rpc/__init__.py").is_file()


def test_the_project_is_among_the_dependencies() -> None:
    project(SIMPLE)
    words = ("--depfile", "a.d", "--depfile-target", "made/.stamp")
    assert midlpy("compile", *words).exit_code == 0
    target, sources = Path("a.d").read_text().replace("\\\n", "").split(":")
    assert target == "made/.stamp"
    assert sorted(sources.split()) == [
        "common/types.idl",
        "idl/shapes.idl",
        "pyproject.toml",
    ]


def test_every_option_has_a_key() -> None:
    path = project("""
inputs = ["common/*.idl"]
includes = ["common"]
defines = ["A=1", "B"]
undefines = ["C"]
acf = "common/types.acf"
client = false
server = false
async-pipes = "imply"
strict = true
naming = "idl"
dialect = "samba"
werror = true
jobs = 3
[tool.midlpy.levels]
MIDL2004 = "off"
""")
    read = read_project(path)
    options = read.batches[0].options
    assert read.jobs == 3
    assert options.includes == (Path("common"),)
    assert options.defines == ("A=1", "B")
    assert options.acf == Path("common/types.acf")
    assert options.async_pipes == "imply"
    assert options.levels == {"no-binding-handle": "off"}
    plain = Options()
    given = {"acf", "includes", "defines", "undefines", "client", "server", "levels"}
    given |= {"async_pipes", "strict", "naming", "dialect", "werror"}
    for field in dataclasses.fields(Options):
        same = getattr(options, field.name) == getattr(plain, field.name)
        assert same is (field.name not in given), field.name


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Options)])
def test_a_value_of_another_type_is_refused_for_every_option(field: str) -> None:
    key = field.replace("_", "-")
    path = project(f'inputs = ["common/*.idl"]\n{key} = 7')
    with pytest.raises(ProjectError, match=rf"tool\.midlpy\.{key}: 7 is "):
        read_project(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tool.midlpy.inputs: names no IDL files"),
        ("inputs = []", "tool.midlpy.inputs: names no IDL files"),
        ("inputs = 'a'", "tool.midlpy.inputs: 'a' is not a list of strings"),
        ("inputs = [1]", "tool.midlpy.inputs: 1 is not a string"),
        ("inputs = ['no/*.idl']", "tool.midlpy.inputs: 'no/*.idl' matches no file"),
        (
            "inputs = ['/a.idl']",
            "'/a.idl' is no path from the folder of pyproject.toml",
        ),
        (
            "input = ['*.idl']",
            "tool.midlpy.input: there is no such key; did you mean inputs?",
        ),
        ("zzz = 1", "tool.midlpy.zzz: there is no such key"),
        (
            "inputs = ['common/*.idl']\nasync-pipes = 'never'",
            "tool.midlpy.async-pipes: 'never' is not 'require' or 'imply'",
        ),
        (
            "inputs = ['*/*.idl']\nmodule = 'a'",
            "tool.midlpy.module: belongs to one IDL file, and the inputs are 3",
        ),
        (
            "inputs = ['common/*.idl']\nmodule = 'a-b'",
            "tool.midlpy.module: 'a-b' is no name of a module",
        ),
        (
            "inputs = ['common/*.idl']\nwarning-level = true",
            "tool.midlpy.warning-level: True is not 0 or 1 or 2 or 3 or 4",
        ),
        (
            "inputs = ['common/*.idl']\nstrict = 'yes'",
            "tool.midlpy.strict: 'yes' is neither true nor false",
        ),
        (
            "inputs = ['common/*.idl']\njobs = true",
            "tool.midlpy.jobs: is not a positive number",
        ),
        (
            "inputs = ['common/*.idl']\ninit = 1",
            "tool.midlpy.init: is neither true nor false",
        ),
        (
            "inputs = ['common/*.idl']\nout = 'a'\npackage = 'b'",
            "tool.midlpy.package: and out exclude each other",
        ),
        (
            "inputs = ['common/*.idl']\npackage = 'a/b'",
            "tool.midlpy.package: 'a/b' is no name of a package",
        ),
        (
            "inputs = ['*/*.idl']\nacf = 'a.acf'",
            "tool.midlpy.acf: belongs to one IDL file, and the inputs are 3",
        ),
        (
            "inputs = ['common/*.idl']\n[tool.midlpy.levels]\nno-binding = 'off'",
            "tool.midlpy.levels.no-binding: no rule is called no-binding; "
            "did you mean no-binding-handle?",
        ),
        (
            "inputs = ['common/*.idl']\n[tool.midlpy.levels]\nsyntax = 'off'",
            "tool.midlpy.levels.syntax: syntax is an error and stays one",
        ),
        (
            "inputs = ['common/*.idl']\n[tool.midlpy.levels]\nno-binding-handle = 'x'",
            "tool.midlpy.levels.no-binding-handle: 'x' is not 'error' or 'warning'",
        ),
        (
            "[[tool.midlpy.groups]]\ninputs = ['common/*.idl']\nstrikt = true",
            "tool.midlpy.groups[0].strikt: there is no such key; did you mean strict?",
        ),
        (
            "inputs = []\n[[tool.midlpy.groups]]\ninputs = ['common/*.idl']",
            "tool.midlpy.inputs: belongs into the groups where there are some",
        ),
        ("groups = 1", "tool.midlpy.groups: is not a list of tables"),
    ],
)
def test_what_cannot_be_meant_is_told_with_file_and_key(
    text: str, message: str
) -> None:
    project(text)
    result = midlpy("compile")
    assert result.exit_code == 2
    told = " ".join(result.output.split())
    assert f"Error: pyproject.toml: {message}" in told or message in told
    assert "pyproject.toml: tool.midlpy." in told


def test_errors_of_toml_are_told_with_their_line() -> None:
    project("inputs = [")
    result = midlpy("check")
    assert result.exit_code == 2
    assert "pyproject.toml: " in result.output
    assert "line" in result.output or "end of document" in result.output
    project("a = 1\nb = = 2")
    assert "(at line 3, column 5)" in midlpy("check").output


def test_a_table_that_is_none_is_told() -> None:
    project("midlpy = 1", "[tool]")
    assert "tool.midlpy is not a table" in midlpy("check").output


def test_a_table_of_strings_is_one() -> None:
    place = Place(Path("pyproject.toml"), "tool.midlpy.names")
    assert choice(Mapping[str, str], {"A": "b"}, place) == {"A": "b"}
    with pytest.raises(
        ProjectError, match=r"tool\.midlpy\.names\.A: 1 is not a string"
    ):
        choice(Mapping[str, str], {"A": 1}, place)


def test_every_key_is_documented() -> None:
    text = (Path(__file__).parent.parent / "samples/build/README.md").read_text()
    for field in dataclasses.fields(Options):
        assert f"`{field.name.replace('_', '-')}`" in text, field.name
