"""The other vocabulary of generated modules, and of those who use them.

Interfaces and operations, clients and servers, calls, pipes, context handles, limits, and
every exception that is raised on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from midlpy.runtime.client import Call, Client
from midlpy.runtime.errors import (
    BindRejected,
    CallCancelled,
    CallPending,
    ContextMismatchError,
    InvalidAsyncCallError,
    InvalidPipeObjectError,
    LocalProtocolError,
    MarshalError,
    OperationNotSupported,
    PipeBusyError,
    PipeClosedError,
    PipeCommError,
    PipeDisciplineError,
    PipeEmptyError,
    PipeError,
    PipeMemoryError,
    PipeOrderError,
    ProtocolError,
    RemoteProtocolError,
    RpcCommFailure,
    RpcError,
    RpcFault,
    StubDataTruncated,
    UnmarshalError,
)
from midlpy.runtime.interface import Interface, Refusal
from midlpy.runtime.limits import Limits
from midlpy.runtime.ndr.handles import NULL_CONTEXT, ContextHandle
from midlpy.runtime.operation import Operation
from midlpy.runtime.operation_parts import (
    arguments,
    pipes,
    ranged,
    result,
    results,
)
from midlpy.runtime.pipe import Pipe, Receiver, Sender
from midlpy.runtime.server import Server
from midlpy.runtime.server_call import ServerCall
from midlpy.runtime.server_pair import memory_pair


@dataclass(frozen=True, slots=True)
class Security:
    """How a connection is to be protected.

    There is no authentication service yet: ``connect`` and ``serve`` refuse it by name.
    """

    mechanism: str = "negotiate"
    level: str = "privacy"


__all__ = [
    "Interface",
    "Operation",
    "Refusal",
    "arguments",
    "result",
    "results",
    "pipes",
    "ranged",
    "Client",
    "Server",
    "Call",
    "ServerCall",
    "Pipe",
    "Receiver",
    "Sender",
    "ContextHandle",
    "NULL_CONTEXT",
    "Limits",
    "Security",
    "memory_pair",
    "BindRejected",
    "CallCancelled",
    "CallPending",
    "ContextMismatchError",
    "InvalidAsyncCallError",
    "InvalidPipeObjectError",
    "LocalProtocolError",
    "MarshalError",
    "OperationNotSupported",
    "PipeBusyError",
    "PipeClosedError",
    "PipeCommError",
    "PipeDisciplineError",
    "PipeEmptyError",
    "PipeError",
    "PipeMemoryError",
    "PipeOrderError",
    "ProtocolError",
    "RemoteProtocolError",
    "RpcCommFailure",
    "RpcError",
    "RpcFault",
    "StubDataTruncated",
    "UnmarshalError",
]
