"""Importing a generated module: 200 structures of six fields, beyond the runtime.

Each import is in a process of its own that has imported the runtime before; the module is
compiled to bytecode by then, as Python keeps it. Figures are medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import midlpy
from benchmarks.processes import verdict
from benchmarks.programs import ROOT
from benchmarks.synthetic import structures

COUNT: Final = 200
MUST_MS, AIM_MS = 30.0, 8.0
ROUNDS: Final = 15

_TIMED: Final = """
import json, sys, time
from midlpy.runtime import ndr, rpc
sys.path.insert(0, ".")
wall, cpu = time.perf_counter(), time.process_time()
import rows
taken = [time.perf_counter() - wall, time.process_time() - cpu]
count = sum(isinstance(v, type) and issubclass(v, ndr.Struct) for v in vars(rows).values())
print(json.dumps([*taken, count]))
"""


def import_once(folder: Path) -> tuple[float, float]:
    """Milliseconds, wall and processor, to import ``rows`` in a new process."""
    command = [sys.executable, "-c", _TIMED]
    environment = {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=True
    )
    wall, cpu, count = json.loads(ran.stdout)
    assert count == COUNT, f"{count} structures were imported"
    return wall * 1000, cpu * 1000


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        text = midlpy.compile_text(structures(COUNT), filename="rows.idl")
        (folder / "rows.py").write_text(text)
        first, _ = import_once(folder)
        walls, cpus = zip(*(import_once(folder) for _ in range(ROUNDS)), strict=True)
    print(
        f"{COUNT} structures, {text.count(chr(10))} lines   "
        f"{median(walls):6.1f} ms wall {median(cpus):6.1f} ms CPU   "
        f"(without bytecode {first:.0f} ms)   "
        f"must {MUST_MS:g} ms, aim {AIM_MS:g} ms: "
        f"{verdict(median(cpus), MUST_MS, AIM_MS)}"
    )


if __name__ == "__main__":
    main()
