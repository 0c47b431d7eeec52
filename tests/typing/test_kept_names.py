"""Modules whose names are those of the IDL: Python's own words get an underscore."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import midlpy
from midlpy.runtime import rpc

IDL = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0), pointer_default(unique)]
interface class
{
    const long None = 3;
    const long dwDefault = None + 1;
    typedef [v1_enum] enum { mro = 0, from = 1, E_Plain = 2 } lambda;
    typedef struct { long class; lambda global; } str;
    typedef struct { str bytes; long list; [string] wchar_t *self; } UUID;
    typedef union switch (long pass) is { case 1: long a; case 2: str b; } yield;
    typedef enum { E_One = 1, E_Two } flags;
    typedef struct { long x; } point;
    typedef struct { flags flags; flags others; point point; [unique] point *more; } own;
    typedef pipe short for;
    typedef pipe byte OCTETS;
    long await([in] handle_t h, [in] long self, [in] UUID *UUID_, [out] yield *async_);
    long Import([in] handle_t h, [in] long dwIn, [out] str *count, [out] long *index);
    long Same([in] handle_t h, [in] own *value, [out] flags *flags, [out] point *point);
    long Put([in] handle_t h, [in] OCTETS *result, [out] for *data);
}
"""
ACF = "interface class { [async] Put(); }"
USES = """
from kept import OCTETS, UUID_, ImportResult, awaitResult, classClient, classServer
from kept import SameResult, flags, own, point
from kept import for_, lambda_, None_, dwDefault, str_, yield_
from midlpy.runtime import rpc


class Server(classServer):
    async def await_(
        self, call: rpc.ServerCall, self_: int, UUID_: UUID_
    ) -> awaitResult:
        return awaitResult(yield_(2, str_(self_, UUID_.bytes_.global_)), UUID_.list_)

    async def Import(self, call: rpc.ServerCall, dwIn: int) -> ImportResult:
        return ImportResult(str_(class_=dwIn), dwDefault, None_)

    async def Same(self, call: rpc.ServerCall, value: own) -> SameResult:
        return SameResult(value.others, value.point, value.flags)

    async def Put(
        self,
        call: rpc.ServerCall,
        result_: rpc.Receiver[bytes],
        data: rpc.Sender[list[int]],
    ) -> int:
        octets = await result_.read_all(100)
        async with data:
            await data.push(list(octets))
        return len(octets)


async def main() -> None:
    async with rpc.memory_pair(Server(), classClient) as client:
        value = UUID_(bytes_=str_(1, lambda_.from_), list_=7, self="own")
        made = await client.await_(5, value)
        assert made == (yield_(2, str_(5, lambda_.from_)), 7)
        assert made.async_.is_ == str_(5, lambda_.from_)
        found = await client.Import(9)
        assert (found.count_.class_, found.index_, found.return_value) == (9, 4, 3)
        sent = own(flags.E_One, flags.E_Two, point(3), more=point(4))
        same = await client.Same(sent)
        assert (same.flags, same.point, same.return_value) == (flags.E_Two, point(3), 1)
        octets, numbers = OCTETS(), for_()
        async with client.Put(octets, numbers) as call:
            async with octets:
                await octets.push(b"abc")
            assert await numbers.read_all(10) == [97, 98, 99]
            assert await call.result() == 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = midlpy.compile_text(IDL, filename="kept.idl", acf=ACF, naming="idl")
    (tmp_path / "kept.py").write_text(text)
    (tmp_path / "uses.py").write_text(USES)
    return tmp_path


def test_kept_names_meet_on_the_wire(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    space: dict[str, object] = {"rpc": rpc}
    exec(compile(USES, "uses.py", "exec"), space)
    sys.modules.pop("kept", None)
    asyncio.run(space["main"]())  # type: ignore[operator]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "checker", ["mypy --strict", f"pyright --pythonpath {sys.executable}"]
)
def test_checkers_accept_kept_names(folder: Path, checker: str) -> None:
    root = Path(__file__).parents[2]
    (folder / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "extraPaths": ["{root.as_posix()}"]}}'
    )
    name, *options = checker.split()
    done = subprocess.run(
        [sys.executable, "-m", name, *options, "kept.py", "uses.py"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_field_of_its_type_s_name_leaves_both_names_as_they_are() -> None:
    module = midlpy.load_text(IDL, acf=ACF, naming="idl")
    value = module.own()
    assert (value.flags, value.others) == (module.flags(0), module.flags(0))
    assert value.point == module.point(0)
    text = msgspec.json.encode(value)
    assert msgspec.json.decode(text, type=module.own) == value


def test_a_second_name_may_be_taken() -> None:
    text = IDL.replace(
        "long x; } point;", "long x; } point; const long flags_TYPE = 1;"
    )
    with pytest.raises(midlpy.CompileError, match="both 'flags_TYPE' in Python"):
        midlpy.compile_text(text, acf=ACF, naming="idl")


def test_names_that_meet_though_kept_are_told() -> None:
    meeting = IDL.replace("long class; lambda", "long class; long class_; lambda")
    with pytest.raises(midlpy.CompileError, match="'class_' in Python") as caught:
        midlpy.compile_text(meeting, acf=ACF, naming="idl")
    (finding,) = [d for d in caught.value.diagnostics if d.rule == "name-collision"]
    assert finding.help is None or "--naming idl" not in finding.help
