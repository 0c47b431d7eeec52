"""Tree builder, last part: statements, from interfaces to imports."""

from __future__ import annotations

from midlpy.frontend import ast
from midlpy.frontend.build_expressions import Token
from midlpy.frontend.build_types import TypeBuilder
from midlpy.frontend.comments import comment_above, dedent, opening_comment


class UnitBuilder(TypeBuilder):
    """Builds the unit of one IDL file."""

    def unit(self, items: tuple[ast.Item, ...]) -> ast.Unit:
        comment = opening_comment(self.source.original)
        return ast.Unit(self.source.path, items, comment, self.source.pragmas)

    def items(self, *items: ast.Item) -> tuple[ast.Item, ...]:
        return items

    # What declarations carry along

    def text(self) -> str:
        """The source of the node that is being built, as written."""
        original, start, _ = self.source.origin(
            self.starts[self.first], self.ends[self.first]
        )
        other, _, end = self.source.origin(self.starts[self.last], self.ends[self.last])
        if other is original and start < end:
            return dedent(original.text, start, end)
        # It begins and ends in different files, so only its tokens are left.
        return " ".join(self.texts[self.first : self.last + 1])

    def comment(self) -> str | None:
        """The comment directly above the node that is being built."""
        original, start, _ = self.source.origin(
            self.starts[self.first], self.ends[self.first]
        )
        return comment_above(original, start)

    # Statements

    def import_statement(self, *paths: Token) -> ast.Import:
        strings = tuple([self.one_string(path) for path in paths])
        return ast.Import(strings, self.span())

    def importlib(self, path: Token) -> ast.Importlib:
        return ast.Importlib(self.one_string(path), self.span())

    def include(self, *paths: Token) -> ast.Include:
        strings = tuple([self.one_string(path) for path in paths])
        return ast.Include(strings, self.span())

    def cpp_quote(self, *texts: Token) -> ast.CppQuote:
        return ast.CppQuote(self.string(*texts).value, self.span())

    def declare_guid(self, name: Token, uuid: Token) -> ast.DeclareGuid:
        text = self.texts[uuid]
        value = self.one_string(uuid) if text[0] == '"' else self.uuid(uuid)
        return ast.DeclareGuid(self.name(name), value, self.span())

    def midl_pragma(self, action: ast.Name, *numbers: Token) -> ast.MidlPragma:
        values = tuple([self.integer(number).value for number in numbers])
        return ast.MidlPragma(action, values, self.span())

    def pragma_action(self, token: Token) -> ast.Name:
        return self.name(token)

    def interface(
        self,
        attributes: ast.Attributes,
        name: Token,
        base: ast.Name | None,
        body: tuple[ast.Item, ...] | None,
    ) -> ast.Interface:
        return ast.Interface(
            attributes,
            self.name(name),
            base,
            body,
            self.text(),
            self.comment(),
            self.span(),
        )

    def interface_forward(
        self, attributes: ast.Attributes, name: Token
    ) -> ast.Interface:
        return self.interface(attributes, name, None, None)

    def base(self, *tokens: Token) -> ast.Name:
        return self.dotted(tokens)

    def dispinterface(
        self,
        attributes: ast.Attributes,
        name: Token,
        properties: tuple[ast.Declaration, ...] | None,
        methods: tuple[ast.Declaration, ...],
    ) -> ast.Dispinterface:
        return ast.Dispinterface(
            attributes,
            self.name(name),
            None,
            properties or (),
            methods,
            False,
            self.span(),
        )

    def dispinterface_of(
        self, attributes: ast.Attributes, name: Token, interface: Token
    ) -> ast.Dispinterface:
        return ast.Dispinterface(
            attributes,
            self.name(name),
            self.name(interface),
            (),
            (),
            False,
            self.span(),
        )

    def dispinterface_forward(
        self, attributes: ast.Attributes, name: Token
    ) -> ast.Dispinterface:
        return ast.Dispinterface(
            attributes, self.name(name), None, (), (), True, self.span()
        )

    def properties(
        self, members: tuple[ast.Declaration, ...]
    ) -> tuple[ast.Declaration, ...]:
        return members

    def dispatch_members(
        self, *members: ast.Declaration
    ) -> tuple[ast.Declaration, ...]:
        return members

    def coclass(
        self,
        attributes: ast.Attributes,
        name: Token,
        members: tuple[ast.CoclassMember, ...] | None,
    ) -> ast.Coclass:
        return ast.Coclass(attributes, self.name(name), members, self.span())

    def coclass_forward(self, attributes: ast.Attributes, name: Token) -> ast.Coclass:
        return self.coclass(attributes, name, None)

    def coclass_members(
        self, *members: ast.CoclassMember
    ) -> tuple[ast.CoclassMember, ...]:
        return members

    def coclass_member(
        self, attributes: ast.Attributes, keyword: str, name: ast.Name
    ) -> ast.CoclassMember:
        return ast.CoclassMember(attributes, keyword, name, self.span())

    def coclass_keyword(self, token: Token) -> str:
        return self.texts[token]

    def library(
        self,
        attributes: ast.Attributes,
        keyword: str,
        name: Token,
        body: tuple[ast.Item, ...],
    ) -> ast.Library:
        return ast.Library(keyword, attributes, self.name(name), body, self.span())

    def library_keyword(self, token: Token) -> str:
        return self.texts[token]

    def linkage(self, language: Token, body: tuple[ast.Item, ...]) -> ast.Linkage:
        if self.texts[language] != '"C"':
            message = f'extern {self.texts[language]} is not supported; extern "C" is'
            self.error("syntax", message, self.span_of(language), 2025)
        return ast.Linkage(body, self.span())

    def linkage_of_one(
        self, language: Token, declaration: ast.Declaration
    ) -> ast.Linkage:
        return self.linkage(language, (declaration,))

    def typedef(
        self,
        before: ast.Attributes,
        behind: ast.Attributes,
        specifiers: ast.Specifiers,
        *declarators: ast.Declarator,
    ) -> ast.Typedef:
        return ast.Typedef(
            before + behind,
            specifiers,
            declarators,
            self.text(),
            self.comment(),
            self.span(),
        )

    def declaration(
        self,
        attributes: ast.Attributes,
        specifiers: ast.Specifiers,
        *declarators: ast.InitDeclarator,
    ) -> ast.Declaration:
        return ast.Declaration(
            attributes,
            specifiers,
            declarators,
            self.text(),
            self.comment(),
            self.span(),
        )

    def init_declarator(
        self, declarator: ast.Declarator, initializer: ast.Expression | None
    ) -> ast.InitDeclarator:
        return ast.InitDeclarator(declarator, initializer)
