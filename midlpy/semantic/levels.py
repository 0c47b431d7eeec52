"""Attributes to the levels they belong to.

Spec: MIDL reference, size_is and multiple levels of pointers: the first expression belongs
to the level nearest the name, an empty one to none. A pointer attribute belongs to the
outermost level, string to the innermost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec.structs import replace

from midlpy.diagnostics import Note
from midlpy.frontend import ast
from midlpy.semantic import constants, ir
from midlpy.semantic.arithmetic import INTEGERS
from midlpy.semantic.attributes import AttributeSet, Place
from midlpy.semantic.converters import MARSHALLING
from midlpy.semantic.declared import Count, Declared, InterfaceName, Level
from midlpy.semantic.pipe_elements import is_pipe
from midlpy.semantic.scope import Constructed, Kind, Site

Part = Literal["size", "length", "first"]

COUNTS: Final[Mapping[str, Part]] = {
    "size_is": "size",
    "max_is": "size",
    "length_is": "length",
    "last_is": "length",
    "first_is": "first",
}

KINDS: Final = {kind.value: kind for kind in ir.PointerKind}

# Where [ref] is an error whatever it points to.
_NEVER_REF: Final = frozenset({Place.ARM, Place.OPERATION})

CHARACTERS: Final = frozenset({ir.BaseKind.CHAR, ir.BaseKind.BYTE, ir.BaseKind.WCHAR})


def attach(
    declared: Declared, attributes: AttributeSet, site: Site, place: Place
) -> Declared:
    """*declared* with every attribute that concerns a level attached to one."""
    if not attributes.all or declared.is_poison or declared.is_refused:
        return declared
    levels = list(declared.levels)
    _pointer_kind(levels, declared, attributes, site, place)
    for name, part in COUNTS.items():
        attribute = attributes.get(name)
        if attribute is not None:
            _counts(levels, declared, attribute, part, site)
    word = attributes.first_of("string", "bstring")
    if word is not None and not (place is not Place.TYPEDEF and is_pipe(declared)):
        _string(levels, declared, word, site)
    marshalling = attributes.first_of(*MARSHALLING)
    declared = replace(
        declared,
        levels=tuple(levels),
        is_handle=declared.is_handle or "handle" in attributes,
        marshalled=marshalling.name.text if marshalling else declared.marshalled,
    )
    return _range(declared, attributes, site)


def _pointer_kind(
    levels: list[Level],
    declared: Declared,
    attributes: AttributeSet,
    site: Site,
    place: Place,
) -> None:
    attribute = attributes.first_of("ref", "unique", "ptr")
    if attribute is None:
        return
    kind = KINDS[attribute.name.text]
    # A parameter that is an array is passed by reference itself; elsewhere the
    # attribute means the pointers in the array.
    pointers = [i for i, level in enumerate(levels) if level.is_pointer]
    if levels and (levels[0].is_pointer or place is Place.PARAMETER):
        index = 0
    elif pointers:
        index = pointers[0]
    else:
        _report_no_pointer(declared, attribute, site)
        return
    levels[index] = replace(levels[index], kind=kind)
    is_interface = isinstance(declared.core, InterfaceName) and index == len(levels) - 1
    is_refused = kind is ir.PointerKind.REF and place in _NEVER_REF
    if is_interface and kind is not ir.PointerKind.UNIQUE and not is_refused:
        _report_interface(attribute, site)


def _report_interface(attribute: ast.Attribute, site: Site) -> None:
    name = attribute.name.text
    site.findings.report(
        "pointer-attribute-on-interface",
        f"[{name}] has no effect on an interface pointer, which is [unique]",
        attribute.span,
        help=f"leave [{name}] out",
    )


def _report_no_pointer(
    declared: Declared, attribute: ast.Attribute, site: Site
) -> None:
    name = attribute.name.text
    if isinstance(declared.core, Constructed) and declared.core.kind is Kind.CONTEXT:
        return  # it is a pointer to its user
    if declared.levels:
        site.findings.report(
            "pointer-attribute-on-array",
            f"[{name}] has no effect on an array",
            attribute.span,
            help=f"leave [{name}] out",
        )
        return
    site.findings.report(
        "attribute-not-allowed-here",
        f"[{name}] belongs on a pointer, this is {declared.text}",
        attribute.span,
    )


def _counts(
    levels: list[Level],
    declared: Declared,
    attribute: ast.Attribute,
    part: Part,
    site: Site,
) -> None:
    """One slot of size_is, or its kin, to one level each."""
    name = attribute.name.text
    for index, argument in enumerate(attribute.arguments or ()):
        if argument is None:
            continue
        if isinstance(argument, ast.TypeName | ast.TypedName):
            site.findings.report(
                "wrong-expression", f"[{name}] takes an expression", argument.span
            )
            continue
        if index >= len(levels):
            _report_no_level(declared, attribute, argument, len(levels), site)
            break
        level = levels[index]
        if part == "size" and not level.is_pointer and level.bound is not None:
            site.findings.report(
                "size-on-fixed",
                f"[{name}] has nothing to say about an array of {level.bound} elements",
                attribute.span,
                help="leave the brackets empty, or write [length_is] if part is sent",
                notes=[Note("the fixed bound stands here", level.span)],
            )
            continue
        count = Count(name, argument, site.scope, argument.span)
        match part:
            case "size":
                levels[index] = replace(level, size=count)
            case "length":
                levels[index] = replace(level, length=count)
            case "first":
                levels[index] = replace(level, first=count)


def _report_no_level(
    declared: Declared,
    attribute: ast.Attribute,
    argument: ast.Expression,
    count: int,
    site: Site,
) -> None:
    name = attribute.name.text
    if count == 0:
        message = f"[{name}] belongs on a pointer or an array, this is {declared.text}"
        span = attribute.span
    else:
        message = (
            f"[{name}] has more expressions than {declared.text} has levels, "
            f"which are {count}"
        )
        span = argument.span
    site.findings.report("attribute-not-allowed-here", message, span)


def _string(
    levels: list[Level], declared: Declared, attribute: ast.Attribute, site: Site
) -> None:
    word = attribute.name.text
    core = declared.core
    is_text = isinstance(core, ir.Base) and core.kind in CHARACTERS
    if word == "bstring" and not (is_text and levels and levels[-1].is_pointer):
        site.findings.report(
            "bstring-misplaced",
            f"[bstring] belongs on a pointer to char or wchar_t, not {declared.text}",
            attribute.span,
        )
        return
    if declared.marshalled is not None:
        return  # the text is the program's, as in [string] BSTR
    if isinstance(core, Constructed):
        site.findings.report(
            "string-on-structure",
            f"[string] belongs on characters, not on {core.label}",
            attribute.span,
        )
        return
    if not is_text or not levels:
        site.findings.report(
            "string-type",
            "[string] belongs on a pointer to or an array of char, byte or wchar_t, "
            f"this is {declared.text}",
            attribute.span,
            help="write wchar_t for text of 16-bit characters" if levels else None,
        )
        return
    levels[-1] = replace(levels[-1], is_string=True)


def _range(declared: Declared, attributes: AttributeSet, site: Site) -> Declared:
    """The legal values that ``[range]`` gives.

    Spec: MIDL reference, range: both ends included.
    """
    attribute = attributes.get("range")
    if attribute is None or attribute.arguments is None:
        return declared
    try:
        low, high = (
            _limit(argument, attribute, site) for argument in attribute.arguments
        )
    except constants.ConstantError as error:
        error.report(site)
        return declared
    except constants.Silent:
        return declared
    if high < low:
        site.findings.report(
            "empty-range",
            f"[range({low}, {high})] lets no value pass",
            attribute.span,
            help=f"write [range({high}, {low})]",
        )
        return declared
    if not _may_be_ranged(declared):
        site.findings.report(
            "attribute-not-allowed-here",
            f"[range] belongs on an integer or sized data, this is {declared.text}",
            attribute.span,
        )
        return declared
    return replace(declared, range=ir.Range(low, high))


def _may_be_ranged(declared: Declared) -> bool:
    """Integers and enums by value; counts of sized data and pipes; lengths of strings."""
    core = declared.core
    if any(level.size or level.is_string for level in declared.levels):
        return True
    if isinstance(core, Constructed):
        return core.kind in (Kind.ENUM, Kind.PIPE)
    return isinstance(core, ir.Base) and core.kind in INTEGERS


def _limit(argument: ast.Argument | None, attribute: ast.Attribute, site: Site) -> int:
    if argument is None or isinstance(argument, ast.TypeName | ast.TypedName):
        raise constants.ConstantError(
            "wrong-expression", "[range] takes two integers", attribute.span
        )
    return constants.integer(argument, site)
