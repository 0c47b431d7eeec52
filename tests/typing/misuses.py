"""Wrong uses: both checkers refuse exactly the lines that say so."""

from __future__ import annotations

from midlpy.runtime import rpc

from .arrays import ArraysClient, Fixed, Partly
from .converted import ConvertedClient, DateWire, Offer
from .imports import ImportsClient
from .inventory import (
    BytePipe,
    InventoryClient,
    InventoryServer,
    Item,
    StoreHandle,
)
from .pipes import Octets, PipesClient, PipesServer, Samples
from .shapes import Canvas


async def data_in_place_of_a_pipe(
    inventory: InventoryClient, store: StoreHandle
) -> None:
    await inventory.export(store, b"...")  # refused
    await inventory.export(store, [1, 2])  # refused


async def a_pipe_of_another_class(pipes: PipesClient, octets: BytePipe) -> None:
    await pipes.upload("name", octets)  # refused
    await pipes.upload("name", Samples())  # refused


async def elements_of_another_type() -> None:
    await Octets().push("text")  # refused
    await Samples().push("text")  # refused


async def a_handle_of_another_kind(
    imports: ImportsClient, inventory: InventoryClient, canvas: Canvas, number: int
) -> None:
    await inventory.get_item(canvas, 7)  # refused
    await inventory.get_item(number, 7)  # refused
    await imports.close(canvas)


async def a_count_by_position(arrays: ArraysClient) -> None:
    await arrays.fill(b"", [], "", Fixed(), Partly(), None, 3)  # refused


async def results_that_are_not_there(inventory: InventoryClient) -> None:
    opened = await inventory.open_store("main")
    print(opened.handle)  # refused
    print(inventory.export(opened.store, BytePipe()).store)  # refused


def values_of_another_type() -> Item:
    return Item(label=b"lamp")  # refused


def a_server_without_its_methods() -> InventoryServer:
    return InventoryServer()  # refused


async def converted_values(shop: ConvertedClient) -> int:
    offer = Offer(day="today")  # refused
    sold = await shop.sell(DateWire(), None, [offer])  # refused
    return sold.return_value  # refused


class Wrong(PipesServer):
    async def wait(self, call: rpc.ServerCall, seconds: str) -> int:  # refused
        return 0

    async def download(self, call: rpc.ServerCall, data: rpc.Sender[bytes]) -> None:
        await data.pull()  # refused
