"""Parameter lists as functions: what a request or a response is made of.

Each parameter is complete before the next (C706 14.2.1); counts may name any of them, and
in a response the parameters of the request too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from midlpy.runtime.errors import MarshalError, StubDataTruncated, UnmarshalError
from midlpy.runtime.ndr.buffers import Buffer
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.constructed import open_scope
from midlpy.runtime.ndr.counts import ReadScope, names_in
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.failure import FAILURES, Refusal, path_of, short
from midlpy.runtime.ndr.generate import compile_unit, library
from midlpy.runtime.ndr.pointers import (
    Full,
    strip_refs,
)
from midlpy.runtime.ndr.reading import ReadingContext, ReadStream, read_steps
from midlpy.runtime.ndr.referents import ReadReferents, WrittenReferents
from midlpy.runtime.ndr.syntax import ByteOrder, Syntax
from midlpy.runtime.ndr.writing import WriteStream, Writing, WritingContext, write_steps

Codecs: TypeAlias = Mapping[str, Codec[object]]

WriteFunction: TypeAlias = Callable[
    [Sequence[object], int, Sequence[object] | None], tuple[list[Buffer], int]
]
ReadFunction: TypeAlias = Callable[
    [bytes, int, Sequence[object] | None], tuple[list[object], int]
]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters in wire order, and the names of those of the request, for a response."""

    title: str
    codecs: Codecs
    arguments: tuple[str, ...] = ()

    @property
    def needs_arguments(self) -> bool:
        """Whether a count names a parameter of the request that is not in this list."""
        return bool(self.named_arguments())

    def named_arguments(self) -> list[str]:
        used = frozenset(name for c in self.codecs.values() for name in names_in(c))
        return [n for n in self.arguments if n in used and n not in self.codecs]

    def bare(self) -> dict[str, Codec[object]]:
        """Codecs without the reference pointers that are nothing on the wire."""
        return {name: strip_refs(codec) for name, codec in self.codecs.items()}


def _load_arguments(unit: Unit, parameters: Parameters) -> dict[str, str]:
    """Variables for the parameters of the request that counts name."""
    loaded: dict[str, str] = {}
    for name in parameters.named_arguments():
        variable = unit.name("n")
        index = parameters.arguments.index(name)
        unit.emit(f"{variable} = arguments[{index}]")
        loaded[name] = f"({variable} or 0)"
    return loaded


def writer_unit(
    parameters: Parameters,
    syntax: Syntax,
    byte_order: ByteOrder,
    *,
    is_first: bool,
    has_arguments: bool,
) -> Unit:
    """The function ``write(values, offset, arguments)``, which gives parts and offset.

    *is_first*: the offset is always 0. *has_arguments*: there are arguments.
    """
    functions = library(syntax, byte_order)
    unit = functions.unit(parameters.title)
    stream = WriteStream(unit)
    if not is_first:
        stream.position.base = stream.offset
        stream.position.forget()
    codecs = parameters.bare()
    with unit.block("def write(values, offset, arguments, depth=0, full=None):"):
        unit.emit("out = []")
        if _has_full(codecs):
            unit.emit(f"full = {unit.constant('new_full', WrittenReferents)}()")
        values = {name: unit.name("v") for name in codecs}
        if values:
            unit.emit(f"{''.join(f'{value}, ' for value in values.values())}= values")
        loaded = _load_arguments(unit, parameters) if has_arguments else {}
        scope, values = open_scope(unit, codecs, values, loaded)
        context = WritingContext(unit, functions, stream, stream, scope)
        writings: dict[str, Writing] = {}
        for name, codec in codecs.items():
            with unit.at(name):
                writings[name] = codec.writing(context, values[name])
        scope.confirm(unit)
        for name, writing in writings.items():
            with unit.at(name):
                write_steps(writing)
        stream.flush()
        unit.emit(f"return out, {stream.position.text()}")
    return unit


def reader_unit(
    parameters: Parameters,
    syntax: Syntax,
    byte_order: ByteOrder,
    *,
    is_first: bool,
    has_arguments: bool,
) -> Unit:
    """The function ``read(stub, offset, arguments)``, which gives values and offset."""
    functions = library(syntax, byte_order)
    unit = functions.unit(parameters.title)
    stream = ReadStream(unit)
    if not is_first:
        stream.position.base = stream.offset
        stream.position.forget()
    codecs = parameters.bare()
    with unit.block("def read(stub, offset, arguments, depth=0, full=None):"):
        unit.emit("size = len(stub)")
        if _has_full(codecs):
            unit.emit(f"full = {unit.constant('new_full', ReadReferents)}()")
        scope = ReadScope(codecs)
        if has_arguments:
            scope.known.update(_load_arguments(unit, parameters))
        scope.begin(unit)
        context = ReadingContext(unit, functions, stream, stream, scope)
        values: list[str] = []
        for name, codec in codecs.items():
            with unit.at(name):
                reading = codec.reading(context)
                values.append(read_steps(reading))
                number = reading.number()
            if number is not None:
                scope.known[name] = number
        stream.flush()
        scope.confirm(unit)
        end = stream.position.text()
        with unit.block(f"if {end} > size:"):
            unit.emit(f"{unit.constant('short', short)}(0, {end}, size)")
        unit.emit(f"return [{', '.join(values)}], {end}")
    return unit


