"""Goes on after syntax errors, so that one run tells them all, and each only once.

After an error the stacks fall back to the innermost list in braces (or the list of
statements) that can go on behind the next ``;`` or before the ``}`` that ends it. Three
likelier explanations are tried first: a ``;`` is missing at the end of a line, the error
is inside an attribute list, a ``}`` is missing in front of a statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from midlpy.frontend.automaton import Automaton, NestingError, Value
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.tables import END, NAME, Tables

# A file with more of them is not IDL.
MAX_SYNTAX_ERRORS: Final = 50

# What is open beyond this at the end of a text is not closed but dropped.
MAX_OPEN_STATES: Final = 1_000

# The rules whose repetitions can go on after an error.
LISTS: Final = tuple(
    f"__{rule}_"
    for rule in (
        "items",
        "members",
        "dispatch_members",
        "coclass_members",
        "arms",
        "enumerators",
        "acf_items",
        "acf_body",
    )
)

# They begin a statement and nothing else: where one stands among members, the brace that
# should have come before is missing.
STATEMENT_KEYWORDS: Final = frozenset(
    {"TYPEDEF", "IMPORT", "IMPORTLIB", "CPP_QUOTE", "MIDL_PRAGMA", "DECLARE_GUID"}
)

# What comes behind a block that needs no semicolon.
BEHIND_BLOCKS: Final = STATEMENT_KEYWORDS | {
    *("LSQB", "INTERFACE", "DISPINTERFACE", "COCLASS", "LIBRARY", "MODULE"),
    *("RBRACE", END),
}

# What comes behind a name, and not behind the reserved words that begin something.
BEHIND_NAMES: Final = frozenset(
    {"COMMA", "SEMICOLON", "RPAR", "LPAR", "LSQB", "RSQB", "LBRACE", "RBRACE"}
    | {"EQUAL", "COLON"}
)


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A token that does not fit: its index, and the terminals that would have fitted.

    *first* is the token where the construct begins that was given up; *opened* the one
    with the innermost brace that is open. *is_meant_as_name* says that it is a reserved
    word in the place of a name, *is_too_deep* that nesting is the fault.
    """

    token: int
    expected: frozenset[str]
    first: int
    opened: int | None
    is_meant_as_name: bool = False
    is_too_deep: bool = False


