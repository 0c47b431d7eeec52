"""Rules about interfaces and whole files.

Spec: MIDL reference, uuid, local, object, "The interface header".
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from midlpy.diagnostics import Diagnostic, Note, Severity, Span
from midlpy.frontend import ast
from midlpy.semantic import bases, ir
from midlpy.semantic.declarations import declarations
from midlpy.semantic.findings import finding
from midlpy.semantic.operations import twin_of
from midlpy.semantic.pragmas import Pragmas
from midlpy.semantic.program import File, Interface
from midlpy.semantic.subjects import InterfaceSubject, OperationSubject


def needs_uuid(interface: Interface) -> Iterator[Diagnostic]:
    """A remote interface is found by its UUID."""
    subject = interface.subject
    has_uuid = "uuid" in subject.attributes
    # One that is wrong has been told of.
    is_written = any(each.name.text == "uuid" for each in subject.node.attributes)
    if not (is_written or subject.is_local or subject.is_object or subject.in_library):
        if not any(True for _ in declarations(subject.node)):
            return
        yield subject.site.finding(
            "no-uuid",
            f"'{subject.name}' has operations and neither [uuid] nor [local]",
            subject.name_span,
            help="add [uuid(...)]; 'python -m uuid' makes one",
        )
    if has_uuid and subject.is_local and not subject.is_object:
        yield subject.site.finding(
            "uuid-on-local",
            f"'{subject.name}' is [local], so its [uuid] is never used",
            subject.attributes.span("uuid", subject.name_span),
        )


def object_base(interface: Interface) -> Iterator[Diagnostic]:
    """Only COM interfaces derive from others."""
    subject = interface.subject
    base = subject.node.base
    if base is not None and base.text == subject.name:
        yield subject.site.finding(
            "derives-from-itself", f"'{subject.name}' is its own base", base.span
        )
        return
    if base is None or any(word in subject.attributes for word in bases.COM_WORDS):
        return
    symbol = bases.find_interface(base.text, subject.site.scope)
    if (
        base.text not in bases.ROOTS
        and symbol is not None
        and isinstance(symbol.node, ast.Interface)
        and not symbol.is_forward
        and not bases.is_com(symbol.node)
    ):
        yield subject.site.finding(
            "base-without-object",
            f"'{subject.name}' derives from '{base.text}' and is not [object]",
            base.span,
            help="leave the base out: an RPC interface has none",
        )


def pointer_default(interface: Interface) -> Iterator[Diagnostic]:
    """A pointer is ref, unique or ptr."""
    subject = interface.subject
    argument = subject.attributes.argument("pointer_default")
    if argument is None or subject.site.home.pointer_default is not None:
        return
    yield subject.site.finding(
        "wrong-expression",
        "[pointer_default] takes ref, unique or ptr",
        argument.span,
        help="write [pointer_default(unique)]",
    )


def imported_pointers(interface: Interface) -> Iterator[Diagnostic]:
    """A type is one thing for all who import it, so none of them says what it is.

    Spec: MIDL reference, pointer_default: MIDL takes that of the importing file for
    pointers of a file that has none.
    """
    subject = interface.subject
    own = subject.site.home.pointer_default
    has_stubs = not (subject.is_object or subject.is_local or subject.site.options.osf)
    if own is None or own is ir.PointerKind.UNIQUE or not has_stubs:
        return
    for scope in subject.site.scope.imports:
        if scope.without_kind is None or scope.source.is_prelude:
            continue
        name, span = scope.without_kind
        yield subject.site.finding(
            "imported-pointer-default",
            f"imported pointers without attribute, such as '{name}', are [unique]; "
            f"MIDL takes pointer_default({own.value}) of '{subject.name}' for them",
            subject.attributes.span("pointer_default", subject.name_span),
            help=f"write [{own.value}] where they are declared",
            notes=[Note(f"'{name}' is declared here", span)],
        )
        return


def version_on_object(interface: Interface) -> Iterator[Diagnostic]:
    """COM interfaces never change, so they have no version."""
    subject = interface.subject
    attribute = subject.attributes.get("version")
    if attribute is not None and subject.is_object:
        yield subject.site.finding(
            "version-on-object",
            f"the COM interface '{subject.name}' has a [version]",
            attribute.span,
            help="leave [version] out",
        )


def async_uuid_of_com(interface: Interface) -> Iterator[Diagnostic]:
    """The asynchronous twin of an interface is COM's; calls of RPC are [async]."""
    subject = interface.subject
    attribute = subject.attributes.get("async_uuid")
    if attribute is not None and not subject.is_object:
        yield subject.site.finding(
            "attribute-ignored",
            f"[async_uuid] has no effect here: '{subject.name}' is no COM interface",
            attribute.span,
        )


def nothing_remote(interface: Interface) -> Iterator[Diagnostic]:
    """An interface with operations, none of which is ever called from afar."""
    subject = interface.subject
    if subject.is_object or subject.is_local or not interface.operations:
        return
    if all(operation.is_local for operation in interface.operations):
        yield subject.site.finding(
            "nothing-remote",
            f"'{subject.name}' has no remote operation",
            subject.name_span,
        )
    elif all("callback" in o.attributes for o in interface.operations):
        yield subject.site.finding(
            "only-callbacks",
            f"'{subject.name}' has only callbacks, which nothing calls",
            subject.name_span,
        )


def without_client(interface: Interface) -> Iterator[Diagnostic]:
    """[nocode] speaks of clients alone."""
    subject = interface.subject
    if subject.is_object or subject.is_local:
        return
    lists = [subject.acf_attributes, subject.attributes]
    lists += [operation.acf for operation in interface.operations]
    for attributes in lists:
        attribute = attributes.get("nocode")
        if attribute is not None:
            yield subject.site.finding(
                "nocode-and-server",
                "[nocode] leaves methods of the client out; the server has them all",
                attribute.span,
            )


