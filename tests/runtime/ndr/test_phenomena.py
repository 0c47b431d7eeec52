"""Octets by phenomenon, worked out by hand from the specification."""

from __future__ import annotations

import copy
import pickle
import sys
from array import array
from typing import Any
from uuid import UUID

import pytest

from midlpy.runtime import ndr
from midlpy.runtime.errors import MarshalError, StubDataTruncated, UnmarshalError


class Color(ndr.Enum16):
    RED = 0
    BLUE = 5


class State(ndr.Enum32):
    NEW = 0
    LOST = -1


class Short(ndr.Struct):
    n: int = 0


class Gap(ndr.Struct):
    wide: int = 0
    narrow: int = 0


class Counted(ndr.Struct):
    count: int = 0
    items: Any = None


class Text(ndr.Struct):
    length: int = 0
    maximum: int = 0
    buffer: str | None = None


class Node(ndr.Struct):
    value: int = 0
    next: Node | None = None


class Twin(ndr.Struct):
    a: Short | None = None
    b: Short | None = None


class Ring(ndr.Struct):
    value: int = 0
    back: Ring | None = None
    next: Ring | None = None


class Tree(ndr.Struct):
    left: Tree | None = None
    right: Tree | None = None
    value: int = 0


class Chosen(ndr.Struct):
    tag: int = 0
    u: Any = None


SHORT = ndr.struct(Short, n=ndr.UINT16)
GAP = ndr.struct(Gap, wide=ndr.UINT32, narrow=ndr.UINT16)
TEXT = ndr.struct(
    Text,
    length=ndr.UINT16,
    maximum=ndr.UINT16,
    buffer=ndr.unique(ndr.wide(size_is="maximum / 2", length_is="length / 2")),
)
NODE: ndr.Codec[Node] = ndr.struct(
    Node, value=ndr.UINT32, next=ndr.unique(ndr.lazy(lambda: NODE))
)
TWIN = ndr.struct(Twin, a=ndr.full(SHORT), b=ndr.full(SHORT))
RING: ndr.Codec[Ring] = ndr.struct(
    Ring,
    value=ndr.UINT32,
    back=ndr.full(ndr.lazy(lambda: RING)),
    next=ndr.full(ndr.lazy(lambda: RING)),
)
TREE: ndr.Codec[Tree] = ndr.struct(
    Tree,
    left=ndr.unique(ndr.lazy(lambda: TREE)),
    right=ndr.unique(ndr.lazy(lambda: TREE)),
    value=ndr.UINT32,
)


def counted(codec: ndr.Codec[Any]) -> ndr.Codec[Counted]:
    return ndr.struct(Counted, count=ndr.UINT32, items=codec)


def octets(text: str) -> bytes:
    return bytes.fromhex(text.replace("|", ""))


def both_ways(codec: ndr.Codec[Any], value: Any, text: str, **kind: Any) -> None:
    assert ndr.encode(codec, value, **kind).hex(" ", 4) == octets(text).hex(" ", 4)
    assert ndr.decode(codec, octets(text), **kind) == value


# Scalars and alignment


@pytest.mark.parametrize(
    ("codec", "value", "little", "big"),
    [
        (ndr.INT8, -2, "fe", "fe"),
        (ndr.BOOLEAN, True, "01", "01"),
        (ndr.WCHAR, 0x4142, "4241", "4142"),
        (ndr.INT16, -2, "feff", "fffe"),
        (ndr.UINT32, 0x01020304, "04030201", "01020304"),
        (ndr.INT64, -2, "feffffffffffffff", "fffffffffffffffe"),
        (ndr.FLOAT32, 1.5, "0000c03f", "3fc00000"),
        (ndr.enum(Color), Color.BLUE, "0500", "0005"),
        (ndr.enum(State), State.LOST, "ffffffff", "ffffffff"),
        (
            ndr.UUID,
            UUID("00010203-0405-0607-0809-0a0b0c0d0e0f"),
            "03020100 0504 0706 08090a0b0c0d0e0f",
            "00010203 0405 0607 08090a0b0c0d0e0f",
        ),
    ],
)
def test_scalars_follow_the_byte_order(
    codec: ndr.Codec[Any], value: Any, little: str, big: str
) -> None:
    both_ways(codec, value, little)
    both_ways(codec, value, big, byte_order="big")


