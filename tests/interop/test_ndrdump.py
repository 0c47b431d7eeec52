"""Operations that python3-samba does not have, against ndrdump, which has all of Samba's.

It comes with Samba's tests (samba-testsuite), reads what we write and writes it again.
NDR alone, in little-endian: it does not read the others.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from midlpy.runtime import ndr, rpc
from tests.interop.test_samba_values import (
    Run,
    are_alike,
    compiled,
    computed,
    difference,
    run_of,
)

# By the file, what ndrdump calls the interface.
MODULES: Final = {
    "backupkey": "backupkey",
    "browser": "browser",
    "dssetup": "dssetup",
    "efs": "efs",
    "eventlog": "eventlog",
    "eventlog6": "eventlog6",
    "frsapi": "frsapi",
    "fsrvp": "FileServerVssAgent",
    "keysvc": "keysvc",
    "ntsvcs": "ntsvcs",
    "oxidresolver": "IOXIDResolver",
    "remact": "IRemoteActivation",
    "rot": "rot",
    "scerpc": "scerpc",
    "smbXsrv": "smbXsrv",
    "trkwks": "trkwks",
    "winsif": "winsif",
    "winstation": "winstation",
}

# Samba reads bindings, and cannot write them: its own flags for their text exclude each
# other.
READ_ALONE: Final = frozenset(
    {"ResolveOxid", "ResolveOxid2", "ServerAlive2", "RemoteActivation"}
)

# In a [unique] array of pointers among parameters, Samba puts each referent right behind its
# pointer; NDR has all pointers first (C706 14.3.12.3).
INTERLEAVED: Final = frozenset(
    {"eventlog_ReportEventW", "eventlog_ReportEventAndSourceW"}
)

ROUNDS: Final = 4

_DUMP: Final = re.compile(r"^\[[0-9A-F]+\]((?: {1,3}[0-9A-F]{2}){1,16})", re.MULTILINE)


class NdrdumpError(Exception):
    """It refuses octets."""


@pytest.fixture(scope="session")
def ndrdump() -> str:
    found = shutil.which("ndrdump")
    if found is None:
        pytest.skip("oracle absent: ndrdump, of samba-testsuite")
    return found


def packed_again(
    ndrdump: str, interface: str, name: str, run: Run, direction: str, folder: Path
) -> bytes:
    """What Samba makes of the octets of *run*.

    Raises:
        NdrdumpError: it takes them for wrong.
    """
    paths = {each: folder / each for each in ("request", "response")}
    for each, path in paths.items():
        path.write_bytes(run.written(each))
    command = [ndrdump, "-s", "/dev/null", "--validate", "--dump-data"]
    if direction == "response":
        command += ["-c", str(paths["request"])]
    way = "in" if direction == "request" else "out"
    done = subprocess.run(
        [*command, interface, name, way, str(paths[direction])],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=30,
    )
    _, pushed, dumped = done.stdout.partition("push returned Success\n")
    count = re.match(r"(\d+) bytes generated", dumped)
    is_read = done.stdout.startswith("pull returned Success")
    is_read = is_read and "unread bytes" not in done.stdout
    if is_read and not pushed and name in READ_ALONE and direction == "response":
        assert "push returned String Error" in done.stdout
        return run.written(direction)
    if not is_read or count is None:
        said = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
        raise NdrdumpError("; ".join(said[-4:]))
    octets = "".join(match[1] for match in _DUMP.finditer(dumped.partition("pull")[0]))
    made = bytes.fromhex(octets)
    assert len(made) == int(count[1])
    return made


def mismatch(ours: bytes, theirs: bytes, run: Run, direction: str) -> str | None:
    """What differs but for referent ids and what Samba computes."""
    if are_alike(ours, theirs, "little"):
        return None
    mine, other = (run.read(each, direction) for each in (ours, theirs))
    codecs = run.operation.request if direction == "request" else run.operation.outcome
    places = [n for n, name in enumerate(codecs) if name.lstrip("_") not in computed()]
    found = difference([mine[n] for n in places], [other[n] for n in places])
    return f"{found}\n  ours   {ours.hex()}\n  theirs {theirs.hex()}" if found else None


@pytest.mark.timeout(240)
@pytest.mark.parametrize("module", MODULES)
def test_ndrdump_reads_what_we_write_and_writes_the_same(
    module: str, ndrdump: str, tmp_path: Path
) -> None:
    found: list[str] = []
    compared = 0
    interfaces: list[Any] = [
        each
        for each in vars(compiled(module)).values()
        if isinstance(each, rpc.Interface)
    ]
    for operation in (each for i in interfaces for each in i.operations):
        name = operation.name
        if operation.refused or operation.in_pipes or operation.out_pipes:
            continue
        if name in INTERLEAVED:
            continue
        for seed in range(ROUNDS):
            run = run_of(operation, (name, seed), ndr.NDR, "little", has_blocks=False)
            for direction in ("request", "response"):
                ours = run.written(direction)
                try:
                    theirs = packed_again(
                        ndrdump, MODULES[module], name, run, direction, tmp_path
                    )
                    wrong = mismatch(ours, theirs, run, direction)
                except (NdrdumpError, rpc.RpcError) as error:
                    wrong = f"{error}\n  ours   {ours.hex()}"
                compared += 1
                if wrong is not None:
                    found.append(f"{name} {direction} {seed}: {wrong}")
    assert not found, "\n".join(found)
    assert compared
