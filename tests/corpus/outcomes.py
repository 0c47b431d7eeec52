"""What compiling a corpus file gives, and what it is expected to give."""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from midlpy.codegen.names import module_name
from midlpy.codegen.present import present
from midlpy.codegen.render import render
from midlpy.diagnostics import Diagnostic, Severity
from midlpy.driver import Options, Stages, stages_of
from midlpy.driver_output import Output
from midlpy.frontend.loader import load
from midlpy.layout.plan import Module
from tests.corpus.sets import CorpusFile

EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True)
class Expected:
    """The errors a file is listed with, and the reason in words."""

    errors: tuple[str, ...]
    reason: str


@cache
def _listed() -> dict[tuple[str, str], Expected]:
    """Every entry of the list, by set and file.

    A group of files that share a reason is a table ``[set.group]``: its ``reason``, and
    for each file its errors as ``place`` writes them, separated by blanks.
    """
    found: dict[tuple[str, str], Expected] = {}
    for set_name, groups in tomllib.loads(EXPECTED.read_text()).items():
        for group in groups.values():
            for name, errors in group.items():
                if name != "reason":
                    assert (set_name, name) not in found, f"{name} is listed twice"
                    entry = Expected(tuple(errors.split()), group["reason"])
                    found[set_name, name] = entry
    return found


def listed(file: CorpusFile) -> Expected | None:
    return _listed().get((file.set_name, file.name))


def listed_names(set_name: str) -> set[str]:
    return {name for owner, name in _listed() if owner == set_name}


@lru_cache(maxsize=8)
def stages(file: CorpusFile) -> Stages:
    """Every pass but the last over *file*."""
    options = file.set.options
    return stages_of(load(file.path, options.loading), options)


def errors_of(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [each for each in diagnostics if each.severity is Severity.ERROR]


def place(file: CorpusFile, finding: Diagnostic) -> str:
    """``rule:line``, or ``rule:name.idl:line`` for an error in another file."""
    path = Path(finding.span.path)
    if path == file.path:
        return f"{finding.rule}:{finding.span.line}"
    return f"{finding.rule}:{path.name}:{finding.span.line}"


def own_module(file: CorpusFile) -> Output:
    """The module of *file*, without those that it imports."""
    return _output(stages(file).plans[-1], file.set.options)


def modules(file: CorpusFile) -> tuple[Output, ...]:
    """The modules of *file* and of those it imports, its own last."""
    return tuple(_output(each, file.set.options) for each in stages(file).plans)


_rendered: OrderedDict[str, tuple[Module, Options, Output]] = OrderedDict()
MAX_RENDERED: Final = 16


def _output(plan: Module, options: Options) -> Output:
    """The module for *plan*; what many files import is rendered once for them all."""
    known = _rendered.pop(plan.path, None)
    if known is None or known[1] != options or known[0] != plan:
        text = render(present(plan, options.text))
        known = (plan, options, Output(module_name(plan.path), plan.path, text))
    _rendered[plan.path] = known
    if len(_rendered) > MAX_RENDERED:
        _rendered.popitem(last=False)
    return known[2]
