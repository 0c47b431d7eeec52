"""A member of the name of an imported module does not hide it from annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

import midlpy

IMPORTED = "typedef struct { long pid; } server_id;\n"
IMPORTING = """import "server_id.idl";
[uuid(12345678-1234-1234-1234-123456789abc), version(1.0)] interface T {
typedef struct { server_id server_id; long version; server_id other; } NODE;
void f([in] handle_t h, [in] NODE *node);
}
"""


@pytest.mark.parametrize("naming", ["pep8", "idl"])
def test_a_member_of_the_name_of_a_module_stands_beside_it(
    tmp_path: Path, naming: Literal["pep8", "idl"]
) -> None:
    (tmp_path / "server_id.idl").write_text(IMPORTED)
    path = tmp_path / "node.idl"
    path.write_text(IMPORTING)
    text = midlpy.compile_file(path, naming=naming)
    assert "from . import server_id as server_id_\n" in text
    assert "    server_id: server_id_." in text
    module = midlpy.load(path, naming=naming)
    node = module.Node() if naming == "pep8" else module.NODE()
    assert node.server_id.pid == node.other.pid == 0
