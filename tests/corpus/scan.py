"""A rough second reading of IDL: which operations stand in which interface.

It shares nothing with the compiler: the C preprocessor of the machine, then brackets
are counted and statements told by their ends. It knows no types, and needs none.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from tests.corpus.inventory import Interface, Operation

_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\w+|[^\w\s]')
_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_VERSION: Final = re.compile(r"(\d+)(?:\.(\d+))?")
_HANDLES: Final = {"handle_t", "IrotHandle"}  # Wine's is a typedef of the former
_NOT_OPERATIONS: Final = frozenset(
    [
        "typedef",
        "struct",
        "union",
        "enum",
        "const",
        "import",
        "cpp_quote",
        "interface",
        "bitmap",
        "declare",
        "midl_pragma",
        "importlib",
        "pipe",
        "extern",
    ]
)


def scan(path: Path, includes: Sequence[Path]) -> list[Interface]:
    """The interfaces of one file that have operations called from afar."""
    if shutil.which("cpp") is None:
        pytest.skip("oracle absent: cpp")
    folders = [f"-I{folder}" for folder in (path.parent, *includes)]
    defines = ["-D__midl=801", "-D_WIN32", "-D_WIN32_WINNT=0x0601"]
    command = ["cpp", "-P", "-w", "-undef", *defines, *folders, str(path)]
    text = subprocess.run(command, capture_output=True, check=False).stdout
    pieces = _PIECE.findall(text.decode("latin-1"))
    return [each for each in _interfaces(pieces) if each.operations]


def _groups(pieces: Sequence[str]) -> Iterator[list[str]]:
    """*pieces*, with everything from one bracket to its end as one group."""
    stack: list[str] = []
    group: list[str] = []
    for piece in pieces:
        group.append(piece)
        if piece in _OPEN:
            stack.append(_OPEN[piece])
        elif stack and piece == stack[-1]:
            stack.pop()
        if not stack:
            yield group
            group = []


def _interfaces(pieces: Sequence[str]) -> Iterator[Interface]:
    attributes: list[str] = []
    words: list[str] = []
    for group in _groups(pieces):
        if group[0] == "[":
            attributes = [*attributes, ",", *group[1:-1]] if not words else attributes
        elif group[0] == "(" and words in (["cpp_quote"], ["midl_pragma"]):
            words = []
        elif group[0] == "{" and words[:1] == ["interface"]:
            # One that is derived is a COM interface, whether it says [object] or not.
            if ":" not in words:
                yield from _interface(words[1], attributes, group[1:-1])
            attributes, words = [], []
        elif group[0] == "{" and words[:1] == ["library"]:
            yield from _interfaces(group[1:-1])
            attributes, words = [], []
        elif group == [";"] or (
            group[0] == "{" and words[:1] in (["coclass"], ["module"])
        ):
            attributes, words = [], []
        else:
            words += group if len(group) == 1 else []


def _interface(
    name: str, attributes: list[str], body: list[str]
) -> Iterator[Interface]:
    words = {group[0] for group in _groups(attributes)}
    if words & {"object", "local", "odl"}:
        return
    uuid = "".join(_argument(attributes, "uuid")).strip('"')
    version = "".join(_argument(attributes, "version"))
    operations = [
        statement for statement in _statements(body) if _is_remote_operation(statement)
    ]
    yield Interface(
        name,
        UUID(uuid) if _UUID.fullmatch(uuid) else None,
        _version(version),
        tuple(
            Operation(opnum, *_name_and_parameters(statement))
            for opnum, statement in enumerate(operations)
        ),
    )


def _version(text: str) -> tuple[int, int] | None:
    found = _VERSION.fullmatch(text)
    if found is None:
        return None if text else (0, 0)
    return int(found[1]), int(found[2] or 0)


def _argument(attributes: list[str], word: str) -> list[str]:
    groups = [*_groups(attributes), [""]]
    for group, after in pairwise(groups):
        if group == [word] and after[0] == "(":
            return after[1:-1]
    return []


def _statements(body: list[str]) -> Iterator[list[list[str]]]:
    statement: list[list[str]] = []
    for group in _groups(body):
        if group == [";"] or statement[:1] in ([["cpp_quote"]], [["midl_pragma"]]):
            yield statement
            statement = []
        else:
            statement.append(group)


def _is_remote_operation(statement: list[list[str]]) -> bool:
    if len(statement) < 2 or statement[-1][0] != "(" or ["="] in statement:
        return False
    first = next((group[0] for group in statement if group[0] != "["), "")
    lists = [group for group in statement[:-1] if group[0] == "["]
    words = {inner[0] for group in lists for inner in _groups(group[1:-1])}
    has_type = sum(group[0] != "[" for group in statement) > 2
    return not words & {"local", "callback"} and (
        first not in _NOT_OPERATIONS
        or (first in ("struct", "enum", "const") and has_type)
    )


def _name_and_parameters(
    statement: list[list[str]],
) -> tuple[str, tuple[str, ...]]:
    names = [_parameter(each) for each in _split(statement[-1][1:-1])]
    return statement[-2][0], tuple(name for name in names if name)


def _split(pieces: list[str]) -> Iterator[list[list[str]]]:
    parameter: list[list[str]] = []
    for group in _groups(pieces):
        if group == [","]:
            yield parameter
            parameter = []
        else:
            parameter.append(group)
    yield parameter


def _parameter(groups: list[list[str]]) -> str:
    """The name of a parameter that travels, else nothing."""
    words = [group[0] for group in groups if group[0] not in _OPEN]
    names = [word for word in words if word.isidentifier()]
    if not names or names == ["void"] or _HANDLES & set(names):
        return ""
    return names[-1]
