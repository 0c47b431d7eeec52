"""Which published files declare operations that are called from afar."""

from __future__ import annotations

from typing import Final

from tests.corpus.outcomes import listed, stages
from tests.corpus.sets import CorpusFile

RPC_SETS: Final = ("published", "midltests", "samba", "wireshark", "wine")

# Operations that widl counted in Wine's interfaces.
WINE: Final = {
    "dlls/rpcrt4/tests/server.idl": {"IMixedServer": 93},
    "dlls/rpcrt4/tests/server_interp.idl": {"IInterpServer": 93},
    "include/wine/svcctl.idl": {"svcctl": 57},
    "dlls/msi/winemsi.idl": {"IWineMsiRemote": 35},
    "include/wine/schrpc.idl": {"ITaskSchedulerService": 20},
    "include/wine/epm.idl": {"epm": 7},
    "include/wine/irot.idl": {"Irot": 7},
    "include/wine/atsvc.idl": {"atsvc": 4},
    "include/wine/irpcss.idl": {"Irpcss": 4},
    "include/wine/plugplay.idl": {"plugplay": 4},
    "dlls/ole32/dcom.idl": {"IOXIDResolver": 5, "IRemoteActivation": 1},
}


# Wine's files that hold nothing but an #include of one of those.
AGAIN: Final = {
    "dlls/combase/irpcss.idl",
    "dlls/mstask/atsvc.idl",
    "dlls/netapi32/atsvc.idl",
    "dlls/ntoskrnl.exe/plugplay.idl",
    "dlls/ole32/irot.idl",
    "dlls/rpcrt4/epm.idl",
    "dlls/schedsvc/atsvc.idl",
    "dlls/schedsvc/schrpc.idl",
    "dlls/schedsvc/tests/atsvc.idl",
    "dlls/schedsvc/tests/schrpc.idl",
    "dlls/sechost/plugplay.idl",
    "dlls/sechost/svcctl.idl",
    "dlls/taskschd/schrpc.idl",
    "programs/plugplay/plugplay.idl",
    "programs/rpcss/epm.idl",
    "programs/rpcss/irot.idl",
    "programs/rpcss/irpcss.idl",
    "programs/services/svcctl.idl",
}


def compiles(file: CorpusFile) -> bool:
    return listed(file) is None


def may_be_called(file: CorpusFile) -> bool:
    """Whether it compiles, and may have such operations: of Wine's few do."""
    if file.set_name == "wine":
        return file.name in WINE or file.name in AGAIN
    return compiles(file)


def has_operations(file: CorpusFile) -> bool:
    """Whether a file that compiles has such operations."""
    model = stages(file).model
    assert model is not None, file
    return any(each.operations for each in model.interfaces)
