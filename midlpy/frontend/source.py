"""Source text: read from a file, and traced back to it after preprocessing."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend.ast import Pragma

Place: TypeAlias = tuple[str, int, int, int, int]
"""Path, line, column, end line, end column: a span before it is made into one."""

_NEWLINE = re.compile("\n")


def decode(octets: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else cp1252.

    Lines end in a newline alone. What an old editor left behind a Ctrl-Z is not text.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if octets.startswith(mark):
            text = octets[len(mark) :].decode(encoding, "replace")
            break
    else:
        try:
            text = octets.decode()
        except UnicodeDecodeError:
            text = octets.decode("cp1252", "replace")
    return normalize(text)


def normalize(text: str) -> str:
    """The same lines, each ending in a newline, up to a Ctrl-Z."""
    text = text.removeprefix("\ufeff").partition("\x1a")[0]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


class Row(Struct, frozen=True):
    """A line by its number, and its characters from *start* up to *end*."""

    path: str
    line: int
    start: int
    end: int


class Original:
    """Text as written, under the name that diagnostics give it.

    *line_delta* is what a line marker adds to the number of a line.
    """

    __slots__ = ("_starts", "line_delta", "path", "text")

    def __init__(self, path: str, text: str, line_delta: int = 0) -> None:
        self.path = path
        self.text = text
        self.line_delta = line_delta
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def renamed(self, path: str, line_delta: int) -> Original:
        """The same text after a line marker."""
        other = Original.__new__(Original)
        other.path = path
        other.text = self.text
        other.line_delta = line_delta
        other._starts = self._starts
        return other

    def row(self, offset: int) -> Row:
        """The line that a character stands on."""
        starts = self._starts
        line = bisect_right(starts, offset)
        end = starts[line] if line < len(starts) else len(self.text) + 1
        return Row(self.path, line + self.line_delta, starts[line - 1], end)

    def offset(self, line: int, column: int) -> int:
        """The offset of a place, in the numbers that diagnostics give it."""
        return self._starts[line - self.line_delta - 1] + column - 1

    def place(self, start: int, end: int) -> Place:
        """Where the characters from *start* up to *end* stand."""
        starts = self._starts
        line = bisect_right(starts, start)
        column = start - starts[line - 1] + 1
        # Most tokens end on the line they start on.
        if line == len(starts) or end < starts[line]:
            end_line, end_column = line, column + end - start
        else:
            end_line = bisect_right(starts, end)
            end_column = end - starts[end_line - 1] + 1
        delta = self.line_delta
        return (self.path, line + delta, column, end_line + delta, end_column)

    def span(self, start: int, end: int) -> Span:
        """The same as a span."""
        return Span(*self.place(start, end))


class Segment(Struct, frozen=True):
    """A run of preprocessed text that begins at *start*, and where it comes from.

    Copied text comes from *offset* on, character by character. All of a macro's expansion
    comes from its use, from *offset* up to *use_end*.
    """

    start: int
    original: Original
    offset: int
    use_end: int | None = None


class SourceFile(Struct, frozen=True):
    """Preprocessed text, with the way back to files and lines.

    *segments* cover the text in order; there is always one. *original* is the main file.
    The text ends early if it is not *is_complete*, which has been reported.
    """

    path: str
    text: str
    original: Original
    segments: tuple[Segment, ...]
    pragmas: tuple[Pragma, ...] = ()
    is_complete: bool = True

    @classmethod
    def unprocessed(cls, path: str, text: str) -> SourceFile:
        """Text that needs no preprocessing."""
        original = Original(path, text)
        return cls(path, text, original, (Segment(0, original, 0),))

    def places(self, starts: Sequence[int], ends: Sequence[int]) -> list[Place]:
        """Where ranges of the text stand in the files; *starts* ascend."""
        places: list[Place] = []
        segments = iter((*self.segments, None))
        segment = next(segments)
        following = next(segments)
        assert segment is not None
        original, shift = segment.original, segment.offset - segment.start
        row = original.row(segment.offset)
        for start, end in zip(starts, ends, strict=True):
            while following is not None and start >= following.start:
                segment, following = following, next(segments)
                original, shift = segment.original, segment.offset - segment.start
                row = original.row(segment.offset)
            if segment.use_end is not None:
                places.append(original.place(segment.offset, segment.use_end))
                continue
            first, last = start + shift, end + shift
            if not row.start <= first < row.end:
                row = original.row(first)
            if last < row.end:
                # Most tokens end on the line they start on.
                line, before = row.line, row.start - 1
                places.append((row.path, line, first - before, line, last - before))
            else:
                places.append(original.place(first, last))
        return places

    def span(self, start: int, end: int) -> Span:
        """Where one range of the text stands."""
        return Span(*self.places([start], [end])[0])

    def origin(self, start: int, end: int) -> tuple[Original, int, int]:
        """The original text of a range, and the range in it."""
        index = bisect_right(self.segments, start, key=lambda each: each.start) - 1
        segment = self.segments[index]
        if segment.use_end is not None:
            return segment.original, segment.offset, segment.use_end
        shift = segment.offset - segment.start
        return segment.original, start + shift, end + shift
