"""OXID resolution as Samba's IDL has it, against impacket's structures of the same calls."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

import pytest

from tests.interop.test_samba_values import compiled

IPID = UUID("01234567-89ab-cdef-0123-456789abcdef")
# A binding "ab" over TCP, then security: NTLM for the principal "c".
BINDINGS = [7, 0x61, 0x62, 0, 0, 10, 0xFFFF, 0x63, 0, 0]


@pytest.fixture(scope="module")
def dcomrt() -> Any:
    return pytest.importorskip(
        "impacket.dcerpc.v5.dcomrt", reason="oracle absent: impacket"
    )


@cache
def resolver() -> Any:
    return compiled("oxidresolver").IOXIDResolver


def bindings() -> Any:
    return compiled("oxidresolver").orpc.DUALSTRINGARRAY(len(BINDINGS), 5, BINDINGS)


def octets(call: Any, **fields: Any) -> bytes:
    """What impacket packs."""
    made = call()
    for name, value in fields.items():
        made[name] = value
    data = made.getData()
    assert isinstance(data, bytes)
    return data


def pointed(dcomrt: Any) -> Any:
    """The bindings, as impacket has them."""
    made = dcomrt.DUALSTRINGARRAY()
    made["wNumEntries"], made["wSecurityOffset"] = len(BINDINGS), 5
    made["aStringArray"] = BINDINGS
    return made


def same(ours: bytes, theirs: bytes) -> bool:
    """Whether they are the same but for referent ids, which impacket draws at random."""
    at = [n for n in range(0, len(ours) - 3, 4) if ours[n : n + 4] != theirs[n : n + 4]]
    ids = [int.from_bytes(ours[n : n + 4], "little") for n in at]
    others = [int.from_bytes(theirs[n : n + 4], "little") for n in at]
    return (
        len(ours) == len(theirs)
        and all(each >> 16 == 2 for each in ids)
        and all(0 < each < 1 << 16 for each in others)
        and ours[len(ours) & ~3 :] == theirs[len(ours) & ~3 :]
    )


def test_resolve_oxid_is_asked_alike(dcomrt: Any) -> None:
    theirs = octets(
        dcomrt.ResolveOxid,
        pOxid=0x1122334455667788,
        cRequestedProtseqs=3,
        arRequestedProtseqs=[7, 8, 9],
    )
    operation = resolver()["ResolveOxid"]
    assert operation.decode_request(theirs) == (0x1122334455667788, 3, [7, 8, 9])
    ours = operation.encode_request(0x1122334455667788, 3, [7, 8, 9])
    # What impacket fills the two octets with ahead of the maximum count is at random.
    assert (ours[:10], ours[12:]) == (theirs[:10], theirs[12:])


def test_resolve_oxid_is_answered_alike(dcomrt: Any) -> None:
    theirs = octets(
        dcomrt.ResolveOxidResponse,
        ppdsaOxidBindings=pointed(dcomrt),
        pipidRemUnknown=IPID.bytes_le,
        pAuthnHint=5,
        ErrorCode=0x80070776,
    )
    operation = resolver()["ResolveOxid"]
    values = (bindings(), IPID, 5, 0x80070776)
    assert operation.decode_response(theirs) == values
    assert same(operation.encode_response(*values), theirs)


def test_resolve_oxid2_is_answered_alike(dcomrt: Any) -> None:
    version = dcomrt.COMVERSION()
    version["MajorVersion"], version["MinorVersion"] = 5, 7
    theirs = octets(
        dcomrt.ResolveOxid2Response,
        ppdsaOxidBindings=pointed(dcomrt),
        pipidRemUnknown=IPID.bytes_le,
        pAuthnHint=6,
        pComVersion=version,
        ErrorCode=0,
    )
    operation = resolver()["ResolveOxid2"]
    ours = compiled("oxidresolver").orpc.COMVERSION(5, 7)
    values = (bindings(), IPID, 6, ours, 0)
    assert operation.decode_response(theirs) == values
    assert same(operation.encode_response(*values), theirs)


def test_a_ping_is_alike(dcomrt: Any) -> None:
    theirs = octets(dcomrt.SimplePing, pSetId=0x7877665544332211)
    operation = resolver()["SimplePing"]
    assert operation.decode_request(theirs) == (0x7877665544332211,)
    assert operation.encode_request(0x7877665544332211) == theirs
    theirs = octets(dcomrt.ServerAliveResponse, ErrorCode=0x5)
    assert resolver()["ServerAlive"].decode_response(theirs) == (5,)
