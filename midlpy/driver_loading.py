"""Modules compiled in memory, and imported from there."""

from __future__ import annotations

import importlib.util
import itertools
import linecache
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from midlpy.driver_output import Output

_PREFIX = "midlpy_loaded_"
_numbers = itertools.count(1)


class TextLoader(InspectLoader):
    """Executes Python text that stands in no file, and keeps it for tracebacks.

    *filename* names it there; in angle brackets, since nobody can open it.
    """

    def __init__(self, text: str, filename: str) -> None:
        self.text = text
        self.filename = filename

    def get_source(self, fullname: str) -> str:
        del fullname  # a loader of one module
        return self.text

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self.text, self.filename, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        del fullname
        return False

    def exec_module(self, module: ModuleType) -> None:
        # Inspecting a class or a module asks it for its file.
        module.__file__ = self.filename
        remember(self.filename, self.text)
        super().exec_module(module)


def remember(filename: str, text: str) -> None:
    """Show *text* in tracebacks, and to inspect, as what *filename* holds."""
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)


def new_package(name: str) -> ModuleType:
    """An empty package, imported under *name*."""
    package = ModuleType(name, "IDL files compiled in memory.")
    package.__path__ = []
    package.__package__ = name
    package.__spec__ = ModuleSpec(name, None, is_package=True)
    sys.modules[name] = package
    return package


def execute(spec: ModuleSpec) -> ModuleType:
    """The module of *spec*, imported under its name; not if it raises."""
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    return module


def load_outputs(outputs: Sequence[Output]) -> ModuleType:
    """The module of the last of *outputs*, which may import those before it.

    Each call makes a package of its own, so that modules of one name live side by side.
    It stays imported, as pickling and type hints need it, until unload.
    """
    package = new_package(f"{_PREFIX}{next(_numbers)}")
    module = package
    try:
        for output in outputs:
            name = f"{package.__name__}.{output.name}"
            loader = TextLoader(output.text, f"<{name}>")
            module = execute(ModuleSpec(name, loader, origin=output.source))
            setattr(package, output.name, module)
    except BaseException:
        _forget(package.__name__)
        raise
    return module


def unload(module: ModuleType) -> None:
    """Forget *module*, which load or load_text gave, and those loaded along with it.

    What still is in use stays usable, but for pickling. Again: no effect.

    Raises:
        ValueError: it is no such module.
    """
    package, _, name = module.__name__.partition(".")
    if not package.startswith(_PREFIX) or not name:
        raise ValueError(f"{module.__name__} was not loaded by midlpy.load")
    _forget(package)


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        linecache.cache.pop(f"<{name}>", None)
        del sys.modules[name]
