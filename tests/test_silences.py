"""Comments that silence one rule on one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.driver import Options, compile_path, compile_source

HEADER = "[uuid(12345678-1234-1234-1234-123456789abc), version(1.0)] interface t {"


def found(
    body: str, options: Options | None = None, acf: str | None = None
) -> list[Diagnostic]:
    """The findings about *body*, which begins on line 2."""
    text = f"{HEADER}\n{body}\n}}\n"
    return list(compile_source(text, "t.idl", acf, options or Options()).diagnostics)


def rules(body: str, options: Options | None = None) -> list[tuple[str, int]]:
    return [(each.rule, each.span.line) for each in found(body, options)]


# An operation without a handle is told by a note, each of them.
NOTED = "void F([in] long a);"


def test_without_a_comment_it_is_said() -> None:
    assert rules(NOTED) == [("no-binding-handle", 2)]


@pytest.mark.parametrize(
    "comment",
    [
        "// midlpy: ignore[no-binding-handle]",
        "//midlpy: ignore[no-binding-handle] because the client is the binding",
        "/* midlpy: ignore[no-binding-handle] */",
        "// midlpy: ignore[reserved-word, no-binding-handle]",
    ],
)
def test_a_comment_on_the_line_silences_the_rule(comment: str) -> None:
    assert rules(f"{NOTED} {comment}") == []


def test_a_comment_alone_silences_the_line_below_only() -> None:
    comment = "// midlpy: ignore[no-binding-handle]"
    assert rules(f"{comment}\n{NOTED}\nvoid G([in] long a);") == [
        ("no-binding-handle", 4)
    ]


def test_other_rules_on_the_line_are_still_said() -> None:
    assert rules(f"{NOTED} // midlpy: ignore[reserved-word]") == [
        ("no-binding-handle", 2)
    ]


def test_an_error_stays_and_the_comment_is_told_so() -> None:
    said = found("const long A = 1 / 0; // midlpy: ignore[divide-by-zero]")
    assert [(each.rule, each.severity) for each in said] == [
        ("divide-by-zero", Severity.ERROR),
        ("unsilenceable", Severity.WARNING),
    ]
    assert said[1].message == "divide-by-zero is not to be silenced: it is an error"


def test_a_misspelt_rule_is_told_with_the_nearest() -> None:
    *_, said = found(f"{NOTED} // midlpy: ignore[no-bindinghandle]")
    assert said.rule == "unsilenceable"
    assert (said.span.line, said.span.column) == (2, 40)
    assert said.help == "did you mean no-binding-handle?"


@pytest.mark.parametrize("options", [Options(strict=True), Options(werror=True)])
def test_what_only_an_option_makes_an_error_is_silenced(options: Options) -> None:
    body = "typedef pipe byte BP; void F([in] handle_t h, [in] BP p);{}"
    acf = "interface t { [async] F(); }"

    def errors(comment: str) -> list[str]:
        return [
            each.rule
            for each in found(body.format(comment), options, acf)
            if each.severity is Severity.ERROR and each.rule == "pipe-by-value"
        ]

    assert errors("") == ["pipe-by-value"]
    assert errors(" // midlpy: ignore[pipe-by-value]") == []


def test_a_comment_that_silences_nothing_is_told_when_asked_for() -> None:
    wanted = Options(levels={"silenced-nothing": "warning"})
    line = "const long A = 1; // midlpy: ignore[reserved-word]"
    assert rules(line) == []
    assert rules(line, wanted) == [("silenced-nothing", 2)]


def test_included_and_acf_files_have_comments_too(tmp_path: Path) -> None:
    comment = "// midlpy: ignore[no-binding-handle]"
    (tmp_path / "part.h").write_text(f"{NOTED} {comment}\n")
    (tmp_path / "t.idl").write_text(f'{HEADER}\n#include "part.h"\n}}\n')
    assert not compile_path(tmp_path / "t.idl", Options()).diagnostics
    (tmp_path / "t.acf").write_text(
        "interface t { [comm_status] F(); } // midlpy: ignore[syntax]\n"
    )
    said = compile_path(tmp_path / "t.idl", Options()).diagnostics
    assert "unsilenceable" in {each.rule for each in said}
    assert {Path(each.span.path).name for each in said} == {"t.acf"}


def test_such_a_comment_is_in_no_docstring() -> None:
    text = (
        f"{HEADER}\n// Does it.\n// midlpy: ignore[no-binding-handle]\n{NOTED}\n"
        f"/* midlpy: ignore[no-binding-handle] */\nvoid G([in] long a);\n}}\n"
    )
    compiled = compile_source(text, "t.idl", None, Options())
    assert not compiled.diagnostics
    assert "Does it." in compiled.outputs[0].text
    assert "midlpy: ignore" not in compiled.outputs[0].text
