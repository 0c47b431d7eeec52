"""The table of attributes: where each may stand, what it takes, what it excludes.

Attribute words are ordinary names to the parser; everything about them is decided here.
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
    a warning says; *quiet* those where it has none on the wire, for the reason *note*.
    """

    name: str
    places: frozenset[Place]
    takes: Takes = Takes.NOTHING
    effect: Effect = Effect.USED
    note: str = ""
    idle: frozenset[Place] = frozenset()
    quiet: frozenset[Place] = frozenset()

    def effect_in(self, place: Place) -> Effect:
        """What becomes of it in *place*."""
        if place in self.idle:
            return Effect.IGNORED
        return Effect.SILENT if place in self.quiet else self.effect


def _row(
    name: str,
    places: str,
    takes: Takes = Takes.NOTHING,
    effect: Effect = Effect.USED,
    note: str = "",
    idle: str = "",
    quiet: str = "",
) -> Row:
    return Row(
        name, _places(places), takes, effect, note, _places(idle), _places(quiet)
    )


def _silent(name: str, places: str, note: str, takes: Takes = Takes.NOTHING) -> Row:
    """One without effect on the wire; *note* is why."""
    return _row(name, places, takes, Effect.SILENT, note)


def _places(letters: str) -> frozenset[Place]:
    return frozenset(LETTERS[letter] for letter in letters)


# Why an attribute is of no consequence here.
_CODE = "says how the code of another compiler is made"
_MEMORY = "says how memory is allocated"
_LIBRARY = "speaks to type libraries and automation"
_ALIGNMENT = "says what NDR says anyway"

_OLD = "belongs to layouts older than NDR 2.0"

