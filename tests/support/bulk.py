"""An interface with every shape of pipe operation, written out as the compiler does."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final, NamedTuple, NewType
from uuid import UUID

from midlpy.runtime import ndr, rpc

ThingHandle = NewType("ThingHandle", rpc.ContextHandle)


class BytePipe(rpc.Pipe[bytes], element=ndr.OCTET):
    """``typedef pipe byte BYTE_PIPE;``"""


class LongPipe(rpc.Pipe[list[int]], element=ndr.INT32):
    """``typedef pipe long LONG_PIPE;``"""


class FinishResult(NamedTuple):
    """What Describe gives back."""

    octets: int
    return_value: int


OP_ADD: Final = rpc.Operation(
    opnum=0,
    name="Add",
    method="add",
    request=rpc.arguments(a=ndr.INT32, b=ndr.INT32),
    response=ndr.INT32,
)

OP_UPLOAD: Final = rpc.Operation(
    opnum=1,
    name="Upload",
    method="upload",
    request=rpc.arguments(name=ndr.INT32),
    in_pipes=rpc.pipes(data=BytePipe),
    parameters=("name", "data"),
    response=ndr.INT32,
    is_async=True,
)

OP_DOWNLOAD: Final = rpc.Operation(
    opnum=2,
    name="Download",
    method="download",
    request=rpc.arguments(name=ndr.INT32),
    out_pipes=rpc.pipes(data=BytePipe),
    parameters=("name", "data"),
    response=ndr.INT32,
    is_async=True,
)

OP_TWO_IN: Final = rpc.Operation(
    opnum=3,
    name="TwoIn",
    method="two_in",
    in_pipes=rpc.pipes(a=BytePipe, b=LongPipe),
    parameters=("a", "b"),
    response=ndr.INT32,
    is_async=True,
)

OP_ECHO: Final = rpc.Operation(
    opnum=4,
    name="Echo",
    method="echo",
    in_pipes=rpc.pipes(source=LongPipe),
    out_pipes=rpc.pipes(target=LongPipe),
    parameters=("source", "target"),
    is_async=True,
)

OP_TURN: Final = rpc.Operation(
    opnum=5,
    name="Turn",
    method="turn",
    in_pipes=rpc.pipes(data=LongPipe),
    out_pipes=rpc.pipes(data=LongPipe),
    parameters=("data",),
    response=ndr.INT32,
    is_async=True,
)

OP_TWO_OUT: Final = rpc.Operation(
    opnum=6,
    name="TwoOut",
    method="two_out",
    request=rpc.arguments(count=ndr.INT32),
    out_pipes=rpc.pipes(a=BytePipe, b=LongPipe),
    parameters=("count", "a", "b"),
    response=rpc.results(FinishResult, octets=ndr.INT32, return_value=ndr.INT32),
    is_async=True,
)

OP_SLOW: Final = rpc.Operation(
    opnum=7,
    name="Slow",
    method="slow",
    request=rpc.arguments(what=ndr.INT32),
    response=ndr.INT32,
    is_async=True,
)

OP_RESERVED: Final = rpc.Operation(opnum=8, name="Reserved", method=None)

OP_NARROW: Final = rpc.Operation(
    opnum=9,
    name="Narrow",
    method="narrow",
    in_pipes=rpc.pipes(data=rpc.ranged(LongPipe, 1, 4)),
    parameters=("data",),
    response=ndr.INT32,
    is_async=True,
)

BULK: Final = rpc.Interface(
    name="bulk",
    uuid=UUID("2f5a9a3c-1c4b-4a55-9c39-5d3f0f3f8f01"),
    version=(1, 0),
    operations=(
        OP_ADD,
        OP_UPLOAD,
        OP_DOWNLOAD,
        OP_TWO_IN,
        OP_ECHO,
        OP_TURN,
        OP_TWO_OUT,
        OP_SLOW,
        OP_RESERVED,
        OP_NARROW,
    ),
)


class BulkClient(rpc.Client, interface=BULK):
    """Calls ``bulk`` 1.0."""

    async def add(self, a: int, b: int) -> int:
        return await self._call(OP_ADD, a, b)

    def upload(self, name: int, data: BytePipe) -> rpc.Call[int]:
        return self._open(OP_UPLOAD, name, data)

    def download(self, name: int, data: BytePipe) -> rpc.Call[int]:
        return self._open(OP_DOWNLOAD, name, data)

    def two_in(self, a: BytePipe, b: LongPipe) -> rpc.Call[int]:
        return self._open(OP_TWO_IN, a, b)

    def echo(self, source: LongPipe, target: LongPipe) -> rpc.Call[None]:
        return self._open(OP_ECHO, source, target)

    def turn(self, data: LongPipe) -> rpc.Call[int]:
        return self._open(OP_TURN, data)

    def two_out(self, count: int, a: BytePipe, b: LongPipe) -> rpc.Call[FinishResult]:
        return self._open(OP_TWO_OUT, count, a, b)

    def slow(self, what: int) -> rpc.Call[int]:
        return self._open(OP_SLOW, what)

    async def reserved(self) -> None:
        return await self._call(OP_RESERVED)

    def narrow(self, data: LongPipe) -> rpc.Call[int]:
        return self._open(OP_NARROW, data)


class BulkServer(rpc.Server, interface=BULK):
    """Implements ``bulk`` 1.0."""

    @abstractmethod
    async def add(self, call: rpc.ServerCall, a: int, b: int) -> int: ...

    @abstractmethod
    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int: ...

    @abstractmethod
    async def download(
        self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
    ) -> int: ...

    @abstractmethod
    async def two_in(
        self,
        call: rpc.ServerCall,
        a: rpc.Receiver[bytes],
        b: rpc.Receiver[list[int]],
    ) -> int: ...

    @abstractmethod
    async def echo(
        self,
        call: rpc.ServerCall,
        source: rpc.Receiver[list[int]],
        target: rpc.Sender[list[int]],
    ) -> None: ...

    @abstractmethod
    async def turn(self, call: rpc.ServerCall, data: rpc.Pipe[list[int]]) -> int: ...

    @abstractmethod
    async def two_out(
        self,
        call: rpc.ServerCall,
        count: int,
        a: rpc.Sender[bytes],
        b: rpc.Sender[list[int]],
    ) -> FinishResult: ...

    @abstractmethod
    async def slow(self, call: rpc.ServerCall, what: int) -> int: ...

    @abstractmethod
    async def narrow(
        self, call: rpc.ServerCall, data: rpc.Receiver[list[int]]
    ) -> int: ...


class Bulk(BulkServer):
    """What the operations are meant to do; tests replace the one they are about."""

    async def add(self, call: rpc.ServerCall, a: int, b: int) -> int:
        return a + b

    async def upload(
        self, call: rpc.ServerCall, name: int, data: rpc.Receiver[bytes]
    ) -> int:
        count = 0
        async for chunk in data:
            count += len(chunk)
        return count

    async def download(
        self, call: rpc.ServerCall, name: int, data: rpc.Sender[bytes]
    ) -> int:
        async with data:
            for start in range(0, name, 50_000):
                await data.push(bytes(min(50_000, name - start)))
        return name

    async def two_in(
        self,
        call: rpc.ServerCall,
        a: rpc.Receiver[bytes],
        b: rpc.Receiver[list[int]],
    ) -> int:
        count = len(await a.read_all(1_000_000))
        return count + sum(await b.read_all(1_000_000))

    async def echo(
        self,
        call: rpc.ServerCall,
        source: rpc.Receiver[list[int]],
        target: rpc.Sender[list[int]],
    ) -> None:
        values = await source.read_all(10_000_000)
        async with target:
            await target.push(values)

    async def turn(self, call: rpc.ServerCall, data: rpc.Pipe[list[int]]) -> int:
        values = [value async for chunk in data for value in chunk]
        async with data:
            await data.push(values[::-1])
        return len(values)

    async def two_out(
        self,
        call: rpc.ServerCall,
        count: int,
        a: rpc.Sender[bytes],
        b: rpc.Sender[list[int]],
    ) -> FinishResult:
        async with a:
            await a.push(b"a" * count)
        async with b:
            await b.push(list(range(count)))
        return FinishResult(count, 7)

    async def slow(self, call: rpc.ServerCall, what: int) -> int:
        return what

    async def narrow(self, call: rpc.ServerCall, data: rpc.Receiver[list[int]]) -> int:
        return len(await data.read_all(1000))
