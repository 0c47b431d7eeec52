"""The review surface: what IDL files become, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from midlpy.driver import Options, compile_path, stages_of
from midlpy.frontend.loader import load
from midlpy.layout.describe import describe

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.idl"))
CONVERTED = Options(
    converters={
        "DATE": ".presented:DateConverter",
        "PRICE": ".presented:PriceConverter",
        "TAGS": ".presented:TagsConverter",
    }
)


def options_for(path: Path) -> Options:
    return CONVERTED if path.stem == "converted" else Options()


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named as a user in their folder would name them."""
    monkeypatch.chdir(FOLDER)


def compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.write_bytes(text.encode())
    assert path.exists(), f"{path.name} is missing; run pytest --update-golden"
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_plans_are_what_they_were(path: Path, update_golden: bool) -> None:
    options = options_for(path)
    stages = stages_of(load(Path(path.name), options.loading), options)
    assert stages.plans, stages.diagnostics
    compare(path.with_suffix(".plan"), describe(stages.plans[-1]), update_golden)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_modules_are_what_they_were(path: Path, update_golden: bool) -> None:
    compiled = compile_path(Path(path.name), options_for(path))
    assert compiled.outputs, compiled.diagnostics
    for output in compiled.outputs:
        module = FOLDER / f"{output.name}.py"
        compare(module, output.text, update_golden)


@pytest.mark.parametrize("name", ["inventory", "pipes"])
def test_kept_names_are_what_they_were(name: str, update_golden: bool) -> None:
    compiled = compile_path(Path(f"{name}.idl"), Options(naming="idl"))
    (output,) = compiled.outputs
    compare(FOLDER / "kept_names" / f"{name}.py", output.text, update_golden)


def test_every_golden_module_has_its_source() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")}
    tests = {name for name in modules if name.startswith("test_")}
    assert modules - tests - {"presented"} == {path.stem for path in FILES}
