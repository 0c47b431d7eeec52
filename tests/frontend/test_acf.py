"""Attribute configuration files."""

from __future__ import annotations

import pytest

from midlpy.frontend import ast
from midlpy.frontend.parse import parse_acf
from midlpy.frontend.source import SourceFile
from tests.frontend.sketch import attributes

TEXT = """\
include "a.h", "b.h"; import "c.idl"; cpp_quote("x");
[explicit_handle, implicit_handle(handle_t h)]
interface Inventory
{
    include "d.h";
    typedef [represent_as(Local), user_marshal(T)] A, B;
    [async] Fetch(), Store([comm_status, fault_status] status, data);
    [notify] Plain;
};
[auto_handle] interface Other;
"""


def parsed(text: str) -> tuple[ast.Acf, list[str]]:
    acf, findings = parse_acf(SourceFile.unprocessed("test.acf", text))
    return acf, [
        f"{each.span.line}:{each.span.column} {each.message}" for each in findings
    ]


def test_everything_in_one() -> None:
    acf, findings = parsed(TEXT)
    assert findings == []
    inventory, other = acf.interfaces
    assert (
        attributes(inventory.attributes)
        == "explicit_handle, implicit_handle(handle_t h)"
    )
    assert inventory.name.text == "Inventory"
    (typedef,) = inventory.typedefs
    assert attributes(typedef.attributes) == "represent_as(Local), user_marshal(T)"
    assert [name.text for name in typedef.names] == ["A", "B"]
    fetch, store, plain = inventory.operations
    assert [each.name.text for each in inventory.operations] == [
        "Fetch",
        "Store",
        "Plain",
    ]
    assert [attributes(each.attributes) for each in inventory.operations] == [
        "async",
        "async",
        "notify",
    ]
    assert fetch.parameters == plain.parameters == ()
    assert [
        (each.name.text, attributes(each.attributes)) for each in store.parameters
    ] == [
        ("status", "comm_status, fault_status"),
        ("data", ""),
    ]
    assert (other.name.text, other.operations) == ("Other", ())


def test_an_empty_file_has_no_interfaces() -> None:
    assert parsed("") == (ast.Acf("test.acf", ()), [])


@pytest.mark.parametrize(
    ("text", "findings", "operations"),
    [
        (
            "interface x { [async] f( ; g(); }",
            ["1:26 ';' does not fit here; expected a name or ')'"],
            ["f", "g"],
        ),
        ("interface x { [async f(); g(); }", None, ["f", "g"]),
        (
            "interface x { f();",
            ["1:19 the file ends too early; expected a declaration or '}'"],
            ["f"],
        ),
        ("interface x { long f(); g(); }", None, ["g"]),
    ],
)
def test_errors_are_told_and_the_rest_is_read(
    text: str, findings: list[str] | None, operations: list[str]
) -> None:
    acf, found = parsed(text)
    assert len(found) == 1
    if findings is not None:
        assert found == findings
    (interface,) = acf.interfaces
    assert [each.name.text for each in interface.operations] == operations


def test_an_idl_file_in_its_place_is_one_mistake() -> None:
    header = "[uuid(12345678-1234-1234-1234-123456789abc)] interface t {\n"
    text = f"{header}  typedef long T; const long A = 1;\n  void F([in] T a);\n}}\n"
    (finding,) = parse_acf(SourceFile.unprocessed("t.acf", text))[1]
    assert finding.message == "this is an IDL file, and is read as an ACF"
    assert (finding.span.line, finding.span.column) == (1, 2)
