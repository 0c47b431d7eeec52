"""Whose dialect a file is written in, told by its own words.

Samba's compiler reads an IDL of its own: with bitmaps, with attributes that MIDL does not
have, with base types called after their width. Its attributes and keywords are evidence;
its types are only where nobody declares them, which is not known before names are.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Span

# Attributes that take arguments, and such that do not.
_WITH_ARGUMENTS: Final = (
    "authservice|charset|compression|flag|max_recursion|pyhelper|subcontext_size|"
    "subcontext"
)
_ALONE: Final = (
    "bitmap8bit|bitmap16bit|bitmap32bit|bitmap64bit|enum8bit|enum16bit|gensize|"
    "no_srv_register|nodiscriminant|noheader|noopnum|noprint|nopull|nopush|nopython|"
    "nosize|null_is_ffffffff|relative_base|relative_short|relative|skip_noinit|todo|"
    "to_null"
)
TYPES: Final = frozenset(
    [
        "uint8",
        "uint16",
        "uint32",
        "int8",
        "int16",
        "int32",
        "int64",
        "dlong",
        "udlong",
        "udlongr",
        "uint3264",
        "int3264",
        "boolean8",
        "boolean32",
        "NTTIME",
        "NTTIME_1sec",
        "NTTIME_hyper",
        "WERROR",
        "DATA_BLOB",
        "policy_handle",
        "dom_sid2",
    ]
)

_WORDS: Final = re.compile(
    rf"(?<=[\[,])\s*(?P<attribute>\b(?:{_WITH_ARGUMENTS})\s*\()"
    rf"|(?<=[\[,])\s*(?P<alone>\b(?:{_ALONE})\b)(?=\s*[,\]])"
    r"|(?P<bitmap>\bbitmap\b(?=\s*\w*\s*\{|\s+\w+\s+\w+\s*;))"
    r'|(?P<include>^[ \t]*#[ \t]*include[ \t]*"idl_types\.h")',
    re.MULTILINE,
)
# In the place of a type: a name follows, or a pointer. Others call members like that.
_ANY_TYPE: Final = rf"(?:{'|'.join(sorted(TYPES))})\b"
_TYPE_WORDS: Final = re.compile(
    rf"\b{_ANY_TYPE}(?=\s*\*|\s+[A-Za-z_])|(?<=\bswitch_type\(){_ANY_TYPE}"
)
_HIDDEN: Final = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)


class Evidence(Struct, frozen=True):
    """What speaks for Samba's dialect.

    *word* stands at *span* and is no word of MIDL's, None when there is none. *types* are
    used, and are Samba's if nobody declares them.
    """

    word: str | None = None
    span: Span | None = None
    types: frozenset[str] = frozenset()


NONE: Final = Evidence()


def evidence(path: str, text: str) -> Evidence:
    """What in *text*, as written, is Samba's."""
    if _WORDS.search(text) is None and _TYPE_WORDS.search(text) is None:
        return NONE
    shown = _HIDDEN.sub(_blank, text)
    types = frozenset(_TYPE_WORDS.findall(shown))
    found = _WORDS.search(shown)
    if found is None or found.lastgroup is None:
        return Evidence(types=types)
    start = found.start(found.lastgroup)
    word = found.group(found.lastgroup).rstrip("( \t\n")
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    span = Span(path, line, column, line, column + len(word))
    return Evidence(" ".join(word.split()), span, types)


def _blank(hidden: re.Match[str]) -> str:
    """Blanks instead of a comment or a string, lines kept; the name of a file stays."""
    text = hidden.group()
    if text == '"idl_types.h"':
        return text
    return re.sub(r"[^\n]", " ", text)
