"""The parts of the benchmarks that could mislead: what is compiled, timed and judged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import midlpy
from benchmarks.compile import against, grow, line_count, main, steadiness, write
from benchmarks.peers import MIDL_DUMP, WIDL, Peer, contenders
from benchmarks.processes import verdict
from benchmarks.programs import Contender, Cost, ProgramFailed, interleaved
from benchmarks.synthetic import structures, synthetic, unit_count
from midlpy.runtime import ndr

# The file that grows


@pytest.mark.parametrize("lines", [1000, 2000, 64000])
def test_a_synthetic_file_has_about_as_many_lines_as_wanted(lines: int) -> None:
    assert synthetic(lines).count("\n") == pytest.approx(lines, abs=25)


def test_a_synthetic_file_is_the_same_each_time() -> None:
    assert synthetic(3000) == synthetic(3000)


def test_a_synthetic_file_compiles_to_all_it_declares() -> None:
    module = midlpy.load_text(synthetic(4000), filename="lines.idl")
    units = unit_count(4000)
    assert units > 50
    interfaces = (module.BENCH0, module.BENCH1)
    assert [len(each.operations) for each in interfaces] == [50, units - 50]
    assert not any(each.refused for each in interfaces)
    for number in range(units):
        made = getattr(module, f"Item{number}")()
        assert made.main.state == 0
    midlpy.unload(module)


def test_widl_takes_a_synthetic_file(tmp_path: Path) -> None:
    found = WIDL.find(write(tmp_path, 4000))
    if found is None:
        pytest.skip("oracle absent: widl")
    found.run()


def test_a_file_of_structures_has_as_many() -> None:
    module = midlpy.load_text(structures(200), filename="rows.idl")
    made = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ndr.Struct)
    ]
    assert len(made) == 200
    assert {len(value.__struct_fields__) for value in made} == {6}
    midlpy.unload(module)


# What times programs


def python(code: str, wrote: str = "out") -> Contender:
    return Contender("program", (sys.executable, "-S", "-c", code), wrote)


WRITES = "open('out', 'w').write('x')"


@pytest.mark.parametrize(
    ("contender", "why"),
    [
        (python("raise SystemExit(3)"), "status 3: without a word"),
        (
            python(f"{WRITES}; print('a'); raise SystemExit('x: error: no')"),
            "status 1: x: error: no",
        ),
        (python("print('fine')"), "wrote no out: fine"),
        (python("open('out', 'w')"), "wrote no out: without a word"),
        (Contender("program", ("no-such-program",), "out"), "no-such-program: No such"),
    ],
)
def test_a_program_that_does_not_do_its_work_is_not_timed(
    contender: Contender, why: str
) -> None:
    with pytest.raises(ProgramFailed, match=f"^program failed: {why}"):
        contender.run()


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ProgramFailed, match=r"took over 0\.5 s"):
        python("import time; time.sleep(600)").run(timeout_seconds=0.5)


def test_the_cost_of_a_program_counts_what_it_starts() -> None:
    burns = "t = __import__('time'); s = t.process_time()\nwhile t.process_time() < s + .3: 0"
    code = f"import os, sys; os.spawnv(os.P_WAIT, sys.executable, ['p', '-c', {burns!r}]); {WRITES}"
    cost = python(code).run()
    assert 0.3 <= cost.cpu <= cost.wall + 0.1


def test_the_peak_of_a_program_is_its_own() -> None:
    here = bytearray(128 << 20)  # which a child that is simply forked would inherit
    small = python(WRITES).run()
    large = python(f"x = b'x' * (64 << 20); {WRITES}").run()
    assert len(here) / 2**20 > large.peak_mib >= 64
    assert small.peak_mib < 32


def test_a_peak_below_what_can_be_measured_is_said_to_be() -> None:
    cost = Contender("true", ("sh", "-c", "echo x > out"), "out").run()
    assert cost.is_floor
    assert cost.peak.startswith("<")


def test_who_fails_is_said_and_the_others_are_timed() -> None:
    said: list[str] = []
    contenders = {"good": python(WRITES), "bad": python("raise SystemExit(3)")}
    costs = interleaved(contenders, 2, said.append)
    assert {name: len(found) for name, found in costs.items()} == {"good": 2}
    assert said == ["program failed: status 3: without a word"]


# What is said of peers


def test_an_absent_peer_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    said: list[str] = []
    peers = (Peer("other", "C", "apt-get install other"),)
    against(peers, write(tmp_path, 0), (), 1, {}, said.append)
    assert said[-1] == "  other absent: apt-get install other"
    assert "midlpy" in said[1]


def test_a_peer_that_fails_is_not_compared(tmp_path: Path) -> None:
    said: list[str] = []
    peers = (
        Peer("other", "C", "-", lambda idl: python("raise SystemExit('cannot')"), 1, 2),
    )
    against(peers, write(tmp_path, 0), (), 1, {}, said.append)
    assert "  program failed: status 1: cannot" in said
    assert not any("must" in line for line in said)


def test_a_peer_is_judged_by_its_targets(tmp_path: Path) -> None:
    said: list[str] = []
    waits = f"import time; time.sleep(.01); {WRITES}"
    peers = (Peer("other", "C", "-", lambda idl: python(waits), 1000, 2000),)
    against(peers, write(tmp_path, 0), (), 1, {}, said.append)
    assert any(line.endswith("must x1000, aim x2000: MISSED") for line in said)


def test_peers_are_named_where_the_published_file_is_absent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MIDLPY_CORPUS", raising=False)
    for name in ("against", "grow"):
        monkeypatch.setattr(f"benchmarks.compile.{name}", lambda *_: None)
    main([])
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("idl/ms-samr.idl absent: ")
    assert said[1].startswith("  pidl: apt-get install ")
    assert "  midl-dump: pip install midl-classic" in said


def test_the_user_may_say_how_a_peer_is_called(tmp_path: Path) -> None:
    idl = tmp_path / "a b.idl"
    commands = {"midl-dump": "'my tool' --out . {idl}"}
    found, absent = contenders((MIDL_DUMP,), idl, commands)
    assert found["midl-dump"].command == ("my tool", "--out", ".", str(idl))
    assert not absent


def test_a_command_for_an_unknown_peer_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--peer", "nobody=x {idl}"])
    assert "no peer is called 'nobody'" in capsys.readouterr().err


# Judgement


@pytest.mark.parametrize(
    ("value", "must", "aim", "said"),
    [
        (0.9, 1, 2, "MISSED"),
        (1.0, 1, 2, "must met"),
        (2.0, 1, 2, "aim met"),
        (31, 30, 8, "MISSED"),
        (30, 30, 8, "must met"),
        (8, 30, 8, "aim met"),
    ],
)
def test_a_verdict_knows_which_way_is_better(
    value: float, must: float, aim: float, said: str
) -> None:
    assert verdict(value, must, aim) == said


@pytest.mark.parametrize(
    ("power", "said"), [(1.0, "x1.00 "), (1.5, "MISSED"), (2.0, "MISSED")]
)
def test_growth_by_a_power_of_the_lines_is_told_from_linear(
    power: float, said: str
) -> None:
    sizes = (1, 2, 4, 8, 16, 32, 64)
    line = steadiness([(size, 0.5 + 0.1 * size**power) for size in sizes])
    assert said in line
    assert line.endswith("met" if power == 1 else "MISSED")


def test_the_growth_of_a_small_file_is_measured(tmp_path: Path) -> None:
    said: list[str] = []
    grow(tmp_path, (50, 100, 200), 1, said.append)
    lines = [line_count(write(tmp_path, size)) for size in (50, 100, 200)]
    assert [int(line.split()[0]) for line in said[1:4]] == lines
    assert [line.split()[0] for line in said[4:]] == ["CPU", "wall", "memory"]


def test_costs_are_printed_with_their_unit() -> None:
    assert Cost(1.0, 1.0, 33.6).peak == "34 MiB"
