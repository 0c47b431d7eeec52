"""Files that import each other."""

from __future__ import annotations

from pathlib import Path

import pytest

import midlpy
from midlpy.driver import Options, compile_path

HEADER = "[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41)] interface %s { %s }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    operation = "long F([in] handle_t h, [in] B *b, [in, size_is(N)] byte *octets);"
    (tmp_path / "a.idl").write_text(
        'import "b.idl";\ntypedef short FIRST;\n' + HEADER % ("tried", operation)
    )
    (tmp_path / "b.idl").write_text('import "c.idl";\nconst long N = 3;\n')
    (tmp_path / "c.idl").write_text(
        'import "a.idl";\ntypedef struct _B { FIRST x[N]; } B;\n'
    )
    return tmp_path


@pytest.mark.parametrize("name", ["a.idl", "b.idl", "c.idl"])
def test_names_are_found_all_around_a_cycle(folder: Path, name: str) -> None:
    result = compile_path(folder / name, Options())
    assert [d for d in result.diagnostics if d.severity.value == "error"] == []


def test_a_type_of_a_cycle_has_its_octets(folder: Path) -> None:
    module = midlpy.load(folder / "a.idl")
    octets = module.TRIED["F"].encode_request(module.c.B([1, 2, 3]), b"xyz")
    # Three shorts, a gap to the maximum count, three octets.
    assert octets.hex(" ") == "01 00 02 00 03 00 00 00 03 00 00 00 78 79 7a"


def test_modules_whose_types_need_each_other_are_refused(tmp_path: Path) -> None:
    operation = "long F([in] handle_t h, [in] BOX *b);"
    (tmp_path / "a.idl").write_text(
        'import "b.idl";\ntypedef struct _ITEM { long x; } ITEM;\n'
        + HEADER % ("tried", operation)
    )
    (tmp_path / "b.idl").write_text(
        'import "a.idl";\ntypedef struct _BOX { ITEM item; short y; } BOX;\n'
    )
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.compile_file(tmp_path / "a.idl")
    assert {each.rule for each in caught.value.diagnostics} == {"import-cycle"}
