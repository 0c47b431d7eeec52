"""Structs that Samba marshals by hand, in the form that their protocols publish.

Some of its structs are NDR on the wire all the same: the hand-written part is what its
compiler lacks, such as a count ahead of the struct, or it parses what the protocol calls
octets. The published form says the same in NDR's words. In NDR64, where Samba writes
counts of 32 bits that NDR64 has as 64, it is the protocol's that is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from midlpy.frontend import ast
from midlpy.semantic.builtin import fields_of
from midlpy.semantic.samba_elements import harmful_flags, has

# As in ``builtin``: a type with its attributes, and a name, in turns.
_FORMS: Final[Mapping[str, str]] = {
    # C706, appendix O: twr_t and ept_entry_t.
    "epm_twr_t": "uint32 tower_length size_is:tower_length:uint8 tower[]",
    "epm_entry_t": "GUID object epm_twr_t *tower string:CHAR annotation[64]",
    # MS-SRVS 2.2.4.92: DISK_INFO.
    "srvsvc_NetDiskInfo0": "string:wchar_t disk[3]",
    # MS-DRSR 5.39: DRS_EXTENSIONS.
    "drsuapi_DsBindInfoCtr": "range:1:10000:uint32 length size_is:length:uint8 info[]",
    # MS-DNSP 2.2.2.2.5: DNS_RPC_RECORD.
    "DNS_RPC_RECORD_BUF": "uint16 wDataLength dns_record_type wType uint32 dwFlags "
    "uint32 dwSerial uint32 dwTtlSeconds uint32 dwTimeStamp uint32 dwReserved "
    "size_is:wDataLength:uint8 data[]",
    # MS-DCOM 2.2.19: DUALSTRINGARRAY, and 2.2.14: MInterfacePointer.
    "DUALSTRINGARRAY": "uint16 wNumEntries uint16 wSecurityOffset "
    "size_is:wNumEntries:uint16 aStringArray[]",
    "MInterfacePointer": "uint32 size size_is:size:uint8 obj[]",
    # MS-SWN 2.2.2.4: RESP_ASYNC_NOTIFY.
    "witness_notifyResponse": "witness_notifyResponse_type type uint32 length "
    "uint32 num unique,size_is:length:uint8 *messages",
    # MS-DRSR 4.1.10.2.18: DRS_COMPRESSED_BLOB, whatever it is compressed with.
    "drsuapi_DsGetNCChangesCompressedCtr": "uint32 decompressed_length "
    "uint32 compressed_length unique,size_is:compressed_length:uint8 *data",
    # The same, compressed by one of the ways.
    "drsuapi_DsGetNCChangesMSZIPCtr1": "uint32 decompressed_length "
    "uint32 compressed_length unique,size_is:compressed_length:uint8 *data",
    # A SID without a count ahead: its own says how many there are.
    "dom_sid": "uint8 sid_rev_num range:0:15:uint8 num_auths uint8 id_auth[6] "
    "uint32 sub_auths[num_auths]",
    # MS-NRPC 2.2.1.3.6 and 2.2.1.3.10: an RPC_UNICODE_STRING that holds a struct.
    "netr_OsVersionContainer": "uint16 length uint16 size "
    "unique,size_is:size/2,length_is:length/2:uint16 *os",
    "netr_trust_extension_container": "uint16 length uint16 size "
    "unique,size_is:size/2,length_is:length/2:uint16 *info",
}

# Unions in Samba's IDL that are structs there: nothing selects an arm.
STRUCTS: Final = frozenset({"drsuapi_DsGetNCChangesCompressedCtr"})

_BY_HAND: Final = (
    "nodiscriminant",
    "nopush",
    "nopull",
    "subcontext",
    "value",
    "switch_is",
)


def published(
    name: str, attributes: ast.Attributes, specifiers: ast.Specifiers
) -> ast.Specifiers | None:
    """The published form of the type *name*; None if it has none, or needs none."""
    form, type_ = _FORMS.get(name), specifiers.type
    if form is None or not isinstance(type_, ast.StructType | ast.UnionType):
        return None
    if type_.fields is None or not _is_by_hand(attributes, type_.fields):
        return None
    struct = ast.StructType(type_.tag, fields_of(form, type_.span), type_.span)
    return replace(specifiers, type=struct)


def _is_by_hand(attributes: ast.Attributes, fields: tuple[ast.Field, ...]) -> bool:
    """Whether the type has words that NDR lacks; else it means what it says."""
    every = (attributes, *(field.attributes for field in fields))
    return any(
        harmful_flags(each) or any(has(each, word) for word in _BY_HAND)
        for each in every
    )
