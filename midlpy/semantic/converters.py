"""Which types a converter of the user's presents, as the IDL or its ACF asks for it."""

from __future__ import annotations

import re
from typing import Final

from midlpy.frontend import ast
from midlpy.semantic.attributes import AttributeSet

# The attributes that present a type as another one than what travels.
_IN_ACF: Final = ("represent_as", "user_marshal")
MARSHALLING: Final = ("transmit_as", "wire_marshal", *_IN_ACF)

# Those that name what travels; of the others it is the type they stand on.
NAMES_WIRE: Final = frozenset({"transmit_as", "wire_marshal"})

_CONVERTER: Final = re.compile(r"\.*[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


def is_converter(text: str) -> bool:
    """Whether *text* names a class as an option does: ``package.module:Class``."""
    return _CONVERTER.fullmatch(text) is not None


def marshalling_word(
    name: str, attributes: AttributeSet, source: ast.Source
) -> str | None:
    """The attribute that gives the type *name* another representation, if one does."""
    written = attributes.first_of(*MARSHALLING)
    if written is not None:
        return written.name.text
    if source.acf is None:
        return None
    for interface in source.acf.interfaces:
        for typedef in interface.typedefs:
            if any(each.text == name for each in typedef.names):
                found = AttributeSet(typedef.attributes).first_of(*_IN_ACF)
                if found is not None:
                    return found.name.text
    return None


def wire_name(name: str) -> str:
    """How the type is called that travels for *name*, where the IDL has no other name."""
    return f"{name}_wire"


def help_for(name: str) -> str:
    """The option that is missing."""
    return f"add --converter {name}=package.module:Class"
