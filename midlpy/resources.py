"""Finds the grammars, templates and samples, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(kind: str, name: str = "") -> Path:
    """The file *name* of ``grammars``, ``templates`` and their like, or that folder.

    A wheel has them inside the package; a checkout and an sdist beside it.

    Raises:
        FileNotFoundError: neither place has it; the installation is damaged.
    """
    for folder in (_PACKAGE, _PACKAGE.parent):
        path = folder / kind / name
        if path.exists():
            return path
    raise FileNotFoundError(
        f"{kind}/{name} is missing from this installation of midlpy"
    )
