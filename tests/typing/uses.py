"""Right uses of generated modules: both checkers accept every line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import assert_type

from midlpy.runtime import connect, rpc

from .arrays import ArraysClient, Cell, Fixed, Partly, Sized
from .converted import ConvertedClient, Date, Offer, SellResult
from .imports import ImportsClient, Shape
from .inventory import (
    BytePipe,
    GetItemResult,
    InventoryClient,
    InventoryServer,
    Item,
    ItemState,
    OpenStoreResult,
    StoreHandle,
)
from .pipes import MergeResult, Octets, PipesClient, Reading, Readings, Samples
from .recursion import Node
from .shapes import Point, PointPipe, ShapeKind
from .unions import Answer, Message
from .unions import Point as Place


class Shelf(InventoryServer):
    async def open_store(self, call: rpc.ServerCall, name: str) -> OpenStoreResult:
        return OpenStoreResult(StoreHandle(call.new_context(name)), 0)

    async def get_item(
        self, call: rpc.ServerCall, store: StoreHandle, id: int
    ) -> GetItemResult:
        return GetItemResult(Item(label="lamp", parts=[id]), 0)

    async def export(
        self, call: rpc.ServerCall, store: StoreHandle, data: rpc.Sender[bytes]
    ) -> int:
        async with data:
            await data.push(b"...")
        return 0


async def results(inventory: InventoryClient) -> None:
    opened = await inventory.open_store("main")
    assert_type(opened, OpenStoreResult)
    item, status = await inventory.get_item(opened.store, 7)
    assert_type(item, Item | None)
    assert_type(status, int)


async def streams(inventory: InventoryClient, store: StoreHandle) -> bytes:
    data = BytePipe()
    call = inventory.export(store, data)
    assert_type(call, rpc.Call[int])
    async with call:
        return b"".join([chunk async for chunk in data])


async def blocks() -> AsyncIterator[bytes]:
    yield b"..."


async def several_pipes(pipes: PipesClient) -> None:
    merged, log = Readings(), Octets()
    samples = Samples()
    async with pipes.merge(samples, Octets(), 3, merged, log) as call:
        async with samples:
            await samples.push([1.0, 2.0])
        async for readings in merged:
            assert_type(readings, list[Reading])
        assert_type(await call.result(), MergeResult)
    assert_type(await pipes.upload("name", Octets.from_source(blocks())), int)


async def counts_come_from_data(arrays: ArraysClient) -> None:
    await arrays.fill(b"", [[1], None], "label", Fixed(), Partly(), None)
    await arrays.fill(b"", [], "", Fixed(), Partly(), Sized(), n=0, rows=0)
    await arrays.pairs([[Cell(), Cell()]])


async def values_of_other_modules(imports: ImportsClient) -> None:
    opened = await imports.open()
    shape = Shape(kind=ShapeKind.SHAPE_SQUARE, data=Point(x=1.0), anchor=Point())
    assert_type(shape.outline, list[Point])
    await imports.draw(opened.canvas, shape, PointPipe())


def unions(message: Message, answer: Answer) -> None:
    match message.detail:
        case int() | str() | None:
            pass
        case Place(x=x):
            assert_type(x, int)


def cycles() -> Node:
    return Node(value=1, next=Node(value=2))


async def converted_values(shop: ConvertedClient) -> date:
    offers = [Offer(day=date(2024, 2, 29), prices=[Decimal(1), Decimal(2)], tags=["a"])]
    found = await shop.sell(date(2024, 3, 1), None, offers)
    assert_type(found, SellResult)
    assert_type(found.return_value, Decimal)
    assert_type(found.best.tags, list[str])
    due: Date | None = found.due
    return due or found.best.day


async def connected() -> None:
    async with connect(InventoryClient, "ncacn_ip_tcp:127.0.0.1[49200]") as inventory:
        assert_type(inventory, InventoryClient)
        assert int(ItemState.STATE_NEW) == 0
