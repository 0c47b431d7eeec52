"""How names are spelled in one module: its own, and those of the modules beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from midlpy.codegen import names
from midlpy.codegen.names import Naming
from midlpy.layout import plan


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
