"""Files of the Windows Runtime's language are told from others, once each."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.frontend.loader import load, load_text


def found(text: str) -> list[tuple[int, int, str]]:
    loaded = load_text(text, filename="t.idl")
    return [(d.span.line, d.span.column, d.rule) for d in loaded.diagnostics]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("namespace N { }", 1, 1),
        ("typedef long T;\nnamespace A.B { interface I { } }\nnamespace C { }", 2, 1),
        ("[uuid(1)]\nnamespace A { } garbage @@@ {", 2, 1),
        ("#pragma winrt ns_prefix\nlong f(void);\nnamespace A { }", 3, 1),
        ("#pragma winrt ns_prefix\ntypedef long T;", 1, 1),
        ("[contract(C, 1.0)] runtimeclass R { }", 1, 20),
        ("runtimeclass R;", 1, 1),
        ("[contractversion(1.0)] apicontract C { }", 1, 24),
        ("delegate HRESULT D([in] long a);", 1, 1),
    ],
)
def test_one_error_at_the_first_word_of_that_language(
    text: str, line: int, column: int
) -> None:
    assert found(text) == [(line, column, "windows-runtime")]


@pytest.mark.parametrize(
    "text",
    [
        "typedef long namespace; namespace f([in] namespace delegate);",
        "struct S { namespace runtimeclass; delegate x; };",
        "interface t { delegate f(apicontract a); }",
        "typedef struct { long a; } delegate;",
        "const long namespace = 1;",
    ],
)
def test_its_words_are_ordinary_names_elsewhere(text: str) -> None:
    assert found(text) == []


def test_an_imported_file_of_that_language_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "w.idl").write_text("namespace A { typo typo } namespace B { }")
    (tmp_path / "x.idl").write_text('import "w.idl";')
    main = tmp_path / "m.idl"
    main.write_text('import "w.idl"; import "x.idl"; typedef long T;')
    (only,) = load(main).diagnostics
    assert (only.rule, only.span.path) == ("windows-runtime", str(tmp_path / "w.idl"))
