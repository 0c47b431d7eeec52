"""Collects measurements of many stations and sends summaries to observers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from midlpy.runtime import rpc, serve

from telemetry import Measurement, Summary, TelemetryServer


class Collector(TelemetryServer):
    """Keeps one summary for each sensor, however long its stream is."""

    def __init__(self, interval: float = 0.2) -> None:
        self._interval = interval
        self._summaries: dict[int, Summary] = {}

    async def report(
        self,
        call: rpc.ServerCall,
        station: int,
        measurements: rpc.Receiver[list[Measurement]],
    ) -> int:
        async for chunk in measurements:  # a list of what has arrived
            for measurement in chunk:
                self._add(measurement)
        return measurements.count

    async def watch(
        self, call: rpc.ServerCall, rounds: int, summaries: rpc.Sender[list[Summary]]
    ) -> None:
        async with summaries:
            for _ in range(rounds):
                await summaries.push(list(self._summaries.values()))
                await asyncio.sleep(self._interval)

    def _add(self, measurement: Measurement) -> None:
        value = measurement.value
        summary = self._summaries.get(measurement.sensor)
        if summary is None:
            summary = Summary(sensor=measurement.sensor, minimum=value, maximum=value)
            self._summaries[measurement.sensor] = summary
        summary.count += 1
        summary.sum += value
        summary.minimum = min(summary.minimum, value)
        summary.maximum = max(summary.maximum, value)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", default="ncacn_ip_tcp:127.0.0.1[0]", metavar="BINDING")
    options = parser.parse_args()
    async with serve(Collector(), at=options.at) as listener:
        print(listener.binding, flush=True)
        await listener.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
