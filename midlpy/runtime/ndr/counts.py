"""What counts say and what data has: taken, compared, refused.

A field or parameter that another's size_is or length_is names is an ``int`` beside the
data. In a value to be written, zero beside data means "take the data's"; anything else has
to agree. In octets that are read it has to agree always.

Spec: C706 14.3.3, MS-RPCE 3.1.1.5.3.2.1.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import NoReturn

from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.emitter import Unit
from midlpy.runtime.ndr.expressions import HELPERS, Expression, parsed
from midlpy.runtime.ndr.failure import Refusal


def wrong_count(text: str, said: object, actual: int) -> NoReturn:
    """A value's count and its data disagree."""
    raise Refusal(f"has {actual} elements, but its count {text} is {said}")


def unequal_count(text: str, said: object, sent: int) -> NoReturn:
    """A count on the wire is not what its expression says."""
    raise Refusal(f"has a count of {sent} on the wire, but {text} is {said}")


def names_in(codec: Codec[object]) -> frozenset[str]:
    """The names of siblings that *codec* depends on."""
    names: frozenset[str] = frozenset()
    for text in codec.expressions():
        names |= parsed(text).names
    for part in codec.parts():
        names |= names_in(part)
    return names


def unsigned_names(codecs: Mapping[str, Codec[object]]) -> frozenset[str]:
    """Those of *codecs* whose values are never negative."""
    return frozenset(
        name for name, codec in codecs.items() if getattr(codec, "low", -1) == 0
    )


def _render(
    unit: Unit,
    expression: Expression,
    variables: Mapping[str, str],
    unsigned: frozenset[str],
) -> str:
    text = expression.render(variables, unsigned)
    for name, helper in HELPERS.items():
        if f"{name}(" in text:
            unit.constant(name, helper)
    return text


class WriteScope:
    """The siblings of the values being written that counts may name.

    *values* are the names with expressions for their values, *assignable* those that may
    be taken from data, with their variables.
    """

    def __init__(
        self,
        values: Mapping[str, str],
        assignable: Mapping[str, str],
        unsigned: frozenset[str] = frozenset(),
    ) -> None:
        self.values = values
        self.assignable = assignable
        self._unsigned = unsigned
        self._users: dict[str, int] = {}
        self._checks: list[tuple[str, str, str, tuple[str, ...]]] = []
        self._guards: list[str] = []

    @contextmanager
    def guard(self, condition: str) -> Generator[None, None, None]:
        """Counts settled inside hold only where *condition* does."""
        self._guards.append(condition)
        yield
        self._guards.pop()

    def value(self, unit: Unit, text: str) -> str | None:
        """The expression *text*, or None where a name in it has no value here."""
        expression = parsed(text)
        if not expression.names <= self.values.keys():
            return None
        return _render(unit, expression, self.values, self._unsigned)

    def agree(self, unit: Unit, text: str, actual: str, *, at_least: bool) -> None:
        """Make *text* agree with *actual*, a variable; or see that it does.

        *at_least*: it may exceed what there is.
        """
        wanted = self.value(unit, text)
        if wanted is None:
            return
        wrong = unit.constant("wrong_count", wrong_count)
        refusal = f"{wrong}({text!r}, {wanted}, {actual})"
        operator = "<" if at_least else "!="
        expression = parsed(text)
        inverse = expression.inverse(actual)
        disagree = f"{wanted} {operator} {actual}"
        with unit.block(f"if {disagree}:"):
            if inverse is None or inverse[0] not in self.assignable:
                unit.emit(refusal)
            else:
                name, taken = inverse
                variable = self.assignable[name]
                with unit.block(f"if {variable}:"):
                    unit.emit(refusal)
                unit.emit(f"{variable} = {taken}")
                if taken != actual:
                    with unit.block(f"if {disagree}:"):
                        unit.emit(refusal)
        for name in expression.names:
            self._users[name] = self._users.get(name, 0) + 1
        if not unit.loops:
            self._checks.append((text, disagree, refusal, tuple(self._guards)))

    def confirm(self, unit: Unit) -> None:
        """Look again at counts that more than one array had a say in."""
        for text, disagree, refusal, guards in self._checks:
            if any(self._users[name] > 1 for name in parsed(text).names):
                with unit.block(f"if {' and '.join((*guards, disagree))}:"):
                    unit.emit(refusal)


class ReadScope:
    """The siblings already read, and counts to be compared with those still to come."""

    def __init__(self, codecs: Mapping[str, Codec[object]]) -> None:
        self.known: dict[str, str] = {}
        self._codecs = codecs
        self._unsigned = unsigned_names(codecs)
        self.variables: list[str] = []
        """What has to be kept until ``confirm``."""
        self._later: str | None = None
        self._waiting: list[str] = []

    def begin(self, unit: Unit) -> None:
        """Add what must come before the first sibling is read."""
        if self._may_wait(self._codecs):
            self._later = unit.name("later")
            self.variables = [self._later]
            unit.emit(f"{self._later} = []")

    @staticmethod
    def _may_wait(codecs: Mapping[str, Codec[object]]) -> bool:
        """Whether a count may be read after the array it belongs to."""
        seen: set[str] = set()
        for name, codec in codecs.items():
            if (names_in(codec) & codecs.keys()) - seen:
                return True
            if not codec.parts():
                seen.add(name)
        return False

    def value(self, unit: Unit, text: str) -> str | None:
        """The expression *text*, or None where a name in it is not known yet."""
        expression = parsed(text)
        if not expression.names <= self.known.keys():
            return None
        return _render(unit, expression, self.known, self._unsigned)

    def agree(self, unit: Unit, text: str, actual: str) -> None:
        """See that *text* is equal to *actual*, a count or a discriminant just read."""
        wanted = self.value(unit, text)
        if wanted is not None:
            wrong = unit.constant("unequal_count", unequal_count)
            with unit.block(f"if {wanted} != {actual}:"):
                unit.emit(f"{wrong}({text!r}, {wanted}, {actual})")
        elif self._later is not None and parsed(text).names <= (
            self._codecs.keys() | self.known.keys()
        ):
            unit.emit(f"{self._later}.append(({len(self._waiting)}, {actual}))")
            self._waiting.append(text)

    def confirm(self, unit: Unit) -> None:
        """Compare what had to wait; every sibling has been read."""
        if self._later is None or not self._waiting:
            return
        wrong = unit.constant("unequal_count", unequal_count)
        wanted = [self.value(unit, text) or "None" for text in self._waiting]
        texts = unit.constant("TEXTS", tuple(self._waiting))
        which, actual = unit.name("which"), unit.name("actual")
        with unit.block(f"for {which}, {actual} in {self._later}:"):
            said = f"({', '.join(wanted)},)[{which}]"
            with unit.block(f"if {actual} != {said}:"):
                unit.emit(f"{wrong}({texts}[{which}], {said}, {actual})")
