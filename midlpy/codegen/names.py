"""IDL names to Python names: pure functions of one name.

A name's Python spelling depends on nothing else in the file, so adding a type never
renames another. Two names that meet are a diagnostic (``name-collision``).
"""

from __future__ import annotations

import keyword
import re
from enum import Enum
from functools import cache
from pathlib import PurePath


class Naming(Enum):
    """How IDL names are spelled in Python."""

    PEP8 = "pep8"
    IDL = "idl"  # as they are


# What annotations and defaults in a class body are made of: a field of such a name would
# hide it from the fields below.
IN_ANNOTATIONS = frozenset(
    {"UUID", "bool", "bytes", "float", "int", "list", "ndr", "range", "rpc", "str"}
)
# What the head of a module imports.
IMPORTED = frozenset(
    {
        "Final",
        "NamedTuple",
        "NewType",
        "TypeAlias",
        "UUID",
        "abstractmethod",
        "ndr",
        "rpc",
    }
)
TAKEN = IMPORTED | IN_ANNOTATIONS
# An enum's members stand beside what int and Enum offer.
ENUM_ATTRIBUTES = frozenset(
    {"mro", "name", "value", *(name for name in dir(int) if not name.startswith("_"))}
)
# NamedTuple fields stand beside what a tuple offers.
TUPLE_ATTRIBUTES = frozenset({"count", "index"})

# The runs of one all-lower-case, CamelCase or ALL-CAPS word: "GUIDList" is GUID, List;
# "UserIDs" is User, IDs.
_HUMPS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z0-9]+|\d+")


def words(name: str) -> list[str]:
    """The words of *name* as written: split at underscores and at humps.

    A part in capitals alone is one word, digits and all.
    """
    found: list[str] = []
    for part in name.split("_"):
        if part.upper() == part:
            found += [part] if part else []
        else:
            found += _HUMPS.findall(part)
    return found


@cache
def value_name(name: str, naming: Naming) -> str:
    """The name of a field, a parameter or a method."""
    return _free(_snake(name, naming), IN_ANNOTATIONS)


@cache
def parameter_name(name: str, naming: Naming) -> str:
    """The name of a parameter: a value beside ``self`` and a server's ``call``.

    ``return_value`` is what an operation returns, where several things come back.
    """
    return _free(value_name(name, naming), {"self", "call", "return_value"})


def pipe_name(name: str, naming: Naming) -> str:
    """The name of a pipe parameter: ``result`` is what its call gives."""
    return _free(parameter_name(name, naming), {"result"})


def result_name(name: str, naming: Naming) -> str:
    """The name of a field in a NamedTuple of results: none may begin with ``_``."""
    spelled = _free(parameter_name(name, naming), TUPLE_ATTRIBUTES)
    return f"value{spelled}" if spelled.startswith("_") else spelled


@cache
def class_name(name: str, naming: Naming) -> str:
    """The name of a value's class, of an alias or of a NewType."""
    if naming is Naming.IDL:
        return _free(_identifier(name), TAKEN)
    pascal = "".join(word[:1].upper() + word[1:].lower() for word in words(name))
    return _free(_identifier(pascal), TAKEN)


@cache
def codec_name(name: str, naming: Naming) -> str:
    """The name of a type's codec; where it would be the class's, it says ``_CODEC``."""
    spelled = _upper(name) if naming is Naming.PEP8 else _identifier(name)
    free = _free(spelled, TAKEN)
    return f"{spelled}_CODEC" if free == class_name(name, naming) else free


def alias_name(name: str) -> str:
    """The second name of the class *name*, for where a field has its name."""
    return f"{name}_TYPE"


def serialized_name(name: str, naming: Naming) -> str:
    """The name of a type that makes buffers of its own."""
    return f"{_upper(name) if naming is Naming.PEP8 else _identifier(name)}_SERIALIZED"


def operation_name(name: str, naming: Naming) -> str:
    """The name of an operation's descriptor."""
    return f"OP_{_upper(name) if naming is Naming.PEP8 else name}"


def result_class_name(name: str, naming: Naming) -> str:
    """The name of the NamedTuple an operation gives back."""
    return f"{class_name(name, naming).rstrip('_')}Result"


def interface_name(name: str, naming: Naming) -> str:
    """The name of an interface's descriptor."""
    spelled = _upper(name) if naming is Naming.PEP8 else _identifier(name)
    return _free(spelled, TAKEN)


def client_name(name: str, naming: Naming) -> str:
    return f"{class_name(name, naming).rstrip('_')}Client"


def server_name(name: str, naming: Naming) -> str:
    return f"{class_name(name, naming).rstrip('_')}Server"


def constant_name(name: str) -> str:
    """The name of a constant: its own, unless Python has a meaning for it."""
    return _free(name, TAKEN)


def enumerator_name(name: str) -> str:
    """The name of an enum's member: its own, unless an enum cannot have it.

    Two leading underscores make a private name, one on each side a reserved one.
    """
    if name.startswith("__"):
        name = "_" + name.lstrip("_")
    if name.startswith("_") and name.endswith("_"):
        name = name.rstrip("_")
    return _free(name, ENUM_ATTRIBUTES)


def module_name(path: str) -> str:
    """The name of the module for an IDL file: ``ms-frs2.idl`` gives ``ms_frs2``."""
    stem = PurePath(path.replace("\\", "/")).stem.lower()
    return _free(_identifier(re.sub(r"[^a-z0-9_]", "_", stem) or "_"), frozenset())


def module_alias(name: str, hiding: frozenset[str] = frozenset()) -> str:
    """What a module is called where it is imported beside the runtime.

    A member or method of its name, one of *hiding*, would hide it from annotations.
    """
    return _free(name, TAKEN | hiding)


def _snake(name: str, naming: Naming) -> str:
    if naming is Naming.IDL:
        return _identifier(name.lstrip("_") or name)
    return _identifier("_".join(word.lower() for word in words(name)))


def _upper(name: str) -> str:
    return _identifier("_".join(word.upper() for word in words(name)))


def _identifier(text: str) -> str:
    """*text*, with an underscore ahead of a digit; names of underscores alone stay."""
    return text if text and not text[0].isdigit() else f"_{text}"


def _free(name: str, taken: frozenset[str] | set[str]) -> str:
    return f"{name}_" if name in taken or keyword.iskeyword(name) else name
