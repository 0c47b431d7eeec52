"""What turns up while modules are written."""

from typing import Final

from midlpy.semantic.rules.row import ERROR, WARNING, Rule

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
    Rule(
        "missing-import",
        1001,
        ERROR,
        "an imported file that is nowhere",
        "The file is neither beside the importing one nor in an include directory, and "
        "no built-in file has its name.",
        "Add its directory with -I.",
    ),
    Rule(
        "import-case",
        None,
        WARNING,
        "an import in other letters",
        "The file was found under a name that differs in case.",
        "Write the name as the file has it.",
    ),
)
