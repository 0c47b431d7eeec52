"""What one token was meant to be, where that makes all that follows fit.

Each guess is tried on the states alone, without building anything, up to some tokens
behind the fault; nothing is guessed where two mistakes stand so close together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from midlpy.frontend.automaton import Automaton
from midlpy.frontend.lexer import Tokens
from midlpy.frontend.tables import END, NAME, Terminal

# How many tokens behind the fault have to fit: so many, and up to the end of the
# statement, unless that is far away.
_FORESIGHT: Final = 6
_FAR: Final = 30
_SEPARATORS: Final = frozenset({"SEMICOLON", "COMMA"})
_ENDS: Final = frozenset({"SEMICOLON", "LBRACE", "RBRACE", END})

# How many tokens ahead of it may be the misspelt one.
_HINDSIGHT: Final = 12

# With more of them open, trying costs too much.
_MAX_STATES: Final = 500

# How alike words are; the keyword of two that were exchanged, as in 'caes', is found.
_LIKENESS: Final = 0.74
_SHORTEST_WORD: Final = 4

# Type words, of which the grammar knows kinds only.
_TYPE_WORDS: Final = {
    **dict.fromkeys(
        ("signed", "unsigned", "short", "long", "small", "hyper", "char"),
        "INTEGER_WORD",
    ),
    **dict.fromkeys(("float", "double", "void", "boolean", "byte"), "BASE_WORD"),
    **dict.fromkeys(("const", "volatile", "static", "extern"), "QUALIFIER_WORD"),
}

# What may be missing in front of a token, or be meant by another one; likelier ones first.
_MISSING: Final = (
    *(("COMMA",), ("SEMICOLON",), ("RPAR",), ("RSQB",), ("COLON",)),
    *(("RPAR", "SEMICOLON"), ("RBRACE", "SEMICOLON"), ("EQUAL",), ("LPAR",)),
)
_TYPES_OR_NAMES: Final = frozenset(
    {NAME, "CONVENTION_WORD", "QUALIFIER_WORD", "INTEGER_WORD", "BASE_WORD"}
)

# What may be missing in front of brackets that were read as a bound.
_AHEAD: Final = (("COMMA",), ("LPAR",), ("SEMICOLON",))

# What is taken for what.
_MEANT: Final = {
    ";": ("COMMA", "COLON"),
    ":": ("SEMICOLON", "COMMA"),
    ",": ("SEMICOLON",),
    ".": ("COMMA", "SEMICOLON"),
    "==": ("EQUAL",),
    ")": ("RSQB",),
    "]": ("RPAR",),
}

# What is no punctuation is hardly written by mistake.
_WORDY: Final = re.compile(r"[\w$\"']")


class Edit(Struct, frozen=True):
    """What stands in the place of the token that is *written*.

    That is *text*, the token itself behind *text*, or nothing.
    """

    token: int
    kinds: tuple[str, ...]
    text: str
    written: str
    is_sure: bool = False  # the statement fits up to its end

    @property
    def is_respelling(self) -> bool:
        """Whether a name was meant to be a word."""
        return len(self.kinds) == 1 and self.text.isidentifier()


class Repairs:
    """Guesses about one text."""

    def __init__(
        self, automaton: Automaton, tokens: Tokens, terminals: tuple[Terminal, ...]
    ) -> None:
        self._automaton = automaton
        self._tokens = tokens
        self._braces = 0  # that were added
        self._literals = {each.name: each.literal for each in terminals if each.literal}
        self._keywords = _TYPE_WORDS | {
            literal: name
            for name, literal in self._literals.items()
            if literal.isidentifier()
        }

    def respelling(self, first: int, height: int, index: int) -> Edit | None:
        """A keyword for a misspelt one, between where the construct begins and *index*."""
        kinds, texts = self._tokens.kinds, self._tokens.texts
        if height > _MAX_STATES:
            return None
        for token in range(index, max(first, index - _HINDSIGHT) - 1, -1):
            if kinds[token] != NAME or len(texts[token]) < _SHORTEST_WORD:
                continue
            word = _nearest(texts[token], tuple(self._keywords))
            if word is None:
                continue
            edit = Edit(token, (self._keywords[word],), word, texts[token])
            if self._helps(edit, first, height, index):
                return edit
        return None

    def change(self, first: int, height: int, index: int) -> Edit | None:
        """What else to write at the token at *index*, in front of it or just before it."""
        if height > _MAX_STATES or self._tokens.kinds[index] == END:
            return None
        guesses = self._guesses(first, index)
        for is_strict in (True, False):
            for edit in guesses:
                if self._helps(edit, first, height, index, is_strict=is_strict):
                    found = self._ahead_of_brackets(edit, first, height)
                    return replace(found, is_sure=is_strict)
        return None

    def fits_here(self, edit: Edit, index: int) -> bool:
        """Whether *edit* still helps, whatever was finished for the sake of the fault."""
        height = len(self._automaton.states)
        return edit.token == index and self._helps(edit, index, height, index)

    def _guesses(self, first: int, index: int) -> list[Edit]:
        kinds, texts = self._tokens.kinds, self._tokens.texts
        superfluous = [] if _WORDY.match(texts[index]) else [self._edit(index, ())]
        known = self._literals.keys()
        # One name is no declaration, and a type is no name.
        is_alone = index > first and kinds[index - 1] in _TYPES_OR_NAMES
        if is_alone and kinds[index - 1] == NAME:
            is_alone = index == first + 1 or kinds[index - 2] == "RSQB"
        guesses = [
            self._edit(index, (*each, kinds[index]))
            for each in _MISSING
            if known >= set(each) and not (is_alone and each[0] in _SEPARATORS)
        ]
        for token in range(index, max(first, index - 2) - 1, -1):
            meant = _MEANT.get(texts[token], ())
            guesses += [self._edit(token, (each,)) for each in meant if each in known]
        if index > first and "RBRACE" in known:
            guesses.append(self._edit(first, ("RBRACE", kinds[first])))
        is_doubled = index > first and texts[index] == texts[index - 1]
        return superfluous + guesses if is_doubled else guesses + superfluous

    def _edit(self, token: int, kinds: tuple[str, ...]) -> Edit:
        added = kinds if len(kinds) == 1 else kinds[:-1]
        text = "".join([self._literals[each] for each in added])
        return Edit(token, kinds, text, self._tokens.texts[token])

    def brace(self, height: int, index: int) -> Edit | None:
        """The ``{`` in front of *index* whose ``}`` stands further on."""
        kinds = self._tokens.kinds
        missing = kinds.count("RBRACE") - kinds.count("LBRACE") - self._braces
        if height > _MAX_STATES or missing <= 0:
            return None
        edit = self._edit(index, ("LBRACE", kinds[index]))
        # Nothing is given up, so that everything in front of it stays.
        if not self._helps(edit, index, len(self._automaton.states), index):
            return None
        self._braces += 1
        return edit

    def _ahead_of_brackets(self, edit: Edit, first: int, height: int) -> Edit:
        """The same in front of the brackets that end there, if it can be there as well.

        ``long a [in] long b`` lacks its comma in front of what looks like a bound.
        """
        kinds = self._tokens.kinds
        opening = edit.token - 1
        if edit.kinds[:1] not in _AHEAD or kinds[opening] != "RSQB":
            return edit
        while opening > first and kinds[opening] != "LSQB":
            opening -= 1
        ahead = self._edit(opening, (edit.kinds[0], "LSQB"))
        return ahead if self._helps(ahead, first, height, edit.token) else edit

    def _helps(
        self,
        edit: Edit,
        first: int,
        height: int,
        index: int,
        *,
        is_strict: bool = False,
    ) -> bool:
        """Whether the statement fits with *edit*, if *is_strict* so does its end."""
        kinds = self._tokens.kinds
        end = index + 1
        while end < min(index + _FAR, len(kinds) - 1):
            if end >= index + _FORESIGHT and kinds[end] in _ENDS:
                end += is_strict and kinds[end] != END
                break
            end += 1
        edits: Mapping[int, tuple[str, ...]] = {edit.token: edit.kinds}
        return self._automaton.reached(first, height, end, edits) == end


@lru_cache(maxsize=1024)
def _nearest(word: str, keywords: tuple[str, ...]) -> str | None:
    # Most files are without mistakes, and it takes time to load.
    from difflib import get_close_matches

    matches = get_close_matches(word, keywords, n=1, cutoff=_LIKENESS)
    return matches[0] if matches and matches[0] != word else None
