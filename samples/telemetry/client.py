"""Many stations report measurements at once, while a slow observer watches."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator

from midlpy.runtime import connect

from telemetry import Measurement, MeasurementPipe, SummaryPipe, TelemetryClient

BATCH = 500


async def measure(station: int, count: int) -> AsyncIterator[list[Measurement]]:
    """*count* measurements of one station's four sensors, in batches."""
    source = random.Random(station)
    for start in range(0, count, BATCH):
        yield [
            Measurement(
                time=time.time_ns(),
                sensor=station * 4 + number % 4,
                value=source.gauss(20.0, 5.0),
            )
            for number in range(start, min(start + BATCH, count))
        ]
        await asyncio.sleep(0)


async def station(binding: str, number: int, count: int) -> int:
    """Report *count* measurements; how many the server took."""
    async with connect(TelemetryClient, binding) as client:
        # The call drives the pipe itself, from anything that can be iterated.
        pipe = MeasurementPipe.from_source(measure(number, count))
        return await client.report(number, pipe)


async def observe(binding: str, rounds: int, pause: float) -> int:
    """Pull summaries slowly; the server waits when too many are on their way."""
    seen = 0
    async with connect(TelemetryClient, binding) as client:
        pipe = SummaryPipe()
        async with client.watch(rounds, pipe) as call:
            async for summary in pipe.elements():
                seen += 1
                mean = summary.sum / summary.count
                if seen % 100 == 0:
                    print(
                        f"sensor {summary.sensor}: {summary.count} values, mean {mean:.2f}"
                    )
                    await asyncio.sleep(pause)
            await call.result()
    return seen


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binding", help="as the server prints it")
    parser.add_argument("--stations", type=int, default=20)
    parser.add_argument("--count", type=int, default=5_000, help="of each station")
    parser.add_argument("--rounds", type=int, default=10, help="of summaries")
    parser.add_argument("--pause", type=float, default=0.05, metavar="SECONDS")
    options = parser.parse_args()
    async with asyncio.TaskGroup() as group:
        observer = group.create_task(
            observe(options.binding, options.rounds, options.pause)
        )
        stations = [
            group.create_task(station(options.binding, number, options.count))
            for number in range(options.stations)
        ]
    accepted = sum(task.result() for task in stations)
    print(f"{accepted} measurements taken, {observer.result()} summaries seen")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
