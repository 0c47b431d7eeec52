"""Which lines are there, as ``#if`` and its kin decide."""

from __future__ import annotations

from dataclasses import dataclass

from midlpy.diagnostics import Span
from midlpy.frontend.assembly import Assembly
from midlpy.frontend.condition import ConditionError
from midlpy.frontend.macros import ExpansionLimit, MacroError, Macros

BRANCH_DIRECTIVES = frozenset({"if", "ifdef", "ifndef", "elif", "else", "endif"})


@dataclass(slots=True)
class _Branching:
    """One ``#if`` that is open: where it stands, and what has come of it so far."""

    span: Span
    is_outer_active: bool
    was_taken: bool  # some branch of it has been active
    has_else: bool = False


class Branches:
    """The conditional directives of one file; *is_active* tells of the line at hand."""

    def __init__(self, macros: Macros, assembly: Assembly) -> None:
        self.is_active = True
        self._macros = macros
        self._assembly = assembly
        self._open: list[_Branching] = []

    def take(self, name: str, rest: str, span: Span) -> None:
        """Obey one of BRANCH_DIRECTIVES.

        Raises:
            LimitError: a macro in it is too large.
        """
        if name in ("if", "ifdef", "ifndef"):
            value = self.is_active and self._value(name, rest, span)
            self._open.append(_Branching(span, self.is_active, value))
            self.is_active = value
        elif not self._open:
            self._assembly.report("directive", f"'#{name}' stands without '#if'", span)
        elif name == "endif":
            self.is_active = self._open.pop().is_outer_active
        else:
            self._next_branch(self._open[-1], name, rest, span)

    def close(self) -> None:
        """The file ends; report what is still open."""
        if self._open:
            # Only the innermost: those around it may have the #endif that it lacks.
            message = "the '#if' that begins here has no '#endif'"
            self._assembly.report("unterminated-if", message, self._open[-1].span)

    def _next_branch(
        self, branching: _Branching, name: str, rest: str, span: Span
    ) -> None:
        if branching.has_else:
            self._assembly.report("directive", f"'#{name}' stands behind '#else'", span)
        branching.has_else |= name == "else"
        value = branching.is_outer_active and not branching.was_taken
        if value and name == "elif":
            value = self._value(name, rest, span)
        branching.was_taken |= value
        self.is_active = value

    def _value(self, name: str, rest: str, span: Span) -> bool:
        if name in ("ifdef", "ifndef"):
            if rest:
                return self._macros.is_defined(rest.split()[0]) == (name == "ifdef")
            self._assembly.report("directive", f"'#{name}' wants a name", span)
            return False
        try:
            return self._macros.evaluate(rest)
        except (MacroError, ConditionError) as error:
            message = f"'#{name}' has no value: {error}"
            self._assembly.report("condition", message, span)
            return False
        except ExpansionLimit:
            message = f"a macro in '#{name}' expands to more than can be read"
            raise self._assembly.limit(message, span) from None
