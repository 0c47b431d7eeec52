"""Samba beside us: its marshalling, in a process of the interpreter it belongs to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.samba import Samba, SambaError

PEER = Path(__file__).with_name("samba_octets.py")
PYTHON = Path("/usr/bin/python3")


@pytest.fixture(scope="session")
def samba() -> Iterator[Samba]:
    """What Samba answers, by one process for all.

    Raises:
        SambaError: it takes octets for wrong.
    """
    probe = [str(PYTHON), "-c", "import samba.ndr, samba.dcerpc.samr"]
    if not PYTHON.exists() or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("oracle absent: python3-samba, for /usr/bin/python3")
    with subprocess.Popen(
        [str(PYTHON), "-u", str(PEER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        source, sink = child.stdout, child.stdin

        def ask(request: dict[str, Any]) -> Any:
            print(json.dumps(request), file=sink, flush=True)
            reply = json.loads(source.readline())
            if "error" in reply:
                raise SambaError(reply["error"])
            return reply["answer"]

        yield ask
        sink.close()
