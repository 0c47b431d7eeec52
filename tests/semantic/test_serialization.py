"""encode and decode: which types and procedures they stand on, and where they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.frontend.loader import load
from midlpy.semantic import ir
from midlpy.semantic.resolve import resolve
from tests.semantic.snippets import (
    HEADER,
    UUID,
    H,
    errors,
    findings,
    found,
    model,
    operation,
)

TYPES = "typedef long T; typedef struct { long a; } S; typedef S *PS; "
CALL = f"void f({H}, [in] long a); "


def asked(body: str, acf: str | None = None) -> dict[str, str]:
    """What is serialized, and which ways."""
    return {each.name: each.serialization.value for each in model(body, acf).serialized}


def test_nothing_is_serialized_unless_asked() -> None:
    assert asked(TYPES + CALL) == {}
    assert operation(CALL).serialization is None


@pytest.mark.parametrize("word", ["encode", "decode", "encode, decode"])
def test_a_typedef_of_the_acf_asks_for_one_type(word: str) -> None:
    assert asked(TYPES, f"interface t {{ typedef [{word}] S; }}") == {"S": word}


def test_the_idl_may_ask_itself() -> None:
    assert asked("typedef [encode] struct { long a; } S, *PS;") == {
        "S": "encode",
        "PS": "encode",
    }


def test_two_lines_of_the_acf_add_up() -> None:
    acf = "interface t { typedef [encode] T; typedef [decode] T; }"
    assert asked(TYPES, acf) == {"T": "encode, decode"}


def test_an_interface_asks_for_its_types_and_procedures() -> None:
    acf = "[encode, decode] interface t { }"
    both = "encode, decode"
    assert asked(TYPES + CALL, acf) == {"T": both, "S": both, "PS": both}
    assert operation(TYPES + CALL, acf).serialization is ir.Serialization.BOTH


def test_a_type_has_the_last_word_over_its_interface() -> None:
    acf = "[encode, decode] interface t { typedef [decode] S; }"
    assert asked(TYPES, acf)["S"] == "decode"


def test_an_interface_asks_for_nothing_of_another() -> None:
    other = f"[uuid({UUID[:-1]}d)] interface b {{ typedef long U; }}"
    body = f"{HEADER} typedef long T; }} {other}"
    assert set(asked(body, "[encode] interface b { }")) == {"U"}


def test_an_interface_leaves_out_what_makes_no_buffer() -> None:
    body = (
        "typedef [context_handle] void *CH; typedef pipe long P; typedef long O[]; "
        "typedef [switch_type(long)] union { [case(1)] long a; [default]; } U; "
        "typedef union { long a; short b; } CU; typedef void *V; typedef long T;"
    )
    assert set(asked(body, "[encode] interface t { }")) == {"T"}


def test_a_pointer_is_of_the_kind_it_has_inside_of_types() -> None:
    for default, kind in (("ptr", "FULL"), ("unique", "UNIQUE"), ("ref", "REF")):
        body = (
            f"[uuid({UUID}), pointer_default({default})] interface t {{ "
            "typedef [encode] long *P; typedef [encode, unique] long *Q; }"
        )
        types = {each.name: each.type for each in model(body).serialized}
        number = ir.Base(ir.BaseKind.INT32)
        assert types["P"] == ir.Pointer(number, ir.PointerKind[kind])
        assert types["Q"] == ir.Pointer(number, ir.PointerKind.UNIQUE)


@pytest.mark.parametrize(
    ("declaration", "rule", "number"),
    [
        ("typedef [context_handle] void *X;", "serialized-type", None),
        ("typedef pipe long X;", "serialized-type", None),
        ("typedef handle_t X;", "serialized-type", None),
        ("typedef void *X;", "serialized-type", None),
        ("typedef union { long a; short b; } X;", "serialized-type", None),
        ("typedef struct { void *p; } X;", "serialized-type", None),
        ("typedef long X[];", "serialized-open-array", 2278),
        ("typedef [size_is(4)] long X[];", "serialized-open-array", 2278),
        ("typedef [size_is(n)] long *X;", "serialized-open-array", 2278),
        ("typedef [length_is(n)] long X[4];", "serialized-open-array", 2278),
    ],
)
def test_what_makes_no_buffer_is_refused_where_it_is_asked_for(
    declaration: str, rule: str, number: int | None
) -> None:
    told = found(declaration, "interface t { typedef [encode, decode] X; }")
    assert told == [("error", rule, number)]


@pytest.mark.parametrize(
    "declaration",
    [
        "typedef [string] wchar_t *X;",
        "typedef [string] char X[80];",
        "typedef [size_is(4)] long *X;",
        "typedef long X[4];",
        "typedef struct { long n; [size_is(n)] char a[]; } X;",
        "typedef union switch (long t) { case 1: long a; default: ; } X;",
    ],
)
def test_what_has_a_size_of_its_own_makes_one(declaration: str) -> None:
    assert found(declaration, "interface t { typedef [encode] X; }") == []
    assert set(asked(declaration, "interface t { typedef [encode] X; }")) == {"X"}


def test_a_serialized_procedure_is_told_to_stay_a_call() -> None:
    told = findings(CALL, "interface t { [encode, decode] f(); }")
    (warning,) = (each for each in told if each.rule == "serialized-procedure")
    assert warning.severity.value == "warning"
    assert "compiled as a call" in warning.message


@pytest.mark.parametrize(
    "acf",
    [
        "[auto_handle, encode] interface t { }",
        "[auto_handle] interface t { typedef [decode] T; }",
        "[auto_handle] interface t { [encode] f(); }",
    ],
)
def test_auto_handle_excludes_both(acf: str) -> None:
    body = "typedef long T; void f([in] long a);"
    assert errors(body, acf) == ["serialized-auto-handle"]


def test_procedures_are_serialized_all_or_none() -> None:
    body = CALL + f"void g({H}); [local] void l(long a);"
    assert errors(body, "interface t { [encode] g(); }") == ["serialized-and-called"]
    assert errors(body, "interface t { [encode] g(); [decode] f(); }") == []
    assert errors(TYPES + body, "interface t { typedef [encode] T; }") == []


def test_pipes_are_one_mistake() -> None:
    body = f"typedef pipe long P; void f({H}, [in] P *p); void g({H});"
    acf = "interface t { [async, encode] f(); }"
    assert errors(body, acf) == ["pipe-serialization"]


def test_com_interfaces_serialize_nothing() -> None:
    body = (
        f"[object, uuid({UUID})] interface t : IUnknown {{ HRESULT m([in] long a); }}"
    )
    for acf in ("[encode] interface t { }", "interface t { [decode] m(); }"):
        assert errors(body, acf) == ["serialized-object"]


def test_a_local_operation_has_nothing_to_serialize() -> None:
    assert errors(CALL + "[local, encode] void l(long a);") == ["acf-local-operation"]


def test_an_imported_type_is_serialized_where_the_acf_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.idl").write_text("typedef struct { long a; } S;")
    (tmp_path / "t.idl").write_text(f'import "a.idl"; {HEADER} typedef long T; }}')
    (tmp_path / "t.acf").write_text("interface t { typedef [encode] S; }")
    loaded = load(tmp_path / "t.idl")
    assert loaded.source is not None
    (only,) = resolve(loaded.source).model.serialized
    assert only.type == ir.Use(str(tmp_path / "a.idl"), "S")
