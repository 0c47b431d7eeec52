"""Every number a peer may not exceed, by name, with a default that holds.

Spec: C706 12.6.3.1 (fragments), MS-RPCE 3.3.3.5.4 (stub data), Windows and Samba where
the documents are silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# C706 12.6.3.1: what every peer must be able to receive.
MINIMUM_FRAGMENT_OCTETS: Final = 1432
# Servers raise smaller wishes to this much, as Windows does.
SERVER_MINIMUM_FRAGMENT_OCTETS: Final = 2048
# frag_length has 16 bits, and sizes are agreed in multiples of 8.
MAXIMUM_FRAGMENT_OCTETS: Final = 65_528


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one peer grants the other; every connection has its own set.

    Raises:
        ValueError: a limit is outside the range in which the protocol works.
    """

    # What a client offers in its bind, for both directions. Windows and Samba agree to
    # 5840 of it; with a peer that agrees to all, streams are several times as fast.
    offered_fragment_octets: int = MAXIMUM_FRAGMENT_OCTETS
    # The most a server agrees to; a peer that asks for less gets less.
    fragment_octets: int = MAXIMUM_FRAGMENT_OCTETS
    # Stub data of one call that is collected before it is decoded; pipes are not.
    request_stub_octets: int = 4 * 1024 * 1024
    response_stub_octets: int = 240 * 1024 * 1024
    presentation_contexts: int = 64
    outstanding_calls: int = 256
    connections: int = 1024
    association_groups: int = 1024
    connections_per_group: int = 256
    context_handles_per_group: int = 4096
    # Time a peer has from its first octet to a finished bind.
    bind_seconds: float = 30.0
    # Time a peer has from the first octet of a PDU to its last.
    pdu_seconds: float = 60.0
    # Time without any call after which a server closes; 0 means never.
    idle_seconds: float = 0.0
    # Time a connection has to send what is left when it closes.
    close_seconds: float = 5.0

    def __post_init__(self) -> None:
        for name in ("offered_fragment_octets", "fragment_octets"):
            octets = getattr(self, name)
            if not MINIMUM_FRAGMENT_OCTETS <= octets <= 65_535:
                raise ValueError(
                    f"{name} is {octets}, which is outside "
                    f"{MINIMUM_FRAGMENT_OCTETS}..65535"
                )
        for name in (
            "request_stub_octets",
            "response_stub_octets",
            "presentation_contexts",
            "outstanding_calls",
            "connections",
            "association_groups",
            "connections_per_group",
            "context_handles_per_group",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, less than 1")
        for name in ("bind_seconds", "pdu_seconds", "idle_seconds", "close_seconds"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}, less than 0")
