"""Every operation that python3-samba and Samba's IDL share, with values made at random.

Samba unpacks what we pack and packs it again: the octets are the same, but for referent
ids, and for members with [value], which Samba computes and we leave to the caller. Where
such a member differs, we read what Samba packed, and nothing else is found to differ.
"""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from midlpy.runtime.ndr.syntax import ByteOrder
from tests.support.corpus import corpus_path
from tests.support.random_values import Filler
from tests.support.samba import Samba, SambaError

FOLDERS = ("librpc/idl", "source3/librpc/idl", "source4/librpc/idl")
MODULES = [
    "atsvc",
    "dfs",
    "dnsserver",
    "drsuapi",
    "echo",
    "epmapper",
    "initshutdown",
    "irpc",
    "lsa",
    "mdssvc",
    "mgmt",
    "netlogon",
    "samr",
    "spoolss",
    "srvsvc",
    "svcctl",
    "unixinfo",
    "winbind",
    "winreg",
    "winspool",
    "witness",
    "wkssvc",
]

ROUNDS = 4

# A tower with no floors, and what else is opaque to us but not to Samba.
FIXED: dict[str, dict[str, Any]] = {
    # One binding and how to prove oneself to it; a reference to no object.
    "DUALSTRINGARRAY": {
        "wNumEntries": 10,
        "wSecurityOffset": 5,
        "aStringArray": [7, 0x61, 0x62, 0, 0, 10, 0xFFFF, 0x63, 0, 0],
    },
    "MInterfacePointer": {"size": 24, "obj": b"MEOW" + bytes(4) + bytes(range(16))},
    "epm_twr_t": {"tower_length": 2, "tower": b"\0\0"},
    "dom_sid28": {"num_auths": 5},
    "drsuapi_DsReplicaObjectIdentifier": {"ndr_size_dn": 4, "dn": "DC=a\0"},
    "drsuapi_DsBindInfoCtr": {"length": 28, "info": bytes(range(28))},
    **{
        f"drsuapi_DsGetNCChanges{name}": {
            "decompressed_length": 0,
            "compressed_length": 0,
            "data": None,
        }
        for name in ("MSZIPCtr1", "CompressedCtr")
    },
    "DNS_RPC_RECORD_BUF": {"wDataLength": 4, "wType": 1, "data": b"\x0a\0\0\1"},
    # A reset of the count of bad passwords, which is a GUID.
    "netr_SendToSamBase": {
        "message_type": 1,
        "message_size": 16,
        "message": bytes(range(16)),
    },
    "netr_OsVersionContainer": {"length": 0, "size": 0, "os": None},
    "netr_trust_extension_container": {
        "length": 16,
        "size": 16,
        "info": [1, 0, 2, 0, 3, 0, 4, 0],
    },
    "winreg_ValNameBuf": {"length": 4, "size": 4, "name": "a\0"},
    "winreg_StringBuf": {"length": 4, "size": 4, "name": "a\0"},
    "witness_notifyResponse": {"length": 0, "num": 0, "messages": None},
    **{
        f"spoolss_AddDriverInfo{level}": {
            f"{size}{name}": value
            for name in (
                "dependent_files",
                "previous_names",
                "color_profiles",
                "core_driver_dependencies",
            )
            for size, value in (("ndr_size_", 6), ("", "a\0bc\0\0"))
        }
        for level in (3, 4, 6, 8)
    },
}

# Not compared in NDR64: structs in the form of their protocol, whose counts Samba writes
# narrower, and structs that end in a conformant array. Samba 4.17 puts their gap behind
# the elements, MS-RPCE 2.2.5.3.4.1 ahead of them.
NDR_ONLY = re.compile(
    "epm_(Insert|Delete|Lookup|Map|MgmtDelete)|NetDiskEnum|(Async)?AddPrinterDriver(Ex)?|"
    "DsReplicaDel|DsGetMemberships2?|DnssrvUpdateRecord2?|DnssrvComplexOperation2?"
)

# What Samba looks into and is octets to us, whose content random ones are not: a change of
# a database, values with offsets, and names behind each other.
OPAQUE = frozenset(
    {
        ("netr_DatabaseRedo", "request"),
        ("netr_DatabaseRedo", "response"),
        ("EnumPrinterDataEx", "response"),
        ("EnumPrinterKey", "response"),
    }
)


class Run(NamedTuple):
    """One operation's stub data with values of one seed."""

    operation: rpc.AnyOperation
    syntax: ndr.Syntax
    byte_order: ByteOrder
    arguments: list[Any]
    results: list[Any]

    def written(self, direction: str) -> bytes:
        how: dict[str, Any] = {"syntax": self.syntax, "byte_order": self.byte_order}
        if direction == "request":
            return self.operation.encode_request(*self.arguments, **how)
        return self.operation.encode_response(
            *self.results, arguments=self.arguments, **how
        )

    def read(self, octets: bytes, direction: str) -> list[Any]:
        how: dict[str, Any] = {"syntax": self.syntax, "byte_order": self.byte_order}
        if direction == "request":
            return [*self.operation.decode_request(octets, **how)]
        return [
            *self.operation.decode_response(octets, arguments=self.arguments, **how)
        ]


@cache
def compiled(name: str) -> ModuleType:
    folders = [corpus_path(f"samba/{folder}") for folder in FOLDERS]
    path = next(p for f in folders if (p := f / f"{name}.idl").exists())
    return midlpy.load(path, includes=folders, naming="idl")