def test_a_boolean_other_than_zero_is_true() -> None:
    assert ndr.decode(ndr.BOOLEAN, b"\x02") is True


def test_elements_are_aligned_and_the_last_one_has_no_gap() -> None:
    value = [Gap(1, 2), Gap(3, 4)]
    both_ways(ndr.fixed(GAP, 2), value, "01000000 0200 0000 03000000 0400")
    both_ways(
        ndr.fixed(GAP, 2),
        value,
        "01000000 02000000 03000000 04000000",
        syntax=ndr.NDR64,
    )


def test_an_empty_array_has_no_gap_before_its_elements() -> None:
    both_ways(ndr.array(ndr.INT64), [], "00000000")
    both_ways(ndr.array(ndr.INT64), [7], "01000000 00000000 0700000000000000")


# Enums


def test_an_unnamed_value_becomes_a_member_that_behaves() -> None:
    value = ndr.decode(ndr.enum(Color), b"\x09\x00")
    assert value.name == "UNKNOWN_9"
    assert value == 9 == Color(9)
    assert hash(value) == hash(Color(9))
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    assert Color(-3).name == "UNKNOWN_-3"
    assert list(Color) == [Color.RED, Color.BLUE]


@pytest.mark.parametrize("value", ["x", 2**31, 1.5])
def test_what_no_enum_holds_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match="not a valid Color"):
        Color(value)


def test_an_enum_of_sixteen_bits_ends_at_32767() -> None:
    assert ndr.decode(ndr.enum(Color), b"\xff\x7f") == 32767
    with pytest.raises(UnmarshalError, match="32768, which does not fit an enum"):
        ndr.decode(ndr.enum(Color), b"\x00\x80")
    with pytest.raises(UnmarshalError, match="65536"):
        ndr.decode(ndr.enum(Color), b"\x00\x00\x01\x00", syntax=ndr.NDR64)
    with pytest.raises(MarshalError, match=r"32768.*, which does not fit an enum"):
        ndr.encode(ndr.enum(Color), Color(32768))


# Counts


def test_a_count_of_zero_is_taken_from_the_data() -> None:
    codec = counted(ndr.unique(ndr.array(ndr.UINT16, size_is="count")))
    assert ndr.encode(codec, Counted(0, [7, 8])) == ndr.encode(
        codec, Counted(2, [7, 8])
    )


@pytest.mark.parametrize(
    ("size_is", "said"),
    [
        ("count", 4),
        ("count + 1", 3),
        ("count - 1", 5),
        ("count * 2", 2),
        ("2 * count", 2),
        ("count / 2", 8),
        ("(count + 7) / 8", 32),
        ("(count + 3) & ~3", 4),
        ("count >> 1", 8),
        ("count << 1", 2),
    ],
)
def test_counts_are_found_backwards_through_an_expression(
    size_is: str, said: int
) -> None:
    codec = counted(ndr.unique(ndr.octets(size_is=size_is)))
    decoded = ndr.decode(codec, ndr.encode(codec, Counted(0, b"abcd")))
    assert decoded == Counted(said, b"abcd")


def test_a_count_that_data_cannot_have_is_refused() -> None:
    codec = counted(ndr.unique(ndr.octets(size_is="count * 2")))
    with pytest.raises(MarshalError, match=r"items has 3 elements, but its count"):
        ndr.encode(codec, Counted(0, b"abc"))


def test_a_count_that_disagrees_names_the_array() -> None:
    codec = counted(ndr.unique(ndr.array(ndr.UINT16, size_is="count")))
    with pytest.raises(
        MarshalError,
        match=r"^encode: value\.items has 2 elements, but its count count is 3$",
    ):
        ndr.encode(codec, Counted(3, [1, 2]))


def test_a_count_beside_a_null_pointer_is_legal() -> None:
    codec = counted(ndr.unique(ndr.array(ndr.UINT16, size_is="count")))
    both_ways(codec, Counted(3, None), "03000000 00000000")


