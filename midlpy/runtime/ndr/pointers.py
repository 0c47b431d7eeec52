"""Pointers: reference, unique, full; and types named ahead.

An embedded pointer is a number in place, and its referent follows the construct that
holds it. Spec: C706 14.3.12.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of
from midlpy.runtime.ndr.counts import names_in
from midlpy.runtime.ndr.reading import Reading, ReadingContext, read_steps
from midlpy.runtime.ndr.sequences import count_format
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import (
    Record,
    Writing,
    WritingContext,
    local,
    write_steps,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Pointer(Codec[T_co], frozen=True, eq=False):
    """What the three classes share: a referent id in place."""

    target: Codec[object]

    def measure(self, syntax: Syntax, /) -> Measure:
        size = syntax.pointer_size
        return Measure(size, size, size, size, has_pointers=True)

    def parts(self) -> tuple[Codec[object], ...]:
        return (self.target,)

    def misfit(self, value: object, /) -> Misfit | None:
        return None if value is None else self.target.misfit(value)


class Ref(Pointer[T_co], frozen=True, eq=False):
    """Never null; as a parameter it is nothing but its referent."""

    def __repr__(self) -> str:
        return f"ndr.ref({self.target})"

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _RefWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _RefReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        return self.target.misfit(value)

    @property
    def wanted(self) -> str:
        return self.target.wanted


class Unique(Pointer[T_co], frozen=True, eq=False):
    """May be null, never means what another pointer means."""

    def __repr__(self) -> str:
        return f"ndr.unique({self.target})"

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _UniqueWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _UniqueReading(context, self)

    @property
    def wanted(self) -> str:
        return f"{self.target.wanted} or None"


class Full(Pointer[T_co], frozen=True, eq=False):
    """May be null; equal referent ids mean the same referent, which is sent once.

    Read, they give one object. Written, pointers to one object of a mutable type (a
    struct, a list) get one id; values such as ``int`` and ``str`` have no identity worth
    keeping, so each pointer to one has its own.
    """

    def __repr__(self) -> str:
        return f"ndr.full({self.target})"

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _FullWriting(context, self, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _FullReading(context, self)

    @property
    def wanted(self) -> str:
        return f"{self.target.wanted} or None"


class Lazy(Codec[T_co], frozen=True, eq=False):
    """A codec that is named before it exists: for types that contain themselves."""

    named: Callable[[], Codec[object]]

    def __repr__(self) -> str:
        return "ndr.lazy(...)"

    @property
    def target(self) -> Codec[object]:
        target = self.named()
        while isinstance(target, Lazy):
            target = target.named()
        return target

    def measure(self, syntax: Syntax, /) -> Measure:
        return measure_of(self.target, syntax)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return self.target.writing(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return self.target.reading(context)

    def every_part(self) -> tuple[Codec[object], ...]:
        return (self.target,)

    def misfit(self, value: object, /) -> Misfit | None:
        return self.target.misfit(value)

    @property
    def wanted(self) -> str:
        return self.target.wanted


def strip_refs(codec: Codec[object]) -> Codec[object]:
    """What a parameter of *codec* is on the wire: leading reference pointers are not."""
    while isinstance(codec, Ref):
        codec = codec.target
    return codec


class _RefWriting(Writing):
    def __init__(self, context: WritingContext, codec: Ref[object], value: str) -> None:
        self._context = context
        self._target = context.library.referent(context, codec.target, value)

    def inline(self) -> None:
        stream, size = self._context.inline, self._context.unit.syntax.pointer_size
        stream.align(size)
        stream.item(count_format(self._context.unit), size, stream.fixed_id())
        if isinstance(stream, Record):
            write_steps(self._target)

    def referents(self) -> None:
        if not isinstance(self._context.inline, Record):
            write_steps(self._target)


class _RefReading(Reading):
    def __init__(self, context: ReadingContext, codec: Ref[object]) -> None:
        self._context = context
        self._codec = codec
        self._value: str | None = None

    def inline(self) -> None:
        stream, size = self._context.inline, self._context.unit.syntax.pointer_size
        stream.align(size)
        # Its value means nothing, even when it is zero (C706 14.3.12.1).
        self.variables = [*stream.item(count_format(self._context.unit), size, "id")]

    def value(self) -> str:
        target = self._context.library.read_referent(self._context, self._codec.target)
        self._value = read_steps(target)
        self._number = target.number()
        return self._value

    def number(self) -> str | None:
        return None if self._value is None else self._number


class _UniqueWriting(Writing):
    def __init__(
        self, context: WritingContext, codec: Pointer[object], value: str
    ) -> None:
        self._context = context
        self._codec = codec
        self.pointee = local(context.unit, "p", value)
        self._target: Writing | None = None
        self._is_written = False
        if names_in(codec.target):
            self._open()

    def _open(self) -> None:
        """Settle counts that the referent has a say in before they are written."""
        unit = self._context.unit
        condition = f"{self.pointee} is not None"
        with unit.block(f"if {condition}:"), self._context.scope.guard(condition):
            self._target = self._make()

    def _make(self) -> Writing:
        return self._context.library.referent(
            self._context, self._codec.target, self.pointee
        )

    def inline(self) -> None:
        stream, size = self._context.inline, self._context.unit.syntax.pointer_size
        stream.align(size)
        if isinstance(stream, Record):
            identifier = self._write_at_once(stream)
        else:
            identifier = stream.referent_id(self.pointee)
        stream.item(count_format(self._context.unit), size, identifier)

    def _write_at_once(self, record: Record) -> str:
        """The referent id, a variable; the referent is written with it."""
        unit = self._context.unit
        identifier = unit.name("id")
        self._is_written = True
        with self._context.stream.choice() as choice:
            with choice.arm(f"if {self.pointee} is None:"):
                unit.emit(f"{identifier} = 0")
            with choice.arm("else:"):
                record.count_id(identifier)
                write_steps(self._target or self._make())
        return identifier

    def referents(self) -> None:
        if not self._is_written:
            self._write(f"if {self.pointee} is not None:")

    def _write(self, header: str) -> None:
        with self._context.stream.branch(header):
            write_steps(self._target or self._make())


class _UniqueReading(Reading):
    def __init__(self, context: ReadingContext, codec: Pointer[object]) -> None:
        self._context = context
        self._codec = codec
        self._result: str | None = None

    def inline(self) -> None:
        stream, size = self._context.inline, self._context.unit.syntax.pointer_size
        stream.align(size)
        self.variables = [*stream.item(count_format(self._context.unit), size, "id")]

    def value(self) -> str:
        context, unit = self._context, self._context.unit
        result = unit.name("p")
        context.stream.settle()
        with context.stream.choice() as choice:
            with choice.arm(f"if {self.variables[0]}:"):
                target = context.library.read_referent(context, self._codec.target)
                unit.emit(f"{result} = {read_steps(target)}")
            with choice.arm("else:"):
                unit.emit(f"{result} = None")
        self._result = result
        self._is_number = target.number() is not None
        return result

    def number(self) -> str | None:
        if self._result is None or not self._is_number:
            return None
        return f"({self._result} or 0)"


class _FullWriting(_UniqueWriting):
    def inline(self) -> None:
        unit, stream = self._context.unit, self._context.inline
        size = unit.syntax.pointer_size
        stream.align(size)
        value, place = self.pointee, stream.fixed_id()
        known = f"full.identify({value}, {self._kind}, {place})"
        identifier = f"0 if {value} is None else {known}"
        stream.item(count_format(unit), size, identifier)
        if isinstance(stream, Record):
            self._write_if_due()

    def referents(self) -> None:
        if not isinstance(self._context.inline, Record):
            self._write_if_due()

    def _write_if_due(self) -> None:
        value = self.pointee
        due = f"full.is_due({value}, {self._kind})"
        self._write(f"if {value} is not None and {due}:")

    @property
    def _kind(self) -> str:
        return self._context.unit.constant("KIND", kind_of(self._codec.target))


class _FullReading(_UniqueReading):
    def value(self) -> str:
        context, unit = self._context, self._context.unit
        result, identifier = unit.name("p"), self.variables[0]
        target = self._codec.target
        kind = unit.constant("KIND", kind_of(target))
        context.stream.settle()
        with context.stream.choice() as choice:
            with choice.arm(f"if not {identifier}:"):
                unit.emit(f"{result} = None")
            with choice.arm(f"elif full.begin({identifier}, {kind}):"):
                reading = context.library.read_shared(context, target, identifier)
                unit.emit(f"{result} = {read_steps(reading)}")
                unit.emit(f"full.keep({identifier}, {kind}, {result})")
            with choice.arm("else:"):
                unit.emit(f"{result} = full.get({identifier})")
        self._result = result
        self._is_number = reading.number() is not None
        return result


def kind_of(codec: Codec[object]) -> Codec[object]:
    """What two full pointers must have in common to mean the same referent."""
    return codec.target if isinstance(codec, Lazy) else codec


def ref(target: Codec[T]) -> Codec[T]:
    """``[ref]``: never null."""
    return Ref(target)


def unique(target: Codec[T]) -> Codec[T | None]:
    """``[unique]``: may be null."""
    return Unique(target)


def full(target: Codec[T]) -> Codec[T | None]:
    """``[ptr]``: may be null, may mean what another means."""
    return Full(target)


def lazy(named: Callable[[], Codec[T]]) -> Codec[T]:
    """The codec *named* gives, asked for at first use."""
    return Lazy(named)
