"""Syntax trees as short text, so that expectations can be written and read by hand."""

from __future__ import annotations

from midlpy.diagnostics import Diagnostic, Severity
from midlpy.frontend import ast
from midlpy.frontend.loader import LoadOptions, load_text
from midlpy.frontend.parse import parse
from midlpy.frontend.source import SourceFile


def parsed(text: str) -> tuple[ast.Unit, list[Diagnostic]]:
    """A unit straight from text, unpreprocessed."""
    return parse(SourceFile.unprocessed("test.idl", text))


def items(text: str) -> tuple[ast.Item, ...]:
    """The items of text that has no errors."""
    unit, findings = parsed(text)
    assert Severity.ERROR not in [each.severity for each in findings]
    return unit.items


def findings(text: str, options: LoadOptions | None = None) -> list[str]:
    """What is said about a text: ``line:column slug message``."""
    loaded = load_text(text, filename="test.idl", options=options)
    return [
        f"{each.span.line}:{each.span.column} {each.rule}: {each.message}"
        for each in loaded.diagnostics
    ]


def declared(text: str) -> list[str]:
    """The declarators of a text's typedefs and declarations, read aloud."""
    found: list[str] = []
    for item in items(text):
        if isinstance(item, ast.Typedef):
            found += [read(item.specifiers, each) for each in item.declarators]
        elif isinstance(item, ast.Declaration):
            found += [
                read(item.specifiers, each.declarator) for each in item.declarators
            ]
    return found


def read(specifiers: ast.Specifiers, declarator: ast.Declarator) -> str:
    """``a: array [3] of pointer to const long``."""
    name = declarator.name.text if declarator.name else "?"
    levels = [_level(each) for each in declarator.derivations]
    return f"{name}: {''.join(levels)}{spelled(specifiers)}"


def _level(derivation: ast.Derivation) -> str:
    match derivation:
        case ast.PointerTo():
            words = "".join(f"{each} " for each in derivation.qualifiers)
            return f"{words}pointer to "
        case ast.ArrayOf():
            return f"array {bounds(derivation)} of "
        case ast.FunctionOf():
            parameters = [
                read(each.specifiers, each.declarator) for each in derivation.parameters
            ]
            if derivation.variadic:
                parameters.append("...")
            return f"function ({', '.join(parameters)}) giving "


def bounds(array: ast.ArrayOf) -> str:
    lower = "" if array.lower is None else f"{expression(array.lower)}.."
    upper = "*" if array.upper is None else expression(array.upper)
    return f"[{lower}{upper}]"


def spelled(specifiers: ast.Specifiers) -> str:
    """The qualifiers and the type."""
    words = [*specifiers.qualifiers]
    type_ = specifiers.type
    match type_:
        case ast.Words():
            words += type_.words
        case ast.NamedType():
            words.append(type_.name.text)
        case ast.StructType() | ast.UnionType():
            keyword = "struct" if isinstance(type_, ast.StructType) else "union"
            words.append(_tagged(keyword, type_.tag, type_.fields))
        case ast.EnumType():
            words.append(_tagged(type_.keyword, type_.tag, type_.enumerators))
        case ast.EncapsulatedUnion():
            words.append(_tagged("union switch", type_.tag, type_.arms))
        case ast.PipeType():
            words += ["pipe", spelled(type_.element)]
        case ast.SafearrayType():
            element = type_.element
            words.append(f"SAFEARRAY({read(element.specifiers, element.declarator)})")
        case ast.InterfaceType():
            words += [type_.keyword, type_.name.text]
    return " ".join(words)


def _tagged(
    keyword: str, tag: ast.Name | None, parts: tuple[object, ...] | None
) -> str:
    name = f" {tag.text}" if tag else ""
    return f"{keyword}{name}" + ("" if parts is None else f" {{{len(parts)}}}")


def expression(node: ast.Argument | None) -> str:
    """An expression with all its structure in brackets."""
    match node:
        case None:
            return "-"
        case ast.Integer() | ast.Float() | ast.Uuid():
            return node.text
        case ast.Character():
            return f"{'L' if node.wide else ''}char {node.value}"
        case ast.String():
            return f"{'L' if node.wide else ''}{node.value!r}"
        case ast.NameReference():
            return node.name.text
        case ast.Unary():
            return f"({node.operator} {expression(node.operand)})"
        case ast.Binary():
            return f"({expression(node.left)} {node.operator} {expression(node.right)})"
        case ast.Conditional():
            parts = (node.condition, node.positive, node.negative)
            return "({} ? {} : {})".format(*map(expression, parts))
        case ast.Cast():
            return f"<{expression(node.type)}>{expression(node.operand)}"
        case ast.SizeofType():
            return f"sizeof<{expression(node.type)}>"
        case ast.SizeofExpression():
            return f"sizeof {expression(node.operand)}"
        case ast.Index():
            return f"{expression(node.operand)}[{expression(node.index)}]"
        case ast.Member():
            return f"{expression(node.operand)}{node.operator}{node.name.text}"
        case ast.Call():
            arguments = ", ".join(map(expression, node.arguments))
            return f"{expression(node.function)}!({arguments})"
        case ast.Parenthesis():
            return f"[{expression(node.operand)}]"
        case ast.Braces():
            return f"{{{', '.join(map(expression, node.elements))}}}"
        case ast.TypeName():
            return read(node.specifiers, node.declarator)
        case ast.TypedName():
            return f"{node.type.text} {node.name.text}"


def attributes(found: ast.Attributes) -> str:
    """``in, size_is(-, n)``."""
    return ", ".join(
        (
            each.name.text
            if each.arguments is None
            else f"{each.name.text}({', '.join(map(expression, each.arguments))})"
        )
        for each in found
    )