def test_two_arrays_of_one_count_have_to_agree() -> None:
    class Pair(ndr.Struct):
        n: int = 0
        a: list[int] | None = None
        b: list[int] | None = None

    array = ndr.unique(ndr.array(ndr.UINT8, size_is="n"))
    codec = ndr.struct(Pair, n=ndr.UINT32, a=array, b=array)
    assert ndr.decode(codec, ndr.encode(codec, Pair(0, [1], [2]))) == Pair(1, [1], [2])
    with pytest.raises(MarshalError, match="its count n is"):
        ndr.encode(codec, Pair(0, [], [1]))
    with pytest.raises(MarshalError, match="its count n is"):
        ndr.encode(codec, Pair(0, [1, 2], [1]))


def test_a_maximum_may_exceed_what_a_varying_array_sends() -> None:
    both_ways(
        TEXT,
        Text(4, 6, "AB"),
        "0400 0600 04000200 | 03000000 00000000 02000000 41004200",
    )
    with pytest.raises(MarshalError, match="its count maximum / 2 is 1"):
        ndr.encode(TEXT, Text(4, 2, "AB"))
    assert ndr.decode(TEXT, ndr.encode(TEXT, Text(buffer="AB"))) == Text(4, 4, "AB")


def test_counts_on_the_wire_have_to_say_what_their_field_says() -> None:
    codec = counted(ndr.unique(ndr.array(ndr.UINT8, size_is="count")))
    with pytest.raises(
        UnmarshalError, match=r"value.items has a count of 1 on the wire"
    ):
        ndr.decode(codec, octets("02000000 01000000 01000000 aa"))


def test_a_count_may_follow_its_array() -> None:
    class Late(ndr.Struct):
        items: list[int] | None = None
        count: int | None = None

    codec = ndr.struct(
        Late,
        items=ndr.unique(ndr.array(ndr.UINT32, size_is="count")),
        count=ndr.unique(ndr.UINT32),
    )
    both_ways(
        codec,
        Late([7], 1),
        "00000200 04000200 | 01000000 07000000 | 01000000",
    )
    with pytest.raises(UnmarshalError, match="has a count of 1 on the wire"):
        ndr.decode(codec, octets("01000000 01000000 01000000 07000000 02000000"))


def test_a_count_that_divides_by_zero_is_refused() -> None:
    class Odd(ndr.Struct):
        a: int = 0
        b: int = 0
        items: bytes | None = None

    codec = ndr.struct(
        Odd,
        a=ndr.INT32,
        b=ndr.INT32,
        items=ndr.unique(ndr.octets(size_is="a / b")),
    )
    with pytest.raises(UnmarshalError, match="divides by zero"):
        ndr.decode(codec, octets("01000000 00000000 01000000 00000000"))


def test_a_shift_from_the_wire_cannot_take_our_memory() -> None:
    codec = counted(ndr.unique(ndr.octets(size_is="1 << count")))
    with pytest.raises(UnmarshalError, match="shifted by"):
        ndr.decode(codec, octets("ffffffff 01000000 00000000"))


# Arrays


def test_the_maximum_count_goes_before_the_outermost_structure() -> None:
    class Outer(ndr.Struct):
        n: int = 0
        inner: Counted = ndr.default(Counted)

    inner = ndr.struct(
        Counted, count=ndr.UINT16, items=ndr.array(ndr.INT64, size_is="count")
    )
    codec = ndr.struct(Outer, n=ndr.UINT8, inner=inner)
    both_ways(
        codec,
        Outer(9, Counted(1, [7])),
        "01000000 | 00000000 | 09000000 00000000 | 0100 0000 00000000 | 07000000 00000000",
    )


