"""Attributes, row by row: where they may stand, what they take, what they exclude."""

from __future__ import annotations

import pytest

from midlpy.semantic import ir
from tests.semantic.snippets import (
    HEADER,
    UUID,
    H,
    findings,
    found,
    model,
    operation,
)

PLACE = ("attribute-not-allowed-here", 2072)
ARGUMENTS = ("attribute-arguments", 2025)

# Somewhere for one attribute to stand.
PLACES = {
    "interface": "[{}, uuid(" + UUID + ")] interface t {{ void f(" + H + "); }}",
    "operation": "[{}] long *f(" + H + ");",
    "parameter": "void f(" + H + ", [{}] long *p);",
    "member": "typedef struct {{ [{}] long *p; }} S;",
    "arm": "typedef [switch_type(long)] union {{ [case(1), {}] long *p; [default]; }} U;",
    "typedef": "typedef [{}] long *T;",
    "enum": "typedef [{}] enum {{ A }} E;",
}

# Attribute, and the places of those above where it may stand; what is wrong with it there
# for another reason has a rule of its own.
PLACEMENT = {
    'endpoint("ncacn_ip_tcp:[1]")': "interface",
    "version(1.0)": "interface typedef enum",
    "pointer_default(ref)": "interface",
    "object": "interface",
    "idempotent": "operation",
    "broadcast": "operation",
    "in": "parameter",
    "out": "parameter",
    "unique": "parameter member arm typedef operation",
    "ptr": "parameter member arm typedef operation",
    "size_is(4)": "parameter member arm typedef",
    "max_is(4)": "parameter member arm typedef",
    "range(0, 4)": "operation parameter member arm typedef enum",
    "v1_enum": "enum",
    "ignore": "parameter member arm",
    "switch_is(1)": "parameter member",
    "callback": "operation",
    'helpstring("x")': "interface operation parameter member arm typedef enum",
    "hidden": "interface operation parameter member arm typedef enum",
    "strict_context_handle": "interface",
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("attribute", PLACEMENT)
def test_where_an_attribute_may_stand(attribute: str, where: str) -> None:
    said = [each[1:] for each in found(PLACES[where].format(attribute))]
    assert (PLACE in said) == (where not in PLACEMENT[attribute].split())


ARGUMENT_COUNTS = [
    ("uuid-without", "typedef [uuid] long T;"),
    ("range-of-one", f"void f({H}, [in, range(1)] long a);"),
    ("range-of-three", f"void f({H}, [in, range(1, 2, 3)] long a);"),
    ("in-with", f"void f({H}, [in(1)] long a);"),
    ("string-with", f"void f({H}, [in, string(1)] char *a);"),
    (
        "switch-is-of-two",
        "typedef [switch_type(long)] union { [case(1)] long a; [default]; } U; typedef struct { long k; [switch_is(k, k)] U u; } S;",
    ),
    ("size-is-without", f"void f({H}, [in, size_is] char *a);"),
    ("idempotent-with", f"[idempotent(1)] void f({H});"),
]


@pytest.mark.parametrize("body", [pytest.param(e[1], id=e[0]) for e in ARGUMENT_COUNTS])
def test_number_of_arguments(body: str) -> None:
    assert ARGUMENTS in [each[1:] for each in found(body)]


# What is said of attributes together, or of one at the wrong type.
SAID: list[tuple[str, str, list[tuple[str, int | None]]]] = [
    ("twice", f"void f({H}, [in, in] long a);", [("repeated-attribute", 2209)]),
    (
        "twice-in-two-lists",
        f"void f({H}, [in] [in] long a);",
        [("repeated-attribute", 2209)],
    ),
    (
        "custom-twice",
        f"void f({H}, [in, custom({UUID}, 1), custom({UUID[:-1]}0, 2)] long a);",
        [],
    ),
    (
        "two-pointer-kinds",
        f"void f({H}, [in, ref, unique] long *p);",
        [("two-pointer-kinds", 2163)],
    ),
    (
        "out-unique",
        f"void f({H}, [out, unique] long *p);",
        [("out-only-not-ref", 2121)],
    ),
    ("out-ptr", f"void f({H}, [out, ptr] long *p);", [("out-only-not-ref", 2121)]),
    ("in-out-unique", f"void f({H}, [in, out, unique] long *p);", []),
    (
        "out-by-value",
        f"void f({H}, [out] long a);",
        [("out-parameter-needs-pointer", 2042)],
    ),
    (
        "unique-on-array-member",
        "struct A { [unique] long a[3]; };",
        [("pointer-attribute-on-array", 2222)],
    ),
    ("ref-result", f"[ref] long *f({H});", [("returns-ref", 2177)]),
    (
        "ref-arm",
        "typedef [switch_type(long)] union { [case(1), ref] long *p; [default]; } U;",
        [("ref-arm", 2249)],
    ),
    ("empty-range", f"void f({H}, [in, range(3, 2)] long a);", [("empty-range", 2371)]),
    (
        "range-of-text",
        f'void f({H}, [in, range("a", 2)] long a);',
        [("wrong-expression", 2316)],
    ),
    ("string-of-longs", f"void f({H}, [in, string] long *s);", [("string-type", 2082)]),
    (
        "string-of-structs",
        "typedef struct { long a; } B; typedef [string] B A;",
        [("string-on-structure", 2191)],
    ),
    (
        "bstring-elsewhere",
        f"void f({H}, [in, bstring] long *s);",
        [("bstring-misplaced", 2303)],
    ),
    (
        "min-is",
        f"void f({H}, [in] long n, [in, size_is(n), min_is(0)] long *p);",
        [("attribute-ignored", 2176)],
    ),
    (
        "maybe-with-out",
        f"[maybe] void f({H}, [out] long *p);",
        [("maybe-with-output", 2288)],
    ),
    ("maybe-with-result", f"[maybe] long f({H});", [("maybe-with-output", 2288)]),
    (
        "context-handle-of-long",
        "typedef [context_handle] long T6;",
        [("context-handle-type", 2237)],
    ),
    (
        "context-handle-twice",
        f"typedef [context_handle] void *CH; void f({H}, [in, context_handle] CH c);",
        [("context-handle-twice", 2217)],
    ),
    (
        "context-handle-out-by-value",
        f"typedef [context_handle] void *CH; void f({H}, [out] CH c);",
        [("out-handle-needs-pointer", 2044)],
    ),
    (
        "handle-on-handle",
        "typedef [handle] handle_t T10;",
        [("handle-on-handle", 2193)],
    ),
    ("handle-on-void", "typedef [handle] void *T9;", [("handle-on-void", 2186)]),
    (
        "ignore-on-parameter",
        f"void f({H}, [in, ignore] long *p);",
        [("ignore-on-parameter", 2162)],
    ),
    (
        "switch-type-float",
        "typedef [switch_type(float)] union { [case(1)] long a; [default]; } U;",
        [("switch-type-invalid", 2192)],
    ),
    (
        "no-switch-is",
        f"typedef [switch_type(long)] union {{ [case(1)] long a; [default]; }} U; void f({H}, [in] U *u);",
        [("no-switch-is", 2078)],
    ),
    (
        "switch-is-on-long",
        f"void f({H}, [in] long k, [in, switch_is(k)] long a);",
        [("switch-is-on-non-union", 2190)],
    ),
    (
        "unknown-attribute",
        f"void f({H}, [in, sise_is(4)] long *a);",
        [("unknown-attribute", None)],
    ),
    ("shape-is-of-old", f"void f({H}, [in, shape] long *a);", []),
    ("force-allocate", f"void f({H}, [in, force_allocate] long *a);", []),
    ("annotation", f'void f({H}, [in, annotation("__in")] long *a);', []),
    ("second-handle", f"void f({H}, [in] handle_t other);", [("second-handle", 2182)]),
    ("out-handle", "void f([out] handle_t *h);", [("handle-out-only", 2180)]),
    (
        "unique-handle",
        "void f([in, unique] handle_t *h);",
        [("handle-pointer-kind", 2181)],
    ),
    ("handle-last", "void f([in] long a, [in] handle_t h);", []),
    ("idempotent-and-broadcast", f"[idempotent, broadcast] void f({H});", []),
]


@pytest.mark.parametrize(
    ("body", "said"), [pytest.param(*e[1:], id=e[0]) for e in SAID]
)
def test_what_is_said(body: str, said: list[tuple[str, int | None]]) -> None:
    assert [e[1:] for e in found(body)] == said


# Headers

HEADERS: list[tuple[str, str, str, list[tuple[str, int | None]]]] = [
    ("no-uuid", "version(1.0)", "interface t", [("no-uuid", 2079)]),
    (
        "uuid-and-local",
        f"local, uuid({UUID})",
        "interface t",
        [("uuid-on-local", 2080)],
    ),
    ("base", f"uuid({UUID})", "interface t : b", [("base-without-object", 2271)]),
    (
        "bad-endpoint",
        f'uuid({UUID}), endpoint("ncacn_np")',
        "interface t",
        [("bad-endpoint", 2071)],
    ),
    (
        "two-endpoints",
        f'uuid({UUID}), endpoint("ncacn_np:[\\\\pipe\\\\x]", "ncacn_ip_tcp:[5]")',
        "interface t",
        [],
    ),
    (
        "endpoint-twice",
        f'uuid({UUID}), endpoint("ncacn_np:[\\\\pipe\\\\x]"), endpoint("ncacn_ip_tcp:[5]")',
        "interface t",
        [("repeated-attribute", 2209)],
    ),
    (
        "implicit-handle",
        f"uuid({UUID}), implicit_handle(handle_t h)",
        "interface t",
        [("acf-attribute-in-idl", 2150)],
    ),
    ("trailing-comma", f"uuid({UUID}),", "interface t", []),
    ("leading-comma", f", uuid({UUID})", "interface t", []),
]


@pytest.mark.parametrize(
    ("attributes", "name", "said"), [pytest.param(*e[1:], id=e[0]) for e in HEADERS]
)
def test_headers(
    attributes: str, name: str, said: list[tuple[str, int | None]]
) -> None:
    base = (
        "[uuid(22345678-1234-1234-1234-123456789abc)] interface b { }"
        if ": b" in name
        else ""
    )
    text = f"{base} [{attributes}] {name} {{ void f({H}); }}"
    ignored = {"nothing-remote"}
    assert [e[1:] for e in found(text) if e[1] not in ignored] == said


def test_endpoints_are_unescaped() -> None:
    text = HEADER.replace("version(1.0)", 'endpoint("ncacn_np:[\\\\pipe\\\\x]")')
    (only,) = model(f"{text} void f({H}); }}").interfaces
    assert only.endpoints == ("ncacn_np:[\\pipe\\x]",)


# What is added where nothing is said


def test_parameter_without_direction_is_in() -> None:
    assert operation(f"void f({H}, long a);").parameters[0].direction is ir.Direction.IN


def test_interface_without_version_is_0_0() -> None:
    text = HEADER.replace("version(1.0), ", "")
    assert model(f"{text} void f({H}); }}").interfaces[0].version == (0, 0)


@pytest.mark.parametrize("word", ["broadcast", "maybe"])
def test_broadcast_and_maybe_imply_idempotent(word: str) -> None:
    assert operation(f"[{word}] void f({H});").is_idempotent


@pytest.mark.parametrize(
    ("body", "binding"),
    [
        (f"void f({H});", ir.Binding.EXPLICIT),
        ("void f([in] long a, [in] handle_t h);", ir.Binding.EXPLICIT),
        ("typedef [context_handle] void *CH; void f([in] CH c);", ir.Binding.EXPLICIT),
        (
            "typedef [context_handle] void *CH; void f([in, out] CH *c);",
            ir.Binding.EXPLICIT,
        ),
        ("typedef [context_handle] void *CH; void f([out] CH *c);", ir.Binding.NONE),
        ("void f([in] long a);", ir.Binding.NONE),
    ],
)
def test_where_the_binding_comes_from(body: str, binding: ir.Binding) -> None:
    assert operation(body).binding is binding


# Places that no attribute of the wire has


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('enum E { [helpstring("x"), hidden] A };', []),
        ('enum E { [endpoint("ncacn_ip_tcp:[1]")] A };', [PLACE]),
        ("enum E { [range(0, 1)] A };", [PLACE]),
        ("enum E { [propget] A };", [PLACE]),
        ('[helpstring("x")] const long A = 1;', []),
        ("[size_is(1)] const long A = 1;", [PLACE]),
        ("typedef [switch_type(long)] union { [case(1), in] long a; [default]; } U;", [PLACE]),
        ("typedef struct { [case(1)] long a; } S;", [PLACE]),
    ],
)  # fmt: skip
def test_enumerators_constants_and_members(
    body: str, said: list[tuple[str, int]]
) -> None:
    rest = f" void f({H});"
    assert [e[1:] for e in found(body + rest)] == said


def test_an_attribute_out_of_place_says_where_it_belongs() -> None:
    (one,) = findings(f"void f({H}, [in, v1_enum] long a);")
    assert one.help == "[v1_enum] belongs on a type"
    (two,) = findings(f"typedef long T; void f({H}, [in, strict_context_handle] T a);")
    assert two.help is not None
    assert two.help.endswith("an interface or an interface in an ACF")


def test_a_prototype_beside_the_interface_is_noted() -> None:
    text = f"[local] void beside(NOPE *x); {HEADER} void f({H}); }}"
    (said,) = findings(text)
    assert (said.rule, said.severity.value) == ("prototype-left-out", "note")
