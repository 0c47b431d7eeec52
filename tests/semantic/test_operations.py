"""Opnums, directions, bindings, and what the ACF adds."""

from __future__ import annotations

import pytest

import midlpy
from midlpy.semantic import ir
from midlpy.semantic.options import Options
from tests.semantic.snippets import HEADER, errors, findings, found, model, operation

CH = "typedef [context_handle] void *CH; "
H = "[in] handle_t h"


def test_opnums_count_what_is_remote() -> None:
    (interface,) = model(
        f"void a({H}); [local] void b(void); [callback] void c([in] long x); "
        f"void Opnum1NotUsedOnWire(void); void d({H});"
    ).interfaces
    assert [(o.name, o.opnum, o.is_reserved) for o in interface.operations] == [
        ("a", 0, False),
        ("Opnum1NotUsedOnWire", 1, True),
        ("d", 2, False),
    ]
    assert [(o.name, o.opnum) for o in interface.callbacks] == [("c", 0)]


def test_binding_handles_are_left_out() -> None:
    found = operation(f"void f({H}, [in] long a);")
    assert [p.name for p in found.parameters] == ["a"]
    assert found.binding is ir.Binding.EXPLICIT


@pytest.mark.parametrize(
    ("declaration", "acf", "expected"),
    [
        ("void f([in] CH c)", None, ir.Binding.EXPLICIT),
        ("void f([in, out] CH *c)", None, ir.Binding.EXPLICIT),
        ("void f([out] CH *c)", None, ir.Binding.NONE),
        ("void f([in, unique, string] NAMED n)", None, ir.Binding.EXPLICIT),
        ("void f([in] long a)", None, ir.Binding.NONE),
        (
            "void f([in] long a)",
            "[explicit_handle] interface t { }",
            ir.Binding.EXPLICIT,
        ),
        (
            "void f([in] long a)",
            "interface t { [explicit_handle] f(); }",
            ir.Binding.EXPLICIT,
        ),
        (
            "void f([in] long a)",
            "[implicit_handle(handle_t ih)] interface t { }",
            ir.Binding.IMPLICIT,
        ),
        ("void f([in] long a)", "[auto_handle] interface t { }", ir.Binding.AUTO),
        (
            "void f([in] handle_t h)",
            "[auto_handle] interface t { }",
            ir.Binding.EXPLICIT,
        ),
    ],
)
def test_binding(declaration: str, acf: str | None, expected: ir.Binding) -> None:
    body = f"{CH} typedef [handle] wchar_t *NAMED; {declaration};"
    assert operation(body, acf).binding is expected


def test_a_handle_type_travels_as_data_too() -> None:
    found = operation("typedef [handle] wchar_t *N; void f([in, unique, string] N n);")
    assert found.parameters[0].type == ir.Pointer(
        ir.String(ir.BaseKind.WCHAR), ir.PointerKind.UNIQUE
    )


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", ir.Direction.IN),
        ("[in]", ir.Direction.IN),
        ("[out]", ir.Direction.OUT),
        ("[in, out]", ir.Direction.IN_OUT),
        ("[in] [out]", ir.Direction.IN_OUT),
    ],
)
def test_direction(attributes: str, expected: ir.Direction) -> None:
    found = operation(f"void f({H}, {attributes} long *p);")
    assert found.parameters[0].direction is expected


@pytest.mark.parametrize(
    ("attribute", "flags"),
    [
        ("idempotent", (True, False, False)),
        ("broadcast", (True, True, False)),
        ("maybe", (True, False, True)),
    ],
)
def test_flags(attribute: str, flags: tuple[bool, bool, bool]) -> None:
    found = operation(f"[{attribute}] void f({H}, [in] long a);")
    assert (found.is_idempotent, found.is_broadcast, found.is_maybe) == flags


def test_async_comes_from_the_acf_per_operation() -> None:
    (interface,) = model(
        f"void f({H}); void g({H});", "interface t { [async] g(); }"
    ).interfaces
    assert [o.is_async for o in interface.operations] == [False, True]


def test_pipes_may_imply_async() -> None:
    body = f"typedef pipe byte BP; void f({H}, [in] BP *p); void g({H});"
    (interface,) = model(body, options=Options(async_pipes="imply")).interfaces
    assert [o.is_async for o in interface.operations] == [True, False]


def test_header() -> None:
    (interface,) = model(
        "[uuid(12345678-1234-1234-1234-123456789ABC), version(1.10), "
        'endpoint("ncacn_np:[\\\\pipe\\\\x]", "ncacn_ip_tcp:[49200]")] '
        "interface t { }"
    ).interfaces
    assert str(interface.uuid) == "12345678-1234-1234-1234-123456789abc"
    assert interface.version == (1, 10)
    assert interface.endpoints == ("ncacn_np:[\\pipe\\x]", "ncacn_ip_tcp:[49200]")


def test_com_interfaces_and_local_ones_have_no_stubs() -> None:
    found = model(
        "[object, uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface b : IUnknown { typedef long T; } "
        "[local] interface l { void f(long a); } interface types { typedef long U; }"
    )
    assert found.interfaces == ()


def test_unnamed_parameters_get_names() -> None:
    found = operation(f"void f({H}, [in] long, [in] short);")
    assert [p.name for p in found.parameters] == ["param2", "param3"]


