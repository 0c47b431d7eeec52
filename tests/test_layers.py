"""Who may import whom: a module imports its own layer and lower ones, nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "midlpy"

# Low to high. A module may import its own layer and lower ones.
COMPILER = (
    "diagnostics+resources frontend semantic layout codegen driver+reporting "
    "cli+build+importer"
)
RUNTIME = (
    "errors+limits ndr+binding operation+interface pdu security association transports "
    "connection+pipe client+server rpc epm endpoints+testing"
)
# May import both halves: they show the product as its users use it.
FREE = {"midlpy", "midlpy.__main__", "midlpy.demo"}
# The one module that may import it, by library.
OWNERS = {
    "lark": {"frontend"},
    "pcpp": {"frontend"},
    "jinja2": {"codegen"},
    "black": {"codegen"},
    "click": {"cli"},
    "rich": {"cli", "demo"},
    "hatchling": {"build"},
    "setuptools": {"build"},
}
EDGE = {
    "transports",
    "connection",
    "pipe",
    "client",
    "server",
    "rpc",
    "epm",
    "endpoints",
}


def layer_of(name: str) -> tuple[str, int] | None:
    """The half and the height of a module of ours; None for anything else."""
    parts = name.split(".")
    if parts[0] != "midlpy" or len(parts) < 2 or name in FREE:
        return None
    half, order = ("compiler", COMPILER)
    if parts[1] == "runtime":
        half, order, parts = "runtime", RUNTIME, parts[1:]
        if len(parts) < 2:
            return None
    stem = parts[1].split("_")[0]
    for height, layer in enumerate(order.split()):
        if parts[1] in layer.split("+") or stem in layer.split("+"):
            return half, height
    raise AssertionError(f"{name} is in no layer")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_name(path: Path) -> str:
    parts = ["midlpy", *path.relative_to(ROOT).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = sorted(ROOT.rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_imports_point_down(path: Path) -> None:
    own = layer_of(module_name(path))
    for name in imports_of(path):
        if not name.startswith("midlpy."):
            continue
        try:
            other = layer_of(name)
        except AssertionError:
            other = None  # a name out of a module, which is in the list as well
        if own is None or other is None:
            continue
        assert own[0] == other[0], f"{path}: {own[0]} imports {name}"
        assert other[1] <= own[1], f"{path}: imports upward, {name}"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    for name in imports_of(path):
        library = name.split(".")[0]
        if library in OWNERS:
            stem = parts[0].split("_")[0]
            assert stem in OWNERS[library], f"{path} imports {library}"
        if library == "asyncio" and parts[0] == "runtime":
            assert parts[1].split("_")[0] in EDGE, f"{path} imports asyncio"


def test_runtime_imports_nothing_of_the_compiler() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from midlpy.runtime import connect, serve, rpc, ndr;"
        "print(sorted({'lark', 'jinja2', 'click', 'black', 'pcpp', 'rich'} & set(sys.modules)))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout
    assert output.strip() == "[]"
