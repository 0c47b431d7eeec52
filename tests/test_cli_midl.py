"""Command lines of midl and widl: what becomes of each switch, and real build lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from midlpy.cli_midl import MidlError, translated
from midlpy.cli_midl_table import SWITCHES, TABLE

IDL = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface f
{
    long Add([in] handle_t h, [in] long a, [in] long b);
}
"""
NATIVE = {"--naming": 1, "--werror": 0, "--depfile": 1, "--client": 0, "--acf": 1}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INCLUDE", raising=False)
    Path("f.idl").write_text(IDL)
    for folder in ("inc", "more inc"):
        Path(folder).mkdir()


def options(words: list[str], **environment: str) -> list[str]:
    made = translated([*words, "f.idl"], NATIVE, environment=environment)
    assert made.words[-1] == "f.idl"
    return made.words[:-1]


def midlpy(*words: str | Path) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parent.parent)
    return subprocess.run(
        [sys.executable, "-m", "midlpy", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=50,
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )


SAME = [
    ("/I inc", "-I inc"),
    ("/Iinc", "-I inc"),
    ("/D NAME", "-D NAME"),
    ("/D NAME=1", "-D NAME=1"),
    ("/DNAME=1", "-D NAME=1"),
    ("/U NAME", "-U NAME"),
    ("/UNAME", "-U NAME"),
    ("/acf f.acf", "--acf f.acf"),
    ("/out gen", "--out-dir gen"),
    ("/o midl.log", "--log midl.log"),
    ("/client stub", "--client"),
    ("/client none", "--no-client"),
    ("/server stub", "--server"),
    ("/server none", "--no-server"),
    ("/prefix client c_", "--prefix-client c_"),
    (
        "/prefix client c_ server s_ switch x_",
        "--prefix-client c_ --prefix-server s_",
    ),
    ("/prefix all a_", "--prefix-client a_ --prefix-server a_"),
    ("/app_config", "--app-config"),
    ("/osf", "--osf"),
    ("/ms_union", "--ms-union"),
    ("/protocol dce", "--protocol dce"),
    ("/protocol ndr64", "--protocol ndr64"),
    ("/protocol all", "--protocol all"),
    ("/no_def_idir /I inc", "-I inc --no-default-includes"),
    ("/no_cpp", "--no-cpp"),
    ("/nocpp", "--no-cpp"),
    ("/savePP", "--save-preprocessed"),
    ("/W0", "-W 0"),
    ("/W4", "-W 4"),
    ("/W 3", "-W 3"),
    ("/warn 2", "-W 2"),
    ("/no_warn", "-W 0"),
    ("/WX", "--werror"),
    ("/cpp_cmd gcc /cpp_opt -E", "--cpp-command|gcc -E"),
    (
        "/cpp_cmd gcc /I inc /D X=1",
        "-I|inc|-D|X=1|--cpp-command|gcc -E -D__midl=801 -D_WIN32=1 -D__MIDLPY__=1 "
        "-DGUID_DEFINED=1 -Iinc -DX=1",
    ),
]


@pytest.mark.parametrize("mark", ["/", "-"])
@pytest.mark.parametrize(("switches", "native"), SAME)
def test_switches_that_have_a_meaning(switches: str, native: str, mark: str) -> None:
    words = [
        mark + word[1:] if word[0] == "/" else word for word in switches.split(" ")
    ]
    wanted = native.split("|") if "|" in native else native.split(" ")
    assert options(words) == ["compile", *wanted]


# Section by section of the documentation: accepted, and nothing comes of them.
QUIET = """
/cstub x.c|/sstub x.c|/h x.h|/header x.h|/proxy x.c|/iid x.c|/dlldata x.c|/tlb x.tlb
/oldnames|/ms_ext|/c_ext|/char signed|/char unsigned|/char ascii7
/env win32|/env win64|/env x64|/env amd64|/env ia64|/env arm32|/env arm64|/env dos
/envwin32|/win32|/win64|/x64|/amd64|/ia64|/arm32|/arm64
/robust|/no_robust|/error all|/error none|/Oi|/Oic|/Oif|/Oicf|/Os|/no_format_opt
/align 8|/align:8|/pack 4|/Zp8|/Zp 8|/msc_ver 1200|/use_epv|/no_default_epv|/rpcss
/sal|/sal_local|/version_stamp 3|/cstruct_out|/define_guids|/newtlb|/oldtlb|/notlb
/lcid 1033|/nologo
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize("mark", ["/", "-"])
@pytest.mark.parametrize("switch", QUIET.split("|"))
def test_switches_about_c_are_accepted_in_silence(switch: str, mark: str) -> None:
    made = translated(
        [mark + switch[1:].split()[0], *switch.split()[1:], "f.idl"],
        NATIVE,
        environment={},
    )
    assert (made.words, made.notes) == (["compile", "f.idl"], [])


@pytest.mark.parametrize("switch", ["/target NT60", "/backward_compat other"])
def test_switches_without_effect_that_somebody_may_rely_on_are_told(
    switch: str,
) -> None:
    made = translated([*switch.split(), "f.idl"], NATIVE, environment={})
    assert made.words == ["compile", "f.idl"]
    (note,) = made.notes
    assert note.startswith(f"{switch.split()[0]} has no effect: ")


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        *((f"/{name}", "Windows Runtime") for name in ("winrt", "winmd", "nomd")),
        *((f"/{name}", "Windows Runtime") for name in ("nomidl", "enum_class")),
        ("/metadata_dir", "Windows Runtime"),
        ("/ns_prefix", "Windows Runtime"),
        ("/mktyplib203", "mktyplib"),
        *((f"/{name}", "gone") for name in ("import", "caux", "saux", "new", "old")),
    ],
)
def test_switches_that_mean_another_language_are_refused(
    switch: str, reason: str
) -> None:
    with pytest.raises(MidlError, match=reason):
        options([switch])


WIDL = [
    ("--acf=f.acf", "--acf=f.acf"),
    ("--output=sums", "--module-name sums"),
    ("--prefix-all=p_", "--prefix-client p_ --prefix-server p_"),
    ("--prefix-client=c_", "--prefix-client c_"),
    ("--prefix-server=s_", "--prefix-server s_"),
    ("-c", "--no-server"),
    ("-s", "--no-client"),
    ("-c -s", ""),
    ("-N", "--no-cpp"),
    ("-E", "-E"),
    ("--oldnames --win32 -m64 --align=8 -O2 --nostdinc -b x86 -p -t -u -r", ""),
    ("--local-stubs=x.c --sysroot=root --dlldata=x.c --dlldata-only", ""),
]


@pytest.mark.parametrize(("words", "native"), WIDL)
def test_options_of_widl(words: str, native: str) -> None:
    assert options(words.split()) == ["compile", *native.split()]


def test_options_of_midlpy_stand_among_the_switches() -> None:
    words = ["/I", "inc", "--naming", "idl", "--depfile=f.d", "--werror", "--client"]
    assert options(words)[3:] == [
        *("--naming", "idl", "--depfile=f.d", "--werror", "--client")
    ]


def test_folders_are_parted_by_semicolons_and_never_by_colons() -> None:
    made = translated(["/I", "inc;more inc;a:b", "f.idl"], {}, environment={})
    assert made.words == ["compile", "-I", "inc", "-I", "more inc", "f.idl"]
    assert made.notes == ["/I a:b: there is no such folder"]


def test_the_environment_ends_the_list_of_folders() -> None:
    assert options(["/I", "inc"], INCLUDE="more inc;gone") == [
        *("compile", "-I", "inc", "-I", "more inc")
    ]
    assert "more inc" not in options(["/no_def_idir"], INCLUDE="more inc")


def test_a_check_leaves_out_what_is_about_modules() -> None:
    words = ["/syntax_check", "/out", "gen", "/client", "none", "/W2"]
    assert options(words) == ["check", "-W", "2"]
    assert options(["/Zs", "--depfile=x.d"]) == ["check"]


def test_switches_may_follow_the_file() -> None:
    made = translated(["f.idl", "/out", "gen", "-W1"], NATIVE, environment={})
    assert made.words == ["compile", "--out-dir", "gen", "-W", "1", "f.idl"]


def test_a_file_is_no_switch(tmp_path: Path) -> None:
    whole = str(tmp_path / "f.idl")
    assert translated([whole], {}, environment={}).files == [whole]
    # Missing, but a path; what it lacks is for the compiler to say.
    assert translated(["/no/such/f.idl"], {}, environment={}).files


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["/tagret", "NT60"], "did you mean /target"),
        (["/out"], "wants a value"),
        (["/client", "stubs"], "stub or none"),
        (["/prefix", "c_"], "wants client, server"),
        (["/osf", "/ms_ext"], "exclude each other"),
        (["--unheard-of"], "no switch of midl"),
        (["--nostdinc=1"], "takes no value"),
    ],
)
def test_wrong_usage_says_what_is_wrong(words: list[str], message: str) -> None:
    with pytest.raises(MidlError, match=message):
        translated(["f.idl", *words], NATIVE, environment={})


def test_a_file_is_needed() -> None:
    with pytest.raises(MidlError, match="no IDL file"):
        translated(["/nologo"], NATIVE, environment={})


def test_every_name_stands_in_the_table_once() -> None:
    assert len(TABLE) == sum(len(switch.names) for switch in SWITCHES)


# Whole processes

BUILD_LINES = [
    '-I inc -acf g.acf f.idl -header f.h -client none -prefix client "c_" server "s_" '
    "-oldnames -ms_ext -c_ext -app_config -Oicf -env win32 -W1 -Zp8 -protocol dce "
    "-nologo",
    "f.idl -acf g.acf -header f.h -client none /prefix server s_ -error all "
    "-char unsigned -use_epv -envwin32 -robust",
    '/I "inc;more inc" /acf g.acf f.idl /client none /prefix server s_ /target NT60 '
    "/iid f_i.c /tlb f.tlb -cstub f_c.c /D WIN32=1 /W2",
]


@pytest.mark.parametrize("line", BUILD_LINES)
def test_lines_of_real_builds_compile(line: str) -> None:
    import shlex

    # Named on the command line, an ACF may call the interface otherwise.
    Path("g.acf").write_text("interface other { [async] Add(); }")
    done = midlpy(*shlex.split(line))
    assert (done.returncode, done.stdout) == (0, "wrote f.py\n")
    text = Path("f.py").read_text()
    assert "class FServer(" in text
    assert "async def s_add(" in text
    assert "is_async=True" in text
    assert "FClient" not in text


def test_a_response_file_of_midl() -> None:
    Path("midl.rsp").write_text('/out "out dir"\n/D NAME=\\"x\\"\nf.idl /nologo\n')
    assert midlpy("@midl.rsp").returncode == 0
    assert Path("out dir/f.py").exists()


def test_status_and_streams_are_those_of_every_command() -> None:
    Path("bad.idl").write_text(IDL.replace("long a", "LONGER a"))
    bad = midlpy("/nologo", "bad.idl")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "LONGER" in bad.stderr
    logged = midlpy("/o", "midl.log", "bad.idl", "/I", "inc")
    assert logged.returncode == 2  # -o and /o need the name of midl
    logged = midlpy("midl", "/o", "midl.log", "bad.idl")
    assert (logged.returncode, logged.stdout, logged.stderr) == (1, "", "")
    assert "LONGER" in Path("midl.log").read_text()
    usage = midlpy("/nologo", "/tagret", "f.idl")
    assert usage.returncode == 2
    assert "did you mean /target?" in usage.stderr


def test_o_alone_is_refused_unless_midl_is_asked_for_by_name() -> None:
    done = midlpy("-o", "gen", "f.idl")
    assert done.returncode == 2
    assert "--out-dir" in done.stderr
    assert "--log" in done.stderr


def test_confirm_prints_the_command_and_does_nothing() -> None:
    done = midlpy("/confirm", "/I", "more inc", "/out", "gen", "f.idl")
    assert done.stdout == 'midlpy compile -I "more inc" --out-dir gen f.idl\n'
    assert not Path("gen").exists()


@pytest.mark.parametrize("words", [("/?",), ("/help",), ("midl", "--help")])
def test_usage_names_every_switch(words: tuple[str, ...]) -> None:
    done = midlpy(*words)
    assert done.returncode == 0
    for name in TABLE:
        assert f"/{name}" in done.stdout


def test_a_command_that_is_misspelled_is_no_switch() -> None:
    done = midlpy("comple", "f.idl")
    assert done.returncode == 2
    assert "compile" in done.stderr
