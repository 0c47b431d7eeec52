"""Every published file compiles, or gives exactly the errors that it is listed with."""

from __future__ import annotations

import ast

import pytest

from tests.corpus.outcomes import (
    errors_of,
    listed,
    listed_names,
    own_module,
    place,
    stages,
)
from tests.corpus.sets import SETS, CorpusFile, parameters

LISTED = ("published", "comtypes", "midltests", "samba", "wireshark")

# Minutes of work.
LONG = ("mingw-w64", "wine")

FILES = [
    *parameters(LISTED),
    *parameters(LONG, marks=(pytest.mark.thorough, pytest.mark.timeout(600))),
]


@pytest.mark.parametrize("file", FILES)
def test_file_compiles_or_gives_the_errors_it_is_listed_with(file: CorpusFile) -> None:
    errors = errors_of(stages(file).diagnostics)
    expected = listed(file)
    shown = "\n".join(f"{place(file, each)}  {each.message}" for each in errors)
    assert [place(file, each) for each in errors] == [
        *(expected.errors if expected else ())
    ], shown
    if not errors:
        assert expected is None
        ast.parse(own_module(file).text)


@pytest.mark.parametrize("name", SETS)
def test_set_has_all_its_files(name: str) -> None:
    members = SETS[name].files
    if not members:
        pytest.skip(f"no folder of MIDLPY_CORPUS has {SETS[name].folder}")
    assert len(members) == SETS[name].count
    assert listed_names(name) <= {file.name for file in members}
