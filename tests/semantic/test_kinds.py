"""Attributes of one kind of type: they act, or it is said that they do not."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from tests.semantic.snippets import H, findings, found, model

PLACE = [("error", "attribute-not-allowed-here", 2072)]
IGNORED = [("warning", "attribute-ignored", 2176)]
U = "typedef [switch_type(long)] union _U { [case(1)] long a; [default]; } U; "
PLAIN = "union _W { [case(1)] long a; [default]; }; "


def is_wide(body: str, name: str) -> bool:
    (enum,) = (each for each in model(body).types if each.name == name)
    assert isinstance(enum, ir.EnumDeclaration)
    return enum.is_v1


@pytest.mark.parametrize("word", ["v1_enum", "long_enum"])
def test_a_wide_enum_has_32_bits(word: str) -> None:
    assert is_wide(f"typedef [{word}] enum {{ A }} E;", "E")
    assert is_wide(f"[{word}] enum E {{ A }};", "E")
    assert is_wide(f"typedef [{word}] enum _E {{ A }} E, *PE;", "E")
    assert not is_wide("typedef enum { A } E;", "E")


@pytest.mark.parametrize("word", ["v1_enum", "long_enum"])
def test_a_typedef_does_not_widen_an_enum_of_its_own_width(word: str) -> None:
    assert found(f"enum E {{ A }}; typedef [{word}] enum E F;") == PLACE
    assert found(f"typedef enum {{ A }} E; typedef [{word}] E F;") == PLACE
    assert found(f"[v1_enum] enum E {{ A }}; typedef [{word}] enum E F;") == []


@pytest.mark.parametrize(
    "word", ["v1_enum", "long_enum", "short_enum", "ms_union", "switch_type(long)"]
)
@pytest.mark.parametrize(
    "what", ["long T;", "struct { long a; } T;", "long *T;", "long T[4];"]
)
def test_only_enums_and_unions_have_it(word: str, what: str) -> None:
    assert found(f"typedef [{word}] {what}") == PLACE


def test_enums_have_no_discriminant_and_unions_no_width() -> None:
    assert found("typedef [ms_union] enum { A } T;") == PLACE
    body = (
        "typedef [v1_enum, switch_type(long)] union { [case(1)] long a; [default]; } T;"
    )
    assert found(body) == PLACE


def test_short_enums_are_short_unless_they_are_long() -> None:
    assert found("typedef [short_enum] enum { A } E;") == []
    assert not is_wide("typedef [short_enum] enum { A } E;", "E")
    assert found("typedef [short_enum, v1_enum] enum { A } E;") == IGNORED


def test_an_encapsulated_union_is_no_ms_union() -> None:
    body = "union switch (long t) { case 1: long a; default: ; } X;"
    assert found(f"typedef [ms_union] {body}") == IGNORED
    assert found(f"typedef {body}") == []


@pytest.mark.parametrize("word", ["ms_union", "switch_type(long)"])
@pytest.mark.parametrize("type_", ["long x", "long *x", "struct { long a; } x"])
def test_a_member_that_is_no_union_has_none_of_it(word: str, type_: str) -> None:
    assert found(f"typedef struct {{ [{word}] {type_}; }} S;") == PLACE


def test_a_use_of_a_union_may_say_its_switch_type_again() -> None:
    again = "void f({}, [in] long n, [in, switch_is(n), switch_type({})] U *u);"
    assert found(U + again.format(H, "long")) == []
    mismatch = [("error", "switch-type-mismatch", 2083)]
    assert found(U + again.format(H, "short")) == mismatch
    assert found(U + again.format(H, "hyper")) == mismatch


def test_a_use_gives_a_union_the_switch_type_it_lacks() -> None:
    body = PLAIN + (
        "typedef struct { short n; [switch_is(n), switch_type(short)] union _W w; } S;"
    )
    assert found(body) == []
    (union,) = (t for t in model(body).types if isinstance(t, ir.UnionDeclaration))
    assert union.discriminant == ir.Base(ir.BaseKind.INT16)


def test_a_local_type_of_the_idl_is_told_to_be_presented_as_it_travels() -> None:
    for word in ("represent_as", "user_marshal"):
        (told,) = findings(f"typedef [{word}(LOCAL)] struct {{ long a; }} T;")
        assert told.rule == "local-representation"
        assert told.help == "add --converter T=package.module:Class"


@pytest.mark.parametrize("label", ["case(3)", "default"])
def test_an_arm_of_a_union_switch_has_its_labels_ahead(label: str) -> None:
    body = f"union switch (long t) {{ case 1: [{label}] long a; default: ; }} X;"
    assert found(f"typedef {body}") == PLACE


def test_an_empty_arm_has_nothing_but_labels() -> None:
    body = "typedef [switch_type(long)] union {{ [case(1)] long a; [{}]; }} X;"
    assert found(body.format("default")) == []
    assert found(body.format("default, string")) == IGNORED


def test_async_on_a_parameter_says_nothing_of_the_operation() -> None:
    assert found(f"void f({H}, [in, async] long a);") == IGNORED


def test_an_async_uuid_is_one_of_com() -> None:
    twin = "async_uuid(12345678-1234-1234-1234-123456789abd)"
    body = f"[uuid(12345678-1234-1234-1234-123456789abc), {twin}] interface t"
    assert found(body + f" {{ void f({H}); }}") == IGNORED
    assert found(body.replace("[", "[object, ") + ": IUnknown { }") == []


CH = "typedef [context_handle] void *CH; "
MODE = ("error", "serialize-mode-type", 2378)


@pytest.mark.parametrize(
    ("body", "acf", "is_wrong"),
    [
        ("typedef [{0}] long T;", "", True),
        ("typedef [{0}] struct {{ long a; }} T;", "", True),
        ("typedef [{0}] void *T;", "", True),
        ("typedef [context_handle, {0}] void *T;", "", False),
        (CH + "typedef [{0}] CH T;", "", False),
        (CH + "void f([in, {0}] CH c);", "", False),
        (CH + "void f([in] CH c, [in, {0}] long a);", "", True),
        (CH + "void f([in] CH c, [in] long a);", "f([{0}] a);", True),
        (CH + "void f([in] CH c, [in] long a);", "f([{0}] c);", False),
        (CH + "void f([in] CH c, [in] long a);", "[{0}] f();", False),
        (CH + "void f([in] handle_t h, [in] long a);", "[{0}] f();", True),
    ],
)
def test_only_context_handles_have_a_serialize_mode(
    body: str, acf: str, is_wrong: bool
) -> None:
    word = "context_handle_noserialize"
    told = found(body.format(word), f"interface t {{ {acf.format(word)} }}")
    assert told == [MODE] * is_wrong


def test_strict_and_type_strict_exclude_each_other() -> None:
    acf = "[strict_context_handle, type_strict_context_handle] interface t { }"
    assert ("error", "conflicting-attributes", 2096) in found(f"void f({H});", acf)
    assert found(f"void f({H});", "[strict_context_handle] interface t { }") == []
