"""Words of Samba's dialect: what each attribute means for the octets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Say something to Samba's code generator, nothing about the octets.
SILENT: Final = frozenset(
    [
        "public",
        "noprint",
        "nopython",
        "nosize",
        "gensize",
        "max_recursion",
        "to_null",
        "represent_as",
        "transmit_as",
        "skip_noinit",
        "relative_base",
        "noejs",
        "internal",
    ]
)
SILENT_ON_INTERFACES: Final = frozenset(
    [
        "helper",
        "pyhelper",
        "authservice",
        "no_srv_register",
        "restricted",
        "depends",
        "noejs",
        "internal",
        "pointer_default_top",
    ]
)

# Flags without effect on octets: how values are printed. Values of either byte order are
# as the connection says.
HARMLESS_FLAGS: Final = frozenset(
    [
        "NDR_PAHEX",
        "LIBNDR_PRINT_ARRAY_HEX",
        "NDR_SECRET",
        "LIBNDR_FLAG_IS_SECRET",
        "NDR_LITTLE_ENDIAN",
        "LIBNDR_FLAG_LITTLE_ENDIAN",
        "NDR_PRINT_ARRAY_HEX",
        "LIBNDR_FLAG_SUBCONTEXT_NO_UNREAD_BYTES",
        "NDR_SUBCONTEXT_NO_UNREAD_BYTES",
    ]
)

# The flag of what always stands in network byte order.
BIG_ENDIAN: Final = frozenset(["NDR_BIG_ENDIAN", "LIBNDR_FLAG_BIGENDIAN"])

# Attributes of a member, by what they make of it that NDR has no form for.
REFUSED_MEMBERS: Final = {
    "relative": "a pointer that is sent as an offset ([relative])",
    "relative_short": "a pointer that is sent as a short offset ([relative_short])",
    "null_is_ffffffff": "a null pointer sent as all ones ([null_is_ffffffff])",
    "sptr": "a pointer of two octets ([sptr])",
    "noheader": "text without its counts ([noheader])",
}

# The same of a type.
REFUSED_TYPES: Final = {
    "nodiscriminant": "a union without a discriminant ([nodiscriminant])",
    "nopush": "marshalled by code that is not in the IDL ([nopush])",
    "nopull": "marshalled by code that is not in the IDL ([nopull])",
}

# What the characters of [charset] are, by the integer they are declared as.
CHARACTERS: Final[Mapping[tuple[str | None, str], str]] = {
    ("UTF16", "uint16"): "wchar_t",
    ("DOS", "uint8"): "char",
    ("UTF8", "uint8"): "char",
    ("UNIX", "uint8"): "char",
    ("DOS", "char"): "char",
    ("UTF8", "char"): "char",
    (None, "uint16"): "wchar_t",
    (None, "uint8"): "char",
}
