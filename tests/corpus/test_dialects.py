"""Whose dialect published files are in is told by their own words: nobody has to say it."""

from __future__ import annotations

from typing import Final

import pytest

import midlpy
from tests.corpus.outcomes import stages
from tests.corpus.sets import CorpusFile, parameters

SAMBA = ("samba", "wireshark")
MIDL = ("published", "comtypes", "midltests")

# Minutes of work.
LONG = ("mingw-w64", "wine")

# What they say means the same in both dialects.
WITHOUT_SIGNS: Final = frozenset({"dbgidl.idl", "windows_event_ids.idl", "wzcsvc.idl"})


def has_signs(file: CorpusFile) -> bool:
    return file.path.name not in WITHOUT_SIGNS


@pytest.mark.parametrize("file", parameters(SAMBA, has_signs))
def test_files_of_samba_s_dialect_are_taken_for_such(file: CorpusFile) -> None:
    found = stages(file)
    assert found.model is not None
    assert found.model.is_samba


@pytest.mark.parametrize("file", parameters(SAMBA, lambda file: not has_signs(file)))
def test_files_that_tell_nothing_are_the_same_in_both(file: CorpusFile) -> None:
    found = stages(file)
    assert found.model is not None
    assert not found.model.is_samba
    modules = {
        dialect: midlpy.compile_file(file.path, dialect=dialect)
        for dialect in ("midl", "samba")
    }
    assert modules["midl"] == modules["samba"]


FILES = [
    *parameters(MIDL),
    *parameters(LONG, marks=(pytest.mark.thorough, pytest.mark.timeout(600))),
]


@pytest.mark.parametrize("file", FILES)
def test_files_of_midl_are_not_taken_for_samba_s(file: CorpusFile) -> None:
    found = stages(file)
    assert found.model is not None
    assert not found.model.is_samba