def test_all_counts_of_several_dimensions_come_first() -> None:
    class Grid(ndr.Struct):
        m: int = 0
        n: int = 0
        rows: list[list[int]] | None = None

    codec = ndr.struct(
        Grid,
        m=ndr.UINT16,
        n=ndr.UINT16,
        rows=ndr.unique(ndr.array(ndr.array(ndr.UINT16, size_is="n"), size_is="m")),
    )
    value = Grid(2, 3, [[1, 2, 3], [4, 5, 6]])
    both_ways(
        codec,
        value,
        "0200 0300 04000200 | 02000000 03000000 | 010002000300 040005000600",
    )
    assert ndr.decode(codec, ndr.encode(codec, Grid(rows=value.rows))) == value
    with pytest.raises(MarshalError, match="rows of 1 and of 2"):
        ndr.encode(codec, Grid(rows=[[1], [1, 2]]))
    both_ways(codec, Grid(2, 0, [[], []]), "0200 0000 04000200 | 02000000 00000000")


def test_rows_without_elements_cannot_take_our_memory() -> None:
    codec = ndr.array(ndr.array(ndr.UINT16))
    with pytest.raises(UnmarshalError, match="rows without elements"):
        ndr.decode(codec, octets("ffffff7f 00000000"))
    deep = ndr.array(ndr.array(ndr.array(ndr.UINT16)))
    with pytest.raises(UnmarshalError, match="rows without elements"):
        ndr.decode(deep, octets("ffffff7f 00000000 05000000"))


def test_a_varying_array_sends_a_part() -> None:
    class Part(ndr.Struct):
        first: int = 0
        length: int = 0
        items: list[int] = ndr.default(list[int])

    codec = ndr.struct(
        Part,
        first=ndr.UINT32,
        length=ndr.UINT32,
        items=ndr.varying(ndr.UINT16, 8, first_is="first", length_is="length"),
    )
    text = "02000000 01000000 | 02000000 01000000 | 0700"
    both_ways(codec, Part(2, 1, [7]), text)
    with pytest.raises(UnmarshalError, match="begins at element 8 of 8"):
        ndr.decode(codec, octets("08000000 01000000 08000000 01000000 0700"))


def test_an_offset_that_was_not_declared_is_refused() -> None:
    codec = ndr.varying(ndr.UINT16, 8, length_is=None)
    with pytest.raises(UnmarshalError, match="begins at element 1"):
        ndr.decode(codec, octets("01000000 01000000 0700"))
    with pytest.raises(UnmarshalError, match="more than its maximum count 8"):
        ndr.decode(codec, octets("00000000 09000000 0700"))


@pytest.mark.parametrize("count", ["ffffff7f", "ffffffff", "00000080"])
@pytest.mark.parametrize(
    "element", [ndr.UINT8, ndr.UINT32, ndr.UUID, SHORT, TEXT, ndr.unique(ndr.UINT32)]
)
def test_a_huge_count_is_refused_before_anything_is_made(
    element: ndr.Codec[Any], count: str
) -> None:
    with pytest.raises(StubDataTruncated, match="wants"):
        ndr.decode(ndr.array(element), octets(count + "00000000"))


def test_elements_without_octets_have_a_limit() -> None:
    class Nothing(ndr.Struct):
        pass

    codec = ndr.array(ndr.struct(Nothing))
    assert ndr.decode(codec, octets("03000000")) == [Nothing()] * 3
    with pytest.raises(UnmarshalError, match="elements without octets"):
        ndr.decode(codec, octets("ffffff7f"))


def test_elements_may_not_be_conformant() -> None:
    with pytest.raises(TypeError, match="may not be conformant"):
        ndr.encode(ndr.array(ndr.WIDE_STRING), ["a"])


def test_any_buffer_of_numbers_is_written_without_a_list() -> None:
    codec: ndr.Codec[Any] = ndr.array(ndr.UINT32)
    wanted = ndr.encode(codec, [1, 2])
    assert ndr.encode(codec, array("I", [1, 2])) == wanted
    assert ndr.encode(codec, (1, 2)) == wanted
    view = memoryview(array("I", [1, 2]))
    assert ndr.encode(codec, view) == wanted
    big = ndr.encode(codec, view, byte_order="big")
    assert big.hex() == "00000002" "00000001" "00000002"
    with pytest.raises(MarshalError, match="which is not a list"):
        ndr.encode(codec, b"1234")


