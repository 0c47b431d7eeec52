"""Skips what cannot be understood, up to where a list can go on.

That is behind the next ``;`` or before the ``}`` that ends the list. What is in braces on
the way is skipped whole, and a semicolon between parentheses does not count.
"""

from __future__ import annotations

from typing import Final

from midlpy.frontend.automaton import Automaton
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.lists import Lists
from midlpy.frontend.tables import END, NAME

# They begin a statement and nothing else.
STATEMENT_KEYWORDS: Final = frozenset(
    {"TYPEDEF", "IMPORT", "IMPORTLIB", "CPP_QUOTE", "MIDL_PRAGMA", "DECLARE_GUID"}
)

# What goes on behind a block: the names that a type with members is given.
_BEHIND_BLOCKS: Final = frozenset(
    {NAME, "STAR", "_POINTER_STAR", "LPAR", "COMMA", "SEMICOLON", "EQUAL"}
)


class Skip:
    """One way over tokens, from a list at *height* on the stack.

    After ``run`` *height* is that of the list that can go on, perhaps one further out.
    """

    def __init__(
        self, automaton: Automaton, lists: Lists, tokens: Tokens, height: int
    ) -> None:
        self.height = height
        self._automaton = automaton
        self._lists = lists
        self._kinds = tokens.kinds
        # Those that are open in what the stack gives up count as met on the way.
        self._braces = lists.count("LBRACE", height) - lists.count("RBRACE", height)
        self._parentheses = lists.count("LPAR", height) - lists.count("RPAR", height)

    def run(self, index: int) -> int:
        """The token to go on with, at or behind *index*."""
        while (kind := self._kinds[index]) != END:
            resumed: int | None = None
            if kind == "LBRACE":
                self._braces += 1
            elif kind == "RBRACE":
                resumed = self._at_closing_brace(index)
            elif kind == "SEMICOLON":
                resumed = self._at_semicolon(index)
            else:
                self._parentheses += (kind == "LPAR") - (kind == "RPAR")
            if resumed is not None:
                return resumed
            index += 1
        return index

    def _at_semicolon(self, index: int) -> int | None:
        if self._braces or not self._automaton.fits("SEMICOLON", self.height):
            return None
        if self._parentheses > 0 and self._is_inside(index):
            return None
        return index + 1

    def _at_closing_brace(self, index: int) -> int | None:
        lists = self._lists
        if self._braces:
            self._braces -= 1
            is_block = not self._braces and self._may_begin(index + 1)
            return index + 1 if is_block else None
        if self._automaton.fits("RBRACE", self.height):
            return index
        if not lists.count("LBRACE", 0, self.height):
            # It closes nothing; perhaps the rest of what was given up before.
            return index + 1 if self._may_begin(index + 1) else None
        outer = lists.innermost(self.height - 1)
        # The brace that ends here is one of those between the two lists.
        self._braces = max(lists.count("LBRACE", outer, self.height) - 1, 0)
        self.height = outer
        return None

    def _may_begin(self, index: int) -> bool:
        """Whether something new can begin here, behind a ``}``."""
        return self._kinds[index] not in _BEHIND_BLOCKS

    def _is_inside(self, index: int) -> bool:
        """Whether the parentheses that are open are closed further on in the statement."""
        depth = self._parentheses
        while (kind := self._kinds[index]) not in ("LBRACE", "RBRACE", END):
            if kind in STATEMENT_KEYWORDS:
                return False
            depth += (kind == "LPAR") - (kind == "RPAR")
            if depth == 0:
                return True
            index += 1
        return False
