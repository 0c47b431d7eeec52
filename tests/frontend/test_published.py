"""Published interface files are read without a word."""

from __future__ import annotations

import time

import pytest

from midlpy.diagnostics import Severity
from midlpy.frontend import ast
from midlpy.frontend.loader import load
from tests.support.corpus import corpus_path

FILES = {
    "ms-dcom.idl": 48,
    "ms-dhcpm.idl": 213,
    "ms-dltm.idl": 20,
    "ms-dltw.idl": 7,
    "ms-dtyp.idl": 89,
    "ms-efsr.idl": 2,
    "ms-even6.idl": 27,
    "ms-frs2.idl": 31,
    "ms-oaut.idl": 77,
    "ms-rrp.idl": 2,
    "ms-rsmp.idl": 74,
    "ms-samr.idl": 2,
    "ms-scmr.idl": 2,
    "ms-srvs.idl": 2,
    "ms-tsts_tspubrpc.idl": 29,
    "ms-tsts_allproc.h": 16,
    "ms-tsts_tsdef.h": 9,
}


@pytest.mark.parametrize("name", FILES)
def test_published_file_has_no_syntax_errors(name: str) -> None:
    result = load(corpus_path(f"idl/{name}"))
    assert [
        each for each in result.diagnostics if each.severity is Severity.ERROR
    ] == []
    assert result.source is not None
    assert len(result.source.unit.items) == FILES[name]


def test_operations_of_a_published_interface() -> None:
    source = load(corpus_path("idl/ms-frs2.idl")).source
    assert source is not None
    interfaces = [each for each in source.unit.items if isinstance(each, ast.Interface)]
    (interface,) = interfaces
    assert interface.body is not None
    operations = [
        each.declarators[0].declarator.name.text
        for each in interface.body
        if isinstance(each, ast.Declaration)
        and each.declarators
        and each.declarators[0].declarator.name
    ]
    assert operations[:3] == [
        "CheckConnectivity",
        "EstablishConnection",
        "EstablishSession",
    ]


def test_a_large_file_is_read_well_under_a_second() -> None:
    path = corpus_path("idl/ms-samr.idl")
    load(path)  # makes the lexer and reads the tables
    began = time.process_time()
    load(path)
    assert time.process_time() - began < 0.5
