"""Presentation contexts, transfer syntaxes, features and fragment sizes.

Values and functions without state: what one peer proposes, what the other answers.

Spec: C706 12.6.3.1, 12.6.4; MS-RPCE 3.3.1.5.3, 3.3.1.5.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Generic, TypeVar
from uuid import UUID

from midlpy.runtime.errors import RemoteProtocolError
from midlpy.runtime.limits import SERVER_MINIMUM_FRAGMENT_OCTETS
from midlpy.runtime.ndr.syntax import NDR, NDR64, Syntax
from midlpy.runtime.pdu.types import (
    NDR64_SYNTAX,
    NDR_SYNTAX,
    BindAck,
    BindNak,
    ContextElement,
    ContextResult,
    NakReason,
    RejectReason,
    Result,
    SyntaxId,
)

S = TypeVar("S")

SYNTAXES: Final[Mapping[SyntaxId, Syntax]] = {NDR_SYNTAX: NDR, NDR64_SYNTAX: NDR64}


class Features(IntFlag):
    """What peers may agree on at bind time, MS-RPCE 2.2.2.14."""

    NONE = 0
    SECURITY_CONTEXT_MULTIPLEXING = 1
    KEEP_CONNECTION_ON_ORPHAN = 2


_REASONS: Final = {
    reason.value: reason.name.lower().replace("_", " ") for reason in RejectReason
}

SUPPORTED_FEATURES: Final = Features.KEEP_CONNECTION_ON_ORPHAN
_FEATURE_PREFIX: Final = UUID("6cb71c2c-9812-4540-0000-000000000000").bytes[:8]


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
    abstract: SyntaxId  # as the client proposed it
    transfer: SyntaxId
    syntax: Syntax
    service: S


@dataclass(frozen=True, slots=True)
class Rejection:
    """A proposal that came to nothing, with the server's reason."""

    element: ContextElement
    result: int
    reason: int

    def __str__(self) -> str:
        """As "UUID 1.0: abstract syntax not supported"."""
        if self.result == Result.USER_REJECTION:
            what = "declined by the server"
        else:
            what = _REASONS.get(self.reason, f"reason {self.reason}")
        return f"{self.element.abstract}: {what}"


@dataclass(frozen=True, slots=True)
class Answer(Generic[S]):
    """A server's answer to the elements of one bind or alter_context."""

    results: tuple[ContextResult, ...]
    contexts: tuple[PresentationContext[S], ...]  # those accepted
    features: Features


class ContextConflict(Exception):
    """An id in use was proposed for something else; never leaves the association."""


class FeaturesTwice(Exception):
    """Two elements ask for features; never leaves the association."""


class Offers(Generic[S]):
    """The interfaces of a server, found as a client names them."""

    def __init__(self, offers: Iterable[Offer[S]]) -> None:
        self._offers: dict[tuple[UUID, int], Offer[S]] = {}
        for offer in offers:
            key = offer.abstract.uuid, offer.abstract.major
            other = self._offers.get(key)
            if other is None or other.abstract.minor < offer.abstract.minor:
                self._offers[key] = offer

    def find(self, abstract: SyntaxId) -> Offer[S] | None:
        """The offer that serves *abstract*: same UUID and major, no lesser minor.

        Spec: C706 3.1.1.5.2, MS-RPCE 2.2.4.
        """
        offer = self._offers.get((abstract.uuid, abstract.major))
        if offer is None or offer.abstract.minor < abstract.minor:
            return None
        return offer


def propose(
    abstracts: Iterable[SyntaxId],
    transfers: Iterable[SyntaxId] = (NDR_SYNTAX,),
    *,
    first_id: int = 0,
) -> tuple[ContextElement, ...]:
    """One element per abstract and transfer syntax, numbered from *first_id*.

    One transfer syntax to an element, as Windows does: some servers look no further.
    """
    transfers = tuple(transfers)
    pairs = ((abstract, transfer) for abstract in abstracts for transfer in transfers)
    return tuple(
        ContextElement(context_id, abstract, (transfer,))
        for context_id, (abstract, transfer) in enumerate(pairs, first_id)
    )


def feature_element(
    context_id: int, abstract: SyntaxId, features: Features
) -> ContextElement:
    """The element that asks for *features*; it goes last.

    Spec: MS-RPCE 3.3.1.5.3.
    """
    uuid = UUID(bytes=_FEATURE_PREFIX + bytes((features,)) + bytes(7))
    return ContextElement(context_id, abstract, (SyntaxId(uuid, 1),))


def features_of(element: ContextElement) -> int | None:
    """The bits *element* asks for, some perhaps unknown; None if it asks for none."""
    first = element.transfers[0]
    if first.uuid.bytes[:8] != _FEATURE_PREFIX or first.major != 1:
        return None
    return first.uuid.bytes[8]


