"""The numbers of PDUs as ``struct`` has them, in both byte orders.

Spec: C706 12.6.3, 12.6.4.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

EXTENDED_INFORMATION: Final = 0x01
"""A flag of a fault."""

COUNT: Final = Struct("Bxxx")  # a count and three reserved octets


class Numbers(NamedTuple):
    """The structs of one byte order."""

    lengths: Struct  # frag_length, auth_length, call_id
    call: Struct  # alloc_hint, p_cont_id, opnum (or cancel count and a reserved octet)
    fault: Struct  # alloc_hint, p_cont_id, cancel_count, flags, status, reserved
    bind: Struct  # max_xmit_frag, max_recv_frag, assoc_group_id
    u16: Struct
    u32: Struct
    element: Struct  # p_cont_id, n_transfer_syn, reserved
    result: Struct  # result, reason
    trailer: Struct


def _numbers(prefix: str) -> Numbers:
    return Numbers(
        lengths=Struct(prefix + "HHI"),
        call=Struct(prefix + "IHH"),
        fault=Struct(prefix + "IHBBII"),
        bind=Struct(prefix + "HHI"),
        u16=Struct(prefix + "H"),
        u32=Struct(prefix + "I"),
        element=Struct(prefix + "HBx"),
        result=Struct(prefix + "HH"),
        trailer=Struct(prefix + "BBBxI"),
    )


NUMBERS: Final = {"little": _numbers("<"), "big": _numbers(">")}
