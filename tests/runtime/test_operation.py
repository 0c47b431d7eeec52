"""Operations as tools use them, and as the call layer does."""

from __future__ import annotations

from typing import Any, NamedTuple, NewType
from uuid import UUID

import pytest

from midlpy.runtime import ndr, rpc
from midlpy.runtime.errors import MarshalError, StubDataTruncated, UnmarshalError

StoreHandle = NewType("StoreHandle", rpc.ContextHandle)
STORE_HANDLE = ndr.context_handle(StoreHandle)


class BytePipe(rpc.Pipe[bytes], element=ndr.OCTET):
    """``typedef pipe byte BYTE_PIPE;``"""


class LongPipe(rpc.Pipe[list[int]], element=ndr.INT32):
    """``typedef pipe long LONG_PIPE;``"""


class Item(ndr.Struct, gc=False):
    label: str | None = None
    part_count: int = 0
    parts: list[int] | None = None


ITEM = ndr.struct(
    Item,
    label=ndr.unique(ndr.WIDE_STRING),
    part_count=ndr.UINT32,
    parts=ndr.unique(ndr.array(ndr.UINT32, size_is="part_count")),
)


class GetItemResult(NamedTuple):
    item: Item | None
    return_value: int


class ReadResult(NamedTuple):
    data: bytes
    return_value: int


GET_ITEM = rpc.Operation(
    opnum=0,
    name="GetItem",
    method="get_item",
    request=rpc.arguments(store=STORE_HANDLE, id=ndr.UINT32),
    response=rpc.results(
        GetItemResult, item=ndr.ref(ndr.unique(ITEM)), return_value=ndr.INT32
    ),
)
SET_ITEM = rpc.Operation(
    opnum=1,
    name="SetItem",
    method="set_item",
    request=rpc.arguments(item=ITEM),
    response=ndr.INT32,
)
SUM = rpc.Operation(
    opnum=2,
    name="Sum",
    method="sum",
    request=rpc.arguments(n=ndr.UINT32, values=ndr.array(ndr.UINT32, size_is="n")),
    response=rpc.result(total=ndr.ref(ndr.UINT32)),
    counts=("n",),
)
READ = rpc.Operation(
    opnum=3,
    name="Read",
    method="read",
    request=rpc.arguments(size=ndr.UINT32, level=ndr.UINT32),
    response=rpc.results(
        ReadResult, data=ndr.octets(size_is="size"), return_value=ndr.INT32
    ),
)
LEVEL = rpc.Operation(
    opnum=4,
    name="Level",
    method="level",
    request=rpc.arguments(level=ndr.UINT32),
    response=rpc.result(
        info=ndr.switch(
            ndr.union(
                ndr.UINT32,
                {1: ndr.UINT16, 2: ndr.UINT16, 3: ndr.unique(ITEM), 4: ndr.STRING},
            ),
            switch_is="level",
        )
    ),
)
COPY = rpc.Operation(
    opnum=5,
    name="Copy",
    method="copy",
    request=rpc.arguments(key=ndr.UINT8),
    in_pipes=rpc.pipes(source=BytePipe),
    out_pipes=rpc.pipes(target=rpc.ranged(LongPipe, 1, 2)),
    response=rpc.results(ReadResult, size=ndr.ref(ndr.UINT8), return_value=ndr.INT32),
    parameters=("source", "key", "target", "size"),
)
NOTHING = rpc.Operation(opnum=6, name="Nothing", method="nothing")
INVENTORY = rpc.Interface(
    name="inventory",
    uuid=UUID("6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41"),
    version=(1, 0),
    operations=(GET_ITEM, SET_ITEM, SUM, READ, LEVEL, COPY, NOTHING),
)

STORE = StoreHandle(rpc.ContextHandle(0, UUID(int=1)))


