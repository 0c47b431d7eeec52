"""Size, length and switch expressions: slots, operators, operands, and counts for callers."""

from __future__ import annotations

import pytest

import midlpy
from midlpy.semantic import ir
from tests.semantic.snippets import HEADER, H, found, parameter, struct

B = ir.BaseKind
CHAR = ir.Base(B.CHAR)
LONG = ir.Base(B.INT32)
N, M = ir.Sibling("n"), ir.Sibling("m")
STAR_N = ir.Sibling("n", dereferenced=True)
REF, UNIQUE = ir.PointerKind.REF, ir.PointerKind.UNIQUE


def type_of(text: str) -> ir.Type:
    """The type of parameter p beside n and m."""
    return parameter(f"void f({H}, [in] long n, [in] long m, {text});", "p").type


def array(element: ir.Type = CHAR, **parts: ir.Expression | int | None) -> ir.Array:
    return ir.Array(element, **parts)  # type: ignore[arg-type]


def ref(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, REF)


def unique(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, UNIQUE)


def plus(left: ir.Expression, value: int) -> ir.Expression:
    return ir.Binary("+", left, ir.Constant(value))


SLOTS: list[tuple[str, str, ir.Type]] = [
    ("one", "[in, size_is(n)] char *p", ref(array(size=N))),
    ("brackets", "[in, size_is(n)] char p[]", array(size=N)),
    ("max-is", "[in, max_is(n)] char p[]", array(size=plus(N, 1))),
    ("max-is-constant", "[in, max_is(4)] char p[]", array(size=ir.Constant(5))),
    ("constant", "[in, size_is(4)] char *p", ref(array(size=ir.Constant(4)))),
    ("two", "[in, size_is(m, n)] char **p", ref(array(unique(array(size=N)), size=M))),
    ("empty-first", "[in, size_is(, n)] char **p", ref(unique(array(size=N)))),
    ("empty-last", "[in, size_is(n,)] char **p", ref(array(unique(CHAR), size=N))),
    ("one-of-two", "[in, size_is(n)] char **p", ref(array(unique(CHAR), size=N))),
    (
        "empty-middle",
        "[in, size_is(n, , m)] char ***p",
        ref(array(unique(unique(array(size=M))), size=N)),
    ),
    (
        "one-element",
        "[in, size_is(1, n)] char **p",
        ref(array(unique(array(size=N)), size=ir.Constant(1))),
    ),
    ("outer-brackets", "[in, size_is(n)] char p[][4]", array(array(bound=4), size=N)),
    (
        "brackets-then-pointer",
        "[in, size_is(n)] char *p[]",
        array(unique(CHAR), size=N),
    ),
    (
        "brackets-and-pointer",
        "[in, size_is(n, m)] char *p[]",
        array(unique(array(size=M)), size=N),
    ),
    (
        "fixed-then-pointer",
        "[in, size_is(, m)] char *p[3]",
        array(unique(array(size=M)), bound=3),
    ),
    ("length-of-fixed", "[in, length_is(n)] char p[9]", array(bound=9, length=N)),
    (
        "length-and-size",
        "[in, size_is(n), length_is(m)] char *p",
        ref(array(size=N, length=M)),
    ),
    (
        "length-slot",
        "[in, size_is(, n), length_is(, m)] char **p",
        ref(unique(array(size=N, length=M))),
    ),
    (
        "first",
        "[in, first_is(m), length_is(n)] char p[9]",
        array(bound=9, length=N, first=M),
    ),
    (
        "length-of-inner-dimension",
        "[in, length_is(, m)] char p[9][8]",
        array(array(bound=8, length=M), bound=9),
    ),
]


@pytest.mark.parametrize(
    ("text", "type_"), [pytest.param(*e[1:], id=e[0]) for e in SLOTS]
)
def test_slots(text: str, type_: ir.Type) -> None:
    assert type_of(text) == type_


def size_of(expression: str, n: str = "long n") -> ir.Expression | None:
    """What `size_is(EXPRESSION)` of a member comes to, beside n, m, a boolean, an enum."""
    fields = struct(
        f"const long K = 3; typedef unsigned short WORD; typedef enum {{ E4 = 4 }} E; "
        f"typedef struct {{ {n}; long m; boolean b; E e; char c; [size_is({expression})] char *p; }} S;",
        "S",
    ).fields
    pointer = fields[-1].type
    assert isinstance(pointer, ir.Pointer)
    assert isinstance(pointer.target, ir.Array)
    return pointer.target.size


def binary(operator: str) -> ir.Expression:
    return ir.Binary(operator, N, M)


