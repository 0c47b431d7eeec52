"""The command line: thin functions over the driver; heavy imports inside commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from midlpy import __version__
from midlpy.cli_group import Group
from midlpy.cli_options import (
    FILES,
    IDL_FILE,
    JOBS,
    LOG,
    SIDES,
    SOURCE_OPTIONS,
    module_called,
    with_options,
)

if TYPE_CHECKING:
    from midlpy.diagnostics import Diagnostic
    from midlpy.driver import Options

STAGES = ("source", "ast", "model", "plan", "view", "module", "codec")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="midlpy")
def main() -> None:
    """Compile MIDL interface files (.idl, .acf) into typed asyncio Python.

    The modules it writes are clients and servers of DCE/RPC, with asynchronous pipes.
    Options may also come from a response file: midlpy compile @options.rsp
    """


def _print(diagnostics: Sequence[Diagnostic], format_: str, *, err: bool) -> None:
    from functools import cache

    from midlpy.driver_show import source_lines
    from midlpy.reporting import report

    # Each file once, and anew for each report: it may have been edited since.
    text = report(diagnostics, format_, cache(source_lines))
    log = click.get_current_context().meta.get(LOG)
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        # Also when there is nothing to say: what stands there is old.
        log.write_text(text, encoding="utf-8")
    elif text:
        click.echo(text, nl=False, err=err)


def _print_file(text: str) -> None:
    """Print what is a file's text, octet by octet as the file would be written."""
    click.echo(text.encode(), nl=False)


def _quickly() -> None:
    """A compiler makes values to keep and ends; looking for cycles only costs time."""
    import gc

    gc.disable()


# Commands


@main.command("compile", short_help="Write one Python module per IDL file.")
@click.option(
    "-o",
    "--out-dir",
    metavar="DIR",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where modules go; made when missing. Default: here.",
)
@with_options(*SOURCE_OPTIONS, *SIDES)
@click.option(
    "-m",
    "--module-name",
    "module",
    metavar="NAME",
    callback=module_called,
    help="The name of the module; default: that of the IDL file.",
)
@click.option(
    "-E",
    "is_source",
    is_flag=True,
    help="Print the preprocessed text, write nothing.",
)
@click.option(
    "--save-preprocessed",
    is_flag=True,
    help="Write the preprocessed text too, as NAME.i beside the module.",
)
@click.option(
    "-MD",
    "--depfile",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what the modules depend on, for make and ninja.",
)
@click.option(
    "--depfile-target",
    metavar="NAME",
    help="What depends on it according to the depfile; default: the modules.",
)
@click.option(
    "--check",
    "is_check",
    is_flag=True,
    help="Write nothing; exit with 1 when a module on disk differs.",
)
@click.option(
    "--stdout", "to_stdout", is_flag=True, help="Print the module, write nothing."
)
@click.option("--init", "is_package", is_flag=True, help="Write an __init__.py too.")
@with_options(JOBS, FILES)
@click.pass_context
def compile_(
    context: click.Context,
    /,
    idl: tuple[Path, ...],
    out_dir: Path,
    depfile: Path | None,
    depfile_target: str | None,
    is_source: bool,
    save_preprocessed: bool,
    is_check: bool,
    to_stdout: bool,
    is_package: bool,
    jobs: int | None,
    format_: str,
    **choices: Any,
) -> None:
    """Write one Python module for each IDL file, and for each file it imports.

    Without files those that [tool.midlpy] of the nearest pyproject.toml names, with the
    options it gives; options given here win.

    Nothing is written if any file has errors. Modules import each other relatively, so
    they belong into one package (see --init) or folder.

    Exit status: 0 done; 1 errors in the input, a module differs (--check), or a file
    cannot be written; 2 wrong usage.
    """
    _quickly()
    from midlpy.cli_project import wanted
    from midlpy.diagnostics import CompileError
    from midlpy.driver import compile_batches, compile_path
    from midlpy.driver_output import ClashError, dependencies, write_atomically
    from midlpy.driver_show import save_sources

    if to_stdout and (len(idl) != 1 or is_check or depfile):
        raise click.UsageError(
            "--stdout prints one module; it takes one IDL file and neither --check nor "
            "--depfile"
        )
    if choices["module"] is not None and len(idl) != 1:
        raise click.UsageError("--module-name belongs to one IDL file")
    project = wanted(context, idl, choices, out_dir, is_package)
    if is_source:
        for batch in project.batches:
            for path in batch.paths:
                _show(context, path, "source", batch.options, format_)
        return
    if to_stdout:
        compiled = compile_path(idl[0], project.batches[0].options)
        _print(compiled.diagnostics, format_, err=True)
        if compiled.has_errors:
            context.exit(1)
        _print_file(compiled.outputs[-1].text)
        return
    try:
        written = compile_batches(
            project.batches,
            jobs=jobs or project.jobs or os.cpu_count() or 1,
            is_check=is_check,
        )
    except CompileError as error:
        _print(error.diagnostics, format_, err=True)
        context.exit(1)
    except ClashError as error:
        raise click.UsageError(str(error)) from error
    _print(written.diagnostics, format_, err=True)
    for path in written.written:
        click.echo(f"{path} differs" if is_check else f"wrote {path}")
    if depfile is not None and not is_check:
        depfile.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(depfile, dependencies(written, depfile_target, project.path))
    if save_preprocessed and not is_check:
        save_sources(project.batches)
    if is_check and written.written:
        context.exit(1)


