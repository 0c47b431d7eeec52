from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from midlpy.cli import main
from midlpy.cli_words import expanded

GOOD = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface good
{
    long Add([in] handle_t h, [in] long a, [in] long b);
}
"""
BAD = GOOD.replace("long a", "LONGER a").replace("good", "bad")
PIPED = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface piped
{
    typedef pipe byte OCTETS;
    void Put([in] handle_t h, [in] OCTETS *data);
}
"""


def midlpy(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.idl").write_text(GOOD)
    Path("bad.idl").write_text(BAD)
    Path("piped.idl").write_text(PIPED)


def test_compile_writes_a_module_and_says_so() -> None:
    result = midlpy("compile", "good.idl", "-o", "out/deep")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "wrote out/deep/good.py\n"
    assert "class GoodClient(" in Path("out/deep/good.py").read_text()


def test_an_unchanged_module_is_not_written_again() -> None:
    midlpy("compile", "good.idl")
    before = Path("good.py").stat()
    result = midlpy("compile", "good.idl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert Path("good.py").stat().st_ino == before.st_ino


def test_nothing_is_written_when_any_file_has_errors() -> None:
    result = midlpy("compile", "good.idl", "bad.idl", "-o", "out")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("bad.idl:5:")
    assert not Path("out").exists()


def test_all_errors_of_all_files_are_told() -> None:
    Path("worse.idl").write_text(BAD.replace("long b", "LONGEST b"))
    result = midlpy("check", "bad.idl", "worse.idl", "--format", "json")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["path"] for each in found] == ["bad.idl", "worse.idl", "worse.idl"]
    assert result.exit_code == 1


def test_check_prints_to_standard_output_and_compile_to_standard_error() -> None:
    checked, compiled = midlpy("check", "bad.idl"), midlpy("compile", "bad.idl")
    assert checked.stderr == compiled.stdout == ""
    assert checked.stdout == compiled.stderr != ""


def test_check_writes_nothing() -> None:
    assert midlpy("check", "good.idl").exit_code == 0
    assert not Path("good.py").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("compile",),
        ("compile", "missing.idl"),
        ("compile", "good.idl", "--naming", "java"),
        ("compile", "good.idl", "-D", "1=2"),
        ("compile", "good.idl", "-I", "nowhere"),
        ("compile", "good.idl", "-W", "no-such-rule=off"),
        ("compile", "good.idl", "-W", "unknown-type=off"),
        ("compile", "good.idl", "-W", "no-binding-handle=loud"),
        ("compile", "good.idl", "piped.idl", "--stdout"),
        ("compile", "good.idl", "piped.idl", "--acf", "good.idl"),
        ("show", "good.idl"),
        ("explain", "no-such-rule"),
        ("compile", "@missing.rsp"),
        ("unheard-of",),
    ],
)
def test_wrong_usage_is_two(words: tuple[str, ...]) -> None:
    result = midlpy(*words)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr or "Error:" in result.stderr


def test_two_files_for_one_module_are_refused() -> None:
    Path("other").mkdir()
    Path("other/Good.idl").write_text(GOOD)
    result = midlpy("compile", "good.idl", "other/Good.idl")
    assert result.exit_code == 2
    assert "good.py" in result.stderr
    assert not Path("good.py").exists()


def test_check_of_what_is_on_disk() -> None:
    assert midlpy("compile", "good.idl", "--check").exit_code == 1
    assert not Path("good.py").exists()
    midlpy("compile", "good.idl")
    assert midlpy("compile", "good.idl", "--check").exit_code == 0
    Path("good.py").write_text("# edited\n")
    result = midlpy("compile", "good.idl", "--check")
    assert (result.exit_code, result.stdout) == (1, "good.py differs\n")


def test_the_module_to_standard_output() -> None:
    result = midlpy("compile", "good.idl", "--stdout")
    assert result.stdout.startswith('"""RPC interface ``good``, version 1.0.')
    assert not Path("good.py").exists()


