"""Damaged text never gives a traceback, and never takes long."""

from __future__ import annotations

import random
import re

import pytest

from midlpy.diagnostics import Span
from midlpy.frontend.loader import load_text

TEXT = """\
// All of it, in one file.
import "none.idl";
#define N (5)
#define LIST(x) x, x
#define LPWSTR [string] wchar_t *
#if __midl >= 700
cpp_quote("#define X 1")
#endif
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.10), pointer_default(unique)]
interface everything : base
{
    typedef [context_handle] void *HANDLE_T;
    typedef pipe [range(0, 9)] byte BYTES;
    typedef [v1_enum] enum _E { A = 0, B = 1 << N, LIST(C), } E;
    const unsigned long M = (N + 1) * sizeof(E) - (long)~0x7FUL;
    typedef struct _S {
        E e;
        [size_is(, n)] LPWSTR *p;
        unsigned long n : 3, : 2;
        union { [case(1, 2)] long a; [default]; };
        struct _S *next[N][0..5];
    } S, *PS;
    typedef union _U switch (long d) u { case 1: case 2: S s; default: ; } U;
    long F([in] handle_t h, [in, string] const wchar_t *name, [out, ref] S **s);
    /* Twice. */
    [async] void __stdcall G([in, out] BYTES *data, long (*f)(int, ...), SAFEARRAY(E) *x);
}
library L { importlib("x.tlb"); coclass C { [default] interface everything; }; };
dispinterface D { properties: [id(1)] long a; methods: [id(2)] long f(); };
midl_pragma warning(disable: 2007 2039)
"""

PIECES = re.findall(r'\w+|"[^"\n]*"|\s+|[^\w\s]', TEXT)
INSERTS = [
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ";",
        ",",
        ":",
        "=",
        "*",
        '"',
        "'",
        "/*",
        "*/",
        "//",
    ),
    *("\\\n", "\n#if 1\n", "\n#else\n", "\n#endif\n", "\n#define long struct\n", "\0"),
    *(
        "typedef",
        "interface",
        "case",
        "pipe",
        "union switch",
        "..",
        "é",
        "\u200b",
        "0x",
    ),
]


def check(text: str) -> None:
    """Load *text*; whatever is said must be said of a place that it has."""
    result = load_text(text, filename="test.idl")
    lines = text.split("\n")
    for finding in result.diagnostics:
        span: Span = finding.span
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert finding.message
    repr(result.source)


def test_the_text_is_sound() -> None:
    (finding,) = load_text(TEXT, filename="test.idl").diagnostics
    assert finding.rule == "missing-import"


def test_truncation_before_or_inside_every_piece() -> None:
    length = 0
    for piece in PIECES:
        if not piece.isspace():
            check(TEXT[: length + len(piece) // 2])
        length += len(piece)


def test_every_piece_deleted() -> None:
    for number, piece in enumerate(PIECES):
        if not piece.isspace():
            check("".join(PIECES[:number] + PIECES[number + 1 :]))


@pytest.mark.parametrize("seed", range(8))
def test_random_damage(seed: int) -> None:
    generator = random.Random(seed)
    for _ in range(60):
        pieces = list(PIECES)
        for _ in range(generator.choice((1, 2, 5, 20))):
            place = generator.randrange(len(pieces))
            match generator.randrange(4):
                case 0:
                    pieces[place] = ""
                case 1:
                    pieces[place] = generator.choice(pieces)
                case 2:
                    pieces[place] += generator.choice(INSERTS)
                case _:
                    other = generator.randrange(len(pieces))
                    pieces[place], pieces[other] = pieces[other], pieces[place]
        check("".join(pieces))
