"""Names that need no declaration: base types, and the Windows names every file uses.

The base names are always there. The Windows names are the last step of lookup, for files
that use them without an import.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import ir
from midlpy.semantic.ir import BaseKind

# May be declared again as what they are (MIDL reference, base types).
REDECLARABLE: Final[Mapping[str, tuple[BaseKind, BaseKind]]] = {
    "wchar_t": (BaseKind.WCHAR, BaseKind.UINT16),
    "error_status_t": (BaseKind.ERROR_STATUS, BaseKind.UINT32),
}

NOT_IMPLEMENTED: Final = frozenset(
    [
        "ISO_LATIN_1",
        "ISO_UCS",
        "ISO_MULTI_LINGUAL",
        "__int128",
        "__float80",
        "__float128",
        "private_char_8",
        "private_char_16",
    ]
)


class Alias(Struct, frozen=True):
    """A name for *kind* behind *pointers* pointers; *is_string*: the last one's text."""

    kind: BaseKind | None
    pointers: int = 0
    is_string: bool = False


def _aliases() -> dict[str, Alias]:
    groups = {
        BaseKind.INT32: "BOOL WINBOOL LONG INT INT32 LONG32 NTSTATUS HRESULT SCODE LSTATUS",
        BaseKind.UINT32: "DWORD ULONG UINT UINT32 ULONG32 DWORD32 COLORREF LCID "
        "ACCESS_MASK SECURITY_INFORMATION NET_API_STATUS",
        BaseKind.UINT16: "WORD USHORT UINT16",
        BaseKind.WCHAR: "WCHAR OLECHAR",
        BaseKind.INT16: "SHORT INT16 VARIANT_BOOL",
        BaseKind.CHAR: "BYTE UCHAR UINT8 BOOLEAN CHAR",
        BaseKind.INT8: "INT8",
        BaseKind.INT64: "HYPER LONGLONG LONG64 INT64",
        BaseKind.UINT64: "ULONGLONG DWORDLONG DWORD64 ULONG64 UINT64 QWORD",
        BaseKind.INT3264: "INT_PTR LONG_PTR SHANDLE_PTR",
        BaseKind.UINT3264: "UINT_PTR ULONG_PTR DWORD_PTR SIZE_T HANDLE_PTR",
        BaseKind.FLOAT: "FLOAT",
        BaseKind.DOUBLE: "DOUBLE",
    }
    found: dict[str, Alias] = {}
    for kind, names in groups.items():
        for name in names.split():
            found[name] = Alias(kind)
            for prefix in ("P", "LP"):
                found[prefix + name] = Alias(kind, pointers=1)
    for name in ("LPSTR", "PSTR", "LPCSTR", "PCSTR"):
        found[name] = Alias(BaseKind.CHAR, pointers=1, is_string=True)
    for name in [
        "LPWSTR",
        "PWSTR",
        "LPCWSTR",
        "PCWSTR",
        "LPOLESTR",
        "LPCOLESTR",
        "LMSTR",
        "LMCSTR",
    ]:
        found[name] = Alias(BaseKind.WCHAR, pointers=1, is_string=True)
    found["VOID"] = Alias(None)
    for name in ("PVOID", "LPVOID", "LPCVOID", "HANDLE", "HWND"):
        found[name] = Alias(None, pointers=1)
    return found


ALIASES: Final[Mapping[str, Alias]] = _aliases()

# An ipv4address with a flag for big-endian; it has no name in the dialect.
NETWORK_ADDRESS: Final = "ipv4address_network"