@cache
def computed() -> frozenset[str]:
    """The members with [value] in any of the files, and those with [ignore].

    What stands for an ignored pointer, Samba makes up.
    """
    found: set[str] = set()
    for folder in FOLDERS:
        for path in corpus_path(f"samba/{folder}").glob("*.idl"):
            for line in path.read_text(errors="replace").splitlines():
                if re.search(r"[\[,]\s*(value\s*\(|ignore\])", line):
                    names = re.findall(r"(\w+)\s*(?:\[[^\]]*\])?\s*[;,]?\s*$", line)
                    found.update(name.lstrip("_") for name in names)
    return frozenset(found)


def operation_of(module: str, name: str) -> rpc.AnyOperation | None:
    """Ours of that name, which may have the interface's name ahead; None if refused."""
    interfaces = [
        each
        for each in vars(compiled(module)).values()
        if isinstance(each, rpc.Interface)
    ]
    every = {each.name: each for i in interfaces for each in i.operations}
    for spelled in (name, f"{module}_{name}", f"wbint_{name}", f"winbind_{name}"):
        if spelled in every:
            found = every[spelled]
            return None if found.refused or found.out_pipes else found
    raise AssertionError(f"{module} has no operation {name}")


def run_of(
    operation: rpc.AnyOperation,
    seed: object,
    syntax: ndr.Syntax,
    byte_order: ByteOrder,
    has_blocks: bool,
) -> Run:
    filler = Filler(seed, fixed=FIXED, has_blocks=has_blocks)
    request, outcome = operation.request, operation.outcome
    # No buffer is offered, so that none has to be of the size offered.
    offered = {"offered": 0} if "offered" in request else {}
    known = filler.fields(request, known=offered, others=outcome)
    others = {name: known[name] for name in known if name not in outcome}
    results = filler.fields(outcome, known=others)
    return Run(operation, syntax, byte_order, [*known.values()], [*results.values()])


def are_alike(ours: bytes, theirs: bytes, byte_order: ByteOrder) -> bool:
    """Whether octets differ in referent ids at most: which a sender takes is its own."""
    if len(ours) != len(theirs):
        return False
    for at in range(0, len(ours), 4):
        one = int.from_bytes(ours[at : at + 4], byte_order)
        other = int.from_bytes(theirs[at : at + 4], byte_order)
        if one != other and not _are_ids(one, other):
            return False
    return True


def _are_ids(one: int, other: int) -> bool:
    # Ours, and those of a reference pointer or a full one in Samba, begin at 0x20000.
    return one >> 16 == 2 and (other >> 16 == 2 or 0 < other < 256)


def difference(ours: Any, theirs: Any, path: str = "") -> str | None:
    """Where two values differ in what Samba does not compute."""
    if isinstance(ours, msgspec.Struct):
        names = [n for n in ours.__struct_fields__ if n.lstrip("_") not in computed()]
        pairs = [(f".{n}", getattr(ours, n), getattr(theirs, n)) for n in names]
    elif isinstance(ours, list | tuple):
        if len(ours) != len(theirs):
            return path
        pairs = [
            (f"[{n}]", *each) for n, each in enumerate(zip(ours, theirs, strict=True))
        ]
    else:
        return None if ours == theirs else path
    found = (difference(one, other, path + at) for at, one, other in pairs)
    return next((each for each in found if each is not None), None)


def answer(samba: Samba, module: str, name: str, run: Run, direction: str) -> bytes:
    return bytes.fromhex(
        samba(
            {
                "module": module,
                "operation": name,
                "ndr64": run.syntax is ndr.NDR64,
                "byte_order": run.byte_order,
                "request": run.written("request").hex(),
                "response": (
                    run.written(direction).hex() if direction == "response" else None
                ),
            }
        )
    )


def mismatch(
    samba: Samba, module: str, name: str, run: Run, direction: str
) -> str | None:
    """What differs; None when nothing does."""
    ours = run.written(direction)
    theirs = answer(samba, module, name, run, direction)
    if are_alike(ours, theirs, run.byte_order):
        return None
    mine, other = (run.read(each, direction) for each in (ours, theirs))
    codecs = run.operation.request if direction == "request" else run.operation.outcome
    names = [name for name in codecs if name.lstrip("_") not in computed()]
    places = [list(codecs).index(name) for name in names]
    found = difference([mine[n] for n in places], [other[n] for n in places])
    if found is None:
        return None
    return f"{found}\n  ours   {ours.hex()}\n  theirs {theirs.hex()}"


@pytest.mark.parametrize("byte_order", ["little", "big"])
@pytest.mark.parametrize("syntax", [ndr.NDR, ndr.NDR64], ids=str)
@pytest.mark.parametrize("module", MODULES)
def test_samba_reads_what_we_write_and_writes_the_same(
    module: str, syntax: ndr.Syntax, byte_order: ByteOrder, samba: Samba
) -> None:
    found: list[str] = []
    compared = 0
    for name in samba({"module": module}):
        operation = operation_of(module, name)
        if operation is None or (syntax is ndr.NDR64 and NDR_ONLY.fullmatch(name)):
            continue
        for seed in range(ROUNDS):
            run = run_of(operation, (name, seed), syntax, byte_order, has_blocks=False)
            for direction in ("request", "response"):
                if (name, direction) in OPAQUE:
                    continue
                try:
                    wrong = mismatch(samba, module, name, run, direction)
                except (SambaError, rpc.RpcError) as error:
                    wrong = str(error)
                compared += 1
                if wrong is not None:
                    found.append(f"{name} {direction} {seed}: {wrong}")
    assert not found, "\n".join(found)
    assert compared
