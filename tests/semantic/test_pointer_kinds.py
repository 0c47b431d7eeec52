"""Which kind a pointer is: by attribute, by place, by default, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.frontend.loader import load
from midlpy.semantic import ir
from midlpy.semantic.options import Options
from midlpy.semantic.resolve import resolve
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


# The order of the rules, one test each. Spec: MIDL reference, pointer_default.

OTHER = "uuid(12345678-1234-1234-1234-123456789abd)"
OWN = "uuid(12345678-1234-1234-1234-123456789abc)"


def field_kinds(body: str, name: str) -> list[list[ir.PointerKind]]:
    return [kinds(field.type) for field in struct(body, name).fields]


@pytest.mark.parametrize(
    ("word", "kind"), [("ref", REF), ("unique", UNIQUE), ("ptr", FULL)]
)
def test_first_an_attribute_decides_for_the_outermost_pointer_where_it_stands(
    word: str, kind: ir.PointerKind
) -> None:
    body = (
        f"typedef struct {{ [{word}] long **m; }} S; "
        f"typedef [switch_type(long)] union {{ [case(1), unique] long **a; [default]; }} U;"
        f"[unique] long **f([in] handle_t h, [in, {word}] long **p);"
    )
    assert field_kinds(body, "S") == [[kind, UNIQUE]]
    found = operation(body)
    assert kinds(found.parameters[0].type) == [kind, UNIQUE]
    assert kinds(found.return_type) == [UNIQUE, UNIQUE]


@pytest.mark.parametrize(
    ("word", "kind"), [("ref", REF), ("unique", UNIQUE), ("ptr", FULL)]
)
def test_second_the_attribute_of_a_typedef_decides_for_its_outermost_pointer(
    word: str, kind: ir.PointerKind
) -> None:
    body = (
        f"typedef [{word}] long **PPL; typedef PPL AGAIN; "
        "typedef struct { PPL a; AGAIN b; PPL *c; } S; "
        "void f([in] handle_t h, [in] PPL p, [in] AGAIN q, [in] PPL *r);"
    )
    inside = [kind, UNIQUE]
    assert field_kinds(body, "S") == [inside, inside, [UNIQUE, *inside]]
    types = [kinds(each.type) for each in operation(body).parameters]
    assert types == [inside, inside, [REF, *inside]]


def test_a_use_says_more_than_its_typedef() -> None:
    body = (
        "typedef [unique] long *UL; typedef struct { [ptr] UL a; [ref] UL b; } S; "
        "void f([in] handle_t h, [in, ptr] UL p, [in, ref] UL q);"
    )
    assert field_kinds(body, "S") == [[FULL], [REF]]
    assert [kinds(p.type) for p in operation(body).parameters] == [[FULL], [REF]]


@pytest.mark.parametrize("default", ["ref", "unique", "ptr"])
def test_third_the_outermost_pointer_of_a_parameter_is_a_reference(
    default: str,
) -> None:
    body = (
        f"[{OWN}, pointer_default({default})] interface t {{ typedef long *PL; "
        "typedef PL AGAIN; void f([in] handle_t h, [in] long *a, [in] PL b, "
        "[in] AGAIN c, [in, string] char *d); }"
    )
    assert [kinds(p.type) for p in operation(body).parameters] == [[REF]] * 4


def test_fourth_the_interface_that_defines_a_pointer_decides_not_the_one_that_uses_it() -> (
    None
):
    body = (
        f"[{OTHER}, pointer_default(ptr)] interface b "
        "{ typedef long *PL; typedef struct { long *p; } B; } "
        f"[{OWN}, pointer_default(ref)] interface t "
        "{ typedef struct { PL p; long *q; PL *r; } S; "
        "PL f([in] handle_t h, [in] PL *p, [in] B *b); }"
    )
    assert field_kinds(body, "B") == [[FULL]]
    assert field_kinds(body, "S") == [[FULL], [REF], [REF, FULL]]
    found = model(body).interfaces[1].operations[0]
    assert kinds(found.parameters[0].type) == [REF, FULL]
    assert kinds(found.return_type) == [FULL]


def imported(tmp_path: Path, inner: str, header: str) -> tuple[ir.Model, list[str]]:
    """The model of the imported file, and the slugs told of the one that imports it."""
    (tmp_path / "inner.idl").write_text(inner)
    (tmp_path / "t.idl").write_text(
        f'import "inner.idl"; [{OWN}{header}] interface t '
        "{ typedef struct { PL p; } T; void f([in] handle_t h, [in] S *s); }"
    )
    loaded = load(tmp_path / "t.idl")
    assert loaded.source is not None
    resolution = resolve(loaded.source)
    return resolution.model.imports[0], [each.rule for each in resolution.diagnostics]


INNER = "typedef long *PL; typedef struct { long *p; } S;"


def inner_kinds(model: ir.Model) -> list[ir.PointerKind]:
    (found,) = (each for each in model.types if each.name == "S")
    assert isinstance(found, ir.StructDeclaration)
    return kinds(found.fields[0].type)


def test_an_imported_interface_decides_for_its_own_pointers(tmp_path: Path) -> None:
    inner = f"[{OTHER}, pointer_default(ref)] interface b {{ {INNER} }}"
    found, told = imported(tmp_path, inner, ", pointer_default(ptr)")
    assert (inner_kinds(found), told) == ([REF], [])


@pytest.mark.parametrize("default", ["ref", "ptr"])
def test_fifth_the_importing_file_would_decide_which_is_told(
    tmp_path: Path, default: str
) -> None:
    found, told = imported(tmp_path, INNER, f", pointer_default({default})")
    assert (inner_kinds(found), told) == ([UNIQUE], ["imported-pointer-default"])


@pytest.mark.parametrize(
    ("inner", "header"),
    [
        pytest.param(INNER, ", pointer_default(unique)", id="the same"),
        pytest.param(INNER, ", local, pointer_default(ptr)", id="no stubs"),
        pytest.param(
            "typedef [ref] long *PL; typedef struct { [unique] long *p; } S;",
            ", pointer_default(ptr)",
            id="attributes",
        ),
    ],
)
def test_nothing_is_told_where_the_importing_file_decides_nothing(
    tmp_path: Path, inner: str, header: str
) -> None:
    _, told = imported(tmp_path, inner, header)
    assert "imported-pointer-default" not in told


def test_a_typedef_that_is_imported_is_told_of_where_it_makes_a_pointer(
    tmp_path: Path,
) -> None:
    inner = "typedef long *PL; typedef struct { [unique] long *p; } S;"
    _, told = imported(tmp_path, inner, ", pointer_default(ptr)")
    assert told == ["imported-pointer-default"]


def test_sixth_a_typedef_that_nothing_decides_is_told_of_where_it_is_used() -> None:
    body = f"[{OWN}] interface t {{ typedef long *PL; typedef struct {{ PL p; PL q; }} S; }}"
    assert field_kinds(body, "S") == [[UNIQUE], [UNIQUE]]
    assert found(body) == [("warning", "no-pointer-default", 2038)]


def test_sixth_a_pointer_that_nothing_decides_is_unique_in_arms_too() -> None:
    body = (
        f"[{OWN}] interface t {{ typedef [switch_type(long)] union "
        "{ [case(1)] long *a; [default]; } U; }"
    )
    (union,) = model(body).types
    assert isinstance(union, ir.UnionDeclaration)
    assert union.arms[0].type is not None
    assert kinds(union.arms[0].type) == [UNIQUE]
    assert found(body) == [("warning", "no-pointer-default", 2038)]
