"""What Samba's dialect has in place: counts, blobs, text, SIDs; octets made by hand."""

from __future__ import annotations

from typing import Any

import pytest

import midlpy
from midlpy.runtime import ndr
from midlpy.semantic.options import Options
from tests.semantic.snippets import errors, model, wrap

SAMBA = Options(dialect="samba")


def refusal(body: str) -> str | None:
    """Why the last operation of *body* is refused."""
    (interface,) = model(body, options=SAMBA).interfaces
    return interface.operations[-1].refusal


def request(body: str, octets: str, *, syntax: ndr.Syntax = ndr.NDR) -> tuple[Any, ...]:
    """The arguments of ``f`` in *octets*, which they also become again."""
    module = midlpy.load_text(wrap(body), dialect="samba", naming="idl")
    operation = module.t["f"]
    arguments = operation.decode_request(bytes.fromhex(octets), syntax=syntax)
    assert operation.encode_request(*arguments, syntax=syntax).hex(
        " "
    ) == bytes.fromhex(octets).hex(" ")
    return arguments


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64])
def test_an_array_sized_by_a_sibling_has_no_counts(syntax: ndr.Syntax) -> None:
    body = """
    typedef struct { uint16 n; uint16 row[n]; uint8 more[n*2]; uint16 last; } S;
    void f([in] S s);
    """
    octets = "0200 0100 0500 61626364 0900"
    (value,) = request(body, octets, syntax=syntax)
    assert (value.n, value.row, value.more) == (2, [1, 5], b"abcd")


def test_a_parameter_of_such_elements_is_sized_by_another() -> None:
    body = "void f([in] uint32 n, [in] uint16 row[n]);"
    assert request(body, "02000000 0100 0500") == (2, [1, 5])


def test_a_result_of_such_elements_is_sized_by_what_was_asked() -> None:
    body = "void f([out] uint8 row[n], [in] uint32 n);"
    module = midlpy.load_text(wrap(body), dialect="samba")
    octets = bytes.fromhex("616263")
    assert module.T["f"].decode_response(octets, arguments=(3,)) == (b"abc",)


@pytest.mark.parametrize(
    "member",
    [
        "uint16 row[n]; uint16 n",
        "uint16 *n; uint16 row[n]",
        "uint16 n; uint8 row[2][n]",
    ],
)
def test_elements_that_nothing_ahead_counts_are_refused(member: str) -> None:
    body = f"typedef [public] struct {{ {member}; }} S; void f([in] S *s);"
    assert (
        "'row' of 'S' is an array in place whose length is not known ahead of it"
        in (refusal(body) or "")
    )
    assert errors(body, options=SAMBA) == []


def test_a_request_does_not_know_a_parameter_behind_the_elements() -> None:
    body = "void f([in] uint8 row[n], [in] uint32 n);"
    assert "whose length is not known ahead of it" in (refusal(body) or "")


def test_an_open_array_that_is_not_last_has_its_counts_in_place() -> None:
    body = """
    typedef struct {
        uint32 a; [string,charset(UTF8)] uint8 text[]; [size_is(a)] uint16 row[];
    } S;
    void f([in] S s);
    """
    octets = "02000000 02000000 02000000 00000000 02000000 6100 0300 0400"
    (value,) = request(body, octets)
    assert (value.a, value.text, value.row) == (2, "a", [3, 4])


def test_each_element_that_ends_in_an_open_array_has_its_count_ahead() -> None:
    body = """
    typedef struct { uint16 n; [size_is(n)] uint16 row[]; } E;
    typedef struct { uint32 n; [size_is(n)] E *all; E first; uint16 last; } S;
    void f([in] S s);
    """
    octets = (
        "02000000 04000200 01000000 0100 0700 0900 0000"
        "02000000 00000000 0000 0000 01000000 0100 0800"
    )
    (value,) = request(body, octets)
    assert [each.row for each in value.all] == [[], [8]]
    assert (value.first.row, value.last) == ([7], 9)


@pytest.mark.parametrize(
    ("syntax", "octets"),
    [
        (ndr.NDR, "61000000 03000000 78797a 00 0900"),
        (ndr.NDR64, "61000000 00000000 0300000000000000 78797a 00 0900 0000"),
    ],
)
def test_a_blob_in_place_is_octets_behind_their_count(
    syntax: ndr.Syntax, octets: str
) -> None:
    body = """
    typedef struct { uint8 a; DATA_BLOB b; uint16 c; } S;
    void f([in] S s);
    """
    (value,) = request(body, octets, syntax=syntax)
    assert (value.a, value.b, value.c) == (0x61, b"xyz", 9)


