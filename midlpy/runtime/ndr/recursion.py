"""Types that contain themselves where a sibling says a count or a discriminant.

What a pointer leads to is a function of its own if it contains itself. An array whose
count a sibling says, or a union whose discriminant, cannot be one: the function knows no
siblings. So the part that needs none is: all elements, or discriminant and arm.
"""

from __future__ import annotations

import weakref
from typing import Final

from midlpy.runtime.ndr.array_reading import ArrayReading
from midlpy.runtime.ndr.array_writing import ArrayWriting
from midlpy.runtime.ndr.arrays import Array, is_row
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.pointers import Lazy
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.unions import Switch, Union, UnionReading, UnionWriting
from midlpy.runtime.ndr.writing import Writing, WritingContext, local, write_steps

_RECURSIVE: Final[weakref.WeakKeyDictionary[Codec[object], bool]] = (
    weakref.WeakKeyDictionary()
)


def unnamed(codec: Codec[object]) -> Codec[object]:
    """What *codec* is, named ahead or not."""
    return codec.target if isinstance(codec, Lazy) else codec


def is_recursive(codec: Codec[object]) -> bool:
    """Whether *codec* contains itself, behind whatever pointers."""
    codec = unnamed(codec)
    found = _RECURSIVE.get(codec)
    if found is None:
        found = _RECURSIVE[codec] = _leads_to(codec, codec)
    return found


def _leads_to(start: Codec[object], goal: Codec[object]) -> bool:
    waiting = list(start.every_part())
    seen: set[Codec[object]] = set()
    while waiting:
        part = unnamed(waiting.pop())
        if part is goal:
            return True
        if part not in seen:
            seen.add(part)
            waiting += part.every_part()
    return False


def has_called_part(target: Codec[object]) -> bool:
    """Whether a part of *target*, which a pointer leads to, is a function of its own."""
    match target:
        case Array():
            return not is_row(target.element) and is_recursive(target.element)
        case Switch():
            return is_recursive(target.arms)
        case _:
            return False


def writing_of(context: WritingContext, target: Codec[object], value: str) -> Writing:
    """The statements that write *target*, which has a called part."""
    if isinstance(target, Array):
        return _ElementsWriting(context, target, value)
    assert isinstance(target, Switch)
    return _ArmWriting(context, target, value)


def reading_of(context: ReadingContext, target: Codec[object]) -> Reading:
    """The statements that read *target*, which has a called part."""
    if isinstance(target, Array):
        return _ElementsReading(context, target)
    assert isinstance(target, Switch)
    return _ArmReading(context, target)


class _ElementsWriting(ArrayWriting):
    def inline(self) -> None:
        context = self._context
        self.counts.variance()
        called = context.library.use(context.unit, "write_elements", self._element)
        call_write(context, called, self._value)

    def referents(self) -> None:
        """Done: they follow the elements of a referent at once."""


class _ElementsReading(ArrayReading):
    def inline(self) -> None:
        context = self._context
        self.counts.variance()
        called = context.library.use(context.unit, "read_elements", self._element)
        self.variables = [call_read(context, called, self.counts.count)]

    def value(self) -> str:
        return self.variables[0]


class _ArmWriting(Writing):
    def __init__(
        self, context: WritingContext, codec: Switch[object], value: str
    ) -> None:
        self._context, self._codec = context, codec
        self._value = local(context.unit, "arm", value)
        self._tag = codec.tag(context, self._value)

    def inline(self) -> None:
        context = self._context
        called = context.library.use(context.unit, "write_arm", self._codec.arms)
        call_write(context, called, self._value, self._tag)


class _ArmReading(Reading):
    def __init__(self, context: ReadingContext, codec: Switch[object]) -> None:
        self._context, self._codec = context, codec

    def inline(self) -> None:
        context, unit = self._context, self._context.unit
        called = context.library.use(unit, "read_arm", self._codec.arms)
        both = call_read(context, called)
        tag, arm = unit.name("tag"), unit.name("arm")
        unit.emit(f"{tag}, {arm} = {both}")
        context.scope.agree(unit, self._codec.switch_is, tag)
        self.variables = [arm]

    def value(self) -> str:
        return self.variables[0]


def call_write(context: WritingContext, name: str, value: str, *more: str) -> None:
    """Call the function *name*, which writes *value* to the stream."""
    stream = context.stream
    stream.settle()
    arguments = ", ".join(
        (stream.out, stream.offset, value, "depth + 1", "full", *more)
    )
    stream.unit.emit(f"{stream.offset} = {name}({arguments})")
    stream.position.forget()


def call_read(context: ReadingContext, name: str, *more: str) -> str:
    """Call the function *name*, which reads from the stream; what it gives."""
    stream = context.stream
    stream.settle()
    value = stream.unit.name("v")
    arguments = ", ".join(("stub", stream.offset, "size", "depth + 1", "full", *more))
    stream.unit.emit(f"{value}, {stream.offset} = {name}({arguments})")
    stream.position.forget()
    return value


def write_elements(context: WritingContext, element: Codec[object]) -> None:
    """The body of a function: all elements of *v*, then what they point to."""
    writing = ArrayWriting(context, Array(element), "v")
    writing.inline()
    writing.referents()


def read_elements(context: ReadingContext, element: Codec[object]) -> str:
    """The body of a function: *count* elements, with what they point to."""
    reading = ArrayReading(context, Array(element))
    reading.counts.count = "count"
    reading.inline()
    return reading.value()


def write_arm(context: WritingContext, union: Codec[object]) -> None:
    """The body of a function: the discriminant *tag*, then the arm *v*."""
    assert isinstance(union, Union)
    write_steps(UnionWriting(context, union, "tag", "v"))


def read_arm(context: ReadingContext, union: Codec[object]) -> str:
    """The body of a function: a discriminant and its arm, as a pair."""
    assert isinstance(union, Union)
    reading = UnionReading(context, union, None)
    reading.inline()
    return f"({reading.tag}, {reading.value()})"
