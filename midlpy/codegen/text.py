"""Plans as Python text: the annotation of a value, its codec, its default."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeAlias, assert_never

from msgspec import Struct

from midlpy.codegen import lines, names
from midlpy.codegen.expressions import expression
from midlpy.codegen.lines import Call, Fit, Piece, call, flat, quoted
from midlpy.codegen.names import Naming
from midlpy.layout import plan
from midlpy.layout.references import named
from midlpy.semantic.ir import BaseKind, Expression, PointerKind

CODECS: Mapping[BaseKind, str] = {
    BaseKind.BOOLEAN: "ndr.BOOLEAN",
    BaseKind.BYTE: "ndr.OCTET",
    BaseKind.CHAR: "ndr.CHAR",
    BaseKind.WCHAR: "ndr.WCHAR",
    BaseKind.INT8: "ndr.INT8",
    BaseKind.UINT8: "ndr.UINT8",
    BaseKind.INT16: "ndr.INT16",
    BaseKind.UINT16: "ndr.UINT16",
    BaseKind.INT32: "ndr.INT32",
    BaseKind.UINT32: "ndr.UINT32",
    BaseKind.INT64: "ndr.INT64",
    BaseKind.UINT64: "ndr.UINT64",
    BaseKind.INT3264: "ndr.INT3264",
    BaseKind.UINT3264: "ndr.UINT3264",
    BaseKind.FLOAT: "ndr.FLOAT32",
    BaseKind.DOUBLE: "ndr.FLOAT64",
    BaseKind.ERROR_STATUS: "ndr.ERROR_STATUS",
    BaseKind.DLONG: "ndr.DLONG",
    BaseKind.UDLONG: "ndr.UDLONG",
    BaseKind.UDLONGR: "ndr.UDLONGR",
    BaseKind.NETWORK32: "ndr.NETWORK32",
}
OCTETS: frozenset[BaseKind] = frozenset({BaseKind.BYTE, BaseKind.CHAR, BaseKind.UINT8})
PYTHON_TYPES: Mapping[BaseKind, str] = {
    BaseKind.BOOLEAN: "bool",
    BaseKind.FLOAT: "float",
    BaseKind.DOUBLE: "float",
}
ZEROS: Mapping[str, str] = {"bool": "False", "float": "0.0", "int": "0"}
TEXTS: Mapping[BaseKind, str] = {
    BaseKind.WCHAR: "wide_string",
    BaseKind.CHAR: "string",
    BaseKind.BYTE: "octet_string",
}

Name: TypeAlias = Callable[[str], str]


class Spelling(Struct, frozen=True):
    """How names are spelled in one module.

    *modules* are the modules beside it by the path of their file; *later* the names of
    types whose codecs do not exist yet where the text stands; *classes* those of the
    module's own types, *kept* the types that keep the spelling of the IDL. Of the classes
    *aliased* have a second name, for where they are *hidden*. The prefixes go ahead of
    the names of methods.
    """

    path: str
    naming: Naming
    modules: Mapping[str, str]
    later: Collection[str] = ()
    classes: Collection[str] = ()
    kept: Collection[str] = ()
    aliased: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    client_prefix: str = ""
    server_prefix: str = ""

    @staticmethod
    def of(module: plan.Module, naming: Naming) -> Spelling:
        """How *module* spells its names and those of the modules it uses."""
        taken = frozenset(_beside_modules(module, naming))
        modules = {path: names.module_name(path) for path in module.uses}
        return Spelling(
            path=module.path,
            naming=naming,
            modules={
                path: names.module_alias(name, taken) for path, name in modules.items()
            },
            classes=frozenset(names.class_name(t.name, naming) for t in module.types),
            kept=module.kept,
        )

    def own_class(self, name: str) -> str:
        """The class of a type of this module."""
        return names.class_name(name, Naming.IDL if name in self.kept else self.naming)

    def own_codec(self, name: str) -> str:
        """The codec of a type of this module."""
        return names.codec_name(name, Naming.IDL if name in self.kept else self.naming)

    def result_class(self, operation: str) -> str:
        """The name of an operation's NamedTuple; a type of that name keeps it."""
        name = names.result_class_name(operation, self.naming)
        return f"{name}_" if name in self.classes else name

    def reply_class(self, operation: str) -> str:
        """The same of what a server gives back, where a client has a status more."""
        name = f"{names.class_name(operation, self.naming).rstrip('_')}Reply"
        return f"{name}_" if name in self.classes else name

    def value(self, name: str) -> str:
        return names.value_name(name, self.naming)

    def class_of(self, use: plan.Use) -> str:
        naming = Naming.IDL if use.keeps_name else self.naming
        name = names.class_name(use.name, naming)
        if name in self.hidden and use.unit == self.path:
            return names.alias_name(name)
        return self._qualified(use, name)

    def codec_of(self, use: plan.Use) -> str:
        naming = Naming.IDL if use.keeps_name else self.naming
        return self._qualified(use, names.codec_name(use.name, naming))

    def is_later(self, use: plan.Use) -> bool:
        return use.unit == self.path and use.name in self.later

    def _qualified(self, use: plan.Use, name: str) -> str:
        return name if use.unit == self.path else f"{self.modules[use.unit]}.{name}"


