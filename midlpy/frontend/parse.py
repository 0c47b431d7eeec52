"""Text to syntax tree; the only module that imports Lark."""

# pyright: basic

from __future__ import annotations

from functools import lru_cache

from lark import Lark, Token
from lark.grammar import NonTerminal, Rule
from lark.grammar import Terminal as LarkTerminal
from lark.lexer import PatternStr

from midlpy.diagnostics import Diagnostic
from midlpy.frontend import ast
from midlpy.frontend.automaton import Automaton, Production, Tables
from midlpy.frontend.build_unit import UnitBuilder
from midlpy.frontend.lexer import END, Lexer, Terminal
from midlpy.frontend.source import SourceFile
from midlpy.resources import resource


def parse(source: SourceFile) -> tuple[ast.Unit, list[Diagnostic]]:
    """The syntax tree of an IDL file, and its syntax errors.

    With errors the tree has what could be understood.
    """
    tables = _tables("idl.lark", "unit")
    tokens, findings = _lexer("idl.lark", "unit").tokenize(source)
    builder = UnitBuilder(source, tokens)
    unit, faults, gave_up = Automaton(tables, builder, tokens).run()
    for f in faults:
        print(f, builder.span_of(f.token), tokens.texts[f.token])
    assert isinstance(unit, ast.Unit)
    return unit, findings + builder.findings


@lru_cache
def _lexer(grammar: str, start: str) -> Lexer:
    tables = _tables(grammar, start)
    return Lexer(tables.terminals, tables.ignored)


@lru_cache
def _tables(grammar: str, start: str) -> Tables:
    lark = Lark.open(
        str(resource("grammars", grammar)),
        parser="lalr",
        lexer="basic",
        start=start,
        maybe_placeholders=True,
    )
    interactive = lark.parse_interactive("")
    conf = interactive.parser_state.parse_conf
    numbers: dict[object, int] = {}
    for state in conf.states:
        numbers[state] = len(numbers)
    rules: dict[Rule, int] = {}
    productions: list[Production] = []
    rows: list[dict[str, int]] = []
    symbols = [""] * len(numbers)
    for row in conf.states.values():
        converted: dict[str, int] = {}
        for symbol, (action, target) in row.items():
            symbol = _short(symbol)
            if isinstance(target, Rule):
                if target not in rules:
                    rules[target] = len(rules)
                    productions.append(_production(target))
                converted[symbol] = -rules[target] - 1
            else:
                converted[symbol] = numbers[target]
                symbols[numbers[target]] = symbol
        rows.append(converted)
    # To shift the end in the last state means that all is done.
    rows[numbers[conf.end_state]][END] = numbers[conf.end_state]
    terminals = tuple(
        Terminal(
            _short(terminal.name),
            terminal.pattern.to_regexp(),
            terminal.pattern.value if isinstance(terminal.pattern, PatternStr) else None,
            terminal.priority,
        )
        for terminal in lark.terminals
    )
    return Tables(
        terminals,
        frozenset(_short(name) for name in lark.ignore_tokens),
        tuple(productions),
        tuple(rows),
        numbers[conf.start_state],
        numbers[conf.end_state],
        tuple(symbols),
    )


def _short(name: str) -> str:
    """A name without the prefixes of the grammars it was imported through."""
    name = str(name)
    bare = name.lstrip("_")
    if name.startswith("__ANON"):
        return name
    return name[: len(name) - len(bare)] + bare.rpartition("expressions__")[2]


def _production(rule: Rule) -> Production:
    origin = _short(rule.origin.name)
    kept: list[int | None] = []
    spliced: set[int] = set()
    empty = rule.options.empty_indices
    places = iter(range(len(rule.expansion)))
    layout = empty or (False,) * len(rule.expansion)
    for is_empty in layout:
        if is_empty:
            kept.append(None)
            continue
        place = next(places)
        symbol = rule.expansion[place]
        if isinstance(symbol, NonTerminal):
            kept.append(place)
            if symbol.name.startswith("_"):
                spliced.add(place)
        elif isinstance(symbol, LarkTerminal) and (
            not symbol.filter_out or rule.options.keep_all_tokens
        ):
            kept.append(place)
    is_list = origin.startswith("_")
    method = None
    if not is_list:
        if rule.alias is not None:
            method = _short(str(rule.alias))
        elif not (rule.options.expand1 and len(kept) == 1):
            method = origin
    return Production(
        origin, len(rule.expansion), method, tuple(kept), frozenset(spliced), is_list
    )


def parse_acf(source: SourceFile) -> tuple[ast.Acf, list[Diagnostic]]:
    """The syntax tree of an ACF file, and its syntax errors."""
    return ast.Acf(source.path, ()), []
