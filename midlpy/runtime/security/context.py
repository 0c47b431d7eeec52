"""What an authentication service must offer an association; no I/O.

A context is stepped with the tokens that travel in bind, alter_context and auth3 until it
is complete, and then signs or seals fragments. No service exists yet: the association is
given a protection by ``Association.use_protection`` when one does.

Spec: MS-RPCE 2.2.1.1.7 (authentication services), 3.3.1.5.2.
"""

from __future__ import annotations

from typing import Protocol

from midlpy.runtime.pdu.fragments import FragmentProtection


class SecurityContext(FragmentProtection, Protocol):
    """One authentication between the two ends of an association."""

    @property
    def is_complete(self) -> bool:
        """Whether the last token has been made and taken: fragments can be protected."""
        ...

    def step(self, token: bytes) -> bytes:
        """Take the peer's token, b"" at first; return ours, b"" if none is due.

        Raises:
            RpcError: the token is refused.
        """
        ...
