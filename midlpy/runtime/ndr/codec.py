"""Codec: how one type travels, as a value; and what the generator asks of it.

A codec expression is a tree of small frozen objects. Nothing walks it when a value is
encoded or decoded: at first use ``generate`` turns it into straight-line functions for
one transfer syntax and byte order. Each kind of codec says how in three questions:

- ``measure``: alignment, size and the like in one transfer syntax;
- ``writing``: the statements that write one value of it;
- ``reading``: the statements that read one.

Both kinds of statement come in three steps, and the generator asks for them in the order
of the wire: maximum counts, which the outermost construct sends on behalf of all
(C706 14.3.7); the inline part; the referents of its embedded pointers (14.3.12.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from midlpy.runtime.ndr.syntax import Syntax

if TYPE_CHECKING:
    from midlpy.runtime.ndr.reading import Reading, ReadingContext
    from midlpy.runtime.ndr.writing import Writing, WritingContext

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a type weighs in one transfer syntax; sizes in octets."""

    alignment: int
    """What it adds to the alignment of a structure around it."""
    start: int
    """What its own first octet is aligned to."""
    size: int | None
    """Of the inline part, trailing gap included; None if values differ."""
    least: int
    """Fewer octets than any inline part has."""
    has_pointers: bool = False
    """Whether anything follows the inline part."""
    conformances: int = 0
    """How many maximum counts go ahead of it."""

    @property
    def stride(self) -> int:
        """From one element of an array to the next; only of a fixed size."""
        assert self.size is not None
        return -(-self.size // self.start) * self.start


@dataclass(frozen=True, slots=True)
class Misfit:
    """*text* follows *path*, which leads from the value to its part: ``.parts[2]``."""

    path: str
    text: str

    def below(self, path: str) -> Misfit:
        return Misfit(path + self.path, self.text)


def shown(value: object) -> str:
    """*value* as a message has it, cut when long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def not_wanted(codec: Codec[object], value: object) -> Misfit:
    """*value* is of the wrong type."""
    return Misfit("", f"is {shown(value)}, which is not {codec.wanted}")


class Codec(msgspec.Struct, Generic[T_co], frozen=True, eq=False, weakref=True):
    """How one type travels. Made by the functions of ``ndr``; equal only to itself."""

    def measure(self, syntax: Syntax, /) -> Measure:
        """Alignment and size in *syntax*; use ``measure_of``, which remembers."""
        raise NotImplementedError

    def writing(self, context: WritingContext, value: str) -> Writing:
        """The statements that write *value*, a Python expression."""
        raise NotImplementedError

    def reading(self, context: ReadingContext, /) -> Reading:
        """The statements that read one value."""
        raise NotImplementedError

    @property
    def wanted(self) -> str:
        """What a value must be, as a message says it: "an unsigned long"."""
        raise NotImplementedError

    def misfit(self, _value: object, /) -> Misfit | None:
        """The first part of a value that does not fit; asked only after a failure."""
        return None

    def parts(self) -> tuple[Codec[object], ...]:
        """The codecs this one is made of and shares its scope of names with."""
        return ()

    def every_part(self) -> tuple[Codec[object], ...]:
        """The codecs this one is made of, whatever their scope."""
        return self.parts()

    def expressions(self) -> tuple[str, ...]:
        """Its own size_is, length_is, first_is and switch_is."""
        return ()


_MEASURES: WeakKeyDictionary[Codec[object], dict[str, Measure]] = WeakKeyDictionary()


def measure_of(codec: Codec[object], syntax: Syntax) -> Measure:
    """What *codec* weighs in *syntax*."""
    measures = _MEASURES.setdefault(codec, {})
    found = measures.get(syntax.name)
    if found is None:
        found = measures[syntax.name] = codec.measure(syntax)
    return found
