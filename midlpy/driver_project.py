"""What is to be compiled, and with which choices."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from midlpy.driver import Batch, Options

Table: TypeAlias = Mapping[str, object]

# Options that can be given several times.
ADDED: Final = ("includes", "defines", "undefines", "levels")


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """What is to be compiled, *jobs* at a time, and the pyproject.toml that says so.

    *path* is None when no file does.
    """

    path: Path | None
    batches: tuple[Batch, ...]
    jobs: int | None = None

    def overridden(
        self,
        options: Table,
        folder: Path | None = None,
        is_package: bool | None = None,
    ) -> Project:
        """The same with other choices.

        *options* are fields of Options: what is listed in ADDED is added to, the rest
        replaced.
        """
        changes: dict[str, Any] = {}
        if folder is not None:
            changes["folder"] = folder
        if is_package is not None:
            changes["is_package"] = is_package
        batches = tuple(
            dataclasses.replace(
                batch,
                options=_joined_options(batch.options, options),
                **changes,
            )
            for batch in self.batches
        )
        return dataclasses.replace(self, batches=batches)


def _joined_options(options: Options, changes: Table) -> Options:
    joined: dict[str, Any] = {}
    for name, value in changes.items():
        before: object = getattr(options, name)
        if name in ADDED and isinstance(before, tuple):
            lists = cast("tuple[Sequence[object], ...]", (before, value))
            joined[name] = tuple(each for part in lists for each in part)
        elif name in ADDED and isinstance(before, Mapping):
            joined[name] = {**cast("Table", before), **cast("Table", value)}
        else:
            joined[name] = value
    return dataclasses.replace(options, **joined)
