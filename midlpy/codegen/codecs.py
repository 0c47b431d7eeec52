"""The codec expressions of types: what moves a value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias, assert_never

from midlpy.codegen.expressions import expression
from midlpy.codegen.lines import Call, Fit, Piece, call, quoted
from midlpy.codegen.spelling import Spelling
from midlpy.layout import plan
from midlpy.semantic.ir import BaseKind, Expression, PointerKind

CODECS: Mapping[BaseKind, str] = {
    BaseKind.BOOLEAN: "ndr.BOOLEAN",
    BaseKind.BYTE: "ndr.OCTET",
    BaseKind.CHAR: "ndr.CHAR",
    BaseKind.WCHAR: "ndr.WCHAR",
    BaseKind.INT8: "ndr.INT8",
    BaseKind.UINT8: "ndr.UINT8",
    BaseKind.INT16: "ndr.INT16",
    BaseKind.UINT16: "ndr.UINT16",
    BaseKind.INT32: "ndr.INT32",
    BaseKind.UINT32: "ndr.UINT32",
    BaseKind.INT64: "ndr.INT64",
    BaseKind.UINT64: "ndr.UINT64",
    BaseKind.INT3264: "ndr.INT3264",
    BaseKind.UINT3264: "ndr.UINT3264",
    BaseKind.FLOAT: "ndr.FLOAT32",
    BaseKind.DOUBLE: "ndr.FLOAT64",
    BaseKind.ERROR_STATUS: "ndr.ERROR_STATUS",
    BaseKind.DLONG: "ndr.DLONG",
    BaseKind.UDLONG: "ndr.UDLONG",
    BaseKind.UDLONGR: "ndr.UDLONGR",
    BaseKind.NETWORK32: "ndr.NETWORK32",
}
TEXTS: Mapping[BaseKind, str] = {
    BaseKind.WCHAR: "wide_string",
    BaseKind.CHAR: "string",
    BaseKind.BYTE: "octet_string",
}
POINTERS: Mapping[PointerKind, str] = {
    PointerKind.REF: "ndr.ref",
    PointerKind.UNIQUE: "ndr.unique",
    PointerKind.FULL: "ndr.full",
}

Name: TypeAlias = Callable[[str], str]


def codec(type_: plan.Type, spelling: Spelling, name: Name) -> Piece:
    """The expression that moves a value; *name* spells what sizes refer to."""
    match type_:
        case plan.Scalar(kind):
            return CODECS[kind]
        case plan.Guid():
            return "ndr.UUID"
        case plan.Ranged(target, low, high):
            return call(
                "ndr.ranged", codec(target, spelling, name), str(low), str(high)
            )
        case plan.Use():
            text = spelling.codec_of(type_)
            if spelling.is_later(type_):
                return f"ndr.lazy(lambda: {text})"
            return text
        case plan.Switch(union, discriminant):
            inner = codec(union, spelling, name)
            return call("ndr.switch", inner, switch_is=_size(discriminant, name))
        case plan.Pointer(target, kind):
            inner = codec(target, spelling, name)
            return Call(f"{POINTERS[kind]}(", (("", inner),), fit=Fit.FILL)
        case plan.Fixed(element, count):
            return call("ndr.fixed", codec(element, spelling, name), str(count))
        case plan.Conformant(element, size, length, first):
            sizes = _sizes(size, length, first, name)
            return call("ndr.array", codec(element, spelling, name), **sizes)
        case plan.Varying(element, bound, length, first):
            inner, sizes = codec(element, spelling, name), _sizes(
                None, length, first, name
            )
            return call("ndr.varying", inner, str(bound), **sizes)
        case plan.Packed(is_wide, bound, size, length, first):
            room = () if bound is None else (str(bound),)
            function = "ndr.wide" if is_wide else "ndr.octets"
            return call(function, *room, **_sizes(size, length, first, name))
        case plan.Text(character, bound, size):
            return _text_codec(TEXTS[character], bound, size, name)
        case plan.InPlace(target, is_counted):
            function = "ndr.in_place" if is_counted else "ndr.uncounted"
            return call(function, codec(target, spelling, name))
        case plan.InterfacePointer():
            return "ndr.interface_pointer()"
        case _:
            assert_never(type_)


def _text_codec(
    function: str, bound: int | None, size: Expression | None, name: Name
) -> Piece:
    if bound is not None:
        return call(f"ndr.{function}", str(bound))
    if size is not None:
        return call(f"ndr.{function}", size_is=_size(size, name))
    return f"ndr.{function.upper()}"


def _sizes(
    size: Expression | None,
    length: Expression | None,
    first: Expression | None,
    name: Name,
) -> dict[str, Piece]:
    given = {"size_is": size, "length_is": length, "first_is": first}
    return {word: _size(e, name) for word, e in given.items() if e is not None}


def _size(node: Expression, name: Name) -> str:
    return quoted(expression(node, name))


def union_codec(
    discriminant: plan.Type,
    arms: Collection[plan.Arm],
    default: plan.Arm | None,
    is_ms_union: bool,
    spelling: Spelling,
) -> Call:
    """``ndr.union`` with the arms by their labels."""
    table = Call(
        "{",
        tuple(
            (f"{label}: ", _arm(arm, spelling)) for arm in arms for label in arm.labels
        ),
        "}",
    )
    items: list[tuple[str, Piece]] = [
        ("", codec(discriminant, spelling, spelling.value)),
        ("", table),
    ]
    if default is not None:
        items.append(("default=", _arm(default, spelling)))
    if is_ms_union:
        items.append(("ms_union=", "True"))
    return Call("ndr.union(", tuple(items), fit=Fit.OPEN)


def _arm(arm: plan.Arm, spelling: Spelling) -> Piece:
    if arm.type is None:
        return "ndr.EMPTY"
    return codec(arm.type, spelling, spelling.value)
