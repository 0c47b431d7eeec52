"""Constant expressions, worked out by hand as C does."""

from __future__ import annotations

import pytest

import midlpy
from midlpy.semantic import ir
from tests.semantic.snippets import errors, found, model


def value(text: str, type_: str = "hyper") -> int | str | None:
    body = f"typedef unsigned short WORD; const long ONE = 1; enum {{ E5 = 5, E6 }}; const {type_} A = {text};"
    return next(c.value for c in model(body).constants if c.name == "A")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 % -2", 1),
        ("1 << 4 | 1", 17),
        ("0xF0 & 0x3C ^ 1", 0x31),
        ("~0", -1),
        ("!5", 0),
        ("5 > 4 && 0", 0),
        ("0 || 7", 1),
        ("1 ? 2 : 3", 2),
        ("0 ? 2 : 3", 3),
        ("'a'", 97),
        ("017", 15),
        ("ONE + E6", 7),
        ("sizeof(WORD) + sizeof(unsigned long)", 6),
        ("(WORD)0x12345", 0x2345),
        ("(short)0xFFFF", -1),
        ("(WORD)(0x12345)", 0x2345),
        ("(WORD)-1", 0xFFFF),
        ("sizeof(BITMAPINFOHEADER)", 40),
        ("(WORD)(SHORT)(0x18000)", 0x8000),
        ("(WORD)(BYTE)(0x123) << 8", 0x2300),
        ("(LONG)(WORD)(BYTE)-1", 0xFF),
        ("(WORD)(ONE)", 1),
        ("TRUE", 1),
        ("1 || 1 / 0", 1),
    ],
)
def test_value(text: str, expected: int) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("unsigned long", "-1", 0xFFFFFFFF),
        ("long", "0x80004005", 0x80004005 - (1 << 32)),
        ("unsigned char", "'\\x41'", 0x41),
        ("boolean", "TRUE", 1),
        ("wchar_t *", 'L"ab"', "ab"),
        ("char *", '"ab"', "ab"),
        ("void *", "NULL", None),
        ("WORD", "7", 7),
    ],
)
def test_value_is_converted_to_its_type(
    type_: str, text: str, expected: int | str | None
) -> None:
    assert value(text, type_) == expected


def test_a_value_that_does_not_fit_is_wrapped_with_a_warning() -> None:
    assert found("const small A = 300;") == [("warning", "constant-range", 2175)]


def test_enumerators_count_on_and_wrap_at_32_bits() -> None:
    (declared,) = model(
        "typedef [v1_enum] enum { A, B = 7, C, D = 0xFFFFFFFF, E, F = B | 8 } T;"
    ).types
    assert isinstance(declared, ir.EnumDeclaration)
    assert [(e.name, e.value) for e in declared.enumerators] == [
        ("A", 0),
        ("B", 7),
        ("C", 8),
        ("D", -1),
        ("E", 0),
        ("F", 15),
    ]


def test_one_unknown_name_is_one_error() -> None:
    body = "const long A = NOPE; const long B = A + 1; const long C = B * A;"
    assert errors(body) == ["unknown-name-in-expression"]


def test_an_unknown_name_is_one_error_wherever_else_it_stands() -> None:
    body = "const long A = NOPE; const long B = NOPE + 1; const long C = OTHER;"
    assert errors(body) == ["unknown-name-in-expression"] * 2


def test_constants_defined_by_each_other_have_no_value() -> None:
    assert set(errors("const long A = B; const long B = A;")) == {"not-a-constant"}


def test_a_shift_cannot_choose_our_memory() -> None:
    assert errors("const long A = 1 << 1000000000;") == ["operands-do-not-fit"]


def test_a_boolean_constant_is_true_or_false() -> None:
    text = """[uuid(12345678-1234-1234-1234-123456789abc), version(1.0)]
interface t { const boolean ON = 2; const boolean OFF = FALSE; }"""
    module = midlpy.load_text(text)
    assert (module.ON, module.OFF) == (True, False)
    assert module.ON is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("const float A = 1;", 1.0),
        ("const double A = -1.5;", -1.5),
        ("const long A = 2.5;", 2),
        ("const float H = 1; const double A = H / 4;", 0.25),
    ],
)
def test_floating_point_constants_keep_their_fractions(text: str, value: float) -> None:
    found = next(c.value for c in model(text).constants if c.name == "A")
    assert found == value
    assert type(found) is type(value)


POINTERS = """
typedef wchar_t OLECHAR; typedef struct { long n; } FWB; typedef FWB *WIRE;
typedef [wire_marshal(WIRE)] OLECHAR *BSTR; typedef struct { long x; } *KEY;
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("const OLECHAR *A = (OLECHAR*)-1;", -1),
        ("const OLECHAR *A = (OLECHAR*)(-1);", -1),
        ("const KEY A = (KEY)(-1);", -1),
        ("const KEY A = (KEY)0;", None),
        ('const BSTR A = L"x";', "x"),
    ],
)
def test_a_cast_makes_a_number_a_pointer_and_text_may_be_a_bstr(
    text: str, value: object
) -> None:
    (only,) = model(POINTERS + text).constants
    assert only.value == value


def test_a_number_is_no_pointer_without_a_cast() -> None:
    assert errors(POINTERS + "const OLECHAR *A = 5;") == ["constant-type-mismatch"]
    assert errors(POINTERS + "const KEY A = 5;") == ["const-type"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~0U", 0xFFFFFFFF),
        ("~0UL >> 4", 0x0FFFFFFF),
        ("-1U", 0xFFFFFFFF),
        ("0 - 1U", 0xFFFFFFFF),
        ("-1 < 0U", 0),
        ("-1 == 0xFFFFFFFFU", 1),
        ("0xFFFFFFFFU + 1", 0),
        ("-1 / 2U", 0x7FFFFFFF),
        ("~0ui64 >> 60", 15),
        ("~0ULL >> 32", 0xFFFFFFFF),
        ("(1 << 40) + 1U", (1 << 40) + 1),
        ("1U << 31", 0x80000000),
        ("3U << 31", 0x80000000),
        ("~(unsigned long)0", 0xFFFFFFFF),
        ("(DWORD)0 - 1", 0xFFFFFFFF),
        ("~(WORD)0", -1),
        ("!0U - 2", -1),
        ("1U ? -1 : 0", -1),
        ("(long)0xFFFFFFFFU", -1),
    ],
)
def test_unsigned_operands_compute_in_their_width(text: str, expected: int) -> None:
    assert value(text) == expected


def test_a_shift_beyond_the_width_keeps_its_bits() -> None:
    # Undefined in C; the value that is meant.
    assert value("1U << 40") == 1 << 40