def test_a_depfile_names_outputs_and_inputs() -> None:
    Path("types.idl").write_text("typedef long NUMBER;")
    Path("good.idl").write_text(f'import "types.idl";\n{GOOD}')
    midlpy("compile", "good.idl", "-o", "out", "--depfile", "good.d")
    targets, _, sources = Path("good.d").read_text().partition(": ")
    assert targets.split() == ["out/good.py", "out/types.py"]
    names = {Path(each).name for each in sources.replace("\\\n", "").split()}
    assert names == {"good.idl", "types.idl"}


def test_sides_can_be_left_out() -> None:
    client = midlpy("compile", "good.idl", "--stdout", "--no-server").stdout
    server = midlpy("compile", "good.idl", "--stdout", "--no-client").stdout
    assert "GoodClient" in client
    assert "GoodServer" not in client
    assert "GoodServer" in server
    assert "GoodClient" not in server


def test_names_can_keep_their_spelling() -> None:
    text = midlpy("compile", "good.idl", "--stdout", "--naming", "idl").stdout
    assert "async def Add(self, a: int, b: int) -> int:" in text


def test_an_init_file_is_made_but_not_emptied() -> None:
    midlpy("compile", "good.idl", "--init")
    assert Path("__init__.py").read_text() == ""
    Path("__init__.py").write_text("kept = True\n")
    midlpy("compile", "good.idl", "--init")
    assert Path("__init__.py").read_text() == "kept = True\n"


def test_pipes_must_be_async_unless_that_is_implied() -> None:
    refused = midlpy("compile", "piped.idl")
    assert refused.exit_code == 1
    assert "pipe-needs-async" in refused.stderr
    assert midlpy("compile", "piped.idl", "--async-pipes", "imply").exit_code == 0


def test_warnings_can_be_errors_or_nothing() -> None:
    text = GOOD.replace("[in] handle_t h, ", "")
    Path("good.idl").write_text(text)
    rule = "no-binding-handle"
    noted = midlpy("check", "good.idl")
    assert rule in noted.stdout
    assert midlpy("check", "good.idl", "-W", f"{rule}=off").stdout == ""
    assert midlpy("check", "good.idl", "-W", f"{rule}=error").exit_code == 1
    assert (
        midlpy("check", "good.idl", "-W", f"{rule}=warning", "--werror").exit_code == 1
    )


def test_what_many_published_files_do_is_told_on_request() -> None:
    union = "typedef [switch_type(long)] union { [case(1)] long a; } U;"
    Path("good.idl").write_text(GOOD.replace("long Add", f"{union}\n    long Add"))
    assert midlpy("check", "good.idl", "--werror").stdout == ""
    for words in (
        ["--strict"],
        ["-W", "no-default-arm=warning"],
        ["-W", "2057=warning"],
    ):
        found = midlpy("check", "good.idl", *words)
        assert found.exit_code == 0
        assert "warning: union 'U' has no default arm" in found.stdout
    assert midlpy("check", "good.idl", "-W", "no-default-arm=error").exit_code == 1
    assert midlpy("check", "good.idl", "--strict", "-W", "2057=off").stdout == ""
    rows = midlpy("rules").stdout.splitlines()
    (row,) = [row for row in rows if row.startswith("no-default-arm ")]
    assert row.split()[1:3] == ["MIDL2057", "off"]
    assert midlpy("explain", "2057").stdout.startswith("no-default-arm (off, MIDL2057)")


def test_a_message_shows_the_line_as_it_is_now() -> None:
    midlpy("check", "bad.idl")
    Path("bad.idl").write_text(BAD.replace("LONGER a", "LONGEST a"))
    assert "[in] LONGEST a" in midlpy("check", "bad.idl").stdout