def test_octets_may_be_any_buffer() -> None:
    codec: ndr.Codec[Any] = ndr.octets(size_is=None)
    for value in (
        b"abcd",
        bytearray(b"abcd"),
        memoryview(b"abcd"),
        array("B", b"abcd"),
    ):
        assert ndr.encode(codec, value).hex() == "0400000061626364"
    with pytest.raises(
        MarshalError, match="is 'abcd', which is not a buffer of octets"
    ):
        ndr.encode(codec, "abcd")


def test_octets_of_fixed_length_are_never_cut_or_filled() -> None:
    codec = ndr.octets(4)
    both_ways(codec, b"abcd", "61626364")
    for value in (b"abc", b"abcde"):
        with pytest.raises(MarshalError, match="but its type has 4"):
            ndr.encode(codec, value)


def test_wide_characters_of_fixed_length_are_filled() -> None:
    assert ndr.encode(ndr.wide(3), "a") == b"a\0\0\0\0\0"
    assert ndr.decode(ndr.wide(3), b"a\0\0\0\0\xd8") == "a\0\ud800"
    with pytest.raises(MarshalError, match="has 4 elements, but its type has 3"):
        ndr.encode(ndr.wide(3), "abcd")


# Strings


def test_a_string_brings_its_terminator() -> None:
    both_ways(ndr.WIDE_STRING, "AB", "03000000 00000000 03000000 4100 4200 0000")
    both_ways(ndr.STRING, "AB", "03000000 00000000 03000000 414200")
    both_ways(ndr.OCTET_STRING, b"\xff", "02000000 00000000 02000000 ff00")
    both_ways(ndr.wide_string(5), "A", "00000000 02000000 4100 0000")
    both_ways(
        ndr.WIDE_STRING,
        "A",
        "00000002 00000000 00000002 0041 0000",
        byte_order="big",
    )


def test_text_of_any_kind_comes_back() -> None:
    for text in ("", "\ud800", "\udfff\ud800", "a\U0001f600", "\U0001f600" * 3):
        assert ndr.decode(ndr.WIDE_STRING, ndr.encode(ndr.WIDE_STRING, text)) == text
    for text in ("", "ä", "\udcff\udc80"):
        assert ndr.decode(ndr.STRING, ndr.encode(ndr.STRING, text)) == text


@pytest.mark.parametrize(
    ("stub", "message"),
    [
        ("00000000 00000000 00000000", "not even a terminator"),
        ("02000000 00000000 02000000 4100 4200", "no terminator at offset 16"),
        ("01000000 00000000 02000000 4100 0000", "more than its maximum count 1"),
        ("02000000 01000000 01000000 0000", "begins at element 1"),
        (
            "02000000 00000000 02000000 4100 00",
            "wants 4 octets at offset 12, 3 are left",
        ),
    ],
)
def test_a_string_that_breaks_a_rule_is_refused(stub: str, message: str) -> None:
    with pytest.raises(UnmarshalError, match=message):
        ndr.decode(ndr.WIDE_STRING, octets(stub))


def test_a_string_may_have_more_room_than_it_needs() -> None:
    stub = octets("08000000 00000000 02000000 4100 0000")
    assert ndr.decode(ndr.WIDE_STRING, stub) == "A"


def test_a_sized_string_sends_its_size() -> None:
    codec = counted(ndr.unique(ndr.wide_string(size_is="count")))
    both_ways(
        codec,
        Counted(4, "A"),
        "04000000 04000200 | 04000000 00000000 02000000 4100 0000",
    )
    assert ndr.decode(codec, ndr.encode(codec, Counted(0, "A"))) == Counted(2, "A")
    with pytest.raises(MarshalError, match="has 3 elements, but its count count is 2"):
        ndr.encode(codec, Counted(2, "AB"))


def test_a_string_longer_than_its_bound_is_refused() -> None:
    with pytest.raises(MarshalError, match="has 4 elements, but its type has 3"):
        ndr.encode(ndr.wide_string(3), "abc")


# Pointers


