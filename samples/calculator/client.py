"""Asks a calculator server."""

from __future__ import annotations

import argparse
import asyncio

from midlpy.runtime import connect, rpc

from calculator import CalculatorClient, Complex, Kind, Number, Operator, Step


async def tour(client: CalculatorClient) -> list[str]:
    """What every operation answers, a line each."""
    lines: list[str] = []
    left = Number(kind=Kind.KIND_COMPLEX, value=Complex(real=1, imaginary=2))
    right = Number(kind=Kind.KIND_INTEGER, value=3)
    answer, status = await client.combine(Operator.OPERATOR_MULTIPLY, left, right)
    lines.append(f"(1+2i) * 3 = {answer.result.value} ({status.name})")

    zero = Number(kind=Kind.KIND_INTEGER, value=0)
    answer, status = await client.combine(Operator.OPERATOR_DIVIDE, right, zero)
    lines.append(f"3 / 0: {answer.detail} ({status.name})")

    # The count is taken from the list.
    total, smallest, largest, _ = await client.summarise([2.5, -1.0, 4.5])
    lines.append(f"sum {total}, from {smallest} to {largest}")

    text, _ = await client.spell(-255, 16)
    lines.append(f"-255 in base 16 is {text}")

    newest, _ = await client.history([1.0, 2.0, 3.0])
    step: Step | None = newest
    totals: list[float] = []
    while step is not None:
        totals.append(step.value)
        step = step.previous
    lines.append(f"partial sums, newest first: {totals}")

    try:
        await client.spell(1, 99)
    except rpc.MarshalError as error:
        lines.append(f"refused before it is sent: {error}")
    return lines


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binding", help="as the server prints it")
    options = parser.parse_args()
    async with connect(CalculatorClient, options.binding) as client:
        print(*await tour(client), sep="\n")


if __name__ == "__main__":
    asyncio.run(main())