# What Samba's dialect has built in, or means by another compiler's word.
SAMBA_ALIASES: Final[Mapping[str, Alias]] = {
    name: Alias(kind)
    for kind, names in {
        BaseKind.CHAR: "uint8 uint8_t boolean8",
        BaseKind.INT8: "int8",
        BaseKind.UINT16: "uint16 uint16_t WORD",
        BaseKind.INT16: "int16",
        BaseKind.UINT32: "uint32 uint32_t uint DWORD boolean32 mode_t time_t "
        "NTSTATUS WERROR HRESULT COMRESULT ipv4address",
        BaseKind.INT32: "int32 int32_t",
        BaseKind.INT64: "int64",
        BaseKind.UINT64: "uint64 uint64_t HYPER_T uid_t gid_t NTTIME_hyper NTTIME_1sec",
        BaseKind.UINT3264: "uint3264",
        BaseKind.INT3264: "int3264",
        BaseKind.DLONG: "dlong",
        BaseKind.UDLONG: "udlong NTTIME",
        BaseKind.UDLONGR: "udlongr",
        BaseKind.NETWORK32: NETWORK_ADDRESS,
    }.items()
    for name in names.split()
}

# Its types that NDR cannot express, by what they are.
SAMBA_REFUSED: Final[Mapping[str, str]] = {
    name: what
    for what, names in {
        "text in a form that flags choose": "string nstring astring utf8string "
        "raw8string u16string",
        "a row of texts": "string_array nstring_array",
        "a name in the form of its protocol": "nbt_string dns_string dnsp_name "
        "dnsp_string wrepl_nbt_name",
        "a blob in place": "DATA_BLOB",
        "a SID that may be nothing": "dom_sid0",
        "an integer of 16 or 32 bits": "uint1632 int1632",
        "an address in memory": "pointer",
    }.items()
    for name in names.split()
}

# The names by which the struct of long, short, short and eight octets is known.
GUID_NAMES: Final = frozenset(
    [
        "GUID",
        "UUID",
        "IID",
        "CLSID",
        "FMTID",
        "uuid_t",
        "guid_t",
        "_GUID",
        "_UUID",
        "_uuid_t",
        "__GUID",
        "rpc_uuid_t",
    ]
)
GUID_POINTERS: Final = frozenset(
    ["REFGUID", "REFIID", "REFCLSID", "PGUID", "LPGUID", "LPCGUID", "LPCLSID"]
)

_STRUCTS: Final[Mapping[str, str]] = {
    "FILETIME": "DWORD dwLowDateTime DWORD dwHighDateTime",
    "LUID": "DWORD LowPart LONG HighPart",
    "LARGE_INTEGER": "LONGLONG QuadPart",
    "ULARGE_INTEGER": "ULONGLONG QuadPart",
    "SYSTEMTIME": "WORD wYear WORD wMonth WORD wDayOfWeek WORD wDay WORD wHour "
    "WORD wMinute WORD wSecond WORD wMilliseconds",
    "BITMAPINFOHEADER": "DWORD biSize LONG biWidth LONG biHeight WORD biPlanes "
    "WORD biBitCount DWORD biCompression DWORD biSizeImage LONG biXPelsPerMeter "
    "LONG biYPelsPerMeter DWORD biClrUsed DWORD biClrImportant",
    "RPC_SID_IDENTIFIER_AUTHORITY": "UCHAR Value[6]",
    "RPC_UNICODE_STRING": "USHORT Length USHORT MaximumLength "
    "size_is:MaximumLength/2,length_is:Length/2:WCHAR *Buffer",
    "RPC_SID": "UCHAR Revision UCHAR SubAuthorityCount "
    "RPC_SID_IDENTIFIER_AUTHORITY IdentifierAuthority "
    "size_is:SubAuthorityCount:ULONG SubAuthority[]",
}


# Structs that Samba's compiler has code for.
_SAMBA_STRUCTS: Final[Mapping[str, str]] = {
    "dom_sid2": "UCHAR sid_rev_num UCHAR num_auths UCHAR id_auth[6] "
    "size_is:num_auths:ULONG sub_auths[]",
    # A SID in a room of 28 octets, whatever its count says.
    "dom_sid28": "UCHAR sid_rev_num UCHAR num_auths UCHAR id_auth[6] "
    "ULONG sub_auths[5]",
    "policy_handle": "ULONG handle_type GUID uuid",
}


