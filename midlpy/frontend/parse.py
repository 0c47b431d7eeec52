"""Text to syntax tree; the only module that imports Lark.

Lark reads the grammars and makes LALR tables of them (``make_tables``), which are kept
as text in ``grammars/tables``; ``python -m midlpy.frontend.parse`` writes them anew.
Tables that do not belong to the grammars are not used: they are then made when needed.
"""

# pyright: basic

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from midlpy.diagnostics import Diagnostic, Span
from midlpy.frontend import ast, tables
from midlpy.frontend.automaton import Automaton, Builder
from midlpy.frontend.build_acf import AcfBuilder
from midlpy.frontend.build_unit import UnitBuilder
from midlpy.frontend.lexer import Lexer, Tokens
from midlpy.frontend.recovery import Parser
from midlpy.frontend.source import SourceFile
from midlpy.frontend.syntax import SyntaxReport
from midlpy.frontend.tables import END, Production, Tables, Terminal
from midlpy.frontend.windows_runtime import windows_runtime
from midlpy.resources import resource

if TYPE_CHECKING:
    from lark.grammar import Rule

IDL: Final = "idl"
ACF: Final = "acf"

# The start rule of each grammar.
STARTS: Final = {IDL: "unit", ACF: "acf"}


def parse(source: SourceFile) -> tuple[ast.Unit, list[Diagnostic]]:
    """The syntax tree of an IDL file, and its syntax errors.

    With errors the tree has what could be understood. A file of the Windows Runtime's
    language has no tree, and nothing but that is said about it.
    """
    tokens, findings = _lexer(IDL).tokenize(source)
    builder = UnitBuilder(source, tokens)
    foreign = windows_runtime(source, tokens, builder.span_of)
    if foreign is not None:
        return ast.Unit(source.path, (), None), [foreign]
    parser = _parser(IDL, builder, tokens)
    unit = parser.run()
    assert isinstance(unit, ast.Unit)
    report = SyntaxReport(source, tokens, tables_of(IDL).terminals, builder.span_of)
    return unit, findings + builder.findings + report.diagnostics(parser)


def parse_acf(source: SourceFile) -> tuple[ast.Acf, list[Diagnostic]]:
    """The syntax tree of an ACF file, and its syntax errors."""
    tokens, findings = _lexer(ACF).tokenize(source)
    builder = AcfBuilder(source, tokens)
    parser = _parser(ACF, builder, tokens)
    acf = parser.run()
    assert isinstance(acf, ast.Acf)
    report = SyntaxReport(source, tokens, tables_of(ACF).terminals, builder.span_of)
    found = findings + builder.findings + report.diagnostics(parser)
    if found and (uuid := _uuid_in(acf)) is not None:
        return ast.Acf(source.path, ()), [_taken_for_acf(uuid)]
    return acf, found


def _uuid_in(acf: ast.Acf) -> Span | None:
    """Where an interface has what only an IDL file says of one."""
    for interface in acf.interfaces:
        for attribute in interface.attributes:
            if attribute.name.text == "uuid":
                return attribute.span
    return None


def _taken_for_acf(span: Span) -> Diagnostic:
    message = "this is an IDL file, and is read as an ACF"
    remedy = "name an ACF, or write one: 'interface NAME { [async] OPERATION(); }'"
    return Diagnostic("syntax", message, span, help=remedy, midl=2025)


def _parser(grammar: str, builder: Builder, tokens: Tokens) -> Parser:
    made = tables_of(grammar)
    return Parser(made, Automaton(made, builder, tokens), tokens)


@lru_cache
def _lexer(grammar: str) -> Lexer:
    made = tables_of(grammar)
    return Lexer(made.terminals, made.ignored)