def test_operations_are_found_by_number_and_by_idl_name() -> None:
    assert INVENTORY.operations[1] is SET_ITEM
    assert INVENTORY["GetItem"] is GET_ITEM
    with pytest.raises(KeyError, match="inventory has no operation 'Get'"):
        INVENTORY["Get"]


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64])
@pytest.mark.parametrize("byte_order", ndr.syntax.BYTE_ORDERS)
def test_a_request_and_its_response_come_back(
    syntax: ndr.Syntax, byte_order: ndr.ByteOrder
) -> None:
    kind: Any = {"syntax": syntax, "byte_order": byte_order}
    octets = GET_ITEM.encode_request(STORE, 7, **kind)
    assert GET_ITEM.decode_request(octets, **kind) == (STORE, 7)
    item = Item("lamp", 2, [1, 2])
    octets = GET_ITEM.encode_response(item, 0, **kind)
    assert GET_ITEM.decode_response(octets, **kind) == (item, 0)


def test_a_response_may_be_given_as_its_tuple() -> None:
    result = GetItemResult(None, 5)
    assert GET_ITEM.encode_response(result) == GET_ITEM.encode_response(None, 5)


def test_counts_may_be_left_out_or_given_either_way() -> None:
    wanted = bytes.fromhex("02000000 02000000 07000000 08000000")
    assert SUM.encode_request([7, 8]) == wanted
    assert SUM.encode_request([7, 8], n=2) == wanted
    assert SUM.encode_request(2, [7, 8]) == wanted
    assert SUM.decode_request(wanted) == (2, [7, 8])
    with pytest.raises(TypeError, match="sum: 3 arguments, but it takes values"):
        SUM.encode_request(1, 2, 3)
    with pytest.raises(TypeError, match="m is not a count"):
        SUM.encode_request([7], m=1)


def test_nothing_is_an_empty_stub() -> None:
    assert NOTHING.encode_request() == NOTHING.encode_response() == b""
    assert NOTHING.decode_request(b"") == NOTHING.decode_response(b"") == ()


def test_octets_behind_the_last_parameter_are_accepted() -> None:
    assert SUM.decode_response(bytes(9)) == (0,)


def test_errors_name_the_operation() -> None:
    with pytest.raises(
        MarshalError,
        match=r"^set_item: item\.parts\[2\] is 4294967296, which does not fit "
        "an unsigned long$",
    ):
        SET_ITEM.encode_request(Item(parts=[1, 2, 2**32]))
    octets = GET_ITEM.encode_response(Item("a longer label"), 0)
    with pytest.raises(
        StubDataTruncated,
        match=r"^GetItem response: item\.label wants 30 octets at offset 28, "
        "18 are left$",
    ):
        GET_ITEM.decode_response(octets[:46])


def test_results_may_depend_on_arguments() -> None:
    octets = READ.encode_response(b"abc", 0, arguments=[3, 0])
    assert READ.decode_response(octets, arguments=[3, 0]) == (b"abc", 0)
    assert READ.decode_response(octets) == (b"abc", 0)
    with pytest.raises(UnmarshalError, match="data has a count of 3 on the wire"):
        READ.decode_response(octets, arguments=[4, 0])
    with pytest.raises(MarshalError, match="its count size is 4"):
        READ.encode_response(b"abc", 0, arguments=[4, 0])


def test_a_count_left_to_the_data_says_nothing_about_the_response() -> None:
    array = ndr.array(ndr.UINT8, size_is="n")
    echo = rpc.Operation(
        opnum=0,
        name="Echo",
        method="echo",
        request=rpc.arguments(n=ndr.UINT32, data=array),
        response=rpc.result(data=array),
        counts=("n",),
    )
    octets = echo.encode_response([1, 2])
    stub = echo.stub(ndr.NDR)
    assert stub.read_response(octets, 0, [0, [1, 2]]) == [[1, 2]]
    assert stub.read_response(octets, 0, [2, [1, 2]]) == [[1, 2]]
    with pytest.raises(UnmarshalError, match="has a count of 2"):
        stub.read_response(octets, 0, [3, [1, 2, 3]])


def test_a_discriminant_of_the_request_selects_the_arm() -> None:
    octets = LEVEL.encode_response(7, arguments=[2])
    assert octets == bytes.fromhex("02000000 0700")
    assert LEVEL.decode_response(octets, arguments=[2]) == (7,)
    assert LEVEL.decode_response(octets) == (7,)
    with pytest.raises(UnmarshalError, match="info has a count of 2 on the wire"):
        LEVEL.decode_response(octets, arguments=[1])


