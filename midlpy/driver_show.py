"""Any value between IDL and Python, as text."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from midlpy.codegen.present import present
from midlpy.diagnostics import Diagnostic
from midlpy.driver import Batch, Options, compiled, stages_of
from midlpy.driver_output import write_changed
from midlpy.frontend.loader import load, preprocessed
from midlpy.frontend.source import decode


def shown(
    path: Path, stage: str, options: Options
) -> tuple[str | None, Sequence[Diagnostic]]:
    """*stage* of the file at *path*, None where errors end the way before it."""
    # Every command needs this module to quote lines, and hardly any these.
    from midlpy.driver_loading import load_outputs
    from midlpy.layout.describe import describe
    from midlpy.reporting_values import tree

    if stage == "source":
        return preprocessed(path, options.loading)
    loaded = load(path, options.loading)
    if stage == "ast":
        text = None if loaded.source is None else tree(loaded.source)
        return text, loaded.diagnostics
    if stage in ("module", "codec"):
        result = compiled(loaded, options)
        if result.has_errors:
            return None, result.diagnostics
        if stage == "module":
            return result.outputs[-1].text, result.diagnostics
        return _functions(load_outputs(result.outputs)), result.diagnostics
    stages = stages_of(loaded, options)
    if stage == "model":
        return None if stages.model is None else tree(stages.model), stages.diagnostics
    if not stages.plans:
        return None, stages.diagnostics
    main = stages.plans[-1]
    text = describe(main) if stage == "plan" else tree(present(main, options.text))
    return text, stages.diagnostics


def _functions(module: ModuleType) -> str:
    """What the runtime makes from a module for NDR in little-endian octets.

    The one place where compiler and runtime meet, so the runtime is found by name.
    """
    ndr = importlib.import_module("midlpy.runtime.ndr")
    operation = importlib.import_module("midlpy.runtime.operation").Operation
    source_of = importlib.import_module("midlpy.runtime.ndr.coding").source_of
    union = importlib.import_module("midlpy.runtime.ndr.unions").Union
    operations: list[str] = []
    for value in vars(module).values():
        if isinstance(value, operation):
            head = f"# {value.name}, opnum {value.opnum}"
            if value.refused is not None:
                operations.append(f"{head}, is not supported: {value.refused}\n")
            else:
                text: str = value.stub(ndr.NDR, "little").source()
                operations.append(f"{head}\n\n\n{text}")
    if operations:
        return "\n\n".join(operations)
    # Types alone have no operations to be part of; a union is part of what selects its arm.
    return "\n\n".join(
        f"# {name}\n\n\n{source_of(value)}"
        for name, value in vars(module).items()
        if isinstance(value, ndr.Codec) and not isinstance(value, union)
    )


def save_sources(batches: Iterable[Batch]) -> None:
    """Write the preprocessed text of every file beside its module, as ``NAME.i``.

    Raises:
        OSError: one cannot be written.
    """
    for batch in batches:
        texts = {
            batch.folder
            / f"{path.stem}.i": preprocessed(path, batch.options.loading)[0]
            for path in batch.paths
        }
        write_changed({path: text or "" for path, text in texts.items()}, False)


def source_lines(path: str) -> Sequence[str]:
    """The lines of a file, none when there is no such file."""
    try:
        return decode(Path(path).read_bytes()).split("\n")
    except OSError:
        return ()
