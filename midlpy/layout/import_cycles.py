"""Modules that need each other's types, which Python cannot import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from midlpy.diagnostics import Diagnostic, Span
from midlpy.layout import plan


def import_cycles(modules: Iterable[plan.Module]) -> Iterator[Diagnostic]:
    """One finding for each module that needs itself by way of others."""
    uses = {module.path: module.uses for module in modules}
    for path in uses:
        reached: dict[str, None] = {}
        waiting = list(uses[path])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached[other] = None
                waiting += uses.get(other, ())
        if path in reached:
            names = [PurePath(each).name for each in reached if each != path]
            yield Diagnostic(
                "import-cycle",
                f"the types of this file and of {', '.join(sorted(names))} need each other",
                Span(path, 1, 1, 1, 1),
                help="move the types that both need into a file of their own",
            )
