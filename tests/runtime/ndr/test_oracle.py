"""Random types and values: generated codecs against one that walks."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from midlpy.runtime import ndr
from midlpy.runtime.errors import MarshalError, UnmarshalError
from tests.runtime.ndr import oracle


class Level(ndr.Enum16):
    LOW = 0
    HIGH = 7


@dataclass
class Typed:
    """A shape, and values of it."""

    shape: oracle.Shape
    values: st.SearchStrategy[Any]
    is_conformant: bool = False
    is_text: bool = False


def integer(format_: str, codec: ndr.Codec[int], bits: int, signed: bool) -> Typed:
    low, high = (
        (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    )
    return Typed(oracle.Number(format_, codec), st.integers(low, high))


SCALARS = [
    integer("b", ndr.INT8, 8, True),
    integer("B", ndr.UINT8, 8, False),
    integer("h", ndr.INT16, 16, True),
    integer("H", ndr.UINT16, 16, False),
    integer("i", ndr.INT32, 32, True),
    integer("I", ndr.UINT32, 32, False),
    integer("q", ndr.INT64, 64, True),
    Typed(oracle.Number("I", ndr.UINT3264, "Q"), st.integers(0, 2**32 - 1)),
    Typed(oracle.Number("?", ndr.BOOLEAN), st.booleans()),
    Typed(oracle.Number("d", ndr.FLOAT64), st.floats(allow_nan=False)),
    Typed(oracle.Number("f", ndr.FLOAT32), st.floats(allow_nan=False, width=32)),
    Typed(
        oracle.Number("H", ndr.enum(Level), "i"),
        st.sampled_from([*Level, Level(5), Level(32767)]),
    ),
    Typed(oracle.Guid(), st.uuids()),
]

numbers = itertools.count()


def text(is_wide: bool, bound: int | None) -> Typed:
    make = ndr.wide_string if is_wide else ndr.string
    # The narrow one is UTF-8, so that six characters always fit sixty octets.
    alphabet = (
        st.characters(exclude_categories=["Cs"]) if not is_wide else st.characters()
    )
    return Typed(
        oracle.Text(make(bound), bound, is_wide),
        st.text(alphabet, max_size=6),
        is_conformant=bound is None,
        is_text=True,
    )


scalars = st.sampled_from(SCALARS)
texts = st.builds(text, st.booleans(), st.sampled_from([None, None, 60]))


@st.composite
def pointers(draw: st.DrawFn, targets: st.SearchStrategy[Typed]) -> Typed:
    target = draw(targets)
    kind = draw(st.sampled_from(["unique", "unique", "ref", "full"]))
    values = target.values
    if kind != "ref":
        values = st.none() | values
    return Typed(oracle.Pointer(target.shape, kind), values)


@st.composite
def fixed_arrays(draw: st.DrawFn, elements: st.SearchStrategy[Typed]) -> Typed:
    element = draw(elements.filter(lambda typed: not typed.is_conformant))
    bound = draw(st.integers(1, 3))
    values = st.lists(element.values, min_size=bound, max_size=bound)
    return Typed(oracle.Fixed(element.shape, bound), values)


@st.composite
def counted(draw: st.DrawFn, elements: st.SearchStrategy[Typed], count: str) -> Typed:
    """A conformant array, maybe varying, of octets or else; *count* is its field."""
    if draw(st.integers(0, 3)) == 0:
        return Typed(oracle.Octets(None, size_is=count), st.binary(max_size=5), True)
    element = draw(elements.filter(lambda typed: not typed.is_conformant))
    values = st.lists(element.values, max_size=3)
    if draw(st.booleans()):
        return Typed(oracle.Array(element.shape, None, size_is=count), values, True)
    shape = oracle.Array(element.shape, 2, size_is=f"{count} + 2", length_is=count)
    return Typed(shape, values, True)


@st.composite
def records(draw: st.DrawFn, elements: st.SearchStrategy[Typed]) -> Typed:
    fields: dict[str, Typed] = {}
    unions: dict[str, list[tuple[int, Typed | None]]] = {}
    arrays: dict[str, str] = {}
    for index in range(draw(st.integers(1, 4))):
        name = f"f{index}"
        kind = draw(st.sampled_from(["plain", "plain", "array", "union"]))
        if kind == "array":
            count = f"{name}_count"
            array = draw(counted(elements, count))
            is_first = draw(st.booleans())
            pointer = oracle.Pointer(array.shape, "unique")
            number = Typed(oracle.Number("H", ndr.UINT16), st.just(0))
            pair = {count: number, name: Typed(pointer, st.none() | array.values)}
            fields |= pair if is_first else dict(reversed(pair.items()))
            arrays[name] = count
        elif kind == "union":
            arm = elements.filter(lambda typed: not typed.is_conformant)
            arms = [(1, draw(arm)), (2, draw(arm)), (7, None)]
            tag = oracle.Number("h", ndr.INT16)
            union = oracle.Union(
                {label: each.shape if each else None for label, each in arms},
                tag,
                draw(st.booleans()),
            )
            fields[f"{name}_tag"] = Typed(tag, st.just(0))
            fields[name] = Typed(union, st.just(None))
            unions[name] = arms
        else:
            fields[name] = draw(elements.filter(lambda typed: not typed.is_conformant))
    is_conformant = draw(st.integers(0, 3)) == 0
    if is_conformant:
        fields["last_count"] = Typed(oracle.Number("I", ndr.UINT32), st.just(0))
        fields["last"] = draw(counted(elements, "last_count"))
        arrays["last"] = "last_count"
    cls: Any = msgspec.defstruct(
        f"R{next(numbers)}", [(name, Any) for name in fields], bases=(ndr.Struct,)
    )

    @st.composite
    def values(draw: st.DrawFn) -> Any:
        items = {name: draw(typed.values) for name, typed in fields.items()}
        for name, count in arrays.items():
            items[count] = 0 if items[name] is None else len(items[name])
        for name, arms in unions.items():
            label, arm = draw(st.sampled_from(arms))
            items[f"{name}_tag"] = label
            items[name] = None if arm is None else draw(arm.values)
        return cls(**items)

    shape = oracle.Record(cls, {name: typed.shape for name, typed in fields.items()})
    return Typed(shape, values(), is_conformant)


def larger(smaller: st.SearchStrategy[Typed]) -> st.SearchStrategy[Typed]:
    return st.one_of(
        records(smaller), records(smaller), pointers(smaller), fixed_arrays(smaller)
    )


types = st.recursive(scalars | texts, larger, max_leaves=8)
top = records(types)

SYNTAXES = [(s, o) for s in (ndr.NDR, ndr.NDR64) for o in ndr.syntax.BYTE_ORDERS]

quick = settings(
    max_examples=60,
    deadline=None,
    report_multiple_bugs=False,
    # Smaller examples are not worth minutes of search; failures print their source.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize(("syntax", "byte_order"), SYNTAXES)
@quick
@given(data=st.data())
def test_generated_codecs_agree_with_one_that_walks(
    syntax: ndr.Syntax, byte_order: ndr.ByteOrder, data: st.DataObject
) -> None:
    typed = data.draw(top)
    note(repr(typed.shape.codec))
    value = data.draw(typed.values)
    out = oracle.Out(syntax is ndr.NDR64, byte_order == "big")
    typed.shape.whole(out, value)
    codec = typed.shape.codec
    octets = ndr.encode(codec, value, syntax=syntax, byte_order=byte_order)
    assert out.masked(octets) == out.masked(bytes(out.octets))
    assert ndr.decode(codec, octets, syntax=syntax, byte_order=byte_order) == value


@quick
@given(data=st.data())
def test_octets_cut_short_are_unmarshal_errors(data: st.DataObject) -> None:
    typed = data.draw(top)
    octets = ndr.encode(typed.shape.codec, data.draw(typed.values))
    if octets:
        length = data.draw(st.integers(0, len(octets) - 1))
        with pytest.raises(UnmarshalError):
            ndr.decode(typed.shape.codec, octets[:length])


@quick
@given(data=st.data())
def test_any_octets_give_a_value_or_an_unmarshal_error(data: st.DataObject) -> None:
    typed = data.draw(top)
    octets = data.draw(st.binary(max_size=80))
    with suppress(UnmarshalError):
        ndr.decode(typed.shape.codec, octets)


WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, "x", b"y", 2**70, -1, 1.5, [], object, UUID(int=1)]
)


@quick
@given(data=st.data())
def test_a_wrong_value_is_written_or_a_marshal_error(data: st.DataObject) -> None:
    typed = data.draw(top)
    value = data.draw(typed.values)
    name = data.draw(st.sampled_from(value.__struct_fields__))
    setattr(value, name, data.draw(WRONG))
    message = "encode: value"
    try:
        ndr.encode(typed.shape.codec, value)
    except MarshalError as error:
        message = str(error)
    assert message.startswith("encode: value")
