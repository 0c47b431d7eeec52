"""Text to text, and back to the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend.macros import predefined
from midlpy.frontend.preprocess import MAX_INCLUDE_DEPTH, MAX_INCLUDES, preprocess
from midlpy.frontend.search import Search
from midlpy.frontend.source import SourceFile


def run(
    text: str, folder: Path | None = None, path: str = "main.idl"
) -> tuple[SourceFile, list[Diagnostic]]:
    return preprocess(path, text, predefined((), ()), Search(()), folder)


def result(text: str, folder: Path | None = None) -> str:
    """The text that is left, its white space evened out; there must be no findings."""
    source, findings = run(text, folder)
    assert findings == []
    return " ".join(source.text.split())


def rules(text: str, folder: Path | None = None) -> list[str]:
    return [f"{each.span.line} {each.rule}" for each in run(text, folder)[1]]


def place(source: SourceFile, word: str) -> str:
    """Where a word of the preprocessed text comes from."""
    start = source.text.index(word)
    span = source.span(start, start + len(word))
    name = Path(span.path).name
    return f"{name}:{span.line}:{span.column}-{span.end_column}"


# What is left of it


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("long a;\n", "long a;", id="nothing to do"),
        pytest.param("#define N 5\nlong a[N];", "long a[ 5 ];", id="object-like"),
        pytest.param(
            "#define TRUE 1\n#define FALSE 0\nTRUE FALSE", "1 0", id="reserved words"
        ),
        pytest.param("#define F(x) x x\nF(1) F F (2)", "1 1 F 2 2", id="function-like"),
        pytest.param("#define F(x) [x]\nF(\n1\n)", "[1]", id="use over several lines"),
        pytest.param(
            "#define G(x) <x>\n#define F G\nF(1)", "<1>", id="arguments behind"
        ),
        pytest.param("#define N 1\n#undef N\nN", "N", id="undef"),
        pytest.param("#define A B \\\n C\nA", "B C", id="continuation line"),
        pytest.param("#define A /* x */ B // y\nA", "B", id="comments in a definition"),
        pytest.param("  #  define A 1\nA", "1", id="blanks around the sign"),
        pytest.param("/* x */ #define A 1\nA", "1", id="comment before the sign"),
        pytest.param(
            "#define x 1\n0x10 'x' \"x\" x", "0x10 'x' \"x\" 1", id="literals"
        ),
        pytest.param(
            "#define x 1\n/* x */ x // x\nx", "/* x */ 1 // x 1", id="comments"
        ),
        pytest.param(
            "/*\n#define A 1\n*/ A", "/* #define A 1 */ A", id="commented out"
        ),
        pytest.param(
            "#pragma pack(4)\nA\n#pragma pack()", "A", id="pragmas are no text"
        ),
        pytest.param("#\nA", "A", id="empty directive"),
        pytest.param("long \\\nx; lo\\ \nng", "long x; long", id="joined lines"),
        pytest.param("#if 0\nA \\\n#endif\nB", "B", id="skipped joined lines"),
        pytest.param("#if 0\nA\n#endif\nB", "B", id="if 0"),
        pytest.param("#if 0\nA\n#else\nB\n#endif", "B", id="else"),
        pytest.param(
            "#if 0\nA\n#elif 1\nB\n#elif 1\nC\n#else\nD\n#endif", "B", id="elif"
        ),
        pytest.param("#ifdef __midl\nA\n#else\nB\n#endif", "A", id="ifdef"),
        pytest.param("#ifndef __midl\nA\n#endif", "", id="ifndef"),
        pytest.param("#if __midl >= 700\nA\n#endif", "A", id="__midl is 801"),
        pytest.param(
            "#if 0\n#if 1\nA\n#else\nB\n#endif\n#else\nC\n#endif", "C", id="nested"
        ),
        pytest.param(
            "#if 0\ndon't \"\n#error no\n#x\n#endif", "", id="skipped rubbish"
        ),
        pytest.param("#if 0\n#define A 1\n#endif\nA", "A", id="skipped definition"),
        pytest.param("IN OUT BOOL x;", "BOOL x;", id="decoration"),
        pytest.param(
            '#pragma midl_echo("x")\n', 'cpp_quote("x")', id="midl_echo is cpp_quote"
        ),
        pytest.param(
            'cpp_quote("#define A 1")', 'cpp_quote("#define A 1")', id="quoted"
        ),
        pytest.param("x /* no end\n#define y", "x /* no end #define y", id="no end"),
    ],
)
def test_text(text: str, left: str) -> None:
    assert result(text) == left


def test_pragmas_are_recorded() -> None:
    source, _ = run("A\n#pragma pack(push, 4)\n#pragma once\n")
    assert [(each.text, each.span.line) for each in source.pragmas] == [
        ("pack(push, 4)", 2),
        ("once", 3),
    ]


# Positions


def test_copied_text_maps_back_character_by_character() -> None:
    source, _ = run("#define N 5\nlong first;\n#if 0\n\n#endif\n  long second;")
    assert place(source, "first") == "main.idl:2:6-11"
    assert place(source, "second") == "main.idl:6:8-14"


def test_an_expansion_maps_back_to_the_use() -> None:
    source, _ = run("#define N (1 + 2)\nlong a[N]; long b;")
    assert place(source, "1") == "main.idl:2:8-9"
    assert place(source, "2") == "main.idl:2:8-9"
    assert place(source, "b;") == "main.idl:2:17-19"


def test_the_use_of_a_function_like_macro_includes_its_arguments() -> None:
    source, _ = run("#define F(x) [x]\nlong F( y ) z;")
    assert place(source, "[") == "main.idl:2:6-12"
    assert place(source, "z") == "main.idl:2:13-14"


def test_included_text_maps_back_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "inner.h").write_text("long inner;")
    source, findings = run('long a;\n#include "inner.h"\nlong b;', tmp_path)
    assert findings == []
    assert place(source, "inner") == "inner.h:1:6-11"
    assert place(source, "b") == "main.idl:3:6-7"


def test_line_markers_rename_what_follows() -> None:
    source, findings = run('# 10 "x.idl" 1 3\nlong a;\n\nlong b;\n#line 5\nlong c;')
    assert findings == []
    assert place(source, "a") == "x.idl:10:6-7"
    assert place(source, "b") == "x.idl:12:6-7"
    assert place(source, "c") == "x.idl:5:6-7"


# Includes


def test_macros_of_an_included_file_are_left_behind(tmp_path: Path) -> None:
    (tmp_path / "n.h").write_text("#define N 5\n")
    assert result('#include "n.h"\nN', tmp_path) == "5"


def test_a_guarded_file_is_read_twice_and_used_once(tmp_path: Path) -> None:
    (tmp_path / "g.h").write_text("#ifndef G\n#define G\nA\n#endif\n")
    assert result('#include "g.h"\n#include "g.h"', tmp_path) == "A"


def test_pragma_once(tmp_path: Path) -> None:
    (tmp_path / "o.h").write_text("#pragma once\nA\n")
    assert result('#include "o.h"\n#include <o.h>', tmp_path) == "A"


def test_a_file_is_included_relative_to_the_one_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.h").write_text('#include "b.h"\n')
    (tmp_path / "sub/b.h").write_text("B")
    assert result('#include "sub/a.h"\n', tmp_path) == "B"


def test_the_name_of_a_file_may_be_a_macro(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("A")
    assert result('#define FILE "a.h"\n#include FILE', tmp_path) == "A"


def test_another_case_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "Types.H").write_text("A")
    source, (finding,) = run('#include "types.h"', tmp_path)
    assert source.text.split() == ["A"]
    assert finding.rule == "import-case"
    assert finding.severity is Severity.WARNING
    assert finding.message == "the file 'types.h' is called 'Types.H' here"


def test_a_missing_file_names_the_option() -> None:
    _, (finding,) = run('long a;\n#include "none.h"\n')
    assert finding.rule == "missing-include"
    assert finding.help == "name its folder with -I"
    assert (finding.span.line, finding.span.column, finding.span.end_column) == (
        2,
        1,
        18,
    )


def test_a_finding_in_an_included_file_says_how_it_got_there(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("\n#bad\n")
    _, (finding,) = run('\n\n#include "a.h"', tmp_path)
    assert Path(finding.span.path).name == "a.h"
    (note,) = finding.notes
    assert (note.message, note.span.path, note.span.line) == (
        "included from here",
        "main.idl",
        3,
    )


# Mistakes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\n#bad x", "2 unknown-directive"),
        ("#define", "1 directive"),
        ("#define 1", "1 directive"),
        ("#undef", "1 directive"),
        ("#ifdef\n#endif", "1 directive"),
        ("#endif", "1 directive"),
        ("#else", "1 directive"),
        ("#elif 1", "1 directive"),
        ("#include", "1 directive"),
        ("#include x", "1 directive"),
        ("#line x", "1 directive"),
        ("#if 1 +\n#endif", "1 condition"),
        ("#if 1 / 0\n#endif", "1 condition"),
        ("A\n#if 1\nB", "2 unterminated-if"),
        ("#if 1\n#else\n#else\n#endif", "3 directive"),
        ("#error no luck", "1 error-directive"),
        ("#warning careful", "1 warning-directive"),
        ("#define F(x) x\nF(1", "2 macro-arguments"),
        ("#define F(x, y) x\nF(1)", "2 macro-use"),
    ],
)
def test_mistakes_are_told_once_where_they_are(text: str, found: str) -> None:
    assert rules(text) == [found]


def test_what_comes_behind_a_mistake_is_still_read() -> None:
    source, findings = run("#bad\n#define N 5\n#if (\n#endif\nN")
    assert len(findings) == 2
    assert source.text.split() == ["5"]
    assert source.is_complete


# Limits


def test_a_macro_bomb_hits_the_limit() -> None:
    doubling = "".join(f"#define A{n + 1} A{n} A{n}\n" for n in range(60))
    source, (finding,) = run(f"B\n#define A0 x\n{doubling}A60 C")
    assert finding.rule == "preprocessor-limit"
    assert finding.message == "the macro 'A60' expands to more than can be read"
    assert not source.is_complete


def test_a_file_that_includes_itself_hits_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text('#include "a.h"\n#include "a.h"\n')
    _, (finding,) = run('#include "a.h"', tmp_path)
    assert finding.rule == "preprocessor-limit"
    assert f"more than {MAX_INCLUDE_DEPTH} deep" in finding.message
    assert len(finding.notes) == 3


def test_many_includes_hit_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("")
    _, (finding,) = run('#include "a.h"\n' * (MAX_INCLUDES + 1), tmp_path)
    assert finding.rule == "preprocessor-limit"


def test_much_included_text_hits_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text(" " * 1_000_000)
    _, (finding,) = run('#include "a.h"\n' * 10, tmp_path)
    assert finding.rule == "preprocessor-limit"
    assert "characters" in finding.message


def test_many_uses_of_a_large_macro_hit_the_limit() -> None:
    text = f"#define A {'x ' * 100_000}\n" + "A\n" * 50
    _, (finding,) = run(text)
    assert finding.rule == "preprocessor-limit"
