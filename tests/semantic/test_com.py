"""COM parts: in the model with their vtables, checked, and without stubs."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

import midlpy
from midlpy.diagnostics import Severity
from midlpy.frontend.loader import load
from midlpy.semantic import ir, ir_com
from midlpy.semantic.resolve import Resolution, resolve
from tests.semantic.snippets import errors, findings, found, model

U = [f"uuid({n}2345678-1234-1234-1234-123456789abc)" for n in range(1, 8)]

METHODS = f"""
interface t;
[object, {U[0]}, async_uuid(a2345678-1234-1234-1234-123456789abc)]
interface IBase : IDispatch {{
    [propget, id(1)] HRESULT Name([out, retval] long *name);
    [propput, id(1)] HRESULT Name([in] long name);
    [local] HRESULT Get([in] GUID *riid, [out, iid_is(riid)] void **object);
    [call_as(Get)] HRESULT RemoteGet([in] GUID *riid, [out, iid_is(riid)] IBase **object);
    HRESULT Last();
}}
[object, {U[1]}] interface IDerived : IBase {{ HRESULT More([in] IBase *p); }}
"""


def interfaces(text: str) -> dict[str, ir_com.ObjectInterface]:
    return {
        each.name: each
        for each in model(text).com
        if isinstance(each, ir_com.ObjectInterface)
    }


def test_slots_go_on_from_those_of_the_bases_and_call_as_shares_one() -> None:
    known = interfaces(METHODS)
    base, derived = known["IBase"], known["IDerived"]
    assert [(m.name, m.slot) for m in base.methods] == [
        ("Name", 7),
        ("Name", 8),
        ("Get", 9),
        ("RemoteGet", 9),
        ("Last", 10),
    ]
    assert [(m.name, m.slot) for m in derived.methods] == [("More", 11)]


def test_methods_have_their_kinds_types_and_directions() -> None:
    base = interfaces(METHODS)["IBase"]
    getter, setter, local, remote, _ = base.methods
    assert base.base == "IDispatch"
    assert base.async_uuid == UUID("a2345678-1234-1234-1234-123456789abc")
    assert (getter.kind, getter.dispatch_id) == (ir_com.MethodKind.GET, 1)
    assert setter.kind is ir_com.MethodKind.PUT
    assert getter.parameters[0].direction is ir.Direction.OUT
    assert getter.parameters[0].attributes == ("out", "retval")
    assert getter.parameters[0].spelling == "long *"
    assert local.is_local
    assert remote.call_as == "Get"
    assert remote.parameters[1].type == ir.Pointer(
        ir.InterfacePointer("IBase"), ir.PointerKind.REF
    )


def test_slots_are_counted_across_imports(tmp_path: Path) -> None:
    (tmp_path / "a.idl").write_text(METHODS)
    main = tmp_path / "b.idl"
    main.write_text(
        'import "a.idl"; interface IDerived;'
        f"[object, {U[2]}] interface IMost : IDerived {{ HRESULT Most(); }}"
    )
    loaded = load(main)
    assert loaded.source is not None
    resolution: Resolution = resolve(loaded.source)
    assert not resolution.has_errors
    (only,) = resolution.model.com
    assert isinstance(only, ir_com.ObjectInterface)
    assert only.methods[0].slot == 12


LIBRARY = f"""
interface t;
[{U[3]}, version(1.2), helpstring("a library")]
library L {{
    importlib("stdole2.tlb");
    [{U[4]}] dispinterface Events {{
    properties:
        [id(5), readonly] long Size;
    methods:
        [id(6)] void Fired([in] long what);
    }};
    [{U[5]}] coclass Thing {{ [default, source] dispinterface Events; interface IOther; }};
    [dllname("k.dll")] module M {{ const long X = 5; [entry("Get")] long f(long a); }};
    [{U[6]}, odl] interface IFont2 : IFont {{ HRESULT f([in] OLE_COLOR c); }};
}};
"""


def test_a_library_has_its_contents() -> None:
    (library,) = model(LIBRARY).com
    assert isinstance(library, ir_com.Library)
    assert (library.version, library.importlibs) == ((1, 2), ("stdole2.tlb",))
    events, thing, module, font = library.contents
    assert isinstance(events, ir_com.Dispinterface)
    assert [(p.name, p.dispatch_id) for p in events.properties] == [("Size", 5)]
    assert [(m.name, m.dispatch_id, m.slot) for m in events.methods] == [
        ("Fired", 6, None)
    ]
    assert isinstance(thing, ir_com.Coclass)
    assert [(m.name, m.is_default, m.is_source) for m in thing.members] == [
        ("Events", True, True),
        ("IOther", False, False),
    ]
    assert isinstance(module, ir_com.Module)
    assert (module.constants, module.entries[0].entry) == (("X",), "Get")
    assert isinstance(font, ir_com.ObjectInterface)
    assert font.methods[0].slot is None  # the base is in a library that is not read


def test_com_parts_make_no_stubs_and_their_constants_stay() -> None:
    text = midlpy.compile_text(METHODS + "const long K = 3; enum { E = 4 };")
    assert "K: Final = 3" in text
    assert "E = 4" in text
    assert "IBase" not in text


def test_one_note_says_so_for_the_file() -> None:
    notes = [d for d in findings(METHODS) if d.severity is Severity.NOTE]
    assert [(d.rule, d.message) for d in notes] == [
        (
            "object-interface",
            "'IBase' and 1 more are COM interfaces; no client and no server is made",
        )
    ]


def com(body: str, base: str = "IUnknown", words: str = "object") -> str:
    return f"[{words}, {U[0]}] interface t : {base} {{ {body} }}"


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        (com("", "INope"), ["unknown-type"]),
        ("interface IF;" + com("", "IF"), ["never-completed"]),
        (com("HRESULT f(NOPE *a, NOPE *b);"), ["unknown-type"]),
        (com("HRESULT f(void *p, union { long a; short b; } *u);"), []),
        (com("HRESULT f(); HRESULT f(long a);"), ["redefinition"]),
        (com("[propget] HRESULT f(long *a); [propput] HRESULT f(long a);"), []),
        (com("[call_as(g)] HRESULT f();"), ["call-as-target"]),
        (
            f"[object, {U[0]}] interface t : u {{ }} [object, {U[1]}] interface u : t {{ }}",
            ["derives-from-itself", "derives-from-itself"],
        ),
        (
            f"interface t; [{U[0]}] dispinterface D {{ interface INo; }};",
            ["unknown-type"],
        ),
    ],
)
def test_mistakes_are_told(text: str, slugs: list[str]) -> None:
    assert errors(text) == slugs


@pytest.mark.parametrize(
    ("text", "rule", "midl"),
    [
        (com("float f();"), "method-without-hresult", 2269),
        (f"[object, {U[0]}] interface t {{ }}", "object-without-base", 2271),
        (
            com("") + f"[object, {U[0]}] interface u : IUnknown {{}}",
            "duplicate-uuid",
            2270,
        ),
        ("[object] interface t : IUnknown { HRESULT f(); }", "no-uuid", 2079),
        (com("HRESULT f([iid_is(i)] void **p);"), "unknown-name-in-attribute", 2058),
    ],
)
def test_what_harms_no_stub_is_a_warning(text: str, rule: str, midl: int) -> None:
    assert found(text) == [("warning", rule, midl)]


def test_an_enum_of_com_alone_may_have_any_values() -> None:
    enum = "typedef enum { BIG = 0x10000 } E; "
    assert found(enum + com("HRESULT f(E e);")) == []
    rpc = f"[{U[1]}] interface r {{ void f([in] handle_t h, [in] E e); }}"
    assert [d[1] for d in found(enum + com("") + rpc)] == ["enum-out-of-range"]


OPEN_ARM = """
typedef struct { long n; [size_is(n)] char a[]; } OPEN;
typedef [switch_type(long)] union { [case(1)] OPEN o; [default]; } U;
typedef struct { long k; [switch_is(k)] U u; } S;
"""


def test_an_arm_of_no_fixed_size_is_a_mistake_where_it_would_travel() -> None:
    assert errors(OPEN_ARM) == []
    used = OPEN_ARM + "void f([in] handle_t h, [in] S *s);"
    assert errors(used) == ["conformant-arm"]


@pytest.mark.parametrize(
    "parameter",
    [
        "[in] IUnk *p",
        "[out] IUnk **p",
        "[in] GUID *i, [out, iid_is(i)] void **p",
        "[in] long n, [in, size_is(n)] IUnk **p",
        "[out] HOLDER *p",
    ],
)
def test_interface_pointers_travel_as_opaque_references(parameter: str) -> None:
    text = f"""
    [object, {U[0]}] interface IUnk : IUnknown {{ }}
    typedef struct {{ IUnk *member; }} HOLDER;
    [{U[1]}, pointer_default(unique)]
    interface t {{ void f([in] handle_t h, {parameter}); }}
    """
    module = midlpy.load_text(text)
    assert hasattr(module, "TClient")


def test_ids_that_nothing_declares_are_said_once_and_spoil_nothing() -> None:
    text = f"""
    interface t;
    [object, {U[0]}] interface IBase : IDispatch {{
        [id(DISPID_FIRST)] HRESULT First();
        [id(DISPID_FIRST), helpcontext(HELP_FIRST)] HRESULT Again();
        [id(DISPID_LAST + 1)] HRESULT Last();
        [id(4)] HRESULT Known();
    }}
    """
    assert [
        (each.rule, each.severity, each.message)
        for each in findings(text)
        if each.severity is not Severity.NOTE
    ] == [
        (
            "unknown-member-number",
            Severity.WARNING,
            "[id] names 'DISPID_FIRST', which is no constant, and 1 more of that kind",
        )
    ]
    methods = interfaces(text)["IBase"].methods
    assert [method.dispatch_id for method in methods] == [None, None, None, 4]


def test_an_id_without_an_integer_is_an_error() -> None:
    text = f'[object, {U[0]}] interface t : IDispatch {{ [id("x")] HRESULT A(); }}'
    assert errors(text) == ["wrong-expression"]
