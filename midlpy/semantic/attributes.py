"""Attributes: where they stand, what they take, what they exclude.

Attribute words are ordinary names to the parser; everything about them is decided here,
and one by one in ``attribute_table``.
Spec: MIDL reference, "MIDL language reference" attributes; DCE ones from C706 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from midlpy.diagnostics import Span
from midlpy.frontend import ast


class Place(Enum):
    """Where an attribute list stands; the value is how messages call it."""

    INTERFACE = "an interface"
    OPERATION = "an operation"
    PARAMETER = "a parameter"
    MEMBER = "a struct member"
    ARM = "a union arm"
    TYPEDEF = "a type"
    ENUMERATOR = "an enumerator"
    LIBRARY = "a library"
    COCLASS = "a coclass"
    COCLASS_MEMBER = "a member of a coclass"
    DISPINTERFACE = "a dispinterface"
    MODULE = "a module"
    CONSTANT = "a constant"
    ACF_INTERFACE = "an interface in an ACF"
    ACF_OPERATION = "an operation in an ACF"
    ACF_PARAMETER = "a parameter in an ACF"
    ACF_TYPEDEF = "a type in an ACF"


# One letter each, in the table below.
LETTERS: Final[Mapping[str, Place]] = {
    "I": Place.INTERFACE,
    "F": Place.OPERATION,
    "P": Place.PARAMETER,
    "M": Place.MEMBER,
    "A": Place.ARM,
    "T": Place.TYPEDEF,
    "e": Place.ENUMERATOR,
    "L": Place.LIBRARY,
    "C": Place.COCLASS,
    "c": Place.COCLASS_MEMBER,
    "D": Place.DISPINTERFACE,
    "O": Place.MODULE,
    "K": Place.CONSTANT,
    "i": Place.ACF_INTERFACE,
    "f": Place.ACF_OPERATION,
    "p": Place.ACF_PARAMETER,
    "t": Place.ACF_TYPEDEF,
}

ACF_PLACES: Final = frozenset(
    {
        Place.ACF_INTERFACE,
        Place.ACF_OPERATION,
        Place.ACF_PARAMETER,
        Place.ACF_TYPEDEF,
    }
)


class Takes(Enum):
    """What stands in the parentheses."""

    NOTHING = "no argument"
    ONE = "one argument"
    TWO = "two arguments"
    SOME = "at least one argument"
    OPTIONAL = "at most one argument"
    ANY = "any arguments"


class Effect(Enum):
    """What becomes of an attribute."""

    USED = "used"
    SILENT = (
        "no effect on the wire"  # code generation of another compiler, type libraries
    )
    IGNORED = "recognised, without effect"  # worth a warning
    REFUSED = "not supported"  # would change the wire or promises what cannot be kept


class Row(Struct, frozen=True):
    """One attribute. *note* completes the message of one refused or ignored.

    *idle* are the places where an attribute that is used elsewhere has no effect, which
    a warning says; *quiet* those where it has none on the wire, and *barred* those where
    it is not supported, both for the reason *note*. *words* are the arguments there are
    where only some words are; no limit when empty.
    """

    name: str
    places: frozenset[Place]
    takes: Takes = Takes.NOTHING
    effect: Effect = Effect.USED
    note: str = ""
    idle: frozenset[Place] = frozenset()
    quiet: frozenset[Place] = frozenset()
    barred: frozenset[Place] = frozenset()
    words: frozenset[str] = frozenset()

    def effect_in(self, place: Place) -> Effect:
        """What becomes of it in *place*."""
        if place in self.idle:
            return Effect.IGNORED
        if place in self.barred:
            return Effect.REFUSED
        return Effect.SILENT if place in self.quiet else self.effect


# Samba's attributes of enums and bitmaps, with the octets they mean.
ENUM_WIDTHS: Final[Mapping[str, int]] = {
    "enum8bit": 1,
    "enum16bit": 2,
    "bitmap8bit": 1,
    "bitmap16bit": 2,
    "bitmap32bit": 4,
    "bitmap64bit": 8,
}

# Words of Samba's dialect that are none of MIDL's.
SAMBA: Final = frozenset(
    [
        "public",
        "noprint",
        "nopush",
        "nopull",
        "nopython",
        "todo",
        "no_srv_register",
        "authservice",
        "noheader",
        "to_null",
        "gensize",
        "max_recursion",
        "charset",
        "pyhelper",
        "helper",
        "depends",
        "nosize",
        "print",
        "value",
        "relative",
        "relative_short",
        "relative_base",
        "null_is_ffffffff",
        "subcontext",
        "subcontext_size",
        "compression",
        "flag",
        "nodiscriminant",
        "skip",
        "skip_noinit",
        "noopnum",
        "represent_as",
    ]
) | frozenset(ENUM_WIDTHS)

# Two attributes that exclude each other, and the rule that says so.
EXCLUSIVE: Final[tuple[tuple[str, str, str], ...]] = (
    ("ref", "unique", "two-pointer-kinds"),
    ("ref", "ptr", "two-pointer-kinds"),
    ("unique", "ptr", "two-pointer-kinds"),
    ("size_is", "max_is", "max-and-size"),
    ("length_is", "last_is", "last-and-length"),
    ("string", "length_is", "string-with-length"),
    ("string", "first_is", "string-with-length"),
    ("string", "last_is", "string-with-length"),
    ("code", "nocode", "code-and-nocode"),
    ("context_handle", "handle", "handle-and-context"),
    (
        "context_handle_serialize",
        "context_handle_noserialize",
        "both-serialize-modes",
    ),
    (
        "strict_context_handle",
        "type_strict_context_handle",
        "conflicting-attributes",
    ),
    ("in_line", "out_of_line", "conflicting-attributes"),
    ("interpret", "nointerpret", "conflicting-attributes"),
    ("transmit_as", "wire_marshal", "conflicting-attributes"),
    ("represent_as", "user_marshal", "conflicting-attributes"),
    ("local", "call_as", "operation-attributes"),
    ("auto_handle", "explicit_handle", "one-handle-attribute"),
    ("auto_handle", "implicit_handle", "one-handle-attribute"),
    ("explicit_handle", "implicit_handle", "one-handle-attribute"),
)

# Two words in the parentheses of one attribute that exclude each other.
EXCLUSIVE_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("allocate", "all_nodes", "single_node"),
    ("allocate", "free", "dont_free"),
)

POINTER_KINDS: Final = ("ref", "unique", "ptr")


class AttributeSet:
    """The attributes of one declaration, by name; of repeated ones the last counts."""

    __slots__ = ("_by_name", "all")

    def __init__(self, attributes: ast.Attributes = ()) -> None:
        self.all = attributes
        self._by_name = {attribute.name.text: attribute for attribute in attributes}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[ast.Attribute]:
        return iter(self.all)

    def get(self, name: str) -> ast.Attribute | None:
        return self._by_name.get(name)

    def span(self, name: str, otherwise: Span) -> Span:
        """Where *name* is written."""
        attribute = self._by_name.get(name)
        return otherwise if attribute is None else attribute.span

    def first_of(self, *names: str) -> ast.Attribute | None:
        """The first attribute present among *names*, in their order."""
        for name in names:
            if name in self._by_name:
                return self._by_name[name]
        return None

    def argument(self, name: str) -> ast.Argument | None:
        """The first argument of *name*."""
        attribute = self._by_name.get(name)
        if attribute is None or not attribute.arguments:
            return None
        return attribute.arguments[0]

    def join(self, *others: AttributeSet) -> AttributeSet:
        """These attributes and those of *others*."""
        joined = self.all
        for other in others:
            joined = joined + other.all
        return AttributeSet(joined)
