"""Values of any codec, made at random: the same for the same seed.

Counts agree with what they count, and discriminants have an arm, so that such a value
can be sent; all else is free.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from string import ascii_letters
from typing import Any, Final, cast

from midlpy.runtime import ndr
from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.constructed import StructCodec
from midlpy.runtime.ndr.expressions import HELPERS, parsed
from midlpy.runtime.ndr.handles import ContextHandle, HandleCodec
from midlpy.runtime.ndr.in_place import InPlace, Terminated, Uncounted
from midlpy.runtime.ndr.network import NetworkInteger
from midlpy.runtime.ndr.octets import Octets, Wide
from midlpy.runtime.ndr.pointers import Lazy, Pointer, Ref
from midlpy.runtime.ndr.ranged import Ranged
from midlpy.runtime.ndr.scalars import EnumCodec, LooseInteger, Scalar
from midlpy.runtime.ndr.sequences import Sequence
from midlpy.runtime.ndr.strings import String
from midlpy.runtime.ndr.unions import Empty, Switch

# Deeper than this, pointers are null.
DEPTH: Final = 6

# How many elements arrays have that a count says the length of.
COUNTS: Final = (2, 4, 6)


class Unfilled(Exception):
    """There is no value that fits, or none that this knows to make."""


class Filler:
    """Makes values.

    *fixed* are fields by the names of their class and their own, for what is not free.
    Pointers to octets of a free length are null unless *has_blocks*.
    """

    def __init__(
        self,
        seed: object,
        *,
        fixed: Mapping[str, Mapping[str, Any]] | None = None,
        has_blocks: bool = True,
    ) -> None:
        self._random = random.Random(str(seed))
        self._fixed = fixed or {}
        self._has_blocks = has_blocks
        self._count = self._random.choice(COUNTS)

    def fields(
        self,
        codecs: Mapping[str, Codec[Any]],
        depth: int = 0,
        known: Mapping[str, Any] | None = None,
        others: Mapping[str, Codec[Any]] | None = None,
    ) -> dict[str, Any]:
        """A value for each of *codecs*, which are siblings.

        *known* are values of other siblings; *others* are codecs that *codecs* have to
        fit as well: of the response, which may name what the request has.
        """
        values = dict(known or {})
        # Of a call it is one for request and response, which name each other's counts.
        count = self._random.choice(COUNTS) if depth else self._count
        every = {**codecs, **{f"other {n}": c for n, c in (others or {}).items()}}
        for name in _counts(every):
            if name in codecs and name not in values:
                values[name] = self._number(codecs[name], count)
        free = [n for n, codec in codecs.items() if n not in values]
        for name in free:
            if not _switches(codecs[name]):
                self._select(name, codecs[name], every, values)
        for name in free:
            if name not in values:
                values[name] = self.value(codecs[name], depth, values)
        return {name: values[name] for name in codecs}

    def _select(
        self,
        name: str,
        own: Codec[Any],
        siblings: Mapping[str, Codec[Any]],
        values: dict[str, Any],
    ) -> None:
        """A discriminant gets the label of an arm of a union that it selects."""
        for each in siblings.values():
            for union in _switches(each):
                if union.switch_is == name:
                    labels = [*union.arms.arms]
                    if union.arms.default is not None or not labels:
                        labels.append(max(labels, default=0) + 1)
                    label = self._random.choice(labels)
                    codec = _bare(own)
                    if isinstance(codec, EnumCodec):
                        label = codec.cls(label)
                    values[name] = label
                    return

    def value(
        self, codec: Codec[Any], depth: int = 0, known: Mapping[str, Any] | None = None
    ) -> Any:
        """One value of *codec*; *known* are its siblings."""
        known = known or {}
        match codec:
            case Lazy():
                return self.value(codec.target, depth, known)
            case Ref():
                return self.value(codec.target, depth, known)
            case Pointer():
                if not self._has_blocks and _is_block(codec.target):
                    return None
                chance = 0.15 + (depth > DEPTH) + (depth > 3) * 0.3
                if self._random.random() < chance:
                    return None
                return self.value(codec.target, depth + 1, known)
            case StructCodec():
                fixed = self._fixed.get(codec.cls.__name__)
                return codec.cls(**self.fields(codec.fields, depth + 1, fixed))
            case Switch():
                return self._arm(codec, depth, known)
            case InPlace() | Uncounted():
                return self.value(codec.target, depth, known)
            case Terminated():
                return self._text(self._random.randrange(5))
            case Sequence():
                return self._sequence(codec, depth, known)
            case Ranged() if isinstance(codec.target, Sequence):
                return self._sequence(codec.target, depth, known)
            case _:
                return self._number(codec, None)

    def _arm(self, codec: Switch[Any], depth: int, known: Mapping[str, Any]) -> Any:
        arm = codec.arms.arm_of(evaluated(codec.switch_is, known))
        if arm is None:
            raise Unfilled(f"no arm of {codec}")
        return self.value(arm, depth, known)

    def _sequence(
        self, codec: Sequence[Any], depth: int, known: Mapping[str, Any]
    ) -> Any:
        length = self._length(codec, known)
        match codec:
            case String():
                if codec.bound is not None or codec.size_is is not None:
                    length = max(length - 1, 0)
                text = self._text(length)
                return text.encode() if codec.name == "octet_string" else text
            case Wide():
                return self._text(length)
            case Octets():
                return self._text(length).encode()
            case Array():
                return [self.value(codec.element, depth, known) for _ in range(length)]
            case _:
                raise Unfilled(f"what {codec} takes is not known")

    def _length(self, codec: Sequence[Any], known: Mapping[str, Any]) -> int:
        if codec.first_is is not None:
            raise Unfilled("an array that begins in its middle")
        if codec.length_is is not None:
            return evaluated(codec.length_is, known)
        if codec.size_is is not None:
            return evaluated(codec.size_is, known)
        if codec.bound is not None:
            return codec.bound if codec.is_fixed else min(codec.bound, 4)
        return self._random.randrange(5)

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(ascii_letters, k=length))

    def _number(self, codec: Codec[Any], wanted: int | None) -> Any:
        """A value of one piece; *wanted*, where it may be that."""
        match codec:
            case Ref() | Lazy():
                return self._number(codec.target, wanted)
            case Pointer():
                return self._number(codec.target, wanted)
            case Ranged():
                if wanted is not None and codec.low <= wanted <= codec.high:
                    return wanted
                return self._random.randint(codec.low, min(codec.high, codec.low + 9))
            case EnumCodec():
                if wanted is not None:
                    return codec.cls(wanted)
                members = list(cast("Any", codec.cls)) or [codec.cls(1)]
                return self._random.choice(members)
            case HandleCodec():
                made = uuid.UUID(bytes=self._random.randbytes(16))
                return cast("Any", codec.kind)(
                    ContextHandle(self._random.randrange(9), made)
                )
            case Empty():
                return None
            case Scalar(format="?"):
                return self._random.random() < 0.5
            case Scalar() | LooseInteger() | NetworkInteger():
                return self._integer(codec) if wanted is None else wanted
            case _ if codec is ndr.UUID:
                return uuid.UUID(bytes=self._random.randbytes(16))
            case _:
                raise Unfilled(f"what {codec} takes is not known")

    def _integer(self, codec: Scalar[Any] | LooseInteger | NetworkInteger) -> int:
        """Every octet differs, as a rule; longer ones are small enough for times."""
        if not isinstance(codec, Scalar):
            return self._random.randint(1 << 30, 1 << 31)
        high = min(int(codec.high), 0x40_FFFF_FFFF)
        if codec.name in ("INT3264", "UINT3264"):
            high = min(high, 0x7FFF_FFFF)
        return self._random.randint(high // 2, high)


def evaluated(text: str, known: Mapping[str, Any]) -> int:
    """What a count expression says of *known*; a null pointer counts as zero."""
    expression = parsed(text)
    names = {name: known[name] or 0 for name in expression.names}
    rendered = expression.render({name: name for name in names}, frozenset())
    return int(eval(rendered, dict(HELPERS), names))


def _is_block(codec: Codec[Any]) -> bool:
    """Octets whose number nothing else says."""
    return isinstance(codec, Octets) and not codec.expressions() and not codec.bound


def _bare(codec: Codec[Any]) -> Codec[Any]:
    while isinstance(codec, Pointer | Lazy | Ranged):
        codec = codec.target
    return codec


def _switches(codec: Codec[Any]) -> list[Switch[Any]]:
    """The unions in *codec* that a sibling selects the arm of."""
    match codec:
        case Switch():
            return [codec]
        case Pointer() | Lazy():
            return _switches(codec.target) if not isinstance(codec, Lazy) else []
        case Array():
            return _switches(codec.element)
        case _:
            return []


def _counts(codecs: Mapping[str, Codec[Any]]) -> list[str]:
    """The siblings that say how many elements another has, in order."""
    found: dict[str, None] = {}
    for codec in codecs.values():
        inner = codec
        while isinstance(inner, Pointer | Array | Ranged | InPlace | Uncounted):
            _note(inner, found)
            inner = inner.element if isinstance(inner, Array) else inner.target
        _note(inner, found)
    return list(found)


def _note(codec: Codec[Any], found: dict[str, None]) -> None:
    if isinstance(codec, Sequence):
        for text in codec.expressions():
            found.update(dict.fromkeys(sorted(parsed(text).names)))
