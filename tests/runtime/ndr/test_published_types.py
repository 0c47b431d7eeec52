"""Every type and operation of the published files can be written and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from tests.support.corpus import corpus_path

FILES = (
    "ms-dcom.idl",
    "ms-dltw.idl",
    "ms-dtyp.idl",
    "ms-even6.idl",
    "ms-frs2.idl",
    "ms-oaut.idl",
    "ms-samr.idl",
    "ms-scmr.idl",
)


@pytest.fixture(scope="module", params=FILES)
def module(request: pytest.FixtureRequest) -> Any:
    path: Path = corpus_path(f"idl/{request.param}")
    return midlpy.load(path, async_pipes="imply")


@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64])
def test_every_class_has_defaults_that_travel(module: Any, syntax: ndr.Syntax) -> None:
    for codec in vars(module).values():
        cls = getattr(codec, "cls", None)
        if isinstance(codec, ndr.Codec) and hasattr(codec, "fields") and cls:
            octets = ndr.encode(codec, cls(), syntax=syntax)
            if "ranged" not in repr(codec):  # whose zero counts no peer takes
                assert ndr.decode(codec, octets, syntax=syntax) == cls()


def test_every_operation_has_code_that_compiles(module: Any) -> None:
    for interface in vars(module).values():
        if isinstance(interface, rpc.Interface):
            for operation in interface.operations:
                compile(operation.stub(ndr.NDR).source(), operation.name, "exec")
