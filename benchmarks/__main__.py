"""``make bench``: every benchmark in turn; each prints ratios taken in one run."""

from __future__ import annotations

import argparse
import importlib
import sys

ALL = ("codec", "calls", "pipes", "memory", "importing", "compile")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ALL))
    names = parser.parse_args().names or ALL
    del sys.argv[1:]  # which each would take for its own options
    for name in names:
        if name not in ALL:
            parser.error(f"no benchmark is called {name!r}; there are {', '.join(ALL)}")
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
