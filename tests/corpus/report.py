"""``python -m tests.corpus.report``: what of each set compiles, as README's table.

``--write`` stores it and renews the README, ``--check`` fails where what is stored differs.
With ``--errors`` every error is listed instead, in the form of ``expected.toml``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from midlpy.semantic import ir
from tests.corpus import oracles
from tests.corpus.counts import Counts, store, stored, table
from tests.corpus.outcomes import errors_of, listed, place, stages
from tests.corpus.refusals import kind
from tests.corpus.sets import SETS, CorpusFile


@dataclass(frozen=True)
class Line:
    """What one file comes to.

    *interfaces* are those with operations: which, and the reasons of its operations that
    are refused, empty for others.
    """

    file: CorpusFile
    errors: tuple[tuple[str, str], ...]  # place, message
    interfaces: tuple[tuple[str, tuple[str, ...]], ...] = ()


def line_of(file: CorpusFile) -> Line:
    try:
        found = stages(file)
    except Exception as error:
        return Line(file, (("crash", repr(error)),))
    errors = [
        (place(file, each), each.message) for each in errors_of(found.diagnostics)
    ]
    if found.model is None or errors:
        return Line(file, tuple(errors))
    interfaces = (each for each in found.model.interfaces if each.operations)
    return Line(file, (), tuple(_interface(file, each) for each in interfaces))


def _interface(
    file: CorpusFile, interface: ir.Interface
) -> tuple[str, tuple[str, ...]]:
    name = f"{interface.name} {interface.uuid} {interface.version}"
    if file.set_name == "midltests":  # which have one UUID for many interfaces
        name += file.name
    return name, tuple(kind(each.refusal or "") for each in interface.operations)


def lines(names: list[str]) -> list[Line]:
    files = [file for name in names for file in SETS[name].files]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(line_of, files, chunksize=16))


def taken_by_others(file: CorpusFile) -> tuple[bool, bool]:
    """Whether widl takes *file*, and whether pidl does."""
    with tempfile.TemporaryDirectory() as folder:
        is_widls = not oracles.widl(file, Path(folder) / "header.h")
    return is_widls, oracles.is_taken_by_pidl(file)


def counts_of(found: list[Line]) -> list[Counts]:
    """One for each set."""
    with ProcessPoolExecutor() as pool:
        files = [line.file for line in found]
        others = dict(
            zip(files, pool.map(taken_by_others, files, chunksize=16), strict=True)
        )
    counts: list[Counts] = []
    for name in dict.fromkeys(line.file.set_name for line in found):
        members = [line for line in found if line.file.set_name == name]
        # One that several files include is one.
        interfaces = dict(each for line in members for each in line.interfaces)
        operations = [each for group in interfaces.values() for each in group]
        refusals = [each for each in operations if each]
        counts.append(
            Counts(
                name=name,
                version=SETS[name].version,
                files=len(members),
                clean=sum(not line.errors for line in members),
                listed=sum(listed(line.file) is not None for line in members),
                interfaces=len(interfaces),
                operations=len(operations),
                refused=len(refusals),
                reasons=len(set(refusals)),
                widl=sum(others[line.file][0] for line in members),
                pidl=sum(others[line.file][1] for line in members),
            )
        )
    return counts


def print_errors(found: list[Line], *, is_new_only: bool) -> None:
    for line in found:
        expected = listed(line.file)
        places = tuple(at for at, _ in line.errors)
        if is_new_only and places == (expected.errors if expected else ()):
            continue
        print(f'"{line.file.name}" = "{" ".join(places)}"')
        for at, message in line.errors:
            print(f"    # {line.file.set_name} {at} {message}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.corpus.report", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--unlisted", action="store_true", help="only unexpected ones")
    parser.add_argument("--write", action="store_true", help="README's, too")
    parser.add_argument("--check", action="store_true", help="of those that are here")
    options = parser.parse_args()
    if options.write and not all(SETS[each].files for each in options.sets or SETS):
        parser.error("--write wants the sets to be here")
    found = lines(options.sets or list(SETS))
    if options.errors or options.unlisted:
        print_errors(found, is_new_only=options.unlisted)
        return
    counts = counts_of(found)
    print(table(counts))
    if options.write:
        known = {each.name: each for each in [*stored(), *counts]}
        store(known[name] for name in SETS)
    if options.check and not set(counts) <= set(stored()):
        sys.exit("this differs from what is stored; renew it with --write")


if __name__ == "__main__":
    main()
