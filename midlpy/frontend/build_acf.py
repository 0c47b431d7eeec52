"""Tree builder of attribute configuration files."""

from __future__ import annotations

from midlpy.frontend import ast
from midlpy.frontend.build_expressions import ExpressionBuilder, Token


class AcfBuilder(ExpressionBuilder):
    """Builds the tree of one ACF file."""

    def acf(self, interfaces: tuple[ast.AcfInterface, ...]) -> ast.Acf:
        return ast.Acf(self.source.path, interfaces)

    def acf_items(
        self, *items: ast.AcfInterface | None
    ) -> tuple[ast.AcfInterface, ...]:
        return tuple([item for item in items if item is not None])

    def acf_interface(
        self,
        attributes: ast.Attributes,
        name: Token,
        body: tuple[ast.AcfTypedef | ast.AcfOperation, ...],
    ) -> ast.AcfInterface:
        return ast.AcfInterface(
            attributes,
            self.name(name),
            tuple([each for each in body if isinstance(each, ast.AcfTypedef)]),
            tuple([each for each in body if isinstance(each, ast.AcfOperation)]),
            self.span(),
        )

    def acf_interface_alone(
        self, attributes: ast.Attributes, name: Token
    ) -> ast.AcfInterface:
        return self.acf_interface(attributes, name, ())

    def acf_body(
        self, *parts: ast.AcfTypedef | tuple[ast.AcfOperation, ...] | None
    ) -> tuple[ast.AcfTypedef | ast.AcfOperation, ...]:
        body: list[ast.AcfTypedef | ast.AcfOperation] = []
        for part in parts:
            if isinstance(part, tuple):
                body += part
            elif part is not None:
                body.append(part)
        return tuple(body)

    def acf_typedef(self, attributes: ast.Attributes, *names: Token) -> ast.AcfTypedef:
        nodes = tuple([self.name(name) for name in names])
        return ast.AcfTypedef(attributes, nodes, self.span())

    def acf_operation(
        self,
        attributes: ast.Attributes,
        *procedures: tuple[ast.Name, tuple[ast.AcfParameter, ...]],
    ) -> tuple[ast.AcfOperation, ...]:
        span = self.span()
        return tuple(
            [
                ast.AcfOperation(attributes, name, parameters, span)
                for name, parameters in procedures
            ]
        )

    def acf_procedure(
        self, name: Token, parameters: tuple[ast.AcfParameter, ...] | None
    ) -> tuple[ast.Name, tuple[ast.AcfParameter, ...]]:
        return self.name(name), parameters or ()

    def acf_parameters(
        self, *parameters: ast.AcfParameter
    ) -> tuple[ast.AcfParameter, ...]:
        return parameters

    def acf_parameter(
        self, attributes: ast.Attributes, name: Token
    ) -> ast.AcfParameter:
        return ast.AcfParameter(attributes, self.name(name))

    def header(self, *files: Token) -> None:
        """What only concerns stubs in C."""