@pytest.mark.parametrize(
    "flags",
    ["STR_ASCII|STR_NULLTERM", "LIBNDR_FLAG_STR_UTF8|LIBNDR_FLAG_STR_NULLTERM"],
)
def test_text_of_octets_ends_in_its_zero(flags: str) -> None:
    body = f"""
    typedef struct {{ uint8 a; [flag({flags})] string b; uint16 c; }} S;
    void f([in,flag({flags})] string a, [in,unique,flag({flags})] string *b, [in] S s);
    """
    octets = "686900 00 04000200 6f00 0000 01 6300 00 0900"
    a, b, value = request(body, octets)
    assert (a, b, value.a, value.b, value.c) == ("hi", "o", 1, "c", 9)


@pytest.mark.parametrize(
    "flags", ["STR_NULLTERM", "STR_ASCII", "STR_ASCII|STR_NULLTERM|STR_SIZE4"]
)
def test_text_in_other_forms_is_refused_by_its_flag(flags: str) -> None:
    body = f"void f([in,flag({flags})] string a);"
    assert "STR_" in (refusal(body) or "")


def test_a_block_without_a_count_is_as_many_octets_as_something_ahead_says() -> None:
    body = """
    typedef struct { uint32 a; } T;
    typedef struct { uint32 n; [subcontext(0),subcontext_size(n*2)] T block; } S;
    void f([in] S s, [in] uint32 m, [in,subcontext(0),subcontext_size(m)] T *block);
    """
    value, number, block = request(body, "01000000 6162 0000 01000000 63")
    assert (value.n, value.block, number, block) == (1, b"ab", 1, b"c")


def test_a_block_whose_size_comes_later_is_refused() -> None:
    body = """
    typedef struct { uint32 a; } T;
    typedef [public] struct { [subcontext(0),subcontext_size(n)] T b; uint32 n; } S;
    void f([in] S *s);
    """
    assert "'b' of 'S' is a nested block whose size is not known ahead of it" in str(
        refusal(body)
    )


def test_the_arm_of_a_union_may_be_selected_by_a_pointer() -> None:
    body = """
    typedef union { [case(1)] uint16 a; [default]; } U;
    void f([in,ref] uint32 *level, [in,switch_is(level)] U u);
    """
    assert request(body, "01000000 01000000 0700") == (1, 7)


@pytest.mark.parametrize(
    ("type_", "reason"),
    [
        ("[nodiscriminant] union { M }", "'X' is a union without a discriminant"),
        ("[nopush] struct { M }", "'X' is marshalled by code that is not in the IDL"),
        (
            "[flag(NDR_PAHEX|NDR_NOALIGN|NDR_REMAINING)] struct { M }",
            "'X' is marshalled as [flag(NDR_NOALIGN|NDR_REMAINING)] says",
        ),
        (
            "struct { [relative] uint32 *p; }",
            "'p' of 'X' is a pointer that is sent as an offset ([relative])",
        ),
    ],
)
def test_a_refusal_names_the_type_and_the_attribute(type_: str, reason: str) -> None:
    type_ = type_.replace(" M ", " [case(1)] uint32 a; [case(2)] uint16 b; ")
    body = f"""
    typedef {type_} X;
    typedef [public] struct {{ X x; }} Around;
    void f([in] Around *around);
    """
    said = refusal(body) or ""
    assert said.startswith(f"'around': in 'Around', {reason}")


def test_a_sid_is_as_long_as_its_own_count_says() -> None:
    sid = "typedef [public,nopush,nopull] struct { uint8 n; uint32 sub[15]; } dom_sid;"
    body = f"{sid} void f([in] dom_sid *a, [in] dom_sid b);"
    octets = "01 02 000000000005 15000000 07000000 01 00 000000000005"
    a, b = request(body, octets)
    assert (a.num_auths, a.sub_auths) == (2, [21, 7])
    assert (b.id_auth, b.sub_auths) == (b"\0\0\0\0\0\5", [])


def test_sids_in_a_row_are_of_any_length() -> None:
    sid = "typedef [public,nopush,nopull] struct { uint8 n; uint32 sub[15]; } dom_sid;"
    body = f"""{sid}
    typedef struct {{ uint32 n; [size_is(n)] dom_sid sids[]; }} S;
    void f([in] S *s, [in] uint32 n, [in] dom_sid sids[n]);
    """
    one, two = "01 01 000000000005 20000000", "01 00 000000000001"
    octets = f"02000000 02000000 {one} {two} 01000000 {two}"
    value, number, sids = request(body, octets)
    assert [each.sub_auths for each in value.sids] == [[32], []]
    assert (number, [each.sub_auths for each in sids]) == (1, [[]])


def test_a_name_of_wins_is_octets_behind_their_count() -> None:
    body = "void f([in,unique] wrepl_nbt_name *name);"
    assert request(body, "00000200 03000000 616263") == (b"abc",)
