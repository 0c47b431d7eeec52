"""Arrays of several dimensions: all counts first, then the elements, row by row.

A value is a list of rows. Spec: C706 14.3.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import NoReturn

from midlpy.runtime.ndr.array_writing import ArrayWriting
from midlpy.runtime.ndr.arrays import Array, is_row
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.expressions import parsed
from midlpy.runtime.ndr.failure import Refusal
from midlpy.runtime.ndr.limits import MAX_EMPTY_ELEMENTS
from midlpy.runtime.ndr.octets import Octets
from midlpy.runtime.ndr.pointers import Pointer
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.scalars import OCTET
from midlpy.runtime.ndr.sequences import ReadCounts, Sequence, WrittenCounts
from midlpy.runtime.ndr.writing import Writing, WritingContext, local


def dimensions(codec: Array[object]) -> tuple[list[Sequence[object]], Codec[object]]:
    """Every dimension, outermost first, and what the elements are."""
    found: list[Sequence[object]] = [codec]
    inner: Codec[object] = codec.element
    while isinstance(inner, Sequence) and is_row(inner):
        found.append(inner)
        if not isinstance(inner, Array):
            break
        inner = inner.element
    if isinstance(found[-1], Octets):
        return found, OCTET
    if not isinstance(found[-1], Array):
        raise TypeError(f"{codec} is not supported; rows of wchar_t are not")
    return found, found[-1].element


def first_length(items: Iterable[object]) -> int:
    """How long the first row is, null rows left out; 0 if there is none."""
    for item in items:
        if isinstance(item, Sized):
            return len(item)
    return 0


def probe_counts(context: WritingContext, element: Codec[object], value: str) -> None:
    """Take from the rows in *value* the counts that only they know, where zero."""
    while isinstance(element, Pointer):
        element = element.target
    if not isinstance(element, Array | Octets):
        return
    unit, scope = context.unit, context.scope
    for text in element.expressions():
        inverse = parsed(text).inverse("length")
        if inverse is None or inverse[0] not in scope.assignable:
            continue
        variable = scope.assignable[inverse[0]]
        probe = unit.constant("first_length", first_length)
        with unit.block(f"if not {variable}:"):
            unit.emit(f"length = {probe}({value})")
            unit.emit(f"{variable} = {inverse[1]}")


def uneven(length: int, other: int) -> NoReturn:
    """Rows of one array differ in length."""
    raise Refusal(f"has rows of {length} and of {other} elements")


def joined_rows(items: Iterable[Iterable[object]]) -> list[object]:
    """The elements of all rows, which must be equally long."""
    out: list[object] = []
    length = -1
    for row in items:
        before = len(out)
        out.extend(row)
        if length < 0:
            length = len(out) - before
        elif len(out) - before != length:
            uneven(length, len(out) - before)
    return out


def nested(items: list[object] | bytes, counts: tuple[int, ...]) -> object:
    """*items* as rows of rows; *counts* are of every dimension, outermost first."""
    out: object = items
    for depth in range(len(counts) - 1, 0, -1):
        rows, length = 1, counts[depth]
        for count in counts[:depth]:
            rows *= count
        assert isinstance(out, list | bytes)
        out = [out[row * length : (row + 1) * length] for row in range(rows)]
    return out


class RowsWriting(Writing):
    """Counts of every dimension, then one array of all elements."""

    def __init__(
        self, context: WritingContext, codec: Array[object], value: str
    ) -> None:
        unit = context.unit
        dims, element = dimensions(codec)
        items = local(unit, "items", value)
        self._counts: list[WrittenCounts] = []
        self._is_varying = any(dim.is_varying for dim in dims)
        join = unit.constant("joined_rows", joined_rows)
        for number, dim in enumerate(dims):
            probe = unit.constant("first_length", first_length)
            count, rows = unit.name("count"), items
            if number:
                unit.emit(f"{count} = {probe}({items})")
                items = unit.name("items")
                unit.emit(f"{items} = {join}({rows})")
                default = self._default(context, dim)
                if default is not None:
                    with unit.block(f"if not {rows}:"):
                        unit.emit(f"{count} = {default}")
            else:
                probe_counts(context, dim.parts()[0], items)
                unit.emit(f"{count} = len({items})")
            self._counts.append(WrittenCounts(context, self._as_varying(dim), count))
        self._elements = ArrayWriting(context, Array(element), items)

    @staticmethod
    def _default(context: WritingContext, dim: Sequence[object]) -> str | None:
        """How long rows are when there are none."""
        if dim.bound is not None:
            return "0"
        if dim.size_is is None or dim.is_varying:
            return None
        return context.scope.value(context.unit, dim.size_is)

    def _as_varying(self, dim: Sequence[object]) -> Sequence[object]:
        """If one dimension is varying all send an offset and an actual count."""
        if not self._is_varying or dim.is_varying:
            return dim
        return Array(OCTET, bound=dim.bound, size_is=dim.size_is, is_varying=True)

    def conformance(self) -> None:
        for counts in self._counts:
            counts.conformance()

    def inline(self) -> None:
        for counts in self._counts:
            counts.variance()
        self._elements.inline()

    def referents(self) -> None:
        self._elements.referents()


class RowsReading(Reading):
    """The elements of all dimensions at once, then cut into rows."""

    def __init__(self, context: ReadingContext, codec: Array[object]) -> None:
        self._context = context
        dims, element = dimensions(codec)
        is_varying = any(dim.is_varying for dim in dims)
        self._counts = [
            ReadCounts(
                context,
                (
                    dim
                    if dim.is_varying or not is_varying
                    else Array(
                        OCTET, bound=dim.bound, size_is=dim.size_is, is_varying=True
                    )
                ),
            )
            for dim in dims
        ]
        flat: Codec[object] = (
            Octets() if isinstance(dims[-1], Octets) else Array(element)
        )
        self._elements = flat.reading(context)

    def conformance(self) -> None:
        for counts in self._counts:
            counts.conformance()

    def inline(self) -> None:
        context, unit = self._context, self._context.unit
        for counts in self._counts:
            counts.variance()
        context.inline.flush()
        total = unit.name("total")
        names = [counts.count for counts in self._counts]
        unit.emit(f"{total} = {' * '.join(names)}")
        # Rows without elements cost the peer nothing.
        prefixes = [" * ".join(names[:end]) for end in range(1, len(names))]
        outer = f"max({', '.join(prefixes)}, 0)"
        with unit.block(f"if not {total} and {outer} > {MAX_EMPTY_ELEMENTS}:"):
            unit.emit(f"{unit.constant('too_many_rows', too_many_rows)}({outer})")
        elements_counts = getattr(self._elements, "counts", None)
        assert isinstance(elements_counts, ReadCounts)
        elements_counts.count = total
        self._elements.inline()
        # Other steps may come later, so what they need is kept with the elements.
        self.variables = [*self._elements.variables, *_variables(names)]
        self._names = names

    def value(self) -> str:
        unit = self._context.unit
        value = self._elements.value()
        nest = unit.constant("nested", nested)
        return f"{nest}({value}, ({''.join(f'{name}, ' for name in self._names)}))"


def _variables(names: list[str]) -> list[str]:
    return [name for name in names if name.isidentifier()]


def too_many_rows(count: int) -> NoReturn:
    """More rows without elements than there can be any use for."""
    raise Refusal(f"has {count} rows without elements")
