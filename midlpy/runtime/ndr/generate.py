"""From codec expressions to functions: what is inlined, what is called, what is compiled.

A function is generated for the parameters of an operation, and for every type that is too
large to repeat or contains itself. All are registered with ``linecache``, so tracebacks
and debuggers show them.
"""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from types import FunctionType
from typing import Final, NoReturn, TypeAlias

from midlpy.runtime.ndr.codec import Codec, measure_of
from midlpy.runtime.ndr.constructed import StructCodec, StructReading
from midlpy.runtime.ndr.counts import ReadScope, WriteScope, names_in
from midlpy.runtime.ndr.emitter import Repeated, Unit
from midlpy.runtime.ndr.failure import SITES, Refusal
from midlpy.runtime.ndr.inlining import is_called
from midlpy.runtime.ndr.limits import MAX_LIST_NODES, MAX_NESTING
from midlpy.runtime.ndr.pointers import (
    Full,
    Unique,
    kind_of,
)
from midlpy.runtime.ndr.reading import Reading, ReadingContext, ReadStream, read_steps
from midlpy.runtime.ndr.recursion import (
    call_read,
    call_write,
    has_called_part,
    read_arm,
    read_elements,
    reading_of,
    unnamed,
    write_arm,
    write_elements,
    writing_of,
)
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax
from midlpy.runtime.ndr.unions import Encapsulated
from midlpy.runtime.ndr.writing import (
    WriteStream,
    Writing,
    WritingContext,
    write_steps,
)

Function: TypeAlias = Callable[..., object]

# Statements may be nested twenty deep; what goes deeper is a function of its own.
MAX_INLINE_LOOPS: Final = 6

_numbers = itertools.count(1)


def too_deep(limit: int) -> NoReturn:
    """A type that contains itself does so too often."""
    raise Refusal(f"is nested more than {limit} levels deep")


def too_long(limit: int) -> NoReturn:
    """A list of nodes goes on and on, perhaps in a circle."""
    raise Refusal(f"is a list of more than {limit} nodes")


def _tail(codec: Codec[object], syntax: Syntax) -> str | None:
    """The field that makes a list of *codec*: its last pointer, which leads to itself."""
    if not isinstance(codec, StructCodec):
        return None
    pointers = [
        name
        for name, field in codec.fields.items()
        if measure_of(field, syntax).has_pointers
    ]
    if not pointers:
        return None
    last = codec.fields[pointers[-1]]
    if isinstance(last, Unique | Full) and unnamed(last.target) is codec:
        return pointers[-1]
    return None


class Library:
    """The functions of one transfer syntax and byte order; made at first use, kept."""

    def __init__(self, syntax: Syntax, byte_order: ByteOrder) -> None:
        self.syntax = syntax
        self.byte_order: ByteOrder = byte_order
        self._functions: dict[tuple[str, Codec[object]], _Shared] = {}

    def unit(self, title: str) -> Unit:
        return Unit(title, self.syntax, self.byte_order)

    def referent(
        self, context: WritingContext, codec: Codec[object], value: str
    ) -> Writing:
        """Statements that write what a pointer leads to."""
        target = unnamed(codec)
        if self._is_called(context.unit, codec):
            return _Call(context, self.use(context.unit, "write", target), value)
        if has_called_part(target):
            return writing_of(context.deferred(), target, value)
        return target.writing(context.deferred(), value)

    def read_referent(self, context: ReadingContext, codec: Codec[object]) -> Reading:
        """Statements that read what a pointer leads to."""
        target = unnamed(codec)
        if self._is_called(context.unit, codec):
            return _CallReading(context, self.use(context.unit, "read", target))
        if has_called_part(target):
            return reading_of(context.deferred(), target)
        return target.reading(context.deferred())

    def read_shared(
        self, context: ReadingContext, codec: Codec[object], identifier: str
    ) -> Reading:
        """The same for a full pointer, whose referent may contain it."""
        target = unnamed(codec)
        if isinstance(target, StructCodec):
            name = self.use(context.unit, "read_shared", target)
            return _CallReading(context, name, identifier)
        return self.read_referent(context, codec)

    def _is_called(self, unit: Unit, codec: Codec[object]) -> bool:
        if unit.loops >= MAX_INLINE_LOOPS:
            return not names_in(unnamed(codec))
        return is_called(codec)

    def use(self, unit: Unit, kind: str, codec: Codec[object]) -> str:
        """The name under which *unit* can call the function of *kind* for *codec*."""
        shared = self._functions.get((kind, codec))
        if shared is None:
            shared = self._functions[kind, codec] = _Shared(f"{kind}_{_title(codec)}")
            made = _MAKERS[kind](self, shared.name, codec)
            shared.unit, shared.function = made, compile_unit(made, shared.name)
            for waiting, name in shared.waiting:
                waiting.namespace[name] = shared.function
        name, number = shared.name, 1
        while name in unit.namespace and unit.calls.get(name) is not shared:
            number += 1
            name = f"{shared.name}_{number}"
        unit.calls[name] = shared
        unit.namespace[name] = shared.function
        if shared.function is None:
            shared.waiting.append((unit, name))
        return name

    def called_by(self, unit: Unit) -> list[Unit]:
        """The units *unit* calls, each once, in the order of first use."""
        found: list[Unit] = []
        for shared in unit.calls.values():
            if isinstance(shared, _Shared) and shared.unit is not None:
                found.append(shared.unit)
        return found


