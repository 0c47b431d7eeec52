"""Single values to octets and back, and the text of what is generated for them."""

from __future__ import annotations

from typing import Final, TypeVar, cast
from weakref import WeakKeyDictionary

from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.generate import library
from midlpy.runtime.ndr.parameters import Coder, Parameters
from midlpy.runtime.ndr.syntax import NDR, ByteOrder, Syntax

T = TypeVar("T")

_CODERS: Final[WeakKeyDictionary[Codec[object], dict[tuple[str, str], Coder]]] = (
    WeakKeyDictionary()
)


def _coder(codec: Codec[object], syntax: Syntax, byte_order: ByteOrder) -> Coder:
    coders = _CODERS.setdefault(codec, {})
    coder = coders.get((syntax.name, byte_order))
    if coder is None:
        coder = coders[syntax.name, byte_order] = Coder(
            Parameters("value", {"value": codec}),
            syntax,
            byte_order,
            where="encode",
            where_read="decode",
        )
    return coder


def encode(
    codec: Codec[T],
    value: T,
    *,
    syntax: Syntax = NDR,
    byte_order: ByteOrder = "little",
) -> bytes:
    """*value* as the only parameter of a stub.

    Raises:
        MarshalError: it does not fit.
    """
    parts, _ = _coder(codec, syntax, byte_order).write([value])
    return b"".join(parts)


def decode(
    codec: Codec[T],
    octets: bytes,
    *,
    syntax: Syntax = NDR,
    byte_order: ByteOrder = "little",
) -> T:
    """The only parameter of a stub; octets behind it are not looked at.

    Raises:
        UnmarshalError: the octets do not fit.
    """
    values, _ = _coder(codec, syntax, byte_order).read(bytes(octets))
    return cast(T, values[0])


def source_of(
    codec: Codec[object], syntax: Syntax = NDR, byte_order: ByteOrder = "little"
) -> str:
    """What is generated to write and to read one value, called functions included."""
    return source_of_coder(_coder(codec, syntax, byte_order), syntax, byte_order)


def source_of_coder(coder: Coder, syntax: Syntax, byte_order: ByteOrder) -> str:
    """The functions of *coder*, and those they call, each once."""
    functions = library(syntax, byte_order)
    waiting: list[Unit] = [*coder.units()]
    seen: list[Unit] = []
    while waiting:
        unit = waiting.pop(0)
        if unit not in seen:
            seen.append(unit)
            waiting += functions.called_by(unit)
    return "\n\n".join(unit.source for unit in seen)
