"""The acceptance list for pipes and asynchronous operations, T01 to T52."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from _pytest.mark import ParameterSet

from midlpy.semantic import ir
from midlpy.semantic.options import Options
from tests.semantic.snippets import errors, findings, found, model, operation
from tests.support.corpus import corpus_path

BP = "typedef pipe byte BP; "
ASYNC = "interface t { [async] f(); }"
IMPLY = Options(async_pipes="imply")
STRICT = Options(strict=True)
U = "typedef union switch (long t) u { case 1: long a; default: ; } U; "
PIPE_USE = ("error", "pipe-use", 2322)
ELEMENT = ("error", "pipe-element", 2317)


@dataclass(frozen=True)
class Case:
    body: str
    expected: list[tuple[str, str, int | None]] = field(default_factory=list)
    acf: str | None = None
    options: Options | None = None


def case(
    number: str,
    body: str,
    *expected: tuple[str, str, int | None],
    acf: str | None = None,
    options: Options | None = None,
) -> ParameterSet:
    return pytest.param(Case(body, list(expected), acf, options), id=number)


CASES = [
    case("T01-one-name", "typedef pipe byte BP;"),
    case("T02-two-names", "typedef pipe long A, B;"),
    case(
        "T03-struct-element", "typedef struct {long l; short s;} E; typedef pipe E P;"
    ),
    case(
        "T04-fixed-array-in-struct", "typedef struct {byte b[16];} E; typedef pipe E P;"
    ),
    case("T05-v1-enum", "typedef [v1_enum] enum {a} N; typedef pipe N P;"),
    case("T06-small-enum", "typedef enum {a,b} N; typedef pipe N P;", ELEMENT),
    case("T07-pointer", "typedef long *PL; typedef pipe PL XP;", ELEMENT),
    case("T07-void", "typedef pipe void VP;", ELEMENT),
    case(
        "T08-struct-with-pointer",
        "typedef struct {long a; [unique] long *p;} S; typedef pipe S XP;",
        ELEMENT,
    ),
    case(
        "T09-conformant",
        "typedef struct {long n; [size_is(n)] byte b[];} S; typedef pipe S XP;",
        ELEMENT,
    ),
    case(
        "T09-varying",
        "typedef struct {long n; [length_is(n)] byte b[8];} S; typedef pipe S XP;",
        ELEMENT,
    ),
    case("T09-string", "typedef [string] char *ST; typedef pipe ST XP;", ELEMENT),
    case("T10-array-alias", "typedef long A4[4]; typedef pipe A4 XP;", ELEMENT),
    case("T11-handle", "typedef pipe handle_t XP;", ELEMENT),
    case(
        "T11-context-handle",
        "typedef [context_handle] void *CH; typedef pipe CH XP;",
        ELEMENT,
    ),
    case(
        "T12-union-in-element",
        U + "typedef struct {U u;} SU; typedef pipe SU XP;\n"
        "void f([in] handle_t h, [in] XP *a, [out] XP *b);",
        ("error", "not-implemented", 2028),
        ("error", "not-implemented", 2028),
        acf=ASYNC,
    ),
    case("T13-int3264", "typedef pipe __int3264 XP;", ELEMENT),
    case("T14-pipe-of-pipe", BP + "typedef pipe BP XP;", ELEMENT),
    case("T15-transmit-as", "typedef [transmit_as(long)] pipe short XP;", PIPE_USE),
    case(
        "T15-represent-as",
        BP,
        PIPE_USE,
        acf="interface t { typedef [represent_as(Loc)] BP; }",
    ),
    case(
        "T15-user-marshal",
        BP,
        PIPE_USE,
        acf="interface t { typedef [user_marshal(Loc)] BP; }",
    ),
    case("T15-wire-marshal", "typedef [wire_marshal(long)] pipe short XP;", PIPE_USE),
    case(
        "T16-anonymous",
        "void f([in] handle_t h, [in] pipe byte p);",
        ("error", "syntax", 2025),
    ),
    case(
        "T17-struct-member",
        BP + "typedef struct {BP p;} S;",
        ("error", "pipe-member", 2321),
    ),
    case(
        "T17-union-member",
        BP + "typedef union switch (long t) u {case 1: BP p; default: ;} U;",
        ("error", "pipe-member", 2321),
    ),
    case(
        "T18-array-parameter",
        BP + "void f([in] handle_t h, [in] BP p[2]);",
        ("error", "pipe-array", 2390),
        acf=ASYNC,
    ),
    case(
        "T18-array-typedef", "typedef pipe byte XP[4];", ("error", "pipe-array", 2390)
    ),
    case("T19-pointer-typedef", BP + "typedef BP *PBP;", PIPE_USE),
    case("T19-pointer-declarator", "typedef pipe byte *XP;", PIPE_USE),
    case(
        "T20-two-pointers",
        BP + "void f([in] handle_t h, [in] BP **p);",
        PIPE_USE,
        acf=ASYNC,
    ),
    case("T21-result", BP + "BP f([in] handle_t h);", PIPE_USE),
    case(
        "T22-object",
        BP + "[object, uuid(12345678-1234-1234-1234-123456789abc)] "
        "interface t : IUnknown { long f([in] BP p); }",
        PIPE_USE,
    ),
    case(
        "T23-idempotent",
        BP + "[idempotent] void f([in] handle_t h, [in] BP *p);",
        ("error", "operation-attributes", 2054),
        acf=ASYNC,
    ),
    case(
        "T23-broadcast",
        BP + "[broadcast] void f([in] handle_t h, [in] BP *p);",
        ("error", "operation-attributes", 2054),
        acf=ASYNC,
    ),
    case(
        "T23-maybe-in",
        BP + "[maybe] void f([in] handle_t h, [in] BP *p);",
        ("error", "operation-attributes", 2054),
        acf=ASYNC,
    ),
    case(
        "T23-maybe-out",
        BP + "[maybe] void f([in] handle_t h, [out] BP *p);",
        ("error", "maybe-with-output", 2288),
        acf=ASYNC,
    ),
    case(
        "T24-encode",
        BP + "void f([in] handle_t h, [in] BP *p);",
        ("error", "pipe-serialization", 2342),
        acf="interface t { [async, encode, decode] f(); }",
    ),
    case(
        "T25-auto-handle",
        BP + "void f([in] BP *p);",
        ("error", "operation-attributes", 2054),
        acf="[auto_handle] interface t { }",
        options=IMPLY,
    ),
    case(
        "T26-no-handle",
        BP + "void f([in] BP *p);",
        ("warning", "no-binding-handle", 2004),
        acf=ASYNC,
    ),
    case(
        "T26-no-handle-strict",
        BP + "void f([in] BP *p);",
        ("error", "no-binding-handle", 2004),
        acf=ASYNC,
        options=STRICT,
    ),
    case(
        "T27-async-auto-handle",
        "void f([in] long a);",
        ("error", "async-auto-handle", 2357),
        acf="[auto_handle] interface t { [async] f(); }",
    ),
    case(
        "T28-context-handle-binds",
        BP + "typedef [context_handle] void *CH; void f([in] CH c, [out] BP *p);",
        acf=ASYNC,
    ),
    case(
        "T29-implicit-handle-implied",
        BP + "void f([in] BP *p);",
        acf="[implicit_handle(handle_t ih)] interface t { }",
        options=IMPLY,
    ),
    case(
        "T29-implicit-handle-async",
        BP + "void f([in] BP *p);",
        ("warning", "async-implicit-handle", 2357),
        acf="[implicit_handle(handle_t ih)] interface t { [async] f(); }",
    ),
    case(
        "T29-implicit-handle-strict",
        BP + "void f([in] BP *p);",
        ("error", "async-implicit-handle", 2357),
        acf="[implicit_handle(handle_t ih)] interface t { [async] f(); }",
        options=STRICT,
    ),
    case("T30-in-by-value", BP + "void f([in] handle_t h, [in] BP p);", options=IMPLY),
    case(
        "T30-in-by-value-not-async",
        BP + "void f([in] handle_t h, [in] BP p);",
        ("error", "pipe-needs-async", None),
    ),
    case(
        "T31-out-by-value", BP + "void f([in] handle_t h, [out] BP p);", options=IMPLY
    ),
    case(
        "T32-async-by-value",
        BP + "void f([in] handle_t h, [in] BP p);",
        ("warning", "pipe-by-value", 2388),
        acf=ASYNC,
    ),
    case(
        "T32-async-by-value-strict",
        BP + "void f([in] handle_t h, [in] BP p);",
        ("error", "pipe-by-value", 2388),
        acf=ASYNC,
        options=STRICT,
    ),
    case(
        "T33-ptr", BP + "void f([in] handle_t h, [in,ptr] BP *p);", PIPE_USE, acf=ASYNC
    ),
    case(
        "T33-unique",
        BP + "void f([in] handle_t h, [in,unique] BP *p);",
        PIPE_USE,
        acf=ASYNC,
    ),
    case(
        "T33-two-kinds",
        BP + "void f([in] handle_t h, [in,ref,ptr] BP *p);",
        ("error", "two-pointer-kinds", 2163),
        acf=ASYNC,
    ),
    case("T34-pointer-default", BP + "void f([in] handle_t h, [in] BP *p);", acf=ASYNC),
    case(
        "T35-size-is",
        BP + "void f([in] handle_t h, [in] long n, [in,size_is(n)] BP *p);",
        ("error", "pipe-attribute", 2072),
        acf=ASYNC,
    ),
    case(
        "T36-range", BP + "void f([in] handle_t h, [in,range(2,9)] BP *p);", acf=ASYNC
    ),
    case(
        "T36-reversed-range",
        BP + "void f([in] handle_t h, [in,range(9,2)] BP *p);",
        ("error", "empty-range", 2371),
        acf=ASYNC,
    ),
    case(
        "T37-string-beside",
        BP + "void f([in] handle_t h, [in,string] char *s, [in] BP *p);",
        ("warning", "pipe-beside-text", 2352),
        acf=ASYNC,
    ),
    case(
        "T38-struct-with-sized-pointer",
        "typedef struct {long l; short s;} E; typedef pipe E P; "
        "struct letter { long n; [size_is(n)] char *text; }; "
        "long f([out,ref] struct letter *o, [out] P outp, [in] P inp, "
        "[in] handle_t h, [in] struct letter i);",
        options=IMPLY,
    ),
    case(
        "T39-unknown-operation",
        "void f([in] handle_t h);",
        ("error", "acf-unknown-operation", 2100),
        acf="interface t { [async] nope(); }",
    ),
    case(
        "T39-wrong-interface",
        "void f([in] handle_t h);",
        ("error", "acf-name-mismatch", 2095),
        acf="interface other { [async] f(); }",
    ),
    case(
        "T39-unknown-parameter",
        "void f([in] handle_t h, [in] long a);",
        ("error", "acf-unknown-parameter", 2101),
        acf="interface t { [async] f([force_allocate] zz); }",
    ),
    case(
        "T40-local",
        "void f([in] handle_t h); [local] void g(void);",
        ("error", "acf-local-operation", 2098),
        acf="interface t { [async] g(); }",
    ),
    case(
        "T40-twice",
        "void f([in] handle_t h);",
        ("error", "conflicting-attributes", 2096),
        acf="interface t { [async, async] f(); }",
    ),
    case(
        "T41-async-under-osf",
        "void f([in] handle_t h);",
        ("error", "async-under-osf", None),
        acf=ASYNC,
        options=Options(osf=True),
    ),
    case(
        "T42-pipe-under-osf",
        BP + "void f([in] handle_t h, [in] BP *p);",
        options=Options(osf=True, async_pipes="imply"),
    ),
    case(
        "T43-direction-under-osf",
        BP + "void f([in] handle_t h, BP *p);",
        ("error", "missing-direction", None),
        options=Options(osf=True, async_pipes="imply"),
    ),
    case(
        "T43-direction-defaults-to-in",
        BP + "void f([in] handle_t h, BP *p);",
        acf=ASYNC,
    ),
    case(
        "T44-async-in-idl",
        BP + "[async] void f([in] handle_t h, [in] BP *p);",
        ("warning", "async-in-idl", 2150),
    ),
    case(
        "T44-async-in-idl-app-config",
        BP + "[async] void f([in] handle_t h, [in] BP *p);",
        options=Options(app_config=True),
    ),
    case(
        "T44-async-in-idl-strict",
        BP + "[async] void f([in] handle_t h, [in] BP *p);",
        ("error", "async-in-idl", 2150),
        options=STRICT,
    ),
    case("T47-alias", BP + "typedef BP BP2;", PIPE_USE),
    case(
        "T49-sh-pipe-as-type",
        "void f([in] handle_t h, [in] sh_pipe p);",
        ("error", "unknown-type", 2011),
    ),
    case(
        "T49-system-handle",
        "void f([in] handle_t h, [in] long a, [in, system_handle(sh_pipe)] long x);",
        ("error", "unsupported-attribute", None),
    ),
    case(
        "T51-status-beside-a-pipe",
        BP + "void f([in] handle_t h, [in] BP *p, [out] error_status_t *e);",
        acf="interface t { [async] f([comm_status] e); }",
    ),
    case(
        "T51-status-of-another-type",
        BP + "void f([in] handle_t h, [in] BP *p, [out] short *e);",
        ("error", "status-type", 2097),
        acf="interface t { [async] f([comm_status] e); }",
    ),
]


@pytest.mark.parametrize("case", CASES)
def test_finds_what_the_list_expects(case: Case) -> None:
    assert found(case.body, case.acf, case.options) == case.expected


def test_T12_is_reported_at_the_operation_once_per_parameter() -> None:
    body = (
        U
        + "typedef struct {U u;} SU; typedef pipe SU XP;\nvoid f([in] handle_t h, [in] XP *a, [out] XP *b);"
    )
    spans = {d.span.line for d in findings(body, ASYNC) if d.rule == "not-implemented"}
    assert spans == {3}


def test_T16_points_at_the_word_pipe() -> None:
    (finding,) = findings("void f([in] handle_t h, [in] pipe byte p);")[:1]
    assert finding.span.column == len("void f([in] handle_t h, [in] ") + 1


def test_T28_adds_no_handle() -> None:
    found = operation(
        BP + "typedef [context_handle] void *CH; void f([in] CH c, [out] BP *p);", ASYNC
    )
    assert found.binding is ir.Binding.EXPLICIT
    assert [p.name for p in found.parameters] == ["c", "p"]


def test_T32_by_value_means_by_reference() -> None:
    by_value = operation(BP + "void f([in] handle_t h, [in] BP p);", ASYNC)
    by_reference = operation(BP + "void f([in] handle_t h, [in] BP *p);", ASYNC)
    assert by_value.parameters[0].type == by_reference.parameters[0].type
    assert by_value.parameters[0].is_pipe


def test_T36_range_bounds_the_chunk() -> None:
    found = operation(BP + "void f([in] handle_t h, [in,range(2,9)] BP *p);", ASYNC)
    assert found.parameters[0].chunk_range == ir.Range(2, 9)


def test_T45_interface_wide_async_reaches_every_operation() -> None:
    body = BP + "void f([in] handle_t h, [in] BP *p); long g([in] handle_t h);"
    (interface,) = model(body, "[async] interface t { }").interfaces
    assert [o.is_async for o in interface.operations] == [True, True]


def test_T46_directions_and_order_are_kept() -> None:
    body = (
        "typedef pipe unsigned char UP; "
        "void f([in] handle_t h, [in,out] UP *a, [out] UP *b, [in] UP c);"
    )
    found = operation(body, options=IMPLY)
    ins = [p.name for p in found.parameters if p.direction is not ir.Direction.OUT]
    outs = [p.name for p in found.parameters if p.direction is not ir.Direction.IN]
    assert (ins, outs) == (["a", "c"], ["a", "b"])


def test_T48_pipe_is_no_name_and_async_is_one_with_a_word() -> None:
    assert "syntax" in errors("void f([in] handle_t h, [in] long pipe);")
    assert found("void f([in] handle_t h, [in] long async);") == [
        ("warning", "reserved-word", None)
    ]


def test_T52_several_errors_come_in_order() -> None:
    body = (
        "typedef pipe byte BP; typedef long *PL;\n"
        "typedef pipe PL XP;\n"
        "BP r([in] handle_t h);\n"
        "[idempotent] void f([in] handle_t h, [in] BP *p);"
    )
    found = [d for d in findings(body, ASYNC) if d.severity.value == "error"]
    assert [(d.rule, d.span.line) for d in found] == [
        ("pipe-element", 3),
        ("pipe-use", 4),
        ("operation-attributes", 5),
    ]


FILE_REP = """
[uuid(fe7f2eda-5da1-4041-928c-d2534d3fa128), version(1.0)] interface t {
    typedef char CHAR_TYPE;
    typedef pipe CHAR_TYPE CHAR_PIPE_TYPE;
    void f([in] handle_t server, [in] wchar_t name[128], [out] CHAR_PIPE_TYPE *data);
}
"""


def test_T50_a_file_server_compiles() -> None:
    found = operation(FILE_REP, "[explicit_handle] interface t { [async] f(); }")
    assert [(p.name, p.is_pipe) for p in found.parameters] == [
        ("name", False),
        ("data", True),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "ms-frs2.idl",
            {
                ("RawGetFileDataAsync", 15, "bytePipe"),
                ("RdcGetFileDataAsync", 16, "bytePipe"),
            },
        ),
        (
            "ms-efsr.idl",
            {
                ("EfsRpcReadFileRaw", 1, "EfsOutPipe"),
                ("EfsRpcWriteFileRaw", 2, "EfsInPipe"),
            },
        ),
    ],
)
def test_T50_published_interfaces_list_their_pipes(
    name: str, expected: set[tuple[str, int, str]]
) -> None:
    from midlpy.frontend.loader import load
    from midlpy.semantic.resolve import resolve

    source = load(corpus_path(f"idl/{name}")).source
    assert source is not None
    resolution = resolve(source, IMPLY)
    assert not resolution.has_errors
    pipes = {
        (operation.name, operation.opnum, parameter.name)
        for interface in resolution.model.interfaces
        for operation in interface.operations
        for parameter in operation.parameters
        if parameter.is_pipe
    }
    assert pipes == expected
