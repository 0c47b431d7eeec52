"""transmit_as and its kin: one type for the program, another one for the wire.

Conversion is code of the user's, which an option names (module ``converters``). Without
it a value is presented as it travels.
"""

from __future__ import annotations

from msgspec.structs import replace

from midlpy.frontend import ast
from midlpy.semantic import ir, types
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.converters import help_for
from midlpy.semantic.declared import Declared, Poison, Void
from midlpy.semantic.pipe_elements import is_pipe
from midlpy.semantic.scope import Constructed, Kind, Site


def transmitted(
    declared: Declared, declarator: ast.Declarator, attributes: AttributeSet, site: Site
) -> Declared:
    """The type that travels for a typedef with transmit_as or wire_marshal.

    Spec: MIDL reference, transmit_as, wire_marshal.
    """
    attribute = attributes.first_of("transmit_as", "wire_marshal")
    if attribute is None or is_pipe(declared):
        return declared
    word = attribute.name.text
    wire = types.declare_argument(attributes.argument(word), site)
    rule, message = "", ""
    if wire is None:
        rule, message = "wrong-expression", f"[{word}] takes a type"
    elif isinstance(wire.core, Void) and not wire.levels:
        rule, message = "transmit-type", f"[{word}] wants a type with a value"
    elif word == "transmit_as" and any(level.is_pointer for level in wire.levels):
        rule = "transmit-pointer"
        message = f"[transmit_as] wants a type without pointers, not {wire.text}"
    if wire is None or rule:
        site.findings.report(rule, message, attribute.span)
        return Declared((), Poison(attribute.span), declared.text)
    if id(declarator) not in site.scope.by_node and declarator.name is not None:
        name = declarator.name.text
        site.findings.report(
            "local-representation",
            f"'{name}' has no converter: it is presented as {wire.text}, which travels",
            attribute.span,
            help=help_for(name),
        )
    return replace(wire, text=declared.text, marshalled=word)


def check_handle(declared: Declared, attributes: AttributeSet, site: Site) -> None:
    """A [handle] type is data of its own. Spec: MIDL reference, handle."""
    attribute = attributes.get("handle")
    if attribute is None or "context_handle" in attributes:
        return
    if isinstance(declared.core, Void):
        site.findings.report(
            "handle-on-void", "[handle] wants a type of data, not void", attribute.span
        )
    elif isinstance(declared.core, ir.BindingHandle):
        site.findings.report(
            "handle-on-handle", "a handle_t is a handle already", attribute.span
        )
    elif isinstance(declared.core, Constructed) and declared.core.kind is Kind.CONTEXT:
        site.findings.report(
            "handle-and-context",
            f"{declared.text} is a context handle, which is bound already",
            attribute.span,
            help="leave [handle] out",
        )
