"""Any value between IDL and Python, as text."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from midlpy.codegen.present import present
from midlpy.diagnostics import Diagnostic
from midlpy.driver import Options, compiled, stages_of
from midlpy.driver_loading import load_outputs
from midlpy.frontend.loader import load
from midlpy.frontend.macros import predefined
from midlpy.frontend.preprocess import preprocess
from midlpy.frontend.search import Search
from midlpy.frontend.source import decode
from midlpy.layout.describe import describe
from midlpy.reporting_values import tree


def shown(
    path: Path, stage: str, options: Options
) -> tuple[str | None, Sequence[Diagnostic]]:
    """*stage* of the file at *path*, None where errors end the way before it."""
    if stage == "source":
        return _source(path, options)
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
        # The one place where compiler and runtime meet, by name, when asked for.
        listing = importlib.import_module("midlpy.runtime.ndr.listing")
        code: str = listing.listing(load_outputs(result.outputs))
        return code, result.diagnostics
    stages = stages_of(loaded, options)
    if stage == "model":
        return None if stages.model is None else tree(stages.model), stages.diagnostics
    if not stages.plans:
        return None, stages.diagnostics
    main = stages.plans[-1]
    text = describe(main) if stage == "plan" else tree(present(main, options.text))
    return text, stages.diagnostics


def _source(path: Path, options: Options) -> tuple[str | None, Sequence[Diagnostic]]:
    search = Search(options.includes)
    macros = predefined(options.defines, options.undefines)
    source, found = preprocess(
        str(path), search.read(path), macros, search, path.parent
    )
    return source.text, found


@cache
def source_lines(path: str) -> Sequence[str]:
    """The lines of a file, none when there is no such file."""
    try:
        return decode(Path(path).read_bytes()).split("\n")
    except OSError:
        return ()
