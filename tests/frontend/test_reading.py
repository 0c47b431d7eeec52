"""What is kept of files that were read: it never shows, but in the time that it takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from midlpy.frontend import reading
from midlpy.frontend.ast import Source
from midlpy.frontend.loader import Loaded, LoadOptions, load

A = 'import "shared.idl";\ntypedef SHARED A;\n'
B = '#define N 2\nimport "shared.idl";\n#include "inner.h"\ntypedef SHARED B;\n'
SHARED = "#ifdef N\n#error leaked\n#endif\n#ifdef M\ntypedef long SHARED;\n#else\ntypedef short SHARED;\n#endif\n"


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    reading.forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "a.idl": A,
        "b.idl": B,
        "shared.idl": SHARED,
        "inner.h": "typedef char INNER;\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def shared_of(loaded: Loaded) -> Source:
    assert loaded.source is not None
    return loaded.source.imports[0]


def test_reading_one_file_then_another_equals_reading_the_other_alone(
    folder: Path,
) -> None:
    alone = load(folder / "b.idl")
    reading.forget()
    load(folder / "a.idl")
    after = load(folder / "b.idl")
    again = load(folder / "b.idl")
    assert after == alone
    assert again == alone


def test_a_file_that_many_import_is_parsed_once(folder: Path) -> None:
    first = shared_of(load(folder / "a.idl"))
    second = shared_of(load(folder / "b.idl"))
    assert first.unit.items is second.unit.items


def test_findings_are_told_each_time(folder: Path) -> None:
    (folder / "shared.idl").write_text("typedef long 5;\n#error no\n")
    first, second = load(folder / "a.idl"), load(folder / "a.idl")
    assert first.diagnostics == second.diagnostics
    assert {each.rule for each in first.diagnostics} == {"syntax", "error-directive"}


def test_a_file_that_changed_is_read_anew_though_size_and_time_are_the_same(
    folder: Path,
) -> None:
    shared = folder / "shared.idl"
    before = shared.stat()
    first = load(folder / "a.idl")
    shared.write_text(SHARED.replace("short", "large"))
    os.utime(shared, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shared_of(load(folder / "a.idl")) != shared_of(first)


def test_an_included_file_that_changed_is_read_anew(folder: Path) -> None:
    first = load(folder / "b.idl")
    (folder / "inner.h").write_text("typedef long INNER;\n")
    assert load(folder / "b.idl").source != first.source


def test_other_macros_of_the_command_line_are_another_file(folder: Path) -> None:
    first = load(folder / "a.idl")
    second = load(folder / "a.idl", LoadOptions(defines=("M",)))
    assert shared_of(first) != shared_of(second)


def test_what_is_kept_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_kept", reading._Kept(len(SHARED) + 10))
    first = shared_of(load(folder / "a.idl"))
    (folder / "b.idl").write_text("typedef long LONGER_THAN_TEN;\n" * 3)
    load(folder / "b.idl")
    assert shared_of(load(folder / "a.idl")).unit.items is not first.unit.items
