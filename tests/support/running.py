"""Runs coroutines for tests, and sees that nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from midlpy.runtime import connect, serve
from tests.support.bulk import Bulk, BulkClient, BulkServer

T = TypeVar("T")

TRANSPORTS = ("memory", "tcp")
BINDINGS = {"memory": "memory:[0]", "tcp": "ncacn_ip_tcp:127.0.0.1[0]"}


def open_files() -> int:
    """How many descriptors this process has; 0 where nobody can tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """Inside, what is there already is not looked at when garbage is collected.

    A test that collects takes as long as it is worth then, not as long as all that its
    process has loaded and compiled before.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def run(main: Coroutine[Any, Any, T], seconds: float = 20.0) -> T:
    """What *main* returns; fails if it leaves a task, a socket or an unseen error."""
    unseen: list[dict[str, Any]] = []

    async def guarded() -> T:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: unseen.append(context))
        async with asyncio.timeout(seconds):
            answer = await main
        for _ in range(3):
            await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks are left: {left}"
        return answer

    before = open_files()
    with only_new_garbage():
        answer = asyncio.run(guarded())
        gc.collect()
    assert not unseen, unseen
    assert open_files() <= before, "descriptors are left"
    return answer


@asynccontextmanager
async def bulk_pair(
    transport: str, server: BulkServer | None = None, **options: Any
) -> AsyncIterator[BulkClient]:
    """A client of *server* over one of TRANSPORTS."""
    serve_options = {
        name: options.pop(name)
        for name in ("server_limits", "server_cancel_grace")
        if name in options
    }
    named = {
        "limits": serve_options.get("server_limits"),
        "cancel_grace": serve_options.get("server_cancel_grace", 0.05),
    }
    async with (
        serve(server or Bulk(), at=BINDINGS[transport], **named) as listener,
        connect(BulkClient, listener.binding, **options) as client,
    ):
        yield client


async def eventually(condition: Any, seconds: float = 5.0) -> None:
    """Wait until *condition()* is true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - of any kind, not only events
            await asyncio.sleep(0.005)
