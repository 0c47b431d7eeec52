"""Compiling as Python functions: files or text in, module text or modules out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Literal, TypeAlias, TypedDict, Unpack

from midlpy.diagnostics import CompileError
from midlpy.driver import Options, Protocol, compile_path, compile_source
from midlpy.driver_choices import checked, known
from midlpy.driver_grading import Level
from midlpy.driver_loading import load_outputs
from midlpy.driver_loading import unload as unload
from midlpy.driver_output import Compiled, Output, unambiguous

PathLike: TypeAlias = str | os.PathLike[str]


class Choices(TypedDict, total=False):
    """The options of the command line, by keyword."""

    includes: Iterable[PathLike]
    defines: Iterable[str]
    undefines: Iterable[str]
    client: bool
    server: bool
    async_pipes: Literal["require", "imply"]
    strict: bool
    naming: Literal["pep8", "idl"]
    dialect: Literal["midl", "samba", "auto"]
    levels: Mapping[str, Level]
    werror: bool
    warning_level: Literal[0, 1, 2, 3, 4] | None
    app_config: bool
    osf: bool
    ms_union: bool
    client_prefix: str
    server_prefix: str
    protocol: Protocol | None
    default_includes: bool
    preprocess: bool
    cpp: Iterable[str]
    converters: Mapping[str, str]


def compile_file(
    path: PathLike, *, acf: PathLike | None = None, **choices: Unpack[Choices]
) -> str:
    """The module for the IDL file at *path*; *acf* is the path of its ACF.

    Raises:
        CompileError: the source has errors; it holds every finding, in source order.
        TypeError, ValueError: there is no such choice.
    """
    return _outputs(compile_path(Path(path), options_of(acf, choices)))[-1].text


def compile_text(
    text: str,
    *,
    filename: str = "<idl>",
    acf: str | None = None,
    **choices: Unpack[Choices],
) -> str:
    """The module for IDL that stands in no file; *acf* is the text of its ACF.

    *filename* names it in diagnostics and in the module.

    Raises:
        CompileError: as compile_file.
    """
    options = options_of(None, choices)
    return _outputs(compile_source(text, filename, acf, options))[-1].text


def load(
    path: PathLike, *, acf: PathLike | None = None, **choices: Unpack[Choices]
) -> ModuleType:
    """The imported module for the IDL file at *path*, compiled in memory.

    It is there until unload, with the modules for the files that it imports; loading
    again makes them anew.

    Raises:
        CompileError: as compile_file.
        ClashError: it imports two files that would be one module.
    """
    return _loaded(compile_path(Path(path), options_of(acf, choices)))


def load_text(
    text: str,
    *,
    filename: str = "<idl>",
    acf: str | None = None,
    **choices: Unpack[Choices],
) -> ModuleType:
    """The imported module for IDL that stands in no file.

    Raises:
        CompileError, ClashError: as load.
    """
    options = options_of(None, choices)
    return _loaded(compile_source(text, filename, acf, options))


def options_of(acf: PathLike | None, choices: Choices) -> Options:
    """What keywords of these functions mean.

    Raises:
        TypeError: there is no such keyword, or its value is of another type.
        ValueError: there is no such choice.
    """
    known(choices, Choices.__annotations__)
    return Options(acf=None if acf is None else Path(acf), **checked(choices))


def _outputs(compiled: Compiled) -> tuple[Output, ...]:
    if compiled.has_errors:
        raise CompileError(list(compiled.diagnostics))
    return compiled.outputs


def _loaded(compiled: Compiled) -> ModuleType:
    _outputs(compiled)
    return load_outputs(unambiguous((compiled,)))
