"""Rules about encode and decode: buffers of a program's own instead of calls.

Spec: MIDL reference, encode, decode, "Type serialization", "Procedure serialization".
"""

from __future__ import annotations

from collections.abc import Iterator

from midlpy.diagnostics import Diagnostic, Note
from midlpy.frontend import ast
from midlpy.semantic.attributes import AttributeSet
from midlpy.semantic.program import Interface
from midlpy.semantic.scope import TypedefSymbol
from midlpy.semantic.serialization import WORDS
from midlpy.semantic.subjects import InterfaceSubject, OperationSubject


def procedures(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A serialized procedure is a call here: its codecs are all that is kept of it."""
    attribute = serialized_by(operation)
    if operation.pipes or attribute is None or "callback" in operation.attributes:
        return
    word, name = attribute.name.text, operation.name
    yield operation.site.finding(
        "serialized-procedure",
        f"'{name}' is [{word}] and is compiled as a call all the same; only its "
        "descriptor says that it is serialized",
        attribute.span,
        help="its encode_request and decode_request make and read the octets of its "
        f"parameters without a header; types are serialized: typedef [{word}] ...",
    )


def local_procedures(operation: OperationSubject) -> Iterator[Diagnostic]:
    """A [local] operation has no octets."""
    attribute = operation.attributes.first_of(*WORDS)
    if attribute is not None and operation.is_local:
        yield operation.site.finding(
            "acf-local-operation",
            f"'{operation.name}' is [local], so it cannot be [{attribute.name.text}]",
            attribute.span,
        )


def serialized_by(operation: OperationSubject) -> ast.Attribute | None:
    """The attribute that makes *operation* a serialized procedure."""
    for attributes in (
        operation.acf,
        operation.attributes,
        operation.acf_interface,
        operation.interface.attributes,
    ):
        found = attributes.first_of(*WORDS)
        if found is not None:
            return found
    return None


def object_interfaces(interface: Interface) -> Iterator[Diagnostic]:
    """COM's methods are called, and its proxies have no buffers of their own."""
    subject = interface.subject
    if not subject.is_object:
        return
    lists = [subject.acf_attributes, subject.attributes]
    lists += interface.acf_operations.values()
    lists += (operation.attributes for operation in interface.operations)
    for attributes in lists:
        found = attributes.first_of(*WORDS)
        if found is not None:
            yield subject.site.finding(
                "serialized-object",
                f"[{found.name.text}] does not apply to '{subject.name}', "
                "a COM interface",
                found.span,
                help=f"leave [{found.name.text}] out",
            )
            return


def auto_handles(interface: Interface) -> Iterator[Diagnostic]:
    """What is serialized goes where the program says, which nobody finds for it."""
    subject = interface.subject
    auto = subject.acf_attributes.get("auto_handle") or subject.attributes.get(
        "auto_handle"
    )
    serialized = next(_serialized(interface), None)
    if auto is None or serialized is None or subject.is_object:
        return
    yield subject.site.finding(
        "serialized-auto-handle",
        f"[{serialized.name.text}] and [auto_handle] of '{subject.name}' exclude "
        "each other",
        serialized.span,
        help="write [explicit_handle] instead of [auto_handle]",
        notes=[Note("[auto_handle] stands here", auto.span)],
    )


def _serialized(interface: Interface) -> Iterator[ast.Attribute]:
    """Every encode or decode of *interface*: header, operations, types."""
    subject = interface.subject
    lists = [subject.acf_attributes, subject.attributes]
    for operation in interface.operations:
        lists += [operation.acf, operation.attributes]
    lists += _types(subject)
    for attributes in lists:
        found = attributes.first_of(*WORDS)
        if found is not None:
            yield found


def _types(subject: InterfaceSubject) -> Iterator[AttributeSet]:
    scope = subject.site.scope
    for name, symbol in scope.names.items():
        is_own = isinstance(symbol, TypedefSymbol) and (
            symbol.site.home.interface == subject.name
        )
        if is_own and isinstance(symbol, TypedefSymbol):
            yield scope.configured.get(name, AttributeSet())
            yield symbol.attributes


def mixed_procedures(interface: Interface) -> Iterator[Diagnostic]:
    """An interface is called, or it is serialized; its numbers mean one of both."""
    if interface.subject.is_object or interface.subject.is_local:
        return
    serialized: OperationSubject | None = None
    called: OperationSubject | None = None
    for operation in interface.operations:
        if operation.is_local or "callback" in operation.attributes:
            continue
        if serialized_by(operation) is None:
            called = called or operation
        elif not operation.pipes:
            serialized = serialized or operation
    if serialized is None or called is None:
        return
    attribute = serialized_by(serialized)
    assert attribute is not None
    word = attribute.name.text
    yield serialized.site.finding(
        "serialized-and-called",
        f"'{serialized.name}' is [{word}] and '{called.name}' is not",
        attribute.span,
        help=f"move '{serialized.name}' to an interface of its own, or serialize "
        f"types: typedef [{word}] ...",
        notes=[Note(f"'{called.name}' is declared here", called.name_span)],
    )
