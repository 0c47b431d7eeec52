"""Definitions and expansions."""

from __future__ import annotations

import re

import pytest

from midlpy.frontend.macros import (
    MAX_EXPANSION_DEPTH,
    ExpansionLimit,
    MacroError,
    Macros,
    _Plain,
    predefined,
)


def macros(*definitions: str) -> Macros:
    made = Macros()
    for definition in definitions:
        made.define(definition)
    return made


def words(text: str) -> str:
    """Text with its white space evened out, which means nothing."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("definitions", "use", "expansion"),
    [
        (("N 5",), "N", "5"),
        (("N",), "N", ""),
        (("N (1 + M)", "M 3"), "N", "(1 + 3)"),
        (("N N + 1",), "N", "N + 1"),
        (("A B", "B A"), "A", "A"),
        (("F(x) [x]",), "F(1)", "[1]"),
        (("F(x, y) y x",), "F((1, 2), z)", "z (1, 2)"),
        (("F(x) #x",), 'F(a "b")', '"a \\"b\\""'),
        (("F(x, y) x##y",), "F(un, signed)", "unsigned"),
        (("F() 1",), "F()", "1"),
        (("F(x, ...) x __VA_ARGS__",), "F(1, 2, 3)", "1 2, 3"),
        (("F(x) G(x)", "G(x) x x"), "F(F(1))", "1 1 1 1"),
        (('S "N"', "N 1"), "S", '"N"'),
        (("H 0xN", "N 1"), "H", "0xN"),
    ],
)
def test_expansion(definitions: tuple[str, ...], use: str, expansion: str) -> None:
    assert words(macros(*definitions).expand(use)) == expansion


def test_a_definition_replaces_the_one_before() -> None:
    made = macros("N 1", "A(x) x N")
    assert words(made.expand("A(0)")) == "0 1"
    made.define("N 2")
    assert words(made.expand("A(0)")) == "0 2"
    made.undefine("N")
    assert words(made.expand("A(0)")) == "0 N"
    assert "N" not in made


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("", "wants a name"),
        ("1 2", "wants a name"),
        ("F(x", "have no end"),
        ("F(1) x", "'1' cannot be a parameter"),
        ("F(x,) x", "'' cannot be a parameter"),
        ("defined 1", "cannot be a macro"),
    ],
)
def test_what_is_no_definition_says_why(definition: str, message: str) -> None:
    with pytest.raises(MacroError, match=message):
        macros(definition)


def test_the_number_of_arguments_is_checked() -> None:
    with pytest.raises(MacroError, match="requires 2 arguments but was passed 1"):
        macros("F(x, y) x y").expand("F(1)")


def test_doubling_ends_at_the_limit() -> None:
    doubling = [f"A{n + 1} A{n} A{n}" for n in range(64)]
    with pytest.raises(ExpansionLimit):
        macros("A0 x", *doubling).expand("A64")


def test_a_long_chain_ends_at_the_limit() -> None:
    chain = [f"A{n + 1} A{n}" for n in range(MAX_EXPANSION_DEPTH + 1)]
    with pytest.raises(ExpansionLimit):
        macros("A0 x", *chain).expand(f"A{MAX_EXPANSION_DEPTH + 1}")


def test_the_limits_are_the_same_whatever_was_expanded_before() -> None:
    chain = [f"A{n + 1} A{n}" for n in range(MAX_EXPANSION_DEPTH + 1)]
    made = macros("A0 x", *chain, *[f"B{n + 1} B{n} B{n}" for n in range(64)])
    for name in ("A30", f"A{MAX_EXPANSION_DEPTH - 1}"):
        assert words(made.expand(name)) == "x"
    for n in range(17):
        assert len(made.expand(f"B{n}").split()) == 2**n
    for name in (f"A{MAX_EXPANSION_DEPTH + 1}", "B17"):
        for _ in range(2):
            with pytest.raises(ExpansionLimit):
                made.expand(name)


def test_what_a_name_is_within_itself_is_not_kept_for_elsewhere() -> None:
    made = macros("A (B A)", "B [A B]", "C A B")
    for _ in range(2):
        assert words(made.expand("A")) == "([A B] A)"
        assert words(made.expand("B")) == "[(B A) B]"
        assert words(made.expand("C")) == "([A B] A) [(B A) B]"


def test_a_change_is_seen_by_what_was_expanded_before() -> None:
    made = macros("A B", "B C", "F() 1")
    assert made.expand("A") == "C"
    made.define("C 4")
    assert made.expand("A") == "4"
    made.define("C F()")
    assert words(made.expand("A")) == "1"
    made.undefine("B")
    assert made.expand("A") == "B"
    made.define("B 2")
    assert made.expand("A") == "2"


def test_a_table_of_constants_takes_one_step_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = [f"N{n + 1} (N{n}+1)" for n in range(50)]
    made = macros("N0 0", *table)
    steps = 0
    replaced = _Plain._replaced

    def counted(self: _Plain, match: re.Match[str]) -> str:
        nonlocal steps
        steps += 1
        return replaced(self, match)

    monkeypatch.setattr(_Plain, "_replaced", counted)
    for n in range(51):
        made.expand(f"N{n}")
    # The use, the name before, and two numbers.
    assert steps <= 4 * 51


def test_conditions_of_numbers_need_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    made = macros("N 5", "M (N + 1)")
    monkeypatch.setattr("midlpy.frontend.macros._Engine", None)
    assert made.evaluate("defined(N) && M > 5 && M < 7")


def test_the_engine_is_usable_after_a_limit() -> None:
    made = macros("A B B", "B A A x x", "F(x) x", "L(x) L2(x x)", "L2(x) x")
    with pytest.raises(ExpansionLimit):
        made.expand("F(" * 200 + ")" * 200)
    assert words(made.expand("F(1)")) == "1"


def test_a_macro_of_plain_macros_needs_no_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = macros("ALL [id(A), x] long A2; 'A' A", "A B + ALL", "B 3")
    monkeypatch.setattr("midlpy.frontend.macros._Engine", None)
    assert words(made.expand("ALL")) == "[id(3 + ALL), x] long A2; 'A' 3 + ALL"


def test_every_file_begins_with_these() -> None:
    made = predefined((), ())
    assert made.expand("__midl") == "801"
    assert made.is_defined("_WIN32")
    assert made.is_defined("__MIDLPY__")
    assert made.is_defined("GUID_DEFINED")
    assert not made.is_defined("__cplusplus")


def test_decoration_vanishes_but_is_not_defined() -> None:
    made = predefined((), ())
    assert made.expand("OPTIONAL") == ""
    assert made.expand("CONST") == "const"
    assert not made.is_defined("OPTIONAL")


def test_the_command_line_defines_and_undefines() -> None:
    made = predefined(("A", "B=2", "C="), ("__midl", "IN"))
    assert [made.expand(name) for name in "ABC"] == ["1", "2", ""]
    assert not made.is_defined("__midl")
    assert "IN" not in made


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("defined(N) && !defined M", True),
        ("defined N && N > 4", True),
        ("N == 5 && F(2) == 4", True),
        ("N == 6", False),
        ("defined(IN)", False),
        ("M", False),
    ],
)
def test_conditions_see_macros(text: str, value: bool) -> None:
    made = predefined((), ())
    made.define("N 5")
    made.define("F(x) (x * 2)")
    assert made.evaluate(text) is value
