"""Every sample does what its README says, as programs that talk over TCP."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.samples import build, client, serving


def test_calculator_answers_every_operation(tmp_path: Path) -> None:
    target = build("calculator", tmp_path)
    with serving(target) as binding:
        lines = client(target, binding).splitlines()
    assert lines == [
        "(1+2i) * 3 = Complex(real=3.0, imaginary=6.0) (STATUS_OK)",
        "3 / 0: nothing divides by zero (STATUS_DIVISION_BY_ZERO)",
        "sum 6.0, from -1.0 to 4.5",
        "-255 in base 16 is -ff",
        "partial sums, newest first: [6.0, 3.0, 1.0]",
        "refused before it is sent: spell: base is 99, which is outside 2..36",
    ]


def test_filerep_moves_files_both_ways(tmp_path: Path) -> None:
    target = build("filerep", tmp_path)
    served = tmp_path / "served"
    served.mkdir()
    original = tmp_path / "original.bin"
    original.write_bytes(os.urandom(3_000_001))
    fetched = tmp_path / "fetched.bin"
    with serving(target, str(served)) as binding:
        client(target, binding, "put", str(original), "--name", "stored.bin")
        assert client(target, binding, "list").split() == ["3,000,001", "stored.bin"]
        client(target, binding, "get", str(fetched), "--name", "stored.bin")
    assert (served / "stored.bin").read_bytes() == original.read_bytes()
    assert fetched.read_bytes() == original.read_bytes()


def test_telemetry_loses_no_measurement_of_many_stations(tmp_path: Path) -> None:
    target = build("telemetry", tmp_path)
    with serving(target) as binding:
        output = client(
            target, binding, "--stations", "12", "--count", "2000", "--rounds", "5"
        )
    assert output.splitlines()[-1].startswith("24000 measurements taken, ")
