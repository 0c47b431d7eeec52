"""Marshalling against impacket: the same values, equal work, one interpreter.

``encode`` builds a value from plain Python values and encodes it; ``decode`` decodes a stub
and reads every leaf. Rounds are interleaved, so that a slow moment hits both; figures
are medians of process CPU time, and of the ratios within a round.

    python benchmarks/codec.py [--rounds N] [--seconds S] [CASE ...]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from midlpy.runtime import ndr
from midlpy.runtime.operation import Operation
from midlpy.runtime.operation_stub import Stub

Work = Callable[[], object]


# The values, as plain Python has them.

LABEL: Final = "\\\\SERVER01\\docs$"
USERS: Final = [(1000 + i, f"user_{i:05d}.ab") for i in range(1000)]
SHARES: Final = [
    (f"share{i:05d}", i & 3, f"remark for share {i:07d}") for i in range(1000)
]
BLOB: Final = bytes(range(256)) * 4096
NUMBERS: Final = [(i * 2654435761) & 0xFFFFFFFF for i in range(100_000)]
ROWS: Final = [
    (i, (i << 33) + 5, uuid.UUID(int=(i * 0x1_0000_0001_0000_0001) & ((1 << 128) - 1)))
    for i in range(10_000)
]


# As a generated module declares them.


class Small(ndr.Struct, gc=False):
    a: int = 0
    b: int = 0
    c: int = 0
    name: str | None = None


SMALL: Final = ndr.struct(
    Small, a=ndr.UINT32, b=ndr.UINT32, c=ndr.UINT32, name=ndr.unique(ndr.WIDE_STRING)
)


class UnicodeString(ndr.Struct, gc=False):
    length: int = 0
    maximum_length: int = 0
    buffer: str | None = None


UNICODE_STRING: Final = ndr.struct(
    UnicodeString,
    length=ndr.UINT16,
    maximum_length=ndr.UINT16,
    buffer=ndr.unique(ndr.wide(size_is="maximum_length / 2", length_is="length / 2")),
)


class RidEnumeration(ndr.Struct, gc=False):
    relative_id: int = 0
    name: UnicodeString = ndr.default(UnicodeString)


RID_ENUMERATION: Final = ndr.struct(
    RidEnumeration, relative_id=ndr.UINT32, name=UNICODE_STRING
)


class EnumerationBuffer(ndr.Struct, gc=False):
    entries_read: int = 0
    buffer: list[RidEnumeration] | None = None


ENUMERATION_BUFFER: Final = ndr.struct(
    EnumerationBuffer,
    entries_read=ndr.UINT32,
    buffer=ndr.unique(ndr.array(RID_ENUMERATION, size_is="entries_read")),
)


class ShareInfo(ndr.Struct, gc=False):
    netname: str | None = None
    type: int = 0
    remark: str | None = None


class ShareContainer(ndr.Struct, gc=False):
    entries_read: int = 0
    buffer: list[ShareInfo] | None = None


SHARE_CONTAINER: Final = ndr.struct(
    ShareContainer,
    entries_read=ndr.UINT32,
    buffer=ndr.unique(
        ndr.array(
            ndr.struct(
                ShareInfo,
                netname=ndr.unique(ndr.WIDE_STRING),
                type=ndr.UINT32,
                remark=ndr.unique(ndr.WIDE_STRING),
            ),
            size_is="entries_read",
        )
    ),
)


class Row(ndr.Struct, gc=False):
    a: int = 0
    b: int = 0
    g: uuid.UUID = uuid.UUID(int=0)


ROW: Final = ndr.struct(Row, a=ndr.UINT32, b=ndr.UINT64, g=ndr.UUID)


def operation(**request: ndr.Codec[Any]) -> Stub:
    made = Operation(opnum=0, name="Case", method="case", request=request)
    return made.stub(ndr.NDR)


def build_users() -> EnumerationBuffer:
    entries = [
        RidEnumeration(rid, UnicodeString(2 * len(name), 2 * len(name), name))
        for rid, name in USERS
    ]
    return EnumerationBuffer(len(entries), entries)


def build_shares() -> ShareContainer:
    entries = [ShareInfo(name, kind, remark) for name, kind, remark in SHARES]
    return ShareContainer(len(entries), entries)


def read_users(value: EnumerationBuffer) -> int:
    entries = value.buffer or []
    return sum(entry.relative_id + len(entry.name.buffer or "") for entry in entries)


def read_shares(value: ShareContainer) -> int:
    entries = value.buffer or []
    return sum(e.type + len(e.netname or "") + len(e.remark or "") for e in entries)


# Case → stub, how the arguments are built, how the leaves of a value are read.
OURS: Final[
    dict[str, tuple[Stub, Callable[[], list[Any]], Callable[[Any], object]]]
] = {
    "a": (
        operation(v=SMALL),
        lambda: [Small(502, 7, 0x20000, LABEL)],
        lambda v: v.a + v.b + v.c + len(v.name),
    ),
    "b": (operation(v=ENUMERATION_BUFFER), lambda: [build_users()], read_users),
    "s": (operation(v=SHARE_CONTAINER), lambda: [build_shares()], read_shares),
    "c64": (
        operation(n=ndr.UINT32, data=ndr.octets(size_is="n")),
        lambda: [65536, BLOB[:65536]],
        len,
    ),
    "c": (
        operation(n=ndr.UINT32, data=ndr.octets(size_is="n")),
        lambda: [len(BLOB), BLOB],
        len,
    ),
    "d": (
        operation(n=ndr.UINT32, data=ndr.array(ndr.UINT32, size_is="n")),
        lambda: [len(NUMBERS), NUMBERS],
        sum,
    ),
    "eu": (
        operation(n=ndr.UINT32, data=ndr.array(ROW, size_is="n")),
        lambda: [len(ROWS), [Row(a, b, g) for a, b, g in ROWS]],
        lambda rows: sum(row.a + row.b + (row.g is None) for row in rows),
    ),
}


def peer() -> dict[str, tuple[Any, Callable[[], Any], Callable[[Any], object]]]:
    """The same cases of impacket: class, build, read; empty if it is not installed."""
    try:
        from impacket.dcerpc.v5 import dtypes, samr, srvs
        from impacket.dcerpc.v5 import ndr as peer_ndr
    except ImportError:
        return {}

    def call(*structure: tuple[str, Any]) -> Any:
        return type("Call", (peer_ndr.NDRCALL,), {"opnum": 1, "structure": structure})

    def conformant(item: Any) -> Any:
        return type("Items", (peer_ndr.NDRUniConformantArray,), {"item": item})

    fields = (("a", dtypes.DWORD), ("b", dtypes.LARGE_INTEGER), ("g", dtypes.GUID))
    members = {"structure": fields, "getAlignment": lambda _: 8}
    peer_row: Any = type("PeerRow", (peer_ndr.NDRSTRUCT,), members)

    small = call(
        ("a", dtypes.DWORD),
        ("b", dtypes.DWORD),
        ("c", dtypes.DWORD),
        ("n", dtypes.LPWSTR),
    )
    users = call(("Buffer", samr.SAMPR_ENUMERATION_BUFFER))
    shares = call(("Info", srvs.SHARE_INFO_1_CONTAINER))
    blob = call(("Len", dtypes.DWORD), ("Data", conformant("c")))
    numbers = call(("Len", dtypes.DWORD), ("Data", conformant("<L")))
    rows = call(("Len", dtypes.DWORD), ("Data", conformant(peer_row)))

    def filled(cls: Any, **fields: object) -> Any:
        made = cls()
        for name, value in fields.items():
            made[name] = value
        return made

    def build_peer_users() -> Any:
        made = users()
        made["Buffer"]["EntriesRead"] = len(USERS)
        made["Buffer"]["Buffer"] = [
            filled(samr.SAMPR_RID_ENUMERATION, RelativeId=rid, Name=name)
            for rid, name in USERS
        ]
        return made

    def build_peer_shares() -> Any:
        made = shares()
        made["Info"]["EntriesRead"] = len(SHARES)
        made["Info"]["Buffer"] = [
            filled(
                srvs.SHARE_INFO_1,
                shi1_netname=name + "\0",
                shi1_type=kind,
                shi1_remark=remark + "\0",
            )
            for name, kind, remark in SHARES
        ]
        return made

    def build_peer_rows() -> Any:
        entries = [filled(peer_row, a=a, b=b, g=g.bytes_le) for a, b, g in ROWS]
        return filled(rows, Len=len(entries), Data=entries)

    return {
        "a": (
            small,
            lambda: filled(small, a=502, b=7, c=0x20000, n=LABEL + "\0"),
            lambda v: v["a"] + v["b"] + v["c"] + len(v["n"]),
        ),
        "b": (
            users,
            build_peer_users,
            lambda v: sum(
                e["RelativeId"] + len(e["Name"]) for e in v["Buffer"]["Buffer"]
            ),
        ),
        "s": (
            shares,
            build_peer_shares,
            lambda v: sum(
                e["shi1_type"] + len(e["shi1_netname"]) + len(e["shi1_remark"])
                for e in v["Info"]["Buffer"]
            ),
        ),
        "c64": (
            blob,
            lambda: filled(blob, Len=65536, Data=BLOB[:65536]),
            lambda v: len(b"".join(v["Data"])),
        ),
        "c": (
            blob,
            lambda: filled(blob, Len=len(BLOB), Data=BLOB),
            lambda v: len(b"".join(v["Data"])),
        ),
        "d": (
            numbers,
            lambda: filled(numbers, Len=len(NUMBERS), Data=NUMBERS),
            lambda v: sum(v["Data"]),
        ),
        "eu": (
            rows,
            build_peer_rows,
            lambda v: sum(e["a"] + e["b"] + len(e["g"]) for e in v["Data"]),
        ),
    }


# The peer appends to a growing bytes object; a MiB would take it over a minute.
TOO_SLOW: Final = {("c", "encode")}


def contenders(case: str, theirs: dict[str, Any]) -> dict[str, dict[str, Work]]:
    """What there is to measure of one case: work by measure and contender."""
    ours, build, read = OURS[case]
    stub = b"".join(ours.write_request(build())[0])
    works: dict[str, dict[str, Work]] = {
        "encode": {"midlpy": lambda: b"".join(ours.write_request(build())[0])},
        "decode": {"midlpy": lambda: read(ours.read_request(stub)[0][-1])},
    }
    if case in theirs:
        cls, peer_build, peer_read = theirs[case]
        if (case, "encode") not in TOO_SLOW:
            works["encode"]["impacket"] = lambda: peer_build().getData()
        works["decode"]["impacket"] = lambda: peer_read(cls(stub))
    return works


def seconds_of(work: Work, times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def measured(
    works: dict[str, Work], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """CPU seconds per run of each contender, one figure per round."""
    times = {}
    for name, work in works.items():
        work()  # what is generated at first use is not part of it
        once = max(seconds_of(work, 1), 1e-7)
        if once < seconds:
            once = max(seconds_of(work, max(1, int(seconds / once / 10))), 1e-7)
        times[name] = max(1, int(seconds / once))
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(seconds_of(work, times[name]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=[*OURS])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2)
    options = parser.parse_args()
    theirs = peer()
    if not theirs:
        print("impacket: absent")
    for case in options.cases:
        for measure, works in contenders(case, theirs).items():
            found = measured(works, options.rounds, options.seconds)
            ours = found["midlpy"]
            line = (
                f"{case:4} {measure:7} midlpy {statistics.median(ours) * 1e6:12.2f} us"
            )
            if "impacket" in found:
                peer_seconds = found["impacket"]
                ratio = statistics.median(
                    other / own for other, own in zip(peer_seconds, ours, strict=True)
                )
                line += f"   impacket {statistics.median(peer_seconds) * 1e6:14.2f} us"
                line += f"   {ratio:10.1f} times"
            print(line, flush=True)


if __name__ == "__main__":
    main()
