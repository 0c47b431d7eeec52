r"""String bindings: where a server is and how to reach it, as text.

The form is ``[object@]protseq:[address]["[" [endpoint] {"," option ["=" value]} "]"]``. A
backslash quotes one of ``, [ ] @ : = \``; before anything else it stands for itself, so
``[\pipe\lsarpc]`` and ``[\\pipe\\lsarpc]`` are the same endpoint.

Spec: C706 3.1 (string bindings), Windows RPC reference, String Binding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_SPECIAL: Final = frozenset(",[]@:=\\")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROTOCOL_SEQUENCE: Final = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)
_MAXIMUM_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a server is; an empty part was not given.

    ``options`` are pairs of name and value in their order; the value of an option that
    is only a word is None.

    Raises:
        ValueError: a part is not what its place wants.
    """

    protocol_sequence: str
    network_address: str = ""
    endpoint: str = ""
    options: tuple[tuple[str, str | None], ...] = ()
    object_uuid: UUID | None = None

    def __post_init__(self) -> None:
        if not _PROTOCOL_SEQUENCE.fullmatch(self.protocol_sequence):
            raise ValueError(f"{self.protocol_sequence!r} is no protocol sequence")
        if self.protocol_sequence in ("ncacn_ip_tcp", "ncadg_ip_udp") and self.endpoint:
            _check_port(self.endpoint)
        names = [name.lower() for name, _ in self.options]
        for name in names:
            if not name:
                raise ValueError("an option has no name")
            if name == "endpoint" or names.count(name) > 1:
                raise ValueError(f"the option {name!r} is given twice")

    @classmethod
    def parse(cls, text: str) -> Binding:
        """The binding that *text* spells.

        Raises:
            ValueError: it spells none; the message quotes *text* and says why.
        """
        try:
            return _parse(text)
        except ValueError as error:
            raise ValueError(f"string binding {text!r}: {error}") from None

    def option(self, name: str, default: str | None = None) -> str | None:
        """The value of an option whatever the case of its name, "" for a bare word."""
        for given, value in self.options:
            if given.lower() == name.lower():
                return value or ""
        return default

    def __str__(self) -> str:
        """The same binding as text: lower-case object UUID, empty parts left out."""
        text = "" if self.object_uuid is None else f"{self.object_uuid}@"
        text += f"{self.protocol_sequence}:{_quoted(self.network_address, '[]')}"
        inner = [_quoted(self.endpoint, ",[]=")]
        for name, value in self.options:
            word = _quoted(name, ",[]=")
            if value is not None:
                word += f"={_quoted(value, ',[]')}"
            inner.append(word)
        if inner == [""]:
            return text
        if not self.endpoint and len(inner) > 1 and self.options[0][1] is not None:
            del inner[0]  # an option with a value cannot be taken for the endpoint
        return f"{text}[{','.join(inner)}]"


def _parse(text: str) -> Binding:
    characters = _unquoted(text)
    rest = characters
    object_uuid = None
    colon = _find(rest, ":")
    at = _find(rest, "@")
    if at >= 0 and (at < colon or colon < 0):
        object_uuid = _object_uuid(_plain(rest[:at]))
        rest = rest[at + 1 :]
        colon = _find(rest, ":")
    if colon < 0:
        raise ValueError(
            "it has no protocol sequence; write it as in 'ncacn_ip_tcp:server[49200]'"
        )
    protocol_sequence = _plain(rest[:colon]).lower()
    rest = rest[colon + 1 :]
    bracket = _find(rest, "[")
    address, inner = rest, None
    if bracket >= 0:
        address, inner = rest[:bracket], _inside(rest[bracket + 1 :])
    elif _find(rest, "]") >= 0:
        raise ValueError("']' closes nothing")
    network_address = _plain(address)
    if protocol_sequence == "ncacn_np":
        network_address = network_address.lstrip("\\")
    endpoint, options = _endpoint_and_options(inner or [])
    return Binding(protocol_sequence, network_address, endpoint, options, object_uuid)


# A character, and whether it has its special meaning.
_Character = tuple[str, bool]


def _unquoted(text: str) -> list[_Character]:
    characters: list[_Character] = []
    position = 0
    while position < len(text):
        character = text[position]
        following = text[position + 1 : position + 2]
        if character == "\\" and following in _SPECIAL and following:
            characters.append((following, False))
            position += 2
            continue
        characters.append((character, character in _SPECIAL and character != "\\"))
        position += 1
    return characters


def _plain(characters: list[_Character]) -> str:
    return "".join(character for character, _ in characters)


def _find(characters: list[_Character], special: str) -> int:
    """Where *special* stands first with its meaning; -1 if nowhere."""
    wanted = special, True
    return characters.index(wanted) if wanted in characters else -1


def _inside(characters: list[_Character]) -> list[_Character]:
    """What stands before the closing bracket, which must be the last character."""
    close = _find(characters, "]")
    if close < 0:
        raise ValueError("'[' is not closed")
    behind = _plain(characters[close + 1 :])
    if behind.startswith("["):
        raise ValueError(
            f"{behind!r} stands behind ']'; an IPv6 address is written without brackets"
        )
    if behind:
        raise ValueError(f"{behind!r} stands behind ']'")
    inner = characters[:close]
    if _find(inner, "[") >= 0:
        raise ValueError("'[' stands inside brackets; quote it as '\\['")
    return inner


def _endpoint_and_options(
    inner: list[_Character],
) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    endpoint = ""
    options: list[tuple[str, str | None]] = []
    position = 0
    while inner:
        comma = _find(inner, ",")
        item, inner = (inner, []) if comma < 0 else (inner[:comma], inner[comma + 1 :])
        if comma >= 0 and not inner:
            raise ValueError("nothing stands behind the last ','")
        equals = _find(item, "=")
        name = _plain(item if equals < 0 else item[:equals]).strip()
        value = None if equals < 0 else _plain(item[equals + 1 :])
        if name.lower() == "endpoint" and value is not None:
            if endpoint:
                raise ValueError("the endpoint is given twice")
            endpoint = value
        elif position == 0 and value is None:
            endpoint = name
        else:
            options.append((name, value))
        position += 1
    return endpoint, tuple(options)


def _object_uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise ValueError(f"{text!r} before '@' is no UUID")
    return UUID(text)


def _check_port(endpoint: str) -> None:
    if not (endpoint.isascii() and endpoint.isdigit()):
        raise ValueError(f"the endpoint {endpoint!r} is no port number")
    if len(endpoint) > 5 or int(endpoint) > _MAXIMUM_PORT:
        raise ValueError(f"port {endpoint} is outside 0..{_MAXIMUM_PORT}")


def _quoted(text: str, special: str) -> str:
    """*text* with backslashes before what would be taken for something else."""
    quoted = ""
    for position, character in enumerate(text):
        following = text[position + 1 : position + 2]
        if character in special or (
            character == "\\" and (not following or following in _SPECIAL)
        ):
            quoted += "\\"
        quoted += character
    return quoted