def test_several_files_at_once_give_what_one_by_one_gives() -> None:
    midlpy("compile", "good.idl", "piped.idl", "--async-pipes", "imply", "-j", "2")
    first = Path("good.py").read_text()
    midlpy("compile", "good.idl", "-o", "one")
    assert Path("one/good.py").read_text() == first
    assert Path("piped.py").exists()


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        ("source", "interface good"),
        ("ast", "Source"),
        ("model", "Model"),
        ("plan", "interface good 1.0 6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41"),
        ("view", "Module"),
        ("module", "OP_ADD: Final = rpc.Operation("),
        ("codec", "# Add, opnum 0"),
    ],
)
def test_every_stage_can_be_shown(stage: str, line: str) -> None:
    result = midlpy("show", "--stage", stage, "good.idl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert line in result.stdout.splitlines()


def test_codecs_are_shown_without_those_of_refused_operations() -> None:
    Path("samba.idl").write_text(
        '[uuid("6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41"), version(1.0)] interface s {\n'
        "    typedef [switch_type(uint32)] union { [case(1)] uint32 a; } U;\n"
        "    [todo] void lost();\n"
        "    void sent([in] uint32 level, [in, switch_is(level)] U u);\n"
        "}\n"
    )
    result = midlpy("show", "--stage", "codec", "samba.idl")
    assert result.exit_code == 0
    assert "# lost, opnum 0, is not supported: " in result.stdout
    assert "# sent, opnum 1" in result.stdout.splitlines()


def test_unions_alone_have_no_functions_to_show() -> None:
    Path("union.idl").write_text(
        "typedef [switch_type(long)] union { [case(1)] long a; [default]; } U;\n"
        "typedef struct { long k; [switch_is(k)] U u; } HELD;\n"
    )
    result = midlpy("show", "--stage", "codec", "union.idl")
    assert result.exit_code == 0
    assert "# HELD" in result.stdout.splitlines()


def test_a_stage_behind_errors_is_not_shown() -> None:
    result = midlpy("show", "--stage", "plan", "bad.idl")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.idl:5" in result.stderr


def test_rules_are_listed_and_explained() -> None:
    listed = midlpy("rules").stdout.splitlines()
    row = next(line for line in listed if line.startswith("pipe-needs-async "))
    assert "error" in row
    explained = midlpy("explain", "pipe-needs-async")
    assert explained.exit_code == 0
    assert explained.stdout.startswith("pipe-needs-async (error")
    assert "Remedy: " in explained.stdout


def test_a_rule_is_explained_by_its_number() -> None:
    assert midlpy("explain", "MIDL2025").stdout.startswith("syntax (error, MIDL2025)")
    assert midlpy("explain", "2025").exit_code == 0


def test_options_come_from_a_response_file() -> None:
    Path("options.rsp").write_text('--naming idl\n-o "out dir"\ngood.idl\n')
    assert midlpy("compile", "@options.rsp").exit_code == 0
    assert "async def Add(" in Path("out dir/good.py").read_text()


def test_words_of_a_response_file(tmp_path: Path) -> None:
    file = tmp_path / "words.rsp"
    file.write_text('a "b c"\r\n-D"X=\\"1\\""\td\\e "\\\\f"')
    assert expanded([f"@{file}", "@"]) == ["a", "b c", '-DX="1"', "d\\e", "\\f", "@"]


def test_response_files_do_not_nest() -> None:
    Path("one.rsp").write_text("@two.rsp")
    result = midlpy("check", "@one.rsp")
    assert result.exit_code == 2
    assert "do not nest" in result.stderr


def test_a_failure_of_midlpy_itself_says_that_it_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("impossible")

    monkeypatch.setattr("midlpy.driver.check_all", fail)
    result = midlpy("check", "good.idl")
    assert result.exit_code == 70
    assert "AssertionError: impossible" in result.stderr
    assert "This is a bug in midlpy" in result.stderr


@pytest.mark.parametrize(
    "command", ["compile", "check", "show", "explain", "rules", "demo"]
)
def test_every_command_has_help(command: str) -> None:
    assert command in midlpy("--help").stdout
    assert midlpy(command, "--help").exit_code == 0
