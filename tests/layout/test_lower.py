from __future__ import annotations

import pytest

from midlpy.layout import plan
from midlpy.layout.describe import describe, levels
from midlpy.layout.lower import lower
from midlpy.semantic import ir
from midlpy.semantic.ir import BaseKind, Direction
from tests.support.models import (
    INT32,
    UINT32,
    WIDE,
    arm,
    enum,
    interface,
    inventory,
    model,
    operation,
    parameter,
    pipe,
    ref,
    struct,
    union,
    unique,
    use,
)

OCTET = ir.Base(BaseKind.BYTE)
N = ir.Sibling("n")


def field_levels(type_: ir.Type, *types: ir.TypeDeclaration) -> str:
    module = lower(model(*types, struct("S", x=type_)))
    last = module.types[-1]
    assert isinstance(last, plan.Struct)
    return levels(last.fields[0].type)


@pytest.mark.parametrize(
    ("type_", "row"),
    [
        (UINT32, "unsigned long"),
        (unique(WIDE), "unique -> string of wchar_t"),
        (ref(unique(INT32)), "ref -> unique -> long"),
        (ir.Array(INT32, bound=8), "fixed array of 8 -> long"),
        (ir.Array(OCTET, bound=8), "fixed octets of 8"),
        (ir.Array(OCTET, size=N), "conformant octets (size n)"),
        (
            ir.Array(ir.Base(BaseKind.WCHAR), size=N, length=N),
            "conformant varying wide characters (size n, length n)",
        ),
        (ir.Array(OCTET, bound=8, length=N), "varying octets of 8 (length n)"),
        (ir.Array(INT32, bound=8, length=N), "varying array of 8 (length n) -> long"),
        (
            ir.Array(ir.Array(INT32, size=N), size=ir.Sibling("m", True)),
            "conformant array (size *m) -> conformant array (size n) -> long",
        ),
        (
            ir.Array(ir.Base(BaseKind.INT8), bound=2),
            "fixed array of 2 -> small",
        ),
        (ir.String(BaseKind.CHAR, bound=80), "string of char in room for 80"),
        (ir.Ranged(UINT32, ir.Range(1, 5)), "1..5 -> unsigned long"),
        (
            unique(ir.Array(OCTET, size=N, range=ir.Range(0, 9))),
            "unique -> 0..9 -> conformant octets (size n)",
        ),
        (ir.Guid(), "uuid"),
        (ir.InterfacePointer("IUnknown"), "interface pointer"),
    ],
)
def test_types_become_rows_of_levels(type_: ir.Type, row: str) -> None:
    assert field_levels(type_) == row


def test_a_union_is_switched_where_it_is_used() -> None:
    u = union("U", arm(1, type_=UINT32))
    switch = ir.Switch(use("U"), ir.Sibling("Level"))
    assert field_levels(switch, u) == "switch Level -> union U"


def structs(module: plan.Module) -> dict[str, plan.Struct]:
    return {t.name: t for t in module.types if isinstance(t, plan.Struct)}


def test_a_struct_is_fixed_when_every_field_is() -> None:
    state = enum("E", "A")
    found = structs(
        lower(
            model(
                state,
                struct("A", x=use("E"), y=ir.Array(UINT32, bound=3), z=ir.Guid()),
                struct("B", a=ir.Array(use("A"), bound=2)),
                struct("C", a=unique(UINT32)),
                struct("D", a=use("C")),
            )
        )
    )
    assert [found[name].is_fixed for name in "ABCD"] == [True, True, False, False]


def test_what_may_hold_a_cycle_keeps_its_collector() -> None:
    found = structs(
        lower(
            model(
                struct("Leaf", x=UINT32),
                struct("Node", next=unique(use("Node")), leaf=use("Leaf")),
                struct("Head", first=unique(use("Node"))),
            )
        )
    )
    assert [found[name].keeps_gc for name in ("Leaf", "Node", "Head")] == [
        False,
        True,
        True,
    ]
    assert [found[name].in_cycle for name in ("Leaf", "Node", "Head")] == [
        False,
        True,
        False,
    ]


def test_a_type_used_before_it_is_declared_is_defined_first() -> None:
    module = lower(model(struct("A", b=unique(use("B"))), struct("B", x=UINT32)))
    assert [type_.name for type_ in module.types] == ["B", "A"]


def test_types_that_cannot_travel_are_left_out() -> None:
    local = struct("L", x=UINT32)
    opaque = ir.StructDeclaration(
        local.name, local.fields, "void * cannot travel", "", None, local.span
    )
    assert lower(model(opaque)).types == ()


def test_other_files_are_named_once_each() -> None:
    other = model(struct("T", x=UINT32), path="other.idl")
    unused = model(struct("T", x=UINT32), path="unused.idl")
    main = model(
        struct("A", t=use("T", "other.idl"), u=unique(use("T", "other.idl"))),
        imports=(other, unused),
    )
    assert lower(main).uses == ("other.idl",)


def test_a_parameter_is_a_count_where_an_argument_determines_it() -> None:
    sized = ref(ir.Array(OCTET, size=ir.Sibling("n")))
    read = operation(
        "Read",
        0,
        parameter("n", UINT32),
        parameter("data", sized, Direction.OUT),
    )
    write = operation("Write", 1, parameter("n", UINT32), parameter("data", sized))
    module = lower(model(interfaces=(interface("i", read, write),)))
    first, second = module.interfaces[0].operations
    assert [p.is_count for p in first.parameters] == [False, False]
    assert [p.is_count for p in second.parameters] == [True, False]


def test_a_pipe_parameter_knows_its_element_wherever_the_pipe_is_declared() -> None:
    other = model(pipe("P", OCTET), path="other.idl")
    put = operation("Put", 0, parameter("data", use("P", "other.idl"), is_pipe=True))
    module = lower(model(interfaces=(interface("i", put),), imports=(other,)))
    (data,) = module.interfaces[0].operations[0].parameters
    assert data.element == plan.Scalar(BaseKind.BYTE)
    assert module.uses == ("other.idl",)


def test_an_arm_without_labels_is_the_default() -> None:
    module = lower(model(union("U", arm(1, 2, type_=UINT32), arm(3), arm())))
    (u,) = module.types
    assert isinstance(u, plan.Union)
    assert [a.labels for a in u.arms] == [(1, 2), (3,)]
    assert u.default == plan.Arm((), None, None)


def test_a_plan_prints_the_same_each_time() -> None:
    assert describe(lower(inventory())) == describe(lower(inventory()))
