"""One mistake in a file that is right is one error, on its line or the one behind it."""

from __future__ import annotations

import pytest

import midlpy
from midlpy.diagnostics import CompileError, Severity

RIGHT = """[uuid(12345678-1234-1234-1234-123456789abc),
 version(1.0), pointer_default(unique)]
interface store
{
    const long LIMIT = 8;
    typedef enum _KIND {
        KIND_NONE = 0,
        KIND_ONE = 1,
        KIND_MANY = 2
    } KIND;
    typedef struct _ITEM {
        unsigned long count;
        [size_is(count)] unsigned short *values;
        long fixed[LIMIT];
    } ITEM, *PITEM;
    typedef [switch_type(long)] union _BOX {
        [case(KIND_NONE)] ;
        [case(KIND_ONE)] ITEM one;
        [case(KIND_MANY)] PITEM many;
        [default] ;
    } BOX;
    long Get([in] handle_t h, [in] long id, [out] ITEM *item);
    long Put([in] handle_t h, [in] long kind,
        [in, switch_is(kind)] BOX *box);
    void Clear([in] handle_t h);
}
"""

MISTAKES = [
    ("'uuid' without its end", "123456789abc)", "123456789abc", 2),
    ("no UUID", "12345678-1234-", "12345678-", 1),
    ("no bracket behind the header", "unique)]", "unique)", 3),
    ("no brace of the interface", "store\n{", "store\n", 5),
    ("no last brace", "h);\n}", "h);\n", 27),
    ("misspelt interface", "interface", "inteface", 3),
    ("misspelt const", "const long", "cosnt long", 5),
    ("two equal signs", "LIMIT = 8", "LIMIT == 8", 5),
    ("no semicolon behind a constant", "= 8;", "= 8", 6),
    ("misspelt enum", "typedef enum", "typedef enmu", 6),
    ("semicolon in an enum", "NONE = 0,", "NONE = 0;", 7),
    ("no comma in an enum", "ONE = 1,", "ONE = 1", 9),
    ("misspelt typedef", "typedef struct", "typdef struct", 11),
    ("misspelt struct", "struct", "strcut", 11),
    ("no opening brace of a struct", "_ITEM {", "_ITEM", 12),
    ("two opening braces", "_ITEM {", "_ITEM {{", 11),
    ("misspelt unsigned", "unsigned long", "unsinged long", 12),
    ("no semicolon behind a member", "long count;", "long count", 13),
    ("comma behind a member", "long count;", "long count,", 13),
    ("misspelt attribute", "size_is", "sizeis", 13),
    ("no parenthesis in an attribute", "size_is(count)", "size_is(count", 13),
    ("no bracket behind an attribute", "count)] ", "count) ", 13),
    ("no bracket ahead of an attribute", "[size_is", "size_is", 13),
    ("two brackets", "count)] ", "count)]] ", 13),
    ("misspelt case", "[case(KIND_ONE)]", "[caes(KIND_ONE)]", 18),
    ("no parenthesis of case", "[case(KIND_ONE)]", "[caseKIND_ONE)]", 18),
    ("no closing brace of a union", "    } BOX;", "    BOX;", 27),
    (
        "no comma between parameters",
        "handle_t h, [in] long id",
        "handle_t h [in] long id",
        22,
    ),
    ("semicolon between parameters", "long id,", "long id;", 22),
    ("doubled comma between parameters", "long id,", "long id,,", 22),
    ("two parentheses", "ITEM *item);", "ITEM *item));", 22),
    ("no closing parenthesis", "ITEM *item);", "ITEM *item;", 22),
    ("a reference", "long id,", "long &id,", 22),
    ("no semicolon behind an operation", "ITEM *item);", "ITEM *item)", 23),
    ("comma behind an operation", "ITEM *item);", "ITEM *item),", 23),
    ("a body", "handle_t h);\n}", "handle_t h) { return; }\n}", 25),
    ("no type of the result", "    void Clear(", "    Clear(", 25),
    (
        "a string without end",
        "    void Clear(",
        '    cpp_quote("x)\n    void Clear(',
        25,
    ),
    ("a comment without end", "    void Clear(", "    /* void Clear(", 25),
    ("labels without a switch", "[case(KIND_ONE)]", "case KIND_ONE:", 18),
    ("an access specifier", "_ITEM {", "_ITEM { public:", 12),
    ("an unknown type", "[in] long id", "[in] lnog id", 22),
]


def errors(text: str) -> list[tuple[int, str]]:
    try:
        midlpy.compile_text(text, filename="t.idl")
    except CompileError as error:
        found = [e for e in error.diagnostics if e.severity is Severity.ERROR]
        return [(each.span.line, each.rule) for each in found]
    return []


def test_what_is_right_is_right() -> None:
    assert errors(RIGHT) == []


@pytest.mark.parametrize(
    ("old", "new", "line"), [pytest.param(*each[1:], id=each[0]) for each in MISTAKES]
)
def test_one_mistake_is_one_error(old: str, new: str, line: int) -> None:
    assert RIGHT.count(old) >= 1
    found = errors(RIGHT.replace(old, new, 1))
    assert [each[0] for each in found] == [line], found
