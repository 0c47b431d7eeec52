"""Where each attribute may stand, row by row, in every place there is.

The table is the reference's, told here by hand. What MIDL allows, some text compiles with;
anywhere else the attribute is told to be in the wrong place, and nothing else is said of it.
"""

from __future__ import annotations

from typing import Final

import pytest

from midlpy.semantic.attribute_table import ATTRIBUTES
from midlpy.semantic.attributes import ACF_PLACES, Place
from tests.semantic.test_attribute_table import SPOTS, bodies, outcome, spelled

# What the words of the table mean. An enum's definition is a type's, and what an operation
# returns is described by the operation's own list.
PLACES: Final = {
    "interface": Place.INTERFACE,
    "operation": Place.OPERATION,
    "parameter": Place.PARAMETER,
    "member": Place.MEMBER,
    "arm": Place.ARM,
    "type": Place.TYPEDEF,
    "library": Place.LIBRARY,
    "coclass": Place.COCLASS,
    "class-member": Place.COCLASS_MEMBER,
    "dispinterface": Place.DISPINTERFACE,
    "module": Place.MODULE,
    "acf-interface": Place.ACF_INTERFACE,
    "acf-operation": Place.ACF_OPERATION,
    "acf-parameter": Place.ACF_PARAMETER,
    "acf-type": Place.ACF_TYPEDEF,
}

TABLE: Final = """
uuid: interface type library coclass dispinterface module
version: interface type library coclass
endpoint pointer_default object async_uuid: interface
local: interface operation
ms_union: interface type
idempotent broadcast maybe message callback: operation
call_as: operation acf-operation
in out shape: parameter
ref unique ptr: parameter member arm type operation
size_is max_is length_is first_is last_is: parameter member arm type
min_is bstring: parameter member
string: parameter member arm type operation
range: parameter member type
switch_type: type parameter member
switch_is iid_is system_handle: parameter member
case: arm
default: arm class-member
ignore: member arm
v1_enum handle wire_marshal: type
transmit_as: type parameter
context_handle: parameter operation type
context_handle_serialize: parameter type acf-type acf-parameter acf-operation
context_handle_noserialize: parameter type acf-type acf-parameter acf-operation
strict_context_handle type_strict_context_handle: interface acf-interface
represent_as user_marshal: acf-type type
partial_ignore: parameter
force_allocate: parameter acf-parameter
disable_consistency_check: parameter member type
annotation: parameter operation member
notify notify_flag: acf-operation operation
async: acf-operation acf-interface parameter
comm_status fault_status: acf-operation acf-parameter operation parameter
code nocode: acf-operation acf-interface
implicit_handle auto_handle: acf-interface interface
explicit_handle: acf-interface acf-operation interface
encode decode: acf-interface acf-operation acf-type interface operation type
byte_count: acf-parameter
allocate: acf-type
enable_allocate optimize in_line out_of_line: acf-interface acf-operation acf-type
heap interpret nointerpret manual: acf-interface acf-operation acf-type
cs_char cs_tag_rtn cs_stag cs_drtag cs_rtag: acf-type acf-interface parameter
extern_exceptions exceptions binding_callout: acf-interface interface operation
nocancel reflect_deletions: acf-interface interface operation
v1_array v1_string v1_struct align: parameter type member interface
unaligned ms_conf_struct zeroout_alignmentgap: parameter type member interface
short_enum: interface type
long_enum: type
"""

# Taken beyond the table, for files that have it or for a rule that says it better.
BEYOND: Final = """
version: dispinterface module
ms_union: member parameter
range: arm operation
disable_consistency_check: arm
ignore: parameter
context_handle: member
annotation: type
async: interface operation
code nocode: interface
explicit_handle: operation
allocate: type
optimize in_line out_of_line: interface
heap cs_stag cs_drtag cs_rtag: acf-parameter
cs_tag_rtn nocancel reflect_deletions: acf-operation
"""

# Allowed where they stand, and wrong on whatever stands there, by a rule of their own.
BY_RULE: Final = {
    ("ignore", "parameter"): "ignore-on-parameter",
    ("context_handle", "member"): "handle-member",
    ("ref", "arm"): "ref-arm",
    ("ref", "operation"): "returns-ref",
    ("ms_union", "member"): "attribute-not-allowed-here",
    ("ms_union", "parameter"): "attribute-not-allowed-here",
    ("implicit_handle", "interface"): "acf-attribute-in-idl",
    ("explicit_handle", "interface"): "acf-attribute-in-idl",
    ("auto_handle", "interface"): "acf-attribute-in-idl",
}

# What needs more around it than a place.
FITTING: Final = {
    ("callback", "operation"): "[callback] void f(); void g([in] long n);",
    ("comm_status", "operation"): "[comm_status] error_status_t f([in] long n);",
    ("fault_status", "operation"): "[fault_status] error_status_t f([in] long n);",
    ("size_is", "type"): "typedef [size_is(4)] long *T;",
    ("max_is", "type"): "typedef [max_is(4)] long *T;",
    ("length_is", "type"): "typedef [length_is(2)] long T[4];",
    ("first_is", "type"): "typedef [first_is(1), length_is(2)] long T[4];",
    ("last_is", "type"): "typedef [last_is(2)] long T[4];",
    (
        "ms_union",
        "member",
    ): "typedef struct { long n; [ms_union, switch_is(n)] U x; } S;",
    (
        "switch_type",
        "type",
    ): "typedef [switch_type(long)] union { [default] char c; } T;",
}


def rows(table: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in table.strip().splitlines():
        names, places = line.split(":")
        for name in names.split():
            assert name not in found, name
            found[name] = set(places.split())
    return found


ALLOWED: Final = rows(TABLE)
TAKEN: Final = rows(BEYOND)


def errors_in(name: str, place: str) -> list[list[tuple[str, str]]]:
    """The errors (rule, message) of each text with the attribute in that place."""
    found: list[list[tuple[str, str]]] = []
    own = FITTING.get((name, place))
    for text, acf in bodies(own) if own else SPOTS[PLACES[place]]:
        word = spelled(name)
        said, _ = outcome(text.replace("@", word), acf and acf.replace("@", word))
        found.append(
            [(rule, message) for rule, severity, message in said if severity == "error"]
        )
    return found


@pytest.mark.parametrize("name", ALLOWED)
def test_it_compiles_where_the_table_allows_it(name: str) -> None:
    for place in sorted(ALLOWED[name] | TAKEN.get(name, set())):
        fitting = [
            each
            for each in errors_in(name, place)
            if all(
                rule in ("unsupported-attribute", BY_RULE.get((name, place)))
                and f"[{name}]" in message
                for rule, message in each
            )
        ]
        assert fitting, (place, errors_in(name, place))


@pytest.mark.parametrize("name", ALLOWED)
def test_it_is_told_to_be_misplaced_anywhere_else(name: str) -> None:
    for place in sorted(PLACES.keys() - ALLOWED[name] - TAKEN.get(name, set())):
        for told in errors_in(name, place):
            about = [rule for rule, message in told if f"[{name}]" in message]
            assert about == ["attribute-not-allowed-here"], (place, told)


def test_the_table_and_the_library_words_are_all_the_words_there_are() -> None:
    library = {
        name
        for name, row in ATTRIBUTES.items()
        if row.places >= set(Place) - ACF_PLACES - {Place.ENUMERATOR}
    }
    assert not library & ALLOWED.keys()
    assert ATTRIBUTES.keys() == ALLOWED.keys() | library
