"""Which fault tells a client of an exception that ends its call."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from midlpy.runtime.errors import (
    CallCancelled,
    MarshalError,
    PipeError,
    RpcCommFailure,
    RpcError,
    RpcFault,
    UnmarshalError,
)

_log = logging.getLogger(__name__)

FAULT_CANCEL: Final = 0x1C00000D
FAULT_UNSPECIFIED: Final = 0x1C000012
FAULT_REMOTE_COMM_FAILURE: Final = 0x1C000013
FAULT_REMOTE_NO_MEMORY: Final = 0x1C00001B
BAD_STUB_DATA: Final = 1783


def fault_status(error: BaseException, call: str) -> int:
    """The fault that tells a client of *error*; what nobody expected is logged.

    A negative status is the number of 32 bits that it stands for, as HRESULTs are written.
    """
    status = _status(error, call)
    if -(2**31) <= status <= 0xFFFFFFFF and status:
        return status & 0xFFFFFFFF
    _log.error("%s: %d can be no fault", call, status, exc_info=error)
    return FAULT_UNSPECIFIED


def _status(error: BaseException, call: str) -> int:
    match error:
        case RpcFault():
            return error.status
        case PipeError():
            return error.fault
        case CallCancelled() | asyncio.CancelledError():
            return FAULT_CANCEL
        case UnmarshalError():
            return error.status
        case MarshalError():
            _log.error("%s: %s", call, error)
            return BAD_STUB_DATA
        case RpcCommFailure():
            return FAULT_REMOTE_COMM_FAILURE
        case RpcError():
            return error.status
        case MemoryError():
            return FAULT_REMOTE_NO_MEMORY
        case _:
            _log.error("%s: the manager failed", call, exc_info=error)
            return FAULT_UNSPECIFIED
