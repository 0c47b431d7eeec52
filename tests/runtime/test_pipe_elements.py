"""Every kind of element through pipes and back, with its extremes; T94."""

from __future__ import annotations

import array
import math
from typing import Any

import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from tests.support.running import run

TYPES = {
    "byte": "byte",
    "char": "char",
    "uchar": "unsigned char",
    "small": "small",
    "usmall": "unsigned small",
    "boolean": "boolean",
    "short": "short",
    "ushort": "unsigned short",
    "int": "int",
    "long": "long",
    "ulong": "unsigned long",
    "hyper": "hyper",
    "uhyper": "unsigned hyper",
    "float": "float",
    "double": "double",
    "wchar": "wchar_t",
    "status": "error_status_t",
    "color": "COLOR",
    "record": "RECORD",
}
_PIPES = "\n".join(f"typedef pipe {idl} {name}_pipe;" for name, idl in TYPES.items())
_ECHOES = "\n".join(
    f"void echo_{name}([in] {name}_pipe *given, [out] {name}_pipe *back);"
    for name in TYPES
)
MODULE: Any = midlpy.load_text(
    f"""
    [uuid(5a6f2c64-6f0e-4b8e-9d5b-2f2f5bb1a094), version(1.0)]
    interface echoes
    {{
        typedef [v1_enum] enum {{ RED = 0, BLUE = 0x7fffffff }} COLOR;
        typedef struct {{
            COLOR color; boolean flag; char name[4]; short numbers[3];
            hyper wide; double real;
        }} RECORD;
        {_PIPES}
        {_ECHOES}
    }}
    """,
    async_pipes="imply",
)
Color, Record = MODULE.Color, MODULE.Record

ELEMENTS: list[tuple[str, Any]] = [
    ("byte", bytes(range(256))),
    ("char", b"\x00a\xff"),
    ("uchar", b"\x00a\xff"),
    ("small", [-128, -1, 0, 127]),
    ("usmall", b"\x00\xff"),
    ("boolean", [True, False]),
    ("short", [-(2**15), 2**15 - 1]),
    ("ushort", [0, 2**16 - 1]),
    ("int", [-(2**31), 2**31 - 1]),
    ("long", [-(2**31), 2**31 - 1]),
    ("ulong", [0, 2**32 - 1]),
    ("hyper", [-(2**63), 2**63 - 1]),
    ("uhyper", [0, 2**64 - 1]),
    ("float", [0.5, -0.0, math.inf, -math.inf, math.nan, 2.0**-149]),
    ("double", [5e-324, -0.0, 1.7976931348623157e308, -math.inf, math.nan]),
    ("wchar", [0, 0x61, 0xD800, 0xDFFF, 0xFFFF]),
    ("status", [0, 2**32 - 1]),
    ("color", [Color.RED, Color.BLUE, Color(5)]),
    (
        "record",
        [
            Record(),
            Record(Color.BLUE, True, b"abcd", [-(2**15), 0, 2**15 - 1], -1, 5e-324),
        ],
    ),
]


async def _echo(self: object, call: object, given: Any, back: Any) -> None:
    chunks = [chunk async for chunk in given]
    async with back:
        for chunk in chunks:
            await back.push(chunk)


Echo: Any = type(
    "Echo", (MODULE.EchoesServer,), {f"echo_{name}": _echo for name in TYPES}
)


async def _there_and_back(client: Any, name: str, pushed: Any) -> Any:
    operation = getattr(client, f"echo_{name}")
    kind = getattr(MODULE, f"{name.capitalize()}Pipe")
    given, back = kind(), kind()
    async with operation(given, back) as call:
        async with given:
            await given.push(pushed)
        got = await back.read_all(1000)
        await call.result()
    assert given.count == back.count == len(got)
    return got


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64], ids=["ndr", "ndr64"])
@pytest.mark.parametrize(("name", "elements"), ELEMENTS)
def test_t94_elements_come_back(name: str, elements: Any, syntax: ndr.Syntax) -> None:
    async def main() -> None:
        async with rpc.memory_pair(
            Echo(), MODULE.EchoesClient, syntaxes=(syntax,)
        ) as client:
            got = await _there_and_back(client, name, elements)
            assert type(got) is type(elements)
            assert repr(got) == repr(elements)  # a NaN is not equal to itself

    run(main())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("byte", "B"),
        ("usmall", "B"),
        ("small", "b"),
        ("short", "h"),
        ("ushort", "H"),
        ("wchar", "H"),
        ("long", "i"),
        ("ulong", "I"),
        ("hyper", "q"),
        ("uhyper", "Q"),
        ("float", "f"),
        ("double", "d"),
    ],
)
def test_buffers_of_the_elements_format_are_taken(name: str, code: str) -> None:
    async def main() -> None:
        async with rpc.memory_pair(Echo(), MODULE.EchoesClient) as client:
            values = array.array(code, range(100))
            for buffer in (values, memoryview(values), memoryview(values)[10:20]):
                got = await _there_and_back(client, name, buffer)
                assert list(got) == list(buffer)

    run(main())


@pytest.mark.parametrize("name", [name for name, _ in ELEMENTS])
def test_an_element_of_another_kind_is_refused_by_name(name: str) -> None:
    async def main() -> None:
        async with rpc.memory_pair(Echo(), MODULE.EchoesClient) as client:
            with pytest.raises(rpc.MarshalError, match=rf"echo_{name} .*pipe given: "):
                await _there_and_back(client, name, [object()])
            assert await _there_and_back(client, "byte", b"a") == b"a"

    run(main())
