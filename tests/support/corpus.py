"""Published files to test on, found through the environment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ABSENT = "MIDLPY_CORPUS does not name a folder of published IDL files"


def corpus_folders() -> list[Path]:
    """The folders that ``MIDLPY_CORPUS`` lists; none without it."""
    listed = os.environ.get("MIDLPY_CORPUS", "")
    return [Path(folder).absolute() for folder in listed.split(os.pathsep) if folder]


def find_in_corpus(name: str) -> Path | None:
    """The file or folder *name* in the first folder of ``MIDLPY_CORPUS`` that has it."""
    for folder in corpus_folders():
        if (folder / name).exists():
            return folder / name
    return None


def corpus_path(name: str) -> Path:
    """The same; skips where there is none."""
    import pytest  # which benchmarks do without

    if not corpus_folders():
        pytest.skip(ABSENT)
    found = find_in_corpus(name)
    if found is None:
        pytest.skip(f"{name} is in none of the folders of MIDLPY_CORPUS")
    return found


def find_widl() -> str | None:
    """Wine's compiler: fetched beside the corpora, or installed."""
    fetched = find_in_corpus("tools/widl")
    return str(fetched) if fetched else shutil.which("widl-stable")
