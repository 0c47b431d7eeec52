"""Type words to base types, and back to the user's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from midlpy.frontend import ast
from midlpy.semantic.ir import BaseKind

# Signed and unsigned form of each size word. MIDL's char has no sign.
_SIZES: Final[Mapping[str, tuple[BaseKind, BaseKind]]] = {
    "small": (BaseKind.INT8, BaseKind.UINT8),
    "__int8": (BaseKind.INT8, BaseKind.UINT8),
    "short": (BaseKind.INT16, BaseKind.UINT16),
    "__int16": (BaseKind.INT16, BaseKind.UINT16),
    "int": (BaseKind.INT32, BaseKind.UINT32),
    "long": (BaseKind.INT32, BaseKind.UINT32),
    "__int32": (BaseKind.INT32, BaseKind.UINT32),
    "hyper": (BaseKind.INT64, BaseKind.UINT64),
    "__int64": (BaseKind.INT64, BaseKind.UINT64),
    "_int64": (BaseKind.INT64, BaseKind.UINT64),
    "__int3264": (BaseKind.INT3264, BaseKind.UINT3264),
    "wchar_t": (BaseKind.INT16, BaseKind.UINT16),
}

_SINGLE: Final[Mapping[str, BaseKind]] = {
    "float": BaseKind.FLOAT,
    "double": BaseKind.DOUBLE,
    "boolean": BaseKind.BOOLEAN,
    "byte": BaseKind.BYTE,
}


def base_kind(words: tuple[str, ...]) -> BaseKind | None:
    """The base type that *words* spell in any order; None when they spell none.

    Spec: MIDL reference, base types: one size word, one sign word, and an optional int.
    """
    if len(words) == 1 and words[0] in _SINGLE:
        return _SINGLE[words[0]]
    signs = [word for word in words if word in ("signed", "unsigned")]
    sizes = [word for word in words if word not in ("signed", "unsigned")]
    if len(signs) > 1 or sizes.count("int") > 1:
        return None
    is_unsigned = signs == ["unsigned"]
    if sizes == ["char"]:
        return BaseKind.INT8 if signs == ["signed"] else BaseKind.CHAR
    if len(sizes) > 1 and "int" in sizes:
        sizes.remove("int")
    if not sizes:
        sizes = ["int"]
    if sizes == ["long", "long"]:
        sizes = ["hyper"]
    if len(sizes) != 1 or sizes[0] not in _SIZES:
        return None
    return _SIZES[sizes[0]][is_unsigned]


def spell_specifiers(specifiers: ast.Specifiers) -> str:
    """The type as messages name it."""
    type_ = specifiers.type
    match type_:
        case ast.Words():
            return " ".join(type_.words)
        case ast.NamedType():
            return type_.name.text
        case ast.StructType():
            return f"struct {type_.tag.text}" if type_.tag else "struct"
        case ast.UnionType() | ast.EncapsulatedUnion():
            return f"union {type_.tag.text}" if type_.tag else "union"
        case ast.EnumType():
            return f"{type_.keyword} {type_.tag.text}" if type_.tag else type_.keyword
        case ast.PipeType():
            return f"pipe {spell_specifiers(type_.element)}"
        case ast.SafearrayType():
            return "SAFEARRAY"
        case ast.InterfaceType():
            return f"{type_.keyword} {type_.name.text}"
        case ast.OctetsType():
            return "octets"
        case ast.RefusedType():
            return "what is not supported"
