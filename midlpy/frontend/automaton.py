"""Runs LALR tables over tokens, and goes on after syntax errors.

The tables are made elsewhere (``parse.py``). What is done here, and not by the library
that makes them: words are plain names where the grammar does not let them be reserved,
every node gets its range of tokens without anything stored per token, and after an error
the stack falls back to the innermost list (statements, members, case arms) that can go
on behind the next ``;`` or before the ``}`` that ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from midlpy.frontend.lexer import END, NAME, Terminal, Tokens

Value: TypeAlias = object
"""A node, a list of values on its way into a node, or the index of a token."""

# So that no pass that walks the tree can exhaust Python's stack.
MAX_NESTING = 200

# A file with more than this is not IDL.
MAX_SYNTAX_ERRORS = 50

# Reserved only where the grammar can use them; elsewhere names, as published files need.
SOFT_KEYWORDS = frozenset(
    {"METHODS", "PROPERTIES", "LIBRARY", "MODULE", "BITMAP", "WARNING", "INCLUDE"}
    | {"CONVENTION_WORD"}
)

# They begin a statement and nothing else: where one stands among members, a brace that
# should have come before is missing.
STATEMENT_KEYWORDS = frozenset(
    {"TYPEDEF", "IMPORT", "IMPORTLIB", "CPP_QUOTE", "MIDL_PRAGMA", "DECLARE_GUID"}
    | {"LIBRARY"}
)


@dataclass(frozen=True, slots=True)
class Production:
    """One alternative of a rule, and what becomes of its children.

    *method* of the tree builder gets the children in *kept* (None: an optional part that
    is not there), those in *spliced* each as many as they hold. Without a method the only
    child is the value, or, for the helper rules of a repetition, a list of children.
    """

    origin: str
    size: int
    method: str | None
    kept: tuple[int | None, ...]
    spliced: frozenset[int]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Tables:
    """A grammar made ready.

    *rows* has for each state what to do on a symbol: shift and go to the state n, or
    reduce by production -n - 1. *symbols* has the symbol that leads to each state.
    """

    terminals: tuple[Terminal, ...]
    ignored: frozenset[str]
    productions: tuple[Production, ...]
    rows: tuple[Mapping[str, int], ...]
    start: int
    end: int
    symbols: tuple[str, ...]


class Builder:
    """What the automaton tells a tree builder before each call of a method."""

    first = 0  # index of the node's first token
    last = 0  # index of its last one


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A token that does not fit: its index, and the terminals that would have fitted.

    *opened* is the token with the innermost brace that was open, if any; *is_too_deep*
    that the limit of nesting is what was broken.
    """

    token: int
    expected: frozenset[str]
    opened: int | None
    is_too_deep: bool = False


