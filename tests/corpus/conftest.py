"""The order of tests over published files: all of one file together, as it is compiled once."""

from __future__ import annotations

import pytest

from tests.corpus.sets import CorpusFile


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that take a *file* one after the other, in the places such tests have."""
    places = [place for place, item in enumerate(items) if _file(item) is not None]
    ordered = sorted((items[place] for place in places), key=_name)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _file(item: pytest.Item) -> CorpusFile | None:
    callspec = getattr(item, "callspec", None)
    value = None if callspec is None else callspec.params.get("file")
    return value if isinstance(value, CorpusFile) else None


def _name(item: pytest.Item) -> str:
    return str(_file(item))
