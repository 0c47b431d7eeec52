"""Golden modules at work: values, octets, calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import ModuleType

import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from midlpy.runtime.ndr.coding import decode, encode
from tests.support.corpus import corpus_path

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.idl"))
PUBLISHED = "dltm dtyp efsr even6 frs2 oaut rrp rsmp samr scmr srvs tsts_tspubrpc"


def check_defaults(module: ModuleType) -> None:
    """A value made of defaults can travel, and comes back the same."""
    for codec in vars(module).values():
        cls = getattr(codec, "cls", int)
        if isinstance(codec, ndr.Codec) and issubclass(cls, ndr.Struct):
            value = cls()
            for syntax in (ndr.NDR, ndr.NDR64):
                octets = encode(codec, value, syntax=syntax)
                assert decode(codec, octets, syntax=syntax) == value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_values_of_defaults_travel(path: Path) -> None:
    converters = {
        name.upper(): f"tests.golden.presented:{name}Converter"
        for name in ("Date", "Price", "Tags")
    }
    check_defaults(midlpy.load(path, converters=converters))


@pytest.mark.parametrize("name", PUBLISHED.split())
def test_values_of_defaults_travel_for_published_files(name: str) -> None:
    path = corpus_path(f"idl/ms-{name}.idl")
    check_defaults(midlpy.load(path, async_pipes="imply"))


def test_a_call_goes_out_and_comes_back() -> None:
    inventory = midlpy.load(FOLDER / "inventory.idl")

    class Shelf(inventory.InventoryServer):
        async def open_store(self, call: rpc.ServerCall, name: str) -> object:
            return inventory.OpenStoreResult(call.new_context(name), 0)

        async def get_item(
            self, call: rpc.ServerCall, store: object, id: int
        ) -> object:
            return inventory.GetItemResult(inventory.Item(label="lamp", parts=[id]), 0)

        async def export(
            self, call: rpc.ServerCall, store: object, data: object
        ) -> int:
            assert isinstance(data, rpc.Pipe | rpc.Sender)
            async with data:
                await data.push(b"lamp")
            return 3

    async def run() -> tuple[object, bytes, int]:
        async with rpc.memory_pair(Shelf(), inventory.InventoryClient) as client:
            store, _ = await client.open_store("main")
            item, _ = await client.get_item(store, 7)
            pipe = inventory.BytePipe()
            async with client.export(store, pipe) as export:
                text = b"".join([chunk async for chunk in pipe])
                status = await export.result()
            return item, text, status

    item, text, status = asyncio.run(run())
    assert item == inventory.Item(label="lamp", part_count=1, parts=[7])
    assert (text, status) == (b"lamp", 3)


def test_counts_are_taken_from_data() -> None:
    arrays = midlpy.load(FOLDER / "arrays.idl")
    operation = arrays.ARRAYS["Pairs"]
    cells = [[arrays.Cell(a=1), arrays.Cell(a=2)]]
    octets = operation.encode_request(cells)
    assert octets[:8].hex() == "01000000" "01000000"  # count, maximum count
    assert operation.decode_request(octets) == (1, cells)


def test_recursive_values_travel() -> None:
    recursion = midlpy.load(FOLDER / "recursion.idl")
    node = recursion.Node(value=1, next=recursion.Node(value=2))
    assert decode(recursion.NODE, encode(recursion.NODE, node)) == node
    branch = recursion.Branch(children=[recursion.Tree(kind=0, value=5)])
    tree = recursion.Tree(kind=1, value=branch)
    back = decode(recursion.TREE, encode(recursion.TREE, tree))
    assert back.value.children[0].value == 5
    assert back.value.count == 1