def local_operations(interface: Interface) -> Iterator[Diagnostic]:
    """A [local] operation has no opnum here, where some compilers give it one.

    Spec: C706 4.2.7; pidl and widl count it all the same.
    """
    if interface.subject.is_object or interface.subject.is_local:
        return
    waiting: OperationSubject | None = None
    twins = {twin_of(operation) for operation in interface.operations}
    for operation in interface.operations:
        if operation.is_local and operation.name in twins:
            continue  # it has one number with its remote twin
        if operation.is_local:
            waiting = waiting or operation
        elif waiting is not None and "callback" not in operation.attributes:
            yield operation.site.finding(
                "local-not-counted",
                f"'{waiting.name}' is [local] and has no opnum, so '{operation.name}' "
                "has one less than pidl and widl give it",
                waiting.name_span,
                notes=[
                    Note(f"'{operation.name}' is declared here", operation.name_span)
                ],
            )
            return


def call_as_once(interface: Interface) -> Iterator[Diagnostic]:
    """A [local] operation has one remote twin. Spec: MIDL reference, call_as."""
    seen: dict[str, OperationSubject] = {}
    for operation in interface.operations:
        target = twin_of(operation)
        if target is None:
            continue
        earlier = seen.setdefault(target, operation)
        if earlier is not operation:
            yield operation.site.finding(
                "call-as-twice",
                f"'{operation.name}' and '{earlier.name}' are both called as '{target}'",
                operation.name_span,
                notes=[Note(f"'{earlier.name}' is declared here", earlier.name_span)],
            )


def repeated_operations(interface: Interface) -> Iterator[Diagnostic]:
    """Within an interface a name is one operation."""
    if interface.subject.is_object:
        return  # where a property has several
    seen: dict[str, Span] = {}
    for operation in interface.operations:
        earlier = seen.setdefault(operation.name, operation.name_span)
        if earlier is not operation.name_span:
            yield operation.site.finding(
                "redefinition",
                f"'{operation.name}' is declared twice",
                operation.name_span,
                notes=[Note(f"'{operation.name}' is declared here", earlier)],
            )


def acf_attribute_in_idl(interface: Interface) -> Iterator[Diagnostic]:
    """Attributes about bindings belong in the ACF; they change no wire."""
    subject = interface.subject
    if subject.site.options.app_config:
        return
    for word in ("implicit_handle", "explicit_handle", "auto_handle"):
        attribute = subject.attributes.get(word)
        if attribute is not None:
            yield subject.site.finding(
                "acf-attribute-in-idl",
                f"[{word}] stands in the IDL",
                attribute.span,
                help=f"write '[{word}...] interface {subject.name} {{ }}' in the ACF",
            )
    attribute = subject.attributes.get("async")
    if attribute is not None and not subject.is_object:
        yield subject.site.finding(
            "async-in-idl",
            f"[async] of '{subject.name}' stands in the IDL",
            attribute.span,
            help=f"write '[async] interface {subject.name} {{ }}' in the ACF",
        )


def implicit_handle(interface: Interface) -> Iterator[Diagnostic]:
    """What is bound implicitly is a handle_t or a [handle] type."""
    subject = interface.subject
    for attributes in (subject.acf_attributes, subject.attributes):
        attribute = attributes.get("implicit_handle")
        argument = attributes.argument("implicit_handle")
        if attribute is None or argument is None:
            continue
        if isinstance(argument, ast.TypedName):
            if argument.type.text == "handle_t":
                continue
            if _is_handle_type(argument.type.text, subject):
                continue
            what = argument.type.text
        elif isinstance(argument, ast.TypeName):
            what = "another type"
        else:
            what = "no declaration"
        yield subject.site.finding(
            "implicit-handle-type",
            f"[implicit_handle] wants a handle_t and a name, this is {what}",
            attribute.span,
            help="write 'implicit_handle(handle_t binding)'",
        )


def _is_handle_type(name: str, subject: InterfaceSubject) -> bool:
    symbol = subject.site.scope.find_name(name)
    return bool(getattr(getattr(symbol, "declared", None), "is_handle", False))


def pragmas(file: File) -> Iterator[Diagnostic]:
    """midl_pragma switches numbered warnings off and on again."""
    scope = file.scope
    for statement in Pragmas(scope.source.unit).statements:
        if statement.action.text not in ("disable", "enable", "default"):
            yield finding(
                scope.options,
                "bad-pragma",
                f"midl_pragma takes disable, enable or default, "
                f"not '{statement.action.text}'",
                statement.action.span,
            )


def repeated_uuids(file: File) -> Iterator[Diagnostic]:
    """A UUID and version name one interface.

    An error where two are called from afar. Published files give versions of one COM or
    local interface the UUID of the first, since a program only ever has one of them.
    """
    seen: dict[tuple[UUID, tuple[int, int]], InterfaceSubject] = {}
    for interface in file.interfaces:
        subject = interface.subject
        if subject.uuid is None:
            continue
        key = (subject.uuid, subject.version)
        earlier = seen.setdefault(key, subject)
        if earlier is not subject:
            is_remote = not any(
                each.is_object or each.is_local for each in (subject, earlier)
            )
            yield subject.site.finding(
                "duplicate-uuid",
                f"'{subject.name}' and '{earlier.name}' have the same UUID",
                subject.attributes.span("uuid", subject.name_span),
                notes=[Note(f"'{earlier.name}' is declared here", earlier.name_span)],
                severity=None if is_remote else Severity.WARNING,
            )
