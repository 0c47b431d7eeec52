"""Text made to be too much hits a limit that is named, in time and memory that are bounded.

They are compiled in processes of their own, whose memory the system limits.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

OCTETS: Final = 1 << 30

# Several bombs to a process: to start one takes longer than most of them.
CHILD: Final = """
import json, resource, sys, traceback
from pathlib import Path
from midlpy.driver import Options, compile_path

limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for path in sys.argv[2:]:
    try:
        done = compile_path(Path(path), Options())
        found = [[d.rule, d.severity.value, d.message] for d in done.diagnostics]
        answer = {"found": found, "written": len(done.outputs)}
    except BaseException:
        answer = {"raised": traceback.format_exc()[-2000:]}
    print(json.dumps(answer), flush=True)
"""

HEADER: Final = (
    "[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)] interface i\n"
)


def interface(text: str) -> dict[str, str]:
    return main(f"{HEADER}{{\n{text}\nvoid Op([in] handle_t h);\n}}\n")


def main(text: str) -> dict[str, str]:
    return {"main.idl": text}


def chain(first: str, link: Callable[[int], str], count: int) -> dict[str, str]:
    """*first* declares ``t0``, each *link* the next one from the one before."""
    links = "".join(link(number) for number in range(count))
    return interface(f"{first}\n{links}void F([in] handle_t h, [in] t{count} *a);")


def macros(first: str, link: Callable[[int], str], use: str, count: int = 64) -> str:
    links = "".join(f"#define {link(number)}\n" for number in range(count))
    return f"#define {first}\n{links}{use}\n"


@dataclass(frozen=True)
class Bomb:
    """Files by name, of which ``main.idl`` is compiled, and the error it ends in.

    *rule* and *says* are those of the first error; None when it is sound.
    """

    files: dict[str, str]
    rule: str | None
    says: str = ""


DEEP: Final = "nested more than 200 levels deep"
N: Final = 5_000

NESTED = {
    "parentheses": Bomb(
        interface(f"const long A = {'(' * N}1{')' * N};"), "nesting-limit", DEEP
    ),
    "parentheses without an end": Bomb(
        interface(f"const long A = {'(' * N}"), "syntax"
    ),
    "signs": Bomb(interface(f"const long A = {'- ' * N}1;"), "nesting-limit", DEEP),
    "sums": Bomb(interface(f"const long A = {'1 + ' * N}1;"), "nesting-limit", DEEP),
    "choices": Bomb(
        interface(f"const long A = {'1 ? 2 : ' * N}1;"), "nesting-limit", DEEP
    ),
    "casts": Bomb(interface(f"const long A = {'(long)' * N}1;"), "nesting-limit", DEEP),
    "members": Bomb(
        interface(f"void F([in] long n, [in, size_is(a{'->a' * N})] long *p);"),
        "nesting-limit",
        DEEP,
    ),
    "structs": Bomb(
        interface(f"typedef {'struct {' * N}long a;{'} b;' * N}"), "nesting-limit", DEEP
    ),
    "unions": Bomb(
        interface(f"typedef {'union {' * N}long a;{'} b;' * N}"), "nesting-limit", DEEP
    ),
    "pointers": Bomb(
        interface(f"typedef long {'*' * N}P;"),
        "nesting-limit",
        "more than 60 pointers and arrays in one declarator",
    ),
    "dimensions": Bomb(interface(f"typedef long A{'[2]' * N};"), "nesting-limit", DEEP),
    "attributes": Bomb(
        interface(f"typedef [{'size_is(' * N}1{')' * N}] long *A;"),
        "nesting-limit",
        DEEP,
    ),
    "interfaces": Bomb(
        main("".join(f"interface a{n} {{" for n in range(N)) + "}" * N),
        "nesting-limit",
        DEEP,
    ),
    "braces that only close": Bomb(main("}" * N), "syntax"),
    "brackets": Bomb(main("[" * N), "syntax"),
    "functions": Bomb(
        interface(f"typedef long (*f)({'long (*f)(' * N}{')' * N});"),
        "nesting-limit",
        DEEP,
    ),
}

CHAINS = {
    "typedefs": Bomb(
        chain("typedef long t0;", lambda n: f"typedef t{n} t{n + 1};\n", N), None
    ),
    "pointers by way of typedefs": Bomb(
        chain("typedef long t0;", lambda n: f"typedef t{n} *t{n + 1};\n", 2_000),
        "nesting-limit",
        "'t61' stands for more than 60 pointers and arrays",
    ),
    "arrays by way of typedefs": Bomb(
        chain("typedef long t0;", lambda n: f"typedef t{n} t{n + 1}[2];\n", 2_000),
        "nesting-limit",
        "'t61' stands for more than 60 pointers and arrays",
    ),
    "typedefs before what they stand for": Bomb(
        interface(
            "".join(f"typedef t{n} t{n + 1};\n" for n in reversed(range(N)))
            + f"typedef long t0; void F([in] t{N} a);"
        ),
        "nesting-limit",
        "types are nested deeper than can be followed",
    ),
    "structs in structs": Bomb(
        chain(
            "typedef struct { long a; } t0;",
            lambda n: f"typedef struct {{ t{n} a; }} t{n + 1};\n",
            1_500,
        ),
        "nesting-limit",
        "'t100' holds types more than 100 deep",
    ),
    "unions in unions": Bomb(
        chain(
            "typedef struct { long a; } t0;",
            lambda n: f"typedef union switch (long d) {{ case 0: t{n} a; }} t{n + 1};\n",
            1_500,
        ),
        "nesting-limit",
        "'t100' holds types more than 100 deep",
    ),
    "structs behind pointers": Bomb(
        chain(
            "typedef struct { long a; } t0;",
            lambda n: f"typedef struct {{ t{n} *a; }} t{n + 1};\n",
            1_000,
        ),
        None,
    ),
    "structs that double": Bomb(
        chain(
            "typedef struct { long a; long b; } t0;",
            lambda n: f"typedef struct {{ t{n} a; t{n} b; }} t{n + 1};\n",
            64,
        ),
        "too-large",
        "a value of 't28' has more than 2147483647 octets",  # 8 octets, 28 times doubled
    ),
    "sizeof of structs that double": Bomb(
        interface(
            "typedef struct { byte a; } t0;"
            + "".join(f"typedef struct {{ t{n} a, b; }} t{n + 1};" for n in range(30))
            + "const hyper SIZE = sizeof(t30);"
        ),
        None,
    ),
    "pointers to structs that double": Bomb(
        chain(
            "typedef struct { long a; } t0;",
            lambda n: f"typedef struct {{ t{n} *a; t{n} *b; }} t{n + 1};\n",
            64,
        ),
        None,
    ),
    "huge arrays": Bomb(
        interface("void F([in] handle_t h, [in] long a[0x7fffffff][0x7fffffff]);"),
        "too-large",
        "a value of 'a' has more than 2147483647 octets",
    ),
    "the largest array": Bomb(
        interface("void F([in] handle_t h, [in] byte a[0x7fffffff]);"), None
    ),
    "constants": Bomb(
        interface(
            "const long c0 = 1;"
            + "".join(f"const long c{n + 1} = c{n} + 0;\n" for n in range(2_000))
        ),
        None,
    ),
    "bases": Bomb(
        main(
            "interface i0 {}\n"
            + "".join(
                f"[object] interface i{n + 1} : i{n} {{}}\n" for n in range(3_000)
            )
        ),
        "nesting-limit",
        "'i101' derives by way of more than 100 interfaces",
    ),
    "anonymous structs": Bomb(
        interface(f"typedef struct {{{'struct { long a; hyper b; };' * 2_000}}} S;"),
        None,
    ),
}

MACROS = {
    "doubling": Bomb(
        main(macros("m0 x", lambda n: f"m{n + 1} m{n} m{n}", "typedef long m64;")),
        "preprocessor-limit",
        "the macro 'm64' expands to more than can be read",
    ),
    "doubling arguments": Bomb(
        main(macros("m0(x) x x", lambda n: f"m{n + 1}(x) m{n}(x) m{n}(x)", "m64(y)")),
        "preprocessor-limit",
        "the macro 'm64' expands to more than can be read",
    ),
    "strings of strings": Bomb(
        main(f"#define s(x) #x\n#define t(x) s(x)\n{'t(' * 40}\\\"{')' * 40}\n"),
        "preprocessor-limit",
        "the macro 't' expands to more than can be read",
    ),
    "pasting": Bomb(
        main(f"#define c(x, y) x##y\n#define d(x) c(x, x)\n{'d(' * 64}ab{')' * 64}\n"),
        "preprocessor-limit",
        "the macro 'd' expands to more than can be read",
    ),
    "a chain": Bomb(
        main(macros("m0 1", lambda n: f"m{n + 1} m{n}", f"const long A = m{N};", N)),
        "preprocessor-limit",
        f"the macro 'm{N}' expands to more than can be read",
    ),
    "a condition that doubles": Bomb(
        main(macros("m0 1", lambda n: f"m{n + 1} (m{n}+m{n})", "#if m64\n#endif")),
        "preprocessor-limit",
        "a macro in '#if' expands to more than can be read",
    ),
    "dropped again and again": Bomb(
        main(
            macros("m0(x) x x", lambda n: f"m{n + 1}(x) m{n}(x) m{n}(x)", "", 12)
            + "#define gone(x)\n#define drop(x) gone(x)\n"
            + "drop(m12(a))\n" * 3_000
        ),
        "preprocessor-limit",
        "the macro 'drop' expands to more than can be read",
    ),
    "a long name in a macro": Bomb(
        main(f"#define m typedef long {'x' * 100_000};\nm\n"), None
    ),
    "a tail that grows": Bomb(
        main(f"#define m(x) +x m\nconst long A = 0 m{'(1)' * 20_000};\n"),
        "nesting-limit",
    ),
    "arguments without an end": Bomb(
        main("#define m(x) x\n" + "m(\n" * N), "macro-arguments"
    ),
    "a condition with parentheses": Bomb(
        main(f"#if {'(' * N}1{')' * N}\n#endif\n"), "condition", "it is too long"
    ),
    "a condition with shifts": Bomb(
        main("#if 1 << 1000000000\n#endif\n#if (1 << 62) << (1 << 62)\n#endif\n"), None
    ),
    "conditions": Bomb(main("#if 1\n" * N + "#endif\n" * N), None),
    "including itself": Bomb(
        main('#include "main.idl"\n#include "main.idl"\n'),
        "preprocessor-limit",
        "includes are nested more than 50 deep",
    ),
    "including twice and twice": Bomb(
        main('#include "h40.h"\n')
        | {"h0.h": ""}
        | {f"h{n + 1}.h": f'#include "h{n}.h"\n' * 2 for n in range(40)},
        "preprocessor-limit",
        "more than 2000 files are included",
    ),
    "imports that import each other": Bomb(
        main('import "m0.idl";')
        | {
            f"m{n}.idl": f'import "m{n + 1}.idl", "m{n - 1}.idl";' for n in range(1_000)
        },
        "import-limit",
        "imports are nested more than 100 deep",
    ),
    "comments in a directive": Bomb(
        main(f"#define a {'/* ' * 100_000}\n"), "unterminated-comment"
    ),
}

LONG = {
    "enumerators": Bomb(
        interface(f"typedef enum {{ {', '.join(f'e{n}' for n in range(10_000))} }} E;"),
        None,
    ),
    "shifts": Bomb(
        interface("const hyper A = 1 << 1000000; const hyper B = 1 << (1 << 62);"),
        "operands-do-not-fit",
        "a shift by 1000000 is outside 0..63",
    ),
    "digits": Bomb(
        interface(f"const hyper A = {'9' * 1_000_000};"), "constant-too-big"
    ),
    "digits of a fraction": Bomb(
        interface(f"const double A = 1.{'9' * 1_000_000}e{'9' * 1_000_000};"),
        "constant-too-big",
    ),
    "digits of a version": Bomb(
        main(
            f"[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version({'9' * 5_000}.1)] "
            "interface i {}"
        ),
        "constant-too-big",
    ),
    "strings": Bomb(interface("const char *A = " + '"abc" ' * N + ";"), None),
    "a string": Bomb(interface('const char *A = "' + "x" * 1_000_000 + '";'), None),
    "escapes": Bomb(interface('const char *A = "' + "\\x41" * 100_000 + '";'), None),
    "a string without an end": Bomb(
        interface('const char *A = "' + "x" * 1_000_000), "unterminated-string"
    ),
    "a name": Bomb(interface(f"typedef long {'x' * 1_000_000};"), None),
    "a comment": Bomb(main(f"/{'*' * 1_000_000}/ "), None),
    "a comment without an end": Bomb(
        main(f"/{'*' * 1_000_000}"), "unterminated-comment"
    ),
    "comments": Bomb(main("/**/" * 100_000), None),
    "a line": Bomb(
        interface(" ".join(f"typedef long t{n};" for n in range(3_000))), None
    ),
    "unknown types": Bomb(
        interface("".join(f"typedef lonk{n} t{n};\n" for n in range(3_000))),
        "unknown-type",
    ),
    "unknown attributes": Bomb(
        interface(f"typedef [{', '.join(f'q{n}' for n in range(3_000))}] long *A;"),
        "unknown-attribute",
    ),
    "declared again": Bomb(
        interface("typedef long a;\n" + "typedef short a;\n" * 3_000), "redefinition"
    ),
    "an ACF": Bomb(
        interface("") | {"main.acf": f"interface i {{ {'[async] Xx(); ' * 3_000} }}"},
        "acf-unknown-operation",
    ),
    "nothing but NUL": Bomb(main("\0" * 100_000), "not-text"),
}

GROUPS = {"nested": NESTED, "chains": CHAINS, "macros": MACROS, "long": LONG}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("group", GROUPS)
def test_bombs_end_in_their_limit(group: str, tmp_path: Path) -> None:
    bombs = GROUPS[group]
    paths: list[str] = []
    for number, bomb in enumerate(bombs.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in bomb.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        paths.append(str(folder / "main.idl"))
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-c", CHILD, str(OCTETS), *paths],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    for (name, bomb), answer in zip(bombs.items(), answers, strict=True):
        assert "raised" not in answer, f"{name}: {answer['raised']}"
        errors = [found for found in answer["found"] if found[1] == "error"]
        if bomb.rule is None:
            assert not errors, f"{name}: {errors[:2]}"
            assert answer["written"]
            continue
        told = [message for rule, _, message in errors if rule == bomb.rule]
        assert told, f"{name}: {errors[:2]}"
        assert any(bomb.says in message for message in told), f"{name}: {told[:2]}"
        # Whoever reads them all reads no more than this.
        assert len(answer["found"]) <= 2_010, name