def _beside_modules(module: plan.Module, naming: Naming) -> Iterator[str]:
    """What would hide a module of its name: members, methods, and the types' classes."""
    for type_ in module.types:
        yield names.class_name(type_.name, naming)
        match type_:
            case plan.Struct(fields=fields):
                yield from (names.value_name(each.name, naming) for each in fields)
            case plan.Encapsulated(discriminant=tag, union_name=union):
                yield names.value_name(tag.name, naming)
                yield names.value_name(union, naming)
            case _:
                pass
    for interface in module.interfaces:
        for operation in interface.operations:
            name = operation.called or operation.name
            yield names.value_name(name, naming)


# Annotations


def annotation(type_: plan.Type, spelling: Spelling) -> str:
    """The Python type of a value, as a type checker sees it."""
    match type_:
        case plan.Scalar(kind):
            return PYTHON_TYPES.get(kind, "int")
        case plan.Guid():
            return "UUID"
        case (
            plan.Ranged(target)
            | plan.Pointer(target, PointerKind.REF)
            | plan.InPlace(target)
        ):
            return annotation(target, spelling)
        case plan.Use(form=plan.Form.UNION):
            return optional(spelling.class_of(type_))
        case plan.Use():
            return spelling.class_of(type_)
        case plan.Switch(union):
            return annotation(union, spelling)
        case plan.Pointer(target):
            return optional(annotation(target, spelling))
        case plan.Fixed(element) | plan.Conformant(element) | plan.Varying(element):
            return f"list[{annotation(element, spelling)}]"
        case plan.Packed(is_wide=is_wide):
            return "str" if is_wide else "bytes"
        case plan.Text(character):
            return "bytes" if character is BaseKind.BYTE else "str"
        case plan.InterfacePointer():
            return "bytes | None"
        case _:
            assert_never(type_)


def optional(text: str) -> str:
    """*text*, or None."""
    return text if text.endswith("| None") else f"{text} | None"


def alternatives(
    arms: Collection[plan.Arm], default: plan.Arm | None, spelling: Spelling
) -> str:
    """The type of a union's value: each arm's once, None last.

    None is always among them: it is the value before there is one.
    """
    found: dict[str, None] = {}
    for arm in (*arms, *((default,) if default else ())):
        if arm.type is not None:
            for text in lines.alternatives(annotation(arm.type, spelling)):
                found[text] = None
    found.pop("None", None)
    return " | ".join((*found, "None"))


def chunk(element: plan.Type, spelling: Spelling) -> str:
    """The type of a pipe's chunk."""
    if isinstance(element, plan.Scalar) and element.kind in OCTETS:
        return "bytes"
    return f"list[{annotation(element, spelling)}]"


# Codecs