def struct_typedef(name: str, path: str, is_samba: bool = False) -> ast.Typedef | None:
    """The declaration of a Windows struct, or of a pointer to one (``PFILETIME``).

    It becomes part of the file that uses it without an import.
    """
    if is_samba and name in _SAMBA_STRUCTS:
        return _Writer(Span(path, 1, 1, 1, 1)).typedef(name, _SAMBA_STRUCTS[name])
    for prefix in ("", "P", "LP"):
        base = name.removeprefix(prefix)
        if name.startswith(prefix) and base in _STRUCTS:
            return _Writer(Span(path, 1, 1, 1, 1)).typedef(base, _STRUCTS[base])
    return None


def fields_of(members: str, span: Span) -> tuple[ast.Field, ...]:
    """*members*, written as the tables above have them, as syntax that stands at *span*."""
    return _Writer(span).fields(members)


class _Writer:
    """Makes syntax without a source; all of it stands at one span."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def fields(self, members: str) -> tuple[ast.Field, ...]:
        words = members.split()
        return tuple(
            self._field(*words[index : index + 2]) for index in range(0, len(words), 2)
        )

    def typedef(self, name: str, members: str) -> ast.Typedef:
        struct = ast.StructType(
            self._name("_" + name), self.fields(members), self._span
        )
        pointer = ast.PointerTo((), self._span)
        return ast.Typedef(
            (),
            ast.Specifiers((), struct, self._span),
            (
                ast.Declarator(self._name(name), (), self._span),
                ast.Declarator(self._name("P" + name), (pointer,), self._span),
                ast.Declarator(self._name("LP" + name), (pointer,), self._span),
            ),
            "",
            None,
            self._span,
        )

    def _name(self, text: str) -> ast.Name:
        return ast.Name(text, self._span)

    def _field(self, type_: str, name: str) -> ast.Field:
        counts, _, type_name = type_.rpartition(":")
        attributes = self._attributes(counts)
        derivations: tuple[ast.Derivation, ...] = ()
        if name.startswith("*"):
            name, derivations = name[1:], (ast.PointerTo((), self._span),)
        elif name.endswith("]"):
            name, _, bound = name[:-1].partition("[")
            derivations = (self._array(bound),)
            if bound and not bound.isdigit():
                attributes = (*attributes, self._attribute("size_is", bound))
        declarator = ast.Declarator(self._name(name), derivations, self._span)
        named = ast.NamedType(self._name(type_name))
        return ast.Field(
            attributes,
            ast.Specifiers((), named, self._span),
            (ast.FieldDeclarator(declarator, None, None),),
            self._span,
        )

    def _array(self, bound: str) -> ast.ArrayOf:
        """A *bound* that is a name is a sibling's, which stands for the counts."""
        if bound and not bound.isdigit():
            return ast.ArrayOf(None, None, self._span, ast.Counts.NOWHERE)
        upper = self._expression(bound) if bound else None
        return ast.ArrayOf(None, upper, self._span)

    def _attributes(self, counts: str) -> ast.Attributes:
        """``string,range:1:9,size_is:n/2`` as attributes."""
        if not counts:
            return ()
        return tuple(self._attribute(*each.split(":")) for each in counts.split(","))

    def _attribute(self, name: str, *arguments: str) -> ast.Attribute:
        expressions = tuple(map(self._expression, arguments)) or None
        return ast.Attribute(self._name(name), expressions, self._span)

    def _expression(self, text: str) -> ast.Expression:
        """A name, a number, or a name divided by a number."""
        if text.isdigit():
            return ast.Integer(int(text), text, False, self._span)
        name, slash, divisor = text.partition("/")
        reference = ast.NameReference(self._name(name))
        if not slash:
            return reference
        return ast.Binary("/", reference, self._expression(divisor), self._span)


def alias_base(alias: Alias) -> ir.Base | None:
    return None if alias.kind is None else ir.Base(alias.kind)