def answer(
    elements: Sequence[ContextElement],
    offers: Offers[S],
    contexts: Mapping[int, PresentationContext[S]],
    *,
    limit: int,
    is_bind: bool,
) -> Answer[S]:
    """What a server with *contexts* says to *elements*, each with a transfer syntax.

    Of several elements for one interface those with the best transfer syntax are
    accepted, as Windows does, whose clients propose NDR and NDR64 apart. *limit* is the
    number of contexts an association may have.

    Raises:
        ContextConflict: an id in use is proposed for another abstract syntax, or for
            another transfer syntax of ours.
        FeaturesTwice: features are asked for twice.
    """
    best = _best_transfers(elements, offers)
    known = dict(contexts)
    results: list[ContextResult] = []
    features: Features | None = None
    for element in elements:
        bits = features_of(element) if is_bind else None
        if bits is not None:
            if features is not None:
                raise FeaturesTwice("two presentation contexts ask for features")
            features = Features(bits & SUPPORTED_FEATURES)
            results.append(ContextResult(Result.NEGOTIATE_ACK, int(features)))
            continue
        context = known.get(element.context_id)
        if context is not None:
            results.append(_again(element, context, offers))
            continue
        outcome = _judge(element, offers, best)
        if isinstance(outcome, PresentationContext):
            if len(known) >= limit:
                results.append(_rejected(RejectReason.LOCAL_LIMIT_EXCEEDED))
                continue
            known[element.context_id] = outcome
            results.append(ContextResult(Result.ACCEPTANCE, 0, outcome.transfer))
        else:
            results.append(_rejected(outcome))
    accepted = tuple(
        context for context in known.values() if context.context_id not in contexts
    )
    return Answer(tuple(results), accepted, features or Features.NONE)


def _rejected(reason: RejectReason) -> ContextResult:
    return ContextResult(Result.PROVIDER_REJECTION, reason)


def _best_transfers(
    elements: Sequence[ContextElement], offers: Offers[S]
) -> dict[SyntaxId, SyntaxId]:
    """For each abstract syntax the transfer syntax we like best of those proposed."""
    proposed: dict[SyntaxId, set[SyntaxId]] = {}
    for element in elements:
        proposed.setdefault(element.abstract, set()).update(element.transfers)
    best: dict[SyntaxId, SyntaxId] = {}
    for abstract, transfers in proposed.items():
        offer = offers.find(abstract)
        if offer is not None:
            for transfer in offer.transfers:
                if transfer in transfers:
                    best[abstract] = transfer
                    break
    return best


def _judge(
    element: ContextElement, offers: Offers[S], best: Mapping[SyntaxId, SyntaxId]
) -> PresentationContext[S] | RejectReason:
    offer = offers.find(element.abstract)
    if offer is None:
        return RejectReason.ABSTRACT_SYNTAX_NOT_SUPPORTED
    transfer = best.get(element.abstract)
    if transfer is None or transfer not in element.transfers:
        return RejectReason.TRANSFER_SYNTAXES_NOT_SUPPORTED
    return PresentationContext(
        element.context_id,
        element.abstract,
        transfer,
        SYNTAXES[transfer],
        offer.service,
    )


def _again(
    element: ContextElement, context: PresentationContext[S], offers: Offers[S]
) -> ContextResult:
    """The answer to an id that is in use."""
    if element.abstract == context.abstract:
        if context.transfer in element.transfers:
            return ContextResult(Result.ACCEPTANCE, 0, context.transfer)
        offer = offers.find(element.abstract)
        ours = () if offer is None else offer.transfers
        if not any(transfer in ours for transfer in element.transfers):
            return _rejected(RejectReason.TRANSFER_SYNTAXES_NOT_SUPPORTED)
    raise ContextConflict(
        f"presentation context {context.context_id} for something else"
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a server's answer means for a client."""

    contexts: tuple[PresentationContext[None], ...]
    rejections: tuple[Rejection, ...]
    features: Features


def agreement_of(proposed: Sequence[ContextElement], ack: BindAck) -> Agreement:
    """What *ack* says to what was *proposed*: results stand in the same order.

    Raises:
        RemoteProtocolError: there are more or fewer results, or something is accepted
            that was not proposed.
    """
    if len(ack.results) != len(proposed):
        raise RemoteProtocolError(
            f"{ack.type.name} with {len(ack.results)} results for "
            f"{len(proposed)} presentation contexts"
        )
    contexts: list[PresentationContext[None]] = []
    rejections: list[Rejection] = []
    features = Features.NONE
    for element, result in zip(proposed, ack.results, strict=True):
        asked = features_of(element)
        if asked is not None:
            # A server that knows no features rejects the element: then there are none.
            if result.result == Result.NEGOTIATE_ACK:
                features = Features(result.reason & asked)
                continue
            if result.result != Result.ACCEPTANCE:
                continue
        if result.result != Result.ACCEPTANCE:
            rejections.append(Rejection(element, result.result, result.reason))
            continue
        syntax = SYNTAXES.get(result.transfer)
        if result.transfer not in element.transfers or syntax is None:
            raise RemoteProtocolError(
                f"the server accepts context {element.context_id} with transfer "
                f"syntax {result.transfer}, which was not offered"
            )
        contexts.append(
            PresentationContext(
                element.context_id, element.abstract, result.transfer, syntax, None
            )
        )
    return Agreement(tuple(contexts), tuple(rejections), features)


def reason_of(nak: BindNak) -> str:
    """Why a bind was refused, in words."""
    try:
        name = NakReason(nak.reason).name.lower().replace("_", " ")
    except ValueError:
        return f"reason {nak.reason}"
    if nak.reason == NakReason.PROTOCOL_VERSION_NOT_SUPPORTED and nak.versions:
        spoken = ", ".join(f"{major}.{minor}" for major, minor in nak.versions)
        return f"{name} (the server speaks {spoken})"
    return name


def agree_on_fragments(max_xmit: int, max_recv: int, limit: int) -> int:
    """The size of both directions that a server answers with, in octets.

    Spec: C706 12.6.3.1; the lower bound is that of Windows.
    """
    octets = max(SERVER_MINIMUM_FRAGMENT_OCTETS, min(max_xmit, max_recv))
    octets = min(octets, limit)
    return octets - octets % 8