OPERATORS: list[tuple[str, ir.Expression]] = [
    *[
        (f"n {o} m", binary(o))
        for o in ("+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|")
    ],
    *[(f"n {o} m", binary(o)) for o in ("==", "!=", "<", ">", "<=", ">=", "&&", "||")],
    ("-n", ir.Unary("-", N)),
    ("~n", ir.Unary("~", N)),
    ("!n", ir.Unary("!", N)),
    ("+n", N),
    ("(n)", N),
    ("n ? m : 3", ir.Conditional(N, M, ir.Constant(3))),
    ("n + m * 2", ir.Binary("+", N, ir.Binary("*", M, ir.Constant(2)))),
    ("(n + m) * 2", ir.Binary("*", ir.Binary("+", N, M), ir.Constant(2))),
    ("(n + 7) & ~7", ir.Binary("&", plus(N, 7), ir.Constant(-8))),
    ("n / sizeof(WORD)", ir.Binary("/", N, ir.Constant(2))),
    ("n / sizeof(wchar_t)", ir.Binary("/", N, ir.Constant(2))),
    ("n * sizeof(unsigned long)", ir.Binary("*", N, ir.Constant(4))),
    ("n + K", plus(N, 3)),
    ("n + E4", plus(N, 4)),
    ("n + 'a'", plus(N, 97)),
    ("2 + 3", ir.Constant(5)),
    ("0x10", ir.Constant(16)),
    ("K", ir.Constant(3)),
    ("(WORD)n", ir.Convert(N, 2, False)),
    ("(WORD)(n)", ir.Convert(N, 2, False)),
    ("(unsigned long)n", ir.Convert(N, 4, False)),
    ("(short)n", ir.Convert(N, 2, True)),
    ("b", ir.Sibling("b")),
    ("e", ir.Sibling("e")),
    ("c", ir.Sibling("c")),
]


@pytest.mark.parametrize(
    ("text", "expression"), OPERATORS, ids=[each[0] for each in OPERATORS]
)
def test_operators(text: str, expression: ir.Expression) -> None:
    assert size_of(text) == expression


def test_star_of_a_pointer() -> None:
    assert size_of("*n", "[ref] long *n") == STAR_N


def test_later_names_are_seen() -> None:
    body = f"void f({H}, [in, size_is(n)] char *p, [in] long n);"
    assert found(body) == []


TOLERATED: list[tuple[str, str, list[tuple[str, str, int | None]]]] = [
    (
        "null-pointer-counts",
        f"void f({H}, [in, unique] long *n, [in, size_is(*n)] char *p);",
        [("warning", "size-through-null", 2195)],
    ),
    (
        "hyper",
        f"void f({H}, [in] hyper n, [in, size_is(n)] char *p);",
        [("warning", "wide-count", 2059)],
    ),
    (
        "unsigned-hyper-behind-star",
        f"void f({H}, [in] unsigned hyper *n, [in, size_is(*n)] char *p);",
        [("warning", "wide-count", 2059)],
    ),
]


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*e[1:], id=e[0]) for e in TOLERATED]
)
def test_what_is_tolerated(body: str, said: list[tuple[str, str, int | None]]) -> None:
    assert found(body) == said


P = "[in, size_is({})] char *p"
FAULTS: list[tuple[str, str, list[tuple[str, int | None]]]] = [
    (
        "unknown-name",
        "[in, size_is(nope)] char *p",
        [("unknown-name-in-attribute", 2058)],
    ),
    (
        "too-many-slots",
        "[in, size_is(n, m)] char *p",
        [("attribute-not-allowed-here", 2072)],
    ),
    ("size-and-max", "[in, size_is(n), max_is(m)] char *p", [("max-and-size", 2077)]),
    (
        "length-and-last",
        "[in, length_is(n), last_is(m)] char p[9]",
        [("last-and-length", 2076)],
    ),
    ("size-on-fixed", "[in, size_is(n)] char p[9]", [("size-on-fixed", 2299)]),
    ("no-size", "[in] char p[]", [("no-size", 2105)]),
    ("length-without-size", "[in, length_is(n)] char *p", [("no-size", 2105)]),
    ("star-of-integer", "[in, size_is(*n)] char *p", [("deref-non-pointer", 2030)]),
    ("index-of-integer", "[in, size_is(n[0])] char *p", [("index-on-non-array", 2033)]),
    (
        "member-of-integer",
        "[in, size_is(n.x)] char *p",
        [("member-of-non-struct", 2034)],
    ),
    (
        "arrow-of-integer",
        "[in, size_is(n->x)] char *p",
        [("member-of-non-struct", 2034)],
    ),
    ("float", "[in] float x, [in, size_is(x)] char *p", [("count-not-integer", 2059)]),
    (
        "pointer",
        "[in] long *x, [in, size_is(x)] char *p",
        [("count-not-integer", 2059)],
    ),
    ("string", '[in, size_is("x")] char *p', [("unsupported-expression", None)]),
    ("out-size", "[out] long *x, [in, size_is(*x)] char *p", [("size-from-out", 2123)]),
    (
        "out-length",
        "[out] long *x, [in, length_is(*x)] char p[9]",
        [("length-from-out", 2124)],
    ),
    ("call", "[in, size_is(g(n))] char *p", [("unsupported-expression", None)]),
    ("all", "[in, size_is(*)] char *p", [("unsupported-expression", None)]),
    ("division-by-zero", "[in, size_is(n / 0)] char *p", [("divide-by-zero", 2031)]),
    (
        "string-and-length",
        "[in, string, length_is(n)] char *p",
        [("string-with-length", 2075)],
    ),
    (
        "string-and-last",
        "[in, string, last_is(n)] char *p",
        [("string-with-length", 2075)],
    ),
    (
        "assignment",
        "[in, size_is(n = 3)] char *p",
        [("syntax", 2025), ("attribute-arguments", 2025)],
    ),
    (
        "increment",
        "[in, size_is(n++)] char *p",
        [("syntax", 2025), ("attribute-arguments", 2025)],
    ),
    ("nothing", "[in, size_is()] char *p", [("attribute-arguments", 2025)]),
]


