"""COM interfaces by name: which are, what they derive from, where their methods begin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from midlpy.diagnostics import Note, Span
from midlpy.frontend import ast
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.declarations import declarations
from midlpy.semantic.scope import FileScope, InterfaceSymbol

# The roots, and how many methods they have with those of their bases. They are known
# without a declaration.
ROOTS: Final = {"IUnknown": 3, "IDispatch": 7}

# Any of these makes an interface one of COM; so does a base.
COM_WORDS: Final = ("object", "odl", "dual", "oleautomation")


# Each of them is looked at for each interface at its end.
MAX_BASES: Final = 100


def is_com(node: ast.Interface) -> bool:
    """Whether *node* is a COM interface by its own words.

    Published files leave [object] out where a base says it, and in type libraries.
    """
    if node.base is not None or node.name.text in ROOTS:
        return True
    attributes = AttributeSet(node.attributes)
    return any(word in attributes for word in COM_WORDS)


def find_interface(name: str, scope: FileScope) -> InterfaceSymbol | None:
    """The interface, dispinterface or coclass called *name*, with a body if any has one."""
    forward: InterfaceSymbol | None = None
    for each in scope.visible():
        symbol = each.names.get(name.rpartition(".")[2])
        if isinstance(symbol, InterfaceSymbol):
            if not symbol.is_forward:
                return symbol
            forward = forward or symbol
    if forward is None and name not in ROOTS and scope.import_earlier(name):
        return find_interface(name, scope)
    return forward


def chain(node: ast.Interface, scope: FileScope) -> Iterable[InterfaceSymbol]:
    """The interfaces *node* derives from, nearest first, as far as they are known.

    The last one is a repetition where they derive from each other. Of more than
    MAX_BASES two too many come, which tells the first that has them from the others.
    """
    seen = {node.name.text}
    while node.base is not None:
        symbol = find_interface(node.base.text, scope)
        if symbol is None:
            return
        yield symbol
        if len(seen) > MAX_BASES + 1:
            return
        if not isinstance(symbol.node, ast.Interface) or symbol.name.text in seen:
            return
        seen.add(symbol.name.text)
        node, scope = symbol.node, symbol.site.scope


def first_slot(node: ast.Interface, scope: FileScope) -> int | None:
    """How many methods come before those of *node*; None if a base is not known."""
    bases = list(chain(node, scope))
    count = 0
    for symbol in bases:
        name = symbol.name.text
        if name == node.name.text:
            return None
        if symbol.is_forward or not isinstance(symbol.node, ast.Interface):
            return count + ROOTS[name] if name in ROOTS else None
        count += vtable_size(symbol.node)
    last = bases[-1].node if bases else node
    base = last.base if isinstance(last, ast.Interface) else None
    if base is None:
        return count
    return count + ROOTS[base.text] if base.text in ROOTS else None


def vtable_size(node: ast.Interface) -> int:
    """How many slots the methods of *node* itself take."""
    return len(slots(node, 0))


def slots(node: ast.Interface, first: int) -> dict[int, int]:
    """The slot of each method by the identity of its declarator, counted from *first*.

    Those of [call_as] methods are not among them: they have their target's.
    """
    return {
        id(declarator): first + index
        for index, declarator in enumerate(
            declarator
            for declaration, declarator in declarations(node)
            if call_as_target(declaration) is None
        )
    }


def call_as_target(declaration: ast.Declaration) -> str | None:
    """The local method that *declaration* is the remote twin of."""
    argument = AttributeSet(declaration.attributes).argument("call_as")
    return argument.name.text if isinstance(argument, ast.NameReference) else None


# What stdole2.tlb declares, which nearly every type library builds on.
STDOLE: Final = frozenset(
    (
        "OLE_CANCELBOOL",
        "OLE_COLOR",
        "OLE_ENABLEDEFAULTBOOL",
        "OLE_HANDLE",
        "OLE_OPTEXCLUSIVE",
        "OLE_TRISTATE",
        "OLE_XPOS_CONTAINER",
        "OLE_XPOS_HIMETRIC",
        "OLE_XPOS_PIXELS",
        "OLE_XSIZE_CONTAINER",
        "OLE_XSIZE_HIMETRIC",
        "OLE_XSIZE_PIXELS",
        "OLE_YPOS_CONTAINER",
        "OLE_YPOS_HIMETRIC",
        "OLE_YPOS_PIXELS",
        "OLE_YSIZE_CONTAINER",
        "OLE_YSIZE_HIMETRIC",
        "OLE_YSIZE_PIXELS",
        "LoadPictureConstants",
        "DISPPARAMS",
        "EXCEPINFO",
        "IUnknown",
        "IDispatch",
        "IEnumVARIANT",
        "IFont",
        "IFontDisp",
        "FONTNAME",
        "FONTSIZE",
        "FONTBOLD",
        "FONTITALIC",
        "FONTUNDERSCORE",
        "FONTSTRIKETHROUGH",
        "Font",
        "FontEvents",
        "StdFont",
        "IFontEventsDisp",
        "IPicture",
        "IPictureDisp",
        "Picture",
        "StdPicture",
    )
)


def may_be_elsewhere(name: str, scope: FileScope) -> bool:
    """Whether *name* may be of a binary type library, none of which is read."""
    if not scope.importlibs:
        return False
    if "." in name or name in STDOLE:
        return True
    return not all(path.lower().startswith("stdole") for path in scope.importlibs)


def report_unknown(name: ast.Name, scope: FileScope) -> None:
    """Say that no interface is called *name*, once in a file, as of any type."""
    text = name.text
    if text in scope.unknown:
        return
    scope.unknown.add(text)
    known: dict[str, Span] = {}

    def names() -> dict[str, Span]:
        known.update(
            (each, symbol.span)
            for visible in scope.visible()
            for each, symbol in visible.names.items()
            if isinstance(symbol, InterfaceSymbol)
        )
        return known

    near = scope.findings.suggestion(text, names)
    scope.findings.report(
        "unknown-type",
        f"no interface is called '{text}'",
        name.span,
        notes=[] if near is None else [Note(f"'{near}' is declared here", known[near])],
    )
