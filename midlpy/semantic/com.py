"""What a file declares for COM: interfaces, type libraries and what is in them.

The methods of object interfaces are resolved with all others; here are the rest, and the
nodes of the model for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from midlpy.diagnostics import Span
from midlpy.frontend import ast
from midlpy.semantic import bases, constants, headers, ir_com, types
from midlpy.semantic.acf import NO_INTERFACE
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.constructed import NO_NEIGHBOURS
from midlpy.semantic.declarations import declarations
from midlpy.semantic.operations import interface_subject, operation_subject
from midlpy.semantic.placement import place
from midlpy.semantic.program import File, Interface
from midlpy.semantic.realize import Position, Use, realize
from midlpy.semantic.scope import Home, Site
from midlpy.semantic.subjects import OperationSubject, ParameterSubject

KINDS = {kind.value: kind for kind in ir_com.MethodKind}


def resolve_com(file: File) -> tuple[ir_com.Declaration, ...]:
    """The COM nodes of *file*, whose interfaces are resolved; reports what is wrong."""
    resolver = _Resolver(file)
    found = tuple(resolver.items(file.scope.source.unit.items))
    resolver.report_unknown()
    return found


class _Resolver:
    def __init__(self, file: File) -> None:
        self._file = file
        self._scope = file.scope
        self._site = Site(file.scope, Home(in_library=True), 0)
        self._interfaces = {id(each.subject.node): each for each in file.interfaces}
        # The names in [id] and [entry] that nothing declares, by the attribute and name.
        self._unknown: dict[tuple[str, str], Span] = {}

    def items(self, items: Iterable[ast.Item]) -> Iterator[ir_com.Declaration]:
        for item in items:
            match item:
                case ast.Interface():
                    interface = self._interfaces.get(id(item))
                    if interface is not None and interface.subject.is_object:
                        yield self._object_interface(interface)
                case ast.Dispinterface() if not item.is_forward:
                    yield self._dispinterface(item)
                case ast.Coclass() if item.members is not None:
                    yield self._coclass(item, item.members)
                case ast.Library() if item.keyword == "module":
                    yield self._module(item)
                case ast.Library():
                    yield self._library(item)
                case ast.Linkage():
                    yield from self.items(item.body)
                case _:
                    pass

    def _object_interface(self, interface: Interface) -> ir_com.ObjectInterface:
        subject = interface.subject
        node = subject.node
        return ir_com.ObjectInterface(
            name=subject.name,
            uuid=subject.uuid,
            base=node.base.text if node.base else None,
            async_uuid=headers.uuid_of(subject.attributes, subject.site, "async_uuid"),
            is_local=subject.is_local,
            methods=self._methods(interface, bases.first_slot(node, self._scope)),
            attributes=_words(subject.attributes),
            text=node.text,
            comment=node.comment,
            span=subject.name_span,
        )

    def _methods(
        self, interface: Interface, first: int | None
    ) -> tuple[ir_com.Method, ...]:
        """*first* is the slot of the first method; None without a vtable."""
        slots: dict[int, int] = {}
        if first is not None:
            slots = bases.slots(interface.subject.node, first)
        locals_ = {
            operation.name: slots.get(id(operation.declarator))
            for operation in interface.operations
            if operation.is_local
        }
        return tuple(
            self._method(operation, slots, locals_)
            for operation in interface.operations
        )

    def _method(
        self,
        operation: OperationSubject,
        slots: dict[int, int],
        locals_: dict[str, int | None],
    ) -> ir_com.Method:
        attributes = operation.attributes
        target = bases.call_as_target(operation.node)
        slot = slots.get(id(operation.declarator))
        kind = attributes.first_of(*KINDS)
        entry = attributes.argument("entry")
        return ir_com.Method(
            name=operation.name,
            slot=slot if target is None else locals_.get(target),
            dispatch_id=self._integer(attributes, "id"),
            kind=KINDS[kind.name.text] if kind else ir_com.MethodKind.METHOD,
            parameters=tuple(_parameter(each) for each in operation.parameters),
            return_type=operation.result_type,
            return_spelling=operation.result.text,
            is_local=operation.is_local,
            call_as=target,
            entry=(
                entry.value
                if isinstance(entry, ast.String)
                else self._integer(attributes, "entry")
            ),
            attributes=_words(attributes),
            text=operation.node.text,
            comment=operation.node.comment,
            span=operation.name_span,
        )

    def _integer(self, attributes: AttributeSet, word: str) -> int | None:
        """The number that *word* gives; reports what is none."""
        argument = attributes.argument(word)
        if argument is None or isinstance(argument, ast.TypeName | ast.TypedName):
            return None
        try:
            return constants.integer(argument, self._site)
        except constants.ConstantError as error:
            if error.unknown is None:
                error.report(self._site)
            else:
                self._unknown.setdefault((word, error.unknown), error.span)
        except constants.Silent:
            pass
        return None

    def report_unknown(self) -> None:
        """Say once that numbers are missing: one header may be, which has them all."""
        if not self._unknown:
            return
        (word, name), span = next(iter(self._unknown.items()))
        others = len(self._unknown) - 1
        more = f", and {others} more of that kind" if others else ""
        self._site.findings.report(
            "unknown-member-number",
            f"[{word}] names '{name}', which is no constant{more}",
            span,
        )

    # Type libraries

    def _place(self, attributes: ast.Attributes, where: Place) -> AttributeSet:
        return place(attributes, where, self._scope.findings, self._scope.options)

    def _uuid(self, attributes: AttributeSet) -> UUID | None:
        return headers.uuid_of(attributes, self._site)

    def _library(self, node: ast.Library) -> ir_com.Library:
        attributes = self._place(node.attributes, Place.LIBRARY)
        return ir_com.Library(
            name=node.name.text,
            uuid=self._uuid(attributes),
            version=headers.version_of(attributes, self._site),
            importlibs=tuple(
                item.path.value for item in node.body if isinstance(item, ast.Importlib)
            ),
            contents=tuple(self.items(node.body)),
            attributes=_words(attributes),
            span=node.name.span,
        )

    def _dispinterface(self, node: ast.Dispinterface) -> ir_com.Dispinterface:
        methods = self._functions(
            node.name, node.attributes, node.methods, node.span, Place.DISPINTERFACE
        )
        attributes = methods.subject.attributes
        if node.interface is not None:
            self._known(node.interface)
        return ir_com.Dispinterface(
            name=node.name.text,
            uuid=methods.subject.uuid,
            interface=node.interface.text if node.interface else None,
            properties=tuple(self._properties(node.properties)),
            methods=self._methods(methods, None),
            attributes=_words(attributes),
            span=node.name.span,
        )

    def _functions(
        self,
        name: ast.Name,
        attributes: ast.Attributes,
        items: tuple[ast.Item, ...],
        span: Span,
        where: Place,
    ) -> Interface:
        """The functions among *items* as if an interface held them."""
        node = ast.Interface(attributes, name, None, items, "", None, span)
        subject = interface_subject(
            node, self._scope, NO_INTERFACE, "", in_library=True, where=where
        )
        interface = Interface(subject)
        for declaration, declarator in declarations(node):
            interface.operations.append(
                operation_subject(declaration, declarator, subject, NO_INTERFACE)
            )
        self._file.dispatched.append(interface)
        return interface

    def _properties(
        self, nodes: tuple[ast.Declaration, ...]
    ) -> Iterator[ir_com.Property]:
        for node in nodes:
            attributes = self._place(node.attributes, Place.MEMBER)
            for each in node.declarators:
                name = each.declarator.name
                if name is None:
                    continue
                declared = types.declare(
                    node.specifiers,
                    each.declarator,
                    attributes,
                    self._site,
                    Place.MEMBER,
                )
                use = Use(
                    Position.MEMBER,
                    name.text,
                    attributes,
                    NO_NEIGHBOURS,
                    self._site,
                    name.span,
                )
                yield ir_com.Property(
                    name.text,
                    realize(declared, use),
                    declared.text,
                    self._integer(attributes, "id"),
                    _words(attributes),
                    name.span,
                )

    def _coclass(
        self, node: ast.Coclass, members: tuple[ast.CoclassMember, ...]
    ) -> ir_com.Coclass:
        attributes = self._place(node.attributes, Place.COCLASS)
        found: list[ir_com.CoclassMember] = []
        for member in members:
            # Its interface need not be declared: published classes name others' by it.
            words = self._place(member.attributes, Place.COCLASS_MEMBER)
            found.append(
                ir_com.CoclassMember(
                    member.name.text,
                    "default" in words,
                    "source" in words,
                    _words(words),
                    member.span,
                )
            )
        return ir_com.Coclass(
            node.name.text,
            self._uuid(attributes),
            tuple(found),
            _words(attributes),
            node.name.span,
        )

    def _known(self, name: ast.Name) -> None:
        """What a dispinterface stands for is declared somewhere."""
        known = bases.find_interface(name.text, self._scope) is not None
        if not known and not bases.may_be_elsewhere(name.text, self._scope):
            bases.report_unknown(name, self._scope)

    def _module(self, node: ast.Library) -> ir_com.Module:
        functions = self._functions(
            node.name, node.attributes, node.body, node.span, Place.MODULE
        )
        names = [
            each.declarator.name.text
            for item in node.body
            if isinstance(item, ast.Declaration)
            for each in item.declarators
            if each.initializer is not None and each.declarator.name is not None
        ]
        return ir_com.Module(
            node.name.text,
            functions.subject.uuid,
            tuple(names),
            self._methods(functions, None),
            _words(functions.subject.attributes),
            node.name.span,
        )


def _parameter(parameter: ParameterSubject) -> ir_com.Parameter:
    return ir_com.Parameter(
        parameter.name,
        parameter.type,
        parameter.declared.text,
        parameter.direction,
        _words(parameter.attributes),
        parameter.span,
    )


def _words(attributes: AttributeSet) -> tuple[str, ...]:
    return tuple(attribute.name.text for attribute in attributes)
