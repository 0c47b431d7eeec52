"""The pass from view to text: templates, and black where a line is out of the common.

Pieces come in black's format already, so black itself, which takes seconds for a large
module, is asked only about single statements that are too long for the forms known to
``lines``. Tests hold that black changes no generated module.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from midlpy.codegen.lines import STEP, WIDTH
from midlpy.codegen.view import Module
from midlpy.resources import resource


def render(view: Module) -> str:
    """The module as text, ending in a newline."""
    return _template().render(module=view)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["tidy"] = tidy
    return environment.get_template("module.py.j2")


def tidy(statement: str, margin: int = 0) -> str:
    """*statement* as it stands *margin* columns in: as it is, or as black breaks it."""
    if margin + len(statement.partition("\n")[0]) <= WIDTH:
        return statement
    if not margin:
        return _black(statement).rstrip("\n")
    inner = " " * STEP + statement.replace("\n", "\n" + " " * STEP)
    lines = _black(f"if True:\n{inner}\n").splitlines()[1:]
    return "\n".join(line[STEP:] for line in lines)


def _black(text: str) -> str:
    # Slow to import, and seldom needed.
    import black
    from black.mode import Mode, TargetVersion

    return black.format_str(text, mode=Mode(target_versions={TargetVersion.PY311}))