@lru_cache
def tables_of(grammar: str) -> Tables:
    """The tables of one grammar, kept ones if they belong to it."""
    digest = grammar_digest()
    try:
        text = resource("grammars", f"tables/{grammar}.json").read_text("utf-8")
    except FileNotFoundError:
        return make_tables(grammar)
    return tables.load(text, digest) or make_tables(grammar)


@lru_cache
def grammar_digest() -> str:
    """What tells one state of the grammars from another."""
    digest = hashlib.sha256()
    for path in sorted(resource("grammars").glob("*.lark")):
        digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def make_tables(grammar: str) -> Tables:
    """The tables of one grammar, made by Lark; always the same for the same grammar."""
    # Importing it takes as long as parsing a large file, and is hardly ever needed.
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import PatternStr

    lark = Lark.open(
        str(resource("grammars", f"{grammar}.lark")),
        parser="lalr",
        lexer="basic",
        start=STARTS[grammar],
        maybe_placeholders=True,
    )
    conf = lark.parse_interactive("").parser_state.parse_conf
    # Lark's own numbers vary from run to run, so these go by the order of arrival.
    numbers = {conf.start_state: 0}
    arrived = [conf.start_state]
    rules: dict[Rule, int] = {}
    rows: list[dict[str, int]] = []
    for state in arrived:
        row: dict[str, int] = {}
        for symbol, (_, target) in sorted(conf.states[state].items()):
            if isinstance(target, Rule):
                row[_plain(symbol)] = -rules.setdefault(target, len(rules)) - 1
                continue
            if target not in numbers:
                numbers[target] = len(numbers)
                arrived.append(target)
            row[_plain(symbol)] = numbers[target]
        rows.append(row)
    end = numbers[conf.end_state]
    rows[end][END] = end
    terminals = [
        Terminal(
            _plain(each.name),
            each.pattern.to_regexp(),
            each.pattern.value if isinstance(each.pattern, PatternStr) else None,
            each.priority,
        )
        for each in sorted(lark.terminals, key=lambda terminal: terminal.name)
    ]
    return Tables(
        tuple(terminals),
        frozenset(_plain(name) for name in lark.ignore_tokens),
        tuple(_production(rule) for rule in rules),
        tuple(rows),
        end,
    )


def _plain(name: str) -> str:
    """A name without the prefix it got when it was imported from another grammar."""
    if name.startswith("__ANON"):
        return str(name)
    bare = name.lstrip("_")
    underscores = name[: len(name) - len(bare)]
    return underscores + bare.rpartition("expressions__")[2]


def _production(rule: Rule) -> Production:
    # Where optional parts are missing, Lark says so between the parts that are not.
    layout = rule.options.empty_indices or [False] * len(rule.expansion)
    kept: list[int | None] = []
    spliced: set[int] = set()
    place = 0
    for is_missing in layout:
        if is_missing:
            kept.append(None)
            continue
        symbol = rule.expansion[place]
        if symbol.is_term:
            if rule.options.keep_all_tokens or not getattr(symbol, "filter_out", False):
                kept.append(place)
        else:
            kept.append(place)
            if symbol.name.startswith("_"):
                spliced.add(place)
        place += 1
    origin = _plain(rule.origin.name)
    if origin.startswith("_"):
        method = None
    elif rule.alias is not None:
        method = _plain(rule.alias)
    elif rule.options.expand1 and len(kept) == 1:
        method = None
    else:
        method = origin
    return tables.production(origin, len(rule.expansion), method, kept, spliced)


def write_tables() -> list[Path]:
    """Make all tables anew and write them beside the grammars; return the files."""
    folder = resource("grammars") / "tables"
    folder.mkdir(exist_ok=True)
    written: list[Path] = []
    for grammar in STARTS:
        path = folder / f"{grammar}.json"
        text = tables.dump(make_tables(grammar), grammar_digest())
        path.write_text(text, "utf-8", newline="\n")
        written.append(path)
    return written


if __name__ == "__main__":
    for path in write_tables():
        sys.stdout.write(f"{path}\n")
