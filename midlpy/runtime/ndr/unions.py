"""Unions: a discriminant, then the arm it selects.

Spec: C706 14.3.8, MS-RPCE 2.2.4.5 (ms_union), 2.2.5.3.4.4 (NDR64).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, TypeVar

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, not_wanted
from midlpy.runtime.ndr.constructed import fields_misfit
from midlpy.runtime.ndr.counts import ReadScope, WriteScope
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.pointers import Lazy
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Empty(Codec[None], frozen=True, eq=False):
    """An arm with nothing in it."""

    def __repr__(self) -> str:
        return "ndr.EMPTY"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(1, 1, 0, 0)

    def writing(self, context: WritingContext, value: str) -> Writing:
        unit = context.unit
        with unit.block(f"if {value} is not None:"):
            unit.emit(f"{unit.constant('not_empty', not_empty)}({value})")
        return Writing()

    def reading(self, _context: ReadingContext, /) -> Reading:
        return _EmptyReading()

    def misfit(self, value: object, /) -> Misfit | None:
        return None if value is None else not_wanted(self, value)

    @property
    def wanted(self) -> str:
        return "None"


class _EmptyReading(Reading):
    def inline(self) -> None:
        self.variables = []

    def value(self) -> str:
        return "None"


def not_empty(value: object) -> NoReturn:
    """A value for an arm that has none."""
    raise Refusal(f"is {value!r}, but its arm of the union is empty")


def no_arm(discriminant: int) -> NoReturn:
    """No arm has this discriminant, and there is no default."""
    raise Refusal(f"has no arm for the discriminant {int(discriminant)}")


class Union(Codec[T_co], frozen=True, eq=False):
    """The arms; what selects one is said where the union is used."""

    discriminant: Codec[object]
    arms: Mapping[int, Codec[object]]
    default: Codec[object] | None = None
    ms_union: bool = False

    def __repr__(self) -> str:
        default = "" if self.default is None else f", default={self.default}"
        return f"ndr.union({self.discriminant}, {dict(self.arms)}{default})"

    def every_arm(self) -> list[tuple[list[int] | None, Codec[object]]]:
        """Each arm with its labels; None for the default, which comes last."""
        grouped: dict[Codec[object], list[int]] = {}
        for label, arm in self.arms.items():
            grouped.setdefault(arm, []).append(label)
        arms: list[tuple[list[int] | None, Codec[object]]] = [
            (labels, arm) for arm, labels in grouped.items()
        ]
        if self.default is not None:
            arms.append((None, self.default))
        return arms

    def arm_of(self, discriminant: int) -> Codec[object] | None:
        """The arm that *discriminant* selects."""
        return self.arms.get(discriminant, self.default)

    def measure(self, syntax: Syntax, /) -> Measure:
        tag = measure_of(self.discriminant, syntax)
        arms = [measure_of(arm, syntax) for _, arm in self.every_arm()]
        widest = max([tag.alignment, *(arm.alignment for arm in arms)])
        start = widest if syntax.aligns_unions else tag.start
        least = (tag.size or 0) + min((arm.least for arm in arms), default=0)
        has_pointers = any(arm.has_pointers for arm in arms)
        return Measure(widest, start, None, least, has_pointers)

    def every_part(self) -> tuple[Codec[object], ...]:
        return tuple(arm for _, arm in self.every_arm())

    def arm_alignment(self, syntax: Syntax) -> int:
        """Where the arm stands, whichever it is; 1 if each goes by its own alignment."""
        if syntax.aligns_unions:
            return self.measure(syntax).alignment
        if not self.ms_union:
            return 1
        arms = [measure_of(arm, syntax).alignment for _, arm in self.every_arm()]
        return max(arms, default=1)

    @property
    def wanted(self) -> str:
        return "an arm of the union"


class Switch(Codec[T_co], frozen=True, eq=False):
    """A union whose discriminant a sibling says; it travels a second time with it."""

    union: Codec[object]
    switch_is: str

    def __repr__(self) -> str:
        return f"ndr.switch({self.union}, switch_is={self.switch_is!r})"

    @property
    def arms(self) -> Union[object]:
        union = self.union.target if isinstance(self.union, Lazy) else self.union
        if not isinstance(union, Union):
            raise TypeError(f"{union} is not a union")
        return union

    def measure(self, syntax: Syntax, /) -> Measure:
        return measure_of(self.arms, syntax)

    def expressions(self) -> tuple[str, ...]:
        return (self.switch_is,)

    def every_part(self) -> tuple[Codec[object], ...]:
        return (self.arms,)

    def writing(self, context: WritingContext, value: str) -> Writing:
        value = local(context.unit, "arm", value)
        return UnionWriting(context, self.arms, self.tag(context, value), value)

    def tag(self, context: WritingContext, value: str) -> str:
        """The variable of the discriminant: what the sibling says, or *value* shows."""
        unit = context.unit
        tag = unit.name("tag")
        said = context.scope.value(unit, self.switch_is)
        if said is None:
            find = unit.constant("find_tag", find_tag)
            said = f"{find}({unit.constant('UNION', self.arms)}, {value})"
        unit.emit(f"{tag} = {said}")
        return tag

    def reading(self, context: ReadingContext, /) -> Reading:
        return UnionReading(context, self.arms, self.switch_is)

    def misfit(self, value: object, /) -> Misfit | None:
        # Which arm it should fit is known to the siblings only.
        every = [arm.misfit(value) for _, arm in self.arms.every_arm()]
        return None if None in every or len(every) != 1 else every[0]

    @property
    def wanted(self) -> str:
        return self.arms.wanted


def find_tag(union: Union[object], value: object) -> int:
    """The only discriminant whose arm *value* fits; for when nobody says which.

    Raises:
        Refusal: none does, or several do.
    """
    fitting = [label for label, arm in union.arms.items() if arm.misfit(value) is None]
    if len(fitting) != 1:
        raise Refusal("needs the discriminant that selects an arm of the union")
    return fitting[0]


class Encapsulated(Codec[T_co], frozen=True, eq=False):
    """A discriminant and its union in one; the discriminant travels once."""

    cls: type[T_co]
    fields: dict[str, Codec[object]]

    def __repr__(self) -> str:
        fields = "".join(f", {name}={codec}" for name, codec in self.fields.items())
        return f"ndr.encapsulated({self.cls.__name__}{fields})"

    @property
    def names(self) -> tuple[str, str]:
        """Of the discriminant and of the union."""
        tag, union = self.fields
        return tag, union

    @property
    def arms(self) -> Union[object]:
        union = self.fields[self.names[1]]
        if isinstance(union, Lazy):
            union = union.target
        if not isinstance(union, Union):
            raise TypeError(f"{union} is not a union")
        # ms_union means nothing here (MS-RPCE 2.2.4.5).
        return Union(self.fields[self.names[0]], union.arms, union.default)

    def measure(self, syntax: Syntax, /) -> Measure:
        return measure_of(self.arms, syntax)

    def writing(self, context: WritingContext, value: str) -> Writing:
        unit = context.unit
        value = local(unit, "v", value)
        tag, arm = unit.name("tag"), unit.name("arm")
        unit.emit(f"{tag} = {value}.{self.names[0]}")
        unit.emit(f"{arm} = {value}.{self.names[1]}")
        return UnionWriting(context, self.arms, tag, arm, f".{self.names[1]}")

    def reading(self, context: ReadingContext, /) -> Reading:
        return _EncapsulatedReading(context, self)

    def every_part(self) -> tuple[Codec[object], ...]:
        return (self.arms,)

    def misfit(self, value: object, /) -> Misfit | None:
        tag, arm = self.names
        misfit = fields_misfit(self, self.cls, {tag: self.fields[tag]}, value)
        if misfit is not None:
            return misfit
        chosen = self.arms.arm_of(getattr(value, tag))
        if chosen is None:
            return None
        return fields_misfit(self, self.cls, {arm: chosen}, value)

    @property
    def wanted(self) -> str:
        name = self.cls.__name__
        return f"an {name}" if name[:1] in "AEIOU" else f"a {name}"


def _header(first: bool, tag: str, labels: list[int] | None) -> str:
    if labels is None:
        return "if True:" if first else "else:"
    test = f"{tag} == {labels[0]}" if len(labels) == 1 else f"{tag} in {tuple(labels)}"
    return f"{'if' if first else 'elif'} {test}:"


class UnionWriting(Writing):
    """*piece* is what the arm adds to the path."""

    def __init__(
        self,
        context: WritingContext,
        union: Union[object],
        tag: str,
        value: str,
        piece: str = "",
    ) -> None:
        self._context = context.with_scope(WriteScope({}, {}))
        self._union = union
        self._tag, self._value = tag, value
        self._piece = piece
        self._arms: list[tuple[list[int] | None, Codec[object], Writing]] = []

    def inline(self) -> None:
        context, unit = self._context, self._context.unit
        stream, union = context.inline, self._union
        if unit.syntax.aligns_unions:
            stream.align(union.measure(unit.syntax).alignment)
        union.discriminant.writing(context, self._tag).inline()
        stream.align(union.arm_alignment(unit.syntax))
        with stream.choice() as choice, unit.at(self._piece):
            for labels, arm in union.every_arm():
                with choice.arm(_header(not self._arms, self._tag, labels)):
                    writing = arm.writing(context, self._value)
                    # No IDL has it, but a conformant arm would count where it stands.
                    writing.conformance()
                    writing.inline()
                self._arms.append((labels, arm, writing))
            if union.default is None:
                with choice.arm("else:" if self._arms else "if True:"):
                    unit.emit(f"{unit.constant('no_arm', no_arm)}({self._tag})")

    def referents(self) -> None:
        context = self._context
        syntax = context.unit.syntax
        if not self._union.measure(syntax).has_pointers:
            return
        with context.stream.choice() as choice, context.unit.at(self._piece):
            for number, (labels, _, writing) in enumerate(self._arms):
                with choice.arm(_header(not number, self._tag, labels)):
                    writing.referents()
            if self._union.default is None:
                with choice.arm("else:"):
                    pass


class UnionReading(Reading):
    """An arm with pointers keeps its variables as one tuple until they are read."""

    def __init__(
        self,
        context: ReadingContext,
        union: Union[object],
        switch_is: str | None,
        piece: str = "",
    ) -> None:
        self._outer = context
        self._context = context.with_scope(ReadScope({}))
        self._union = union
        self._switch_is = switch_is
        self._piece = piece
        self._arms: list[tuple[list[int] | None, Reading, bool]] = []

    def inline(self) -> None:
        context, unit = self._context, self._context.unit
        stream, union = context.inline, self._union
        if unit.syntax.aligns_unions:
            stream.align(union.measure(unit.syntax).alignment)
        self.discriminant = union.discriminant.reading(context)
        self.discriminant.inline()
        stream.align(union.arm_alignment(unit.syntax))
        stream.settle()
        self.tag = self.discriminant.number() or self.discriminant.value()
        if self._switch_is is not None:
            self._outer.scope.agree(unit, self._switch_is, self.tag)
        self.arm = unit.name("arm")
        self.variables = [self.tag, self.arm]
        with stream.choice() as choice, unit.at(self._piece):
            for labels, arm in union.every_arm():
                with choice.arm(_header(not self._arms, self.tag, labels)):
                    self._inline_arm(labels, arm)
            if union.default is None:
                with choice.arm("else:" if self._arms else "if True:"):
                    unit.emit(f"{unit.constant('no_arm', no_arm)}({self.tag})")

    def _inline_arm(self, labels: list[int] | None, arm: Codec[object]) -> None:
        unit, stream = self._context.unit, self._context.inline
        reading = arm.reading(self._context)
        reading.conformance()
        reading.inline()
        stream.flush()
        has_pointers = measure_of(arm, unit.syntax).has_pointers
        if has_pointers:
            unit.emit(f"{self.arm} = ({''.join(f'{v}, ' for v in reading.variables)})")
        else:
            unit.emit(f"{self.arm} = {reading.value()}")
        self._arms.append((labels, reading, has_pointers))

    def value(self) -> str:
        context, unit = self._context, self._context.unit
        if not any(has_pointers for _, _, has_pointers in self._arms):
            return self.arm
        with context.stream.choice() as choice, unit.at(self._piece):
            for number, (labels, reading, has_pointers) in enumerate(self._arms):
                with choice.arm(_header(not number, self.tag, labels)):
                    if has_pointers:
                        targets = "".join(f"{name}, " for name in reading.variables)
                        unit.emit(f"{targets}= {self.arm}")
                        unit.emit(f"{self.arm} = {reading.value()}")
            if self._union.default is None:
                with choice.arm("else:"):
                    pass
        return self.arm


class _EncapsulatedReading(Reading):
    def __init__(self, context: ReadingContext, codec: Encapsulated[object]) -> None:
        self._codec = codec
        self._cls = context.unit.constant(codec.cls.__name__, codec.cls)
        piece = f".{codec.names[1]}"
        self._union = UnionReading(context, codec.arms, None, piece)

    def inline(self) -> None:
        self._union.inline()
        self.variables = self._union.variables

    def value(self) -> str:
        tag, arm = self._codec.names
        value = self._union.value()
        return f"{self._cls}({tag}={self._union.discriminant.value()}, {arm}={value})"


EMPTY = Empty()


def union(
    discriminant: Codec[object],
    arms: Mapping[int, Codec[T]],
    *,
    default: Codec[T] | None = None,
    ms_union: bool = False,
) -> Codec[T]:
    """The arms of a union by their labels; a value is the arm's, None for EMPTY."""
    return Union(discriminant, arms, default, ms_union)


def switch(union: Codec[T], *, switch_is: str) -> Codec[T]:
    """A union where it is used; *switch_is* names its discriminant."""
    return Switch(union, switch_is)


def encapsulated(cls: type[T], /, **fields: Codec[object]) -> Codec[T]:
    """``union switch``; *fields* are the discriminant and the union."""
    return Encapsulated(cls, fields)
