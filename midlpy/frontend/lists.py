"""What is on the stack of an automaton, in terms of the lists that a text is made of.

A height is a number of states on the stack; 1 is the least.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from midlpy.frontend.automaton import Automaton
from midlpy.frontend.tables import Tables

# The rules whose repetitions can go on after an error.
LIST_RULES: Final = frozenset(
    {"items", "members", "dispatch_members", "coclass_members", "arms", "enumerators"}
    | {"acf_items", "acf_body"}
)

# What their helper rules, which grow one element at a time, are called.
_HELPERS: Final = tuple(f"__{rule}_" for rule in sorted(LIST_RULES))


class Lists:
    """The lists that are open in the stack of *automaton*."""

    def __init__(self, tables: Tables, automaton: Automaton) -> None:
        self._tables = tables
        self._automaton = automaton

    @cached_property
    def _symbols(self) -> list[str]:
        """For each state the symbol that leads to it."""
        return self._tables.symbols()

    @cached_property
    def _resumable(self) -> frozenset[int]:
        """States before or behind an element of one of the lists."""
        return frozenset(
            state
            for state, row in enumerate(self._tables.rows)
            if self._symbols[state].startswith(_HELPERS)
            or any(symbol.startswith(_HELPERS) for symbol in row)
        )

    def innermost(self, height: int) -> int:
        """The greatest height up to *height* that has a list on top."""
        states = self._automaton.states
        while height > 1 and states[height - 1] not in self._resumable:
            height -= 1
        return height

    def settle(self, index: int) -> None:
        """Finish what is complete, but leave the list open that it is an element of.

        The token at *index* may have ended the list, though it does not go on from there.

        Raises:
            NestingError: a stack is too deep.
        """
        automaton = self._automaton
        while (symbol := self._symbols[automaton.states[-1]]) not in LIST_RULES:
            if not automaton.settle(index):
                return
        row: Mapping[str, int] = automaton.rows[automaton.states[-2]]
        automaton.reopen(next(each for each in row if each.startswith(f"__{symbol}_")))

    def count(self, symbol: str, low: int = 0, high: int | None = None) -> int:
        """How often a symbol is on the stack, or on a part of it."""
        symbols = self._symbols
        return sum(
            symbols[state] == symbol for state in self._automaton.states[low:high]
        )

    def open_brace(self) -> int | None:
        """The token with the innermost brace that is open."""
        states = self._automaton.states
        for place in range(len(states) - 1, 0, -1):
            if self._symbols[states[place]] == "LBRACE":
                return self._automaton.firsts[place - 1]
        return None

    def attribute_list(self, low: int) -> int | None:
        """Where, not below *low*, the innermost attribute list is opened."""
        states, rows = self._automaton.states, self._tables.rows
        for place in range(len(states) - 1, low - 1, -1):
            if (
                self._symbols[states[place]] == "LSQB"
                and "attribute" in rows[states[place]]
            ):
                return place
        return None
