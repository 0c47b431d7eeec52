"""Types that a field hides by its name, as in ``nb_flags nb_flags;``.

In the body of a class the name means the field, for the annotations and the defaults below
it. Such a type gets a second name, an alias behind it, which only these classes use: so
nothing has another name than in the IDL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from midlpy.codegen.annotations import annotation
from midlpy.codegen.operations import outcomes
from midlpy.codegen.spelling import Spelling
from midlpy.layout import plan

_WORDS = re.compile(r"(?<![.\w])[A-Za-z_]\w*")


def words(annotations: Iterable[str]) -> set[str]:
    """The names that annotations begin with: classes of this module, other modules."""
    found: set[str] = set()
    for text in annotations:
        found.update(_WORDS.findall(text))
    return found


def aliased(module: plan.Module, spelling: Spelling) -> frozenset[str]:
    """The classes of *module* that need a second name."""
    found: set[str] = set()
    for fields in _bodies(module, spelling):
        used = words(annotation(type_, spelling) for _, type_ in fields)
        found.update(name for name, _ in fields if name in used)
    return frozenset(found.intersection(spelling.classes))


def beside(spelling: Spelling, fields: Iterable[str]) -> Spelling:
    """*spelling* in the body of a class that has *fields*."""
    return replace(spelling, hidden=spelling.aliased.intersection(fields))


def _bodies(
    module: plan.Module, spelling: Spelling
) -> Iterator[list[tuple[str, plan.Type]]]:
    """The fields of every class of values."""
    for declaration in module.types:
        if isinstance(declaration, plan.Struct):
            yield [(spelling.value(f.name), f.type) for f in declaration.fields]
    for interface in module.interfaces:
        for operation in (*interface.operations, *interface.callbacks):
            found = outcomes(operation, spelling)
            if len(found) > 1:
                yield [(name, type_) for _, name, type_ in found]
