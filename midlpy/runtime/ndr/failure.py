"""From an exception in a generated function to a message with the path of the value.

Generated functions do not know paths while all goes well. Here the traceback tells which
lines were being run; each knows its piece of the path, and the variables of its frame
know the indices.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence, Sized
from types import FrameType, TracebackType
from typing import Final, NoReturn, cast

from midlpy.runtime.ndr.emitter import ElementOf, LengthOf, Path, Repeated, Site

# What a value, or octets, of the wrong kind make generated code raise. All of it becomes a
# MarshalError or an UnmarshalError; anything else is a mistake of ours and passes.
FAILURES: Final = (
    struct.error,
    TypeError,
    AttributeError,
    ValueError,  # of which UnicodeError is one
    LookupError,
    ArithmeticError,
    BufferError,
)


class Refusal(ValueError):
    """Why a value or octets do not fit, without saying where; *text* follows a path."""

    def __init__(self, text: str, *, is_truncated: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_truncated = is_truncated


def refuse(text: str) -> Refusal:
    return Refusal(text)


def short(wanted: int, offset: int, size: int) -> NoReturn:
    """The octets end too early."""
    raise Refusal(
        f"wants {wanted} octets at offset {offset}, {max(size - offset, 0)} are left",
        is_truncated=True,
    )


# File name of a generated function → its lines' sites.
SITES: Final[dict[str, dict[int, Site]]] = {}


def _frames(traceback: TracebackType | None) -> Iterator[tuple[FrameType, Site]]:
    while traceback is not None:
        frame = traceback.tb_frame
        sites = SITES.get(frame.f_code.co_filename)
        if sites is not None:
            site = sites.get(traceback.tb_lineno)
            if site is not None:
                yield frame, site
        traceback = traceback.tb_next


def _written(path: Path, variables: dict[str, object]) -> str:
    text = ""
    for piece in path:
        match piece:
            case str():
                text += piece
            case LengthOf(name):
                found = variables.get(name)
                text += f"[{len(found)}]" if isinstance(found, Sized) else "[...]"
            case ElementOf(sequence, element):
                text += _index(variables.get(sequence), variables.get(element))
            case Repeated(repeated, count):
                times = variables.get(count)
                number = times if isinstance(times, int) else 0
                text += repeated * number if number < 4 else f"{repeated}(x{number})"
    return text


def _index(sequence: object, element: object) -> str:
    if isinstance(sequence, list | tuple):
        for index, item in enumerate(cast("Sequence[object]", sequence)):
            if item is element:
                return f"[{index}]"
    return "[...]"


def path_of(error: BaseException, *, size: int = 0) -> tuple[str, str | None]:
    """Which value *error* is about, and, if octets are missing there, the words for it.

    *size* is the number of octets in the stub data, when reading.
    """
    path = ""
    found: tuple[FrameType, Site] | None = None
    for frame, site in _frames(error.__traceback__):
        # A comprehension has a frame of its own on the line of the one around it.
        if found is not None and found[0] is frame.f_back and _is_nested(frame):
            continue
        found = frame, site
        path += _written(site.path, frame.f_locals)
    if found is None:
        return path, None
    frame, site = found
    if isinstance(error, struct.error) and site.fields:
        # Text of ours, with the variables of that frame: where its run begins.
        start = eval(site.start, frame.f_globals, frame.f_locals)
        for item in site.fields:
            offset = start + item.offset
            if offset + item.size > size:
                inner = _written(item.path, frame.f_locals)
                left = max(size - offset, 0)
                return (
                    path[: len(path) - len(_written(site.path, frame.f_locals))]
                    + inner,
                    f"wants {item.size} octets at offset {offset}, {left} are left",
                )
    return path, None


def _is_nested(frame: FrameType) -> bool:
    return frame.f_code.co_name.startswith("<")
