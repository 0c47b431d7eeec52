"""The Python types of values, as a type checker sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import assert_never

from midlpy.codegen import lines
from midlpy.codegen.spelling import Spelling
from midlpy.layout import plan
from midlpy.semantic.ir import BaseKind, PointerKind

OCTETS: frozenset[BaseKind] = frozenset({BaseKind.BYTE, BaseKind.CHAR, BaseKind.UINT8})
PYTHON_TYPES: Mapping[BaseKind, str] = {
    BaseKind.BOOLEAN: "bool",
    BaseKind.FLOAT: "float",
    BaseKind.DOUBLE: "float",
}


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
