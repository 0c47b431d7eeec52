"""midlpy.load and load_text: modules compiled in memory."""

from __future__ import annotations

import gc
import inspect
import linecache
import pickle
import sys
import traceback
import typing
import weakref
from pathlib import Path

import pytest

import midlpy
from midlpy.driver_output import ClashError

POINT = "typedef struct { long x; } POINT;\n"
SHAPES = """
import "points.idl";
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0)]
interface shapes
{
    typedef struct { POINT from; POINT to; } LINE;
    long Draw([in] handle_t h, [in] LINE *line);
}
"""
BULK = """
[uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d42), version(1.0)]
interface bulk { typedef pipe byte P; void Send([in] handle_t h, [in] P *data); }
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("points.idl").write_text(POINT)
    Path("shapes.idl").write_text(SHAPES)


def test_modules_import_each_other() -> None:
    shapes = midlpy.load("shapes.idl")
    points = sys.modules[f"{shapes.__package__}.points"]
    assert shapes.points is points
    line = shapes.Line(from_=points.Point(x=1), to=points.Point(x=2))
    octets = shapes.OP_DRAW.encode_request(line)
    assert octets == bytes.fromhex("01000000 02000000")


def test_files_of_one_name_live_side_by_side() -> None:
    for folder, kind in (("one", "long"), ("two", "hyper")):
        Path(folder).mkdir()
        Path(folder, "points.idl").write_text(POINT.replace("long", kind))
    one, two = midlpy.load("one/points.idl"), midlpy.load("two/points.idl")
    assert one.Point is not two.Point
    value = two.Point(x=1 << 40)
    assert pickle.loads(pickle.dumps(value)) == value
    assert type(pickle.loads(pickle.dumps(one.Point(x=1)))) is one.Point


def test_imported_files_of_one_name_are_refused() -> None:
    Path("other").mkdir()
    Path("other/points.idl").write_text(POINT.replace("POINT", "DOT"))
    Path("shapes.idl").write_text(f'import "other/points.idl";\n{SHAPES}')
    with pytest.raises(ClashError, match=r"points\.py"):
        midlpy.load("shapes.idl")


def test_loading_again_sees_what_has_changed() -> None:
    first = midlpy.load("points.idl")
    Path("points.idl").write_text(POINT.replace("long x", "long y"))
    second = midlpy.load("points.idl")
    assert first.Point(x=1).x == 1
    assert second.Point(y=1).y == 1


def test_values_can_be_pickled() -> None:
    shapes = midlpy.load("shapes.idl")
    value = shapes.Line(from_=shapes.points.Point(x=1))
    assert pickle.loads(pickle.dumps(value)) == value


def test_the_text_can_be_inspected_and_is_in_tracebacks() -> None:
    points = midlpy.load("points.idl")
    assert inspect.getsource(points) == midlpy.compile_file("points.idl")
    assert inspect.getsource(points.Point).startswith("class Point(ndr.Struct")
    shapes = midlpy.load("shapes.idl")
    draw = shapes.ShapesServer.draw
    source = inspect.getsource(draw)
    assert source.splitlines()[1].strip().startswith("async def draw(")
    linecache.checkcache()
    assert inspect.getsource(draw) == source


def test_type_hints_can_be_resolved() -> None:
    shapes = midlpy.load("shapes.idl")
    hints = typing.get_type_hints(shapes.Line)
    assert hints == {"from_": shapes.points.Point, "to": shapes.points.Point}


def test_choices_and_acf_are_those_of_compiling() -> None:
    with pytest.raises(midlpy.CompileError) as caught:
        midlpy.load_text(BULK, filename="bulk.idl")
    (found,) = caught.value.diagnostics
    assert (found.rule, found.span.path) == ("pipe-needs-async", "bulk.idl")
    assert "bulk.idl:3:" in str(caught.value)
    acf = "interface bulk { [async] Send(); }"
    assert midlpy.load_text(BULK, acf=acf).OP_SEND.is_async
    assert midlpy.load_text(BULK, async_pipes="imply").OP_SEND.is_async
    Path("bulk.idl").write_text(BULK)
    Path("given.acf").write_text(acf)
    assert midlpy.load("bulk.idl", acf="given.acf").OP_SEND.is_async
    assert not hasattr(midlpy.load("shapes.idl", server=False), "ShapesServer")
    assert midlpy.load("points.idl", naming="idl").POINT


def test_text_may_import_files() -> None:
    shapes = midlpy.load_text(SHAPES, filename="shapes.idl")
    assert shapes.Line(to=shapes.points.Point(x=1)).to.x == 1


def test_an_unloaded_module_is_collected() -> None:
    shapes = midlpy.load("shapes.idl")
    value = shapes.Line()
    shapes.OP_DRAW.encode_request(value)
    package = shapes.__package__
    assert package is not None
    alive = [weakref.ref(each) for each in (shapes, shapes.points, shapes.Line)]
    midlpy.unload(shapes)
    assert not [name for name in sys.modules if name.startswith(package)]
    assert not [name for name in linecache.cache if package in name]
    assert value.to.x == 0
    midlpy.unload(shapes)
    del shapes, value
    gc.collect()
    assert [each() for each in alive] == [None, None, None]


def test_only_loaded_modules_can_be_unloaded() -> None:
    for module in (sys, midlpy):
        with pytest.raises(ValueError, match=r"was not loaded by midlpy\.load"):
            midlpy.unload(module)


def test_a_module_that_cannot_be_imported_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from midlpy.runtime import ndr

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("refused")

    before = set(sys.modules)
    monkeypatch.setattr(ndr, "struct", refuse)
    with pytest.raises(RuntimeError, match="refused") as caught:
        midlpy.load("shapes.idl")
    assert set(sys.modules) == before
    shown = "".join(traceback.format_exception(caught.value))
    assert "POINT: Final = ndr.struct(" in shown
