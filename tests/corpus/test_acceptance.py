"""What widl takes the compiler takes, and the reverse, but for the differences listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus import oracles
from tests.corpus.acceptance import differences, judged
from tests.corpus.outcomes import listed
from tests.corpus.sets import SETS, CorpusFile, parameters

# Samba's language is not widl's.
COMPARED = ("comtypes", "midltests", "mingw-w64", "published", "wine")


@pytest.mark.thorough
@pytest.mark.parametrize("file", parameters(COMPARED))
def test_file_is_taken_by_both_or_listed(file: CorpusFile, tmp_path: Path) -> None:
    theirs = oracles.widl(file, tmp_path / "header.h")
    # That the compiler says what it is listed with is for test_files to show.
    assert judged(file, theirs, is_refused=listed(file) is not None) == ""


def test_only_files_that_are_there_are_listed() -> None:
    for set_name, name in differences():
        assert set_name in COMPARED
        if SETS[set_name].root is not None:
            assert CorpusFile(set_name, name).path.exists()


TAKEN = CorpusFile("published", "ms-none.idl")
PIPE = CorpusFile("midltests", "testprogs/win32/midltests/todo/midltests-pipe-02.idl")
WIDL_SAYS = "x.idl:9: error: type 'pipe' not found in global namespace"


@pytest.mark.parametrize(
    ("file", "theirs", "is_refused", "verdict"),
    [
        (TAKEN, "", False, ""),
        (TAKEN, "error", True, ""),
        (TAKEN, "error", False, "not listed: only widl"),
        (TAKEN, "", True, "not listed: only midlpy"),
        (PIPE, WIDL_SAYS, False, ""),
        (PIPE, "", False, "no longer differs"),
        (PIPE, "", True, "says otherwise"),
        (PIPE, "x.idl:9: error: syntax error", False, "something else"),
    ],
)
def test_unlisted_and_outlived_differences_are_told(
    file: CorpusFile, theirs: str, is_refused: bool, verdict: str
) -> None:
    found = judged(file, theirs, is_refused=is_refused)
    assert bool(found) == bool(verdict)
    assert verdict in found