def test_without_a_discriminant_only_a_value_of_one_arm_is_written() -> None:
    assert LEVEL.decode_response(LEVEL.encode_response("text")) == ("text",)
    with pytest.raises(MarshalError, match="needs the discriminant"):
        LEVEL.encode_response(7)


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64])
def test_pipes_are_lists_of_chunks_in_their_idl_place(syntax: ndr.Syntax) -> None:
    octets = COPY.encode_request([b"abc", b"d"], 9, syntax=syntax)
    assert COPY.decode_request(octets, syntax=syntax) == ([b"abc", b"d"], 9)
    octets = COPY.encode_response([[1, 2], [3]], 4, 0, syntax=syntax)
    assert COPY.decode_response(octets, syntax=syntax) == ([[1, 2], [3]], 4, 0)


def test_in_pipes_follow_the_parameters_and_out_pipes_precede_them() -> None:
    assert COPY.encode_request([b"abc"], 9) == bytes.fromhex(
        "09000000 03000000 61626300 00000000"
    )
    assert COPY.encode_response([[7]], 4, 5) == bytes.fromhex(
        "01000000 07000000 00000000 04000000 05000000"
    )


def test_chunks_outside_their_range_are_refused() -> None:
    octets = bytearray(COPY.encode_response([[1, 2]], 4, 0))
    octets[0] = 3
    with pytest.raises(UnmarshalError, match=r"outside 1\.\.2"):
        COPY.decode_response(octets)


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64])
def test_every_truncation_of_a_pipe_is_an_unmarshal_error(syntax: ndr.Syntax) -> None:
    octets = COPY.encode_response([[1, 2], [3]], 4, 0, syntax=syntax)
    for length in range(len(octets)):
        with pytest.raises(UnmarshalError):
            COPY.decode_response(octets[:length], syntax=syntax)


def test_arguments_are_split_into_values_and_pipes_and_back() -> None:
    source, target = BytePipe(), LongPipe()
    plain, pipes = COPY.split_arguments([source, 9, target])
    assert plain == [9]
    assert pipes == {"source": source, "target": target}
    assert COPY.join_arguments(plain, pipes) == [source, 9, target]
    with pytest.raises(TypeError, match="copy: 1 arguments, but it takes 3"):
        COPY.split_arguments([source])


def test_results_have_the_shape_the_operation_gives_back() -> None:
    assert GET_ITEM.pack_result([None, 0]) == GetItemResult(None, 0)
    assert SET_ITEM.pack_result([5]) == 5
    assert NOTHING.pack_result([]) is None
    assert GET_ITEM.unpack_result(GetItemResult(None, 0)) == [None, 0]
    assert SET_ITEM.unpack_result(5) == [5]
    assert NOTHING.unpack_result(None) == []
    with pytest.raises(MarshalError, match=r"get_item: the result is 5, but it is"):
        GET_ITEM.unpack_result(5)
    with pytest.raises(MarshalError, match="gives nothing back"):
        NOTHING.unpack_result(5)


def test_a_stub_continues_behind_pipes() -> None:
    stub = COPY.stub(ndr.NDR)
    parts, octets = stub.write_response([4, 5], 3)
    assert b"".join(parts) == bytes.fromhex("04 05000000")
    assert octets == 5
    assert stub.read_response(b"".join(parts), 3) == [4, 5]


def test_an_incomplete_request_asks_for_more() -> None:
    stub = SET_ITEM.stub(ndr.NDR)
    octets = SET_ITEM.encode_request(Item("ab", 0, [1]))
    with pytest.raises(StubDataTruncated):
        stub.read_request(octets[:-1], False)
    assert stub.read_request(octets + b"more", False) == (
        [Item("ab", 1, [1])],
        len(octets),
    )


def test_a_stub_prints_what_is_generated_for_it() -> None:
    text = GET_ITEM.stub(ndr.NDR64, "big").source()
    assert text.count("def write(") == 2
    assert text.count("def read(") == 2
