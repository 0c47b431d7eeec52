"""Checked models made by hand."""

from __future__ import annotations

from uuid import UUID

from midlpy.diagnostics import Span
from midlpy.semantic import ir
from midlpy.semantic.ir import BaseKind, Direction, PointerKind

PATH = "inventory.idl"
SPAN = Span(PATH, 1, 1, 1, 1)

UINT32 = ir.Base(BaseKind.UINT32)
INT32 = ir.Base(BaseKind.INT32)
WIDE = ir.String(BaseKind.WCHAR)


def unique(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, PointerKind.UNIQUE)


def ref(target: ir.Type) -> ir.Pointer:
    return ir.Pointer(target, PointerKind.REF)


def use(name: str, unit: str = PATH) -> ir.Use:
    return ir.Use(unit, name)


def fields(**types: ir.Type) -> tuple[ir.Field, ...]:
    return tuple(ir.Field(name, type_, SPAN) for name, type_ in types.items())


def struct(name: str, text: str = "", **types: ir.Type) -> ir.StructDeclaration:
    return ir.StructDeclaration(name, fields(**types), None, text, None, SPAN)


def enum(name: str, *members: str, is_v1: bool = True) -> ir.EnumDeclaration:
    return ir.EnumDeclaration(
        name,
        tuple(ir.Enumerator(member, value) for value, member in enumerate(members)),
        is_v1,
        f"typedef enum {{ {', '.join(members)} }} {name};",
        None,
        SPAN,
    )


def union(name: str, *arms: ir.Arm, ms_union: bool = False) -> ir.UnionDeclaration:
    return ir.UnionDeclaration(name, UINT32, arms, ms_union, None, "", None, SPAN)


def arm(*labels: int, type_: ir.Type | None = None, name: str = "x") -> ir.Arm:
    return ir.Arm(labels, not labels, name if type_ else None, type_, SPAN)


def pipe(name: str, element: ir.Type) -> ir.PipeDeclaration:
    return ir.PipeDeclaration(name, element, "", None, SPAN)


def parameter(
    name: str,
    type_: ir.Type,
    direction: Direction = Direction.IN,
    is_pipe: bool = False,
) -> ir.Parameter:
    return ir.Parameter(name, type_, direction, is_pipe, None, SPAN)


def operation(
    name: str,
    opnum: int,
    *parameters: ir.Parameter,
    returns: ir.Type | None = None,
    text: str = "",
    comment: str | None = None,
    is_async: bool = False,
    is_reserved: bool = False,
    refusal: str | None = None,
) -> ir.Operation:
    return ir.Operation(
        name=name,
        opnum=opnum,
        parameters=parameters,
        return_type=returns or ir.Void(),
        binding=ir.Binding.NONE,
        is_async=is_async,
        is_idempotent=False,
        is_broadcast=False,
        is_maybe=False,
        is_callback=False,
        is_reserved=is_reserved,
        refusal=refusal,
        text=text,
        comment=comment,
        span=SPAN,
    )


def interface(name: str, *operations: ir.Operation) -> ir.Interface:
    return ir.Interface(
        name=name,
        uuid=UUID("6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41"),
        version=(1, 0),
        endpoints=(),
        operations=operations,
        callbacks=(),
        text="",
        comment=None,
        span=SPAN,
    )


def model(
    *types: ir.TypeDeclaration,
    interfaces: tuple[ir.Interface, ...] = (),
    constants: tuple[ir.ConstantDeclaration, ...] = (),
    imports: tuple[ir.Model, ...] = (),
    path: str = PATH,
) -> ir.Model:
    return ir.Model(
        path=path,
        comment=None,
        constants=constants,
        types=types,
        interfaces=interfaces,
        imports=imports,
    )


def inventory() -> ir.Model:
    """The interface that the golden module is made from, as the passes see it."""
    handle = ir.ContextHandleDeclaration("STORE_HANDLE", "", None, SPAN)
    octets = ir.PipeDeclaration(
        "BYTE_PIPE",
        ir.Base(BaseKind.BYTE),
        "typedef pipe byte BYTE_PIPE;",
        None,
        SPAN,
    )
    state = ir.EnumDeclaration(
        "ITEM_STATE",
        (ir.Enumerator("STATE_NEW", 0), ir.Enumerator("STATE_SHIPPED", 1)),
        True,
        "typedef [v1_enum] enum { STATE_NEW = 0, STATE_SHIPPED = 1 } ITEM_STATE;",
        None,
        SPAN,
    )
    item = struct(
        "ITEM",
        """typedef struct _ITEM {
        ITEM_STATE State;
        [string] wchar_t *Label;
        unsigned long PartCount;
        [size_is(PartCount)] unsigned long *Parts;
    } ITEM;""",
        State=use("ITEM_STATE"),
        Label=unique(WIDE),
        PartCount=UINT32,
        Parts=unique(ir.Array(UINT32, size=ir.Sibling("PartCount"))),
    )
    open_store = operation(
        "OpenStore",
        0,
        parameter("name", ref(WIDE)),
        parameter("store", ref(use("STORE_HANDLE")), Direction.OUT),
        returns=INT32,
        text="""long OpenStore(
        [in] handle_t binding,
        [in, string] const wchar_t *name,
        [out] STORE_HANDLE *store);""",
    )
    get_item = operation(
        "GetItem",
        1,
        parameter("store", use("STORE_HANDLE")),
        parameter("id", UINT32),
        parameter("item", ref(unique(use("ITEM"))), Direction.OUT),
        returns=INT32,
        text="long GetItem([in] STORE_HANDLE store, [in] unsigned long id, "
        "[out] ITEM **item);",
        comment="Finds one item; *item is null when there is none.",
    )
    export = operation(
        "Export",
        2,
        parameter("store", use("STORE_HANDLE")),
        parameter("data", use("BYTE_PIPE"), Direction.OUT, is_pipe=True),
        returns=INT32,
        text="long Export([in] STORE_HANDLE store, [out] BYTE_PIPE *data);",
        is_async=True,
    )
    return model(
        handle,
        octets,
        state,
        item,
        interfaces=(interface("inventory", open_store, get_item, export),),
    )
