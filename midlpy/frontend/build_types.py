"""Tree builder, second part: types and declarators."""

from __future__ import annotations

from typing import Final

from midlpy.diagnostics import Diagnostic, Severity, Span
from midlpy.frontend import ast
from midlpy.frontend.build_expressions import ExpressionBuilder, Token

# Pointers to arrays of pointers; each becomes a level of a type, which passes walk down.
MAX_DERIVATIONS: Final = 60

CALLING_CONVENTIONS: Final = frozenset({"stdcall", "cdecl", "fastcall", "pascal"})


class TypeBuilder(ExpressionBuilder):
    """Structs, unions, enums, pipes; what stands behind them in a declaration."""

    def interface_type(self, name: Token) -> ast.InterfaceType:
        return ast.InterfaceType(self.texts[self.first], self.name(name), self.span())

    def struct(
        self, tag: Token | None, fields: tuple[ast.Field, ...]
    ) -> ast.StructType:
        return ast.StructType(self.optional_name(tag), fields, self.span())

    def union(self, tag: Token | None, fields: tuple[ast.Field, ...]) -> ast.UnionType:
        return ast.UnionType(self.optional_name(tag), fields, self.span())

    def members(self, *fields: ast.Field) -> tuple[ast.Field, ...]:
        return fields

    def member(
        self,
        attributes: ast.Attributes,
        specifiers: ast.Specifiers,
        *declarators: ast.FieldDeclarator,
    ) -> ast.Field:
        return ast.Field(attributes, specifiers, declarators, self.span())

    def empty_member(self, attributes: ast.Attributes) -> ast.Field:
        return ast.Field(attributes, None, (), self.span())

    def field_declarator(
        self,
        declarator: ast.Declarator,
        bits: ast.Expression | None,
        initializer: ast.Expression | None,
    ) -> ast.FieldDeclarator:
        if initializer is not None:
            finding = Diagnostic(
                "member-value",
                "a member has no value of its own; this has no effect",
                initializer.span,
                Severity.WARNING,
                help="leave it out",
            )
            self.findings.append(finding)
        return ast.FieldDeclarator(declarator, bits, initializer)

    def unnamed_bits(self, bits: ast.Expression) -> ast.FieldDeclarator:
        return ast.FieldDeclarator(ast.Declarator(None, (), self.span()), bits, None)

    def encapsulated_union(
        self,
        tag: Token | None,
        attributes: ast.Attributes,
        specifiers: ast.Specifiers,
        discriminant: Token,
        name: Token | None,
        arms: tuple[ast.CaseArm, ...],
    ) -> ast.EncapsulatedUnion:
        return ast.EncapsulatedUnion(
            self.optional_name(tag),
            attributes,
            specifiers,
            self.name(discriminant),
            self.optional_name(name),
            arms,
            self.span(),
        )

    def arms(self, *arms: ast.CaseArm) -> tuple[ast.CaseArm, ...]:
        return arms

    def arm(self, *parts: ast.Expression | ast.Field | None) -> ast.CaseArm:
        *labels, field = parts
        assert isinstance(field, ast.Field)
        kept = [label for label in labels if not isinstance(label, ast.Field)]
        return ast.CaseArm(tuple(kept), field, self.span())

    def default_label(self) -> None:
        """``default:`` is a label without a value."""

    def enum(
        self, keyword: str, tag: Token | None, enumerators: tuple[ast.Enumerator, ...]
    ) -> ast.EnumType:
        return ast.EnumType(keyword, self.optional_name(tag), enumerators, self.span())

    def enumerators(self, *enumerators: ast.Enumerator) -> tuple[ast.Enumerator, ...]:
        return enumerators

    def enumerator(
        self,
        attributes: ast.Attributes,
        name: Token,
        value: ast.Expression | None,
    ) -> ast.Enumerator:
        return ast.Enumerator(attributes, self.name(name), value, self.span())

    def pipe(
        self, attributes: ast.Attributes, *parts: str | ast.TypeSpecifier
    ) -> ast.PipeType:
        return ast.PipeType(attributes, self.specifiers(*parts), self.span())

    def safearray(
        self,
        specifiers: ast.Specifiers,
        declarator: ast.Declarator | None = None,
    ) -> ast.SafearrayType:
        if declarator is None:
            declarator = ast.Declarator(None, (), specifiers.span)
        element = ast.TypeName(specifiers, declarator, specifiers.span)
        return ast.SafearrayType(element, self.span())

    # Declarators

    def named(self, name: Token) -> ast.Declarator:
        node = self.name(name)
        return ast.Declarator(node, (), node.span)

    def group(self, declarator: ast.Declarator) -> ast.Declarator:
        return ast.Declarator(declarator.name, declarator.derivations, self.span())

    def pointers_to(
        self, *parts: ast.PointerTo | ast.Declarator | str
    ) -> ast.Declarator:
        """Stars, and what they stand in front of: the last star is applied first."""
        stars = [part for part in parts if isinstance(part, ast.PointerTo)]
        if len(stars) + 1 < len(parts):
            self._check_conventions({part for part in parts if isinstance(part, str)})
        inner = parts[-1] if isinstance(parts[-1], ast.Declarator) else None
        return self._derived(inner, *stars[::-1])

    def _check_conventions(self, words: set[str]) -> None:
        """A function is called in one way. Spec: MIDL reference, __cdecl and its kin."""
        conventions = sorted(words & CALLING_CONVENTIONS)
        if len(conventions) > 1:
            first, second = conventions[:2]
            message = f"{first} and {second} exclude each other"
            self.findings.append(
                Diagnostic(
                    "two-conventions", message, self.span(), Severity.WARNING, 2282
                )
            )

    def array(
        self, declarator: ast.Declarator, bounds: ast.ArrayOf | None
    ) -> ast.Declarator:
        return self._derived(declarator, bounds or self._open_array())

    def unnamed_array(self, bounds: ast.ArrayOf | None) -> ast.Declarator:
        return self._derived(None, bounds or self._open_array())

    def _open_array(self) -> ast.ArrayOf:
        brackets = self.span_of(self.last - 1).to(self.span_of(self.last))
        return ast.ArrayOf(None, None, brackets)

    def function(
        self, declarator: ast.Declarator, parameters: ast.FunctionOf | None
    ) -> ast.Declarator:
        return self._derived(
            declarator, parameters or ast.FunctionOf((), False, self.span())
        )

    def unnamed_function(self, parameters: ast.FunctionOf | None) -> ast.Declarator:
        return self._derived(None, parameters or ast.FunctionOf((), False, self.span()))

    def _derived(
        self, inner: ast.Declarator | None, *more: ast.Derivation
    ) -> ast.Declarator:
        """*inner* with more derivations around it."""
        derivations = (*inner.derivations, *more) if inner else more
        if len(derivations) > MAX_DERIVATIONS:
            message = (
                f"more than {MAX_DERIVATIONS} pointers and arrays in one declarator"
            )
            if inner is None or len(inner.derivations) < MAX_DERIVATIONS:
                self.error("nesting-limit", message, self.span())
            derivations = derivations[:MAX_DERIVATIONS]
        return ast.Declarator(inner.name if inner else None, derivations, self.span())

    def bounds(
        self, first: ast.Expression | Token, last: ast.Expression | Token | None
    ) -> ast.ArrayOf:
        lower = None if isinstance(first, int) else first
        upper = None if isinstance(last, int) else last
        if last is None:
            return ast.ArrayOf(None, lower, self.span())
        if lower is None:
            message = "the lower bound of an array is 0, not '*'"
            self.error("array-lower-bound", message, self.span(), 2102)
        return ast.ArrayOf(lower, upper, self.span())

    def star_bound(self) -> Token:
        return self.first

    def parameters(self, *parts: ast.Parameter | Token) -> ast.FunctionOf:
        parameters = tuple([part for part in parts if isinstance(part, ast.Parameter)])
        variadic = len(parameters) < len(parts)
        return ast.FunctionOf(parameters, variadic, self.span())

    def ellipsis(self) -> Token:
        return self.first

    def parameter(
        self,
        attributes: ast.Attributes,
        specifiers: ast.Specifiers,
        declarator: ast.Declarator | None = None,
    ) -> ast.Parameter:
        if declarator is None:
            end = specifiers.span
            at = Span(
                end.path, end.end_line, end.end_column, end.end_line, end.end_column
            )
            declarator = ast.Declarator(None, (), at)
        return ast.Parameter(attributes, specifiers, declarator, self.span())
