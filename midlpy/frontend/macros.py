"""Macros and ``#if`` expressions, by pcpp, within limits; the only module that imports it.

pcpp is loaded when it is first needed: a macro that stands for a number does not need it.
"""

# pyright: basic

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# A use of a macro may grow to this many tokens, intermediate ones counted too.
MAX_EXPANSION_TOKENS = 20_000

# Macros in macros, arguments in arguments.
MAX_EXPANSION_DEPTH = 60

_DEFINITION = re.compile(
    r"\s*(?P<name>[A-Za-z_$][\w$]*)(?P<parameters>\([^()]*\))?(?P<body>.*)", re.DOTALL
)
_PARAMETER = re.compile(r"[A-Za-z_$][\w$]*(\s*\.\.\.)?|\.\.\.")
_WORD = re.compile(r"""[A-Za-z_$][\w$]*|\.?[0-9][\w.]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


class MacroError(Exception):
    """A definition, a use or an expression that has no meaning; the text says why."""


class ExpansionLimit(Exception):
    """A use of a macro grows beyond all bounds."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A definition as written; *words* are the names that its body mentions.

    A *weak* one is not defined as far as ``#ifdef`` is concerned.
    """

    name: str
    text: str
    body: str
    is_function: bool
    words: frozenset[str]
    weak: bool


class Macros:
    """The macros that are defined at one place of one file."""

    def __init__(self) -> None:
        self._macros: dict[str, Macro] = {}
        self._engine: _Engine | None = None

    def __contains__(self, name: object) -> bool:
        return name in self._macros

    def is_defined(self, name: str) -> bool:
        """Whether ``#ifdef`` says so."""
        macro = self._macros.get(name)
        return macro is not None and not macro.weak

    def is_function(self, name: str) -> bool:
        """Whether a use of it needs arguments."""
        macro = self._macros.get(name)
        return macro is not None and macro.is_function

    def define(self, text: str, *, weak: bool = False) -> None:
        """Take what follows ``#define``.

        Raises:
            MacroError: it is no definition; nothing has changed.
        """
        match = _DEFINITION.fullmatch(text)
        if match is None:
            raise MacroError("'#define' wants a name")
        name, parameters, body = match.group("name", "parameters", "body")
        if name == "defined":
            raise MacroError("'defined' cannot be a macro")
        if parameters is None and body.startswith("("):
            raise MacroError(f"the parameters of the macro {name!r} have no end")
        if parameters is not None:
            inner = parameters[1:-1].strip()
            for parameter in inner.split(",") if inner else ():
                if not _PARAMETER.fullmatch(parameter.strip()):
                    raise MacroError(
                        f"{parameter.strip()!r} cannot be a parameter of the macro "
                        f"{name!r}"
                    )
        body = body.strip()
        macro = Macro(
            name,
            f"{name}{parameters or ''} {body}".rstrip(),
            body,
            parameters is not None,
            frozenset(_NAME.findall(_without_literals(body))),
            weak,
        )
        if self._engine is not None:
            self._engine.forget(name)
            self._engine.learn(macro)
        self._macros[name] = macro

    def undefine(self, name: str) -> None:
        """Forget a macro, known or not."""
        self._macros.pop(name, None)
        if self._engine is not None:
            self._engine.forget(name)

    def expand_name(self, name: str) -> str:
        """What a macro without parameters stands for.

        Raises:
            MacroError: a macro in it is used wrongly.
            ExpansionLimit: it is too large.
        """
        macro = self._macros[name]
        if "##" not in macro.body and self._macros.keys().isdisjoint(macro.words):
            return macro.body
        return self.expand(name)

    def expand(self, text: str) -> str:
        """*text* with all macros replaced.

        Raises:
            MacroError: one is used wrongly.
            ExpansionLimit: the result is too large.
        """
        return self._ready().expanded(text)

    def evaluate(self, text: str) -> bool:
        """Whether the expression of an ``#if`` holds.

        Raises:
            MacroError: it cannot be evaluated.
            ExpansionLimit: a macro in it is too large.
        """
        stripped = text.strip()
        if stripped.isascii() and stripped.isdigit():
            return int(stripped[:20]) != 0
        if match := re.fullmatch(r"(!?)\s*defined\s*(\()?\s*([\w$]+)\s*(?(2)\))", stripped):
            return self.is_defined(match.group(3)) != bool(match.group(1))
        return self._ready().truth(text)

    def _ready(self) -> _Engine:
        if self._engine is None:
            self._engine = _engine(self)
            for macro in self._macros.values():
                self._engine.learn(macro)
        return self._engine


def _without_literals(text: str) -> str:
    return _WORD.sub(lambda m: "" if m.group()[0] in "\"'.0123456789" else m.group(), text)


class _Engine:
    """What is asked of pcpp; its implementation is made only when needed."""

    def learn(self, macro: Macro) -> None:
        raise NotImplementedError

    def forget(self, name: str) -> None:
        raise NotImplementedError

    def expanded(self, text: str) -> str:
        raise NotImplementedError

    def truth(self, text: str) -> bool:
        raise NotImplementedError


def _engine(owner: Macros) -> _Engine:
    """An engine on pcpp, whose import alone takes longer than most files."""
    from pcpp.preprocessor import Preprocessor

    class Bounded(Preprocessor, _Engine):
        """pcpp with a budget, and with its complaints raised instead of printed."""

        _budget = 0
        _depth = 0

        def learn(self, macro: Macro) -> None:
            self.define(macro.text)

        def forget(self, name: str) -> None:
            self.macros.pop(name, None)

        def expanded(self, text: str) -> str:
            self._budget, self._depth = MAX_EXPANSION_TOKENS, 0
            tokens = self.expand_macros(self.tokenize(text))
            return "".join([token.value for token in tokens])

        def truth(self, text: str) -> bool:
            self._budget, self._depth = MAX_EXPANSION_TOKENS, 0
            tokens = self.tokenize(text.strip())
            if not tokens:
                raise MacroError("'#if' wants an expression")
            if len(tokens) > MAX_EXPANSION_TOKENS:
                raise ExpansionLimit
            value, _ = self.evalexpr(tokens)
            return bool(value)

        def expand_macros(self, tokens: list[Any], expanding_from: Any = ()) -> list[Any]:
            self._depth += 1
            self._budget -= len(tokens) + 1
            if self._budget < 0 or self._depth > MAX_EXPANSION_DEPTH:
                raise ExpansionLimit
            expanded: list[Any] = super().expand_macros(tokens, list(expanding_from))
            self._depth -= 1
            self._budget -= len(expanded)
            if self._budget < 0:
                raise ExpansionLimit
            return expanded

        def on_error(self, file: str, line: int, msg: str) -> None:
            raise MacroError(msg)

        def on_unknown_macro_in_defined_expr(self, tok: Any) -> bool:
            return False

        def on_unknown_macro_in_expr(self, ident: str) -> int:
            return 0

        def on_unknown_macro_function_in_expr(self, ident: str) -> Any:
            return lambda _argument: 0

    engine = Bounded()
    engine.macros.clear()
    return engine


def predefined(defines: Iterable[str], undefines: Iterable[str]) -> Macros:
    """The macros that every file begins with, and those of the command line.

    Raises:
        MacroError: a definition of the command line is none.
    """
    macros = Macros()
    for text in EMPTY_WORDS:
        macros.define(text, weak=True)
    for text in PREDEFINED:
        macros.define(text)
    for define in defines:
        name, _, value = define.partition("=")
        macros.define(f"{name} {value if '=' in define else '1'}")
    for name in undefines:
        macros.undefine(name)
    return macros


PREDEFINED = ("__midl 801", "_WIN32 1", "__MIDLPY__ 1")

# Decoration of published files whose headers define it as nothing.
EMPTY_WORDS = (
    "IN",
    "OUT",
    "OPTIONAL",
    "CONST const",
    "FAR",
    "UNALIGNED",
    "WINAPI",
    "APIENTRY",
    "STDMETHODCALLTYPE",
    "NET_API_FUNCTION",
    "__RPC_FAR",
    "__RPC_STUB",
    "__RPC_USER",
)
