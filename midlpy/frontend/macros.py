"""Macros: their definitions, and their expansion by pcpp within limits.

The only module that imports pcpp, and only when it must: a macro that stands for a number
does not need it, and most macros of published files do.
"""

# pyright: basic

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from midlpy.frontend.condition import evaluate

# A use of a macro may come to this many tokens, those of all steps counted.
MAX_EXPANSION_TOKENS: Final = 200_000

# And all uses in a file to this many: what they come to may be dropped again.
MAX_TOKENS_OF_ALL: Final = 4_000_000

# And to this many characters: a macro that makes strings of strings doubles them.
MAX_EXPANSION_CHARACTERS: Final = 8 * 1024 * 1024

# Macros in macros, arguments in arguments.
MAX_EXPANSION_DEPTH: Final = 60

# GUID is known without a declaration, which C headers ask by the last of them.
PREDEFINED: Final = ("__midl 801", "_WIN32 1", "__MIDLPY__ 1", "GUID_DEFINED 1")

# Decoration of published files, whose C headers define it as nothing (or as const).
DECORATION: Final = (
    *("IN", "OUT", "OPTIONAL", "CONST const", "FAR", "UNALIGNED"),
    *("WINAPI", "APIENTRY", "STDMETHODCALLTYPE", "NET_API_FUNCTION"),
    *("__RPC_FAR", "__RPC_STUB", "__RPC_USER"),
)

_DEFINITION = re.compile(
    r"\s*(?P<name>[A-Za-z_$][\w$]*)(?P<parameters>\([^()]*\))?(?P<body>.*)", re.DOTALL
)
_PARAMETER = re.compile(r"[A-Za-z_$][\w$]*(\s*\.\.\.)?|\.\.\.")
_PIECE = re.compile(
    r"""(?P<name>[A-Za-z_$][\w$]*)
        |\.?[0-9][\w.]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""",
    re.VERBOSE,
)
_DEFINED = re.compile(r"\bdefined\s*(\()?\s*([A-Za-z_$][\w$]*)\s*(?(1)\))")


class MacroError(Exception):
    """A definition or a use that has no meaning; the text says why."""


class ExpansionLimit(Exception):
    """A use of a macro grows beyond all bounds."""


class Macro(Struct, frozen=True):
    """A definition as written.

    Decoration is not defined as far as ``#ifdef`` is concerned.
    """

    name: str
    text: str
    body: str
    is_function: bool
    is_decoration: bool

    @property
    def is_plain(self) -> bool:
        """Whether a use comes to the body itself, but for macros in it."""
        return not self.is_function and "##" not in self.body


class Macros:
    """The macros that are defined at one place of one file."""

    def __init__(self) -> None:
        self._macros: dict[str, Macro] = {}
        self._plain = _Plain(self._macros)
        self._engine: _Engine | None = None

    def __contains__(self, name: object) -> bool:
        return name in self._macros

    def is_defined(self, name: str) -> bool:
        """Whether ``#ifdef`` says so."""
        macro = self._macros.get(name)
        return macro is not None and not macro.is_decoration

    def is_function(self, name: str) -> bool:
        """Whether a use of it needs arguments."""
        macro = self._macros.get(name)
        return macro is not None and macro.is_function

    def define(self, text: str, *, is_decoration: bool = False) -> None:
        """Take what follows ``#define``.

        Raises:
            MacroError: it is no definition; nothing has changed.
        """
        macro = _macro(text, is_decoration)
        if self._engine is not None:
            self._engine.forget(macro.name)
            self._engine.learn(macro)
        self._macros[macro.name] = macro
        self._plain.forget()

    def undefine(self, name: str) -> None:
        """Forget a macro, known or not."""
        self._macros.pop(name, None)
        self._plain.forget()
        if self._engine is not None:
            self._engine.forget(name)

    def expand(self, text: str) -> str:
        """*text* with all macros replaced.

        Raises:
            MacroError: one is used wrongly.
            ExpansionLimit: the result is too large.
        """
        plain = self._plain.expanded(text)
        if plain is not None:
            return plain
        if self._engine is None:
            self._engine = _Engine()
            for macro in self._macros.values():
                self._engine.learn(macro)
        return self._engine.expanded(text)

    def evaluate(self, text: str) -> bool:
        """Whether the expression of an ``#if`` holds.

        Raises:
            ConditionError, MacroError: it has no value.
            ExpansionLimit: a macro in it is too large.
        """
        text = _DEFINED.sub(lambda m: str(int(self.is_defined(m.group(2)))), text)
        if not self._macros.keys().isdisjoint(_names(text)):
            text = self.expand(text)
        return evaluate(text)


def predefined(defines: Iterable[str], undefines: Iterable[str]) -> Macros:
    """The macros that every file begins with, and those of the command line.

    *defines* are ``NAME``, which is 1, or ``NAME=VALUE``.

    Raises:
        MacroError: one of them is no definition.
    """
    macros = Macros()
    for text in DECORATION:
        macros.define(text, is_decoration=True)
    for text in PREDEFINED:
        macros.define(text)
    for text in defines:
        name, equals, value = text.partition("=")
        macros.define(f"{name} {value if equals else '1'}")
    for name in undefines:
        macros.undefine(name)
    return macros


