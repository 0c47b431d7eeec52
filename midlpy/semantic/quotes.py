"""Constants that an IDL file only has as ``#define`` in ``cpp_quote``.

Published files carry many of them. Those that have a value are constants, the others stay
text for C: a macro with parameters, of an unknown name, or with two meanings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Severity
from midlpy.frontend import ast
from midlpy.frontend.parse import parse
from midlpy.frontend.source import SourceFile
from midlpy.semantic.scope import ConstantSymbol, Site

# Files that many import have hundreds of them, and are resolved for each.
MAX_KEPT_CONSTANTS: Final = 4096

_DEFINE = re.compile(r"\s*#\s*define\s+([A-Za-z_$][\w$]*)(?=\s)\s+(\S.*?)\s*")
_ASIDE = re.compile(r"/\*.*?\*/|//.*")

# A number, a text, or an expression of them; C text goes far beyond, and is not for us.
_EXPRESSION = re.compile(r"""(?:[\w\s()+\-*/%<>=!&|^~?:'$]|L?"(?:\\.|[^"\\])*")+""")


def quoted_constants(
    quotes: Iterable[tuple[ast.CppQuote, Site]],
) -> list[ConstantSymbol]:
    """The constants that *quotes* define, in order."""
    found: dict[str, tuple[str, ConstantSymbol]] = {}
    ambiguous: set[str] = set()
    for quote, site in quotes:
        match = _DEFINE.fullmatch(quote.value)
        if match is None:
            continue
        name, text = match.group(1), _ASIDE.sub(" ", match.group(2)).strip()
        if name in found:
            if found[name][0] != text:
                ambiguous.add(name)
            continue
        symbol = _symbol(name, text, quote, site)
        if symbol is not None:
            found[name] = text, symbol
    return [each for name, (_, each) in found.items() if name not in ambiguous]


def names_in(node: object) -> Iterator[str]:
    """The names that an expression mentions, of constants and of types."""
    if isinstance(node, ast.Name):
        yield node.text
    elif isinstance(node, tuple):
        for each in node:  # pyright: ignore[reportUnknownVariableType]
            yield from names_in(each)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(node, Struct):
        for field in node.__struct_fields__:
            yield from names_in(getattr(node, field))


def _symbol(
    name: str, text: str, quote: ast.CppQuote, site: Site
) -> ConstantSymbol | None:
    if _EXPRESSION.fullmatch(text) is None:
        return None
    node = _constant(quote.span.path, f"const void *{name} = {text};")
    if node is None:
        return None
    return ConstantSymbol(
        ast.Name(name, quote.span), node, node.declarators[0], site, quote=quote
    )


@lru_cache(MAX_KEPT_CONSTANTS)
def _constant(path: str, statement: str) -> ast.Declaration | None:
    """The declaration of a constant; None if it is none.

    A text of its own, of which only the expression is used.
    """
    unit, findings = parse(SourceFile.unprocessed(path, statement))
    if any(each.severity is Severity.ERROR for each in findings):
        return None
    (node,) = unit.items
    assert isinstance(node, ast.Declaration)
    return node
