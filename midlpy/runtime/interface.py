"""Interfaces: what a client and a server mean by one, as a generated module declares it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from midlpy.runtime.ndr import Syntax
from midlpy.runtime.operation import AnyOperation


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation that is in the IDL and not supported, with the reason."""

    opnum: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interface:
    """An abstract syntax: its UUID and version, and its operations by number.

    *endpoints* are the well-known ones of the IDL. *syntaxes* are the transfer syntaxes
    it was compiled for, best first; None leaves the choice to ``connect``, and a server
    then takes all there are. ``interface["GetItem"]`` is an operation by its IDL name.
    """

    name: str
    uuid: UUID
    version: tuple[int, int] = (0, 0)
    operations: tuple[AnyOperation, ...] = ()
    callbacks: tuple[AnyOperation, ...] = ()
    endpoints: tuple[str, ...] = ()
    syntaxes: tuple[Syntax, ...] | None = None

    def __repr__(self) -> str:
        return f"<Interface {self.name} {self.version[0]}.{self.version[1]}>"

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The operations that cannot be called, in the order of their numbers."""
        return tuple(
            Refusal(operation.opnum, operation.name, operation.refused)
            for operation in self.operations
            if operation.refused is not None
        )

    def __getitem__(self, name: str) -> AnyOperation:
        for operation in (*self.operations, *self.callbacks):
            if operation.name == name:
                return operation
        raise KeyError(f"{self.name} has no operation {name!r}")