class Parser:
    """Runs an automaton over a whole text, whatever is wrong with it.

    *gave_up* says that there were more faults than it goes on after.
    """

    def __init__(self, tables: Tables, automaton: Automaton, tokens: Tokens) -> None:
        self.faults: list[SyntaxFault] = []
        self.gave_up = False
        self._tables = tables
        self._automaton = automaton
        self._tokens = tokens
        self._end = len(tokens.kinds) - 1

    def run(self) -> Value:
        """The value of the text, or of what could be understood of it."""
        index = 0
        try:
            while True:
                index, is_done = self._automaton.advance(index)
                if is_done:
                    return self._automaton.value
                if len(self.faults) == MAX_SYNTAX_ERRORS:
                    self.gave_up = True
                    return self._close()
                resumed = self._recovered(index)
                if resumed == self._end and not self._automaton.fits(END):
                    return self._close()
                index = resumed
        except NestingError:
            last = self._automaton.last
            self._add_fault(last, last, is_too_deep=True)
            # What is too deep for us may be so for whoever looks at parts of it.
            self._automaton.truncate(self._height(2))
            return self._close()

    @cached_property
    def _symbols(self) -> list[str]:
        """For each state the symbol that leads to it."""
        return self._tables.symbols()

    @cached_property
    def _resumable_states(self) -> frozenset[int]:
        """States before or behind an element of one of the lists."""
        return frozenset(
            state
            for state, row in enumerate(self._tables.rows)
            if self._symbols[state].startswith(LISTS)
            or any(symbol.startswith(LISTS) for symbol in row)
        )

    def _add_fault(self, index: int, first: int, *, is_too_deep: bool = False) -> None:
        automaton = self._automaton
        expected = frozenset(
            kind
            for kind in automaton.rows[automaton.states[-1]]
            if (kind.isupper() or kind == END) and automaton.fits(kind)
        )
        self.faults.append(
            SyntaxFault(
                index,
                expected,
                first,
                self._open_brace(),
                self._is_meant_as_name(index),
                is_too_deep,
            )
        )

    def _open_brace(self) -> int | None:
        automaton = self._automaton
        for place in range(len(automaton.states) - 1, 0, -1):
            if self._symbols[automaton.states[place]] == "LBRACE":
                return automaton.firsts[place - 1]
        return None

    # Recovery. A height is a number of states; 1 is the least.

    def _recovered(self, index: int) -> int:
        """Note the fault, bring the stacks into order; return where to go on."""
        automaton, kinds = self._automaton, self._tokens.kinds
        height = self._height(len(automaton.states))
        first = (
            automaton.firsts[height - 1] if height < len(automaton.states) else index
        )
        is_stray_brace = kinds[index] == "RBRACE" and height == 1
        # Behind another fault it is only the rest of what was given up there.
        if not (is_stray_brace and self.faults):
            self._add_fault(index, first)
        if self._is_meant_as_name(index):
            kinds[index] = NAME
            return index
        if self._inserted_semicolon(index):
            return index
        height = self._height(len(automaton.states))
        if (bracket := self._attribute_list_end(index, height)) is not None:
            return bracket
        if kinds[index] in STATEMENT_KEYWORDS and self._unwound(kinds[index], height):
            return index
        return self._skipped(index, height)

    def _is_meant_as_name(self, index: int) -> bool:
        """Whether all is well if a reserved word were none."""
        tokens = self._tokens
        return (
            tokens.texts[index].isidentifier()
            and index < self._end
            and self._automaton.fits(NAME)
            and tokens.kinds[index + 1] in BEHIND_NAMES
        )

    def _inserted_semicolon(self, index: int) -> bool:
        """Whether all is well if there were a semicolon at the end of the line before."""
        automaton, kinds = self._automaton, self._tokens.kinds
        if not self._tokens.begins_line(index) or not automaton.fits("SEMICOLON"):
            return False
        if kinds[index] in ("SEMICOLON", END) or index == 0:
            return False
        automaton.shift("SEMICOLON", index - 1)
        return automaton.fits(kinds[index])

    def _attribute_list_end(self, index: int, height: int) -> int | None:
        """The ``]`` of the attribute list that the fault is in; what was read stays."""
        automaton, kinds = self._automaton, self._tokens.kinds
        opening = next(
            (
                place
                for place in range(len(automaton.states) - 1, height - 1, -1)
                if self._symbols[automaton.states[place]] == "LSQB"
                and "attribute" in automaton.rows[automaton.states[place]]
            ),
            None,
        )
        if opening is None:
            return None
        depth = 0
        while kinds[index] not in ("LBRACE", "RBRACE", "SEMICOLON", END):
            if kinds[index] == "LSQB":
                depth += 1
            elif kinds[index] == "RSQB":
                if depth == 0:
                    break
                depth -= 1
            index += 1
        else:
            return None
        kept = len(automaton.states)
        while not automaton.fits("RSQB", kept) and kept > opening + 1:
            kept -= 1
        automaton.truncate(kept)
        return index

    def _unwound(self, kind: str, height: int) -> bool:
        """Whether a list further out takes what the innermost one cannot."""
        while height > 1 and not self._automaton.fits(kind, height):
            height = self._height(height - 1)
        if not self._automaton.fits(kind, height):
            return False
        self._automaton.truncate(height)
        return True

    def _skipped(self, index: int, height: int) -> int:
        """Skip to where the list can go on; what is in braces on the way goes whole."""
        automaton, kinds = self._automaton, self._tokens.kinds
        depth = self._open_braces(height, len(automaton.states))
        while (kind := kinds[index]) != END:
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE" and depth:
                depth -= 1
                if not depth and self._may_begin(index + 1):
                    automaton.truncate(height)
                    return index + 1
            elif kind == "RBRACE" and automaton.fits(kind, height):
                automaton.truncate(height)
                return index
            elif kind == "RBRACE" and height == 1 and self._may_begin(index + 1):
                automaton.truncate(height)
                return index + 1
            elif kind == "RBRACE" and height > 1:
                outer = self._height(height - 1)
                depth = max(self._open_braces(outer, height) - 1, 0)
                height = outer
            elif kind == "SEMICOLON" and not depth and automaton.fits(kind, height):
                automaton.truncate(height)
                return index + 1
            index += 1
        automaton.truncate(height)
        return index

    def _may_begin(self, index: int) -> bool:
        """Whether a statement can begin here, behind a ``}``."""
        return self._tokens.kinds[index] in BEHIND_BLOCKS

    def _open_braces(self, low: int, high: int) -> int:
        automaton = self._automaton
        return sum(
            self._symbols[state] == "LBRACE" for state in automaton.states[low:high]
        )

    def _height(self, height: int) -> int:
        """The greatest height up to *height* with a list that can go on on top."""
        states = self._automaton.states
        while height > 1 and states[height - 1] not in self._resumable_states:
            height -= 1
        return height

    def _close(self) -> Value:
        """Close what is open at the end of the text, so that nothing understood is lost."""
        automaton = self._automaton
        if len(automaton.states) > MAX_OPEN_STATES:
            automaton.truncate(self._height(MAX_OPEN_STATES))
        try:
            while True:
                automaton.truncate(self._height(len(automaton.states)))
                if automaton.fits(END):
                    automaton.shift(END, self._end)
                    return automaton.value
                if not automaton.fits("RBRACE"):
                    automaton.truncate(self._height(len(automaton.states) - 1))
                    continue
                automaton.shift("RBRACE", self._end)
                # A type that has just been closed still wants the end of its declaration.
                if automaton.fits("SEMICOLON"):
                    automaton.shift("SEMICOLON", self._end)
        except NestingError:
            automaton.truncate(1)
            automaton.shift(END, self._end)
            return automaton.value
