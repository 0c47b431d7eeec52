"""Type checkers accept what pipes are for, and refuse the rest."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

GOOD = """
from __future__ import annotations

from array import array
from typing import assert_type

from midlpy.runtime import connect, rpc, serve
from tests.support.bulk import Bulk, BulkClient, BytePipe, FinishResult, LongPipe


async def use() -> None:
    async with serve(Bulk(), at="memory:[x]") as listener:
        assert_type(listener.binding, str)
    async with connect(BulkClient, "memory:[x]") as client:
        assert_type(client, BulkClient)
        octets, numbers = BytePipe(), LongPipe()
        async with client.upload(1, octets) as upload, octets:
            await octets.push(b"x")
            await octets.push(bytearray(3))
            await octets.push(memoryview(b"x"))
            await octets.push(array("B", b"x"))
            assert_type(await upload.result(), int)
        async with client.turn(numbers):
            await numbers.push([1])
            await numbers.push(range(3))
            await numbers.push(array("i", [1]))
            assert_type(await numbers.pull(), list[int])
            assert_type(numbers.pull_nowait(4), list[int])
            assert_type(await numbers.read_all(4), list[int])
            async for chunk in numbers:
                assert_type(chunk, list[int])
            async for element in numbers.elements():
                assert_type(element, int)
        async for part in octets:
            assert_type(part, bytes)
        assert_type(await client.upload(1, BytePipe.from_source(b"x")), int)
        assert_type(await client.two_out(1, octets, numbers), FinishResult)


def handles(call: rpc.ServerCall) -> object:
    handle = call.new_context([1], on_rundown=lambda value: value.clear())
    return call.context(handle)
"""

BAD = """
from __future__ import annotations

from midlpy.runtime import rpc
from tests.support.bulk import BulkClient, LongPipe


async def misuse(
    client: BulkClient,
    receiver: rpc.Receiver[bytes],
    sender: rpc.Sender[bytes],
    numbers: LongPipe,
) -> None:
    client.upload(1, b"x")
    client.upload(1, numbers)
    await sender.push([1])
    await numbers.push(["x"])
    await numbers.push(3)
    await receiver.push(b"")
    await sender.pull()
"""


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_refuse_data_in_place_of_a_pipe(checker: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD)
    bad.write_text(BAD)
    settings = tmp_path / "pyrightconfig.json"
    settings.write_text(
        '{"typeCheckingMode": "strict", "pythonVersion": "3.11", '
        f'"extraPaths": ["{ROOT}"], "include": ["good.py", "bad.py"]}}'
    )
    command = {
        "mypy": ["mypy", "--strict", "--show-error-codes", str(good), str(bad)],
        "pyright": ["pyright", "--pythonpath", sys.executable, "-p", str(settings)],
    }[checker]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    errors = [
        line
        for line in done.stdout.splitlines()
        if "error: " in line or " - error" in line
    ]
    assert not [line for line in errors if "good.py" in line], done.stdout
    wrong = BAD.splitlines().index('    client.upload(1, b"x")') + 1
    for number in range(wrong, wrong + 7):
        assert [line for line in errors if f"bad.py:{number}:" in line], done.stdout
