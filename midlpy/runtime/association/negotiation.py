"""Presentation contexts, transfer syntaxes, features and fragment sizes.

Pure functions and values: what one peer proposes, what the other answers.

Spec: C706 12.6.3.1, 12.6.4; MS-RPCE 3.3.1.5.3, 3.3.1.5.6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import Generic, TypeVar

from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    ContextElement,
    SyntaxId,
)

S = TypeVar("S")


class Features(IntFlag):
    """What peers may agree on at bind time, MS-RPCE 2.2.2.14."""

    NONE = 0
    SECURITY_CONTEXT_MULTIPLEXING = 1
    KEEP_CONNECTION_ON_ORPHAN = 2


@dataclass(frozen=True, slots=True)
class Offer(Generic[S]):
    """An interface a server offers; *service* is whatever stands behind it."""

    abstract: SyntaxId
    service: S
    transfers: tuple[SyntaxId, ...] = (NDR_SYNTAX, NDR64_SYNTAX)  # best first


@dataclass(frozen=True, slots=True)
class PresentationContext(Generic[S]):
    """What was agreed under one context id; *service* is None at a client."""

    context_id: int
    abstract: SyntaxId
    transfer: SyntaxId
    service: S


@dataclass(frozen=True, slots=True)
class Rejection:
    """A proposal that came to nothing, with the server's words for it."""

    element: ContextElement
    result: int
    reason: int

    def __str__(self) -> str:
        raise NotImplementedError


def propose(
    abstracts: Iterable[SyntaxId],
    transfers: Iterable[SyntaxId] = (NDR_SYNTAX,),
    *,
    first_id: int = 0,
) -> tuple[ContextElement, ...]:
    """One element per abstract and transfer syntax, numbered from *first_id*.

    One transfer syntax to an element, as Windows does: some servers look no further.
    """
    raise NotImplementedError
