"""Names, named types, unions, and what cannot travel."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from midlpy.semantic.ir import Base, BaseKind, Use
from tests.semantic.snippets import errors, findings, found, model, parameter, struct

H = "[in] handle_t h"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("char", BaseKind.CHAR),
        ("unsigned char", BaseKind.CHAR),
        ("signed char", BaseKind.INT8),
        ("small", BaseKind.INT8),
        ("unsigned small", BaseKind.UINT8),
        ("short int", BaseKind.INT16),
        ("int unsigned short", BaseKind.UINT16),
        ("unsigned", BaseKind.UINT32),
        ("long", BaseKind.INT32),
        ("unsigned long int", BaseKind.UINT32),
        ("hyper", BaseKind.INT64),
        ("unsigned __int64", BaseKind.UINT64),
        ("__int3264", BaseKind.INT3264),
        ("boolean", BaseKind.BOOLEAN),
        ("double", BaseKind.DOUBLE),
        ("wchar_t", BaseKind.WCHAR),
        ("error_status_t", BaseKind.ERROR_STATUS),
        ("DWORD", BaseKind.UINT32),
        ("BYTE", BaseKind.CHAR),
        ("ULONG_PTR", BaseKind.UINT3264),
    ],
)
def test_base_type(words: str, expected: BaseKind) -> None:
    assert parameter(f"void f({H}, [in] {words} p);", "p").type == Base(expected)


def test_windows_text_needs_no_import() -> None:
    assert parameter(f"void f({H}, [in] LPCWSTR p);", "p").type == ir.Pointer(
        ir.String(BaseKind.WCHAR), ir.PointerKind.REF
    )


def test_windows_structs_join_the_file_that_uses_them() -> None:
    found = model(f"void f({H}, [in] PFILETIME p, [in] RPC_UNICODE_STRING *s);")
    assert [declaration.name for declaration in found.types] == [
        "FILETIME",
        "RPC_UNICODE_STRING",
    ]
    (interface,) = found.interfaces
    use = Use("t.idl", "FILETIME")
    assert interface.operations[0].parameters[0].type == ir.Pointer(
        use, ir.PointerKind.REF
    )


@pytest.mark.parametrize(
    "body", [f"void f({H}, [in] PRPC_SID s);", "typedef struct { PRPC_SID s; } S;"]
)
def test_windows_structs_bring_those_they_hold(body: str) -> None:
    (value,) = struct(body, "RPC_SID_IDENTIFIER_AUTHORITY").fields
    assert value.type == ir.Array(Base(BaseKind.CHAR), bound=6)


def test_wchar_t_may_be_declared_as_what_it_is() -> None:
    body = f"typedef unsigned short wchar_t; void f({H}, [in, string] wchar_t *p);"
    assert isinstance(parameter(body, "p").type, ir.Pointer)


@pytest.mark.parametrize(
    ("declaration", "name"),
    [
        ("typedef struct _A { long x; } A, *PA;", "A"),
        ("struct A { long x; };", "A"),
        ("typedef struct _A A; struct _A { long x; };", "A"),
        ("typedef struct _A { long x; } *PA;", "_A"),
        ("typedef struct { long x; } *PA;", "PA"),
    ],
)
def test_name_of_a_struct(declaration: str, name: str) -> None:
    (declared,) = model(declaration).types
    assert declared.name == name


@pytest.mark.parametrize("name", ["GUID", "UUID", "uuid_t", "CLSID"])
def test_a_guid_is_known_by_name_and_layout(name: str) -> None:
    body = (
        "typedef struct { unsigned long a; unsigned short b; unsigned short c; "
        f"byte d[8]; }} {name}; void f({H}, [in] {name} p);"
    )
    assert parameter(body, "p").type == ir.Guid()
    assert model(body).types == ()


def test_the_layout_alone_makes_no_guid() -> None:
    body = "typedef struct { long a; short b; short c; byte d[8]; } OTHER;"
    assert struct(body, "OTHER").fields[3].name == "d"


def test_nested_types_are_named_after_where_they_stand() -> None:
    body = """
        typedef struct _S {
            long k;
            struct { long a; short b; } inner;
            [switch_is(k)] [switch_type(long)] union { [case(1)] long c; [default]; } u;
            [switch_is(k)] [switch_type(long)] union { [case(1)] long d; [default]; };
        } S;
    """
    found = model(body)
    assert [declaration.name for declaration in found.types] == [
        "S_inner",
        "S_u",
        "S_u2",
        "S",
    ]
    declared = struct(body, "S")
    assert [field.name for field in declared.fields] == ["k", "inner", "u", "u2"]
    assert declared.fields[2].type == ir.Switch(Use("t.idl", "S_u"), ir.Sibling("k"))


def test_anonymous_structs_are_flattened_where_alignment_agrees() -> None:
    body = "typedef struct { short a; struct { long b; long c; }; } S;"
    assert [field.name for field in struct(body, "S").fields] == ["a", "b", "c"]
    body = "typedef struct { short a; struct { short b; long c; }; } S;"
    assert [field.name for field in struct(body, "S").fields] == ["a", "s"]


def test_union_arms() -> None:
    body = (
        "typedef [switch_type(short), ms_union] union { [case(1, 2)] long a; "
        "[case(3)]; [default] char *b; } U;"
    )
    (declared,) = model(body).types
    assert isinstance(declared, ir.UnionDeclaration)
    assert declared.discriminant == Base(BaseKind.INT16)
    assert declared.is_ms_union
    assert [(a.labels, a.is_default, a.name) for a in declared.arms] == [
        ((1, 2), False, "a"),
        ((3,), False, None),
        ((), True, "b"),
    ]


def test_encapsulated_union() -> None:
    body = (
        "typedef union _U switch (short k) v { case 1: case 2: long a; default: ; } U;"
    )
    (declared,) = model(body).types
    assert isinstance(declared, ir.EncapsulatedUnionDeclaration)
    assert (declared.name, declared.union_name) == ("U", "v")
    assert declared.discriminant.name == "k"
    assert [(a.labels, a.is_default) for a in declared.arms] == [
        ((1, 2), False),
        ((), True),
    ]


def test_missing_switch_type_is_taken_from_the_use() -> None:
    body = (
        "typedef union { [case(1)] long a; [default]; } U; "
        f"void f({H}, [in] short k, [in, switch_is(k)] U *u);"
    )
    (declared,) = model(body).types
    assert isinstance(declared, ir.UnionDeclaration)
    assert declared.discriminant == Base(BaseKind.INT16)
    assert found(body) == [("warning", "switch-type-assumed", 2213)]


def test_what_cannot_travel_may_be_declared() -> None:
    body = "typedef struct { void *p; } A; typedef struct { A *a; } B;"
    assert struct(body, "A").opaque
    assert struct(body, "B").opaque


def test_what_cannot_travel_is_an_error_where_an_operation_uses_it() -> None:
    body = (
        "typedef struct { void *p; } A; typedef struct { A *a; } B; "
        f"void f({H}, [in] B *b, [out] A **a);"
    )
    assert errors(body) == ["void-pointer-member"] * 2


def test_types_may_refer_to_themselves() -> None:
    body = "typedef struct _N { long v; [unique] struct _N *next; } N;"
    assert struct(body, "N").fields[1].type == ir.Pointer(
        Use("t.idl", "N"), ir.PointerKind.UNIQUE
    )


def test_one_unknown_type_is_one_error() -> None:
    body = (
        "typedef NOPE A; typedef struct { A a; [size_is(n)] A *b; A n; } S; "
        f"typedef pipe A P; void f({H}, [in] S *s, [out] A a, [in, string] A *t);"
    )
    assert errors(body) == ["unknown-type"]


def test_an_unknown_type_points_at_the_near_name() -> None:
    (finding,) = findings("typedef long ITEM_STATE; typedef struct { ITEM_STAT s; } S;")
    assert finding.message == "no type is called 'ITEM_STAT'"
    assert [note.message for note in finding.notes] == ["'ITEM_STATE' is declared here"]


def test_interface_pointers_are_opaque_octets() -> None:
    body = f"interface IX; void f({H}, [in] IX *x, [out] IX **y);"
    found = model(body).interfaces[0].operations[0]
    assert found.parameters[0].type == ir.InterfacePointer("IX")
    assert found.parameters[1].type == ir.Pointer(
        ir.InterfacePointer("IX"), ir.PointerKind.REF
    )


@pytest.mark.parametrize(
    "body",
    [
        "struct A { struct B b; }; struct B { struct A a; };",
        "struct A { struct B b[2]; }; struct B { struct C c; }; struct C { struct A a; };",
    ],
)
def test_types_that_hold_each_other_are_all_named(body: str) -> None:
    assert set(errors(body)) == {"recursive-by-value"}
    assert len(errors(body)) == body.count("};")


def test_types_by_the_thousand_are_refused_not_crashed_on() -> None:
    chain = "".join(f"typedef T{i + 1} T{i};\n" for i in range(2000))
    assert errors(chain + "typedef long T2000;\n") in ([], ["nesting-limit"])
    nest = "".join(f"typedef struct {{ S{i} a; }} S{i + 1};\n" for i in range(2000))
    body = "typedef struct { long a; } S0;\n" + nest + "typedef pipe S2000 P;"
    assert errors(body) in ([], ["nesting-limit"])


@pytest.mark.parametrize(
    ("declaration", "rule"),
    [
        ("[in, range(1, 2)] float a", "attribute-not-allowed-here"),
        ("[in, iid_is(a)] long *p", "attribute-not-allowed-here"),
        ("[in, v1_enum] long a", "attribute-not-allowed-here"),
        ("[in, unique] long a", "attribute-not-allowed-here"),
        ("[in, switch_is(a)] long a", "switch-is-on-non-union"),
    ],
)
def test_no_attribute_is_passed_over(declaration: str, rule: str) -> None:
    assert errors(f"void f({H}, {declaration});") == [rule]


def test_transmit_as_sends_what_it_names() -> None:
    body = f"typedef [transmit_as(short)] long T; void f({H}, [in] T p);"
    assert parameter(body, "p").type == Base(BaseKind.INT16)
    assert found(body) == [("warning", "local-representation", None)]


def test_an_ignored_pointer_keeps_its_slot() -> None:
    declared = struct("typedef struct { [ignore] long *p; long n; } S;", "S")
    assert declared.fields[0].type == Base(BaseKind.UINT3264)


def test_too_deep_a_chain_is_told_where_it_is_too_deep() -> None:
    chain = "\n".join(f"typedef T{n + 1} T{n};" for n in range(3000))
    *_, last = findings(chain + "\ntypedef long T3000;")
    assert last.rule == "nesting-limit"
    assert 10 < last.span.line < 3000
