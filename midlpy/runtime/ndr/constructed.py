"""Structures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import msgspec

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, measure_of, not_wanted
from midlpy.runtime.ndr.counts import ReadScope, WriteScope, names_in, unsigned_names
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.pointers import Pointer, strip_refs
from midlpy.runtime.ndr.reading import Reading, ReadingContext, ReadRecord
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class StructCodec(Codec[T_co], frozen=True, eq=False):
    """Fields in order, each at its own alignment."""

    cls: type[T_co]
    fields: dict[str, Codec[object]]

    def __repr__(self) -> str:
        fields = "".join(f", {name}={codec}" for name, codec in self.fields.items())
        return f"ndr.struct({self.cls.__name__}{fields})"

    def measure(self, syntax: Syntax, /) -> Measure:
        alignment = 1
        size: int | None = 0
        least = 0
        has_pointers = False
        conformances = 0
        for codec in self.fields.values():
            field = measure_of(codec, syntax)
            alignment = max(alignment, field.alignment)
            least += field.least
            has_pointers |= field.has_pointers
            conformances = field.conformances
            if size is not None and field.size is not None:
                size = -(-size // field.start) * field.start + field.size
            else:
                size = None
        if size is not None and syntax.has_trailing_gap:
            size = -(-size // alignment) * alignment
        return Measure(
            alignment, alignment, size, size or least, has_pointers, conformances
        )

    def writing(self, context: WritingContext, value: str) -> StructWriting:
        return StructWriting(context, self, value)

    def reading(self, context: ReadingContext) -> StructReading:
        return StructReading(context, self)

    def misfit(self, value: object, /) -> Misfit | None:
        return fields_misfit(self, self.cls, self.fields, value)

    def every_part(self) -> tuple[Codec[object], ...]:
        return tuple(self.fields.values())

    @property
    def wanted(self) -> str:
        name = self.cls.__name__
        return f"an {name}" if name[:1] in "AEIOU" else f"a {name}"


def fields_misfit(
    codec: Codec[object],
    cls: type[object],
    fields: dict[str, Codec[object]],
    value: object,
) -> Misfit | None:
    """The first field of *value* that does not fit; any object with the fields does."""
    for name, field in fields.items():
        if not hasattr(value, name):
            if isinstance(value, cls):
                return Misfit(f".{name}", "is missing")
            return not_wanted(codec, value)
        misfit = field.misfit(getattr(value, name))
        if misfit is not None:
            return misfit.below(f".{name}")
    return None


def open_scope(
    unit: Unit,
    fields: dict[str, Codec[object]],
    values: dict[str, str],
    others: Mapping[str, str] = MappingProxyType({}),
) -> tuple[WriteScope, dict[str, str]]:
    """The scope of *fields*, and their expressions, *values* made variables if counts.

    *others* are names that counts may use beside the fields.
    """
    used = frozenset(name for codec in fields.values() for name in names_in(codec))
    known: dict[str, str] = dict(others)
    assignable: dict[str, str] = {}
    for name, codec in fields.items():
        if name in used:
            variable = unit.name("n")
            unit.emit(f"{variable} = {values[name]}")
            values[name] = assignable[name] = variable
            is_nullable = isinstance(strip_refs(codec), Pointer)
            known[name] = f"({variable} or 0)" if is_nullable else variable
    return WriteScope(known, assignable, unsigned_names(fields)), values


class StructWriting(Writing):
    """Fields that counts name are loaded into variables first, so data can set them."""

    def __init__(
        self, context: WritingContext, codec: StructCodec[object], value: str
    ) -> None:
        unit = context.unit
        self._context = context
        self._codec = codec
        # One attribute more costs less than a variable that is used twice.
        self.value = local(unit, "v", value) if len(codec.fields) > 2 else value
        scope, values = open_scope(
            unit, codec.fields, {name: f"{self.value}.{name}" for name in codec.fields}
        )
        inner = context.with_scope(scope)
        self.fields: dict[str, Writing] = {}
        for name, field in codec.fields.items():
            with unit.at(f".{name}"):
                self.fields[name] = field.writing(inner, values[name])
        scope.confirm(unit)

    def conformance(self) -> None:
        for name, field in list(self.fields.items())[-1:]:
            with self._context.unit.at(f".{name}"):
                field.conformance()

    def inline(self) -> None:
        unit, stream = self._context.unit, self._context.inline
        measure = measure_of(self._codec, unit.syntax)
        stream.align(measure.alignment)
        last = len(self.fields) - 1
        for number, (name, field) in enumerate(self.fields.items()):
            if measure.conformances and number == last:
                self._close(measure)
            with unit.at(f".{name}"):
                field.inline()
        if not measure.conformances:
            self._close(measure)

    def _close(self, measure: Measure) -> None:
        """The gap at the end; conformant elements come after it (MS-RPCE 2.2.5.3.4.2)."""
        if self._context.unit.syntax.has_trailing_gap:
            self._context.inline.align(measure.alignment)

    def referents(self, *, without: str | None = None) -> None:
        for name, field in self.fields.items():
            if name != without:
                with self._context.unit.at(f".{name}"):
                    field.referents()


class StructReading(Reading):
    """Objects are made once, complete, when everything below them has been read."""

    def __init__(self, context: ReadingContext, codec: StructCodec[object]) -> None:
        self.unit = context.unit
        self._context = context
        self._codec = codec
        self.cls = context.unit.constant(codec.cls.__name__, codec.cls)
        self._is_record = isinstance(context.inline, ReadRecord)
        self._scope = ReadScope(codec.fields)
        if not self._is_record:
            self._scope.begin(context.unit)
        inner = context.with_scope(self._scope)
        self.fields: dict[str, Reading] = {
            name: field.reading(inner) for name, field in codec.fields.items()
        }

    def conformance(self) -> None:
        for name, field in list(self.fields.items())[-1:]:
            with self._context.unit.at(f".{name}"):
                field.conformance()

    def inline(self) -> None:
        unit, stream = self._context.unit, self._context.inline
        measure = measure_of(self._codec, unit.syntax)
        stream.align(measure.alignment)
        last = len(self.fields) - 1
        self.variables = [*self._scope.variables]
        for number, (name, field) in enumerate(self.fields.items()):
            if measure.conformances and number == last:
                self._close(measure)
            with unit.at(f".{name}"):
                field.inline()
            self.variables += field.variables
            self._learn(name, field)
        if not measure.conformances:
            self._close(measure)

    def _close(self, measure: Measure) -> None:
        if self._context.unit.syntax.has_trailing_gap:
            self._context.inline.align(measure.alignment)

    def _learn(self, name: str, field: Reading) -> None:
        number = field.number()
        if number is not None:
            self._scope.known[name] = number

    def values(self, *, without: str | None = None) -> dict[str, str]:
        """Expressions for the fields, referents read; None for the field *without*."""
        unit = self._context.unit
        if self._is_record:
            self._scope.begin(unit)
        values: dict[str, str] = {}
        for name, field in self.fields.items():
            if name == without:
                values[name] = "None"
                continue
            with unit.at(f".{name}"):
                values[name] = field.value()
            self._learn(name, field)
        self._scope.confirm(unit)
        return values

    def made(self, values: dict[str, str]) -> str:
        """An expression that makes the object."""
        order = getattr(self._codec.cls, "__struct_fields__", ())
        if tuple(values) == tuple(order):
            return f"{self.cls}({', '.join(values.values())})"
        fields = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{self.cls}({fields})"

    def value(self) -> str:
        return self.made(self.values())

    @property
    def has_defaults(self) -> bool:
        """Whether an object can be made before its fields are known."""
        cls = self._codec.cls
        return issubclass(cls, msgspec.Struct) and len(cls.__struct_defaults__) == len(
            cls.__struct_fields__
        )


def struct(cls: type[T], /, **fields: Codec[object]) -> Codec[T]:
    """A structure of IDL; *cls* takes the fields by position, in the same order."""
    return StructCodec(cls, fields)
