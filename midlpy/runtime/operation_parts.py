"""What an operation is declared with: parameters, results, pipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias

from midlpy.runtime.ndr import ByteOrder, Codec, Elements, Syntax, elements
from midlpy.runtime.ndr.parameters import Codecs

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # What an operation gives back; nothing, where its declaration does not say.
    R_co = TypeVar("R_co", covariant=True, default=None)
else:
    from typing import TypeVar

    R_co = TypeVar("R_co", covariant=True)

T = TypeVar("T")

PipeClass: TypeAlias = type[Any]

# Where a pipe class keeps the codec of its elements.
_ELEMENT: Final = "_element"


@dataclass(frozen=True, slots=True)
class RangedPipe:
    """A pipe class, and ``[range]`` of its chunks: elements, both bounds inclusive."""

    pipe_class: PipeClass
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class PipeParameter:
    """A pipe in the signature of an operation; *low* and *high* bound each chunk."""

    name: str
    pipe_class: PipeClass
    low: int | None = None
    high: int | None = None

    def elements(self, syntax: Syntax, byte_order: ByteOrder) -> Elements:
        """How the elements of the pipe stand side by side."""
        codec: Codec[object] = getattr(self.pipe_class, _ELEMENT)
        return elements(codec, syntax, byte_order)


@dataclass(frozen=True, slots=True)
class Results(Generic[R_co]):
    """What an operation gives back; *cls* is None where it is a single value."""

    codecs: Codecs
    cls: Callable[..., R_co] | None = None


Response: TypeAlias = Codec[T] | Results[T] | None


def arguments(**codecs: Codec[object]) -> Codecs:
    """[in] parameters, pipes left out, in IDL order."""
    return codecs


def result(**codecs: Codec[T]) -> Results[T]:
    """One [out] parameter and no return value."""
    return Results(codecs)


def results(cls: Callable[..., T], /, **codecs: Codec[object]) -> Results[T]:
    """Several results, pipes left out, in wire order; *cls* is their NamedTuple."""
    return Results(codecs, cls)


def pipes(**classes: PipeClass | RangedPipe) -> tuple[PipeParameter, ...]:
    """Pipe parameters of one direction, in IDL order."""
    return tuple(
        (
            PipeParameter(name, each.pipe_class, each.low, each.high)
            if isinstance(each, RangedPipe)
            else PipeParameter(name, each)
        )
        for name, each in classes.items()
    )


def ranged(pipe_class: PipeClass, low: int, high: int) -> RangedPipe:
    """A pipe whose chunks have *low* to *high* elements."""
    return RangedPipe(pipe_class, low, high)
