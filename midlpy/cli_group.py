"""The words of a command line ahead of its command, and what its failures look like."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from midlpy import __version__
from midlpy.cli_words import expanded
from midlpy.driver_jobs import WorkerError

BUG_STATUS: Final = 70
# What a shell says of a command that Ctrl-C ended.
INTERRUPTED_STATUS: Final = 130
_OWN_OPTIONS: Final = ("-h", "--help", "-V", "--version")


class Group(click.Group):
    """Expands response files, and says so when midlpy itself has failed."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        words = list(sys.argv[1:] if args is None else args)
        _escape_what_cannot_be_shown()
        try:
            words = expanded(words)
        except ValueError as error:
            usage = click.UsageError(str(error))
            usage.show()
            sys.exit(usage.exit_code)
        if words and self._is_midl(words[0]):
            words = ["midl", "--not-by-name", *words]
        return super().main(words, *rest, **extra)

    def _is_midl(self, first: str) -> bool:
        """Whether a command line that begins so is one of midl: no command is named."""
        if first in self.commands or first in _OWN_OPTIONS:
            return False
        from midlpy.cli_midl import is_switch

        is_file = first.lower().endswith(".idl") or Path(first).is_file()
        return is_file or first.startswith("/") or is_switch(first)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except KeyboardInterrupt:
            click.echo("midlpy: interrupted", err=True)
            ctx.exit(INTERRUPTED_STATUS)
        except BrokenPipeError:
            # Whoever read our output has had enough; what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except OSError as error:
            where = "" if error.filename is None else f"{error.filename}: "
            raise click.ClickException(f"{where}{error.strerror or error}") from error
        except WorkerError as error:
            raise click.ClickException(str(error)) from error
        except Exception:
            traceback.print_exc()
            click.echo(
                f"\nThis is a bug in midlpy {__version__}, not in your files. Please "
                "report it with the lines above.",
                err=True,
            )
            ctx.exit(BUG_STATUS)


def _escape_what_cannot_be_shown() -> None:
    """Let no character end a run: many a terminal and pipe has another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
