"""Published interface files mean what their specifications say."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from midlpy.diagnostics import Severity
from midlpy.frontend.loader import load
from midlpy.semantic import ir
from midlpy.semantic.ir import Array, Base, BaseKind, Pointer, Sibling, String, Use
from midlpy.semantic.options import Options
from midlpy.semantic.resolve import Resolution, resolve
from tests.semantic.snippets import findings
from tests.support.corpus import corpus_path

IMPLY = Options(async_pipes="imply")
REF, UNIQUE = ir.PointerKind.REF, ir.PointerKind.UNIQUE
ULONG = Base(BaseKind.UINT32)

# Interfaces with their remote operations, counted in the specifications.
PUBLISHED = {
    "ms-dtyp.idl": {},
    "ms-efsr.idl": {"efsrpc": 45},
    "ms-frs2.idl": {"FrsTransport": 18},
    "ms-srvs.idl": {"srvsvc": 58},
    "ms-samr.idl": {"samr": 78},
    "ms-rrp.idl": {"winreg": 36},
    "ms-scmr.idl": {"svcctl": 65},
    "ms-dhcpm.idl": {"dhcpsrv": 51, "dhcpsrv2": 133},
    "ms-dltw.idl": {"trkwks": 13},
    "ms-dltm.idl": {"trksvr": 1},
    "ms-even6.idl": {"IEventService": 29},
    "ms-dcom.idl": {"IActivation": 1, "IRemoteSCMActivator": 5, "IObjectExporter": 6},
    "ms-oaut.idl": {},
    "ms-rsmp.idl": {},
    "ms-tsts_tspubrpc.idl": {
        "TermSrvSession": 22,
        "TermSrvNotification": 4,
        "TermSrvEnumeration": 12,
    },
}


@lru_cache
def _resolved(path: Path) -> Resolution:
    loaded = load(path)
    assert loaded.source is not None
    assert not [d for d in loaded.diagnostics if d.severity is Severity.ERROR]
    return resolve(loaded.source, IMPLY)


def resolved(name: str) -> Resolution:
    return _resolved(corpus_path(f"idl/{name}"))


def operation(name: str, called: str) -> ir.Operation:
    return next(
        operation
        for interface in resolved(name).model.interfaces
        for operation in interface.operations
        if operation.name == called
    )


def struct(name: str, called: str) -> ir.StructDeclaration:
    found = resolved(name).model
    return next(
        declaration
        for each in (found, *found.imports)
        for declaration in each.types
        if isinstance(declaration, ir.StructDeclaration) and declaration.name == called
    )


@pytest.mark.parametrize("name", PUBLISHED)
def test_compiles_unchanged(name: str) -> None:
    resolution = resolved(name)
    errors = [d for d in resolution.diagnostics if d.severity is Severity.ERROR]
    assert not errors
    assert {
        interface.name: len(interface.operations)
        for interface in resolution.model.interfaces
    } == PUBLISHED[name]


def test_dtyp_types() -> None:
    found = resolved("ms-dtyp.idl").model
    names = [declaration.name for declaration in found.types]
    assert "FILETIME" in names
    assert "GUID" not in names
    guid = struct("ms-dtyp.idl", "OBJECT_TYPE_LIST").fields[2]
    assert guid.type == Pointer(ir.Guid(), UNIQUE)
    relative = struct("ms-dtyp.idl", "CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1")
    assert relative.opaque
    sid = struct("ms-dtyp.idl", "RPC_SID")
    assert sid.fields[3].type == Array(ULONG, size=Sibling("SubAuthorityCount"))
    assert sid.opaque is None


def test_frs2_name_is_text_in_a_fixed_room() -> None:
    fields = {f.name: f.type for f in struct("ms-frs2.idl", "FRS_UPDATE").fields}
    assert fields["name"] == String(BaseKind.WCHAR, bound=261)
    assert fields["hash"] == Array(Base(BaseKind.CHAR), bound=20)
    assert fields["uidDbGuid"] == ir.Guid()


def test_frs2_server_allocates_records() -> None:
    found = operation("ms-frs2.idl", "RequestRecords")
    parameter = next(p for p in found.parameters if p.name == "compressedRecords")
    count = Sibling("numBytes", dereferenced=True)
    assert parameter.type == Pointer(
        Pointer(Array(Base(BaseKind.BYTE), size=count), UNIQUE), REF
    )
    assert parameter.direction is ir.Direction.OUT


def test_efsr_lists_are_arrays_of_pointers() -> None:
    found = struct("ms-efsr.idl", "ENCRYPTION_CERTIFICATE_LIST")
    path = corpus_path("idl/ms-efsr.idl")
    assert found.fields[0].type == ir.Ranged(ULONG, ir.Range(0, 500))
    assert found.fields[1].type == Pointer(
        Array(
            Pointer(Use(str(path), "ENCRYPTION_CERTIFICATE"), UNIQUE),
            size=Sibling("nUsers"),
        ),
        UNIQUE,
    )


def test_efsr_opens_with_a_handle_and_works_with_a_context() -> None:
    opening = operation("ms-efsr.idl", "EfsRpcOpenFileRaw")
    reading = operation("ms-efsr.idl", "EfsRpcReadFileRaw")
    assert [p.name for p in opening.parameters] == ["hContext", "FileName", "Flags"]
    assert [p.name for p in reading.parameters] == ["hContext", "EfsOutPipe"]
    assert reading.binding is ir.Binding.EXPLICIT
    assert reading.is_async


def test_srvs_server_name_binds_and_travels() -> None:
    found = operation("ms-srvs.idl", "NetrShareEnum")
    assert found.opnum == 15
    assert found.binding is ir.Binding.EXPLICIT
    assert found.parameters[0].type == Pointer(String(BaseKind.WCHAR), UNIQUE)
    assert [p.direction for p in found.parameters] == [
        ir.Direction.IN,
        ir.Direction.IN_OUT,
        ir.Direction.IN,
        ir.Direction.OUT,
        ir.Direction.IN_OUT,
    ]


def test_srvs_reserved_opnums_keep_their_numbers() -> None:
    (interface,) = resolved("ms-srvs.idl").model.interfaces
    assert [o.opnum for o in interface.operations if o.is_reserved][:4] == [0, 1, 2, 3]


def test_samr_union_is_switched_by_its_parameter() -> None:
    found = operation("ms-samr.idl", "SamrQueryInformationDomain")
    buffer = found.parameters[-1].type
    assert isinstance(buffer, Pointer)
    assert isinstance(buffer.target, Pointer)
    assert isinstance(buffer.target.target, ir.Switch)
    assert buffer.target.target.discriminant == Sibling("DomainInformationClass")


def test_scmr_room_counts_the_terminator() -> None:
    found = operation("ms-scmr.idl", "RGetServiceDisplayNameW")
    text = next(p for p in found.parameters if p.name == "lpDisplayName").type
    size = ir.Binary("+", Sibling("lpcchBuffer", dereferenced=True), ir.Constant(1))
    assert text == Pointer(
        String(BaseKind.WCHAR, size=size, range=ir.Range(1, 4097)), REF
    )


def test_every_idl_of_the_vectors_is_accepted() -> None:
    vectors = json.loads(corpus_path("vectors/ndr.json").read_text())
    texts = {vector["idl"].partition("(type ")[0] for vector in vectors}
    for text in sorted(texts):
        found = findings(text, options=IMPLY)
        assert not [d for d in found if d.severity is Severity.ERROR], text
