"""Which kind a pointer is: by attribute, by place, by default, in this order."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from midlpy.semantic.options import Options
from tests.semantic.snippets import found, model, operation, parameter, struct

REF, UNIQUE, FULL = ir.PointerKind.REF, ir.PointerKind.UNIQUE, ir.PointerKind.FULL


def kinds(type_: ir.Type) -> list[ir.PointerKind]:
    """The kinds of a chain of pointers, outermost first."""
    chain: list[ir.PointerKind] = []
    while isinstance(type_, ir.Pointer):
        chain.append(type_.kind)
        type_ = type_.target
    return chain


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        pytest.param("[in] long *p", [REF], id="own pointer of a parameter is ref"),
        pytest.param("[in, unique] long *p", [UNIQUE], id="attribute wins"),
        pytest.param("[in, ptr] long *p", [FULL], id="ptr is a full pointer"),
        pytest.param(
            "[out] long **p", [REF, UNIQUE], id="inner level takes the default"
        ),
        pytest.param(
            "[in, unique] long **p", [UNIQUE, UNIQUE], id="attribute is outer"
        ),
        pytest.param("[in] PL p", [REF], id="pointer of a typedef is ref as well"),
        pytest.param("[in] UL p", [UNIQUE], id="attribute of the typedef counts"),
        pytest.param("[in, ref] UL p", [REF], id="use wins over typedef"),
        pytest.param("[in] UL *p", [REF, UNIQUE], id="typedef keeps its level inside"),
    ],
)
def test_parameter(declaration: str, expected: list[ir.PointerKind]) -> None:
    found = parameter(
        f"typedef long *PL; typedef [unique] long *UL; "
        f"void f([in] handle_t h, {declaration});",
        "p",
    )
    assert kinds(found.type) == expected


@pytest.mark.parametrize(
    ("default", "expected"), [("ref", REF), ("unique", UNIQUE), ("ptr", FULL)]
)
def test_pointer_default_is_for_members_not_for_parameters(
    default: str, expected: ir.PointerKind
) -> None:
    body = f"""
    [uuid(12345678-1234-1234-1234-123456789abc), pointer_default({default})]
    interface t {{
        typedef struct {{ long *p; }} S;
        void f([in] handle_t h, [in] long *q, [in] S *s);
    }}
    """
    found = operation(body)
    (declared,) = model(body).types
    assert isinstance(declared, ir.StructDeclaration)
    assert kinds(declared.fields[0].type) == [expected]
    assert kinds(found.parameters[0].type) == [REF]


def test_without_pointer_default_it_is_unique_and_said_once() -> None:
    body = """
    [uuid(12345678-1234-1234-1234-123456789abc)] interface t {
        typedef struct { long *p; long *q; } S;
    }
    """
    assert kinds(struct(body, "S").fields[0].type) == [UNIQUE]
    assert found(body) == [("warning", "no-pointer-default", 2038)]


def test_under_osf_the_default_is_full() -> None:
    body = """
    [uuid(12345678-1234-1234-1234-123456789abc)] interface t {
        typedef struct { long *p; } S;
    }
    """
    (declared,) = model(body, options=Options(osf=True)).types
    assert isinstance(declared, ir.StructDeclaration)
    assert kinds(declared.fields[0].type) == [FULL]


def test_unique_array_parameter_is_a_pointer_to_an_array() -> None:
    found = parameter(
        "void f([in] handle_t h, [in] long n, [in, unique, size_is(n)] long p[]);", "p"
    )
    assert kinds(found.type) == [UNIQUE]


def test_attribute_on_a_member_array_of_pointers_is_for_the_pointers() -> None:
    declared = struct("typedef struct { [ptr] long *p[3]; } S;", "S")
    assert declared.fields[0].type == ir.Array(
        ir.Pointer(ir.Base(ir.BaseKind.INT32), FULL), bound=3
    )


def test_result_takes_the_default() -> None:
    assert kinds(operation("long *f([in] handle_t h);").return_type) == [UNIQUE]


def test_context_handle_pointers_are_references() -> None:
    body = """
        typedef [context_handle] void *CH;
        typedef [ref] CH *PCH;
        void f([in, out] CH *c, [out] PCH d);
    """
    found = operation(body)
    use = ir.Use("t.idl", "CH")
    assert [p.type for p in found.parameters] == [ir.Pointer(use, REF)] * 2
