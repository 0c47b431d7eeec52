"""Files, their imports and their ACF."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from midlpy.diagnostics import Severity
from midlpy.frontend import ast
from midlpy.frontend.loader import MAX_IMPORT_DEPTH, LoadOptions, load, load_text
from midlpy.frontend.search import MAX_FILE_OCTETS
from tests.frontend.sketch import attributes


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files into an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)

    def write_files(**texts: str) -> Path:
        for name, text in texts.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write_files


def imports(source: ast.Source | None) -> dict[str, object]:
    """The tree of imports, by file names."""
    assert source is not None
    return {Path(each.unit.path).name: imports(each) for each in source.imports}


def test_a_file_with_nothing_around_it(write: Callable[..., Path]) -> None:
    folder = write(a_idl="typedef long a;")
    result = load(folder / "a.idl")
    assert result.diagnostics == []
    assert result.source is not None
    assert result.source.unit.path == str(folder / "a.idl")
    assert (result.source.acf, result.source.imports) == (None, ())
    assert result.files == (folder / "a.idl",)


def test_imports_are_read_wherever_they_stand(write: Callable[..., Path]) -> None:
    folder = write(
        a_idl='import "b.idl"; interface x { import "c.h"; } library L { import "d.idl"; }',
        b_idl="",
        c_h='extern "C" { void f(); }',
        d_idl='import "b.idl";',
    )
    result = load(folder / "a.idl")
    assert result.diagnostics == []
    assert imports(result.source) == {"b.idl": {}, "c.h": {}, "d.idl": {"b.idl": {}}}
    assert [path.name for path in result.files] == ["a.idl", "b.idl", "c.h", "d.idl"]


def test_a_file_is_parsed_once_however_it_is_spelled(
    write: Callable[..., Path],
) -> None:
    folder = write(
        a_idl='import "b.idl", "sub/../b.idl"; import "./b.idl";', b_idl="", sub__x_h=""
    )
    result = load(folder / "a.idl")
    assert result.source is not None
    assert len(result.source.imports) == 1
    assert len(result.files) == 2


def test_cycles_are_fine(write: Callable[..., Path]) -> None:
    folder = write(
        a_idl='import "b.idl"; import "a.idl";', b_idl='import "a.idl", "b.idl";'
    )
    result = load(folder / "a.idl")
    assert result.diagnostics == []
    assert imports(result.source) == {"b.idl": {}}


def test_search_goes_by_the_importing_folder_then_here_then_the_list(
    write: Callable[..., Path],
) -> None:
    folder = write(
        in__a_idl='import "b.idl", "c.idl", "d.idl";',
        in__b_idl="",
        b_idl="",
        c_idl="",
        one__c_idl="",
        one__d_idl="",
        two__d_idl="",
    )
    options = LoadOptions(includes=(Path("one"), Path("two")))
    result = load(folder / "in/a.idl", options)
    assert result.diagnostics == []
    assert [str(path) for path in result.files[1:]] == [
        str(folder / "in/b.idl"),
        "c.idl",
        str(Path("one/d.idl")),
    ]


def test_folders_may_be_written_as_on_windows(write: Callable[..., Path]) -> None:
    folder = write(a_idl='import "sub\\\\b.idl";', sub__b_idl="")
    assert load(folder / "a.idl").diagnostics == []


def test_another_case_is_a_warning(write: Callable[..., Path]) -> None:
    folder = write(a_idl='import "b.IDL";', B_Idl="typedef long b;")
    result = load(folder / "a.idl")
    (finding,) = result.diagnostics
    assert (finding.rule, finding.severity) == ("import-case", Severity.WARNING)
    assert finding.message == "the file 'b.IDL' is called 'B.Idl' here"
    assert imports(result.source) == {"B.Idl": {}}


def test_a_missing_import_names_the_option(write: Callable[..., Path]) -> None:
    folder = write(a_idl='typedef long a;\n  import "b.idl", "c.idl";', c_idl="")
    result = load(folder / "a.idl")
    (finding,) = result.diagnostics
    assert (finding.rule, finding.severity) == ("missing-import", Severity.ERROR)
    assert finding.message == "the file 'b.idl' is nowhere to be found"
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (
        2,
        10,
        17,
    )
    assert finding.help is not None
    assert "-I" in finding.help
    assert imports(result.source) == {"c.idl": {}}


def test_a_stand_in_takes_the_place_of_a_missing_windows_file(
    write: Callable[..., Path],
) -> None:
    folder = write(
        a_idl='import "lib/Unknwn.idl", "b.idl";', b_idl="#include <OBJBASE.H>\n"
    )
    result = load(folder / "a.idl")
    assert [(each.rule, each.message) for each in result.diagnostics] == [
        ("stand-in", "midlpy's own text stands in for 'lib/Unknwn.idl'"),
        ("stand-in", "midlpy's own text stands in for 'OBJBASE.H'"),
    ]
    assert result.source is not None
    unknwn, b = result.source.imports
    assert (unknwn.is_prelude, b.is_prelude) == (True, False)
    assert [path.name for path in result.files] == ["a.idl", "b.idl"]


def test_a_file_that_somebody_has_wins_over_its_stand_in(
    write: Callable[..., Path],
) -> None:
    folder = write(a_idl='import "oaidl.idl";', oaidl_idl="typedef long OWN;")
    result = load(folder / "a.idl")
    assert result.source is not None
    assert [each.is_prelude for each in result.source.imports] == [False]


def test_what_a_stand_in_imports_is_found_beside_the_main_file_first(
    write: Callable[..., Path],
) -> None:
    folder = write(a_idl='import "unknwn.idl";', wtypes_idl="typedef long OWN;")
    result = load(folder / "a.idl")
    assert result.source is not None
    [unknwn] = result.source.imports
    assert [each.is_prelude for each in unknwn.imports] == [False]


def test_packing_headers_are_never_read_as_they_are(
    write: Callable[..., Path],
) -> None:
    folder = write(
        a_idl="#include <pshpack1.h>\n#include <poppack.h>\n",
        poppack_h="#error no packing to end\n",
    )
    assert load(folder / "a.idl").diagnostics == []


def test_macros_do_not_cross_imports_but_those_of_the_command_line_do(
    write: Callable[..., Path],
) -> None:
    folder = write(
        a_idl='#define A 1\nimport "b.idl";\nconst long a = A + N;',
        b_idl="#ifdef A\n#error leaked\n#endif\n#ifdef __midl\n#error defined\n#endif\n"
        "const long b = N;",
    )
    options = LoadOptions(defines=("N=5",), undefines=("__midl",))
    assert load(folder / "a.idl", options).diagnostics == []


def test_a_definition_that_is_none_is_an_error() -> None:
    (finding,) = load_text("", options=LoadOptions(defines=("1=2",))).diagnostics
    assert finding.message == "-D: '#define' wants a name"


def test_main_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.idl", tmp_path, tmp_path / "a\0b"):
        result = load(path)
        assert result.source is None
        (finding,) = result.diagnostics
        assert finding.rule == "unreadable-file"
        assert finding.span.path == str(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.idl"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_OCTETS + 1)
    (finding,) = load(path).diagnostics
    assert finding.message == "the file cannot be read: larger than 8 MiB"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_import_that_may_not_be_read(write: Callable[..., Path]) -> None:
    folder = write(a_idl='import "b.idl";', b_idl="")
    (folder / "b.idl").chmod(0)
    (finding,) = load(folder / "a.idl").diagnostics
    assert finding.message == "the file 'b.idl' cannot be read: permission denied"


def test_a_chain_of_imports_hits_the_limit(write: Callable[..., Path]) -> None:
    folder = write()
    for number in range(MAX_IMPORT_DEPTH + 5):
        (folder / f"f{number}.idl").write_text(f'import "f{number + 1}.idl";')
    (finding,) = load(folder / "f0.idl").diagnostics
    assert finding.rule == "import-limit"


# ACF


@pytest.mark.parametrize("name", ["a_acf", "A_ACF", "a_Acf"])
def test_an_acf_is_found_whatever_its_case(
    write: Callable[..., Path], name: str
) -> None:
    folder = write(**{"a_idl": "interface x { }", name: "[async] interface x { }"})
    result = load(folder / "a.idl")
    assert result.diagnostics == []
    assert result.source is not None
    assert result.source.acf is not None
    (interface,) = result.source.acf.interfaces
    assert attributes(interface.attributes) == "async"
    assert len(result.files) == 2


def test_a_named_acf_is_for_the_main_file_alone(write: Callable[..., Path]) -> None:
    folder = write(
        a_idl='import "b.idl";',
        b_idl="",
        a_acf="interface default { }",
        b_acf="interface b { }",
        other_acf="interface named { }",
    )
    result = load(folder / "a.idl", LoadOptions(acf=folder / "other.acf"))
    assert result.source is not None
    assert result.source.acf is not None
    assert [each.name.text for each in result.source.acf.interfaces] == ["named"]
    (b,) = result.source.imports
    assert b.acf is not None


def test_a_named_acf_that_is_missing_is_an_error(write: Callable[..., Path]) -> None:
    folder = write(a_idl="")
    result = load(folder / "a.idl", LoadOptions(acf=folder / "none.acf"))
    (finding,) = result.diagnostics
    assert finding.rule == "unreadable-file"
    assert result.source is not None


def test_an_acf_is_preprocessed(write: Callable[..., Path]) -> None:
    folder = write(
        a_idl="",
        a_acf="#ifdef SERVER\n#define MORE , notify\n#else\n#define MORE\n#endif\n"
        "[explicit_handle MORE] interface x { }",
    )
    result = load(folder / "a.idl", LoadOptions(defines=("SERVER",)))
    assert result.source is not None
    assert result.source.acf is not None
    (interface,) = result.source.acf.interfaces
    assert attributes(interface.attributes) == "explicit_handle, notify"


# Text


def test_text_is_loaded_as_a_file_would_be(write: Callable[..., Path]) -> None:
    folder = write(sub__b_idl="")
    result = load_text(
        'import "b.idl";\r\ninterface x { }\r\n\x1a',
        filename=str(folder / "sub/a.idl"),
        acf="[async] interface x { } ]",
    )
    assert imports(result.source) == {"b.idl": {}}
    (finding,) = result.diagnostics
    assert finding.span.path == str(folder / "sub/a.acf")


def test_text_without_a_name() -> None:
    result = load_text("long ] ;", acf="]")
    assert [each.span.path for each in result.diagnostics] == ["<idl>", "<acf>"]
