"""Rules that take more than one text to break: each is broken by files and options.

Together with the examples in the table (``test_rules``) no rule is left that nothing fires.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from midlpy.cli import main
from midlpy.driver import MAX_FINDINGS
from midlpy.frontend.loader import MAX_IMPORT_DEPTH, load
from midlpy.semantic.rules import RULES

HEADER = "[uuid(12345678-1234-1234-1234-123456789abc), version(1.0)] interface t"


@dataclass(frozen=True)
class Broken:
    """Files by name, of which ``a.idl`` is compiled, with *options*."""

    files: dict[str, str]
    options: tuple[str, ...] = ()


def one(text: str, *options: str) -> Broken:
    return Broken({"a.idl": text}, options)


def operation(text: str) -> str:
    return f"{HEADER} {{ {text} }}"


BROKEN = {
    "preprocessor-failed": one("", "--cpp-command", "false"),
    "missing-import": one('import "nowhere.idl";'),
    "import-cycle": Broken(
        {
            "a.idl": 'import "b.idl"; typedef struct { long x; } ITEM;'
            + operation("void F([in] handle_t h, [in] BOX *b);"),
            "b.idl": 'import "a.idl"; typedef struct { ITEM x; } BOX;',
        }
    ),
    "stand-in": one('import "oaidl.idl";', "-W", "stand-in=warning"),
    "missing-include": one('#include "nowhere.h"\n'),
    "imported-pointer-default": Broken(
        {
            "a.idl": 'import "b.idl"; '
            + HEADER.replace("version(1.0)", "pointer_default(ptr)")
            + " { void f([in] handle_t h, [in] S *s); }",
            "b.idl": "typedef struct { long *p; } S;",
        }
    ),
    "import-case": Broken({"a.idl": 'import "B.idl";', "b.idl": ""}),
    "import-limit": Broken(
        {"a.idl": 'import "f0.idl";'}
        | {f"f{n}.idl": f'import "f{n + 1}.idl";' for n in range(MAX_IMPORT_DEPTH + 1)}
    ),
    "macro-arguments": one("const long A = 1;\n#define F(x)\nF(1\n"),
    "macro-use": one("#define F(x, y)\nF(1)\nconst long A = 1;\n"),
    "preprocessor-limit": Broken({"a.idl": '#include "a.idl"\n#include "a.idl"\n'}),
    "not-text": one("const long A = 1;\0"),
    "unsilenceable": one("const long A = 1; // midlpy: ignore[divide-by-zero]"),
    "silenced-nothing": one(
        "const long A = 1; // midlpy: ignore[reserved-word]",
        "-W",
        "silenced-nothing=warning",
    ),
    "invisible-character": one("const\u200blong A = 1;"),
    "unterminated-string": one('cpp_quote("x\n'),
    "syntax-gave-up": one("const long = 1;\n" * 200),
    "nesting-limit": one(f"const long A = {'(' * 2000}1{')' * 2000};"),
    "windows-runtime": one("namespace A { runtimeclass B { }; }"),
    "dialect-attribute": one(
        operation("[helper(x)] void f([in] handle_t h);"), "--dialect", "samba"
    ),
    "samba-dialect": one(
        "typedef bitmap { A = 1 } B;"
        + operation("[todo] void f([in, charset(UTF16)] uint16 *s);"),
        "--dialect",
        "midl",
    ),
    "types-left-out": one(
        "typedef struct { [relative] uint32 *x; } A;"
        + operation("void f([in] uint32 x);"),
        "--dialect",
        "samba",
    ),
    "converter-unused": one("typedef long T;", "--converter", "T=a:B"),
    "missing-direction": one(operation("void f(handle_t h);"), "--osf"),
    "async-under-osf": Broken(
        {
            "a.idl": operation("void f([in] handle_t h);"),
            "a.acf": "interface t { [async] f(); }",
        },
        ("--osf",),
    ),
    "byte-count-under-osf": Broken(
        {
            "a.idl": operation("void f([in] handle_t h, [in] long n, [out] long *p);"),
            "a.acf": "interface t { f([byte_count(n)] p); }",
        },
        ("--osf",),
    ),
    "too-large": one("typedef struct { hyper all[0x7fffffff]; } S;"),
    "more-findings": one(f"typedef [{'unique, ' * (MAX_FINDINGS + 1)}unique] long *P;"),
    "name-collision": one(
        operation("long Draw([in] handle_t h); long draw([in] handle_t h);")
    ),
}


# What is left of the text fits nowhere either.
WITH_SYNTAX_ERRORS = {"syntax-gave-up", "macro-arguments"}


def test_every_rule_has_an_example_or_files() -> None:
    assert {*BROKEN, "unreadable-file"} == {
        rule.slug for rule in RULES.values() if not rule.example
    }


def findings_in(broken: Broken, folder: Path) -> list[dict[str, Any]]:
    """What compiling *broken* in *folder* says, as its JSON lines."""
    for name, text in broken.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    words = ["compile", str(folder / "a.idl"), "-o", str(folder / "out")]
    result = CliRunner().invoke(main, [*words, "--format", "json", *broken.options])
    return [json.loads(line) for line in result.stderr.splitlines()]


@pytest.mark.parametrize("slug", BROKEN)
def test_the_files_break_the_rule_and_no_other(slug: str, tmp_path: Path) -> None:
    found = findings_in(BROKEN[slug], tmp_path)
    by_rule = {each["rule"]: each for each in found}
    assert slug in by_rule, found
    assert by_rule[slug]["midl"] == RULES[slug].midl
    others = {each["rule"] for each in found if each["severity"] == "error"}
    assert others <= {slug, "syntax" if slug in WITH_SYNTAX_ERRORS else slug}, found


def test_a_file_that_is_nowhere_is_unreadable(tmp_path: Path) -> None:
    (finding,) = load(tmp_path / "nowhere.idl").diagnostics
    assert finding.rule == "unreadable-file"
