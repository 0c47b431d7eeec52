"""What each option of compile and check does, as its user sees it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import midlpy
from midlpy.cli import main
from midlpy.runtime import ndr, rpc

UUID = "uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41)"
ADDER = f"""
[{UUID}, version(1.0)]
interface adder
{{
    long Add([in] handle_t h, [in] long a, [in] long b);
}}
"""
UNION = f"""
[{UUID}, version(1.0)]
interface u
{{
    typedef [switch_type(short)] union {{ [case(1)] char c; [case(2)] hyper h; }} V;
    void Put([in] handle_t h, [in] short k, [in, switch_is(k)] V *v);
}}
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("adder.idl").write_text(ADDER)


def test_a_module_can_be_called_otherwise() -> None:
    assert run("compile", "adder.idl", "-m", "sums").stdout == "wrote sums.py\n"
    assert run("compile", "adder.idl", "-m", "total.py").stdout == "wrote total.py\n"
    refused = run("compile", "adder.idl", "-m", "two words")
    assert refused.exit_code == 2
    assert "no name for a Python module" in refused.stderr


def test_a_name_for_two_modules_is_refused() -> None:
    assert run("compile", "adder.idl", "adder.idl", "-m", "x").exit_code == 2


def test_imports_keep_their_names_beside_a_module_called_otherwise() -> None:
    Path("types.idl").write_text("typedef struct { long x; } POINT;")
    text = ADDER.replace("[in] long a", "[in] POINT *a")
    Path("adder.idl").write_text(f'import "types.idl";\n{text}')
    out = run("compile", "adder.idl", "-m", "sums").stdout
    assert sorted(out.split()) == ["sums.py", "types.py", "wrote", "wrote"]


def test_methods_begin_with_prefixes_and_meet_on_the_wire() -> None:
    module = midlpy.load("adder.idl", client_prefix="c_", server_prefix="s_")
    assert hasattr(module.AdderClient, "c_add")
    assert module.AdderServer.__abstractmethods__ == {"s_add"}

    class Adder(module.AdderServer):
        async def s_add(self, call: rpc.ServerCall, a: int, b: int) -> int:
            return a + b

    async def sum_of_two() -> int:
        async with rpc.memory_pair(Adder(), module.AdderClient) as client:
            return await client.c_add(2, 3)

    import asyncio

    assert asyncio.run(sum_of_two()) == 5


def test_a_prefix_that_no_name_begins_with_is_refused() -> None:
    for prefix in ("1x", "_", "a b", "é"):
        assert run("compile", "adder.idl", "--prefix-client", prefix).exit_code == 2


@pytest.mark.parametrize(
    ("protocol", "syntaxes"),
    [
        (None, None),
        ("dce", (ndr.NDR,)),
        ("ndr64", (ndr.NDR64,)),
        ("all", (ndr.NDR64, ndr.NDR)),
    ],
)
def test_interfaces_have_the_transfer_syntaxes_of_the_protocol(
    protocol: str | None, syntaxes: object
) -> None:
    module = midlpy.load("adder.idl", protocol=protocol)  # type: ignore[arg-type]
    assert module.ADDER.syntaxes == syntaxes


def test_a_client_and_a_server_of_other_protocols_do_not_meet() -> None:
    import asyncio

    dce = midlpy.load("adder.idl", protocol="dce")
    ndr64 = midlpy.load("adder.idl", protocol="ndr64")

    def server_of(module: object) -> rpc.Server:
        class Adder(module.AdderServer):  # type: ignore[name-defined,misc]
            async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
                return a + b

        return Adder()

    async def add(server: object, client: object) -> int:
        made = server_of(server)
        async with rpc.memory_pair(made, client.AdderClient) as adder:  # type: ignore[attr-defined]
            return await adder.add(1, 2)

    assert asyncio.run(add(ndr64, ndr64)) == 3
    assert asyncio.run(add(dce, dce)) == 3
    with pytest.raises(rpc.BindRejected):
        asyncio.run(add(ndr64, dce))
    with pytest.raises(rpc.BindRejected):
        asyncio.run(add(dce, ndr64))


