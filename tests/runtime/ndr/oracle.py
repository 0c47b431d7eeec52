"""A codec that walks its types, slowly and plainly, to compare generated ones with.

Each shape knows how it travels, written from the specification alone, and which codec of
``ndr`` it stands for. Nothing here is shared with the generator.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from midlpy.runtime import ndr


@dataclass
class Out:
    """Octets so far, and where referent ids stand in them."""

    is_64: bool
    is_big: bool
    octets: bytearray = field(default_factory=bytearray)
    ids: list[tuple[int, int]] = field(default_factory=list)
    known: dict[int, int] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)

    def align(self, boundary: int) -> None:
        self.octets += bytes(-len(self.octets) % boundary)

    def number(self, format_: str, value: Any) -> None:
        self.align(struct.calcsize("=" + format_))
        self.octets += struct.pack((">" if self.is_big else "<") + format_, value)

    def count(self, value: int) -> None:
        self.number("Q" if self.is_64 else "I", value)

    def identifier(self, value: int) -> None:
        size = 8 if self.is_64 else 4
        self.align(size)
        self.ids.append((len(self.octets), size))
        self.count(value)

    def masked(self, octets: bytes) -> str:
        out = bytearray(octets)
        for offset, size in self.ids:
            if any(out[offset : offset + size]):
                out[offset : offset + size] = b"\xff" * size
        return out.hex()


class Shape(ABC):
    """One type: three steps of writing, in the order of the wire."""

    codec: ndr.Codec[Any]

    @abstractmethod
    def alignment(self, out: Out) -> int: ...

    def conformance(self, out: Out, value: Any) -> None:
        """Maximum counts that go ahead."""
        return

    @abstractmethod
    def inline(self, out: Out, value: Any) -> None: ...

    def referents(self, out: Out, value: Any) -> None:
        """What the pointers mean."""
        return

    def whole(self, out: Out, value: Any) -> None:
        self.conformance(out, value)
        self.inline(out, value)
        self.referents(out, value)


class Number(Shape):
    def __init__(self, format_: str, codec: ndr.Codec[Any], wide: str = "") -> None:
        self.format, self.codec, self.wide = format_, codec, wide or format_

    def alignment(self, out: Out) -> int:
        return struct.calcsize("=" + (self.wide if out.is_64 else self.format))

    def inline(self, out: Out, value: Any) -> None:
        out.number(self.wide if out.is_64 else self.format, value)


class Guid(Shape):
    codec = ndr.UUID

    def alignment(self, out: Out) -> int:
        return 4

    def inline(self, out: Out, value: UUID) -> None:
        out.align(4)
        out.octets += value.bytes if out.is_big else value.bytes_le


class Text(Shape):
    def __init__(self, codec: ndr.Codec[Any], bound: int | None, is_wide: bool) -> None:
        self.codec, self.bound, self.is_wide = codec, bound, is_wide

    def alignment(self, out: Out) -> int:
        return 2 if self.is_wide else 1

    def units(self, out: Out, value: str) -> bytes:
        if not self.is_wide:
            return value.encode("utf-8", "surrogateescape") + b"\0"
        encoding = "utf-16-be" if out.is_big else "utf-16-le"
        return value.encode(encoding, "surrogatepass") + b"\0\0"

    def count(self, out: Out, value: str) -> int:
        return len(self.units(out, value)) // self.alignment(out)

    def conformance(self, out: Out, value: str) -> None:
        if self.bound is None:
            out.count(self.count(out, value))

    def inline(self, out: Out, value: str) -> None:
        out.count(0)
        out.count(self.count(out, value))
        out.octets += self.units(out, value)


class Pointer(Shape):
    def __init__(self, target: Shape, kind: str) -> None:
        self.target, self.kind = target, kind
        make: Any = getattr(ndr, kind)
        self.codec = make(target.codec)

    def alignment(self, out: Out) -> int:
        return 8 if out.is_64 else 4

    def inline(self, out: Out, value: Any) -> None:
        is_null = value is None and self.kind != "ref"
        out.identifier(0 if is_null else 0x20000 + len(out.ids))

    def referents(self, out: Out, value: Any) -> None:
        if value is not None or self.kind == "ref":
            self.target.whole(out, value)


class Fixed(Shape):
    def __init__(self, element: Shape, bound: int) -> None:
        self.element, self.bound = element, bound
        self.codec = ndr.fixed(element.codec, bound)

    def alignment(self, out: Out) -> int:
        return self.element.alignment(out)

    def inline(self, out: Out, value: list[Any]) -> None:
        for item in value:
            self.element.inline(out, item)

    def referents(self, out: Out, value: list[Any]) -> None:
        for item in value:
            self.element.referents(out, item)


class Array(Fixed):
    """Conformant; *room* more elements than there are if it is varying too."""

    def __init__(self, element: Shape, room: int | None, **sizes: str) -> None:
        self.element, self.room = element, room
        self.codec = ndr.array(element.codec, **sizes)

    def conformance(self, out: Out, value: list[Any]) -> None:
        out.count(len(value) + (self.room or 0))

    def inline(self, out: Out, value: list[Any]) -> None:
        if self.room is not None:
            out.count(0)
            out.count(len(value))
        super().inline(out, value)


class Octets(Shape):
    def __init__(self, bound: int | None, **sizes: str) -> None:
        self.bound = bound
        self.codec = ndr.octets(bound, **sizes)

    def alignment(self, out: Out) -> int:
        return 1

    def conformance(self, out: Out, value: bytes) -> None:
        if self.bound is None:
            out.count(len(value))

    def inline(self, out: Out, value: bytes) -> None:
        out.octets += value


class Union(Shape):
    """Arms by their discriminants; None is an arm without a value."""

    def __init__(
        self, arms: dict[int, Shape | None], tag: Number, ms_union: bool
    ) -> None:
        self.arms, self.tag, self.ms_union = arms, tag, ms_union
        self.codec = ndr.union(
            tag.codec,
            {label: arm.codec if arm else ndr.EMPTY for label, arm in arms.items()},
            ms_union=ms_union,
        )

    def alignment(self, out: Out) -> int:
        arms = [arm.alignment(out) for arm in self.arms.values() if arm]
        return max([self.tag.alignment(out), *arms])

    def inline(self, out: Out, value: tuple[int, Any]) -> None:
        label, item = value
        arm = self.arms[label]
        if out.is_64:
            out.align(self.alignment(out))
        self.tag.inline(out, label)
        if out.is_64:
            out.align(self.alignment(out))
        elif self.ms_union:
            arms = [arm.alignment(out) for arm in self.arms.values() if arm]
            out.align(max([1, *arms]))
        if arm:
            arm.inline(out, item)

    def referents(self, out: Out, value: tuple[int, Any]) -> None:
        label, item = value
        arm = self.arms[label]
        if arm:
            arm.referents(out, item)


class Record(Shape):
    """A structure; *views* make what a field writes of the whole value."""

    def __init__(self, cls: type[Any], fields: dict[str, Shape]) -> None:
        self.cls, self.fields = cls, fields
        codecs = {
            name: (
                ndr.switch(shape.codec, switch_is=f"{name}_tag")
                if isinstance(shape, Union)
                else shape.codec
            )
            for name, shape in fields.items()
        }
        self.codec = ndr.struct(cls, **codecs)

    def alignment(self, out: Out) -> int:
        return max([1, *(shape.alignment(out) for shape in self.fields.values())])

    def view(self, name: str, value: Any) -> Any:
        item = getattr(value, name)
        if isinstance(self.fields[name], Union):
            return getattr(value, f"{name}_tag"), item
        return item

    def conformance(self, out: Out, value: Any) -> None:
        for name in list(self.fields)[-1:]:
            self.fields[name].conformance(out, self.view(name, value))

    def is_conformant(self) -> bool:
        last = list(self.fields.values())[-1:]
        return any(
            isinstance(shape, Array)
            or (isinstance(shape, Octets | Text) and shape.bound is None)
            or (isinstance(shape, Record) and shape.is_conformant())
            for shape in last
        )

    def inline(self, out: Out, value: Any) -> None:
        out.align(self.alignment(out))
        for number, (name, shape) in enumerate(self.fields.items()):
            is_last = number == len(self.fields) - 1
            if out.is_64 and is_last and self.is_conformant():
                out.align(self.alignment(out))
            shape.inline(out, self.view(name, value))
        if out.is_64 and not self.is_conformant():
            out.align(self.alignment(out))

    def referents(self, out: Out, value: Any) -> None:
        for name, shape in self.fields.items():
            shape.referents(out, self.view(name, value))
