"""Checked models out of a random number generator: long names, every kind of type."""

from __future__ import annotations

from random import Random

from midlpy.semantic import ir
from midlpy.semantic.ir import BaseKind, Direction, PointerKind
from tests.support.models import (
    INT32,
    SPAN,
    UINT32,
    arm,
    enum,
    interface,
    model,
    operation,
    parameter,
    pipe,
    struct,
    union,
    use,
)

WORDS = [
    *("a", "ID", "List", "Netlogon", "TRUSTED", "domain", "Information", "502"),
    *("X", "Delta", "Accounts", "handle", "VERYLONGWORDINDEED", "of", "the", "buffer"),
]


class Maker:
    """Makes one model after another; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.taken: set[str] = set()
        self.types: list[ir.TypeDeclaration] = []

    def name(self, most: int) -> str:
        count = self.random.randint(1, most)
        text = "_".join(self.random.choice(WORDS) for _ in range(count))
        return f"n{text}" if text[0].isdigit() else text

    def fresh(self, most: int = 9) -> str:
        while True:
            name = self.name(most)
            if name.upper() not in self.taken:
                self.taken.add(name.upper())
                return name

    def sibling(self) -> ir.Sibling:
        return ir.Sibling(self.name(6))

    def type(self, depth: int = 0) -> ir.Type:
        draw = self.random.choice
        plain: list[ir.Type] = [
            ir.Base(draw(list(BaseKind))),
            ir.Guid(),
            ir.InterfacePointer("x"),
            ir.Ranged(UINT32, ir.Range(1, 10000)),
            ir.String(BaseKind.WCHAR, size=self.sibling()),
        ]
        named = [t for t in self.types if not isinstance(t, ir.PipeDeclaration)]
        if named:
            chosen = draw(named)
            if isinstance(chosen, ir.UnionDeclaration):
                plain += [ir.Switch(use(chosen.name), self.sibling())] * 3
            else:
                plain += [use(chosen.name)] * 3
        if depth > 2 or self.random.random() < 0.6:
            return draw(plain)
        inner = self.type(depth + 1)
        more = ir.Binary("+", self.sibling(), ir.Constant(1))
        size = ir.Binary("*", more, ir.Constant(4))
        return draw(
            [
                ir.Pointer(inner, draw(list(PointerKind))),
                ir.Array(inner, bound=self.random.randint(1, 300)),
                ir.Array(inner, size=size, length=self.sibling()),
                ir.Array(inner, bound=20, length=self.sibling()),
            ]
        )

    def declaration(self) -> ir.TypeDeclaration:
        name = self.fresh()
        match self.random.randint(0, 6):
            case 0:
                return enum(name, *{f"{self.name(3)}{n}" for n in range(3)})
            case 1:
                return ir.ContextHandleDeclaration(name, "", None, SPAN)
            case 2:
                arms = (arm(1, type_=self.type()), arm(2, 3, type_=self.type()))
                return union(name, *arms, arm(7), arm(type_=self.type()))
            case 3:
                structs = [t for t in self.types if isinstance(t, ir.StructDeclaration)]
                return pipe(name, use(structs[-1].name) if structs else UINT32)
            case 4:
                tag = ir.Field(f"{self.name(3)}tag", UINT32, SPAN)
                arms = (arm(1, type_=self.type()),)
                return ir.EncapsulatedUnionDeclaration(
                    name, tag, f"u{self.name(3)}", arms, None, "", None, SPAN
                )
            case _:
                types = {
                    f"{self.name(7)}{n}": self.type()
                    for n in range(self.random.randint(0, 5))
                }
                return struct(name, "struct { long a; };", **types)

    def operation(self, opnum: int) -> ir.Operation:
        pipes = [t for t in self.types if isinstance(t, ir.PipeDeclaration)]
        parameters: list[ir.Parameter] = []
        for n in range(self.random.randint(0, 6)):
            way = self.random.choice(list(Direction))
            name = f"{self.name(6)}{n}"
            if pipes and self.random.random() < 0.2:
                kind = use(self.random.choice(pipes).name)
                parameters.append(parameter(name, kind, way, is_pipe=True))
            else:
                parameters.append(parameter(name, self.type(), way))
        return operation(
            self.fresh(),
            opnum,
            *parameters,
            returns=self.random.choice([None, INT32]),
            text="long X([in] long a, [out] long **b);",
            is_async=self.random.random() < 0.2,
        )

    def constant(self) -> ir.ConstantDeclaration:
        many = self.random.randint(0, 90)
        values = [1, None, "x" * many, 'q"' * (many // 3), "\\" * (many // 2)]
        comment = self.random.choice([None, "a comment " * (1 + many // 5)])
        value = self.random.choice(values)
        return ir.ConstantDeclaration(self.fresh(12), value, "", comment, SPAN)

    def model(self) -> ir.Model:
        for _ in range(12):
            self.types.append(self.declaration())
        operations = [self.operation(opnum) for opnum in range(8)]
        return model(
            *self.types,
            interfaces=(interface(self.fresh(6), *operations),),
            constants=tuple(self.constant() for _ in range(6)),
        )