def test_referents_follow_the_whole_construct_depth_first() -> None:
    class Inner(ndr.Struct):
        p: int | None = None
        q: int | None = None

    class Outer(ndr.Struct):
        a: Inner | None = None
        b: Inner = ndr.default(Inner)
        c: int | None = None

    number = ndr.unique(ndr.UINT32)
    inner = ndr.struct(Inner, p=number, q=number)
    codec = ndr.struct(Outer, a=ndr.unique(inner), b=inner, c=number)
    value = Outer(Inner(1, 2), Inner(3, None), 5)
    octets_ = ndr.encode(codec, value)
    # ids of a, b.p, b.q, c; then a with p, q and what they mean; b.p; c
    words = [int.from_bytes(octets_[i : i + 4], "little") for i in range(0, 40, 4)]
    assert [bool(word) for word in words[:6]] == [True, True, False, True, True, True]
    assert words[6:] == [1, 2, 3, 5]
    assert ndr.decode(codec, octets_) == value


def test_unique_ids_mean_nothing() -> None:
    class Two(ndr.Struct):
        p: int | None = None
        q: int | None = None

    codec = ndr.struct(Two, p=ndr.unique(ndr.UINT32), q=ndr.unique(ndr.UINT32))
    stub = octets("01000000 01000000 05000000 06000000")
    assert ndr.decode(codec, stub) == Two(5, 6)


def test_an_embedded_reference_may_have_any_number_in_place() -> None:
    codec = ndr.struct(Short, n=ndr.ref(ndr.UINT16))
    assert ndr.decode(codec, octets("00000000 0700")) == Short(7)


def test_a_reference_to_nothing_cannot_be_written() -> None:
    codec = ndr.struct(Counted, count=ndr.UINT32, items=ndr.ref(SHORT))
    with pytest.raises(
        MarshalError, match=r"value\.items is None, which is not a Short"
    ):
        ndr.encode(codec, Counted(1, None))


def test_equal_full_ids_are_one_object() -> None:
    value = ndr.decode(TWIN, octets("01000000 01000000 0700"))
    assert value.a is value.b
    assert value.a == Short(7)


def test_one_object_behind_full_pointers_is_sent_once() -> None:
    shared = Short(7)
    assert len(ndr.encode(TWIN, Twin(shared, shared))) == 10
    assert len(ndr.encode(TWIN, Twin(Short(7), Short(7)))) == 12
    back = ndr.decode(TWIN, ndr.encode(TWIN, Twin(shared, shared)))
    assert back.a is back.b


def test_a_full_id_of_another_type_is_refused() -> None:
    class Mixed(ndr.Struct):
        a: Short | None = None
        b: int | None = None

    codec = ndr.struct(Mixed, a=ndr.full(SHORT), b=ndr.full(ndr.UINT32))
    with pytest.raises(UnmarshalError, match="of another type"):
        ndr.decode(codec, octets("01000000 01000000 0700"))


def test_a_ring_of_full_pointers_comes_back_as_a_ring() -> None:
    first, second = Ring(1), Ring(2)
    first.next, first.back = second, second
    second.next, second.back = first, first
    codec = ndr.full(RING)
    back = ndr.decode(codec, ndr.encode(codec, first))
    assert back is not None
    assert back.next is not None
    assert (back.value, back.next.value) == (1, 2)
    assert back.next.next is back
    assert back.next.back is back
    assert back.back is back.next


def nodes(count: int) -> Node:
    node = None
    for value in reversed(range(count)):
        node = Node(value, node)
    assert node is not None
    return node


def test_a_list_of_ten_thousand_nodes_is_no_recursion() -> None:
    limit = sys.getrecursionlimit()
    octets_ = ndr.encode(NODE, nodes(10_000))
    node: Node | None = ndr.decode(NODE, octets_)
    for value in range(10_000):
        assert node is not None
        assert node.value == value
        node = node.next
    assert node is None
    assert sys.getrecursionlimit() == limit


def test_a_longer_list_is_refused_both_ways() -> None:
    with pytest.raises(MarshalError, match=r"more than 10000 nodes"):
        ndr.encode(NODE, nodes(10_010))
    stub = octets("00000000 01000000") * 10_010
    with pytest.raises(UnmarshalError, match=r"more than 10000 nodes"):
        ndr.decode(NODE, stub)


def test_a_list_in_a_circle_cannot_be_written() -> None:
    node = Node(1)
    node.next = node
    with pytest.raises(MarshalError, match="nodes"):
        ndr.encode(NODE, node)


