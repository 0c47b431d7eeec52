"""The garbage collector, kept out of the way while much is built and nothing dropped."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Generator[None, None, None]:
    """No collection inside; it takes a third of the time of a large compilation.

    Trees and plans are dropped whole, at the end, when collecting goes on as it was.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
