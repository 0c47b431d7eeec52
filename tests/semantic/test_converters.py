"""Types with another representation: what travels, what is refused, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

import midlpy
from midlpy.driver import Batch, check_all, compile_to
from midlpy.driver import Options as Choices
from midlpy.semantic import ir
from midlpy.semantic.options import Options
from tests.semantic.snippets import H, errors, findings, found, model, parameter

WITH = Options(converters={"T": "my.types:T1", "U": "my.types:U1"})


def converted(body: str, acf: str | None = None) -> ir.ConvertedDeclaration:
    (only,) = [
        each
        for each in model(body, acf, WITH).types
        if isinstance(each, ir.ConvertedDeclaration)
    ]
    return only


USED = f"void f({H}, [in] T p);"


def names(options: Options, body: str, acf: str | None = None) -> list[str]:
    return [d.rule for d in findings(body, acf, options)]


@pytest.mark.parametrize(
    ("body", "acf", "wire"),
    [
        ("typedef [transmit_as(short)] long T;", None, ir.Base(ir.BaseKind.INT16)),
        (
            "typedef long T;",
            "typedef [represent_as(x)] T;",
            ir.Base(ir.BaseKind.INT32),
        ),
        ("typedef struct _T { long a; } T;", "typedef [user_marshal(x)] T;", "T_wire"),
        (
            "struct _T { long a; }; typedef struct _T T;",
            "typedef [represent_as(x)] T;",
            "T_wire",
        ),
        (
            "typedef struct { long a; } W; typedef [wire_marshal(W)] struct { char c; } T;",
            None,
            "W",
        ),
        ("typedef enum { A } W; typedef [transmit_as(W)] void *T;", None, "W"),
    ],
)
def test_what_travels_for_a_converted_type(
    body: str, acf: str | None, wire: ir.Type | str
) -> None:
    acf = None if acf is None else f"interface t {{ {acf} }}"
    declaration = converted(body + USED, acf)
    assert (declaration.name, declaration.converter) == ("T", "my.types:T1")
    expected = ir.Use("t.idl", wire) if isinstance(wire, str) else wire
    assert declaration.wire == expected


def test_uses_go_by_the_name_of_the_type() -> None:
    body = (
        "typedef [transmit_as(short)] long T; typedef T *PT; typedef T ALIAS;"
        f"void f({H}, [in, unique] PT p, [in] ALIAS q);"
    )
    operation = model(body, None, WITH).interfaces[0].operations[0]
    use = ir.Use("t.idl", "T")
    assert operation.parameters[0].type == ir.Pointer(use, ir.PointerKind.UNIQUE)
    assert operation.parameters[1].type == use


def test_without_a_converter_the_missing_option_is_named() -> None:
    (told,) = findings("typedef [transmit_as(short)] long T;" + USED)
    assert told.help == "add --converter T=package.module:Class"
    assert parameter(
        "typedef [transmit_as(short)] long T;" + USED, "p"
    ).type == ir.Base(ir.BaseKind.INT16)


@pytest.mark.parametrize(
    ("body", "acf"),
    [
        ("typedef long T;" + USED, None),
        ("typedef long TT; void f(" + H + ");", None),
    ],
)
def test_a_converter_for_nothing_is_said(body: str, acf: str | None) -> None:
    only = Options(converters={"T": "a:B"})
    assert names(only, body, acf) == ["converter-unused"]


CH = "typedef [context_handle] void *CH;"
OPEN = "typedef struct { long n; [size_is(n)] long a[]; } S;"


@pytest.mark.parametrize("options", [Options(), Options(converters={"T": "a:B"})])
@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (CH + "typedef [transmit_as(long)] CH T;", "transmit-context"),
        (CH + "typedef [transmit_as(CH)] long T;", "transmit-context"),
        ("typedef [transmit_as(long)] handle_t T;", "transmit-handle"),
        ("typedef [transmit_as(void)] long T;", "transmit-type"),
        (OPEN + "typedef [transmit_as(S)] long T;", "transmit-type"),
        (OPEN + "typedef [transmit_as(long)] S T;", "transmit-open"),
        ("typedef long *P; typedef [transmit_as(P)] long T;", "transmit-pointer"),
        (
            "typedef struct { [unique] long *p; } P; typedef [transmit_as(P)] long T;",
            "transmit-pointer",
        ),
        (
            "typedef [ptr] long *W; typedef [wire_marshal(W)] long T;",
            "marshal-full-pointer",
        ),
        (OPEN + "typedef [wire_marshal(S)] long T;", "marshal-open"),
    ],
)
def test_what_may_travel_is_checked(options: Options, body: str, rule: str) -> None:
    assert errors(body, None, options) == [rule]


def test_a_pointer_to_open_data_may_travel_for_user_code() -> None:
    body = OPEN + "typedef [unique] S *PS; typedef [wire_marshal(PS)] long T;" + USED
    assert errors(body, None, Options(converters={"T": "a:B"})) == []


def test_a_converted_type_stays_out_of_pipes() -> None:
    body = "typedef [transmit_as(short)] long T; typedef pipe T P;"
    assert errors(body, None, Options(converters={"T": "a:B"})) == ["pipe-use"]


def test_a_count_is_no_converted_value() -> None:
    body = (
        "typedef [transmit_as(short)] long T;"
        f"void f({H}, [in] T n, [in, size_is(n)] char *p);"
    )
    assert errors(body, None, Options(converters={"T": "a:B"})) == ["count-not-integer"]


def test_converters_that_meet_in_python_are_refused() -> None:
    text = (
        "[uuid(12345678-1234-1234-1234-123456789abc)] interface both {"
        "typedef [transmit_as(short)] long T; typedef [transmit_as(short)] long U; }"
    )
    with pytest.raises(midlpy.CompileError, match="'Same' in Python"):
        midlpy.compile_text(text, converters={"T": "a:Same", "U": "b:Same"})
    module = midlpy.compile_text(text, converters={"T": "a:Same", "U": "a:Same"})
    assert module.count("from a import Same\n") == 1


def test_a_converter_is_a_module_and_a_class() -> None:
    with pytest.raises(ValueError, match=r"T: 'a\.b' is not package\.module:Class"):
        midlpy.compile_text("", converters={"T": "a.b"})


def test_one_use_among_several_files_is_enough(tmp_path: Path) -> None:
    header = "[uuid(12345678-1234-1234-1234-12345678900{})] interface {} {{ {} }}"
    bodies = {"a": "typedef [transmit_as(short)] long T;", "b": "typedef long V;"}
    paths: list[Path] = []
    for number, (name, body) in enumerate(bodies.items()):
        paths.append(tmp_path / f"{name}.idl")
        paths[-1].write_text(header.format(number, name, body))
    options = Choices(converters={"T": "a:B", "W": "a:C"})
    told = [
        d
        for d in check_all([Batch(tuple(paths), tmp_path, options)])
        if d.rule == "converter-unused"
    ]
    assert {d.message for d in told} == {"the IDL has no type 'W' for a converter"}
    compile_to(paths, tmp_path, options)
    assert "ndr.converted(ndr.INT16, B())" in (tmp_path / "a.py").read_text()


def test_an_imported_converted_type_is_the_other_modules(tmp_path: Path) -> None:
    (tmp_path / "base.idl").write_text(
        "interface base { typedef [transmit_as(short)] long DAY; }"
    )
    (tmp_path / "top.idl").write_text(
        'import "base.idl"; [uuid(12345678-1234-1234-1234-123456789000)] interface top '
        "{ typedef struct { DAY a; DAY b[2]; } S; void f([in] handle_t h, [in] S s); }"
    )
    text = midlpy.compile_file(tmp_path / "top.idl", converters={"DAY": "a:B"})
    assert "    a: base.Day = ndr.default(base.DAY.zero)\n" in text
    assert "import B" not in text


def test_found_without_options_is_a_warning() -> None:
    acf = "interface t { typedef [represent_as(x)] T; }"
    assert found("typedef long T;", acf) == [("warning", "local-representation", None)]
