"""Every attribute in every place acts, or is told of, or has a reason not to matter.

What acts changes the model or the findings of some text; what is told of has its warning or
error; what is silent changes nothing, and its row says why.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import msgspec
import pytest

from midlpy.frontend.loader import load_text
from midlpy.semantic.attribute_table import ATTRIBUTES
from midlpy.semantic.attributes import LETTERS, Effect, Place, Row
from midlpy.semantic.resolve import resolve
from tests.semantic.snippets import UUID

OTHER = UUID[:-1] + "d"
HEADER = f"[uuid({UUID}){{0}}] interface t"
# For declarations inside of an interface; @ is where the attribute goes.
BODY = HEADER.format(", pointer_default(unique)") + " { %s }"
NAMES = (
    "typedef [context_handle] void *CH; typedef pipe long PP; "
    "typedef [switch_type(long)] union _U { [case(1)] hyper a; [default]; } U; "
    "typedef union _W { [case(1)] hyper a; [default]; } W; "
)
TYPES = ("long %s", "long *%s", "char *%s", "void *%s", "long %s[4]", "long %s[]")


def bodies(*texts: str) -> list[tuple[str, str | None]]:
    return [(BODY % (NAMES + text), None) for text in texts]


def configured(acf: str, body: str) -> tuple[str, str | None]:
    return BODY % (NAMES + body), acf


SPOTS: dict[Place, list[tuple[str, str | None]]] = {
    Place.INTERFACE: [
        (
            HEADER.format(", @") + " { typedef struct { long *p; } S; typedef "
            "[switch_type(long)] union { [case(1)] hyper a; [default]; } U; "
            "void f([in] S *s); }",
            None,
        ),
        (
            HEADER.format(", nocode, @") + " { void f([in] handle_t h); }",
            None,
        ),
        (f"[object, uuid({UUID}), @] interface t : IUnknown {{ }}", None),
    ],
    Place.OPERATION: bodies(
        *(
            f"[local] void twin(long a); [@] {result} f([in] handle_t h, [in] long n);"
            for result in ("void", "long", "long *", "char *", "void *")
        ),
        "[@] void f([in] long n);",
    ),
    Place.PARAMETER: bodies(
        *(
            f"void f([in] handle_t h, [in] long n, [in] GUID *g, [{way}@] "
            f"{type_ % 'x'});"
            for type_ in (*TYPES, "error_status_t *%s", "IUnknown *%s")
            for way in ("", "in, ", "in, out, ")
        ),
        "void f([in] handle_t h, [in] long n, [in, @] U *x);",
        "void f([in, @] CH x);",
        "void f([in] handle_t h, [in] short n, [in, switch_is(n), @] W *x);",
    ),
    Place.MEMBER: bodies(
        *(
            f"typedef struct {{ long n; GUID *g; [@] {type_ % 'x'}; }} S; "
            "void f([in] S *s);"
            for type_ in (*TYPES, "U %s", "IUnknown *%s")
        ),
        "typedef struct { short n; [switch_is(n), @] W x; } S; void f([in] S *s);",
    ),
    Place.ARM: bodies(
        *(
            f"typedef [switch_type(long)] union {{ {case}[@] {type_ % 'x'}; }} S;"
            for type_ in TYPES
            for case in ("", "[case(1)] ")
        )
    ),
    Place.TYPEDEF: bodies(
        *(
            f"typedef [@] {type_ % 'T'}; typedef struct {{ T t; }} S; "
            "void f([in] T t);"
            for type_ in (*TYPES, "enum { A } %s")
        ),
        "typedef [@] CH T; void f([in] T t);",
        "typedef [@] union { [case(1)] hyper a; [default]; } T; "
        "void f([in] long n, [in, switch_is(n)] T *t);",
    ),
    Place.ENUMERATOR: bodies("typedef enum { [@] A, B } E;"),
    Place.LIBRARY: [
        (f"[uuid({UUID}), @] library L {{ }}", None),
        ("[@] library L { }", None),
    ],
    Place.COCLASS: [
        (f"[uuid({UUID}), @] coclass C {{ interface IUnknown; }}", None),
        ("[@] coclass C { interface IUnknown; }", None),
    ],
    Place.COCLASS_MEMBER: [
        (f"[uuid({UUID})] coclass C {{ [@] interface IUnknown; }}", None)
    ],
    Place.DISPINTERFACE: [
        (f"[uuid({UUID}), @] dispinterface D {{ properties: methods: }}", None),
        ("[@] dispinterface D { properties: methods: }", None),
    ],
    Place.MODULE: [("[@] module M { const long A = 1; }", None)],
    Place.CONSTANT: bodies("[@] const long A = 1;"),
    Place.ACF_INTERFACE: [
        configured("[@] interface t { }", "void f([in] long a);"),
        (
            HEADER.format(", nocode") + " { void f([in] handle_t h); }",
            "[@] interface t { }",
        ),
    ],
    Place.ACF_OPERATION: [
        configured(
            f"[{header}] interface t {{ [@] f(); }}",
            f"[local] void twin(long a); {result} f({first}[in] long a);",
        )
        for header in ("", "nocode")
        for result in ("void", "error_status_t")
        for first in ("", "[in] CH c, ")
    ],
    Place.ACF_PARAMETER: [
        configured(
            f"interface t {{ f([@] {name}); }}",
            "void f([in] CH c, [in] long n, [out] error_status_t *e);",
        )
        for name in ("c", "n", "e")
    ],
    Place.ACF_TYPEDEF: [
        configured(f"interface t {{ typedef [{more}@] {name}; }}", "typedef long X;")
        for name in ("X", "CH")
        for more in ("", "represent_as(LOCAL), ")
    ],
}

# What stands in the parentheses; the name of the place where it depends on it.
ARGUMENTS = {
    "uuid": OTHER,
    "version": "2.0",
    "endpoint": '"ncacn_ip_tcp:[1]"',
    "pointer_default": "ptr",
    "async_uuid": OTHER,
    "call_as": "twin",
    "implicit_handle": "handle_t ih",
    "range": "0, 5",
    "switch_type": "short",
    "case": "3",
    "iid_is": "g",
    "transmit_as": "short",
    "wire_marshal": "short",
    "represent_as": "LOCAL",
    "user_marshal": "LOCAL",
    "allocate": "all_nodes",
    "optimize": '"x"',
    "annotation": '"x"',
    "system_handle": "sh_file",
    "align": "8",
    "cs_char": "X",
    "cs_tag_rtn": "X",
    **dict.fromkeys(
        ["size_is", "max_is", "length_is", "first_is", "last_is", "min_is"], "n"
    ),
    "switch_is": "n",
    "byte_count": "n",
}
# Their arguments may be anything, as tests of their own see to.
LIBRARY_ARGUMENTS = {"helpstring": '"x"', "custom": f'{OTHER}, "x"', "id": "7"}


def spelled(name: str) -> str:
    argument = {**ARGUMENTS, **LIBRARY_ARGUMENTS}.get(name)
    return name if argument is None else f"{name}({argument})"


def bare(value: Any) -> Any:
    """*value* without what only says how it was written; COM's keeps words, too."""
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        return {
            key: bare(inner)
            for key, inner in known.items()
            if key not in ("text", "span", "comment", "attributes")
        }
    if isinstance(value, tuple):
        return [bare(inner) for inner in cast(tuple[Any, ...], value)]
    return value


