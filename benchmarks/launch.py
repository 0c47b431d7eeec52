"""Run by ``programs.py`` as a script: one program, and what it and its children took.

    python -I -S launch.py PROGRAM [ARGUMENT ...]

Its only line of output is JSON. A process inherits the peak of the one that started it,
so a large one could not measure a small one: this imports next to nothing, and says its own
peak, below which that of the program cannot be seen.
"""

from __future__ import annotations

import os
import sys
import time


def main(program: list[str]) -> None:
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    redirected = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "stdout", writing, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, "stderr", writing, 0o600),
    ]
    started = time.perf_counter()
    try:
        pid = os.posix_spawnp(program[0], program, os.environ, file_actions=redirected)
    except OSError as error:
        sys.exit(f"{program[0]}: {error.strerror}")
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    print(
        f'{{"status": {code}, "wall": {wall}, "cpu": {used.ru_utime + used.ru_stime}, '
        f'"peak_kib": {used.ru_maxrss}, "floor_kib": {own_peak_kib()}}}'
    )


def own_peak_kib() -> int:
    """Of this program alone; Linux only."""
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    raise LookupError("VmHWM")


if __name__ == "__main__":
    main(sys.argv[1:])
