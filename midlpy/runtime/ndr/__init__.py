"""The vocabulary of generated modules: values, and how they travel."""

from __future__ import annotations

from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.constructed import struct
from midlpy.runtime.ndr.elements import Elements, elements
from midlpy.runtime.ndr.scalars import (
    BOOLEAN,
    CHAR,
    ERROR_STATUS,
    FLOAT32,
    FLOAT64,
    INT8,
    INT16,
    INT32,
    INT64,
    INT3264,
    OCTET,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    UINT3264,
    UUID,
    WCHAR,
    enum,
)
from midlpy.runtime.ndr.syntax import NDR, NDR64, ByteOrder, Syntax
from midlpy.runtime.ndr.values import Enum16, Enum32, Struct, default, require_abi

__all__ = [
    "BOOLEAN",
    "CHAR",
    "ERROR_STATUS",
    "FLOAT32",
    "FLOAT64",
    "INT8",
    "INT16",
    "INT32",
    "INT64",
    "INT3264",
    "OCTET",
    "UINT8",
    "UINT16",
    "UINT32",
    "UINT64",
    "UINT3264",
    "UUID",
    "WCHAR",
    "enum",
    "struct",
    "Codec",
    "Elements",
    "elements",
    "NDR",
    "NDR64",
    "ByteOrder",
    "Syntax",
    "Enum16",
    "Enum32",
    "Struct",
    "default",
    "require_abi",
]
