from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import midlpy
from midlpy.diagnostics import CompileError
from midlpy.driver import Options, compile_path, compile_to
from midlpy.driver_output import Compiled, dependencies
from midlpy.frontend import reading

TYPES = """
typedef struct { long x; } POINT;
"""
SHAPES = """
import "types.idl";
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface shapes
{
    long Draw([in] handle_t h, [in] POINT *at);
}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("types.idl").write_text(TYPES)
    Path("shapes.idl").write_text(SHAPES)


def test_imported_files_get_modules_of_their_own() -> None:
    written = compile_to([Path("shapes.idl")], Path(), Options())
    assert sorted(path.name for path in written.written) == ["shapes.py", "types.py"]
    assert "from . import types\n" in Path("shapes.py").read_text()


def test_a_module_is_the_same_whether_imported_or_compiled() -> None:
    imported = compile_path(Path("shapes.idl"), Options()).outputs[0]
    alone = compile_path(Path("types.idl"), Options()).outputs[0]
    assert imported.text == alone.text


LINES = """
typedef struct { POINT ends[END_COUNT]; } LINE;
[object, uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d43)]
interface ILine : IShape { HRESULT Ends([out] LINE *line); }
"""
DRAWING = """
import %s;
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41)]
interface drawing { long Draw([in] handle_t h, [in] LINE *line); }
"""


def drawing(imports: str) -> Path:
    """A file that imports what lines.idl needs and does not import, and lines.idl."""
    more = """const long END_COUNT = 2;
    [object, uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d42)]
    interface IShape : IUnknown { HRESULT Show(); }"""
    Path("types.idl").write_text(TYPES + more)
    Path("lines.idl").write_text(LINES)
    Path("drawing.idl").write_text(DRAWING % imports)
    return Path("drawing.idl")


def test_a_file_sees_what_was_imported_before_it() -> None:
    # As with MIDL, whose names are in one table, whichever file they come from.
    loaded = midlpy.load(drawing('"types.idl", "lines.idl"'))
    point = loaded.lines.types.Point
    line = loaded.lines.Line([point(1), point(2)])
    # Two structs of one long each, in place of the reference to them.
    octets = loaded.DRAWING["Draw"].encode_request(line)
    assert octets.hex() == "0100000002000000"


def test_a_file_does_not_see_what_is_imported_behind_it() -> None:
    diagnostics = compile_path(
        drawing('"lines.idl", "types.idl"'), Options()
    ).diagnostics
    assert [(each.rule, Path(each.span.path).name) for each in diagnostics] == [
        ("unknown-type", "lines.idl"),
        ("constant-expected", "lines.idl"),
    ]


def test_an_input_that_another_imports_is_written_once() -> None:
    paths = [Path("types.idl"), Path("shapes.idl")]
    written = compile_to(paths, Path(), Options())
    assert len(written.written) == 2


@pytest.mark.parametrize(
    ("name", "before", "after", "shown"),
    [
        ("types.idl", TYPES, TYPES.replace("long x", "short x"), "ndr.INT16"),
        ("sizes.h", "#define SIZE 4\n", "#define SIZE 5\n", "(ndr.INT32, 5)"),
        ("late.h", None, "typedef double LATE;\n", "ndr.FLOAT64"),
        (
            "shapes.acf",
            "interface shapes {}",
            "interface shapes { [nocode] Fill(); }",
            None,
        ),
    ],
)
def test_what_has_changed_on_disk_is_seen_by_the_next_compilation(
    name: str, before: str | None, after: str, shown: str | None
) -> None:
    Path("sizes.h").write_text("#define SIZE 4\n")
    Path("more").mkdir()
    Path("more/late.h").write_text("typedef float LATE;\n")
    text = SHAPES.replace("{", '{\n#include "sizes.h"\n#include "late.h"', 1)
    fill = "void Fill([in] handle_t h, [in] long a[SIZE], [in] LATE b); }"
    Path("shapes.idl").write_text(text.rstrip().removesuffix("}") + fill)
    if before is not None:
        Path(name).write_text(before)
    options = Options(includes=(Path("more"),))

    def compiled() -> str:
        result = compile_path(Path("shapes.idl"), options)
        assert not result.has_errors, result.diagnostics
        return "".join(each.text for each in result.outputs)

    first = compiled()
    assert compiled() == first
    Path(name).write_text(after)
    second = compiled()
    assert second != first
    if shown is not None:
        assert (shown in first, shown in second) == (False, True)
    reading.forget()
    assert compiled() == second


def test_the_order_of_files_changes_nothing() -> None:
    Path("lines.idl").write_text(
        '#define SIZE 3\nimport "types.idl";\ncpp_quote("#define SIDES SIZE")\n'
        + SHAPES.partition("\n")[2].partition("\n")[2].replace("shapes", "lines")
    )
    Path("types.idl").write_text(
        TYPES + 'cpp_quote("#define SIZE 2")\ncpp_quote("#define SIDES (SIZE * 2)")\n'
    )
    paths = [Path("lines.idl"), Path("types.idl"), Path("shapes.idl")]
    alone: dict[Path, Compiled] = {}
    for path in paths:
        reading.forget()
        alone[path] = compile_path(path, Options())
        assert not alone[path].has_errors
    for order in itertools.permutations(paths):
        reading.forget()
        for path in order:
            assert compile_path(path, Options()) == alone[path]


def test_the_same_input_gives_the_same_octets_wherever_it_lies(tmp_path: Path) -> None:
    first = compile_path(Path("shapes.idl"), Options()).outputs
    second = compile_path(tmp_path / "shapes.idl", Options()).outputs
    assert [o.text for o in first] == [o.text for o in second]
    assert str(tmp_path) not in "".join(o.text for o in second)


def test_nothing_is_left_behind_when_a_file_cannot_be_written() -> None:
    Path("shapes.py").mkdir()
    with pytest.raises(OSError, match="shapes"):
        compile_to([Path("shapes.idl")], Path(), Options())
    assert not list(Path().glob(".*"))


def test_dependencies_are_escaped_for_make(tmp_path: Path) -> None:
    folder = tmp_path / "a b$#"
    written = compile_to([Path("types.idl")], folder, Options())
    assert "a\\ b$$\\#/types.py: " in dependencies(written)


def test_text_compiles_to_text() -> None:
    text = midlpy.compile_text(TYPES, filename="points.idl")
    assert "class Point(ndr.Struct, gc=False):" in text
    assert "from points.idl." in text


def test_files_compile_to_text() -> None:
    assert midlpy.compile_file("shapes.idl") == midlpy.compile_file(Path("shapes.idl"))


CPP = """
import sys
from pathlib import Path
from typing import Any
print(f'# 1 "{sys.argv[-1]}"')
print(Path(sys.argv[-1]).read_text().replace("COUNT", "42"))
"""


def test_text_goes_through_another_preprocessor_too() -> None:
    Path("cpp.py").write_text(CPP)
    choices: dict[str, Any] = {"cpp": (sys.executable, "cpp.py")}
    text = "const long N = COUNT;\n"
    assert "N: Final = 42" in midlpy.compile_text(text, **choices)
    acf = "interface shapes { [async] DrawCOUNT(); }"
    idl = SHAPES.replace("long Draw", "long Draw42")
    assert "is_async=True" in midlpy.compile_text(idl, acf=acf, **choices)


def test_lines_of_another_preprocessor_are_those_of_the_text() -> None:
    Path("cpp.py").write_text(CPP)
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.compile_text(
            "\ntypedef LONGER A;\n",
            filename='a "b.idl',
            cpp=(sys.executable, "cpp.py"),
        )
    (finding,) = caught.value.diagnostics
    assert (finding.span.path, finding.span.line) == ('a "b.idl', 2)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('import "oaidl.idl";\nimport "oaidl.idl";\n', [(1, 8)]),
        ("#include <windows.h>\n#include <windows.h>\n", [(1, 1)]),
        ('import "types.idl";\n', []),
        ('#include "pshpack4.h"\n', []),
    ],
)
def test_a_stand_in_is_told_once_and_only_when_asked_for(
    text: str, places: list[tuple[int, int]]
) -> None:
    Path("user.idl").write_text(text + "const long N = 1;\n")

    def said(options: Options) -> list[tuple[int, int]]:
        found = compile_path(Path("user.idl"), options).diagnostics
        return [(d.span.line, d.span.column) for d in found if d.rule == "stand-in"]

    assert said(Options()) == []
    assert said(Options(levels={"stand-in": "warning"})) == places


def test_an_acf_may_be_text_or_a_file() -> None:
    idl = SHAPES.replace("long Draw", "long Draw2")
    acf = "interface shapes { [async] Draw2(); }"
    assert "is_async=True" in midlpy.compile_text(idl, acf=acf)
    Path("shapes.idl").write_text(idl)
    Path("given.acf").write_text(acf)
    assert "is_async=True" in midlpy.compile_file("shapes.idl", acf="given.acf")


def test_errors_are_raised_with_all_findings() -> None:
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.compile_text("typedef LONGER A; typedef LONGEST B;")
    assert len(caught.value.diagnostics) == 2
    assert all(isinstance(d, midlpy.Diagnostic) for d in caught.value.diagnostics)


def test_an_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="'nameing'"):
        midlpy.compile_text(TYPES, nameing="idl")


def test_names_that_meet_are_told_with_both_places() -> None:
    text = SHAPES.replace("long Draw(", "long draw([in] handle_t h);\n    long Draw(")
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.compile_text(text, filename="shapes.idl")
    found = [d for d in caught.value.diagnostics if d.rule == "name-collision"]
    messages = [d.message for d in found]
    assert messages == ["'Draw' and 'draw' are both 'draw' in Python"]
    assert found[0].notes[0].message == "'draw' is declared here"


def test_modules_load_from_memory_beside_each_other() -> None:
    first, second = midlpy.load("shapes.idl"), midlpy.load("shapes.idl")
    assert first.__name__ != second.__name__
    assert first.OP_DRAW.opnum == 0
    point = midlpy.load_text(TYPES).Point(x=1)
    assert point == type(point)(1)


def test_importing_midlpy_imports_nothing_heavy() -> None:
    code = (
        "import sys, midlpy, midlpy.runtime\n"
        "heavy = {'click', 'jinja2', 'lark', 'black', 'pcpp', 'rich', 'msgspec'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
        "ours = [name for name in sys.modules if name.startswith('midlpy')]\n"
        "assert sorted(ours) == ['midlpy', 'midlpy.runtime'], ours\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_the_runtime_imports_none_of_the_compiler() -> None:
    code = (
        "import sys\n"
        "from midlpy.runtime import ndr, rpc, connect, serve\n"
        "heavy = {'click', 'jinja2', 'lark', 'black', 'pcpp', 'rich'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
        "assert not [n for n in sys.modules if n.startswith('midlpy.codegen')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_what_could_be_read_is_checked_beside_a_syntax_error(tmp_path: Path) -> None:
    idl = tmp_path / "mixed.idl"
    idl.write_text("""import "missing.idl";
[uuid(12345678-1234-1234-1234-123456789abc), version(1.0)]
interface t
{
    long broken([in] handle_t h [in] long y);
    long by_value([in] handle_t h, [out] long x);
    long unknown([in] handle_t h, [in] DECLARED_IN_THE_MISSING_FILE *p);
}
""")
    with pytest.raises(CompileError) as caught:
        compile_to([idl], tmp_path, Options())
    assert [(each.span.line, each.rule) for each in caught.value.diagnostics] == [
        (1, "missing-import"),
        (5, "syntax"),
        (6, "out-parameter-needs-pointer"),
    ]