Said = list[tuple[str, str, str]]


@cache
def outcome(text: str, acf: str | None) -> tuple[Said, Any]:
    loaded = load_text(text, filename="t.idl", acf=acf)
    assert loaded.source is not None
    resolution = resolve(loaded.source)
    told = (*loaded.diagnostics, *resolution.diagnostics)
    said = [(each.rule, each.severity.value, each.message) for each in told]
    return said, bare(msgspec.to_builtins(resolution.model))


def without(text: str | None) -> str | None:
    """*text* where the attribute is left out, and its brackets where they are empty."""
    if text is None:
        return None
    for old, new in ((", @", ""), ("[@]", ""), ("[, ", "["), ("[] ", ""), ("@", "")):
        text = text.replace(old, new)
    return text


def outcomes(row: Row, place: Place) -> list[tuple[tuple[Said, Any], tuple[Said, Any]]]:
    """What becomes of each text with the attribute, and without it."""
    found: list[tuple[tuple[Said, Any], tuple[Said, Any]]] = []
    for text, acf in SPOTS[place]:
        word = spelled(row.name)
        with_it = outcome(text.replace("@", word), acf and acf.replace("@", word))
        found.append((with_it, outcome(without(text) or "", without(acf))))
    return found


PAIRS = [
    pytest.param(row, place, id=f"{row.name}-{place.name.lower()}")
    for row in ATTRIBUTES.values()
    for place in LETTERS.values()
    if place in row.places
]


@pytest.mark.parametrize(("row", "place"), PAIRS)
def test_every_attribute_acts_or_is_told_of_or_has_a_reason(
    row: Row, place: Place
) -> None:
    found = outcomes(row, place)
    new = [
        [each for each in after[0] if each not in before[0]] for after, before in found
    ]
    told = f"[{row.name}]"
    match row.effect_in(place):
        case Effect.USED:
            assert any(after != before for after, before in found)
        case Effect.SILENT:
            assert row.note
            same = [after[1] == before[1] for after, before in found]
            assert (True, []) in zip(same, new, strict=True)
            # What it changes elsewhere is told: it is wrong there.
            assert all(is_same or said for is_same, said in zip(same, new, strict=True))
        case Effect.IGNORED:
            assert any(
                rule == "attribute-ignored" and told in message
                for said in new
                for rule, _, message in said
            )
        case Effect.REFUSED:
            assert any(
                rule == "unsupported-attribute" and told in message
                for said in new
                for rule, _, message in said
            )