def test_a_status_parameter_may_be_added_by_the_acf() -> None:
    found = operation(f"void f({H});", "interface t { f([comm_status] status); }")
    assert (found.comm_status, found.fault_status) == ("status", None)
    (added,) = found.parameters
    assert (added.name, added.is_sent) == ("status", False)


def test_a_status_the_idl_declares_travels() -> None:
    body = f"void f({H}, [out] error_status_t *st);"
    found = operation(body, "interface t { f([comm_status, fault_status] st); }")
    assert (found.comm_status, found.fault_status) == ("st", "st")
    assert [p.is_sent for p in found.parameters] == [True]


def test_a_status_may_be_the_result() -> None:
    body, acf = f"error_status_t f({H});", "interface t { [fault_status] f(); }"
    assert operation(body, acf).fault_status == "return_value"
    assert errors(f"void f({H});", acf) == ["status-type"]
    assert errors(f"hyper f({H});", acf) == ["status-type"]


@pytest.mark.parametrize(
    ("body", "acf"),
    [
        (f"void f({H});", "[type_strict_context_handle] interface t { }"),
        (
            f"typedef [context_handle] void *C; void f({H}, [out] C *c);",
            "interface t { typedef [context_handle_serialize] C; }",
        ),
        (f"void f({H}); [callback] void g([in] long a);", None),
    ],
)
def test_a_promise_that_is_not_kept_is_said(body: str, acf: str | None) -> None:
    (told,) = findings(body, acf)
    assert (told.rule, told.severity.value) == ("attribute-ignored", "warning")
    assert "has no effect here: " in told.message


def test_the_twin_of_a_local_operation_has_its_name_and_one_number() -> None:
    body = f"void a({H}); [call_as(f)] long rf({H}); [local] long f(void);"
    remote = model(body).interfaces[0].operations
    assert [(o.name, o.called, o.opnum) for o in remote] == [
        ("a", None, 0),
        ("rf", "f", 1),
    ]
    module = midlpy.compile_text(f"{HEADER}{body}}}")
    assert "    async def f(self) -> int:" in module
    assert "async def rf" not in module


def test_a_local_operation_ahead_of_remote_ones_is_pointed_out() -> None:
    counted = [("warning", "local-not-counted", None)]
    assert found(f"[local] void f(void); void g({H}); void k({H});") == counted
    assert found(f"void g({H}); [local] void f(void);") == []


def test_a_local_half_of_a_pair_shares_the_number_of_its_twin() -> None:
    body = f"[local] long f(void); [call_as(f)] long rf({H}); void g({H});"
    assert found(body) == []


@pytest.mark.parametrize(
    ("acf", "called"),
    [
        ("interface t { [nocode] g(); }", ["f"]),
        ("[nocode] interface t { }", []),
        ("[nocode] interface t { [code] g(); }", ["g"]),
        ("[code] interface t { [nocode] f(); }", ["g"]),
    ],
)
def test_nocode_leaves_methods_out_of_the_client_alone(
    acf: str, called: list[str]
) -> None:
    body = f"void f({H}); void g({H});"
    assert found(body, acf) == [("warning", "nocode-and-server", 2230)]
    module = midlpy.load_text(f"{HEADER}{body}}}", acf=acf)
    methods = [name for name in ("f", "g") if hasattr(module.TClient, name)]
    assert methods == called
    assert module.TServer.__abstractmethods__ == {"f", "g"}
    assert [o.opnum for o in module.T.operations] == [0, 1]


def test_the_hook_of_a_notice_may_not_meet_another_method() -> None:
    body, acf = f"void f({H}); void f_notify({H});", "interface t { [notify] f(); }"
    with pytest.raises(midlpy.CompileError, match="f_notify"):
        midlpy.compile_text(f"{HEADER}{body}}}", acf=acf)


ROOM = f"void f({H}, [in] long n, [in] float x, [out] long *m, [in, out] long *k, "


@pytest.mark.parametrize(
    ("parameter", "acf", "message"),
    [
        ("[out] long *p", "[byte_count(n)] p", None),
        ("[out] long *p", "[byte_count(k)] p", None),
        ("[in, out] long *p", "[byte_count(n)] p", None),
        ("[in] long *p", "[byte_count(n)] p", "an [out] pointer"),
        ("[in] long p", "[byte_count(n)] p", "an [out] pointer"),
        ("[out] long p[4]", "[byte_count(n)] p", None),
        ("[out] long *p", "[byte_count(nope)] p", "names no parameter"),
        ("[out] long *p", "[byte_count(4)] p", "names no parameter"),
        ("[out] long *p", "[byte_count(m)] p", "is not [in]"),
        ("[out] long *p", "[byte_count(p)] p", "is not [in]"),
        ("[out] long *p", "[byte_count(x)] p", "is float, no integer"),
    ],
)
def test_a_byte_count_is_an_in_integer_for_an_out_pointer(
    parameter: str, acf: str, message: str | None
) -> None:
    told = findings(f"{ROOM}{parameter});", f"interface t {{ f({acf}); }}")
    if message is None:
        assert told == []
    else:
        (mistake,) = told
        assert (mistake.rule, mistake.midl) == ("byte-count", 2061)
        assert message in mistake.message


def test_osf_knows_no_byte_count() -> None:
    acf = "interface t { f([byte_count(n)] p); }"
    body = f"void f({H}, [in] long n, [out] long *p);"
    told = findings(body, acf, Options(osf=True))
    assert [(d.rule, d.midl) for d in told] == [("byte-count-under-osf", 2060)]