def test_deep_nesting_is_refused_both_ways() -> None:
    tree = Tree()
    for _ in range(200):
        tree = Tree(left=tree)
    with pytest.raises(MarshalError, match="nested more than 100 levels"):
        ndr.encode(TREE, tree)
    stub = octets("01000000 00000000 00000000") * 200
    with pytest.raises(UnmarshalError, match="nested more than 100 levels"):
        ndr.decode(TREE, stub)


def test_trees_within_the_limit_come_back() -> None:
    tree = Tree(value=1)
    for value in range(90):
        tree = Tree(tree, Tree(value=value), value)
    assert ndr.decode(TREE, ndr.encode(TREE, tree)) == tree


# Unions


ARMS: dict[int, ndr.Codec[Any]] = {
    1: ndr.UINT16,
    2: ndr.unique(SHORT),
    3: ndr.EMPTY,
}
CHOSEN = ndr.struct(
    Chosen, tag=ndr.UINT32, u=ndr.switch(ndr.union(ndr.UINT32, ARMS), switch_is="tag")
)


def test_a_union_repeats_its_discriminant() -> None:
    both_ways(CHOSEN, Chosen(1, 7), "01000000 01000000 0700")
    both_ways(CHOSEN, Chosen(3, None), "03000000 03000000")
    assert ndr.decode(CHOSEN, octets("02000000 02000000 01000000 0700")).u == Short(7)


def test_two_discriminants_have_to_agree() -> None:
    with pytest.raises(UnmarshalError, match=r"value\.u has a count of 3 on the wire"):
        ndr.decode(CHOSEN, octets("01000000 03000000"))


def test_a_discriminant_without_an_arm_is_refused() -> None:
    with pytest.raises(UnmarshalError, match="no arm for the discriminant 9"):
        ndr.decode(CHOSEN, octets("09000000 09000000"))
    with pytest.raises(
        MarshalError, match=r"value\.u has no arm for the discriminant 9"
    ):
        ndr.encode(CHOSEN, Chosen(9, 1))


def test_an_empty_arm_takes_no_value() -> None:
    with pytest.raises(MarshalError, match=r"value\.u is 1, but its arm"):
        ndr.encode(CHOSEN, Chosen(3, 1))


def test_an_array_of_unions_keeps_referents_behind_all_elements() -> None:
    value = [Chosen(2, Short(7)), Chosen(1, 5), Chosen(2, None), Chosen(3)]
    codec = ndr.array(CHOSEN)
    for syntax in (ndr.NDR, ndr.NDR64):
        octets_ = ndr.encode(codec, value, syntax=syntax)
        assert octets_.endswith(b"\x07\x00")
        assert ndr.decode(codec, octets_, syntax=syntax) == value


def test_a_count_behind_its_array_is_compared_in_every_element() -> None:
    class Element(ndr.Struct):
        items: list[int] | None = None
        count: int | None = None
        u: Chosen = ndr.default(lambda: Chosen(3))

    codec = ndr.array(
        ndr.struct(
            Element,
            items=ndr.unique(ndr.ranged(ndr.array(ndr.UINT8, size_is="count"), 1, 9)),
            count=ndr.unique(ndr.UINT32),
            u=CHOSEN,
        )
    )
    value = [Element([1], 1), Element([1, 2], 2), Element([1, 2, 3], 3)]
    octets_ = ndr.encode(codec, value)
    assert ndr.decode(codec, octets_) == value
    with pytest.raises(
        UnmarshalError, match=r"value\[2\] has a count of 3 on the wire"
    ):
        ndr.decode(codec, octets_[:-4] + b"\x04\0\0\0")


def test_an_encapsulated_union_sends_its_discriminant_once() -> None:
    codec = ndr.encapsulated(Chosen, tag=ndr.UINT16, u=ndr.union(ndr.UINT16, ARMS))
    both_ways(codec, Chosen(1, 7), "0100 0700")
    both_ways(codec, Chosen(3), "0300")


# Ranges, handles, interface pointers


