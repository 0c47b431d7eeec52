"""Everything the runtime raises on purpose, with the status numbers of Windows.

Spec: MS-ERREF 2.2, C706 appendix E (nca_s_*), MIDL reference, RPC return values.
"""

from __future__ import annotations

from typing import ClassVar, Final

# The official names of fault status values that travel in a fault PDU.
FAULT_NAMES: Final[dict[int, str]] = {
    0x00000005: "ERROR_ACCESS_DENIED",
    0x0000000E: "ERROR_OUTOFMEMORY",
    0x00000057: "ERROR_INVALID_PARAMETER",
    0x000006BA: "RPC_S_SERVER_UNAVAILABLE",
    0x000006BB: "RPC_S_SERVER_TOO_BUSY",
    0x000006BD: "RPC_S_NO_CALL_ACTIVE",
    0x000006BE: "RPC_S_CALL_FAILED",
    0x000006BF: "RPC_S_CALL_FAILED_DNE",
    0x000006C5: "RPC_S_INVALID_TAG",
    0x000006C6: "RPC_S_INVALID_BOUND",
    0x000006D1: "RPC_S_PROCNUM_OUT_OF_RANGE",
    0x000006D8: "EPT_S_CANT_PERFORM_OP",
    0x000006D9: "EPT_S_NOT_REGISTERED",
    0x000006E4: "RPC_S_CANNOT_SUPPORT",
    0x000006F4: "RPC_X_NULL_REF_POINTER",
    0x000006F5: "RPC_X_ENUM_VALUE_OUT_OF_RANGE",
    0x000006F6: "RPC_X_BYTE_COUNT_TOO_SMALL",
    0x000006F7: "RPC_X_BAD_STUB_DATA",
    0x0000071A: "RPC_S_CALL_CANCELLED",
    0x00000721: "RPC_S_SEC_PKG_ERROR",
    0x1C000001: "nca_s_fault_int_div_by_zero",
    0x1C000002: "nca_s_fault_addr_error",
    0x1C000003: "nca_s_fault_fp_div_zero",
    0x1C000004: "nca_s_fault_fp_underflow",
    0x1C000005: "nca_s_fault_fp_overflow",
    0x1C000006: "nca_s_fault_invalid_tag",
    0x1C000007: "nca_s_fault_invalid_bound",
    0x1C000008: "nca_s_rpc_version_mismatch",
    0x1C000009: "nca_s_unspec_reject",
    0x1C00000A: "nca_s_bad_actid",
    0x1C00000B: "nca_s_who_are_you_failed",
    0x1C00000C: "nca_s_manager_not_entered",
    0x1C00000D: "nca_s_fault_cancel",
    0x1C00000E: "nca_s_fault_ill_inst",
    0x1C00000F: "nca_s_fault_fp_error",
    0x1C000010: "nca_s_fault_int_overflow",
    0x1C000012: "nca_s_fault_unspec",
    0x1C000013: "nca_s_fault_remote_comm_failure",
    0x1C000014: "nca_s_fault_pipe_empty",
    0x1C000015: "nca_s_fault_pipe_closed",
    0x1C000016: "nca_s_fault_pipe_order",
    0x1C000017: "nca_s_fault_pipe_discipline",
    0x1C000018: "nca_s_fault_pipe_comm_error",
    0x1C000019: "nca_s_fault_pipe_memory",
    0x1C00001A: "nca_s_fault_context_mismatch",
    0x1C00001B: "nca_s_fault_remote_no_memory",
    0x1C00001C: "nca_s_invalid_pres_context_id",
    0x1C00001D: "nca_s_unsupported_authn_level",
    0x1C00001F: "nca_s_invalid_checksum",
    0x1C000020: "nca_s_invalid_crc",
    0x1C000021: "nca_s_fault_user_defined",
    0x1C000022: "nca_s_fault_tx_open_failed",
    0x1C000023: "nca_s_fault_codeset_conv_error",
    0x1C000024: "nca_s_fault_object_not_found",
    0x1C000025: "nca_s_fault_no_client_stub",
    0x1C010001: "nca_s_comm_failure",
    0x1C010002: "nca_s_op_rng_error",
    0x1C010003: "nca_s_unk_if",
    0x1C010006: "nca_s_wrong_boot_time",
    0x1C010009: "nca_s_you_crashed",
    0x1C01000B: "nca_s_proto_error",
    0x1C010013: "nca_s_out_args_too_big",
    0x1C010014: "nca_s_server_too_busy",
    0x1C010015: "nca_s_fault_string_too_long",
    0x1C010017: "nca_s_unsupported_type",
}


