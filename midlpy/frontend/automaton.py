"""Runs LALR tables over tokens.

Three things are done here that a parser library does not: a reserved word is a plain name
where the grammar has no use for the word and published files have one for the name;
every node knows its tokens, though nothing is stored per node; and after a syntax error
the work goes on (``recovery.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias, cast

from midlpy.frontend.lexer import Tokens
from midlpy.frontend.tables import NAME, Production, Tables

Value: TypeAlias = object
"""A node, a list of values on its way into a node, or the index of a token."""

# So that no pass that walks the tree can exhaust Python's stack.
MAX_NESTING: Final = 200

# Reserved only where the grammar can use them; elsewhere names, as published files need.
SOFT_KEYWORDS: Final = frozenset(
    {"METHODS", "PROPERTIES", "LIBRARY", "MODULE", "BITMAP", "WARNING", "INCLUDE"}
    | {"CONVENTION_WORD"}
)


class NestingError(Exception):
    """A construct is nested deeper than MAX_NESTING."""


class Builder:
    """What a tree builder is told before each of its methods is called."""

    first = 0  # index of the first token of the node
    last = 0  # index of its last one


class Automaton:
    """One run over one text; four stacks that grow and shrink together."""

    def __init__(self, tables: Tables, builder: Builder, tokens: Tokens) -> None:
        self.kinds = tokens.kinds
        self.states = [0]
        self.rows = tables.rows
        self._tables = tables
        # One shorter than the states: of the first state there is nothing to tell.
        self.firsts: list[int] = []
        self._values: list[Value] = []
        self._depths: list[int] = []
        self._productions = tables.productions
        self._end = tables.end
        self._builder = builder
        self._methods: list[Callable[..., Value] | None] = [
            getattr(builder, production.method) if production.method else None
            for production in tables.productions
        ]

    @property
    def value(self) -> Value:
        """The value of the whole text, once ``advance`` has reached its end."""
        return self._values[-1]

    @property
    def last(self) -> int:
        """The token that was taken last."""
        return self._builder.last

    def advance(self, index: int) -> tuple[int, bool]:
        """Take tokens from *index* on; return the first that does not fit, or the end.

        The second value is True when all is done.

        Raises:
            NestingError: the stacks are those before the reduction that was too deep.
        """
        rows, states, kinds = self.rows, self.states, self.kinds
        values, firsts, depths = self._values, self.firsts, self._depths
        builder, end = self._builder, self._end
        productions, tables = self._productions, self._tables
        renamings = tables.renamings
        kind = kinds[index]
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                if kind not in SOFT_KEYWORDS or NAME not in rows[states[-1]]:
                    return index, False
                kind = NAME
            elif action < 0:
                production = productions[-action - 1]
                if production.is_renaming:
                    key = (states[-2], states[-1], kind)
                    states[-1] = renamings.get(key) or tables.renamed(key)
                else:
                    self._reduce(production, -action - 1, index)
            elif action == end:
                return index, True
            else:
                states.append(action)
                values.append(index)
                firsts.append(index)
                depths.append(0)
                builder.last = index
                index += 1
                kind = kinds[index]

    def shift(self, kind: str, index: int) -> bool:
        """Take a terminal that is not in the text; False at the end of everything.

        Raises:
            NestingError: see ``advance``.
        """
        while (action := self.rows[self.states[-1]][kind]) < 0:
            self._reduce(self._productions[-action - 1], -action - 1, index)
        if action == self._end:
            return False
        self.states.append(action)
        self._values.append(index)
        self.firsts.append(index)
        self._depths.append(0)
        return True

    def settle(self, index: int) -> bool:
        """Finish what is complete, whatever the token at *index*; False if nothing is.

        Raises:
            NestingError: see ``advance``.
        """
        actions = set(self.rows[self.states[-1]].values())
        action = actions.pop()
        if actions or action >= 0:
            return False
        self._reduce(self._productions[-action - 1], -action - 1, index)
        return True

    def reopen(self, helper: str) -> None:
        """Take back that a list is complete; *helper* is the rule that makes it grow."""
        elements = cast("tuple[Value, ...]", self._values[-1])
        if elements:
            self.states[-1] = self.rows[self.states[-2]][helper]
            self._values[-1] = list(elements)
        else:
            self.truncate(len(self.states) - 1)

    def fits(self, kind: str, height: int | None = None) -> bool:
        """Whether a terminal can come next, or could if there were only *height* states."""
        return self._take(self.states[:height], kind)

    def reached(
        self, index: int, height: int, end: int, edits: Mapping[int, tuple[str, ...]]
    ) -> int:
        """The first token from *index* up to *end* that would not fit *height* states.

        *edits* has for a token the terminals that are taken to stand in its place.
        """
        states = self.states[:height]
        while index < end:
            for kind in edits.get(index, (self.kinds[index],)):
                if self._take(states, kind):
                    continue
                if kind not in SOFT_KEYWORDS or not self._take(states, NAME):
                    return index
            index += 1
        return index

    def truncate(self, height: int) -> None:
        """Forget all but *height* states."""
        del self.states[height:]
        del self._values[height - 1 :]
        del self.firsts[height - 1 :]
        del self._depths[height - 1 :]

    def _take(self, states: list[int], kind: str) -> bool:
        """Take a terminal without a value; False if it does not fit."""
        while (action := self.rows[states[-1]].get(kind)) is not None:
            if action >= 0:
                states.append(action)
                return True
            production = self._productions[-action - 1]
            if production.size:
                del states[-production.size :]
            states.append(self.rows[states[-1]][production.origin])
        return False

    def _reduce(self, production: Production, number: int, index: int) -> None:
        states = self.states
        size = production.size
        if production.is_renaming:
            states[-1] = self.rows[states[-2]][production.origin]
            return
        method = self._methods[number]
        values, firsts, depths = self._values, self.firsts, self._depths
        children: Sequence[Value] = ()
        first, depth = index, 0
        if size == 1:
            children = values[-1:]
            first, depth = firsts[-1], depths[-1]
        elif size:
            children = values[-size:]
            first = firsts[-size]
            depth = max(depths[-size:])
        if method is None:
            value = _passed_on(production, children)
        else:
            depth += 1
            if depth > MAX_NESTING:
                raise NestingError
            self._builder.first = first
            if production.takes_all:
                value = method(*children)
            elif production.spliced:
                value = method(*_gathered(production, children))
            else:
                value = method(
                    *[
                        None if kept is None else children[kept]
                        for kept in production.kept
                    ]
                )
        if size == 1:
            # What is in the place of one value is put there.
            states[-1] = self.rows[states[-2]][production.origin]
            values[-1], depths[-1] = value, depth
            return
        if size:
            del states[-size:], values[-size:], firsts[-size:], depths[-size:]
        states.append(self.rows[states[-1]][production.origin])
        values.append(value)
        firsts.append(first)
        depths.append(depth)


def _passed_on(production: Production, children: Sequence[Value]) -> Value:
    if production.is_list:
        return _gathered(production, children)
    (kept,) = production.kept
    return None if kept is None else children[kept]


def _gathered(production: Production, children: Sequence[Value]) -> list[Value]:
    """The kept children, those that are lists each as many as they hold."""
    gathered: list[Value] = []
    for place, kept in enumerate(production.kept):
        if kept is None:
            gathered.append(None)
            continue
        child = children[kept]
        if kept not in production.spliced:
            gathered.append(child)
            continue
        listed = cast("list[Value]", child)
        if place == 0 and production.is_list:
            # A repetition grows its own list, so that n elements cost n steps.
            gathered = listed
        else:
            gathered += listed
    return gathered