def test_ms_union_changes_the_octets_of_every_union() -> None:
    Path("u.idl").write_text(UNION)
    plain = midlpy.load("u.idl").U["Put"].encode_request(1, 0x78)
    old = midlpy.load("u.idl", ms_union=True).U["Put"].encode_request(1, 0x78)
    # MS-RPCE 2.2.4.5: the arm is aligned as the widest one is, whichever is sent.
    assert plain.hex(" ") == "01 00 01 00 78"
    assert old.hex(" ") == "01 00 01 00 00 00 00 00 78"


def test_attributes_of_an_acf_stand_in_the_idl_with_app_config() -> None:
    text = ADDER.replace("version(1.0)", "version(1.0), implicit_handle(handle_t g)")
    Path("adder.idl").write_text(text.replace("[in] handle_t h, ", ""))
    before = run("check", "adder.idl")
    assert "MIDL2150" in before.stdout
    assert "MIDL2150" not in run("check", "adder.idl", "--app-config").stdout


def test_an_acf_that_is_named_may_call_the_interface_otherwise() -> None:
    acf = "interface other { [async] Add(); }"
    Path("other.acf").write_text(acf)
    assert (
        "rpc.Call[int]"
        in run("compile", "adder.idl", "--acf", "other.acf", "--stdout").stdout
    )
    Path("adder.acf").write_text(acf)
    beside = run("check", "adder.idl")
    assert beside.exit_code == 1
    assert "acf-name-mismatch" in beside.stdout


def test_diagnostics_go_to_a_log() -> None:
    Path("bad.idl").write_text(ADDER.replace("long a", "LONGER a"))
    for command in ("check", "compile"):
        result = run(command, "bad.idl", "--log", "midl.log")
        assert (result.exit_code, result.output) == (1, "")
        assert "LONGER" in Path("midl.log").read_text()
    assert run("check", "adder.idl", "--log", "midl.log").exit_code == 0
    assert Path("midl.log").read_text() == ""


def test_warning_levels_are_those_of_midl() -> None:
    union = "typedef [switch_type(long)] union { [case(1)] long a; } U;"
    text = ADDER.replace("long Add", f"{union}\n    long Add")
    Path("w.idl").write_text(text.replace("[in] handle_t h, ", ""))

    def rules(*words: str) -> list[str]:
        found = run("check", "w.idl", "--format", "msvc", *words).stdout.splitlines()
        return [line.rpartition("[")[2].rstrip("]") for line in found]

    assert rules("-W", "0") == []
    assert rules("-W", "1") == rules() == ["no-binding-handle"]
    assert sorted(rules("-W", "2")) == ["no-binding-handle", "no-default-arm"]
    assert rules("-W", "4", "-W", "no-binding-handle=off") == ["no-default-arm"]
    assert run("check", "w.idl", "-W", "5").exit_code == 2
    assert run("check", "w.idl", "-W", "2", "--werror").exit_code == 1


def test_preprocessed_text_is_printed() -> None:
    Path("m.idl").write_text("#define TWO 2\nconst long N = TWO;\n")
    result = run("compile", "m.idl", "-E")
    assert result.stdout.split() == ["const", "long", "N", "=", "2", ";"]
    assert not Path("m.py").exists()


def test_preprocessed_text_is_kept_beside_the_module() -> None:
    Path("m.idl").write_text("#define TWO 2\nconst long N = TWO;\n")
    assert run("compile", "m.idl", "-o", "out", "--save-preprocessed").exit_code == 0
    assert Path("out/m.i").read_text().split() == ["const", "long", "N", "=", "2", ";"]


def test_without_preprocessing_directives_are_errors_and_macros_names() -> None:
    Path("m.idl").write_text('# 7 "origin.idl"\nconst long N = __midl;\n')
    found = run("check", "m.idl", "--no-cpp")
    assert found.stdout.startswith("origin.idl:7:")
    assert "__midl" in found.stdout
    Path("m.idl").write_text("#define TWO 2\nconst long N = 2;\n")
    refused = run("check", "m.idl", "--no-cpp")
    assert refused.exit_code == 1
    assert "'#define' wants a preprocessor" in refused.stdout


