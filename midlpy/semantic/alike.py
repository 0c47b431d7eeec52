"""Whether two pieces of syntax say the same, wherever they stand."""

from __future__ import annotations

from typing import Final, cast

from msgspec import Struct

from midlpy.diagnostics import Span

# Where it stands and how it was laid out are no part of what it says.
IGNORED: Final = frozenset({"text", "comment", "span"})


def alike(one: object, other: object) -> bool:
    """Structural equality of syntax, places and layout left aside."""
    if isinstance(one, Span) and isinstance(other, Span):
        return True
    if isinstance(one, tuple):
        return isinstance(other, tuple) and _alike_rows(
            cast("tuple[object, ...]", one), cast("tuple[object, ...]", other)
        )
    return _alike_nodes(one, other)


def _alike_rows(ones: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(ones) == len(others) and all(map(alike, ones, others))


def _alike_nodes(one: object, other: object) -> bool:
    if not isinstance(one, Struct) or not isinstance(other, Struct):
        return one == other
    # The text of a name is what it says; that of a declaration is its layout.
    skipped = IGNORED if hasattr(one, "comment") else IGNORED - {"text"}
    return type(one) is type(other) and all(
        alike(getattr(one, name), getattr(other, name))
        for name in one.__struct_fields__
        if name not in skipped
    )
