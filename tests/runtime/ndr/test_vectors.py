"""Every row of the published stub data, through the compiler, both ways."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import midlpy
from midlpy.runtime import ndr, rpc
from midlpy.runtime.errors import UnmarshalError
from midlpy.runtime.ndr.arrays import Array
from midlpy.runtime.ndr.codec import Codec
from midlpy.runtime.ndr.constructed import StructCodec
from midlpy.runtime.ndr.handles import HandleCodec
from midlpy.runtime.ndr.octets import Octets
from midlpy.runtime.ndr.pointers import Full, Lazy, Ref, Unique
from midlpy.runtime.ndr.ranged import Ranged
from midlpy.runtime.ndr.scalars import EnumCodec, UuidCodec
from midlpy.runtime.ndr.unions import Encapsulated, Switch, Union

SAME_POINTER = "same pointer as "
PICKLE_HEADER_OCTETS = 16


def rows() -> list[dict[str, Any]]:
    for folder in os.environ.get("MIDLPY_CORPUS", "").split(os.pathsep):
        path = Path(folder or "nowhere") / "vectors" / "ndr.json"
        if path.exists():
            found: list[dict[str, Any]] = json.loads(path.read_text())
            return found
    return []


ROWS = rows()


@cache
def operation_of(idl: str) -> rpc.Operation:
    if match := re.search(r"\(type serialization version 1 of (\w+)\)", idl):
        idl = idl.replace(match[0], f"void f([in] {match[1]} v);")
    text = f"""
    [uuid(6b1f7a1e-3c52-4e0c-9d0e-5a2f9c3b7d41), version(1.0), pointer_default(unique)]
    interface vectors {{ {idl} }}
    """
    module = midlpy.load_text(text, async_pipes="imply")
    interface: rpc.Interface = module.VECTORS
    return interface.operations[-1]


def plain(name: str) -> str:
    return name.replace("_", "").lower()


def converted(codec: Codec[Any], value: Any, siblings: dict[str, Any]) -> Any:
    """What *value*, as JSON has it, is in Python; the codec tells."""
    if isinstance(codec, Ref | Ranged | Lazy):
        return converted(codec.target, value, siblings)
    if isinstance(codec, Unique | Full):
        return None if value is None else converted(codec.target, value, siblings)
    if isinstance(codec, StructCodec):
        if isinstance(value, str):  # a GUID under its own definition
            parts = UUID(value).fields
            rest = [*UUID(value).bytes[8:]]
            value = dict(zip(codec.fields, (*parts[:3], rest), strict=True))
        return converted_struct(codec, value)
    if isinstance(codec, Encapsulated):
        tag_name, arm_name = codec.names
        given = {plain(name): item for name, item in value.items()}
        tag = given.pop(plain(tag_name))
        arm = codec.arms.arm_of(tag)
        assert arm is not None
        item = next(iter(given.values()), None)
        return codec.cls(
            **{
                tag_name: converted(codec.fields[tag_name], tag, {}),
                arm_name: converted(arm, item, {}),
            }
        )
    if isinstance(codec, Switch):
        return converted_arm(codec.arms, value, siblings[plain(codec.switch_is)])
    if isinstance(codec, Octets):
        return bytes(value)
    if isinstance(codec, Array):
        return [converted(codec.element, item, siblings) for item in value]
    if isinstance(codec, UuidCodec):
        return UUID(value)
    if isinstance(codec, HandleCodec):
        return ndr.ContextHandle(value["attributes"], UUID(value["uuid"]))
    if isinstance(codec, EnumCodec):
        return codec.cls(value)
    return value


def converted_arm(union: Union[Any], value: dict[str, Any], tag: int) -> Any:
    arm = union.arm_of(tag)
    assert arm is not None
    return converted(arm, next(iter(value.values()), None), {})


def converted_struct(codec: StructCodec[Any], value: dict[str, Any]) -> Any:
    given = {plain(name): item for name, item in value.items()}
    for name, item in given.items():
        if isinstance(item, str) and item.startswith(SAME_POINTER):
            given[name] = given[plain(item.removeprefix(SAME_POINTER))]
    return codec.cls(
        **{
            name: converted(field, given[plain(name)], given)
            for name, field in codec.fields.items()
        }
    )


def values_of(operation: rpc.Operation, row: dict[str, Any]) -> list[Any]:
    """The parameters of *row* in the order the operation has them."""
    is_request = row["dir"] == "in"
    names = operation.argument_names if is_request else operation.result_names
    codecs = operation.request if is_request else operation.outcome
    pipes = {p.name for p in (*operation.in_pipes, *operation.out_pipes)}
    value = {"v": row["value"]} if is_pickle(row) else row["value"]
    given = {plain(name): item for name, item in value.items()}
    given.setdefault("returnvalue", given.get("return", 0))
    values: list[Any] = []
    for name in names:
        if name in codecs:
            values.append(converted(codecs[name], given[plain(name)], given))
        elif name in pipes and plain(name) in given:
            values.append(chunks_of(operation, name, given[plain(name)]))
    return values


def chunks_of(operation: rpc.Operation, name: str, chunks: list[Any]) -> list[Any]:
    pipes = (*operation.in_pipes, *operation.out_pipes)
    pipe_class = next(pipe.pipe_class for pipe in pipes if pipe.name == name)
    codec = pipe_class._element
    if codec in (ndr.OCTET, ndr.CHAR, ndr.UINT8):
        return [bytes(chunk) for chunk in chunks]
    return [[converted(codec, item, {}) for item in chunk] for chunk in chunks]


def keywords(row: dict[str, Any]) -> dict[str, Any]:
    is_big = row.get("drep", "10000000").startswith("0")
    return {
        "syntax": ndr.NDR if row["syntax"] == "ndr" else ndr.NDR64,
        "byte_order": "big" if is_big else "little",
    }


def stub_of(row: dict[str, Any]) -> bytes:
    """The stub data; of a serialized type, the octets behind the headers."""
    octets = bytes.fromhex(row["hex"])
    return octets[PICKLE_HEADER_OCTETS:] if is_pickle(row) else octets


def is_pickle(row: dict[str, Any]) -> bool:
    return str(row["name"]).startswith("ser1_")


def encoded(row: dict[str, Any]) -> bytes:
    operation = operation_of(row["idl"])
    encode = (
        operation.encode_request if row["dir"] == "in" else operation.encode_response
    )
    return encode(*values_of(operation, row), **keywords(row))


def decoded(row: dict[str, Any], octets: bytes) -> tuple[Any, ...]:
    operation = operation_of(row["idl"])
    decode = (
        operation.decode_request if row["dir"] == "in" else operation.decode_response
    )
    return decode(octets, **keywords(row))


def masked(octets: bytes, row: dict[str, Any]) -> str:
    """*octets* with every referent id, if it is not null, replaced by ones."""
    out = bytearray(octets)
    shift = PICKLE_HEADER_OCTETS if is_pickle(row) else 0
    for offset, size in row.get("referents", []):
        offset -= shift
        if any(out[offset : offset + size]):
            out[offset : offset + size] = b"\xff" * size
    return out.hex()


# Aliasing needs objects with an identity, which integers have not: pointers to one
# number are written as two.
UNWRITABLE = frozenset({"fullptr_alias/ndr"})

# Recorded with gaps that are not zero.
OTHER_GAPS = frozenset({"win_pipe_response/ndr"})


def cases(*, without: frozenset[str] = frozenset()) -> Iterator[Any]:
    for row in ROWS:
        if row["name"] not in without:
            yield pytest.param(row, id=row["name"])


needs_rows = pytest.mark.skipif(
    not ROWS, reason="MIDLPY_CORPUS has no vectors/ndr.json"
)


@needs_rows
@pytest.mark.parametrize("row", [*cases(without=UNWRITABLE)])
def test_values_are_written_as_recorded(row: dict[str, Any]) -> None:
    wanted = stub_of(row)
    # What follows a serialized type is padding of its header's length.
    written = encoded(row).ljust(len(wanted) if is_pickle(row) else 0, b"\0")
    if row["name"] in OTHER_GAPS:
        assert len(written) == len(wanted)
        assert decoded(row, written) == decoded(row, wanted)
    else:
        assert masked(written, row) == masked(wanted, row)


@needs_rows
@pytest.mark.parametrize("row", [*cases()])
def test_recorded_octets_are_read(row: dict[str, Any]) -> None:
    operation = operation_of(row["idl"])
    assert decoded(row, stub_of(row)) == tuple(values_of(operation, row))


@needs_rows
@pytest.mark.parametrize("row", [*cases()])
def test_every_truncation_is_an_unmarshal_error(row: dict[str, Any]) -> None:
    octets = stub_of(row)
    needed = len(octets)
    if is_pickle(row):
        needed = len(encoded(row))
    for length in range(needed):
        with pytest.raises(UnmarshalError):
            decoded(row, octets[:length])


@needs_rows
@pytest.mark.parametrize("row", [*cases()])
def test_corrupted_octets_are_refused_or_are_something_else(
    row: dict[str, Any],
) -> None:
    octets = stub_of(row)
    for position in range(len(octets)):
        for value in (0x00, 0x7F, 0xFF):
            changed = bytearray(octets)
            changed[position] = value
            with suppress(UnmarshalError):
                decoded(row, bytes(changed))
