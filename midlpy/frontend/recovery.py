"""Goes on after syntax errors, so that one run tells them all, and each only once.

After an error the stacks fall back to the innermost list in braces (or the list of
statements) that can go on behind what is skipped. Likelier explanations are tried first: a
reserved word is meant as a name, a ``;`` is missing at the end of a line, the error is
inside an attribute list, a ``}`` is missing in front of a statement; and before all that
``repair.py`` is asked whether a keyword is misspelt or a ``{`` is missing.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from midlpy.frontend.automaton import Automaton, NestingError, Value
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.lists import Lists
from midlpy.frontend.repair import Edit, Repairs
from midlpy.frontend.skipping import STATEMENT_KEYWORDS, Skip
from midlpy.frontend.tables import END, NAME, Tables

# A file with more of them is not IDL.
MAX_SYNTAX_ERRORS: Final = 50

# What is open beyond this at the end of a text is not closed but dropped.
MAX_OPEN_STATES: Final = 1_000

# What comes behind a name, and not behind the reserved words that begin something.
_BEHIND_NAMES: Final = frozenset(
    {"COMMA", "SEMICOLON", "RPAR", "LPAR", "LSQB", "RSQB", "LBRACE", "RBRACE"}
    | {"EQUAL", "COLON"}
)


class SyntaxFault(Struct, frozen=True):
    """A token that does not fit: its index, and the terminals that would have fitted.

    *first* is the token where the construct begins that was given up; *opened* the one
    with the innermost brace that is open. *is_meant_as_name* says that it is a reserved
    word in the place of a name, *is_too_deep* that nesting is the fault. *edit* is what
    would make all that follows fit.
    """

    token: int
    expected: frozenset[str]
    first: int
    opened: int | None
    is_meant_as_name: bool = False
    is_too_deep: bool = False
    edit: Edit | None = None


class Parser:
    """Runs an automaton over a whole text, whatever is wrong with it.

    *gave_up* says that there were more faults than it goes on after.
    """

    def __init__(self, tables: Tables, automaton: Automaton, tokens: Tokens) -> None:
        self.faults: list[SyntaxFault] = []
        self.gave_up = False
        self._automaton = automaton
        self._lists = Lists(tables, automaton)
        self._repairs = Repairs(automaton, tokens, tables.terminals)
        # Where it last went on, and the braces of unions that have been told of.
        self._resumed = -1
        self._unions: set[int | None] = set()
        self._tokens = tokens
        self._end = len(tokens.kinds) - 1

    def run(self) -> Value:
        """The value of the text, or of what could be understood of it."""
        automaton = self._automaton
        index = 0
        try:
            while True:
                index, is_done = automaton.advance(index)
                if is_done:
                    return automaton.value
                self._lists.settle(index)
                if len(self.faults) == MAX_SYNTAX_ERRORS:
                    self.gave_up = True
                    return self._close()
                index = self._recovered(index)
                if index == self._end and not automaton.fits(END):
                    return self._close()
        except NestingError:
            self._add_fault(automaton.last, automaton.last, is_too_deep=True)
            # What is too deep for us may be so for whoever looks at parts of it.
            automaton.truncate(self._lists.innermost(2))
            return self._close()

    def _add_fault(
        self,
        index: int,
        first: int,
        *,
        is_too_deep: bool = False,
        edit: Edit | None = None,
    ) -> None:
        automaton = self._automaton
        expected = frozenset(
            kind
            for kind in automaton.rows[automaton.states[-1]]
            if kind.isupper() and automaton.fits(kind)
        )
        self.faults.append(
            SyntaxFault(
                index,
                expected,
                first,
                self._lists.open_brace(),
                self._is_meant_as_name(index),
                is_too_deep,
                edit,
            )
        )

    def _recovered(self, index: int) -> int:
        """Note the fault, bring the stacks into order; return where to go on."""
        automaton, kinds = self._automaton, self._tokens.kinds
        height = self._lists.innermost(len(automaton.states))
        is_given_up = height < len(automaton.states)
        first = automaton.firsts[height - 1] if is_given_up else index
        if (edit := self._repairs.respelling(first, height, index)) is not None:
            self._add_fault(edit.token, first, edit=edit)
            (kinds[edit.token],) = edit.kinds
            self._tokens.texts[edit.token] = edit.text
            automaton.truncate(height)
            return first
        if (edit := self._repairs.brace(height, index)) is not None:
            self._add_fault(index, first, edit=edit)
            automaton.shift("LBRACE", index)
            return index
        if not self._is_told(index, height):
            edit = self._repairs.change(first, height, index)
            self._add_fault(index, first, edit=edit)
            if edit is not None and edit.is_sure:
                applied = self._applied(edit, first, height, index)
                if applied is not None:
                    return applied
        if self._is_meant_as_name(index):
            kinds[index] = NAME
            return index
        if self._inserted_semicolon(index):
            return index
        height = self._lists.innermost(len(automaton.states))
        if (bracket := self._attribute_list_end(index, height)) is not None:
            return bracket
        if kinds[index] in STATEMENT_KEYWORDS and self._unwound(kinds[index], height):
            return index
        skip = Skip(automaton, self._lists, self._tokens, height)
        self._resumed = skip.run(index)
        automaton.truncate(skip.height)
        return self._resumed

    def _applied(self, edit: Edit, first: int, height: int, index: int) -> int | None:
        """Where to go on when *edit* is made; None where that cannot be done here."""
        automaton = self._automaton
        added = edit.kinds[:-1]
        if len(edit.kinds) == 1:
            self._tokens.kinds[edit.token] = edit.kinds[0]
            automaton.truncate(height)
            return first
        # A type that is closed for its author lacks the name that he gave it.
        if added == ("RBRACE", "SEMICOLON"):
            return None
        if edit.token == first and first < index:
            automaton.truncate(height)
        elif not self._repairs.fits_here(edit, index):
            return None
        for kind in added:
            automaton.shift(kind, edit.token)
        return edit.token if edit.kinds else edit.token + 1

    def _is_told(self, index: int, height: int) -> bool:
        """Whether the token does not fit because of something told before."""
        kind = self._tokens.kinds[index]
        is_arm = self._automaton.fits("CASE", height)
        if kind in ("CASE", "DEFAULT") and not is_arm:
            # Labels want a 'switch', and a union that has none lacks it once.
            union = self._lists.open_brace()
            is_known = union in self._unions
            self._unions.add(union)
            return is_known
        # The arm of a label that was given up.
        if is_arm and index == self._resumed:
            return True
        # Behind another fault it is only the rest of what was given up there.
        is_stray_brace = kind == "RBRACE" and not self._lists.count("LBRACE")
        return is_stray_brace and bool(self.faults)

    def _is_meant_as_name(self, index: int) -> bool:
        """Whether all is well if a reserved word were none."""
        tokens, automaton = self._tokens, self._automaton
        if not tokens.texts[index].isidentifier():
            return False
        if tokens.kinds[index + 1] not in _BEHIND_NAMES:
            return False
        height, end = len(automaton.states), min(index + 4, self._end)
        return automaton.reached(index, height, end, {index: (NAME,)}) == end

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
        opening = self._lists.attribute_list(height)
        if opening is None:
            return None
        depth = 0
        while kinds[index] != "RSQB" or depth:
            if kinds[index] in ("LBRACE", "RBRACE", "SEMICOLON", END):
                return None
            depth += (kinds[index] == "LSQB") - (kinds[index] == "RSQB")
            index += 1
        kept = len(automaton.states)
        while not automaton.fits("RSQB", kept) and kept > opening + 1:
            kept -= 1
        automaton.truncate(kept)
        return index

    def _unwound(self, kind: str, height: int) -> bool:
        """Whether a list further out takes what the innermost one cannot."""
        while height > 1 and not self._automaton.fits(kind, height):
            height = self._lists.innermost(height - 1)
        if not self._automaton.fits(kind, height):
            return False
        self._automaton.truncate(height)
        return True

    def _close(self) -> Value:
        """Close what is open at the end of the text, so that nothing understood is lost."""
        automaton, lists = self._automaton, self._lists
        if len(automaton.states) > MAX_OPEN_STATES:
            automaton.truncate(lists.innermost(MAX_OPEN_STATES))
        try:
            while True:
                automaton.truncate(lists.innermost(len(automaton.states)))
                if automaton.fits(END):
                    automaton.shift(END, self._end)
                    return automaton.value
                if not automaton.fits("RBRACE"):
                    automaton.truncate(lists.innermost(len(automaton.states) - 1))
                    continue
                automaton.shift("RBRACE", self._end)
                # A type that has just been closed still wants the end of its declaration.
                if automaton.fits("SEMICOLON"):
                    automaton.shift("SEMICOLON", self._end)
        except NestingError:
            automaton.truncate(1)
            automaton.shift(END, self._end)
            return automaton.value
