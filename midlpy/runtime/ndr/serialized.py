"""Type serialization: one value in a buffer of its own, behind a header that tells of it.

Spec: MS-RPCE 2.2.6, type serialization version 1, which is always NDR.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar, cast

from midlpy.runtime.errors import UnmarshalError
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.parameters import Coder, Parameters
from midlpy.runtime.ndr.pointers import Lazy, Ref
from midlpy.runtime.ndr.ranged import Ranged
from midlpy.runtime.ndr.scalars import EnumCodec, LooseInteger, Scalar
from midlpy.runtime.ndr.syntax import NDR, ByteOrder

T = TypeVar("T")

_COMMON_OCTETS: Final = 8
_PRIVATE_OCTETS: Final = 8
_UNIT: Final = 8  # everything takes a multiple of it
_VERSION: Final = 1
_ENDIANNESS: Final[dict[ByteOrder, int]] = {"little": 0x10, "big": 0x00}
_BYTE_ORDERS: Final[dict[int, ByteOrder]] = {0x10: "little", 0x00: "big"}
_FORMATS: Final[dict[ByteOrder, str]] = {"little": "<LL", "big": ">LL"}
# The filler of the common header.
_FILLER: Final = b"\xcc" * 4


@dataclass(frozen=True, slots=True, eq=False)
class Serialized(Generic[T]):
    """A type with encode or decode: its values to buffers and back.

    *name* is that of the typedef. Both ways work, whichever of them the IDL asks for.
    """

    name: str
    codec: Codec[T]
    _coders: dict[ByteOrder, Coder] = field(
        default_factory=dict[ByteOrder, Coder], init=False, repr=False
    )

    def dumps(self, value: T, *, byte_order: ByteOrder = "little") -> bytes:
        """*value* as a serialized type of version 1, padded to a multiple of 8 octets.

        Raises:
            MarshalError: it does not fit.
        """
        parts, size = self._coder(byte_order).write([value])
        padding = -size % _UNIT
        header = struct.pack("<BBH", _VERSION, _ENDIANNESS[byte_order], _COMMON_OCTETS)
        private = b""
        if not _is_primitive(self.codec):
            private = struct.pack(_FORMATS[byte_order], size + padding, 0)
        return b"".join([header, _FILLER, private, *parts, bytes(padding)])

    def loads(self, octets: bytes | bytearray | memoryview) -> T:
        """The value in *octets*, which hold nothing else.

        Raises:
            UnmarshalError: the octets do not fit, or are of another version.
        """
        data = bytes(octets)
        byte_order = self._byte_order(data)
        start, end = _COMMON_OCTETS, len(data)
        if not _is_primitive(self.codec):
            start += _PRIVATE_OCTETS
            if len(data) < start:
                raise self._error(f"wants {start} octets of header, has {len(data)}")
            length: int = struct.unpack_from(
                _FORMATS[byte_order], data, _COMMON_OCTETS
            )[0]
            if length > end - start:
                raise self._error(f"says {length} octets follow, {end - start} do")
            end = start + length
        # Some writers leave the padding out, or do not count it.
        if len(data) - end > -(end - start) % _UNIT:
            raise self._error(f"is followed by {len(data) - end} octets")
        values, used = self._coder(byte_order).read(data[start:end])
        if end - start - used > -used % _UNIT:
            raise self._error(f"takes {used} octets of {end - start}")
        return cast(T, values[0])

    def _byte_order(self, data: bytes) -> ByteOrder:
        if len(data) < _COMMON_OCTETS:
            raise self._error(
                f"wants {_COMMON_OCTETS} octets of header, has {len(data)}"
            )
        version, endianness, length = struct.unpack_from("<BBH", data)
        if version != _VERSION:
            raise self._error(f"is of version {version}; only {_VERSION} is supported")
        byte_order = _BYTE_ORDERS.get(endianness)
        if byte_order is None or length != _COMMON_OCTETS:
            raise self._error(f"begins with {data[:4].hex(' ')}, which is no header")
        return byte_order

    def _error(self, text: str) -> UnmarshalError:
        return UnmarshalError(f"serialized {self.name}: {text}")

    def _coder(self, byte_order: ByteOrder) -> Coder:
        coder = self._coders.get(byte_order)
        if coder is None:
            coder = self._coders[byte_order] = Coder(
                Parameters(self.name, {"value": self.codec}),
                NDR,
                byte_order,
                where=f"serialized {self.name}",
                where_read=f"serialized {self.name}",
            )
        return coder


def _is_primitive(codec: Codec[object]) -> bool:
    """Whether values are numbers, which have no header of their own."""
    while isinstance(codec, Ranged | Lazy | Ref):
        codec = codec.target
    return isinstance(codec, Scalar | EnumCodec | LooseInteger)
