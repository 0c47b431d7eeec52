"""What values are made of: the base of value classes, open enums, defaults."""

from __future__ import annotations

from collections.abc import Callable
from enum import KEEP, IntEnum, IntFlag
from typing import Any, ClassVar, Final, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")

ABI: Final = 1
"""Generation of the vocabulary; generated modules name the one they were written for."""


class Struct(msgspec.Struct):
    """A value of an IDL structure; knows nothing of NDR, a codec beside it does."""


def default(factory: Callable[[], T]) -> T:
    """A field whose default is made anew for each value."""
    return msgspec.field(default_factory=factory)


def require_abi(abi: int) -> None:
    """Check that a generated module and this runtime belong together.

    Raises:
        ImportError: they do not; with the remedy.
    """
    if abi == ABI:
        return
    if abi > ABI:
        raise ImportError(
            f"this module needs a runtime of ABI {abi}, midlpy {ABI} is installed: "
            "upgrade midlpy"
        )
    raise ImportError(
        f"this module was generated for ABI {abi} of the runtime, ABI {ABI} is "
        "installed: compile its IDL again with this midlpy"
    )


class OpenEnum(IntEnum):
    """An enum that takes every value its type can carry.

    A value the IDL does not name becomes a member called ``UNKNOWN_9``, because servers
    are newer than IDL files. Such members are not kept: two of them are equal, not
    identical, and a peer cannot fill our memory with them.
    """

    __lowest__: ClassVar[int] = -(2**31)
    __highest__: ClassVar[int] = 2**31 - 1
    __letter__: ClassVar[str] = "i"
    """A letter of the ``struct`` module."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if type(value) is not int:
            return None
        if not cls.__lowest__ <= value <= cls.__highest__:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        return self.__class__, (self._value_,)

    def __copy__(self) -> OpenEnum:
        return self

    def __deepcopy__(self, memo: object) -> OpenEnum:
        return self


class Enum16(OpenEnum):
    """An IDL ``enum``: 0..32767 on the wire, in 2 octets (NDR) or 4 (NDR64)."""


class Enum32(OpenEnum):
    """An IDL ``[v1_enum] enum``: 4 octets."""


class UnsignedEnum8(OpenEnum):
    """An ``[enum8bit] enum`` of Samba's dialect: one octet."""

    __lowest__ = 0
    __highest__ = 2**8 - 1
    __letter__ = "B"


class UnsignedEnum16(OpenEnum):
    """An ``[enum16bit] enum`` of Samba's dialect: 2 octets in NDR64 too."""

    __lowest__ = 0
    __highest__ = 2**16 - 1
    __letter__ = "H"


class OpenFlags(IntFlag, boundary=KEEP):
    """Flags that take every value their type can carry, unknown bits included.

    Combinations are not kept: two of them are equal, not identical, and a peer cannot
    fill our memory with them.
    """

    __lowest__: ClassVar[int] = 0
    __highest__: ClassVar[int] = 2**32 - 1
    __letter__: ClassVar[str] = "I"
    """A letter of the ``struct`` module."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if type(value) is not int or not ~cls.__highest__ <= value <= cls.__highest__:
            return None
        if value < 0:
            # The complement of flags is that of the type's width.
            return cls(value & cls.__highest__)
        member = int.__new__(cls, value)
        member._name_ = None
        member._value_ = value
        return member

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        return self.__class__, (self._value_,)

    def __copy__(self) -> OpenFlags:
        return self

    def __deepcopy__(self, memo: object) -> OpenFlags:
        return self


class Flags8(OpenFlags):
    """A ``[bitmap8bit] bitmap`` of Samba's dialect: one octet."""

    __highest__ = 2**8 - 1
    __letter__ = "B"


class Flags16(OpenFlags):
    """A ``[bitmap16bit] bitmap`` of Samba's dialect: 2 octets."""

    __highest__ = 2**16 - 1
    __letter__ = "H"


class Flags32(OpenFlags):
    """A ``bitmap`` of Samba's dialect: 4 octets."""


class Flags64(OpenFlags):
    """A ``[bitmap64bit] bitmap`` of Samba's dialect: 8 octets."""

    __highest__ = 2**64 - 1
    __letter__ = "Q"


AnyEnum: TypeAlias = OpenEnum | OpenFlags
