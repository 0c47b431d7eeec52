"""What turns up while modules are written."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, Rule

RULES: Final = (
    Rule(
        "name-collision",
        None,
        ERROR,
        "two names become one in Python",
        "Python names are made from IDL names one by one; adding a declaration never "
        "renames another, so two that meet are refused.",
        "Rename one of them, or compile with --naming idl.",
    ),
)
