"""Command lines of midl as command lines of midlpy: words in, words out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from midlpy.cli_midl_table import SWITCHES, TABLE, Switch

_COMPILE_ONLY: Final = frozenset(
    {
        *(
            "--out-dir",
            "--module-name",
            "--save-preprocessed",
            "-E",
            "--depfile",
            "-MD",
        ),
        *("--client", "--no-client", "--server", "--no-server", "--init"),
    }
)
# What a preprocessor is told that stands in for ours.
_PREDEFINED: Final = (
    "-D__midl=801",
    "-D_WIN32=1",
    "-D__MIDLPY__=1",
    "-DGUID_DEFINED=1",
)
_TITLES: Final = {
    "same": "As in midl",
    "mapped": "With the nearest meaning",
    "quiet": "Accepted, without effect",
    "note": "Accepted, without effect, which is said",
    "refused": "Refused",
}


class MidlError(Exception):
    """A command line that midl would not take, or that midlpy cannot; says why."""


@dataclass(slots=True)
class Translation:
    """A command line of midl, understood.

    *options* are words of midlpy that belong together. *notes* are for people.
    """

    files: list[str] = field(default_factory=list[str])
    options: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    notes: list[str] = field(default_factory=list[str])
    switches: set[str] = field(default_factory=set[str])
    cpp_command: str = ""
    cpp_options: str | None = None

    @property
    def command(self) -> str:
        return "check" if "check" in self.switches else "compile"

    @property
    def words(self) -> list[str]:
        """The command line of midlpy."""
        options = [
            option
            for option in self.options
            if self.command == "compile"
            or option[0].partition("=")[0] not in _COMPILE_ONLY
        ]
        files = (
            ["--", *self.files] if any(f[0] == "-" for f in self.files) else self.files
        )
        return [self.command, *(word for each in options for word in each), *files]


def is_switch(word: str) -> bool:
    """Whether *word* is a switch of midl, and no file called so."""
    if word.startswith("/"):
        return _found(word[1:]) is not None and not Path(word).is_file()
    return word.startswith("-") and _found(word[1:]) is not None


def translated(
    words: Sequence[str],
    native: Mapping[str, int],
    *,
    environment: Mapping[str, str],
    takes_o: bool = True,
) -> Translation:
    """What *words* of midl are to midlpy.

    *native* are the long options of ``midlpy compile``, which may stand among them, with
    the number of their values. Without *takes_o* the word ``-o`` is refused: it means
    something else to each who does not ask for midl by name.

    Raises:
        MidlError: a switch is unknown, refused, or lacks its value.
    """
    reading = _Reading(list(words), native, takes_o)
    made = reading.run()
    _finish(made, environment)
    return made


class _Reading:
    """The words that are left, and what those before them came to."""

    def __init__(
        self, words: list[str], native: Mapping[str, int], takes_o: bool
    ) -> None:
        self._left = words
        self._native = native
        self._takes_o = takes_o
        self._made = Translation()
        self._ways: Mapping[str, Callable[[str, str], None]] = {
            "folders": self._folders,
            "client": self._side,
            "server": self._side,
            "prefix": self._prefix,
            "log": self._log,
            "cpp-command": self._cpp_command,
            "cpp-options": self._cpp_options,
        }

    def run(self) -> Translation:
        while self._left:
            word = self._left.pop(0)
            if word == "--":
                self._made.files += self._left
                break
            if word.startswith("--"):
                self._long(word)
            elif self._is_file(word):
                self._made.files.append(word)
            else:
                self._switch(word)
        return self._made

    def _is_file(self, word: str) -> bool:
        """Whether a word is a file; one with a slash ahead may be a switch as well."""
        if word[:1] not in ("-", "/") or word == "-":
            return True
        if word.startswith("-"):
            return False
        is_path = re.search(r".[/.]", word) is not None
        return Path(word).is_file() or (is_path and _found(word[1:]) is None)

    def _long(self, word: str) -> None:
        name, equals, value = word.partition("=")
        if name in self._native:
            wanted = self._native[name]
            values = [] if equals or not wanted else [self._value(name)]
            self._made.options.append((word, *values))
            return
        switch = TABLE.get(name[2:])
        if switch is None:
            raise MidlError(_unknown(word, name, self._native))
        if equals and not switch.values:
            raise MidlError(f"{name} takes no value")
        if equals:
            self._left.insert(0, value)
        self._take(name, name[2:], switch, "")

    def _switch(self, word: str) -> None:
        found = _found(word[1:])
        if found is None:
            raise MidlError(_unknown(word, word, self._native))
        name, switch = found
        if name == "o" and not self._takes_o:
            raise MidlError(
                f"{word} means another thing to each: write --out-dir DIR for the folder, "
                "--module-name NAME for the module, or --log FILE for the messages"
            )
        self._take(word, name, switch, word[1 + len(name) :])

    def _take(self, word: str, name: str, switch: Switch, joined: str) -> None:
        if switch.treatment == "refused":
            raise MidlError(f"{word}: {switch.meaning}")
        value = joined or (self._value(word) if switch.values else "")
        if switch.treatment == "note":
            self._note(f"{word} has no effect: {switch.meaning}")
        if switch.native:
            made = [each.replace("{}", value) for each in switch.native]
            for start in range(0, len(made), 2):
                self._made.options.append(tuple(made[start : start + 2]))
        elif switch.way in self._ways:
            self._ways[switch.way](word, value)
        self._made.switches.add(switch.way or name)

    def _note(self, text: str) -> None:
        if text not in self._made.notes:
            self._made.notes.append(text)

    def _value(self, word: str) -> str:
        if not self._left:
            raise MidlError(f"{word} wants a value")
        return self._left.pop(0)

    # Ways

    def _folders(self, _word: str, value: str) -> None:
        for folder in filter(None, value.split(";")):
            if Path(folder).is_dir():
                self._made.options.append(("-I", folder))
            else:
                self._note(f"/I {folder}: there is no such folder")

    def _side(self, word: str, value: str) -> None:
        if value not in ("stub", "none"):
            raise MidlError(f"{word} is stub or none, not {value!r}")
        name = word.lstrip("-/")
        self._made.options.append((f"--{'no-' * (value == 'none')}{name}",))

    def _prefix(self, word: str, _value: str) -> None:
        sides = {"client": ["client"], "server": ["server"], "switch": []}
        sides["all"] = ["client", "server"]
        if not self._left or self._left[0] not in sides:
            raise MidlError(f"{word} wants client, server, switch or all, and a text")
        while self._left and self._left[0] in sides:
            chosen = sides[self._left.pop(0)]
            text = self._value(word)
            self._made.options += [(f"--prefix-{side}", text) for side in chosen]

    def _log(self, _word: str, value: str) -> None:
        self._made.options.append(("--log", value))

    def _cpp_command(self, _word: str, value: str) -> None:
        self._made.cpp_command = value

    def _cpp_options(self, _word: str, value: str) -> None:
        self._made.cpp_options = value


def _found(text: str) -> tuple[str, Switch] | None:
    """The switch that *text*, the word without its dash or slash, is or begins with."""
    if text in TABLE:
        return text, TABLE[text]
    for name in sorted(TABLE, key=len, reverse=True):
        pattern, rest = TABLE[name].joined, text.removeprefix(name)
        if pattern and rest != text and re.fullmatch(pattern, rest, re.DOTALL):
            return name, TABLE[name]
    return None


def _unknown(word: str, name: str, native: Collection[str]) -> str:
    text = f"{word} is no switch of midl"
    if word.startswith("/"):
        text += ", and there is no such file"
    mark = "--" if name.startswith("--") else name[0]
    known = {f"{mark}{each}" for each in TABLE} | {*native}
    close = difflib.get_close_matches(name, known, 1)
    return f"{text}; did you mean {close[0]}?" if close else text


def _finish(made: Translation, environment: Mapping[str, str]) -> None:
    """What follows from several switches together."""
    switches = made.switches
    if {"osf", "ms_ext"} <= switches:
        raise MidlError("/osf and /ms_ext exclude each other")
    if "osf" in switches:
        made.options.append(("--osf",))
    if "only-folders" in switches:
        made.options.append(("--no-default-includes",))
    else:
        for folder in environment.get("INCLUDE", "").split(";"):
            if folder and Path(folder).is_dir():
                made.options.append(("-I", folder))
    if "only-client" in switches and "only-server" not in switches:
        made.options.append(("--no-server",))
    if "only-server" in switches and "only-client" not in switches:
        made.options.append(("--no-client",))
    if made.cpp_command:
        made.options.append(("--cpp-command", _command(made)))
    elif made.cpp_options is not None:
        made.notes.append("/cpp_opt has no effect without /cpp_cmd")
    if not made.files and not {"help", "version"} & switches:
        raise MidlError("no IDL file is given")


def _command(made: Translation) -> str:
    """What to run instead of our preprocessor, and how."""
    if made.cpp_options is not None:
        return f"{quoted(made.cpp_command)} {made.cpp_options}"
    passed = [f"{o[0]}{o[1]}" for o in made.options if o[0] in ("-I", "-D", "-U")]
    words = [made.cpp_command, "-E", *_PREDEFINED, *passed]
    return " ".join(quoted(word) for word in words)


def quoted(word: str) -> str:
    """*word* as a response file has it."""
    if word and not re.search(r'[\s"]', word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def usage() -> str:
    """What ``/?`` prints."""
    lines = [
        "Usage: midlpy-midl [switches] FILE.idl [switches]",
        "",
        "Takes the command lines of midl; '/' and '-' mean the same, and options of",
        "midlpy compile that begin with '--' may stand among the switches.",
    ]
    for treatment, title in _TITLES.items():
        lines += ["", f"{title}:"]
        for switch in SWITCHES:
            if switch.treatment == treatment:
                names = " ".join(f"/{name}" for name in switch.names)
                value = " VALUE" * switch.values
                lines.append(f"  {names}{value}")
                lines.append(f"      {switch.meaning}")
    return "\n".join(lines) + "\n"