_ROWS: Final[tuple[Row, ...]] = (
    # Interfaces
    _row("uuid", "ITLCDO", Takes.ONE, note=_LIBRARY, quiet="T"),
    _row("version", "ITLCDO", Takes.ONE, note=_LIBRARY, quiet="TCDO"),
    _row("endpoint", "I", Takes.SOME),
    _row("pointer_default", "I", Takes.ONE),
    _row("local", "IF"),
    _row("object", "I"),
    _row("ms_union", "ITMP"),
    _silent(
        "strict_context_handle",
        "Ii",
        "a handle is good for the interface that made it, and for no other",
    ),
    _row(
        "type_strict_context_handle",
        "Ii",
        effect=Effect.IGNORED,
        note="of one interface, handles are told apart by what call.context(handle) gives",
    ),
    _row("async_uuid", "I", Takes.ONE),
    _row("extern_exceptions", "I", Takes.ANY, Effect.IGNORED),
    _row("exceptions", "IF", Takes.ANY, Effect.IGNORED),
    _row("binding_callout", "Ii", Takes.ANY, Effect.IGNORED),
    # Operations
    _row("idempotent", "F"),
    _row("broadcast", "F"),
    _row("maybe", "F"),
    _row(
        "message", "F", effect=Effect.REFUSED, note="message queues carry no RPC here"
    ),
    _row("callback", "F"),
    _row("call_as", "Ff", Takes.ONE),
    _row("notify", "Ff"),
    _row("notify_flag", "Ff"),
    _row("nocancel", "Ff", effect=Effect.IGNORED),
    _row("async", "IFPif", idle="P", note="it belongs on operations"),
    _row("comm_status", "FPfp"),
    _row("fault_status", "FPfp"),
    _row("code", "Iif"),
    _row("nocode", "Iif"),
    _row("encode", "IFTift"),
    _row("decode", "IFTift"),
    # Handles
    _row("implicit_handle", "Ii", Takes.ONE),
    _row("explicit_handle", "IFif"),
    _row("auto_handle", "Ii"),
    _row("context_handle", "PFTM"),
    _row(
        "context_handle_serialize",
        "PTtpf",
        effect=Effect.IGNORED,
        note="calls on one handle run side by side, and methods lock for themselves",
    ),
    _silent(
        "context_handle_noserialize", "PTtpf", "calls on one handle run side by side"
    ),
    _row("handle", "T"),
    # Parameters, members, arms
    _row("in", "P"),
    _row("out", "P"),
    _silent("shape", "P", "an old word for what size_is says"),
    _row("ref", "PMATF"),
    _row("unique", "PMATF"),
    _row("ptr", "PMATF"),
    _row("size_is", "PMAT", Takes.SOME),
    _row("max_is", "PMAT", Takes.SOME),
    _row("min_is", "PM", Takes.SOME, Effect.IGNORED),
    _row("length_is", "PMAT", Takes.SOME),
    _row("first_is", "PMAT", Takes.SOME),
    _row("last_is", "PMAT", Takes.SOME),
    _row("string", "PMATF"),
    _row("bstring", "PM"),
    _row("range", "PMTAF", Takes.TWO),
    _row("switch_type", "TPM", Takes.ONE),
    _row("switch_is", "PMA", Takes.ONE),
    _row("case", "A", Takes.ANY),
    _row("default", "Ac"),
    _row("ignore", "MAP"),
    _row("v1_enum", "T"),
    _row("iid_is", "PMA", Takes.ONE),
    _row("transmit_as", "T", Takes.ONE),
    _row("wire_marshal", "T", Takes.ONE),
    _row("represent_as", "Tt", Takes.SOME),
    _row("user_marshal", "Tt", Takes.SOME),
    _row("partial_ignore", "P", effect=Effect.REFUSED, note="the null flag it sends"),
    _silent("force_allocate", "Pp", _MEMORY),
    _silent("disable_consistency_check", "PMTA", "a null pointer may have any count"),
    _row(
        "system_handle",
        "PM",
        Takes.SOME,
        Effect.REFUSED,
        "handles of the operating system cannot leave the machine",
    ),
    _row("byte_count", "p", Takes.ONE),
    _silent("allocate", "tT", _MEMORY, Takes.SOME),
    _silent("enable_allocate", "if", _MEMORY),
    _silent("optimize", "ifI", _CODE, Takes.ONE),
    _silent("in_line", "iftI", _CODE),
    _silent("out_of_line", "iftI", _CODE),
    _silent("heap", "tfp", _MEMORY),
    _silent("interpret", "if", _CODE),
    _silent("nointerpret", "if", _CODE),
    _silent("manual", "if", _CODE),
    _row("reflect_deletions", "f", effect=Effect.IGNORED),
    _silent("annotation", "PFMT", "speaks to analysers of C code", Takes.ONE),
    # Old layouts and character sets
    _row("v1_array", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("v1_string", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("v1_struct", "PTMI", effect=Effect.REFUSED, note=_OLD),
    _row("align", "TMI", Takes.ONE, Effect.REFUSED, "alignment is that of the type"),
    _silent("unaligned", "PTM", "speaks of memory, not of the wire"),
    _silent("ms_conf_struct", "TMI", _ALIGNMENT),
    _row("short_enum", "TI", note="enums have 16 bits anyway", quiet="I"),
    _row("long_enum", "T"),
    _silent("zeroout_alignmentgap", "PTMI", "gaps are zero anyway"),
    _row("cs_char", "t", Takes.SOME, Effect.REFUSED, "international characters"),
    _row("cs_tag_rtn", "if", Takes.ONE, Effect.REFUSED, "international characters"),
    _row("cs_stag", "Pp", effect=Effect.REFUSED, note="international characters"),
    _row("cs_drtag", "Pp", effect=Effect.REFUSED, note="international characters"),
    _row("cs_rtag", "Pp", effect=Effect.REFUSED, note="international characters"),
    # Type libraries and automation
    *(
        # These make an interface one of COM's.
        _row(name, "IFPMATLCcDKO", Takes.ANY, note=_LIBRARY, quiet="FPMATLCcDKO")
        for name in ["dual", "oleautomation", "odl"]
    ),
    _row("source", "IFPMATLCcDKO", Takes.ANY, note=_LIBRARY, quiet="IFPMATLCDKO"),
    *(
        _silent(name, "IFPMATeLCcDKO", _LIBRARY, Takes.ANY)
        for name in [
            "helpstring",
            "helpcontext",
            "helpstringcontext",
            "custom",
            "hidden",
        ]
    ),
    *(
        _silent(name, "IFPMATLCcDKO", _LIBRARY, Takes.ANY)
        for name in [
            "helpfile",
            "helpstringdll",
            "restricted",
            "nonbrowsable",
            "nonextensible",
            "public",
            "uidefault",
            "defaultcollelem",
            "id",
            "propget",
            "propput",
            "propputref",
            "bindable",
            "defaultbind",
            "displaybind",
            "immediatebind",
            "requestedit",
            "defaultvtable",
            "vararg",
            "readonly",
            "lcid",
            "usesgetlasterror",
            "predeclid",
            "replaceable",
            "proxy",
            "input_sync",
            "optional_interface",
            "aggregatable",
            "appobject",
            "control",
            "licensed",
            "noncreatable",
            "progid",
            "vi_progid",
            "threading",
            "dllname",
            "entry",
            "optional",
            "retval",
            "defaultvalue",
            "bem_handle",
            "custom_allocator",
            "default_allocator",
            "extension",
            "funcdescattr",
            "hostContract",
            "idldescattr",
            "local_call",
            "off_line",
            "typedescattr",
            "vardescattr",
            "winrt_remote_async",
        ]
    ),
)

ATTRIBUTES: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}

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
    ("auto_handle", "explicit_handle", "one-handle-attribute"),
    ("auto_handle", "implicit_handle", "one-handle-attribute"),
    ("explicit_handle", "implicit_handle", "one-handle-attribute"),
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
