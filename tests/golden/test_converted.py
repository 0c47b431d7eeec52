"""Converters at work in a generated module: octets, and a call there and back."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from midlpy.runtime import ndr, rpc
from midlpy.runtime.errors import MarshalError
from tests.golden.converted import (
    CONVERTED,
    OFFER,
    ConvertedClient,
    ConvertedServer,
    Offer,
    SellResult,
)

DAY = date(2024, 2, 29)  # e8 07, 02, 1d


def test_an_offer_on_the_wire() -> None:
    offer = Offer(
        day=DAY, prices=[Decimal("1.5"), Decimal(-1)], others=[date(1, 1, 1)], tags=["a"]
    )
    octets = bytes.fromhex(
        "e807 02 1d"  # Day
        "96000000 9cffffff"  # Prices: 150, -100
        "01000000"  # Count, taken from the list
        "10000200"  # Others: referent id
        "14000200"  # Tags: referent id
        "01000000 0100 01 01"  # Others: maximum count, one date
        "02000000 00000000 02000000 6100 0000"  # Tags: "a"
    )
    encoded = ndr.encode(OFFER, offer)
    assert encoded == octets[:16] + encoded[16:24] + octets[24:]
    offer.count = 1
    assert ndr.decode(OFFER, octets) == offer
    assert ndr.encode(OFFER, Offer(), syntax=ndr.NDR64)[:4] == bytes.fromhex("01000101")


class Shop(ConvertedServer):
    """Sells the last offer, a day later."""

    async def sell(
        self,
        call: rpc.ServerCall,
        day: date,
        due: date | None,
        count: int,
        offers: list[Offer],
    ) -> SellResult:
        assert all(isinstance(each.day, date) for each in offers)
        assert count == len(offers)
        prices = [price for each in offers for price in each.prices]
        return SellResult(None if due is None else day, offers[-1], sum(prices, Decimal()))


@pytest.mark.parametrize("due", [None, date(1999, 12, 31)])
def test_a_call_takes_and_gives_what_the_program_sees(due: date | None) -> None:
    async def run() -> SellResult:
        async with rpc.memory_pair(Shop(), ConvertedClient) as shop:
            offers = [Offer(day=DAY), Offer(prices=[Decimal("2.5")] * 2, tags=["x", "y"])]
            return await shop.sell(DAY, due, offers)

    found = asyncio.run(run())
    assert found.due == (None if due is None else DAY)
    assert found.best.tags == ["x", "y"]
    assert found.best.day == date(1, 1, 1)
    assert found.return_value == Decimal(5)


def test_a_converters_refusal_names_parameter_and_value() -> None:
    with pytest.raises(MarshalError, match=r"sell: day is 'today', which DateConverter"):
        CONVERTED["Sell"].encode_request("today", None, [])
