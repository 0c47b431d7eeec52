"""One association as a state machine: PDUs in, octets out, no I/O.

How to use one: give each PDU to ``receive`` and write what it returns; after that, and
after every other method, look at ``state``: when it is CLOSED, write what is left and
close the transport (``close_reason`` says why). Call ``close`` when the transport ends.

The states are in state.py, each end has a module of its own.
"""

from __future__ import annotations

from midlpy.runtime.association.client import ClientAssociation
from midlpy.runtime.association.server import ServerAssociation
from midlpy.runtime.association.state import Association, Role, State

__all__ = ["Association", "ClientAssociation", "Role", "ServerAssociation", "State"]