class RpcError(Exception):
    """The root of all of them; *status* is the Win32 number, where there is one."""

    status: int = 1726  # RPC_S_CALL_FAILED

    def __init__(self, message: str = "", *, status: int | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class ProtocolError(RpcError):
    """The rules of the association."""

    status = 1728  # RPC_S_PROTOCOL_ERROR


class LocalProtocolError(ProtocolError):
    """We were about to break the rules of the association; nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the rules of the association, which is closed."""


class BindRejected(RpcError):
    """The peer does not offer what was asked for; the message has its reason."""

    status = 1717  # RPC_S_UNKNOWN_IF


class RpcCommFailure(RpcError):
    """The transport ended, or could not be opened."""

    status = 1726  # RPC_S_CALL_FAILED


class OperationNotSupported(RpcError, NotImplementedError):
    """The operation is in the IDL and its values cannot travel; nothing was sent.

    *name* and *opnum* are the operation's, *reason* is what cannot be expressed.
    """

    status = 1764  # RPC_S_CANNOT_SUPPORT

    def __init__(self, name: str, opnum: int, reason: str) -> None:
        self.name = name
        self.opnum = opnum
        self.reason = reason
        super().__init__(f"{name} (opnum {opnum}) is not supported: {reason}")

    def __reduce__(self) -> tuple[type[OperationNotSupported], tuple[str, int, str]]:
        return type(self), (self.name, self.opnum, self.reason)


class MarshalError(RpcError, ValueError):
    """A value does not fit the IDL; nothing was sent."""

    status = 1783  # RPC_X_BAD_STUB_DATA


class UnmarshalError(RpcError, ValueError):
    """Octets do not fit the IDL."""

    status = 1783  # RPC_X_BAD_STUB_DATA


class StubDataTruncated(UnmarshalError):
    """The octets end too early: more of them could make a value."""


class RpcFault(RpcError):
    """The peer answered this call with a fault, or a server method wants that.

    *status* is the number as it travels, *name* its official name or "", *did_not_execute*
    whether the peer said that the operation was not entered.
    """

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        did_not_execute: bool = False,
    ) -> None:
        self.name = FAULT_NAMES.get(status, "")
        self.did_not_execute = did_not_execute
        text = f"{self.name} ({status:#010x})" if self.name else f"{status:#010x}"
        super().__init__(f"{message}: {text}" if message else text, status=status)

    @property
    def is_rejection(self) -> bool:
        """Whether the call was refused on its way, not by what it called."""
        return self.status >> 16 == 0x1C01


class ContextMismatchError(RpcFault):
    """A context handle is unknown to the server, stale, or of another type."""


class CallCancelled(RpcError):
    """This call was cancelled, and not by cancelling our task."""

    status = 1818  # RPC_S_CALL_CANCELLED


class CallPending(RpcError):
    """Nothing is here yet; ask again later."""

    status = 997  # RPC_S_ASYNC_CALL_PENDING


class InvalidAsyncCallError(RpcError):
    """The call has completed, was aborted, or is not asynchronous."""

    status = 1915  # RPC_S_INVALID_ASYNC_CALL


class PipeError(RpcError):
    """A rule of pipes is broken; *fault* is the status that tells the peer."""

    fault: ClassVar[int] = 0x1C000016


class PipeOrderError(PipeError):
    """Pipes are used out of order, or in the wrong direction."""

    status = 1831  # RPC_X_WRONG_PIPE_ORDER
    fault = 0x1C000016


class PipeClosedError(PipeError):
    """Elements were pushed after the end marker."""

    status = 1916  # RPC_X_PIPE_CLOSED
    fault = 0x1C000015


class PipeEmptyError(PipeError):
    """Elements were pulled after the end of the pipe was reported."""

    status = 1918  # RPC_X_PIPE_EMPTY
    fault = 0x1C000014


class PipeDisciplineError(PipeError):
    """A call completes before its pipes are finished."""

    status = 1917  # RPC_X_PIPE_DISCIPLINE_ERROR
    fault = 0x1C000017


class PipeMemoryError(PipeError):
    """There is no room for what the pipe carries."""

    status = 14  # RPC_X_PIPE_APP_MEMORY
    fault = 0x1C000019


class PipeCommError(PipeError):
    """The connection that carried the pipe is gone."""

    status = 1820  # RPC_S_COMM_FAILURE
    fault = 0x1C000018


class PipeBusyError(PipeError, RuntimeError):
    """Two tasks use one end of a pipe at once; the first is not affected."""

    status = 1831
    fault = 0x1C000016


class InvalidPipeObjectError(PipeError):
    """The pipe object has served a call already, or serves none."""

    status = 1830  # RPC_X_INVALID_PIPE_OBJECT
    fault = 0x1C000016


_FAULT_TO_PIPE_ERROR: Final[dict[int, type[PipeError]]] = {
    cls.fault: cls
    for cls in (
        PipeEmptyError,
        PipeClosedError,
        PipeDisciplineError,
        PipeCommError,
        PipeMemoryError,
        PipeOrderError,
    )
}


def error_from_fault(
    status: int, where: str, *, did_not_execute: bool = False
) -> RpcError:
    """What a client raises for a fault PDU; *where* names the operation.

    A status without a class of its own becomes an ``RpcFault`` that keeps it unchanged.
    """
    name = FAULT_NAMES.get(status, "")
    text = f"{where}: {name} ({status:#010x})" if name else f"{where}: {status:#010x}"
    pipe_error = _FAULT_TO_PIPE_ERROR.get(status)
    if pipe_error is not None:
        return pipe_error(text)
    if status in (0x1C00000D, 1818):
        return CallCancelled(text)
    if status == 0x1C000013:
        return RpcCommFailure(text, status=1820)
    if status == 0x1C00001A:
        return ContextMismatchError(status, where, did_not_execute=did_not_execute)
    return RpcFault(status, where, did_not_execute=did_not_execute)
