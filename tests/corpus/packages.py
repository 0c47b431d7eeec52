"""Modules of published files, written as packages that type checkers read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.corpus.interfaces import has_operations
from tests.corpus.outcomes import modules
from tests.corpus.sets import CorpusFile


@dataclass(frozen=True)
class Package:
    """*texts* are modules by name, *sources* the files that they were made from."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    sources: dict[str, str] = field(default_factory=dict[str, str])

    def takes(self, texts: dict[str, str]) -> bool:
        """Whether none of *texts* has the name of another module."""
        return all(self.texts.get(name, text) == text for name, text in texts.items())


def packages(files: Iterable[CorpusFile]) -> list[Package]:
    """The modules of those *files* that have operations, and of what they import.

    As few packages as names allow.
    """
    found: list[Package] = []
    for file in filter(has_operations, files):
        outputs = modules(file)
        texts = {each.name: each.text for each in outputs}
        package = next((each for each in found if each.takes(texts)), None)
        if package is None:
            package = Package()
            found.append(package)
        package.texts.update(texts)
        package.sources.update((each.name, each.source) for each in outputs)
    return found


def write(written: Iterable[Package], folder: Path) -> dict[str, str]:
    """*written* below *folder*; the source of each module by ``package/module.py``."""
    sources: dict[str, str] = {}
    for number, package in enumerate(written):
        below = folder / f"package{number}"
        below.mkdir()
        (below / "__init__.py").touch()
        for name, text in package.texts.items():
            (below / f"{name}.py").write_text(text, "utf-8")
            sources[f"{below.name}/{name}.py"] = package.sources[name]
    return sources
