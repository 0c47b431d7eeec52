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


def tidy(code: str, margin: int = 0) -> str:
    """*code* as it stands *margin* columns in: as it is, or as black breaks it.

    That is one statement, or the head of one, which ends in a colon.
    """
    if all(margin + len(line) <= WIDTH for line in code.split("\n")):
        return code
    is_head = code.endswith(":")
    lines = [*code.split("\n"), *([" " * STEP + "pass"] if is_head else [])]
    if margin == 0:
        formatted = _black("\n".join(lines)).splitlines()
    else:
        inner = "\n".join(" " * margin + line for line in lines)
        blocks = "".join(f"{' ' * at}if True:\n" for at in range(0, margin, STEP))
        formatted = _black(f"{blocks}{inner}\n").splitlines()[margin // STEP :]
        formatted = formatted[not formatted[0] :]  # black sets one above a def
    kept = formatted[:-1] if is_head else formatted
    return "\n".join(line[margin:] for line in kept)


def _black(text: str) -> str:
    # Slow to import, and seldom needed.
    import black
    from black.mode import Mode, TargetVersion

    return black.format_str(text, mode=Mode(target_versions={TargetVersion.PY311}))
