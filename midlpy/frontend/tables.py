"""A grammar made ready for parsing: terminals, productions, LALR tables; as text too.

Making tables takes longer than compiling most files, so they are kept as text beside
the grammars, with a digest of what they were made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypedDict

from msgspec import Struct, field

END: Final = "$END"
NAME: Final = "NAME"


class Terminal(Struct, frozen=True):
    """A terminal of the grammar; *literal* when it is one fixed text."""

    name: str
    pattern: str
    literal: str | None
    priority: int


class Production(Struct, frozen=True):
    """One alternative of a rule, and what becomes of its children.

    *method* of the tree builder gets the children in *kept* (None: an optional part that
    is not there), those in *spliced* each as many as they hold. Without a method the only
    child kept is the value, or, for the helper rules of a repetition (*is_list*), a list
    of the children. *is_renaming*: it only gives another name to the same value;
    *takes_all*: the method gets the children as they are.
    """

    origin: str
    size: int
    method: str | None
    kept: tuple[int | None, ...]
    spliced: frozenset[int]
    is_list: bool
    is_renaming: bool
    takes_all: bool


class Tables(Struct, frozen=True):
    """A grammar made ready.

    *rows* has for each state what to do on a symbol: shift and go to the state n, or
    reduce by production -n - 1. State 0 is the first. *end* is the last one: to shift the
    end of the text there means that all is done.

    A name is called an operand, a term, a sum and so on, for each precedence, before what
    stands behind it is looked at. *renamings* has what that comes to, as far as it was
    needed: the last state, by the states below and above the value, and the next symbol.
    """

    terminals: tuple[Terminal, ...]
    ignored: frozenset[str]
    productions: tuple[Production, ...]
    rows: tuple[Mapping[str, int], ...]
    end: int
    renamings: dict[tuple[int, int, str], int] = field(
        default_factory=dict[tuple[int, int, str], int]
    )

    def renamed(self, key: tuple[int, int, str]) -> int:
        """The state that the renamings of a value end at, of *key* in *renamings*."""
        below, state, kind = key
        while (action := self.rows[state].get(kind, 0)) < 0:
            production = self.productions[-action - 1]
            if not production.is_renaming:
                break
            state = self.rows[below][production.origin]
        self.renamings[key] = state
        return state

    def symbols(self) -> list[str]:
        """For each state the symbol that leads to it; "" for the first."""
        symbols = [""] * len(self.rows)
        for row in self.rows:
            for symbol, target in row.items():
                if target > 0:
                    symbols[target] = symbol
        return symbols


class _Text(TypedDict):
    """Tables as JSON; most rows say the same on all symbols, so they go by action."""

    digest: str
    terminals: list[tuple[str, str, str | None, int]]
    ignored: list[str]
    productions: list[tuple[str, int, str | None, list[int | None], list[int]]]
    rows: list[dict[str, str]]
    end: int


def dump(tables: Tables, digest: str) -> str:
    """Tables as text, the same text for the same tables."""
    rows: list[dict[str, str]] = []
    for row in tables.rows:
        grouped: dict[str, list[str]] = {}
        for symbol, action in sorted(row.items()):
            grouped.setdefault(str(action), []).append(symbol)
        rows.append({action: " ".join(symbols) for action, symbols in grouped.items()})
    text: _Text = {
        "digest": digest,
        "terminals": [
            (each.name, each.pattern, each.literal, each.priority)
            for each in tables.terminals
        ],
        "ignored": sorted(tables.ignored),
        "productions": [
            (each.origin, each.size, each.method, list(each.kept), sorted(each.spliced))
            for each in tables.productions
        ],
        "rows": rows,
        "end": tables.end,
    }
    # A line for each state, so that a change of the grammar is a readable change here.
    head, _, states = json.dumps(text, separators=(",", ":")).partition('"rows":[')
    return (
        head.replace("],[", "],\n[")
        + '"rows":['
        + states.replace("},{", "},\n{")
        + "\n"
    )


def load(text: str, digest: str) -> Tables | None:
    """Tables from text; None when they were made from other grammars."""
    try:
        read: _Text = json.loads(text)
    except ValueError:
        return None
    if read.get("digest") != digest:
        return None
    return Tables(
        tuple([Terminal(*each) for each in read["terminals"]]),
        frozenset(read["ignored"]),
        tuple([production(*each) for each in read["productions"]]),
        tuple([_row(row) for row in read["rows"]]),
        read["end"],
    )


def production(
    origin: str,
    size: int,
    method: str | None,
    kept: Sequence[int | None],
    spliced: Iterable[int],
) -> Production:
    """A production; the names of helper rules begin with an underscore."""
    is_list = origin.startswith("_")
    taken, parts = tuple(kept), frozenset(spliced)
    is_renaming = method is None and size == 1 and not is_list
    takes_all = not parts and taken == tuple(range(size))
    return Production(
        origin, size, method, taken, parts, is_list, is_renaming, takes_all
    )


def _row(grouped: dict[str, str]) -> dict[str, int]:
    return {
        symbol: action
        for action, symbols in [(int(key), each) for key, each in grouped.items()]
        for symbol in symbols.split()
    }
