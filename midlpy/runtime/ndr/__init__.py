"""The vocabulary of generated modules: values, and how they travel.

A codec is a value: it can be printed, compared by identity, and used for both transfer
syntaxes and both byte orders. ``encode`` and ``decode`` use one without any network.
"""

from __future__ import annotations

from midlpy.runtime.ndr.arrays import array, fixed, varying
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.coding import decode, encode, source_of
from midlpy.runtime.ndr.constructed import struct
from midlpy.runtime.ndr.converted import Converted, Converter, converted
from midlpy.runtime.ndr.elements import Elements, elements
from midlpy.runtime.ndr.handles import NULL_CONTEXT, ContextHandle, context_handle
from midlpy.runtime.ndr.in_place import in_place, uncounted
from midlpy.runtime.ndr.network import NETWORK32
from midlpy.runtime.ndr.objects import interface_pointer
from midlpy.runtime.ndr.octets import octets, wide
from midlpy.runtime.ndr.pointers import full, lazy, ref, unique
from midlpy.runtime.ndr.ranged import ranged
from midlpy.runtime.ndr.scalars import (
    BOOLEAN,
    CHAR,
    DLONG,
    ERROR_STATUS,
    FLOAT32,
    FLOAT64,
    INT8,
    INT16,
    INT32,
    INT64,
    INT3264,
    OCTET,
    UDLONG,
    UDLONGR,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    UINT3264,
    UUID,
    WCHAR,
    enum,
)
from midlpy.runtime.ndr.serialized import Serialized
from midlpy.runtime.ndr.strings import (
    OCTET_STRING,
    STRING,
    WIDE_STRING,
    octet_string,
    string,
    wide_string,
)
from midlpy.runtime.ndr.syntax import NDR, NDR64, ByteOrder, Syntax
from midlpy.runtime.ndr.unions import EMPTY, encapsulated, switch, union
from midlpy.runtime.ndr.unsent import UNSENT_STATUS
from midlpy.runtime.ndr.values import (
    Enum16,
    Enum32,
    Flags8,
    Flags16,
    Flags32,
    Flags64,
    Struct,
    UnsignedEnum8,
    UnsignedEnum16,
    default,
    require_abi,
)

__all__ = [
    # transfer syntaxes
    "NDR",
    "NDR64",
    "ByteOrder",
    "Syntax",
    # values
    "ContextHandle",
    "Converter",
    "Enum16",
    "Enum32",
    "Flags8",
    "Flags16",
    "Flags32",
    "Flags64",
    "NULL_CONTEXT",
    "Struct",
    "UnsignedEnum8",
    "UnsignedEnum16",
    "default",
    "require_abi",
    # scalars
    "BOOLEAN",
    "CHAR",
    "DLONG",
    "ERROR_STATUS",
    "FLOAT32",
    "FLOAT64",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "INT3264",
    "NETWORK32",
    "OCTET",
    "UDLONG",
    "UDLONGR",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "UINT3264",
    "UNSENT_STATUS",
    "UUID",
    "WCHAR",
    "enum",
    "ranged",
    # constructed types
    "EMPTY",
    "converted",
    "encapsulated",
    "struct",
    "switch",
    "union",
    # pointers
    "context_handle",
    "full",
    "interface_pointer",
    "lazy",
    "ref",
    "unique",
    # arrays and strings
    "OCTET_STRING",
    "STRING",
    "WIDE_STRING",
    "array",
    "fixed",
    "in_place",
    "octet_string",
    "octets",
    "string",
    "uncounted",
    "varying",
    "wide",
    "wide_string",
    # use
    "Codec",
    "Converted",
    "Elements",
    "Serialized",
    "decode",
    "elements",
    "encode",
    "source_of",
]