def codec(type_: plan.Type, spelling: Spelling, name: Name) -> Piece:
    """The expression that moves a value; *name* spells what sizes refer to."""
    match type_:
        case plan.Scalar(kind):
            return CODECS[kind]
        case plan.Guid():
            return "ndr.UUID"
        case plan.Ranged(target, low, high):
            return call(
                "ndr.ranged", codec(target, spelling, name), str(low), str(high)
            )
        case plan.Use():
            text = spelling.codec_of(type_)
            if spelling.is_later(type_):
                return f"ndr.lazy(lambda: {text})"
            return text
        case plan.Switch(union, discriminant):
            inner = codec(union, spelling, name)
            return call("ndr.switch", inner, switch_is=_size(discriminant, name))
        case plan.Pointer(target, kind):
            inner = codec(target, spelling, name)
            return Call(f"{POINTERS[kind]}(", (("", inner),), fit=Fit.FILL)
        case plan.Fixed(element, count):
            return call("ndr.fixed", codec(element, spelling, name), str(count))
        case plan.Conformant(element, size, length, first):
            sizes = _sizes(size, length, first, name)
            return call("ndr.array", codec(element, spelling, name), **sizes)
        case plan.Varying(element, bound, length, first):
            inner, sizes = codec(element, spelling, name), _sizes(
                None, length, first, name
            )
            return call("ndr.varying", inner, str(bound), **sizes)
        case plan.Packed(is_wide, bound, size, length, first):
            room = () if bound is None else (str(bound),)
            function = "ndr.wide" if is_wide else "ndr.octets"
            return call(function, *room, **_sizes(size, length, first, name))
        case plan.Text(character, bound, size):
            return _text_codec(TEXTS[character], bound, size, name)
        case plan.InPlace(target, is_counted):
            function = "ndr.in_place" if is_counted else "ndr.uncounted"
            return call(function, codec(target, spelling, name))
        case plan.InterfacePointer():
            return "ndr.interface_pointer()"
        case _:
            assert_never(type_)


POINTERS: Mapping[PointerKind, str] = {
    PointerKind.REF: "ndr.ref",
    PointerKind.UNIQUE: "ndr.unique",
    PointerKind.FULL: "ndr.full",
}


def _text_codec(
    function: str, bound: int | None, size: Expression | None, name: Name
) -> Piece:
    if bound is not None:
        return call(f"ndr.{function}", str(bound))
    if size is not None:
        return call(f"ndr.{function}", size_is=_size(size, name))
    return f"ndr.{function.upper()}"


def _sizes(
    size: Expression | None,
    length: Expression | None,
    first: Expression | None,
    name: Name,
) -> dict[str, Piece]:
    given = {"size_is": size, "length_is": length, "first_is": first}
    return {word: _size(e, name) for word, e in given.items() if e is not None}


def _size(node: Expression, name: Name) -> str:
    return quoted(expression(node, name))


def union_codec(
    discriminant: plan.Type,
    arms: Collection[plan.Arm],
    default: plan.Arm | None,
    is_ms_union: bool,
    spelling: Spelling,
) -> Call:
    """``ndr.union`` with the arms by their labels."""
    table = Call(
        "{",
        tuple(
            (f"{label}: ", _arm(arm, spelling)) for arm in arms for label in arm.labels
        ),
        "}",
    )
    items: list[tuple[str, Piece]] = [
        ("", codec(discriminant, spelling, spelling.value)),
        ("", table),
    ]
    if default is not None:
        items.append(("default=", _arm(default, spelling)))
    if is_ms_union:
        items.append(("ms_union=", "True"))
    return Call("ndr.union(", tuple(items), fit=Fit.OPEN)


def _arm(arm: plan.Arm, spelling: Spelling) -> Piece:
    if arm.type is None:
        return "ndr.EMPTY"
    return codec(arm.type, spelling, spelling.value)


# Defaults


