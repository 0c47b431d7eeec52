"""Statements: every rule of the grammar; what declarations carry along."""

from __future__ import annotations

import pytest

from midlpy.frontend import ast
from midlpy.frontend.loader import load_text
from tests.frontend.sketch import attributes, findings, items, parsed, read


def loaded(text: str) -> ast.Unit:
    result = load_text(text, filename="test.idl")
    assert result.diagnostics == []
    assert result.source is not None
    return result.source.unit


def test_an_interface() -> None:
    (item,) = items(
        '[object, uuid(0)] interface X : lib.Base { import "a.idl"; long f(); };'
    )
    assert isinstance(item, ast.Interface)
    assert item.base is not None
    assert item.body is not None
    assert (item.name.text, item.base.text) == ("X", "lib.Base")
    assert attributes(item.attributes) == "object, uuid(0)"
    assert [type(each) for each in item.body] == [ast.Import, ast.Declaration]


def test_a_forward_interface_has_no_body() -> None:
    (item,) = items("[object] interface X;")
    assert isinstance(item, ast.Interface)
    assert item.body is None


def test_stray_semicolons_mean_nothing() -> None:
    assert len(items(";;interface X {;;};;typedef long a;;")) == 2


def test_imports_quotes_and_guids() -> None:
    found = items(
        'import "a.idl", "b.h"; importlib("c.tlb"); include "d.h"; importlib("e.tlb")'
        ' cpp_quote("x" "\\ty") cpp_quote("z");'
        " declare_guid(G, 12345778-1234-abcd-ef00-0123456789ab);"
        ' declare_guid(H, "12345778-1234-abcd-ef00-0123456789ab");'
    )
    import_, importlib, include, _, quote, _, bare, quoted = found
    assert isinstance(import_, ast.Import)
    assert [each.value for each in import_.paths] == ["a.idl", "b.h"]
    assert [each.span.column for each in import_.paths] == [8, 17]
    assert isinstance(importlib, ast.Importlib)
    assert importlib.path.value == "c.tlb"
    assert isinstance(include, ast.Include)
    assert isinstance(quote, ast.CppQuote)
    assert quote.value == "x\ty"
    assert isinstance(bare, ast.DeclareGuid)
    assert isinstance(quoted, ast.DeclareGuid)
    assert isinstance(bare.uuid, ast.Uuid)
    assert isinstance(quoted.uuid, ast.String)


@pytest.mark.parametrize(
    ("text", "action", "numbers"),
    [
        ("midl_pragma warning(disable: 2007 2039)", "disable", (2007, 2039)),
        ("midl_pragma warning (enable : 2007, 2039);", "enable", (2007, 2039)),
        ("midl_pragma warning(default:2007)", "default", (2007,)),
    ],
)
def test_midl_pragma(text: str, action: str, numbers: tuple[int, ...]) -> None:
    (item,) = items(text)
    assert isinstance(item, ast.MidlPragma)
    assert (item.action.text, item.numbers) == (action, numbers)


def test_the_library_part() -> None:
    (library,) = items(
        "[uuid(1)] library L { interface F; dispinterface D;"
        " dispinterface E { properties: [id(1)] long a; methods: [id(2)] long f(); };"
        " dispinterface G { methods: }; dispinterface H { interface F; };"
        " coclass C { [default] interface F; [source] dispinterface lib.D; }; coclass B;"
        ' module M { [entry("x")] long f(); const long n = 1; } };'
    )
    assert isinstance(library, ast.Library)
    _, forward, full, empty, alias, coclass, coclass_forward, module = library.body
    assert isinstance(forward, ast.Dispinterface)
    assert forward.is_forward
    assert isinstance(full, ast.Dispinterface)
    assert (len(full.properties), len(full.methods), full.is_forward) == (1, 1, False)
    assert isinstance(empty, ast.Dispinterface)
    assert (empty.properties, empty.methods) == ((), ())
    assert isinstance(alias, ast.Dispinterface)
    assert alias.interface is not None
    assert alias.interface.text == "F"
    assert isinstance(coclass, ast.Coclass)
    assert coclass.members is not None
    assert [(m.keyword, m.name.text) for m in coclass.members] == [
        ("interface", "F"),
        ("dispinterface", "lib.D"),
    ]
    assert isinstance(coclass_forward, ast.Coclass)
    assert coclass_forward.members is None
    assert isinstance(module, ast.Library)
    assert (module.keyword, len(module.body)) == ("module", 2)