@pytest.mark.parametrize(
    ("text", "said"), [pytest.param(*e[1:], id=e[0]) for e in FAULTS]
)
def test_what_is_wrong(text: str, said: list[tuple[str, int | None]]) -> None:
    body = f"void f({H}, [in] long n, [in] long m, {text});"
    assert [e[1:] for e in found(body) if e[0] == "error"] == said


# What a caller may leave out: the count is worked out from five octets.
INVERSES: list[tuple[str, str, int | None]] = [
    ("itself", "n", 5),
    ("plus", "n + 2", 3),
    ("minus", "n - 2", 7),
    ("times", "n * 5", 1),
    ("over", "n / 2", 10),
    ("sum-first", "2 + n", 3),
    ("cast", "(unsigned long)n", 5),
    ("rounded-up", "(n + 4) & ~4", None),
    ("signed-cast", "(short)n", 5),
]


@pytest.mark.parametrize(
    ("expression", "count"),
    [pytest.param(e[1], e[2], id=e[0]) for e in INVERSES],
)
def test_count_from_data(expression: str, count: int | None) -> None:
    text = f"{HEADER} void f({H}, [in] long n, [in, size_is({expression})] char *p); }}"
    encode = midlpy.load_text(text, filename="t.idl").T["f"].encode_request
    if count is None:
        with pytest.raises(TypeError):
            encode(b"abcde")
        return
    # n, the maximum count, the octets
    head = count.to_bytes(4, "little") + (5).to_bytes(4, "little")
    assert encode(b"abcde") == head + b"abcde"


def test_count_of_max_is() -> None:
    text = f"{HEADER} void f({H}, [in] long n, [in, max_is(n)] char *p); }}"
    encode = midlpy.load_text(text, filename="t.idl").T["f"].encode_request
    assert encode(b"abcde") == bytes([4, 0, 0, 0, 5, 0, 0, 0]) + b"abcde"


# Ranges


RANGES: list[tuple[str, str, ir.Type]] = [
    ("integer", "[in, range(1, 9)] long p", ir.Ranged(LONG, ir.Range(1, 9))),
    ("hyper", "[in, range(1, 9)] hyper p", ir.Ranged(ir.Base(B.INT64), ir.Range(1, 9))),
    (
        "behind-a-pointer",
        "[in, range(1, 9)] long *p",
        ref(ir.Ranged(LONG, ir.Range(1, 9))),
    ),
    (
        "sized",
        "[in, range(1, 9), size_is(n)] char *p",
        ref(ir.Array(CHAR, None, N, range=ir.Range(1, 9))),
    ),
    (
        "string",
        "[in, range(1, 9), string] char *p",
        ref(ir.String(B.CHAR, range=ir.Range(1, 9))),
    ),
    ("negative", "[in, range(-3, 9)] long p", ir.Ranged(LONG, ir.Range(-3, 9))),
    ("expression", "[in, range(1 + 1, 3 * 3)] long p", ir.Ranged(LONG, ir.Range(2, 9))),
    ("stacked", "[in] [range(0, 8)] long p", ir.Ranged(LONG, ir.Range(0, 8))),
]


@pytest.mark.parametrize(
    ("text", "type_"), [pytest.param(*e[1:], id=e[0]) for e in RANGES]
)
def test_range(text: str, type_: ir.Type) -> None:
    assert type_of(text) == type_


def test_range_of_an_enum() -> None:
    type_ = parameter(
        f"typedef enum {{ A, Z }} E; void f({H}, [in, range(0, 1)] E p);", "p"
    ).type
    assert isinstance(type_, ir.Ranged)
    assert type_.range == ir.Range(0, 1)


def test_range_of_a_discriminant_is_checked() -> None:
    text = f"""{HEADER}
        typedef union switch ([range(1, 2)] long d) u {{ case 1: long a; default: ; }} U;
        void f({H}, [in] U *u); }}"""
    module = midlpy.load_text(text, filename="t.idl")
    operation = module.T["f"]
    (value,) = operation.decode_request(bytes([1, 0, 0, 0, 7, 0, 0, 0]))
    assert (value.d, value.u) == (1, 7)
    with pytest.raises(Exception, match="3"):
        operation.decode_request(bytes([3, 0, 0, 0]))
