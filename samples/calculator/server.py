"""A calculator: plain calls with structures, unions, enums, strings and arrays."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math

from midlpy.runtime import rpc, serve

from calculator import (
    Answer,
    CalculatorServer,
    CombineResult,
    Complex,
    HistoryResult,
    Kind,
    Number,
    Operator,
    SpellResult,
    Status,
    Step,
    SummariseResult,
)

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def calculate(operation: Operator, left: complex, right: complex) -> complex:
    """One operation; complex stands for every kind of number here."""
    match operation:
        case Operator.OPERATOR_ADD:
            return left + right
        case Operator.OPERATOR_SUBTRACT:
            return left - right
        case Operator.OPERATOR_MULTIPLY:
            return left * right
        case Operator.OPERATOR_DIVIDE:
            return left / right
        case _:
            raise rpc.RpcFault(87, f"there is no operation {operation.value}")


def to_python(number: Number) -> complex:
    """The value of a union's arm."""
    match number.value:
        case Complex(real=real, imaginary=imaginary):
            return complex(real, imaginary)
        case int() | float() as value:
            return value
        case None:
            return 0


def to_number(value: complex) -> Number:
    """The arm that fits *value*, with its discriminant."""
    if isinstance(value, complex):
        if value.imag:
            return Number(
                kind=Kind.KIND_COMPLEX,
                value=Complex(real=value.real, imaginary=value.imag),
            )
        value = value.real
    if isinstance(value, float) and not value.is_integer():
        return Number(kind=Kind.KIND_REAL, value=value)
    return Number(kind=Kind.KIND_INTEGER, value=int(value))


class Abacus(CalculatorServer):
    """Calculates with Python's numbers."""

    async def combine(
        self, call: rpc.ServerCall, operation: Operator, left: Number, right: Number
    ) -> CombineResult:
        try:
            result = calculate(operation, to_python(left), to_python(right))
        except ZeroDivisionError:
            answer = Answer(
                result=to_number(0),
                detail_kind=Kind.KIND_TEXT,
                detail="nothing divides by zero",
            )
            return CombineResult(answer, Status.STATUS_DIVISION_BY_ZERO)
        answer = Answer(result=to_number(result), detail_kind=Kind.KIND_INTEGER)
        return CombineResult(answer, Status.STATUS_OK)

    async def summarise(
        self, call: rpc.ServerCall, count: int, terms: list[float]
    ) -> SummariseResult:
        return SummariseResult(
            math.fsum(terms), min(terms), max(terms), Status.STATUS_OK
        )

    async def spell(self, call: rpc.ServerCall, number: int, base: int) -> SpellResult:
        digits = ""
        rest = abs(number)
        while rest or not digits:
            rest, digit = divmod(rest, base)
            digits = DIGITS[digit] + digits
        return SpellResult("-" * (number < 0) + digits, Status.STATUS_OK)

    async def history(
        self, call: rpc.ServerCall, count: int, terms: list[float]
    ) -> HistoryResult:
        newest: Step | None = None
        for term in terms:
            total = (newest.value if newest else 0.0) + term
            newest = Step(value=total, previous=newest)
        return HistoryResult(newest, Status.STATUS_OK)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", default="ncacn_ip_tcp:127.0.0.1[0]", metavar="BINDING")
    options = parser.parse_args()
    async with serve(Abacus(), at=options.at) as listener:
        print(listener.binding, flush=True)
        await listener.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
