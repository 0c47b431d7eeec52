"""Types that contain themselves through counted arrays and unions; octets by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from midlpy.runtime import ndr
from midlpy.runtime.errors import MarshalError, UnmarshalError


class Node(ndr.Struct):
    count: int = 0
    children: list[Node] | None = None


class Vector(ndr.Struct):
    count: int = 0
    elements: list[Variant] | None = None


class Variant(ndr.Struct):
    kind: int = 0
    u: Any = None


class Pair(ndr.Struct):
    left: Term = msgspec.field(default_factory=lambda: Term())
    right: Term = msgspec.field(default_factory=lambda: Term())


class Term(ndr.Struct):
    kind: int = 0
    body: Any = None


class Counted(ndr.Struct):
    count: int = 0
    items: Any = None


class Owner(ndr.Struct):
    value: int = 0
    other: Owned | None = None


class Owned(ndr.Struct):
    value: int = 0
    owner: Owner | None = None


NODE: ndr.Codec[Node] = ndr.struct(
    Node,
    count=ndr.UINT32,
    children=ndr.unique(ndr.array(ndr.lazy(lambda: NODE), size_is="count")),
)
VECTOR: ndr.Codec[Vector] = ndr.struct(
    Vector,
    count=ndr.UINT32,
    elements=ndr.unique(ndr.array(ndr.lazy(lambda: VARIANT), size_is="count")),
)
VARIANT: ndr.Codec[Variant] = ndr.struct(
    Variant,
    kind=ndr.UINT16,
    u=ndr.switch(
        ndr.union(ndr.UINT16, {3: ndr.UINT32, 4: VECTOR}, default=ndr.EMPTY),
        switch_is="kind",
    ),
)
# The name that is used ahead stands in the union: no pointer leads to it.
LATE: ndr.Codec[Variant] = ndr.struct(
    Variant,
    kind=ndr.UINT16,
    u=ndr.switch(
        ndr.union(
            ndr.UINT16,
            {3: ndr.UINT32, 4: ndr.lazy(lambda: LATE_VECTOR)},
            default=ndr.EMPTY,
        ),
        switch_is="kind",
    ),
)
LATE_VECTOR: ndr.Codec[Vector] = ndr.struct(
    Vector,
    count=ndr.UINT32,
    elements=ndr.unique(ndr.array(LATE, size_is="count")),
)
PAIR: ndr.Codec[Pair] = ndr.struct(
    Pair, left=ndr.lazy(lambda: TERM), right=ndr.lazy(lambda: TERM)
)
TERM: ndr.Codec[Term] = ndr.struct(
    Term,
    kind=ndr.UINT32,
    body=ndr.unique(
        ndr.switch(
            ndr.union(ndr.UINT32, {1: ndr.UINT32, 2: PAIR}, default=ndr.EMPTY),
            switch_is="kind",
        )
    ),
)
OWNED: ndr.Codec[Owned] = ndr.struct(
    Owned, value=ndr.UINT32, owner=ndr.unique(ndr.lazy(lambda: OWNER))
)
OWNER: ndr.Codec[Owner] = ndr.struct(Owner, value=ndr.UINT32, other=ndr.unique(OWNED))

TREE = Node(2, [Node(), Node(1, [Node()])])
VARIANTS = Variant(
    4, Vector(2, [Variant(3, 7), Variant(4, Vector(1, [Variant(3, 8)]))])
)

# "*" stands for a referent id: any number but zero.
TREE_NDR = """
    02000000 *
    02000000 | 00000000 00000000 | 01000000 *
    01000000 | 00000000 00000000
"""
TREE_NDR64 = """
    02000000 00000000 * *
    02000000 00000000 | 00000000 00000000 00000000 00000000
                      | 01000000 00000000 * *
    01000000 00000000 | 00000000 00000000 00000000 00000000
