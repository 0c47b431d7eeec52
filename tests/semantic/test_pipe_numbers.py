"""Every rule on pipes and every entry of the acceptance list is tested by its number.

Titles of cases (``case_files``) and names of tests have the numbers: P01 to P74 are the
rules below, T01 to T52 the entries of the list (``test_pipe_checklist``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pytest

from tests.semantic import test_pipe_checklist
from tests.semantic.case_files import all_cases

RULES: Final = (
    # Elements
    "P01 an element is a whole type, and not void",
    "P02 an element is no pointer",
    "P03 an element holds no pointer, however deep",
    "P04 an element is no open array, and holds none",
    "P05 an element is no varying array, and holds none",
    "P06 an element is no string",
    "P07 an element is no array; in a struct a fixed one is legal",
    "P08 an element is no binding handle, and holds none",
    "P09 an element is no context handle, and holds none",
    "P10 an element is no union; told where the pipe is used, once per parameter",
    "P11 an element holds no union",
    "P12 an enum as an element is a v1_enum",
    "P13 an element is of one size on every platform",
    "P14 an element is no pipe",
    "P15 an element is no interface",
    "P16 an element is no function",
    "P17 transmit_as is on neither pipe nor element",
    "P18 represent_as is on neither pipe nor element",
    "P19 wire_marshal and user_marshal are on neither pipe nor element",
    "P20 an element is declared",
    "P21 the name of a pipe is that of no other type",
    # Places
    "P22 a pipe has a name",
    "P23 no struct holds a pipe",
    "P24 no union holds a pipe",
    "P25 no array holds a pipe",
    "P26 a pointer to a pipe is a parameter",
    "P27 a pipe is behind one pointer at most",
    "P28 no result is a pipe",
    "P29 a pipe has no second name",
    "P30 no [local] operation has a pipe",
    "P31 no COM interface has a pipe",
    "P32 sh_pipe is no type",
    "P33 the name of a pipe may be as long as other names",
    # Parameters
    "P34 a pipe goes in, out or both ways; without a direction it goes in",
    "P35 a pipe may be [out] by value in the declaration of a synchronous operation",
    "P36 the pointer to a pipe is [ref], written or not",
    "P37 the pointer to a pipe is not [unique]",
    "P38 pointer_default does not reach the pointer to a pipe",
    "P39 the pointer to a pipe has one kind",
    "P40 a pipe has no size, no length, no text and no selector",
    "P41 [range] bounds the elements of a chunk",
    "P42 a range is not reversed",
    "P43 a pipe is no context handle, no retval, and not optional",
    "P44 an operation may have any number of pipes in either direction",
    "P45 beside data of any size pipes work over connections only",
    "P46 what stands beside a pipe may have any size all the same",
    # Operations
    "P47 an operation with a pipe is not [idempotent]",
    "P48 an operation with a pipe is not [broadcast]",
    "P49 an operation with a pipe is not [maybe]",
    "P50 an operation with a pipe is not serialized",
    "P51 a status may stand beside a pipe",
    # Handles
    "P52 no pipe goes with a written [auto_handle]",
    "P53 an operation with a pipe says where its binding comes from",
    "P54 no [async] operation goes with [auto_handle]",
    "P55 an [async] operation with [implicit_handle] is doubtful",
    "P56 explicit handles, context handles and implicit ones bind",
    "P57 a call has one binding handle",
    # Asynchronous operations
    "P58 [async] is an attribute of the ACF and leaves the wire alone",
    "P59 the ACF names operations of the IDL",
    "P60 the ACF names parameters of the IDL",
    "P61 the ACF names interfaces of the IDL",
    "P62 no [local] operation is [async]",
    "P63 [async] stands once",
    "P64 nothing of a COM interface is [async]",
    "P65 /osf knows no [async]",
    "P66 [async] in the IDL is an extension",
    "P67 [async] of an interface is that of its operations",
    "P68 the pipes of an [async] operation are asynchronous",
    "P69 asynchronous pipes go by reference",
    "P70 [async] wants interpreted stubs",
    "P71 pipes want interpreted stubs",
    "P72 [async] wants a target of Windows 2000 or later",
    "P73 the handle of an asynchronous call is not written",
    "P74 an asynchronous operation has its result when it ends",
)

NOT_COMPILED_HERE: Final = {
    "P70": "modules have no modes of stubs to choose from",
    "P71": "modules have no modes of stubs to choose from",
    "P72": "modules are made for no version of Windows",
}

PERMITTED: Final = frozenset(
    {"P33", "P35", "P38", "P41", "P46", "P56", "P68", "P73", "P74"}
)
"""Rules that permit something, so that nothing breaks them."""

NUMBERS: Final = [rule.split()[0] for rule in RULES]
ENTRIES: Final = [f"T{number:02}" for number in range(1, 53)]


@cache
def found_numbers() -> set[str]:
    """The numbers in the titles of cases and in the names of tests of the list."""
    names = [case.name for case in all_cases()]
    names += [str(parameter.id) for parameter in test_pipe_checklist.CASES]
    names += dir(test_pipe_checklist)
    return {number for name in names for number in _numbers(name)}


def _numbers(name: str) -> list[str]:
    return re.findall(r"[PT]\d\d", name)


def test_rules_are_numbered_in_order() -> None:
    assert [f"P{number:02}" for number in range(1, 75)] == NUMBERS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: re.sub(r"\W+", "-", rule))
def test_a_case_is_about_the_rule(rule: str) -> None:
    number = rule.split()[0]
    assert (number in found_numbers()) is (number not in NOT_COMPILED_HERE)


@pytest.mark.parametrize("number", NUMBERS)
def test_cases_break_the_rule_and_keep_it(number: str) -> None:
    kinds = {case.kind for case in all_cases() if number in _numbers(case.name)}
    if number in NOT_COMPILED_HERE:
        assert kinds == set()
    elif number in PERMITTED:
        assert kinds == {"legal"}
    else:
        assert kinds == {"breaks", "legal"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_test_is_called_after_the_entry(entry: str) -> None:
    assert entry in found_numbers()


def test_no_case_has_a_number_that_is_none() -> None:
    assert found_numbers() <= {*NUMBERS, *ENTRIES}
