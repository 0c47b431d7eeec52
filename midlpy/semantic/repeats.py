"""Declarations that come twice: what is legal, what is the same, what is not."""

from __future__ import annotations

from midlpy.frontend import ast
from midlpy.semantic.alike import alike
from midlpy.semantic.options import Options
from midlpy.semantic.scope import (
    ConstantSymbol,
    EnumeratorSymbol,
    GuidSymbol,
    Kind,
    NameSymbol,
    TypedefSymbol,
)


def is_same(one: NameSymbol, other: NameSymbol) -> bool:
    """Whether a repeated declaration says what the first one said."""
    if isinstance(one, TypedefSymbol) and isinstance(other, TypedefSymbol):
        return (
            alike(one.declarator.derivations, other.declarator.derivations)
            and alike(one.node.specifiers, other.node.specifiers)
            and alike(one.node.attributes, other.node.attributes)
        )
    if isinstance(one, ConstantSymbol) and isinstance(other, ConstantSymbol):
        return alike(one.declarator, other.declarator)
    if isinstance(one, GuidSymbol) and isinstance(other, GuidSymbol):
        return one.value == other.value
    if isinstance(one, EnumeratorSymbol) and isinstance(other, EnumeratorSymbol):
        return (
            one.owner is not other.owner
            and alike(one.node, other.node)
            and alike(one.owner.node, other.owner.node)
        )
    return False


def is_with_its_enum(one: NameSymbol, other: NameSymbol, options: Options) -> bool:
    """Whether two enumerators are one because their enums are.

    In Samba's dialect they are those of two enums.
    """
    if not (isinstance(one, EnumeratorSymbol) and isinstance(other, EnumeratorSymbol)):
        return options.is_samba and isinstance(other, EnumeratorSymbol)
    if options.is_samba:
        return one.owner is not other.owner
    has_a_name = one.owner.tag is not None or one.owner.typedef_name is not None
    return has_a_name and one.owner.name == other.owner.name and is_same(one, other)


def is_tag_alias(one: NameSymbol, other: NameSymbol) -> bool:
    """``typedef struct _X X;`` beside ``typedef struct _X {...} X;``: legal, one type."""
    if not (isinstance(one, TypedefSymbol) and isinstance(other, TypedefSymbol)):
        return False
    first, second = one.node.specifiers.type, other.node.specifiers.type
    if not (
        (isinstance(first, ast.StructType) and isinstance(second, ast.StructType))
        or (isinstance(first, ast.UnionType) and isinstance(second, ast.UnionType))
        or (isinstance(first, ast.EnumType) and isinstance(second, ast.EnumType))
    ):
        return False
    return (
        first.tag is not None
        and second.tag is not None
        and first.tag.text == second.tag.text
        and (kind_of(first) is None or kind_of(second) is None)
        and alike(one.declarator.derivations, other.declarator.derivations)
    )


def kind_of(type_: ast.TypeSpecifier) -> Kind | None:
    """The kind of type that *type_* defines; None when it defines none."""
    match type_:
        case ast.StructType():
            return None if type_.fields is None else Kind.STRUCT
        case ast.UnionType():
            return None if type_.fields is None else Kind.UNION
        case ast.EnumType():
            return None if type_.enumerators is None else Kind.ENUM
        case ast.EncapsulatedUnion():
            return Kind.ENCAPSULATED
        case ast.PipeType():
            return Kind.PIPE
        case _:
            return None