class _Shared:
    """A function many may call; None while it is being made."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.function: Function | None = None
        self.unit: Unit | None = None
        self.waiting: list[tuple[Unit, str]] = []


def _title(codec: Codec[object]) -> str:
    if isinstance(codec, StructCodec | Encapsulated):
        return codec.cls.__name__
    return type(codec).__name__.lower()


class _Call(Writing):
    """Another function writes the whole."""

    def __init__(self, context: WritingContext, name: str, value: str) -> None:
        self._context, self._name, self._value = context, name, value

    def inline(self) -> None:
        call_write(self._context, self._name, self._value)


class _CallReading(Reading):
    """Another function reads the whole."""

    def __init__(self, context: ReadingContext, name: str, *arguments: str) -> None:
        self._context, self._name, self._arguments = context, name, arguments

    def inline(self) -> None:
        self.variables = [call_read(self._context, self._name, *self._arguments)]

    def value(self) -> str:
        return self.variables[0]


def _enter(unit: Unit) -> None:
    with unit.block(f"if depth > {MAX_NESTING}:"):
        unit.emit(f"{unit.constant('too_deep', too_deep)}({MAX_NESTING})")


def _writing_context(library: Library, name: str) -> WritingContext:
    """For the body of a function: it may be called at any offset."""
    unit = library.unit(name)
    stream = WriteStream(unit)
    stream.position.base = stream.offset
    stream.position.forget()
    return WritingContext(unit, library, stream, stream, WriteScope({}, {}))


def _reading_context(library: Library, name: str) -> ReadingContext:
    """For the body of a function: it may be called at any offset."""
    unit = library.unit(name)
    stream = ReadStream(unit)
    stream.position.base = stream.offset
    stream.position.forget()
    return ReadingContext(unit, library, stream, stream, ReadScope({}))


def _write_part(
    body: Callable[[WritingContext, Codec[object]], None],
    more: str,
    library: Library,
    name: str,
    codec: Codec[object],
) -> Unit:
    context = _writing_context(library, name)
    unit = context.unit
    with unit.block(f"def {name}(out, offset, v, depth, full{more}):"):
        _enter(unit)
        body(context, codec)
        context.stream.settle()
        unit.emit("return offset")
    return unit


def _read_part(
    body: Callable[[ReadingContext, Codec[object]], str],
    more: str,
    library: Library,
    name: str,
    codec: Codec[object],
) -> Unit:
    context = _reading_context(library, name)
    unit, stream = context.unit, context.stream
    with unit.block(f"def {name}(stub, offset, size, depth, full{more}):"):
        _enter(unit)
        value = body(context, codec)
        stream.flush()
        unit.emit(f"return {value}, {stream.position.text()}")
    return unit


def _write_function(library: Library, name: str, codec: Codec[object]) -> Unit:
    context = _writing_context(library, name)
    unit, stream = context.unit, context.stream
    tail = _tail(codec, library.syntax)
    with unit.block(f"def {name}(out, offset, v, depth, full):"):
        _enter(unit)
        if tail is None or not isinstance(codec, StructCodec):
            write_steps(codec.writing(context, "v"))
            stream.settle()
            unit.emit("return offset")
        else:
            _write_list(context, codec, tail)
    return unit


def _write_list(context: WritingContext, codec: StructCodec[object], tail: str) -> None:
    """A node, then the next in the same frame: a list is no deeper than its node."""
    unit, stream = context.unit, context.stream
    pointer = codec.fields[tail]
    unit.emit("nodes = 0")
    unit.loops += 1
    with unit.block("while True:"), unit.at(Repeated(f".{tail}", "nodes")):
        writing = codec.writing(context, "v")
        writing.conformance()
        writing.inline()
        writing.referents(without=tail)
        stream.settle()
        following = writing.fields[tail]
        pointee = getattr(following, "pointee", "None")
        stop = f"{pointee} is None"
        if isinstance(pointer, Full):
            kind = unit.constant("KIND", kind_of(codec))
            stop += f" or not full.is_due({pointee}, {kind})"
        with unit.block(f"if {stop}:"):
            unit.emit("return offset")
        _count_node(unit)
        unit.emit(f"v = {pointee}")
    unit.loops -= 1


def _count_node(unit: Unit) -> None:
    unit.emit("nodes += 1")
    with unit.block(f"if nodes > {MAX_LIST_NODES}:"):
        unit.emit(f"{unit.constant('too_long', too_long)}({MAX_LIST_NODES})")


def _read_function(
    library: Library, name: str, codec: Codec[object], *, is_shared: bool = False
) -> Unit:
    context = _reading_context(library, name)
    unit, stream = context.unit, context.stream
    tail = _tail(codec, library.syntax)
    more = ", identifier=0" if tail is not None or is_shared else ""
    with unit.block(f"def {name}(stub, offset, size, depth, full{more}):"):
        _enter(unit)
        if tail is not None and isinstance(codec, StructCodec):
            _read_list(context, codec, tail, is_shared=is_shared)
        elif is_shared and isinstance(codec, StructCodec):
            _read_into(context, codec)
        else:
            value = read_steps(codec.reading(context))
            stream.flush()
            unit.emit(f"return {value}, {stream.position.text()}")
    return unit


def _read_into(context: ReadingContext, codec: StructCodec[object]) -> None:
    """Make the object first, so that what it contains can mean it."""
    unit, stream = context.unit, context.stream
    reading = codec.reading(context)
    reading.conformance()
    reading.inline()
    if not reading.has_defaults:
        value = reading.value()
        stream.flush()
        unit.emit(f"return {value}, {stream.position.text()}")
        return
    kind = unit.constant("KIND", kind_of(codec))
    _fill(reading, kind)
    stream.flush()
    unit.emit(f"return v, {stream.position.text()}")


def _read_list(
    context: ReadingContext, codec: StructCodec[object], tail: str, *, is_shared: bool
) -> None:
    """A node, then the next in the same frame; each is hung on the one before."""
    unit, stream = context.unit, context.stream
    kind = unit.constant("KIND", kind_of(codec))
    pointer = codec.fields[tail]
    unit.emit("first = last = None")
    unit.emit("nodes = 0")
    unit.loops += 1
    with unit.block("while True:"), unit.at(Repeated(f".{tail}", "nodes")):
        reading = codec.reading(context)
        reading.conformance()
        reading.inline()
        if (is_shared or isinstance(pointer, Full)) and reading.has_defaults:
            _fill(reading, kind, tail)
        else:
            unit.emit(f"v = {reading.made(reading.values(without=tail))}")
            with unit.block("if identifier:"):
                unit.emit(f"full.keep(identifier, {kind}, v)")
        with unit.block("if last is None:"):
            unit.emit("first = v")
        with unit.block("else:"):
            unit.emit(f"last.{tail} = v")
        stream.settle()
        following = reading.fields[tail].variables[0]
        with unit.block(f"if not {following}:"):
            unit.emit("return first, offset")
        if isinstance(pointer, Full):
            with unit.block(f"if not full.begin({following}, {kind}):"):
                unit.emit(f"v.{tail} = full.get({following})")
                unit.emit("return first, offset")
            unit.emit(f"identifier = {following}")
        else:
            unit.emit("identifier = 0")
        _count_node(unit)
        unit.emit("last = v")
    unit.loops -= 1


def _fill(reading: StructReading, kind: str, tail: str | None = None) -> None:
    """Make the object before its fields, so that what they mean can mean it."""
    unit = reading.unit
    unit.emit(f"v = {reading.cls}()")
    with unit.block("if identifier:"):
        unit.emit(f"full.keep(identifier, {kind}, v)")
    for name, value in reading.values(without=tail).items():
        if name != tail:
            unit.emit(f"v.{name} = {value}")


_MAKERS: Final[Mapping[str, Callable[[Library, str, Codec[object]], Unit]]] = {
    "write": _write_function,
    "read": _read_function,
    "read_shared": partial(_read_function, is_shared=True),
    "write_elements": partial(_write_part, write_elements, ""),
    "read_elements": partial(_read_part, read_elements, ", count"),
    "write_arm": partial(_write_part, write_arm, ", tag"),
    "read_arm": partial(_read_part, read_arm, ""),
}


def _forget(filename: str) -> None:
    SITES.pop(filename, None)
    linecache.cache.pop(filename, None)


def compile_unit(unit: Unit, name: str) -> FunctionType:
    """The function *name* of *unit*, registered for tracebacks as long as it lives."""
    source = unit.source
    filename = (
        f"<midlpy {unit.syntax.name} {unit.byte_order}: {unit.title} #{next(_numbers)}>"
    )
    exec(compile(source, filename, "exec"), unit.namespace)
    function = unit.namespace[name]
    assert isinstance(function, FunctionType)
    SITES[filename] = unit.sites
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    weakref.finalize(function, _forget, filename).atexit = False
    return function


_LIBRARIES: Final[dict[tuple[str, str], Library]] = {}


def library(syntax: Syntax, byte_order: ByteOrder) -> Library:
    """The one library of *syntax* and *byte_order*."""
    found = _LIBRARIES.get((syntax.name, byte_order))
    if found is None:
        found = Library(syntax, byte_order)
        _LIBRARIES[syntax.name, byte_order] = found
    return found