def test_linkage_of_headers() -> None:
    block, single = items('extern "C" { long a; long b; } extern "C" void f();')
    assert isinstance(block, ast.Linkage)
    assert isinstance(single, ast.Linkage)
    assert (len(block.body), len(single.body)) == (2, 1)
    (finding,) = findings('extern "Fortran" { }')
    assert 'extern "Fortran" is not supported' in finding


def test_a_declaration_may_be_a_constant_an_operation_or_a_bare_tag() -> None:
    constant, operation, tag = items("const long a = 1, b = 2; long f(); struct S;")
    assert isinstance(constant, ast.Declaration)
    assert isinstance(operation, ast.Declaration)
    assert isinstance(tag, ast.Declaration)
    assert [each.initializer is None for each in constant.declarators] == [False, False]
    assert read(operation.specifiers, operation.declarators[0].declarator) == (
        "f: function () giving long"
    )
    assert tag.declarators == ()


# Text and comments


def test_text_is_the_source_as_written_and_moved_left() -> None:
    unit = loaded(
        "#define N 5\ninterface x {\n"
        "    typedef struct _S {  // why\n"
        "        long a[N];\n"
        "\n"
        "        long b;\n"
        "    } S;\n}\n"
    )
    (interface,) = unit.items
    assert isinstance(interface, ast.Interface)
    assert interface.body is not None
    (typedef,) = interface.body
    assert isinstance(typedef, ast.Typedef)
    assert typedef.text == (
        "typedef struct _S {  // why\n    long a[N];\n\n    long b;\n} S;"
    )
    assert interface.text.startswith("interface x {\n    typedef")


def test_text_of_one_line_is_that_line() -> None:
    first, second = loaded("\ttypedef long a; typedef  /**/ long b ;").items
    assert isinstance(first, ast.Typedef)
    assert isinstance(second, ast.Typedef)
    assert first.text == "typedef long a;"
    assert second.text == "typedef  /**/ long b ;"


def test_text_of_a_macro_is_its_use() -> None:
    (item,) = loaded("#define T(x) typedef long x;\nT(a)\n").items
    assert isinstance(item, ast.Typedef)
    assert item.text == "T(a)"
    assert (item.span.line, item.span.column, item.span.end_column) == (2, 1, 5)


def test_text_that_begins_and_ends_in_different_macros() -> None:
    (item,) = loaded("#define T typedef\n#define E ;\nT long a E").items
    assert isinstance(item, ast.Typedef)
    assert item.text == "T long a E"


@pytest.mark.parametrize(
    ("above", "comment"),
    [
        ("// One.\n", "One."),
        ("// One.\n//   Two.\n", "One.\n  Two."),
        ("/* One. */\n", "One."),
        ("/*\n * One.\n *\n * Two.\n */\n", "One.\n\nTwo."),
        ("/** One. **/\n", "One."),
        ("/********\n** One. **\n********/\n", "One."),
        ("//----------\n// One.\n//----------\n", "One."),
        ("    // One.\n    ", "One."),
        ("// Zero.\n\n// One.\n", "One."),
        ("// One.\n\n", None),
        ("long z; // Zero.\n", None),
        ("long z; /* Zero. */\n", None),
        ("//\n", None),
        ("/* One. */ ", None),
        ("", None),
    ],
)
def test_the_comment_directly_above(above: str, comment: str | None) -> None:
    item = loaded(f"long y;\n{above}[x] interface i {{}}").items[-1]
    assert isinstance(item, ast.Interface)
    assert item.comment == comment


def test_operations_and_constants_have_comments() -> None:
    (item,) = loaded("interface i {\n  // Finds it.\n  long f();\n}").items
    assert isinstance(item, ast.Interface)
    assert item.body is not None
    (operation,) = item.body
    assert isinstance(operation, ast.Declaration)
    assert operation.comment == "Finds it."


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("// About.\n\nlong a;", "About."),
        ("/* About.\n   More. */\n\nlong a;", "About.\nMore."),
        ('// About.\nimport "x.idl";', "About."),
        ("// About a.\nlong a;", None),
        ("long a;\n// Late.\n\n", None),
        ("// Only.", "Only."),
        ("", None),
    ],
)
def test_the_comment_that_opens_a_file(text: str, comment: str | None) -> None:
    unit, _ = parsed(text)
    assert unit.comment == comment