def _has_full(codecs: Codecs) -> bool:
    """Whether a full pointer can be reached."""
    seen: set[int] = set()
    waiting = list(codecs.values())
    while waiting:
        codec = waiting.pop()
        if id(codec) in seen:
            continue
        seen.add(id(codec))
        if isinstance(codec, Full):
            return True
        waiting += codec.every_part()
    return False


class Coder:
    """Encodes and decodes one list of parameters in one syntax and byte order.

    *where* begins the messages about values, *where_read* those about octets.
    """

    def __init__(
        self,
        parameters: Parameters,
        syntax: Syntax,
        byte_order: ByteOrder,
        *,
        where: str,
        where_read: str,
        is_first: bool = True,
    ) -> None:
        self._parameters = parameters
        self._syntax = syntax
        self._byte_order: ByteOrder = byte_order
        self._where, self._where_read = where, where_read
        self._is_first = is_first
        # Each makes itself at first use: alone, and with the arguments of the request.
        self._write_alone: WriteFunction | None = None
        self._write_with: WriteFunction | None = None
        self._read_alone: ReadFunction | None = None
        self._read_with: ReadFunction | None = None

    def write(
        self,
        values: Sequence[object],
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> tuple[list[Buffer], int]:
        """Buffers to be sent one after the other, and the offset behind them.

        Raises:
            MarshalError: a value does not fit; nothing has been sent.
        """
        write = self._write_alone if arguments is None else self._write_with
        if write is None:
            write = self._writer(arguments is None)
        try:
            return write(values, offset, arguments)
        except FAILURES as error:
            raise self._marshal_error(error, values) from error

    def read(
        self,
        stub: bytes,
        offset: int = 0,
        arguments: Sequence[object] | None = None,
    ) -> tuple[list[object], int]:
        """The values, and the offset behind them; more octets may follow.

        Raises:
            StubDataTruncated: the octets end too early.
            UnmarshalError: they do not fit.
        """
        read = self._read_alone if arguments is None else self._read_with
        if read is None:
            read = self._reader(arguments is None)
        try:
            return read(stub, offset, arguments)
        except FAILURES as error:
            raise self._unmarshal_error(error, len(stub)) from error

    def units(self) -> tuple[Unit, Unit]:
        """What is generated to write and to read, arguments given."""
        return self._units(has_arguments=True)

    def _units(self, *, has_arguments: bool) -> tuple[Unit, Unit]:
        parameters, syntax, order = self._parameters, self._syntax, self._byte_order
        kind = {"is_first": self._is_first, "has_arguments": has_arguments}
        return (
            writer_unit(parameters, syntax, order, **kind),
            reader_unit(parameters, syntax, order, **kind),
        )

    def _writer(self, is_alone: bool) -> WriteFunction:
        unit = writer_unit(
            self._parameters,
            self._syntax,
            self._byte_order,
            is_first=self._is_first,
            has_arguments=not is_alone,
        )
        function: WriteFunction = compile_unit(unit, "write")
        needs_arguments = self._parameters.needs_arguments
        if is_alone or not needs_arguments:
            self._write_alone = function
        if not is_alone or not needs_arguments:
            self._write_with = function
        return function

    def _reader(self, is_alone: bool) -> ReadFunction:
        unit = reader_unit(
            self._parameters,
            self._syntax,
            self._byte_order,
            is_first=self._is_first,
            has_arguments=not is_alone,
        )
        function: ReadFunction = compile_unit(unit, "read")
        needs_arguments = self._parameters.needs_arguments
        if is_alone or not needs_arguments:
            self._read_alone = function
        if not is_alone or not needs_arguments:
            self._read_with = function
        return function

    def _marshal_error(
        self, error: BaseException, values: Sequence[object]
    ) -> MarshalError:
        # A value of the wrong type says more than what became of it.
        found = self._misfit(values)
        if found is None:
            known = error.text if isinstance(error, Refusal) else ""
            text = known or f"does not fit: {error}"
            found = path_of(error)[0], text
        path, text = found
        return MarshalError(f"{self._where}: {path} {text}")

    def _misfit(self, values: Sequence[object]) -> tuple[str, str] | None:
        codecs = self._parameters.codecs
        if len(values) != len(codecs):
            return "the call", f"has {len(values)} values, {len(codecs)} are wanted"
        try:
            for (name, codec), value in zip(codecs.items(), values, strict=True):
                misfit = codec.misfit(value)
                if misfit is not None:
                    return name + misfit.path, misfit.text
        except RecursionError:
            pass  # values deeper than our stack: the traceback's path has to do
        return None

    def _unmarshal_error(self, error: BaseException, size: int) -> UnmarshalError:
        path, missing = path_of(error, size=size)
        where = f"{self._where_read}: {path}"
        if missing is not None:
            return StubDataTruncated(f"{where} {missing}")
        if isinstance(error, Refusal):
            kind = StubDataTruncated if error.is_truncated else UnmarshalError
            return kind(f"{where} {error.text}")
        return UnmarshalError(f"{where} does not fit: {error}")
