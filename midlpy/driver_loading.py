"""Modules compiled in memory, and imported from there."""

from __future__ import annotations

import itertools
import linecache
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from midlpy.driver_output import Output

_numbers = itertools.count(1)


def load_outputs(outputs: Sequence[Output]) -> ModuleType:
    """The module of the last of *outputs*, which may import those before it.

    Each call makes a package of its own, so that modules of one name live side by side.
    Their source is kept for tracebacks.
    """
    package = f"midlpy_loaded_{next(_numbers)}"
    spec = ModuleSpec(package, None, is_package=True)
    parent = ModuleType(package, "IDL files compiled in memory.")
    parent.__path__ = []
    parent.__spec__ = spec
    sys.modules[package] = parent
    module = parent
    for output in outputs:
        module = _executed(output, package)
        setattr(parent, output.name, module)
    return module


def _executed(output: Output, package: str) -> ModuleType:
    name = f"{package}.{output.name}"
    filename = f"<{name}>"
    linecache.cache[filename] = (
        len(output.text),
        None,
        output.text.splitlines(keepends=True),
        filename,
    )
    module = ModuleType(name)
    module.__package__ = package
    module.__spec__ = ModuleSpec(name, None, origin=filename)
    sys.modules[name] = module
    try:
        exec(compile(output.text, filename, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module
