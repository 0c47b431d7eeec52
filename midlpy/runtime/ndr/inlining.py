"""Which types are repeated where a pointer leads to them, and which are called."""

from __future__ import annotations

import weakref
from typing import Final

from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.constructed import StructCodec
from midlpy.runtime.ndr.converted import Converted
from midlpy.runtime.ndr.counts import names_in
from midlpy.runtime.ndr.pointers import Lazy, Pointer
from midlpy.runtime.ndr.ranged import Ranged
from midlpy.runtime.ndr.recursion import has_called_part, is_recursive, unnamed
from midlpy.runtime.ndr.unions import Encapsulated, Switch, Union

# A type of more than this many pieces is called, not repeated, where a pointer leads to it.
MAX_INLINE_WEIGHT: Final = 40


def _weight(codec: Codec[object]) -> int:
    """How many pieces of code *codec* takes where it is used."""
    match codec:
        case StructCodec() | Encapsulated():
            return 1 + sum(_weight(field) for field in codec.fields.values())
        case Union():
            return 1 + sum(_weight(arm) for _, arm in codec.every_arm())
        case Switch():
            return _weight(codec.arms)
        case Array():
            return 2 + _weight(codec.element)
        case Ranged():
            return 1 + _weight(codec.target)
        case Converted():
            return 1 + _weight(codec.wire)
        case Pointer():
            target = codec.target
            is_short = is_called(target) or has_called_part(unnamed(target))
            return 2 if is_short else 2 + _weight(target)
        case Lazy():
            return _weight(codec.target)
        case _:
            return 1


_CALLED: Final[weakref.WeakKeyDictionary[Codec[object], bool]] = (
    weakref.WeakKeyDictionary()
)


def is_called(target: Codec[object]) -> bool:
    """Whether what a pointer leads to is a function of its own."""
    found = _CALLED.get(target)
    if found is None:
        if isinstance(target, Lazy):
            found = not names_in(target.target)
        else:
            is_closed = isinstance(target, StructCodec | Encapsulated | Converted)
            found = is_closed and (
                is_recursive(target) or _weight(target) > MAX_INLINE_WEIGHT
            )
        _CALLED[target] = found
    return found
