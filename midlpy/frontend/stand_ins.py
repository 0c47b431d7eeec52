"""Stand-ins: our own text in the place of Windows files that nobody may have.

They are IDL files in the folder ``prelude`` beside this module. What they leave out, the
integer types, the strings and GUIDs, is known without any declaration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "prelude"

# What comes to the same, by the file that says it.
_ALIKE: Final = {
    "nothing.h": (
        "assert.h basetsd.h commdlg.h crtdefs.h ctype.h errno.h excpt.h float.h "
        "guiddef.h inttypes.h limits.h memory.h midles.h minwindef.h minwinbase.h "
        "ntdef.h rpc.h rpcasync.h rpcdce.h rpcdcep.h rpcndr.h rpcnsi.h rpcproxy.h "
        "rpcsal.h sal.h sdkddkver.h specstrings.h stdarg.h stddef.h stdint.h stdio.h "
        "stdlib.h string.h tchar.h wchar.h winnls.h winresrc.h "
        "winsdkver.h initguid.h pshpack1.h pshpack2.h pshpack4.h pshpack8.h "
        "poppack.h d2derr.h _mingw.h _mingw_mac.h _mingw_unicode.h "
        "driverspecs.h kernelspecs.h no_sal2.h strsafe.h intrin.h lmcons.h lmerr.h "
        "idl_types.h"
    ),
    "wtypes.idl": (
        "wtypes.h wtypesbase.idl wtypesbase.h windef.h winnt.h winbase.h wingdi.h "
        "winuser.h winreg.h winsvc.h ntsecapi.h"
    ),
    "unknwn.idl": "unknwn.h unknwnbase.idl unknwnbase.h",
    "objidl.idl": "objidl.h objidlbase.idl objidlbase.h objbase.h combaseapi.h",
    "oaidl.idl": "oaidl.h oleauto.h",
    "oleidl.idl": "oleidl.h ole2.h",
    "ocidl.idl": "ocidl.h windows.h",
    "propidl.idl": "propidl.h propidlbase.idl propidlbase.h",
    "servprov.idl": "servprov.h",
    "urlmon.idl": "urlmon.h",
    "ms-dtyp.idl": "ms-dtyp.h dtyp.idl ms_dtyp.idl",
    "ms-dcom.idl": "dcom.idl ms_dcom.idl",
    "ms-oaut.idl": "oaut.idl ms_oaut.idl",
}

# Where most look for a type, those first that others import.
_USUAL: Final = ("wtypes", "unknwn", "objidl", "oaidl", "oleidl", "ocidl", "propidl")

# What declares a name in these files: their statements begin at the beginning of a line.
_DECLARATION = re.compile(
    r"^(?:typedef\b[^{};]*?|\}[^;]*?|interface\s+)(\w+)\s*(?:\[[^\]]*\]\s*)?(?:[;:{]|,[^;]*;)",
    re.MULTILINE,
)

# Of a pair of packing headers somebody may have one, which is worse than none: they say
# nothing about data on the wire.
_ALWAYS: Final = frozenset(
    {"pshpack1.h", "pshpack2.h", "pshpack4.h", "pshpack8.h", "poppack.h"}
)


def is_always(base: str) -> bool:
    """Whether the stand-in for a file is used even if somebody has the file."""
    return base.lower() in _ALWAYS


def is_noted(name: str, user: str) -> bool:
    """Whether to say that a stand-in is used for *name* in the file *user*.

    What stand-ins use among themselves is their business, and one that is always used
    replaces nothing.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    return Path(user).parent != FOLDER and not is_always(base)


def message(name: str) -> str:
    """What is said when a stand-in is used for the file called *name*."""
    return f"midlpy's own text stands in for '{name}'"


def path_of(base: str) -> Path | None:
    """The stand-in for a file, by its name without a folder; None if there is none."""
    return _paths().get(base.lower())


def names() -> list[str]:
    """The names of all files that have a stand-in."""
    return sorted(_paths())


def declaring(name: str) -> str | None:
    """The file to import for a type, by the type's name, as far as it is a usual one."""
    return _declared().get(name)


@lru_cache
def _declared() -> Mapping[str, str]:
    declared: dict[str, str] = {}
    for stem in _USUAL:
        text = (FOLDER / f"{stem}.idl").read_text("utf-8")
        for match in _DECLARATION.finditer(text):
            declared.setdefault(match.group(1), f"{stem}.idl")
    return declared


@lru_cache
def _paths() -> Mapping[str, Path]:
    paths = {path.name: path for path in FOLDER.iterdir()}
    for name, others in _ALIKE.items():
        paths |= dict.fromkeys(others.split(), FOLDER / name)
    return paths
