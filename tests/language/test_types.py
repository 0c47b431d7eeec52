"""Types and what travels of them, statement by statement; octets worked out by hand."""

from __future__ import annotations

import inspect

import pytest

import midlpy
from tests.semantic.snippets import findings, found, model, wrap


def request(body: str, *arguments: object) -> str:
    """The octets of a request of ``f``, in NDR."""
    operation = midlpy.load_text(wrap(body)).T["f"]
    return operation.encode_request(*arguments).hex(" ")


def switched(type_: str, arms: str) -> str:
    return (
        f"typedef [switch_type({type_})] union {{ {arms} }} U;"
        f"void f([in] handle_t h, [in] {type_} k, [in, switch_is(k)] U u);"
    )


# Labels are values of the discriminant's type: C converts them


@pytest.mark.parametrize(
    ("type_", "label", "tag", "octets"),
    [
        ("char", "-1", 255, "ff ff 07"),
        ("long", "0xFFFFFFFF", -1, "ff ff ff ff ff ff ff ff 07"),
        ("short", "0x8000", -0x8000, "00 80 00 80 07"),
        ("boolean", "TRUE", True, "01 01 07"),
        ("unsigned long", "0xFFFFFFFF", 0xFFFFFFFF, "ff ff ff ff ff ff ff ff 07"),
    ],
)
def test_a_label_is_a_value_of_the_discriminant(
    type_: str, label: str, tag: int, octets: str
) -> None:
    body = switched(type_, f"[case({label})] byte a; [default];")
    assert request(body, tag, 7) == octets


def test_one_value_in_two_spellings_selects_two_arms() -> None:
    body = switched("long", "[case(-1)] byte a; [case(0xFFFFFFFF)] long b; [default];")
    assert found(body) == [("error", "duplicate-case", 2056)]
    encapsulated = "union E switch (long k) u { case -1: byte a; case 0xFFFFFFFF: ; };"
    assert ("error", "duplicate-case", 2056) in found(encapsulated)


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ("[case(1)] long a, b; [default];", [("error", "several-in-arm", None)]),
        ("[case(1)] long a; [default] long b, c;", [("error", "several-in-arm", None)]),
        ("", [("error", "empty-union", 2235)]),
    ],
)
def test_arms_of_a_union(arms: str, said: list[tuple[str, str, int | None]]) -> None:
    assert found(switched("long", arms)) == said


@pytest.mark.parametrize("arm", ["long a : 3", "long : 3"])
def test_a_bit_field_is_no_arm_that_travels(arm: str) -> None:
    rules = [
        rule for _, rule, _ in found(switched("long", f"[case(1)] {arm}; [default];"))
    ]
    assert rules == ["bit-fields-sent"]


def test_one_arm_of_a_union_switch_is_one_member() -> None:
    body = "union E switch (long k) u { case 1: long a, b; default: ; };"
    assert found(body) == [("error", "several-in-arm", None)]


# Enumerators are int


@pytest.mark.parametrize(
    ("value", "known"),
    [("4294967296", 0), ("0x1FFFFFFFF", -1), ("-2147483649", 2**31 - 1)],
)
def test_an_enumerator_that_is_no_int_is_told(value: str, known: int) -> None:
    body = f"typedef [v1_enum] enum {{ A = {value} }} E; const long K = A;"
    assert found(body) == [("warning", "constant-range", 2175)]
    assert [each.value for each in model(body).constants] == [known]


@pytest.mark.parametrize("value", ["0xFFFFFFFF", "0x80004005", "-1", "2147483647"])
def test_an_enumerator_may_be_a_bit_pattern(value: str) -> None:
    assert found(f"typedef [v1_enum] enum {{ A = {value} }} E;") == []


# Comments


@pytest.mark.parametrize(
    "comment", ["//! Says it.", "/*! Says it. */", "/** Says it. */", "/// Says it."]
)
def test_the_signs_of_doxygen_are_not_in_docstrings(comment: str) -> None:
    module = midlpy.load_text(wrap(f"{comment}\nvoid f([in] handle_t h);"))
    assert "\nSays it.\n" in (inspect.getdoc(module.TClient.f) or "")


# What cannot travel


def test_a_member_that_is_a_function_is_named() -> None:
    body = "struct X { long a; long (*cb)(long x); }; void f([in] handle_t h, [in] struct X *x);"
    (finding,) = findings(body)
    assert finding.message.endswith("in 'X', 'cb' is a function")