class Automaton:
    """One run over one text."""

    def __init__(self, tables: Tables, builder: Builder, tokens: Tokens) -> None:
        self._tables = tables
        self._rows = tables.rows
        self._builder = builder
        self._tokens = tokens
        self._states = [tables.start]
        self._values: list[Value] = []
        self._firsts: list[int] = []
        self._depths: list[int] = []
        self._is_too_deep = False
        self._methods: list[Callable[..., Value] | None] = [
            getattr(builder, production.method) if production.method else None
            for production in tables.productions
        ]
        self._resumable = _resumable_states(tables)

    def run(self) -> tuple[Value, list[SyntaxFault], bool]:
        """The value of the start rule, the faults, and whether it gave up half-way."""
        faults: list[SyntaxFault] = []
        index = 0
        while True:
            index, is_done = self._advance(index)
            if is_done:
                return self._values[-1], faults, False
            if len(faults) == MAX_SYNTAX_ERRORS:
                index = len(self._tokens.kinds) - 1
                self._recover(index)
                return self._close(index), faults, True
            faults.append(self._fault(index))
            if self._tokens.kinds[index] == END:
                return self._close(index), faults, False
            index = self._recover(index)
            if self._tokens.kinds[index] == END:
                return self._close(index), faults, False

    def _advance(self, index: int) -> tuple[int, bool]:
        """Take tokens from *index* on, as far as they fit; True at the very end."""
        rows, states, values = self._rows, self._states, self._values
        firsts, depths = self._firsts, self._depths
        kinds = self._tokens.kinds
        end_state = self._tables.end
        kind = kinds[index]
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                if kind in SOFT_KEYWORDS and NAME in rows[states[-1]]:
                    kind = NAME
                    continue
                return index, False
            if action < 0:
                self._reduce(-action - 1, index)
                if self._is_too_deep:
                    return index, False
                continue
            if action == end_state:
                return index, True
            states.append(action)
            values.append(index)
            firsts.append(index)
            depths.append(0)
            self._builder.last = index
            index += 1
            kind = kinds[index]

    def _reduce(self, number: int, index: int) -> None:
        production = self._tables.productions[number]
        states = self._states
        size = production.size
        method = self._methods[number]
        if method is None and not production.is_list:
            # A rule that only passes a value on; *size* is 1 for nearly all of them.
            if size == 1:
                states[-1] = self._rows[states[-2]][production.origin]
                return
        values, firsts, depths = self._values, self._firsts, self._depths
        if size:
            children = values[-size:]
            first = firsts[-size]
            depth = max(depths[-size:])
            del values[-size:], firsts[-size:], depths[-size:], states[-size:]
        else:
            children, first, depth = [], index, 0
        if production.is_list:
            value: Value = _gather(production, children)
        elif method is None:
            kept = production.kept[0]
            assert kept is not None
            value = children[kept]
        else:
            depth += 1
            if depth > MAX_NESTING:
                self._is_too_deep = True
            builder = self._builder
            builder.first = first
            if production.spliced:
                value = method(*_gather(production, children))
            else:
                value = method(
                    *[None if kept is None else children[kept] for kept in production.kept]
                )
        values.append(value)
        firsts.append(first)
        depths.append(depth)
        states.append(self._rows[states[-1]][production.origin])

    def _fault(self, index: int) -> SyntaxFault:
        opened = next(
            (
                self._firsts[place - 1]
                for place in range(len(self._states) - 1, 0, -1)
                if self._tables.symbols[self._states[place]] == "LBRACE"
            ),
            None,
        )
        expected = frozenset(
            kind for kind in self._rows[self._states[-1]] if self._fits(kind)
        )
        is_too_deep, self._is_too_deep = self._is_too_deep, False
        return SyntaxFault(index, expected, opened, is_too_deep)

    def _fits(self, kind: str) -> bool:
        """Whether a terminal can come next, all reductions before it tried out."""
        if kind not in self._terminal_names:
            return False
        rows = self._rows
        states = list(self._states)
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                return True
            production = self._tables.productions[-action - 1]
            if production.size:
                del states[-production.size :]
            states.append(rows[states[-1]][production.origin])

    @property
    def _terminal_names(self) -> frozenset[str]:
        return frozenset(t.name for t in self._tables.terminals) | {END}

    def _truncate(self, length: int) -> None:
        """Forget what the stack has from the state number *length* on."""
        del self._states[length:]
        del self._values[length - 1 :], self._firsts[length - 1 :], self._depths[length - 1 :]

    def _recover(self, index: int) -> int:
        """Fall back to a list that can go on; return the token where it does."""
        kinds = self._tokens.kinds
        place = self._resume_place(len(self._states) - 1)
        if kinds[index] in STATEMENT_KEYWORDS:
            outer = place
            while not self._takes(outer, kinds[index]) and outer > 0:
                outer = self._resume_place(outer - 1)
            if self._takes(outer, kinds[index]):
                self._truncate(outer + 1)
                return index
        # Braces that are open on the part of the stack that is given up.
        depth = self._open_braces(place)
        while True:
            kind = kinds[index]
            if kind == END:
                self._truncate(place + 1)
                return index
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE":
                if depth > 0:
                    depth -= 1
                elif self._takes(place, kind):
                    self._truncate(place + 1)
                    return index
                elif place > 0 and (outer := self._resume_place(place - 1)) < place:
                    depth = -1 + sum(
                        self._tables.symbols[state] == "LBRACE"
                        for state in self._states[outer + 1 : place + 1]
                    )
                    place = outer
                    depth = max(depth, 0)
            elif kind == "SEMICOLON" and depth == 0 and self._takes(place, kind):
                self._truncate(place + 1)
                return index + 1
            index += 1

    def _open_braces(self, place: int) -> int:
        symbols = self._tables.symbols
        return sum(symbols[state] == "LBRACE" for state in self._states[place + 1 :])

    def _resume_place(self, place: int) -> int:
        while place > 0 and self._states[place] not in self._resumable:
            place -= 1
        return place

    def _takes(self, place: int, kind: str) -> bool:
        """Whether a terminal fits behind the state number *place* of the stack."""
        saved = self._states
        self._states = saved[: place + 1]
        try:
            return self._fits(kind)
        finally:
            self._states = saved

    def _close(self, index: int) -> Value:
        """Close what is open at the end of the text, so that nothing understood is lost."""
        while True:
            place = self._resume_place(len(self._states) - 1)
            self._truncate(place + 1)
            for kind in (END, "RBRACE", "SEMICOLON"):
                if self._fits(kind):
                    break
            else:
                self._truncate(place)
                continue
            while (action := self._rows[self._states[-1]][kind]) < 0:
                self._reduce(-action - 1, index)
                self._is_too_deep = False
            if kind == END:
                return self._values[-1]
            self._states.append(action)
            self._values.append(index)
            self._firsts.append(index)
            self._depths.append(0)
            # A type that has just been closed still wants the end of its declaration.
            if kind == "RBRACE" and self._fits("SEMICOLON"):
                self._shift_closing("SEMICOLON", index)

    def _shift_closing(self, kind: str, index: int) -> None:
        while (action := self._rows[self._states[-1]][kind]) < 0:
            self._reduce(-action - 1, index)
            self._is_too_deep = False
        self._states.append(action)
        self._values.append(index)
        self._firsts.append(index)
        self._depths.append(0)


def _gather(production: Production, children: Sequence[Value]) -> list[Value]:
    """The kept children, those that are lists each as many as they hold."""
    kept = production.kept
    if not kept:
        return []
    head = kept[0]
    if head is not None and head in production.spliced:
        # A repetition grows its own list, so that n elements cost n steps.
        gathered = children[head]
        assert isinstance(gathered, list)
        rest: Sequence[int | None] = kept[1:]
    else:
        gathered, rest = [], kept
    for number in rest:
        if number is None:
            gathered.append(None)
        elif number in production.spliced:
            gathered.extend(children[number])  # type: ignore
        else:
            gathered.append(children[number])
    return gathered


def _resumable_states(tables: Tables) -> frozenset[int]:
    """States behind or before an element of a list in braces, or of the whole text."""
    lists = {
        production.origin
        for production in tables.productions
        if production.is_list and production.origin.startswith(LIST_PREFIXES)
    }
    return frozenset(
        state
        for state, row in enumerate(tables.rows)
        if tables.symbols[state] in lists or not lists.isdisjoint(row)
    )


LIST_PREFIXES = tuple(
    f"__{name}_" for name in ("items", "members", "dispatch_members", "coclass_members", "arms", "enumerators")
) + ("__acf_items_", "__acf_body_")
