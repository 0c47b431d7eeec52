"""What a file declares for calls from afar: interfaces, operations, parameters.

Oracles give it in their way and the compiler in its own; here are the words they are
compared in.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

from midlpy.runtime import rpc
from midlpy.semantic import ir


@dataclass(frozen=True)
class Operation:
    """*parameters* are those that travel; None where the source does not tell.

    A refused operation of ours does not.
    """

    opnum: int
    name: str
    parameters: tuple[str, ...] | None


@dataclass(frozen=True)
class Interface:
    """*uuid* and *version* are None where the source does not tell."""

    name: str
    uuid: UUID | None
    version: tuple[int, int] | None
    operations: tuple[Operation, ...]


def of_model(model: ir.Model) -> list[Interface]:
    """The interfaces with operations of a checked model, in its order."""
    return [
        Interface(
            each.name,
            each.uuid,
            each.version,
            tuple(
                Operation(
                    operation.opnum,
                    operation.name,
                    (
                        None
                        if operation.refusal
                        else tuple(parameter.name for parameter in operation.parameters)
                    ),
                )
                for operation in each.operations
            ),
        )
        for each in model.interfaces
        if each.operations
    ]


def interfaces_of(module: ModuleType) -> list[rpc.Interface]:
    """The interfaces with operations that a generated module declares, in its order."""
    values = vars(module).values()
    found = [each for each in values if isinstance(each, rpc.Interface)]
    return [each for each in dict.fromkeys(found) if each.operations]


def with_uuid(interfaces: list[Interface]) -> list[Interface]:
    """Those that can be called: one without a UUID only declares C functions."""
    return [each for each in interfaces if each.uuid is not None]


def differences(ours: list[Interface], theirs: list[Interface]) -> list[str]:
    """What one says and the other does not; what *theirs* does not tell is left out."""
    found = [
        f"{each.name}: only one has it"
        for each in (*ours, *theirs)
        if sum(each.name == other.name for other in (*ours, *theirs)) != 2
    ]
    by_name = {each.name: each for each in ours}
    for other in theirs:
        own = by_name.get(other.name)
        if own is None:
            continue
        if other.uuid not in (None, own.uuid):
            found.append(f"{own.name}: uuid {own.uuid}, not {other.uuid}")
        if other.version not in (None, own.version):
            found.append(f"{own.name}: version {own.version}, not {other.version}")
        found += (
            f"{own.name}: {line}"
            for line in _operation_differences(own.operations, other.operations)
        )
    return found


def _operation_differences(
    ours: tuple[Operation, ...], theirs: tuple[Operation, ...]
) -> list[str]:
    own = {each.opnum: each for each in ours}
    other = {each.opnum: each for each in theirs}
    found = [f"opnum {n}: only one has it" for n in sorted(own.keys() ^ other.keys())]
    for opnum in sorted(own.keys() & other.keys()):
        one, two = own[opnum], other[opnum]
        if one.name != two.name:
            found.append(f"opnum {opnum}: {one.name}, not {two.name}")
        elif None not in (one.parameters, two.parameters) and (
            one.parameters != two.parameters
        ):
            found.append(f"{one.name}: {one.parameters}, not {two.parameters}")
    return found