CPP = """
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
text = Path(sys.argv[-1]).read_text()
print(f'# 1 "{sys.argv[-1]}"')
print(text.replace("REPLACED", sys.argv[1]))
"""


def test_another_preprocessor_can_be_run() -> None:
    Path("cpp.py").write_text(CPP)
    Path("m.idl").write_text("const long N = REPLACED;\n")
    command = f'"{sys.executable}" cpp.py "40 + 2"'
    text = run("compile", "m.idl", "--cpp-command", command, "--stdout").stdout
    assert "N: Final = 42" in text


def test_a_preprocessor_that_fails_is_told_with_its_own_words() -> None:
    missing = run("check", "adder.idl", "--cpp-command", "no-such-cpp")
    assert missing.exit_code == 1
    assert "'no-such-cpp' cannot be run" in missing.stdout
    assert "MIDL1003 preprocessor-failed" in missing.stdout
    Path("cpp.py").write_text("raise SystemExit('no room')")
    failed = run("check", "adder.idl", "--cpp-command", f'"{sys.executable}" cpp.py')
    assert "ends with 1: no room" in failed.stdout


def test_files_are_looked_for_along_the_list_only() -> None:
    Path("types.idl").write_text("typedef long NUMBER;")
    Path("adder.idl").write_text(f'import "types.idl";\n{ADDER}')
    assert run("check", "adder.idl").exit_code == 0
    assert run("check", "adder.idl", "--no-default-includes").exit_code == 1
    assert run("check", "adder.idl", "--no-default-includes", "-I", ".").exit_code == 0


def test_osf_refuses_what_only_microsoft_has() -> None:
    Path("adder.acf").write_text("interface adder { [async] Add(); }")
    assert run("check", "adder.idl").exit_code == 0
    assert "async-under-osf" in run("check", "adder.idl", "--osf").stdout


def test_md_is_the_depfile() -> None:
    run("compile", "adder.idl", "-MD", "adder.d")
    assert Path("adder.d").read_text() == "adder.py: adder.idl\n"


def test_a_depfile_may_stand_in_a_folder_of_its_own() -> None:
    assert run("compile", "adder.idl", "--depfile", "deps/adder.d").exit_code == 0
    assert Path("deps/adder.d").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no file may be called so there")
@pytest.mark.parametrize("tool", ["make", "ninja"])
def test_make_and_ninja_read_depfiles_of_strange_paths(tool: str) -> None:
    program = shutil.which(tool)
    if program is None:
        pytest.skip(f"{tool} is not installed")
    folder = Path("sp ace")
    folder.mkdir()
    (folder / "a:b.idl").write_text("typedef long Q;")
    (folder / "i#n$.h").write_text("")
    (folder / "x.idl").write_text('#include "i#n$.h"\nimport "a:b.idl";\n')
    run("compile", folder / "x.idl", "--depfile", "x.d")
    if tool == "make":
        Path("Makefile").write_text("all: x.py\nx.py: ; touch x.py\n-include x.d\n")
        words = [program, "-q"]
    else:
        rule = "rule idl\n  command = cp x.d y.d && touch $out\n  depfile = y.d\n"
        # The rest of what the depfile is about is made beside it.
        text = Path("x.d").read_text()
        Path("x.d").write_text(text.replace("a_b.py x.py:", "x.py:"))
        Path("build.ninja").write_text(f"{rule}build x.py: idl x.d\n")
        assert subprocess.run([program], capture_output=True).returncode == 0
        words = [program, "-n"]

    def is_done() -> bool:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return "no work" in done.stdout if tool == "ninja" else done.returncode == 0

    assert is_done()
    for name in ("a:b.idl", "i#n$.h", "x.idl"):
        before = (folder / name).stat().st_mtime
        later = time.time() + 100
        os.utime(folder / name, (later, later))
        assert not is_done(), name
        os.utime(folder / name, (before, before))
        assert is_done(), name
