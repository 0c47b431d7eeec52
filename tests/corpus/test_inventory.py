"""What is compiled has the interfaces and operations that others read in the same file."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from midlpy.driver_loading import load_outputs
from midlpy.runtime import rpc
from midlpy.semantic import ir
from tests.corpus import acceptance, oracles
from tests.corpus.interfaces import RPC_SETS, WINE, compiles, may_be_called
from tests.corpus.inventory import (
    Interface,
    differences,
    interfaces_of,
    of_model,
    with_uuid,
)
from tests.corpus.outcomes import modules, stages
from tests.corpus.scan import scan
from tests.corpus.sets import SETS, CorpusFile, parameters

# Where the second reading, which knows no types, reads something else, and why.
READ_OTHERWISE = {
    "dlls/rpcrt4/tests/server.idl": "a parameter called as its type: int a[]",
    "dlls/rpcrt4/tests/server_interp.idl": "the same file",
    "librpc/idl/dfsblobs.idl": "its UUID lacks two octets",
    "librpc/idl/spoolss.idl": "operations without numbers, which only pidl knows",
}

# Where scapy-rpc has another operation than the text, and why.
OTHERWISE_IN_SCAPY = {
    ("trksvr", 1): "LnkSvrMessageCallback is a callback, which is numbered apart",
    ("winreg", 24): "BaseInitiateSystemShutdown, which its document reserves",
    ("winreg", 25): "BaseAbortSystemShutdown, which its document reserves",
    ("winreg", 30): "BaseInitiateSystemShutdownEx, which its document reserves",
}


def remote(file: CorpusFile) -> list[Interface]:
    """What the compiler made of *file*, COM interfaces left out."""
    model = stages(file).model
    assert model is not None
    return of_model(model)


RPC = [each for name in RPC_SETS for each in parameters((name,), may_be_called)]


@pytest.mark.parametrize("file", RPC)
def test_generated_module_declares_what_the_file_does(file: CorpusFile) -> None:
    model = stages(file).model
    assert model is not None
    declared = interfaces_of(load_outputs(modules(file)))
    expected = [each for each in model.interfaces if each.operations]
    assert [(each.name, each.uuid, each.version) for each in declared] == [
        (each.name, each.uuid, each.version) for each in expected
    ]
    for ours, theirs in zip(declared, expected, strict=True):
        for operation, meant in zip(ours.operations, theirs.operations, strict=True):
            check_operation(operation, meant)


def check_operation(operation: rpc.Operation[object], meant: ir.Operation) -> None:
    """Numbers, names, and how many values travel in which direction."""
    assert (operation.opnum, operation.name) == (meant.opnum, meant.name)
    assert (operation.refused is None) == (meant.refusal is None)
    if operation.refused is not None:
        return
    assert (operation.method is None) == meant.is_reserved
    if meant.is_reserved:
        return
    given = [
        each
        for each in meant.parameters
        if each.is_pipe or each.direction is not ir.Direction.OUT
    ]
    assert len(operation.argument_names) == len(given)
    results = [
        each
        for each in meant.parameters
        if each.direction is not ir.Direction.IN
        and (operation.out_pipes or not each.is_pipe)
    ]
    has_result = meant.return_type != ir.Void()
    assert len(operation.result_names) == len(results) + has_result


@pytest.mark.parametrize("file", RPC)
def test_operations_are_those_of_a_second_reading(file: CorpusFile) -> None:
    theirs = with_uuid(scan(file.path, file.set.options.includes))
    found = differences(remote(file), theirs)
    # What is listed must differ, too.
    assert bool(found) == (file.name in READ_OTHERWISE), found


@pytest.mark.parametrize("file", parameters(("samba", "wireshark"), compiles))
def test_operations_are_those_that_pidl_reads(file: CorpusFile) -> None:
    theirs = with_uuid(oracles.pidl(file.path, file.set.options.includes))
    found = differences(remote(file), theirs)
    found = [each for each in found if not is_enumeration(each)]
    if file.name == "librpc/idl/dfsblobs.idl":
        assert found == ["dfsblobs: only one has it"]
    else:
        assert found == []


def is_enumeration(difference: str) -> bool:
    """A list of the print server whose count pidl's text has ahead of its buffer.

    Its marshalling by hand sends it behind, as MS-RPRN says and as it is compiled. And one
    name of a parameter would meet another in Python.
    """
    return difference.startswith(
        ("spoolss: spoolss_Enum", "spoolss: spoolss_ReadPrinter")
    )


def is_taken_by_widl(file: CorpusFile) -> bool:
    difference = acceptance.differences().get((file.set_name, file.name))
    return may_be_called(file) and difference is None


@pytest.mark.parametrize(
    "file", parameters(("wine", "midltests", "published"), is_taken_by_widl)
)
def test_operations_are_those_that_widl_writes(
    file: CorpusFile, tmp_path: Path
) -> None:
    header = tmp_path / "header.h"
    assert oracles.widl(file, header, has_client=True) == ""
    theirs = oracles.widl_inventory(header)
    ours = with_uuid(remote(file))
    assert differences(ours, theirs) == []
    # Of that one it writes no client.
    assert all(each.uuid for each in theirs) or file.name == "dlls/ole32/dcom.idl"
    counts = {each.name: len(each.operations) for each in ours}
    assert counts.items() >= WINE.get(file.name, {}).items()


def test_wine_has_the_interfaces_and_operations_that_were_counted() -> None:
    counts = [
        count for name in WINE if "interp" not in name for count in WINE[name].items()
    ]
    assert len(counts) == 11
    assert sum(count for _, count in counts) == 237


@pytest.mark.thorough
@pytest.mark.parametrize("file", parameters(("wine", "mingw-w64"), compiles))
def test_no_other_file_has_operations_to_widl(file: CorpusFile, tmp_path: Path) -> None:
    header = tmp_path / "header.h"
    if not oracles.widl(file, header):
        is_known = file.set_name == "wine" and may_be_called(file)
        assert bool(oracles.widl_inventory(header)) == is_known


@pytest.mark.parametrize("file", parameters(("published",)))
def test_published_operations_are_numbered_as_in_scapy_rpc(file: CorpusFile) -> None:
    known = oracles.scapy_rpc()
    for interface in remote(file):
        other = known.get(interface.uuid or uuid.UUID(int=0))
        assert other is not None, interface.name
        assert interface.version == other.version
        names = {each.opnum: each.name for each in interface.operations}
        for operation in other.operations:
            if (interface.name, operation.opnum) not in OTHERWISE_IN_SCAPY:
                assert names[operation.opnum] == operation.name


def test_every_published_file_is_asked_about() -> None:
    if SETS["published"].root is not None:
        assert {
            file.name for file in SETS["published"].files if not compiles(file)
        } == (set())