def test_a_range_is_kept_both_ways() -> None:
    codec = ndr.ranged(ndr.UINT32, 1, 5)
    both_ways(codec, 5, "05000000")
    with pytest.raises(MarshalError, match=r"value is 6, which is outside 1\.\.5"):
        ndr.encode(codec, 6)
    with pytest.raises(UnmarshalError, match=r"value is 0, which is outside"):
        ndr.decode(codec, bytes(4))


def test_a_range_of_a_string_counts_the_terminator() -> None:
    codec = ndr.ranged(ndr.unique(ndr.WIDE_STRING), 1, 3)
    assert ndr.decode(codec, ndr.encode(codec, "ab")) == "ab"
    with pytest.raises(MarshalError, match="outside"):
        ndr.encode(codec, "abc")


def test_a_context_handle_is_twenty_octets_and_falsy_when_null() -> None:
    codec = ndr.context_handle(lambda handle: handle)
    handle = ndr.ContextHandle(0, UUID("00010203-0405-0607-0809-0a0b0c0d0e0f"))
    both_ways(codec, handle, "00000000 03020100 0504 0706 08090a0b0c0d0e0f")
    null = ndr.decode(codec, bytes(20))
    assert null == ndr.NULL_CONTEXT
    assert not null
    assert handle


def test_an_interface_pointer_counts_its_octets_twice() -> None:
    codec = ndr.interface_pointer()
    both_ways(codec, b"abc", "00000200 | 03000000 03000000 616263")
    both_ways(codec, None, "00000000")
    with pytest.raises(UnmarshalError, match="maximum count"):
        ndr.decode(codec, octets("01000000 03000000 02000000 616263"))


# Messages


def test_a_wrong_value_is_named_by_its_path() -> None:
    codec = counted(
        ndr.unique(
            ndr.array(
                ndr.struct(
                    Counted,
                    count=ndr.UINT32,
                    items=ndr.unique(ndr.array(ndr.UINT32, size_is="count")),
                ),
                size_is="count",
            )
        )
    )
    value = Counted(0, [Counted(0, [1]), Counted(0, [1, 2, 2**32])])
    with pytest.raises(
        MarshalError,
        match=r"^encode: value\.items\[1\]\.items\[2\] is 4294967296, which does not fit "
        r"an unsigned long$",
    ):
        ndr.encode(codec, value)


def test_missing_octets_are_named_by_path_and_offset() -> None:
    codec = ndr.array(TEXT)
    stub = ndr.encode(codec, [Text(buffer="a"), Text(buffer="bc")])
    with pytest.raises(
        StubDataTruncated,
        match=r"^decode: value\[1\]\.buffer wants 4 octets at offset 48, 3 are left$",
    ):
        ndr.decode(codec, stub[:-1])


@pytest.mark.parametrize("value", [None, 5, "x", object(), [], {}])
def test_a_value_of_another_class_is_a_marshal_error(value: Any) -> None:
    with pytest.raises(MarshalError, match="which is not a Gap"):
        ndr.encode(GAP, value)


def test_what_is_generated_can_be_printed() -> None:
    for syntax in (ndr.NDR, ndr.NDR64):
        text = ndr.source_of(NODE, syntax, "big")
        assert "def write(" in text
        assert "def read_Node(" in text
        compile(text, "generated", "exec")


def test_a_codec_prints_as_it_is_written() -> None:
    codec = ndr.struct(Gap, wide=ndr.UINT32, narrow=ndr.fixed(ndr.UINT16, 2))
    assert (
        repr(codec)
        == "ndr.struct(Gap, wide=ndr.UINT32, narrow=ndr.fixed(ndr.UINT16, 2))"
    )
    assert repr(TEXT).startswith("ndr.struct(Text, length=ndr.UINT16")
    assert repr(NODE) == (
        "ndr.struct(Node, value=ndr.UINT32, next=ndr.unique(ndr.lazy(...)))"
    )


def test_a_module_of_another_abi_is_told_the_remedy() -> None:
    ndr.require_abi(1)
    with pytest.raises(ImportError, match="upgrade midlpy"):
        ndr.require_abi(2)
    with pytest.raises(ImportError, match="compile its IDL again"):
        ndr.require_abi(0)
