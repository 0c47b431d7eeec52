"""The options that commands share, and how their values are read."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from midlpy.cli_words import split

Command = TypeVar("Command", bound=Callable[..., None])


class _IdlFile(click.ParamType[Path]):
    """A file that exists and may be IDL."""

    name = "file"

    def convert(
        self,
        value: str | Path,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        problem = _no_idl(str(value))
        if problem is not None:
            self.fail(problem, param, ctx)
        return Path(value)


def _no_idl(word: str) -> str | None:
    """Why there is no IDL file called *word*, and what to give; None if there is."""
    path = Path(word)
    if path.is_dir():
        return f"'{word}' is a folder; give its files: {(path / '*.idl').as_posix()}"
    if path.exists():
        is_acf = path.suffix.lower() == ".acf"
        return (
            f"'{word}' is an ACF; give the IDL file it belongs to" if is_acf else None
        )
    if word == "-":
        return "'-': midlpy reads files, not standard input"
    return f"there is no file '{word}'{_meant(path)}"


def _meant(path: Path) -> str:
    """The IDL file beside *path* that its name may stand for, as a question."""
    names = {
        each.name.lower(): each.name
        for each in sorted(path.parent.glob("*"))
        if each.suffix.lower() == ".idl"
    }
    close = difflib.get_close_matches(path.name.lower(), names, 1, cutoff=0.75)
    if not close:
        return ""
    return f"; did you mean {PurePath(path.parent, names[close[0]]).as_posix()}?"


def _macro(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"[A-Za-z_]\w*(=.*)?", value, re.DOTALL):
            raise click.BadParameter(f"{value!r} is not NAME or NAME=VALUE")
    return values


def _converters(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """``--converter`` as classes by IDL type."""
    if not values:
        return {}
    from midlpy.semantic.converters import is_converter

    found: dict[str, str] = {}
    for value in values:
        name, _, converter = value.partition("=")
        if not name.isidentifier() or not is_converter(converter):
            raise click.BadParameter(f"{value!r} is not TYPE=package.module:Class")
        found[name] = converter
    return found


def _levels(
    context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """``-W`` as severities by slug; rules may also be named by their MIDL number.

    A number alone is MIDL's warning level.
    """
    context.params.setdefault("warning_level", None)
    numbers = [value for value in values if value in _WARNING_LEVELS]
    if numbers:
        context.params["warning_level"] = int(numbers[-1])
        context.set_parameter_source("warning_level", ParameterSource.COMMANDLINE)
        values = tuple(value for value in values if value not in _WARNING_LEVELS)
    if not values:
        return {}
    from midlpy.driver_rules import LEVELS, levels_called

    levels: dict[str, str] = {}
    for value in values:
        code, _, level = value.partition("=")
        if level not in LEVELS:
            raise click.BadParameter(
                f"{value!r} is not RULE=error, =warning or =off, nor a "
                "level from 0 to 4"
            )
        try:
            levels |= levels_called(code, LEVELS[level])
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return levels


def _prefix(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not value:
        return value
    from midlpy.driver_choices import is_prefix

    if not is_prefix(value):
        raise click.BadParameter(f"{value!r} cannot begin a Python name")
    return value


def _command(
    _context: click.Context, _option: click.Parameter, value: str
) -> tuple[str, ...]:
    return tuple(split(value))


def _log(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    context.meta[LOG] = value


def module_called(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> str | None:
    """A name for a module; a suffix that says so may stand behind it."""
    name = None if value is None else value.removesuffix(".py")
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise click.BadParameter(f"{value!r} is no name for a Python module")
    return name


# Where in a context's meta the file for diagnostics is.
LOG = "midlpy.log"
_WARNING_LEVELS = ("0", "1", "2", "3", "4")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FORMATS = ("text", "msvc", "json", "sarif", "github")

SOURCE_OPTIONS = (
    click.option(
        "-I",
        "--include",
        "includes",
        metavar="DIR",
        type=FOLDER,
        multiple=True,
        help="Look for imported and included files here too; repeatable.",
    ),
    click.option(
        "-D",
        "defines",
        metavar="NAME[=VALUE]",
        multiple=True,
        callback=_macro,
        help="Define a macro.",
    ),
    click.option(
        "-U",
        "undefines",
        metavar="NAME",
        multiple=True,
        callback=_macro,
        help="Forget a macro.",
    ),
    click.option(
        "--acf",
        metavar="FILE",
        type=FILE,
        help="The attribute configuration file; default: NAME.acf beside NAME.idl.",
    ),
    click.option(
        "--async-pipes",
        type=click.Choice(["require", "imply"]),
        default="require",
        show_default=True,
        help="Whether an operation with pipes must be [async], or is taken as such.",
    ),
    click.option(
        "--strict", is_flag=True, help="MIDL's own reading where midlpy is lenient."
    ),
    click.option(
        "--naming",
        type=click.Choice(["pep8", "idl"]),
        default="pep8",
        show_default=True,
        help="How IDL names are spelled in Python; idl keeps them.",
    ),
    click.option(
        "--dialect",
        type=click.Choice(["midl", "samba", "auto"]),
        default="auto",
        show_default=True,
        help="Whose IDL it is; auto lets each file tell by its words.",
    ),
    click.option(
        "--converter",
        "converters",
        metavar="TYPE=MODULE:CLASS",
        multiple=True,
        callback=_converters,
        help="Present a type with transmit_as or its kin by a class; repeatable.",
    ),
    click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS),
        default="text",
        show_default=True,
        help="How diagnostics are printed.",
    ),
    click.option(
        "-W",
        "levels",
        metavar="RULE=LEVEL|N",
        multiple=True,
        callback=_levels,
        help="Take a rule as error, warning or off, see midlpy rules; or MIDL's warning "
        "level: 0 gives no warnings, 4 all.",
    ),
    click.option("--werror", is_flag=True, help="Take every warning as an error."),
    click.option(
        "--log",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        expose_value=False,
        callback=_log,
        help="Write diagnostics there instead.",
    ),
    click.option(
        "--app-config", is_flag=True, help="Let attributes of an ACF stand in the IDL."
    ),
    click.option("--osf", is_flag=True, help="Keep to what DCE knows, as midl /osf."),
    click.option(
        "--ms-union",
        is_flag=True,
        help="Let every union travel as [ms_union]; changes the octets sent.",
    ),
    click.option(
        "--protocol",
        type=click.Choice(["dce", "ndr64", "all"]),
        help="Transfer syntaxes of the interfaces; default: connect and serve choose.",
    ),
    click.option(
        "--prefix-client",
        "client_prefix",
        metavar="TEXT",
        default="",
        callback=_prefix,
        help="Begin the names of client methods so.",
    ),
    click.option(
        "--prefix-server",
        "server_prefix",
        metavar="TEXT",
        default="",
        callback=_prefix,
        help="Begin the names of server methods so.",
    ),
    click.option(
        "--default-includes/--no-default-includes",
        default=True,
        help="Look beside the file and here, or along -I only.",
    ),
    click.option(
        "--cpp/--no-cpp",
        "preprocess",
        default=True,
        help="Preprocess, or take the text as it stands.",
    ),
    click.option(
        "--cpp-command",
        "cpp",
        metavar="COMMAND",
        default="",
        callback=_command,
        help="Run this preprocessor instead of midlpy's own: the IDL file is its last "
        "argument, the text its output; -I, -D and -U are not passed on.",
    ),
)
SIDES = (
    click.option(
        "--client/--no-client", default=True, help="Write client classes, or do not."
    ),
    click.option(
        "--server/--no-server", default=True, help="Write server classes, or do not."
    ),
)
JOBS = click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    default=None,
    help="Compile so many files at a time; default: one per processor.",
)
IDL_FILE = _IdlFile()
FILES = click.argument("idl", type=IDL_FILE, nargs=-1, metavar="[IDL...]")


def with_options(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate
