"""Published files to test on, found through the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def corpus_path(name: str) -> Path:
    """The file *name* below one of the folders in ``MIDLPY_CORPUS``; skips without it."""
    folders = os.environ.get("MIDLPY_CORPUS")
    if not folders:
        pytest.skip("MIDLPY_CORPUS does not name a folder of published IDL files")
    for folder in folders.split(os.pathsep):
        path = Path(folder) / name
        if path.exists():
            return path
    pytest.skip(f"{name} is in none of the folders of MIDLPY_CORPUS")
