"""Pipes among the arguments of a call: the right kind, made for this call, and claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from midlpy.runtime.operation import AnyOperation
from midlpy.runtime.pipe import AnyPipe, check_unclaimed, state_of
from midlpy.runtime.pipe_drivers import SinkDriver, SourceDriver


def claim_pipes(
    operation: AnyOperation, arguments: Sequence[object]
) -> tuple[list[object], dict[str, AnyPipe]]:
    """*arguments* without pipes, and the pipes by name, which belong to this call now.

    Raises:
        TypeError: something else than the right kind of pipe is in its place.
        InvalidPipeObjectError: a pipe has been used before. Nothing is claimed then.
    """
    values, pipes = operation.split_arguments(arguments)
    found: dict[str, AnyPipe] = {}
    directions = (True, operation.in_pipes), (False, operation.out_pipes)
    for _, parameters in directions:
        for parameter in parameters:
            name = parameter.name
            pipe = _checked_pipe(operation, name, parameter.pipe_class, pipes[name])
            if name in found and state_of(pipe).driver is not None:
                raise TypeError(
                    f"{operation.method}: {name} goes both ways, so the call cannot move "
                    "it by itself; use 'async with' and move it there"
                )
            found[name] = pipe
    for is_in, parameters in directions:
        for parameter in parameters:
            _check_driver(operation, parameter.name, found[parameter.name], is_in=is_in)
    if len({id(pipe) for pipe in found.values()}) < len(found):
        raise TypeError(f"{operation.method}: one pipe stands in two places")
    for pipe in found.values():
        state_of(pipe).claimed_by = operation.name
    return list(values), found


def _checked_pipe(
    operation: AnyOperation, name: str, wanted: type[AnyPipe], pipe: object
) -> AnyPipe:
    if not _is_pipe(pipe, wanted):
        kind = pipe.__name__ if isinstance(pipe, type) else type(pipe).__name__
        what = "the class itself" if pipe is wanted else f"a {kind}"
        raise TypeError(
            f"{operation.method}: {name} is {what}, but it is a pipe, passed by "
            f"reference: make a {wanted.__name__}() and hand it over, or use "
            f"{wanted.__name__}.from_source or to_sink"
        )
    check_unclaimed(pipe, operation.method or operation.name, name)
    return pipe


def _is_pipe(value: object, wanted: type[AnyPipe]) -> TypeGuard[AnyPipe]:
    return isinstance(value, wanted)


def _check_driver(
    operation: AnyOperation, name: str, pipe: AnyPipe, *, is_in: bool
) -> None:
    driver = state_of(pipe).driver
    if isinstance(driver, SinkDriver if is_in else SourceDriver):
        wanted, way = ("from_source", "in") if is_in else ("to_sink", "out")
        raise TypeError(
            f"{operation.method}: {name} is an [{way}] pipe: make it with {wanted}"
        )
