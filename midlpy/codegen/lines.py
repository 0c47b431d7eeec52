"""Calls and their like to lines, in the very form that black gives them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TypeAlias

from msgspec import Struct

WIDTH = 88
STEP = 4


class Fit(Enum):
    """How the items of a call stand."""

    OPEN = "open"  # one to a line, always
    LIST = "list"  # on the line of the call, else one to a line
    FILL = "fill"  # on the line of the call, else on one of their own, else as LIST


class Call(Struct, frozen=True):
    """An opening, items, a closing: ``ndr.struct(`` ... ``)``.

    An item is what stands ahead of it, such as ``size_is=``, and itself.
    """

    opening: str
    items: tuple[tuple[str, Piece], ...]
    closing: str = ")"
    fit: Fit = Fit.LIST
    ends_in_comma: bool = False  # on one line: a tuple of one
    is_definition: bool = False  # black sets a comma behind a lone parameter


Piece: TypeAlias = str | Call


def call(function: str, *items: Piece, **named: Piece) -> Call:
    """``function(item, name=item)``."""
    pairs = [("", item) for item in items]
    pairs += [(f"{name}=", item) for name, item in named.items()]
    return Call(f"{function}(", tuple(pairs))


def tuple_of(items: Sequence[Piece], fit: Fit = Fit.LIST) -> Call:
    """A tuple; black keeps one of a single item on its line."""
    pairs = tuple(("", item) for item in items)
    if len(items) == 1:
        return Call("(", pairs, ends_in_comma=True)
    return Call("(", pairs, fit=fit)


def flat(piece: Piece) -> str | None:
    """*piece* on one line; None when it has a call that is always open."""
    if isinstance(piece, str):
        return piece
    if piece.fit is Fit.OPEN and piece.items:
        return None
    return _in_a_row(piece, piece.opening, piece.closing)


def _in_a_row(piece: Call, opening: str, closing: str) -> str | None:
    texts: list[str] = []
    for ahead, item in piece.items:
        text = flat(item)
        if text is None:
            return None
        texts.append(ahead + text)
    comma = "," if piece.ends_in_comma else ""
    return f"{opening}{', '.join(texts)}{comma}{closing}"


def spread(ahead: str, piece: Piece, behind: str = "", indent: int = 0) -> list[str]:
    """The lines of *piece*, between *ahead* and *behind*, from column *indent* on."""
    margin = " " * indent
    line = flat(piece)
    if line is not None and indent + len(ahead + line + behind) <= WIDTH:
        return [f"{margin}{ahead}{line}{behind}"]
    if isinstance(piece, str) or not piece.items:
        return [f"{margin}{ahead}{line}{behind}"]
    inner = " " * (indent + STEP)
    lines = [f"{margin}{ahead}{piece.opening}"]
    row = _in_a_row(piece, "", "") if piece.fit is Fit.FILL else None
    is_alone = len(piece.items) == 1 and piece.is_definition
    if row is not None and len(inner) + len(row) <= WIDTH and not is_alone:
        lines.append(f"{inner}{row}")
    elif piece.fit is Fit.FILL and len(piece.items) == 1 and not is_alone:
        lines += spread(*piece.items[0], "", indent + STEP)
    else:
        for before, item in piece.items:
            lines += spread(before, item, ",", indent + STEP)
    lines.append(f"{margin}{piece.closing}{behind}")
    return lines


def quoted(text: str) -> str:
    """*text* as a string literal, in the quotes that black prefers."""
    body = repr(text + "'\"")[1:-1].removesuffix("\\'\"").removesuffix("'\\\"")
    # repr chose single quotes, since both kinds are in there.
    body = body.replace("\\'", "'")
    if text.count('"') > text.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def assigned(target: str, annotation: str, piece: Piece, indent: int = 0) -> list[str]:
    """``target: annotation = piece``, to stand *indent* columns in.

    What does not fit goes into parentheses, a row of alternatives one to a line if need
    be. Where not even the head fits, the brackets of the annotation open.
    """
    width = WIDTH - indent
    head = f"{target}: {annotation} = "
    line = flat(piece)
    if line is not None and len(head) + len(line) <= width:
        return [head + line]
    may_hug = len(head) + len("(") <= width
    if isinstance(piece, str):
        if not may_hug or piece.endswith(")"):
            return [head + piece]  # left to black
        inner = [piece]
        if STEP + len(piece) > width and piece[0] not in "\"'":
            first, *others = alternatives(piece)
            inner = [first, *(f"| {other}" for other in others)]
        return [f"{head}(", *(" " * STEP + line for line in inner), ")"]
    if len(head) + len(piece.opening) <= width:
        return unindented(spread(head, piece, "", indent), indent)
    if may_hug:
        inner = unindented(spread("", piece, "", indent + STEP), indent)
        return [f"{head}(", *inner, ")"]
    if "[" in annotation and indent == 0:
        outer, _, inside = annotation[:-1].partition("[")
        return [f"{target}: {outer}[", f"    {inside}", *spread("] = ", piece)]
    return unindented(spread(head, piece, "", indent), indent)


def unindented(text: Sequence[str], indent: int) -> list[str]:
    """Lines laid out *indent* columns in, without that margin."""
    return [line[indent:] for line in text]


def alternatives(annotation: str) -> list[str]:
    """The parts between the bars of a type, those in brackets left alone."""
    parts: list[str] = []
    depth = 0
    for part in annotation.split(" | "):
        if depth:
            parts[-1] += f" | {part}"
        else:
            parts.append(part)
        depth += part.count("[") - part.count("]")
    return parts


def class_head(name: str, *bases: str) -> str:
    """``class name(bases):``."""
    pairs = tuple(("", base) for base in bases)
    return joined(spread("", Call(f"class {name}(", pairs, "):", Fit.FILL)))


def joined(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def one_line(piece: Piece) -> str:
    """*piece*, which has nothing that must stand open, as one line."""
    text = flat(piece)
    assert text is not None
    return text
