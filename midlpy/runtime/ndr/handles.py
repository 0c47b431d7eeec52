"""Context handles: the server's state, in the client's keeping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from midlpy.runtime.ndr.codec import Codec, Measure, Misfit, not_wanted
from midlpy.runtime.ndr.reading import Reading, ReadingContext
from midlpy.runtime.ndr.scalars import UUID_FORMAT, made_uuid, uuid_fields
from midlpy.runtime.ndr.syntax import Syntax
from midlpy.runtime.ndr.writing import Writing, WritingContext, local

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


_NIL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ContextHandle:
    """20 octets that mean something to the server that made them; falsy when null.

    Spec: C706 14.3.14 (ndr_context_handle), MS-RPCE 2.2.5.3.
    """

    attributes: int = 0
    uuid: UUID = _NIL

    def __bool__(self) -> bool:
        return self.uuid.int != 0 or self.attributes != 0


NULL_CONTEXT: Final = ContextHandle()


class HandleCodec(Codec[T_co], frozen=True, eq=False):
    """A context handle as it travels, the same in both syntaxes."""

    kind: object
    """The NewType that keeps handles of different types apart."""

    def __repr__(self) -> str:
        return f"ndr.context_handle({getattr(self.kind, '__name__', self.kind)})"

    def measure(self, _syntax: Syntax, /) -> Measure:
        return Measure(4, 4, 20, 20)

    def writing(self, context: WritingContext, value: str) -> Writing:
        return _HandleWriting(context, value)

    def reading(self, context: ReadingContext, /) -> Reading:
        return _HandleReading(context)

    def misfit(self, value: object, /) -> Misfit | None:
        return None if isinstance(value, ContextHandle) else not_wanted(self, value)

    @property
    def wanted(self) -> str:
        return "a context handle"


class _HandleWriting(Writing):
    def __init__(self, context: WritingContext, value: str) -> None:
        self._context = context
        self._value = local(context.unit, "handle", value)

    def inline(self) -> None:
        stream = self._context.inline
        stream.align(4)
        fields = uuid_fields(self._context.unit, f"{self._value}.uuid")
        stream.item("I" + UUID_FORMAT, 20, f"{self._value}.attributes", fields)


class _HandleReading(Reading):
    def __init__(self, context: ReadingContext) -> None:
        self._context = context

    def inline(self) -> None:
        stream = self._context.inline
        stream.align(4)
        names = ("attributes", "a", "b", "c", "d")
        self.variables = [*stream.item("I" + UUID_FORMAT, 20, *names)]

    def value(self) -> str:
        unit = self._context.unit
        attributes, *fields = self.variables
        uuid = made_uuid(unit, tuple(fields))
        return f"{unit.constant('ContextHandle', ContextHandle)}({attributes}, {uuid})"


def context_handle(kind: Callable[[ContextHandle], T]) -> Codec[T]:
    """A context handle; *kind* is the NewType over ``ContextHandle`` that names it."""
    return HandleCodec(kind)
