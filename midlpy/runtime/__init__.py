"""The runtime of generated modules: NDR, the protocol, clients and servers.

Importing the package imports nothing; ``connect``, ``serve``, ``rpc`` and ``ndr`` are
loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midlpy.runtime import ndr as ndr
    from midlpy.runtime import rpc as rpc
    from midlpy.runtime.endpoints import connect as connect
    from midlpy.runtime.endpoints import serve as serve

__all__ = ["connect", "serve", "rpc", "ndr"]

_HOMES = {"connect": "endpoints", "serve": "endpoints"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES.get(name)
    if home is None:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
