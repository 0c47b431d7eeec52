"""The words of the command line, those in response files included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_WORD = re.compile(r'(?:"(?:\\["\\]|[^"])*"|\\["\\]|[^\s"])+')
_PART = re.compile(r'\\(["\\])|(")|(.)', re.DOTALL)


def expanded(words: Iterable[str]) -> list[str]:
    """*words* with the contents of every ``@FILE`` in its place.

    Raises:
        ValueError: a file cannot be read, or names another; says which.
    """
    found: list[str] = []
    for word in words:
        if not word.startswith("@") or word == "@":
            found.append(word)
            continue
        file = word[1:]
        try:
            text = Path(file).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise ValueError(f"response file {file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ValueError(f"response file {file} is not UTF-8 text") from error
        inner = split(text)
        for each in inner:
            if each.startswith("@"):
                raise ValueError(
                    f"response file {file} names another, {each}: they do not nest"
                )
        found += inner
    return found


def split(text: str) -> list[str]:
    """The words of a response file, which white space separates.

    Double quotes hold a word with spaces together; a backslash takes a quote or a
    backslash as it is.
    """
    return [
        "".join(taken or plain for taken, _, plain in _PART.findall(match.group()))
        for match in _WORD.finditer(text)
    ]
