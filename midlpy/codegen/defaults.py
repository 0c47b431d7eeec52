"""What the fields of a value begin with."""

from __future__ import annotations

from collections.abc import Mapping

from midlpy.codegen import names
from midlpy.codegen.annotations import PYTHON_TYPES, annotation
from midlpy.codegen.lines import Call, Fit, Piece
from midlpy.codegen.spelling import Spelling
from midlpy.layout import plan
from midlpy.layout.references import named
from midlpy.semantic.ir import BaseKind, PointerKind

ZEROS: Mapping[str, str] = {"bool": "False", "float": "0.0", "int": "0"}


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
