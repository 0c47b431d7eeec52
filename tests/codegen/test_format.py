"""Text is made in black's format, so black itself need not run: here it does."""

from __future__ import annotations

from pathlib import Path

import black
import pytest
from black.mode import Mode, TargetVersion

from midlpy.codegen.names import Naming
from midlpy.codegen.present import Options as TextOptions
from midlpy.codegen.present import present
from midlpy.codegen.render import render, tidy
from midlpy.driver import Options, compile_path
from midlpy.layout.lower import lower
from tests.support.corpus import corpus_path
from tests.support.random_models import Maker

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.idl"))
PUBLISHED = "dcom dltm dtyp efsr even6 frs2 oaut rrp rsmp samr scmr srvs tsts_tspubrpc"


def formatted(text: str) -> str:
    return black.format_str(text, mode=Mode(target_versions={TargetVersion.PY311}))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_black_changes_no_golden_module(path: Path) -> None:
    text = compile_path(path, Options()).outputs[-1].text
    assert formatted(text) == text


@pytest.mark.parametrize("name", PUBLISHED.split())
def test_black_changes_no_module_of_a_published_file(name: str) -> None:
    path = corpus_path(f"idl/ms-{name}.idl")
    text = compile_path(path, Options(async_pipes="imply")).outputs[-1].text
    assert formatted(text) == text


@pytest.mark.parametrize("naming", Naming)
@pytest.mark.parametrize("seed", range(12))
def test_black_changes_nothing_however_long_names_are(
    seed: int, naming: Naming
) -> None:
    plan = lower(Maker(seed).model())
    text = render(present(plan, TextOptions(naming)))
    compile(text, "generated", "exec")
    assert formatted(text) == text


def test_black_is_not_asked_about_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("midlpy.codegen.render._black", lambda text: pytest.fail(text))
    assert tidy("x = 1") == "x = 1"
    assert tidy("y" * 84, 4) == "y" * 84


def test_black_breaks_what_does_not_fit() -> None:
    name = "n" * 60
    assert tidy(f"x: {name} = {name}", 4) == f"x: {name} = (\n    {name}\n)"
