"""``python -m tests.corpus.report``: what of each set compiles, as a table for the README.

With ``--errors`` it lists every error instead, in the form of ``expected.toml``.
"""

from __future__ import annotations

import argparse
import collections
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from midlpy.semantic import ir
from tests.corpus.outcomes import errors_of, listed, place, stages
from tests.corpus.sets import SETS, CorpusFile


@dataclass(frozen=True)
class Line:
    """What one file comes to."""

    file: CorpusFile
    errors: tuple[tuple[str, str], ...]  # place, message
    interfaces: tuple[tuple[str, int, int], ...]  # name, operations, of them refused


def line_of(file: CorpusFile) -> Line:
    try:
        found = stages(file)
    except Exception as error:
        return Line(file, (("crash", repr(error)),), ())
    errors = [
        (place(file, each), each.message) for each in errors_of(found.diagnostics)
    ]
    interfaces = found.model.interfaces if found.model and not errors else ()
    return Line(file, tuple(errors), tuple(map(_counts, interfaces)))


def _counts(interface: ir.Interface) -> tuple[str, int, int]:
    operations = interface.operations
    refused = sum(each.refusal is not None for each in operations)
    return interface.name, len(operations), refused


def lines(names: list[str]) -> list[Line]:
    files = [file for name in names for file in SETS[name].files]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(line_of, files, chunksize=16))


def print_errors(found: list[Line], *, is_new_only: bool) -> None:
    for line in found:
        expected = listed(line.file)
        places = tuple(at for at, _ in line.errors)
        if is_new_only and places == (expected.errors if expected else ()):
            continue
        print(f'"{line.file.name}" = "{" ".join(places)}"')
        for at, message in line.errors:
            print(f"    # {line.file.set_name} {at} {message}")


def print_table(found: list[Line]) -> None:
    print("| set | files | compile | listed | RPC interfaces | operations | refused |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    by_set: dict[str, list[Line]] = collections.defaultdict(list)
    for line in found:
        by_set[line.file.set_name].append(line)
    for name, members in by_set.items():
        interfaces = [each for line in members for each in line.interfaces if each[1]]
        clean = sum(not line.errors for line in members)
        cells = (
            f"{name} {SETS[name].version}".strip(),
            len(members),
            clean,
            sum(listed(line.file) is not None for line in members),
            len(interfaces),
            sum(count for _, count, _ in interfaces),
            sum(refused for _, _, refused in interfaces),
        )
        print("| " + " | ".join(map(str, cells)) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.corpus.report", description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--unlisted", action="store_true", help="only unexpected ones")
    options = parser.parse_args()
    found = lines(options.sets or list(SETS))
    if options.errors or options.unlisted:
        print_errors(found, is_new_only=options.unlisted)
    else:
        print_table(found)


if __name__ == "__main__":
    main()