def default(type_: plan.Type, spelling: Spelling, start: int = 0) -> Piece:
    """What a field begins with: in place where it cannot change, else made anew.

    That is zero, or *start* where the plan says so.
    """
    match type_:
        case (
            plan.Ranged(target)
            | plan.Pointer(target, PointerKind.REF)
            | plan.InPlace(target)
        ):
            return default(target, spelling, start)
        case plan.Switch(_, _, arm):
            return "None" if arm is None else default(arm, spelling)
        case plan.Scalar() if start:
            return "True" if type_.kind is BaseKind.BOOLEAN else str(start)
        case plan.Use(form=plan.Form.ENUM) if start:
            return f"{spelling.class_of(type_)}({start})"
        case plan.Use(form=plan.Form.STRUCT | plan.Form.ENCAPSULATED):
            return _made(spelling.class_of(type_))
        case plan.Use(form=plan.Form.CONVERTED):
            if spelling.is_later(type_):
                return _made(f"lambda: {_fresh(type_, spelling)}")
            return _made(f"{spelling.codec_of(type_)}.zero")
        case plan.Fixed():
            return _made(f"lambda: {_fresh(type_, spelling)}")
        case plan.Conformant() | plan.Varying():
            if any(spelling.is_later(use) for use in named(type_)):
                return _made("lambda: []")
            return _made(annotation(type_, spelling))
        case _:
            return _constant(type_, spelling)


def _made(factory: str) -> Piece:
    return Call("ndr.default(", (("", factory),), fit=Fit.FILL)


def _constant(type_: plan.Type, spelling: Spelling) -> str:
    """The zero value of a type whose values cannot change."""
    match type_:
        case plan.Scalar(kind):
            return ZEROS[PYTHON_TYPES.get(kind, "int")]
        case plan.Guid():
            return "UUID(int=0)"
        case plan.Use(form=plan.Form.ENUM, zero=zero):
            enum = spelling.class_of(type_)
            return f"{enum}({0})" if zero is None else _member(enum, zero)
        case plan.Use(form=plan.Form.CONTEXT_HANDLE):
            return f"{spelling.class_of(type_)}(rpc.NULL_CONTEXT)"
        case plan.Packed(is_wide, bound, _, None, None) if bound is not None:
            return f'"\\0" * {bound}' if is_wide else f"bytes({bound})"
        case plan.Packed(is_wide):
            return '""' if is_wide else 'b""'
        case plan.Text(character):
            return 'b""' if character is BaseKind.BYTE else '""'
        case _:
            return "None"


def _member(enum: str, name: str) -> str:
    return f"{enum}.{names.enumerator_name(name)}"


def _fresh(type_: plan.Type, spelling: Spelling) -> str:
    """An expression that makes a new zero value."""
    match type_:
        case (
            plan.Ranged(target)
            | plan.Pointer(target, PointerKind.REF)
            | plan.InPlace(target)
        ):
            return _fresh(target, spelling)
        case plan.Use(form=plan.Form.STRUCT | plan.Form.ENCAPSULATED):
            return f"{spelling.class_of(type_)}()"
        case plan.Use(form=plan.Form.CONVERTED):
            return f"{spelling.codec_of(type_)}.zero()"
        case plan.Fixed(element, count):
            inner = _fresh(element, spelling)
            if _is_constant(element):
                return f"[{inner}] * {count}"
            return f"[{inner} for _ in range({count})]"
        case plan.Conformant() | plan.Varying():
            return "[]"
        case _:
            return _constant(type_, spelling)


def _is_constant(type_: plan.Type) -> bool:
    match type_:
        case (
            plan.Ranged(target)
            | plan.Pointer(target, PointerKind.REF)
            | plan.InPlace(target)
        ):
            return _is_constant(target)
        case plan.Use(
            form=plan.Form.STRUCT | plan.Form.ENCAPSULATED | plan.Form.CONVERTED
        ):
            return False
        case plan.Fixed() | plan.Conformant() | plan.Varying():
            return False
        case _:
            return True


def one_line(piece: Piece) -> str:
    """*piece*, which has nothing that must stand open, as one line."""
    text = flat(piece)
    assert text is not None
    return text
