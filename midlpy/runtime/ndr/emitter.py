"""Text of one generated function: lines, names, constants, and the way back to values.

A line that may fail carries a *path*: pieces of Python text, such as ``.parts``, and of
places to find an index, so that a message can say ``item.parts[2]``. The pieces are put
together only after a failure, from the traceback (module ``failure``); a value that fits
pays nothing for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from struct import Struct
from typing import Final, TypeAlias

from midlpy.runtime.ndr.syntax import ByteOrder, Syntax


@dataclass(frozen=True, slots=True)
class ElementOf:
    """An index: where the object called *element* stands in *sequence*."""

    sequence: str
    element: str


@dataclass(frozen=True, slots=True)
class LengthOf:
    """An index: how many elements the list called *name* has so far."""

    name: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """*text*, as often as the variable called *count* says."""

    text: str
    count: str


Piece: TypeAlias = str | ElementOf | LengthOf | Repeated
Path: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One datum of a run that is read at once; *offset* counts from the run's start."""

    path: Path
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Site:
    """What one line is about; *start* is where its fields begin, an expression."""

    path: Path
    start: str = ""
    fields: tuple[Field, ...] = ()


# Largest alignment there is, so positions are tracked modulo this.
MODULUS: Final = 8


@dataclass(slots=True)
class Position:
    """An octet offset: the variable *base* (or zero) plus *terms* plus *constant*.

    What is known of it without running is its residue: it is *residue* modulo *modulus*.
    """

    base: str | None = None
    constant: int = 0
    terms: list[str] = field(default_factory=list[str])
    modulus: int = MODULUS
    residue: int = 0

    def advance(self, octets: int) -> None:
        self.constant += octets
        self.residue = (self.residue + octets) % self.modulus

    def advance_by(self, expression: str, granularity: int) -> None:
        """Go on by the value of *expression*, a multiple of *granularity*."""
        self.terms.append(expression)
        self.forget(granularity)

    def forget(self, granularity: int = 1) -> None:
        """From here only the residue modulo *granularity* is still known."""
        self.modulus = math.gcd(self.modulus, granularity)
        self.residue %= self.modulus

    def gap(self, alignment: int) -> int | None:
        """Octets to the next multiple of *alignment*; None if that is not known."""
        if self.modulus % alignment:
            return None
        return -self.residue % alignment

    def text(self, more: int = 0) -> str:
        """The offset plus *more*, as an expression."""
        pieces = [] if self.base is None else [self.base]
        pieces += self.terms
        constant = self.constant + more
        if constant or not pieces:
            pieces.append(str(constant))
        return " + ".join(pieces).replace("+ -", "- ")

    def is_only(self, name: str) -> bool:
        """Whether the variable *name* holds the offset already."""
        return self.base == name and not self.terms and not self.constant

    def aligned(self, alignment: int) -> None:
        """The variable has just been aligned."""
        self.modulus, self.residue = alignment, 0

    def meet(self, other: Position) -> None:
        """Keep of the residue what both ways to this point agree on."""
        modulus = math.gcd(self.modulus, other.modulus)
        while (self.residue - other.residue) % modulus:
            modulus //= 2
        self.modulus, self.residue = modulus, self.residue % modulus

    def copy(self) -> Position:
        return Position(
            self.base, self.constant, list(self.terms), self.modulus, self.residue
        )


class Unit:
    """One generated function: its lines, and the objects they name."""

    def __init__(self, title: str, syntax: Syntax, byte_order: ByteOrder) -> None:
        self.title = title
        self.syntax = syntax
        self.byte_order: ByteOrder = byte_order
        self.lines: list[str] = []
        self.sites: dict[int, Site] = {}
        self.namespace: dict[str, object] = {}
        self.calls: dict[str, object] = {}
        """Functions it calls that others call too, by the names it has for them."""
        self.path: Path = ()
        self.loops = 0
        """How many loops are open; the interpreter allows 20."""
        self.pending: Callable[[], None] | None = None
        """Adds a line whose variables the next one may use."""
        self._long_names: dict[str, str] = {}
        self._indent = 0
        self._names = 0

    @property
    def prefix(self) -> str:
        """Of a ``struct`` format in this byte order."""
        return "<" if self.byte_order == "little" else ">"

    def name(self, hint: str) -> str:
        """A fresh variable."""
        self._names += 1
        return f"{hint}{self._names}"

    def constant(self, hint: str, value: object) -> str:
        """The name of a global that is *value*; one name per object."""
        for name, other in self.namespace.items():
            if other is value:
                return name
        name, number = hint, 1
        while name in self.namespace:
            number += 1
            name = f"{hint}_{number}"
        self.namespace[name] = value
        return name

    def structure(self, format_: str, method: str) -> str:
        """The name of a method of the ``struct.Struct`` of *format_*."""
        name = f"{method}_{format_.replace('?', 'T')}"
        if len(name) > 40:
            # The whole format, but not in the name; equal formats share one.
            key = f"{method} {format_}"
            name = self._long_names.setdefault(
                key, f"{method}_of_{len(self._long_names) + 1}"
            )
        if name not in self.namespace:
            make = attrgetter(method)
            self.namespace[name] = make(Struct(self.prefix + format_))
        return name

    def emit(self, text: str, start: str = "", fields: tuple[Field, ...] = ()) -> None:
        """Add a line; what it is about is the current path."""
        if self.pending is not None:
            pending, self.pending = self.pending, None
            pending()
        self.lines.append("    " * self._indent + text)
        self.sites[len(self.lines)] = Site(self.path, start, fields)

    @contextmanager
    def block(self, header: str) -> Generator[None, None, None]:
        """The lines added inside stand below *header*; ``pass`` when there are none."""
        self.emit(header)
        before = len(self.lines)
        self._indent += 1
        yield
        if len(self.lines) == before:
            self.emit("pass")
        self._indent -= 1

    @contextmanager
    def at(self, *pieces: Piece) -> Generator[None, None, None]:
        """The lines added inside are about a part of the current value."""
        outer = self.path
        self.path = (*outer, *pieces)
        yield
        self.path = outer

    def drop_after(self, count: int) -> None:
        """Take back every line after the first *count*."""
        for number in range(count + 1, len(self.lines) + 1):
            del self.sites[number]
        del self.lines[count:]

    @property
    def source(self) -> str:
        return "\n".join(self.lines) + "\n"
