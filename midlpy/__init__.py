"""midlpy compiles MIDL interface files into typed asyncio Python.

Importing the package imports nothing else; the compiler is loaded when it is first asked
for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midlpy.diagnostics import Diagnostic as Diagnostic
    from midlpy.diagnostics_error import CompileError as CompileError
    from midlpy.driver_calls import compile_file as compile_file
    from midlpy.driver_calls import compile_text as compile_text
    from midlpy.driver_calls import load as load
    from midlpy.driver_calls import load_text as load_text
    from midlpy.driver_calls import unload as unload

__version__ = "0.1.0"

__all__ = [
    "compile_file",
    "compile_text",
    "load",
    "load_text",
    "unload",
    "CompileError",
    "Diagnostic",
    "__version__",
]

_HOMES = {
    "CompileError": "diagnostics_error",
    "Diagnostic": "diagnostics",
    "compile_file": "driver_calls",
    "compile_text": "driver_calls",
    "load": "driver_calls",
    "load_text": "driver_calls",
    "unload": "driver_calls",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
