"""Integers, floats, characters, enums and UUIDs."""

from __future__ import annotations

import math
import uuid
from struct import Struct, calcsize
from typing import Final, NoReturn, TypeVar, cast

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, not_wanted, shown
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.values import AnyEnum, Enum16, OpenEnum
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", bound=AnyEnum, covariant=True)


class Scalar(Codec[T_co], frozen=True, eq=False):
    """A number of fixed size, aligned to its size."""

    name: str
    idl: str
    """With its article, as messages say it."""
    format: str
    """A letter of the ``struct`` module."""
    size: int
    low: int | float
    high: int | float

    def __repr__(self) -> str:
        return f"ndr.{self.name}"

    def format_in(self, _syntax: Syntax, /) -> str:
        return self.format

    def size_in(self, _syntax: Syntax, /) -> int:
        return self.size

    def measure(self, syntax: Syntax, /) -> Measure:
        size = self.size_in(syntax)
        return Measure(size, size, size, size)

    def writing(self, context: WritingContext, value: str) -> Writing:
        if self.format == "?":
            # struct takes anything for a boolean, so the table refuses what is none.
            value = f"{context.unit.constant('BOOLEANS', _BOOLEANS)}[{value}]"
        size = self.size_in(context.unit.syntax)
        return _ScalarWriting(context, self.format_in(context.unit.syntax), size, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        size = self.size_in(context.unit.syntax)
        return _ScalarReading(context, self.format_in(context.unit.syntax), size)

    def misfit(self, value: object, /) -> Misfit | None:
        is_float = self.format in "fd"
        if not isinstance(value, (int, float) if is_float else int):
            return not_wanted(self, value)
        if self.low <= value <= self.high and (
            self.format != "f" or math.isinf(value) or abs(value) <= _LARGEST_FLOAT32
        ):
            return None
        return Misfit("", f"is {shown(value)}, which does not fit {self.idl}")

    @property
    def wanted(self) -> str:
        return self.idl


class Integer3264(Scalar[int], frozen=True, eq=False):
    """``__int3264``: as wide as the transfer syntax says; a value is never cut."""

    def format_in(self, syntax: Syntax, /) -> str:
        return (
            self.format
            if syntax.int3264_size == 4
            else self.format.replace("i", "q").replace("I", "Q")
        )

    def size_in(self, syntax: Syntax, /) -> int:
        return syntax.int3264_size


class EnumCodec(Codec[E_co], frozen=True, eq=False):
    """An open enum: any value its type carries, named or not."""

    cls: type[E_co]

    def __repr__(self) -> str:
        return f"ndr.enum({self.cls.__name__})"

    @property
    def is_short(self) -> bool:
        return issubclass(self.cls, Enum16)

    def format_in(self, syntax: Syntax, /) -> str:
        if self.is_short and syntax.enum_size == 2:
            return "H"
        return self.cls.__letter__

    def measure(self, syntax: Syntax, /) -> Measure:
        size = syntax.enum_size if self.is_short else calcsize(self.cls.__letter__)
        return Measure(size, size, size, size)

    def writing(self, context: WritingContext, value: str) -> Writing:
        syntax = context.unit.syntax
        if self.is_short:
            value = f"{context.unit.constant('SHORT', SHORT_VALUES)}[{value}]"
        size = self.measure(syntax).start
        return _ScalarWriting(context, self.format_in(syntax), size, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        syntax = context.unit.syntax
        members = context.unit.constant(
            self.cls.__name__, members_of(cast("type[AnyEnum]", self.cls))
        )
        size = self.measure(syntax).start
        return _EnumReading(
            context, self.format_in(syntax), size, members, is_short=self.is_short
        )

    def misfit(self, value: object, /) -> Misfit | None:
        if not isinstance(value, int):
            return not_wanted(self, value)
        low, high = self.cls.__lowest__, self.cls.__highest__
        if self.is_short:
            low, high = 0, 32767
        if low <= value <= high:
            return None
        kind = "an enum" if issubclass(self.cls, OpenEnum) else "a bitmap"
        return Misfit("", f"is {shown(value)}, which does not fit {kind}")

    @property
    def wanted(self) -> str:
        return f"a value of {self.cls.__name__}"


class LooseInteger(Codec[int], frozen=True, eq=False):
    """A 64-bit integer of Samba's dialect: two words, aligned as one of them.

    The low word comes first whatever the byte order, unless *is_reversed*.
    """

    name: str
    idl: str
    is_signed: bool
    is_reversed: bool = False

    def __repr__(self) -> str:
        return f"ndr.{self.name}"

    @property
    def high(self) -> str:
        """The letter of the word that has the sign."""
        return "i" if self.is_signed else "I"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(4, 4, 8, 8)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _LooseWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _LooseReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        if not isinstance(value, int):
            return not_wanted(self, value)
        low, high = (-(2**63), 2**63) if self.is_signed else (0, 2**64)
        if low <= value < high:
            return None
        return Misfit("", f"is {shown(value)}, which does not fit {self.idl}")

    @property
    def wanted(self) -> str:
        return self.idl


class UuidCodec(Codec[uuid.UUID], frozen=True, eq=False):
    """A GUID: its first three fields follow the byte order, the rest does not."""

    def __repr__(self) -> str:
        return "ndr.UUID"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(4, 4, 16, 16)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _UuidWriting(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _UuidReading(context)

    def misfit(self, value: object, /) -> Misfit | None:
        return None if isinstance(value, uuid.UUID) else not_wanted(self, value)

    @property
    def wanted(self) -> str:
        return "a UUID"


_BOOLEANS: Final[dict[object, int]] = {False: 0, True: 1}


class _ScalarWriting(Writing):
    def __init__(
        self, context: WritingContext, format_: str, size: int, value: str
    ) -> None:
        self._stream = context.inline
        self._format, self._size, self._value = format_, size, value

    def inline(self) -> None:
        self._stream.align(self._size)
        self._stream.item(self._format, self._size, self._value)


class _ScalarReading(Reading):
    def __init__(self, context: ReadingContext, format_: str, size: int) -> None:
        self._stream = context.inline
        self._format, self._size = format_, size

    def inline(self) -> None:
        self._stream.align(self._size)
        self.variables = [*self._stream.item(self._format, self._size, "n")]

    def value(self) -> str:
        return self.variables[0]

    def number(self) -> str:
        return self.variables[0]


def enum_of(codec: Codec[object]) -> EnumCodec[AnyEnum] | None:
    """*codec*, if it is an enum's."""
    return cast("EnumCodec[AnyEnum]", codec) if isinstance(codec, EnumCodec) else None


def number_code(element: Codec[object], syntax: Syntax) -> str | None:
    """The ``array`` typecode for *element*, or None if it is no plain number."""
    if isinstance(element, Scalar | EnumCodec):
        return element.format_in(syntax)
    return None


class Members(dict[int, AnyEnum]):
    """Every value of an enum with its member; members without a name are made anew."""

    def __init__(self, cls: type[AnyEnum]) -> None:
        super().__init__((member.value, member) for member in cls.__members__.values())
        self._cls = cls

    def __missing__(self, value: int) -> AnyEnum:
        if issubclass(self._cls, Enum16):
            SHORT_VALUES[value]
        return self._cls(value)


class ShortValues(dict[int, int]):
    """The values an enum of 16 bits may have on the wire; C706 14.2.5."""

    def __missing__(self, value: object) -> int:
        if not isinstance(value, int) or not 0 <= value <= 32767:
            not_short(value)
        return int(value)


def not_short(value: object) -> NoReturn:
    """A value does not fit an enum of 16 bits."""
    raise Refusal(f"is {shown(value)}, which does not fit an enum (0..32767)")


SHORT_VALUES: Final = ShortValues((value, value) for value in range(256))


_MEMBERS: Final[dict[type[AnyEnum], Members]] = {}


def members_of(cls: type[AnyEnum]) -> Members:
    """The members of *cls* by value."""
    members = _MEMBERS.get(cls)
    if members is None:
        members = _MEMBERS[cls] = Members(cls)
    return members


class _EnumReading(_ScalarReading):
    def __init__(
        self,
        context: ReadingContext,
        format_: str,
        size: int,
        members: str,
        *,
        is_short: bool,
    ) -> None:
        super().__init__(context, format_, size)
        self._members = members
        self._is_short = is_short

    def value(self) -> str:
        number, unit = self.variables[0], self._stream.unit
        if self._is_short:
            low = "" if self._format == "H" else "0 <= "
            with unit.block(f"if not {low}{number} <= 32767:"):
                unit.emit(f"{unit.constant('not_short', not_short)}({number})")
        return f"{self._members}[{number}]"


# The fields of a UUID as its integer has them, whatever the byte order of the stub.
UUID_FIELDS: Final = Struct(">IHH8s")
UUID_FORMAT: Final = "IHH8s"


def uuid_fields(unit: Unit, value: str) -> str:
    """Arguments that pack as UUID_FORMAT, for the UUID *value*."""
    split = unit.constant("split_uuid", UUID_FIELDS.unpack)
    return f'*{split}({value}.int.to_bytes(16, "big"))'


def made_uuid(unit: Unit, fields: tuple[str, ...]) -> str:
    """A variable with the UUID of *fields*, without the constructor, which is slow."""
    name = unit.name("uuid")
    unit.constant("UUID", uuid.UUID)
    unit.constant("new_object", object.__new__)
    unit.constant("set_int", uuid.UUID.__dict__["int"].__set__)
    unit.constant("set_is_safe", uuid.UUID.__dict__["is_safe"].__set__)
    unit.constant("UNKNOWN_SAFETY", uuid.SafeUUID.unknown)
    unit.constant("from_bytes", int.from_bytes)
    unit.constant("join_uuid", UUID_FIELDS.pack)
    unit.emit(f"{name} = new_object(UUID)")
    joined = f"join_uuid({', '.join(fields)})"
    unit.emit(f'set_int({name}, from_bytes({joined}, "big"))')
    unit.emit(f"set_is_safe({name}, UNKNOWN_SAFETY)")
    return name


class _UuidWriting(Writing):
    def __init__(self, context: WritingContext, value: str) -> None:
        self._context, self._value = context, value

    def inline(self) -> None:
        stream = self._context.inline
        stream.align(4)
        stream.item(UUID_FORMAT, 16, uuid_fields(self._context.unit, self._value))


class _UuidReading(Reading):
    def __init__(self, context: ReadingContext) -> None:
        self._context = context

    def inline(self) -> None:
        stream = self._context.inline
        stream.align(4)
        self.variables = [*stream.item(UUID_FORMAT, 16, "a", "b", "c", "d")]

    def value(self) -> str:
        return made_uuid(self._context.unit, tuple(self.variables))


class _LooseWriting(Writing):
    def __init__(
        self, context: WritingContext, codec: LooseInteger, value: str
    ) -> None:
        self._context, self._codec, self._value = context, codec, value

    def inline(self) -> None:
        stream, high = self._context.inline, self._codec.high
        value = local(self._context.unit, "v", self._value)
        low_word, high_word = f"{value} & 0xFFFFFFFF", f"{value} >> 32"
        stream.align(4)
        if self._codec.is_reversed:
            stream.item(f"{high}I", 8, f"{high_word}, {low_word}")
        else:
            stream.item(f"I{high}", 8, f"{low_word}, {high_word}")


class _LooseReading(Reading):
    def __init__(self, context: ReadingContext, codec: LooseInteger) -> None:
        self._stream, self._codec = context.inline, codec

    def inline(self) -> None:
        self._stream.align(4)
        high = self._codec.high
        letters = f"{high}I" if self._codec.is_reversed else f"I{high}"
        self.variables = [*self._stream.item(letters, 8, "a", "b")]

    def value(self) -> str:
        low, high = self.variables
        if self._codec.is_reversed:
            low, high = high, low
        return f"({low} | {high} << 32)"


def _integer(name: str, idl: str, format_: str, size: int) -> Scalar[int]:
    if format_.islower():
        return Scalar(
            name, idl, format_, size, -(1 << 8 * size - 1), (1 << 8 * size - 1) - 1
        )
    return Scalar(name, idl, format_, size, 0, (1 << 8 * size) - 1)


_FLOAT_MAX: Final = float("inf")
_LARGEST_FLOAT32: Final = 3.4028235677973366e38  # half a step above rounds to infinity

BOOLEAN: Final[Scalar[bool]] = Scalar("BOOLEAN", "a boolean", "?", 1, 0, 1)
CHAR: Final = _integer("CHAR", "a char", "B", 1)
OCTET: Final = _integer("OCTET", "a byte", "B", 1)
WCHAR: Final = _integer("WCHAR", "a wchar_t", "H", 2)
INT8: Final = _integer("INT8", "a small", "b", 1)
UINT8: Final = _integer("UINT8", "an unsigned small", "B", 1)
INT16: Final = _integer("INT16", "a short", "h", 2)
UINT16: Final = _integer("UINT16", "an unsigned short", "H", 2)
INT32: Final = _integer("INT32", "a long", "i", 4)
UINT32: Final = _integer("UINT32", "an unsigned long", "I", 4)
INT64: Final = _integer("INT64", "a hyper", "q", 8)
UINT64: Final = _integer("UINT64", "an unsigned hyper", "Q", 8)
INT3264: Final = Integer3264("INT3264", "an __int3264", "i", 4, -(2**31), 2**31 - 1)
UINT3264: Final = Integer3264("UINT3264", "an unsigned __int3264", "I", 4, 0, 2**32 - 1)
FLOAT32: Final[Scalar[float]] = Scalar(
    "FLOAT32", "a float", "f", 4, -_FLOAT_MAX, _FLOAT_MAX
)
FLOAT64: Final[Scalar[float]] = Scalar(
    "FLOAT64", "a double", "d", 8, -_FLOAT_MAX, _FLOAT_MAX
)
ERROR_STATUS: Final = _integer("ERROR_STATUS", "an error_status_t", "I", 4)
DLONG: Final = LooseInteger("DLONG", "a dlong", is_signed=True)
UDLONG: Final = LooseInteger("UDLONG", "a udlong", is_signed=False)
UDLONGR: Final = LooseInteger("UDLONGR", "a udlongr", is_signed=False, is_reversed=True)
UUID: Final = UuidCodec()

E = TypeVar("E", bound=AnyEnum)


def enum(cls: type[E]) -> Codec[E]:
    """An IDL enum; *cls* says by its base how wide it is."""
    return EnumCodec(cls)
