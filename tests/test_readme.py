"""The README's tour works as it is written there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support.samples import ROOT, client, serving


def test_tour_of_the_readme_runs(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    idl, acf = re.findall(r"```c\n(.*?)```", text, re.DOTALL)
    server, script = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    for name, content in (
        ("store.idl", idl),
        ("store.acf", acf),
        ("server.py", server),
        ("client.py", script),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "midlpy", "compile", "store.idl", "--werror"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    with serving(tmp_path) as binding:
        output = client(tmp_path, binding)
    assert output == "number 7: 7000 octets, 1000 lines, status 0\n"
