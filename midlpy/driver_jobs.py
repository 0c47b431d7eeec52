"""Many files compiled by several processes, which end when the first of them does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from threading import Thread
from typing import TypeVar, TypeVarTuple

Task = TypeVarTuple("Task")
Result = TypeVar("Result")


class WorkerError(Exception):
    """One of the processes that compile has ended without a result."""


def each_done(
    work: Callable[[*Task], Result], tasks: Sequence[tuple[*Task]], jobs: int
) -> list[Result]:
    """What *work* gives for every task, in their order; *jobs* at a time.

    Raises:
        WorkerError: a process was killed, or has run out of memory.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        return [work(*task) for task in tasks]
    # Slow to import, and one file is the usual case.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(jobs, initializer=_begin) as pool:
            return list(pool.map(work, *zip(*tasks, strict=True)))
    except BrokenProcessPool as error:
        raise WorkerError(
            "a process that compiles was ended from outside, maybe for want of memory; "
            "-j 1 needs the least"
        ) from error


def _begin() -> None:
    """Let a process end quietly: by Ctrl-C, or when nobody waits for it any more."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None, "this is a process that a pool started"
    parent.join()
    os._exit(1)
