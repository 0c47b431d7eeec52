"""Compiling, as whole processes: against other compilers, and as a file grows.

Each contender starts anew in an empty folder, in interleaved rounds; figures are medians of
processor and wall time of the process with its children, and the peak of the largest.
Ratios are medians of the ratios within a round; a target counts by the worse of the
two. A file of ours grows from 1,000 lines to 64,000; that is linear when 1,000 lines more
cost at its end at most LINEAR times what they cost at its beginning.

    python -m benchmarks.compile [--rounds N] [--growth-rounds N] [--peer NAME=COMMAND]

COMMAND is how an absent peer is called, ``{idl}`` standing for the file.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.peers import (
    MIDL2IMPACKET,
    MIDL_DUMP,
    MIDL_TO_SCAPY,
    PIDL,
    SERVER,
    WIDL,
    Peer,
    contenders,
)
from benchmarks.processes import ratio, verdict
from benchmarks.programs import Cost, interleaved, midlpy
from benchmarks.synthetic import synthetic
from tests.support.corpus import find_in_corpus

# What is compiled, with which options, beside whom; below a folder of MIDLPY_CORPUS.
PUBLISHED: Final = (
    ("idl/ms-samr.idl", (), (PIDL, MIDL_TO_SCAPY, MIDL2IMPACKET, MIDL_DUMP)),
    # What midl wants in an ACF stands in this IDL.
    (SERVER, ("--app-config",), (WIDL, MIDL_DUMP)),
)
MEASURES: Final[Mapping[str, Callable[[Cost], float]]] = {
    "CPU": lambda cost: cost.cpu,
    "wall time": lambda cost: cost.wall,
    "memory": lambda cost: cost.peak_mib,
}
SIZES: Final = (1000, 2000, 4000, 8000, 16000, 32000, 64000)
# What the last lines may cost, against the first ones. What grows by n log n comes to 1.3, by
# the square to 10.
LINEAR: Final = 1.5


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.compile")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--growth-rounds", type=int, default=3)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    options = parser.parse_args(arguments)
    commands = dict(each.partition("=")[::2] for each in options.peer)
    known = {peer.name for _, _, peers in PUBLISHED for peer in peers}
    for name in sorted(commands.keys() - known):
        parser.error(
            f"no peer is called {name!r}; there are {', '.join(sorted(known))}"
        )
    for name, ours, peers in PUBLISHED:
        idl = find_in_corpus(name)
        if idl is None:
            print(f"{name} absent: name its folder in MIDLPY_CORPUS; not run beside:")
            print("\n".join(f"  {peer.name}: {peer.get}" for peer in peers))
        else:
            against(peers, idl, ours, options.rounds, commands)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        against((WIDL, MIDL_DUMP), write(Path(name), 8000), (), 3, commands)
        grow(Path(name), SIZES, options.growth_rounds)


def write(folder: Path, lines: int) -> Path:
    """A file of our own, of about *lines* lines."""
    path = folder / f"lines{lines}.idl"
    path.write_text(synthetic(lines))
    return path


def line_count(idl: Path) -> int:
    return idl.read_bytes().count(b"\n")


def against(
    peers: tuple[Peer, ...],
    idl: Path,
    options: tuple[str, ...],
    rounds: int,
    commands: Mapping[str, str],
    say: Callable[[str], None] = print,
) -> None:
    """Print what *idl* costs us and others."""
    found, absent = contenders(peers, idl, commands)
    say(f"{idl.name}, {line_count(idl)} lines, {rounds} rounds")
    named = {"midlpy": midlpy(idl, *options), **found}
    costs = interleaved(named, rounds, lambda line: say(f"  {line}"))
    base = costs.get("midlpy")
    if base is None:
        return
    say(f"  {'midlpy':13} {figures(base)}   client and server in Python")
    for peer in peers:
        if peer.name in costs:
            say(f"  {peer.name:13} {figures(costs[peer.name])} {judged(peer, costs)}")
            say(f"  {'':13} {peer.makes}")
    for line in absent:
        say(f"  {line}")


def figures(costs: Sequence[Cost]) -> str:
    largest = max(costs, key=lambda cost: cost.peak_mib)
    return (
        f"{middle(costs, MEASURES['CPU']):7.3f} s CPU "
        f"{middle(costs, MEASURES['wall time']):7.3f} s wall {largest.peak:>8}"
    )


def judged(peer: Peer, costs: Mapping[str, Sequence[Cost]]) -> str:
    """How many times as long, and as much memory, *peer* takes as we do."""
    ours, theirs = costs["midlpy"], costs[peer.name]
    cpu, wall, peak = (
        ratio([*map(measure, theirs)], [*map(measure, ours)])
        for measure in MEASURES.values()
    )
    line = f"  x{cpu:.2f} CPU  x{wall:.2f} wall  x{peak:.2f} memory"
    if peer.must is None or peer.aim is None:
        return line
    met = verdict(min(cpu, wall), peer.must, peer.aim)
    return f"{line}   must x{peer.must:g}, aim x{peer.aim:g}: {met}"


def grow(
    folder: Path,
    sizes: Sequence[int],
    rounds: int,
    say: Callable[[str], None] = print,
) -> None:
    """Print what 1,000 lines cost while a file grows, and whether that stays the same."""
    files = [write(folder, size) for size in sizes]
    named = {path.name: midlpy(path) for path in files}
    costs = interleaved(named, rounds, lambda line: say(f"  {line}"))
    if len(costs) < len(files):
        return
    grown = [(line_count(path) / 1000, costs[path.name]) for path in files]
    say(f"a file of ours as it grows, {rounds} rounds; and of 1,000 lines")
    for thousands, found in grown:
        cpu, wall, peak = (
            middle(found, measure) / thousands for measure in MEASURES.values()
        )
        say(
            f"{thousands * 1000:8.0f} {figures(found)}   "
            f"{cpu:7.3f} s CPU {wall:7.3f} s wall {peak:6.2f} MiB"
        )
    for title, measure in MEASURES.items():
        values = [(thousands, middle(found, measure)) for thousands, found in grown]
        say(f"  {title:10} {steadiness(values)}")


def middle(costs: Sequence[Cost], measure: Callable[[Cost], float]) -> float:
    return median(map(measure, costs))


def steadiness(values: Sequence[tuple[float, float]]) -> str:
    """How a cost grows with thousands of lines: the last lines against the first.

    What start-up costs is in every value, and so in no difference of two.
    """
    lines = [thousands for thousands, _ in values]
    early = slope(values[0], values[len(values) // 2])
    late = slope(values[-2], values[-1])
    (first, least), (last, most) = values[0], values[-1]
    times = late / early if early > 0 else float("inf")
    return (
        f"1,000 lines of the last to those of the first x{most / last / (least / first):.2f}; "
        f"1,000 more beyond {lines[-2]:.0f},000 to 1,000 more up to "
        f"{lines[len(values) // 2]:.0f},000 x{times:.2f}   "
        f"linear is up to x{LINEAR:g}: {'met' if times <= LINEAR else 'MISSED'}"
    )


def slope(begin: tuple[float, float], end: tuple[float, float]) -> float:
    return (end[1] - begin[1]) / (end[0] - begin[0])


if __name__ == "__main__":
    main()