def _macro(text: str, is_decoration: bool) -> Macro:
    match = _DEFINITION.fullmatch(text)
    if match is None:
        raise MacroError("'#define' wants a name")
    name, parameters, body = match.group("name", "parameters", "body")
    if name == "defined":
        raise MacroError("'defined' cannot be a macro")
    if parameters is None and body.startswith("("):
        raise MacroError(f"the parameters of the macro '{name}' have no end")
    for parameter in _parameters(parameters):
        if not _PARAMETER.fullmatch(parameter):
            raise MacroError(
                f"'{parameter}' cannot be a parameter of the macro '{name}'"
            )
    body = body.strip()
    return Macro(
        name,
        f"{name}{parameters or ''} {body}",
        body,
        parameters is not None,
        is_decoration,
    )


def _parameters(text: str | None) -> list[str]:
    inner = (text or "()")[1:-1].strip()
    return [parameter.strip() for parameter in inner.split(",")] if inner else []


def _names(text: str) -> set[str]:
    """The names in *text*, without what is in literals and numbers."""
    return {
        match.group("name") for match in _PIECE.finditer(text) if match.group("name")
    }


class _NotPlain(Exception):
    """A macro that only pcpp can expand is used."""


class _Expansion(Struct, frozen=True):
    """What a name comes to, in how many *tokens* of all steps, how deep in macros."""

    text: str
    tokens: int
    depth: int


class _Plain:
    """Puts bodies in the place of names, which is much faster than pcpp.

    What a name comes to is kept until a definition changes: tables of constants are
    often each of them the one before and a bit more.
    """

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros
        self._known: dict[str, _Expansion] = {}
        self._beyond: set[str] = set()  # texts that are not plain
        # Of the use at hand.
        self._budget = MAX_EXPANSION_TOKENS
        self._open: list[str] = []
        self._depth = 0  # the greatest since it was last set
        self._is_cut = False  # a macro came up again within itself

    def forget(self) -> None:
        """The definitions have changed."""
        self._known.clear()
        self._beyond.clear()

    def expanded(self, text: str) -> str | None:
        """*text* with all macros replaced, none within what it stands for itself.

        None if it takes more than putting bodies in the place of names.

        Raises:
            ExpansionLimit: the result is too large.
        """
        if text in self._beyond:
            return None
        self._budget = MAX_EXPANSION_TOKENS
        self._open, self._depth, self._is_cut = [], 0, False
        try:
            return _PIECE.sub(self._replaced, text)
        except _NotPlain:
            self._beyond.add(text)
            return None

    def _replaced(self, match: re.Match[str]) -> str:
        name = match.group("name")
        if name is None or name not in self._macros:
            self._spend(1, 0)
            return match.group()
        if name in self._open:
            self._is_cut = True
            self._spend(1, 0)
            return name
        known = self._known.get(name)
        if known is not None:
            self._spend(known.tokens, known.depth)
            return known.text
        return self._expansion(name)

    def _expansion(self, name: str) -> str:
        macro = self._macros[name]
        if not macro.is_plain:
            raise _NotPlain
        budget, depth = self._budget, self._depth
        self._open.append(name)
        self._depth = len(self._open)
        self._spend(1, 0)
        text = _PIECE.sub(self._replaced, macro.body)
        self._open.pop()
        if not self._is_cut:
            inner = self._depth - len(self._open)
            self._known[name] = _Expansion(text, budget - self._budget, inner)
        self._depth = max(depth, self._depth)
        return text

    def _spend(self, tokens: int, depth: int) -> None:
        self._budget -= tokens
        self._depth = max(self._depth, len(self._open) + depth)
        if self._budget < 0 or self._depth > MAX_EXPANSION_DEPTH:
            raise ExpansionLimit


class _Engine:
    """pcpp, within a budget, and with its complaints raised instead of printed."""

    def __init__(self) -> None:
        # Loading it takes longer than reading most files.
        from pcpp.preprocessor import Preprocessor

        self._budget = self._depth = self._characters = 0
        self._budget_of_all = MAX_TOKENS_OF_ALL
        self._pcpp: Any = Preprocessor()
        self._pcpp.macros.clear()
        self._pcpp.expand_linemacro = self._pcpp.expand_countermacro = False
        self._unbounded: Callable[..., list[Any]] = self._pcpp.expand_macros
        # It calls these itself, for each step of an expansion.
        self._pcpp.expand_macros = self._bounded
        self._pcpp.on_error = self._complain

    def learn(self, macro: Macro) -> None:
        """Add or change a definition."""
        self._pcpp.define(macro.text)

    def forget(self, name: str) -> None:
        """Remove a definition, if it is there."""
        self._pcpp.macros.pop(name, None)

    def expanded(self, text: str) -> str:
        """See ``Macros.expand``."""
        self._budget, self._depth = MAX_EXPANSION_TOKENS, 0
        self._characters = MAX_EXPANSION_CHARACTERS
        tokens = self._pcpp.expand_macros(self._pcpp.tokenize(text))
        return "".join([token.value for token in tokens])

    def _bounded(
        self, tokens: list[Any], expanding_from: Iterable[str] = ()
    ) -> list[Any]:
        self._depth += 1
        self._budget -= len(tokens) + 1
        self._budget_of_all -= len(tokens) + 1
        self._characters -= sum([len(token.value) for token in tokens])
        is_spent = min(self._budget, self._budget_of_all, self._characters) < 0
        if is_spent or self._depth > MAX_EXPANSION_DEPTH:
            raise ExpansionLimit
        expanded = self._unbounded(tokens, list(expanding_from))
        self._depth -= 1
        self._budget -= len(expanded)
        self._budget_of_all -= len(expanded)
        return expanded

    def _complain(self, _file: str, _line: int, message: str) -> None:
        raise MacroError(message[:1].lower() + message[1:])