@main.command(short_help="Print diagnostics, write nothing.")
@with_options(*SOURCE_OPTIONS, JOBS, FILES)
@click.pass_context
def check(
    context: click.Context,
    /,
    idl: tuple[Path, ...],
    jobs: int | None,
    format_: str,
    **choices: Any,
) -> None:
    """Print what is wrong with IDL files, to standard output, and write nothing.

    Without files: those of the project, as compile takes them.

    Exit status: 0 no errors, 1 errors, 2 wrong usage.
    """
    _quickly()
    from midlpy.cli_project import wanted
    from midlpy.diagnostics import Severity
    from midlpy.driver import check_all

    project = wanted(context, idl, choices)
    diagnostics = check_all(
        project.batches, jobs or project.jobs or os.cpu_count() or 1
    )
    _print(diagnostics, format_, err=False)
    if any(each.severity is Severity.ERROR for each in diagnostics):
        context.exit(1)


@main.command(short_help="Print any value between IDL and Python.")
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    required=True,
    help="Which: from preprocessed source to the functions that encode and decode.",
)
@with_options(*SOURCE_OPTIONS, *SIDES)
@click.argument("idl", type=IDL_FILE)
@click.pass_context
def show(
    context: click.Context, /, idl: Path, stage: str, format_: str, **choices: Any
) -> None:
    """Print what an IDL file is at one stage of the way to Python.

    \b
    source  after preprocessing
    ast     the syntax tree: what the file says
    model   names bound, constants folded: what it means
    plan    every type as levels, outermost first: how it travels
    view    finished pieces of Python text
    module  the Python module
    codec   the functions that the runtime makes from the module
    """
    _quickly()
    from midlpy.driver import Options

    _show(context, idl, stage, Options(**choices), format_)


def _show(
    context: click.Context, idl: Path, stage: str, options: Options, format_: str
) -> None:
    from midlpy.driver_show import shown

    text, diagnostics = shown(idl, stage, options)
    _print(diagnostics, format_, err=True)
    if text is None:
        context.exit(1)
    if stage in ("source", "module", "codec"):
        _print_file(text)
    else:
        click.echo(text, nl=False)


@main.command(short_help="Say what a diagnostic means and what to do.")
@click.argument("code")
def explain(code: str) -> None:
    """Say what the diagnostic CODE means, with an example and the remedy.

    CODE is what stands in brackets behind a message, or a part of it: a slug or a MIDL
    number. Of a number that midlpy never says, it tells why.
    """
    from midlpy.cli_rules import explanation, number_explanation
    from midlpy.driver_rules import documented, rules_called

    # Behind a message stands [SLUG] or [MIDL1234 SLUG].
    word = code.strip("[] ").rpartition(" ")[2]
    number = documented(word)
    if number is not None:
        click.echo(number_explanation(word, number), nl=False)
        return
    try:
        found = rules_called(word)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo("\n".join(explanation(rule) for rule in found), nl=False)


@main.command(short_help="List every rule.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A line for people, or an object with all that explain says.",
)
def rules(format_: str) -> None:
    """List every rule: slug, MIDL number, severity, meaning."""
    from midlpy.cli_rules import as_json, table

    click.echo(as_json() if format_ == "json" else table(), nl=False)


@main.command(short_help="Watch async pipes stream between two processes.")
@click.option(
    "--megabytes",
    metavar="N",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="How much to stream.",
)
def demo(megabytes: int) -> None:
    """Compile the samples, start a server, stream files through async pipes.

    Shows throughput and how much memory both ends need meanwhile.
    """
    from midlpy.demo import main as run

    run(megabytes)


@main.command(
    short_help="Take a command line of midl.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--not-by-name", is_flag=True, hidden=True)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def midl(context: click.Context, /, words: tuple[str, ...], not_by_name: bool) -> None:
    """Compile as midl would be told to: midlpy midl /I inc /out gen foo.idl

    The command may be left out where the first word is a switch of midl or an IDL file.
    """
    from midlpy.cli_midl import MidlError, quoted, translated, usage

    try:
        made = translated(
            words,
            _long_options(compile_),
            environment=os.environ,
            takes_o=not not_by_name,
        )
    except MidlError as error:
        raise click.UsageError(f"{error}\nTry 'midlpy midl /?' for help.") from error
    if "help" in made.switches:
        click.echo(usage(), nl=False)
        return
    if "version" in made.switches:
        click.echo(f"midlpy, version {__version__}")
        return
    for note in made.notes:
        click.echo(f"midlpy: note: {note}", err=True)
    if "confirm" in made.switches:
        click.echo(" ".join(["midlpy", *map(quoted, made.words)]))
        return
    command, *rest = made.words
    chosen = main.commands[command]
    with chosen.make_context(command, rest, parent=context.parent) as inner:
        chosen.invoke(inner)


def _long_options(command: click.Command) -> dict[str, int]:
    """The long options of *command*, and whether they take a value."""
    return {
        name: 0 if option.is_flag else 1
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("--")
    }


def midl_main() -> None:
    """What ``midlpy-midl`` does: every word is midl's."""
    main(["midl", *sys.argv[1:]], prog_name="midlpy")
