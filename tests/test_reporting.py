from __future__ import annotations

import json

import pytest

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.reporting import report

LINES = {"a.idl": ["interface a", "{", "\tlong F([in] LONGER a);", "}"]}
UNKNOWN = Diagnostic(
    rule="unknown-type",
    message="no type is called 'LONGER'",
    span=Span("a.idl", 3, 14, 3, 20),
    midl=2011,
    help="declare it",
    notes=(Note("'LONG' is declared here", Span("a.idl", 1, 1, 1, 5)),),
)
PLAIN = Diagnostic(
    rule="name-collision",
    message="50% of it, or so",
    span=Span("b.idl", 9, 2, 10, 1),
    severity=Severity.WARNING,
)


def written(diagnostic: Diagnostic, format_: str) -> str:
    return report([diagnostic], format_, lambda path: LINES.get(path, ()))


def test_text_shows_the_line_with_a_caret_below_what_is_meant() -> None:
    assert written(UNKNOWN, "text") == (
        "a.idl:3:14: error: no type is called 'LONGER' [MIDL2011 unknown-type]\n"
        "   3 | \tlong F([in] LONGER a);\n"
        "     | \t            ^^^^^^\n"
        "  a.idl:1:1: note: 'LONG' is declared here\n"
        "  help: declare it\n"
    )


def test_text_does_without_a_line_it_cannot_read() -> None:
    assert written(PLAIN, "text") == (
        "b.idl:9:2: warning: 50% of it, or so [name-collision]\n"
    )


def test_a_blank_line_stands_between_diagnostics() -> None:
    text = report([PLAIN, PLAIN], "text", lambda path: ())
    assert text.count("\n\n") == 1


def test_msvc_is_what_microsofts_tools_read() -> None:
    assert written(UNKNOWN, "msvc") == (
        "a.idl(3,14) : error MIDL2011 : no type is called 'LONGER' [unknown-type]\n"
        "a.idl(1,1): note: 'LONG' is declared here\n"
    )
    assert written(PLAIN, "msvc").startswith("b.idl(9,2) : warning name-collision : ")


def test_json_is_one_object_to_a_line() -> None:
    assert json.loads(written(UNKNOWN, "json")) == {
        "path": "a.idl",
        "line": 3,
        "column": 14,
        "end_line": 3,
        "end_column": 20,
        "severity": "error",
        "rule": "unknown-type",
        "midl": 2011,
        "message": "no type is called 'LONGER'",
        "help": "declare it",
        "notes": [
            {
                "path": "a.idl",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 5,
                "message": "'LONG' is declared here",
            }
        ],
    }
    assert report([UNKNOWN, PLAIN], "json", lambda path: ()).count("\n") == 2


def test_github_annotates_lines() -> None:
    assert written(PLAIN, "github") == (
        "::warning file=b.idl,line=9,col=2,endLine=10,endColumn=1,"
        "title=name-collision::50%25 of it, or so\n"
    )


def test_github_tells_other_places_in_the_text_of_an_annotation() -> None:
    line = written(UNKNOWN, "github")
    assert line.count("\n") == 1
    assert line.endswith(
        "::no type is called 'LONGER'%0Anote: a.idl:1:1: 'LONG' is declared here"
        "%0Ahelp: declare it\n"
    )


def test_sarif_is_one_document_even_with_nothing_to_say() -> None:
    document = json.loads(report([UNKNOWN, PLAIN], "sarif", lambda path: ()))
    (run,) = document["runs"]
    assert [result["ruleId"] for result in run["results"]] == [
        "unknown-type",
        "name-collision",
    ]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startColumn"] == 14
    assert json.loads(report([], "sarif", lambda path: ()))["runs"][0]["results"] == []


@pytest.mark.parametrize("format", ["text", "msvc", "github", "json", "sarif"])
def test_nothing_in_a_source_steers_the_terminal(format: str) -> None:
    hostile = "a\x1b[31mb\x07\u202e"
    finding = Diagnostic("syntax", f"'{hostile}' is wrong", Span(hostile, 1, 8, 1, 9))
    text = report([finding], format, lambda _: [f"\tx {hostile} y"])
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_carets_point_rightly_behind_what_cannot_be_shown() -> None:
    finding = Diagnostic("syntax", "wrong", Span("a.idl", 1, 4, 1, 5))
    line, carets = report([finding], "text", lambda _: ["\x1b\x07 y"]).splitlines()[1:]
    assert line.index("y") == carets.index("^")
