"""Other compilers of IDL, to be timed beside ours: where each is, or how to get it."""

from __future__ import annotations

import shlex
import shutil
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.programs import Contender
from tests.support.corpus import find_in_corpus, find_widl

SAMR: Final = "samba/librpc/idl/samr.idl"
SERVER: Final = "wine/dlls/rpcrt4/tests/server.idl"


@dataclass(frozen=True, slots=True)
class Peer:
    """A compiler; *must* and *aim* say how many times as long it should take as ours."""

    name: str
    makes: str
    get: str  # how to get it, for whom it is absent
    find: Callable[[Path], Contender | None] = lambda idl: None
    must: float | None = None
    aim: float | None = None

    def given(self, command: str, idl: Path) -> Contender:
        """As the user calls it: *command* with ``{idl}`` in the place of the file."""
        words = (word.replace("{idl}", str(idl)) for word in shlex.split(command))
        return Contender(self.name, tuple(words), wrote="**/*.py")


def _pidl(_: Path) -> Contender | None:
    """On the file of Samba's own that is about the same interface."""
    program, idl = find_in_corpus("samba/pidl/pidl"), find_in_corpus(SAMR)
    if program is None or idl is None or not all(map(shutil.which, ("perl", "cpp"))):
        return None
    library = f"-I{program.parent / 'lib'}"
    options = ("--header=samr.h", "--ndr-parser=samr.c", f"--includedir={idl.parent}")
    command = ("perl", library, str(program), *options, str(idl))
    return Contender("pidl", command, wrote="samr.c")


def _midl_dump(idl: Path) -> Contender | None:
    here = sysconfig.get_path("scripts")
    program = shutil.which("midl-dump", path=here) or shutil.which("midl-dump")
    command = (str(program), "--verbose", str(idl))
    return Contender("midl-dump", command, wrote="stdout") if program else None


def _widl(idl: Path) -> Contender | None:
    program = find_widl()
    if program is None:
        return None
    includes = [f"-I{find_in_corpus('wine/include') or idl.parent}"]
    writes = ("-h", "-c", "-s", "-H", "x.h", "-C", "x_c.c", "-S", "x_s.c", "--win64")
    return Contender("widl", (program, *writes, *includes, str(idl)), wrote="x_c.c")


_NO_PACKAGE: Final = (
    "in no package index; clone {}, and name it by --peer '{}=COMMAND {{idl}}'"
)

PIDL: Final = Peer(
    "pidl",
    "header and NDR parser in C, of Samba's samr.idl",
    "apt-get install perl cpp libparse-yapp-perl, and .ci/fetch-corpora with MIDLPY_CORPUS",
    _pidl,
    must=1,
    aim=2,
)
MIDL_TO_SCAPY: Final = Peer(
    "midl-to-scapy",
    "a Python module",
    _NO_PACKAGE.format("gpotter2/scapy-rpc", "midl-to-scapy"),
    must=4,
    aim=10,
)
MIDL2IMPACKET: Final = Peer(
    "midl2impacket",
    "a Python module",
    _NO_PACKAGE.format("T-RN-R/midl2impacket", "midl2impacket"),
)
MIDL_DUMP: Final = Peer(
    "midl-dump", "parses alone, prints the tree", "pip install midl-classic", _midl_dump
)
WIDL: Final = Peer(
    "widl",
    "header and stubs in C; is C itself",
    "apt-get install wine64-tools, or .ci/fetch-corpora with MIDLPY_CORPUS",
    _widl,
)


def contenders(
    peers: tuple[Peer, ...], idl: Path, commands: Mapping[str, str]
) -> tuple[dict[str, Contender], list[str]]:
    """Who can be timed on *idl*, by name; and a line for each who is absent."""
    found: dict[str, Contender] = {}
    absent: list[str] = []
    for peer in peers:
        if peer.name in commands:
            contender: Contender | None = peer.given(commands[peer.name], idl)
        else:
            contender = peer.find(idl)
        if contender is None:
            absent.append(f"{peer.name} absent: {peer.get}")
        else:
            found[peer.name] = contender
    return found, absent
