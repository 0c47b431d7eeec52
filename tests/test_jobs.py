"""Several processes that compile, and how they end when they are not let finish.

Where one is interrupted is up to a preprocessor, which every process runs for its file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and their groups")

# They are in a session that begins with the process that was started.
FIRST = "import os, signal, time\nworker = os.getppid()\n"
KILLS_ITS_PARENT = FIRST + "os.kill(worker, signal.SIGKILL)\n"
PRESSES_CONTROL_C = (
    FIRST + "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "os.killpg(os.getsid(0), signal.SIGINT)\n"
    "while os.getppid() == worker: time.sleep(0.01)\n"
)
KILLS_THE_FIRST = (
    FIRST + "os.kill(os.getsid(0), signal.SIGKILL)\n"
    "while os.getppid() == worker: time.sleep(0.01)\n"
)


def compiled(folder: Path, preprocessor: str) -> subprocess.CompletedProcess[str]:
    """What two processes give whose preprocessor is that Python text.

    It returns when the last of them has closed its standard output.
    """
    (folder / "preprocessor.py").write_text(preprocessor)
    names = [f"file{number}.idl" for number in range(4)]
    for name in names:
        (folder / name).write_text("typedef long NUMBER;\n")
    return subprocess.run(
        [
            *(sys.executable, "-m", "midlpy", "check", "-j2", *names),
            *("--cpp-command", f"{sys.executable} preprocessor.py"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )


def test_a_process_that_is_killed_is_said_in_one_sentence(tmp_path: Path) -> None:
    result = compiled(tmp_path, KILLS_ITS_PARENT)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: a process that compiles was ended from outside, maybe for want of "
        "memory; -j 1 needs the least\n"
    )


def test_control_c_ends_all_processes_and_says_one_word(tmp_path: Path) -> None:
    result = compiled(tmp_path, PRESSES_CONTROL_C)
    assert (result.returncode, result.stdout) == (130, "")
    assert result.stderr == "midlpy: interrupted\n"


def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    result = compiled(tmp_path, KILLS_THE_FIRST)
    assert (result.returncode, result.stdout, result.stderr) == (-9, "", "")