"""
VARIANTS_NDR = """
    0400 0400  02000000 *
    02000000 | 0300 0300 07000000 | 0400 0400 01000000 *
    01000000 | 0300 0300 08000000
"""


def words(text: str) -> list[str]:
    """Groups of four octets, referent ids as stars."""
    plain = text.replace("|", " ").replace("*", "beef0000").split()
    octets = "".join(plain)
    return [octets[start : start + 8] for start in range(0, len(octets), 8)]


def check(codec: ndr.Codec[Any], value: Any, text: str, syntax: ndr.Syntax) -> None:
    expected = words(text)
    if syntax is ndr.NDR64:
        # The upper half of an id.
        for place, word in enumerate(expected[:-1]):
            if word == expected[place + 1] == "beef0000":
                expected[place + 1] = "00000000"
    encoded = ndr.encode(codec, value, syntax=syntax).hex()
    got = [encoded[start : start + 8] for start in range(0, len(encoded), 8)]
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one != "00000000" if other == "beef0000" else one == other
    octets = bytes.fromhex("".join(expected))
    assert ndr.decode(codec, octets, syntax=syntax) == value
    for length in range(len(octets)):
        with pytest.raises(UnmarshalError):
            ndr.decode(codec, octets[:length], syntax=syntax)


def test_a_counted_array_may_hold_its_own_struct() -> None:
    check(NODE, TREE, TREE_NDR, ndr.NDR)
    check(NODE, TREE, TREE_NDR64, ndr.NDR64)


@pytest.mark.parametrize("codec", [VARIANT, LATE])
def test_an_arm_may_lead_back_to_the_struct_of_its_union(
    codec: ndr.Codec[Variant],
) -> None:
    check(codec, VARIANTS, VARIANTS_NDR, ndr.NDR)


def test_arrays_of_an_array_may_hold_the_outer_struct() -> None:
    rows = ndr.unique(ndr.array(ndr.unique(ndr.array(NODE, size_is="count"))))
    holder = ndr.struct(Counted, count=ndr.UINT32, items=rows)
    value = Counted(1, [[TREE]])
    octets = ndr.encode(holder, value)
    assert ndr.decode(holder, octets) == value


def test_a_pointer_to_a_union_may_lead_back_to_what_holds_it() -> None:
    value = Term(2, Pair(Term(1, 7), Term(9, None)))
    check(
        TERM,
        value,
        # Both terms of the pair are in place; then what the first one's body is.
        "02000000 *  02000000 | 01000000 * 09000000 00000000 | 01000000 07000000",
        ndr.NDR,
    )


def test_the_discriminant_behind_a_pointer_is_the_one_its_sibling_says() -> None:
    with pytest.raises(UnmarshalError, match="kind"):
        ndr.decode(TERM, bytes.fromhex("01000000 beef0000 09000000"))


def test_structs_that_lead_to_each_other() -> None:
    value = Owner(1, Owned(2, Owner(3, None)))
    check(OWNER, value, "01000000 * 02000000 * 03000000 00000000", ndr.NDR)


def test_counts_of_a_tree_come_from_its_lists() -> None:
    bare = Node(0, [Node(), Node(0, [Node()])])
    assert ndr.encode(NODE, bare) == ndr.encode(NODE, TREE)


def test_a_wrong_count_deep_in_a_tree_is_told_with_its_path() -> None:
    wrong = Node(1, [Node(2, [Node()])])
    with pytest.raises(MarshalError, match=r"children\[0\]\.children has 1 elements"):
        ndr.encode(NODE, wrong)


def test_a_tree_is_not_endlessly_deep() -> None:
    deep = Node()
    for _ in range(2000):
        deep = Node(1, [deep])
    with pytest.raises(MarshalError, match="levels deep"):
        ndr.encode(NODE, deep)
    level = bytes.fromhex("01000000 beef0000 01000000")
    with pytest.raises(UnmarshalError, match="levels deep"):
        ndr.decode(NODE, level * 2000)
