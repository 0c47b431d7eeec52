"""``python -m tests.corpus.refusals``: why operations of a set are refused, counted."""

from __future__ import annotations

import argparse
import collections
import re

from tests.corpus.outcomes import errors_of, stages
from tests.corpus.sets import SETS, CorpusFile


def refusals(file: CorpusFile) -> list[tuple[str, str]]:
    """Each refused operation of *file*, with the reason."""
    found = stages(file)
    if found.model is None or errors_of(found.diagnostics):
        return []
    return [
        (f"{file.name} {operation.name}", operation.refusal)
        for interface in found.model.interfaces
        for operation in interface.operations
        if operation.refusal is not None
    ]


def kind(reason: str) -> str:
    """*reason* without the names it begins with: what is counted as one."""
    subject = r"('[^']*' (of '[^']*' )?is |it is )?"
    return re.sub(rf"^('[^']*': )?(in '[^']*', )?{subject}", "", reason)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.corpus.refusals", description=__doc__)
    parser.add_argument("set", nargs="?", default="samba", metavar="SET")
    parser.add_argument("--each", action="store_true", help="every operation by name")
    options = parser.parse_args()
    found = [each for file in SETS[options.set].files for each in refusals(file)]
    if options.each:
        for name, reason in found:
            print(f"{name}: {reason}")
    counts = collections.Counter(kind(reason) for _, reason in found)
    for reason, count in counts.most_common():
        print(f"{count:5} {reason}")
    print(f"{len(found):5} in all")


if __name__ == "__main__":
    main()
