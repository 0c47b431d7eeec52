"""The passes in order; the only module that knows all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Final, Literal, TypeAlias

from midlpy.codegen.collisions import collisions, without_hidden_quotes
from midlpy.codegen.names import Naming, module_name
from midlpy.codegen.present import Options as TextOptions
from midlpy.codegen.present import present
from midlpy.codegen.render import render
from midlpy.diagnostics import CompileError, Diagnostic, Severity
from midlpy.driver_grading import Level, grade, heeded
from midlpy.driver_jobs import each_done
from midlpy.driver_memory import uncollected
from midlpy.driver_output import (
    ClashError,
    Compiled,
    Output,
    Written,
    joined,
    read_text,
    unambiguous,
    write_changed,
)
from midlpy.frontend import ast
from midlpy.frontend.loader import Loaded, LoadOptions, load, load_text
from midlpy.layout import plan
from midlpy.layout.bounds import beyond_bounds
from midlpy.layout.import_cycles import import_cycles
from midlpy.layout.lower import lower
from midlpy.semantic import ir
from midlpy.semantic.options import AsyncPipes, Dialect
from midlpy.semantic.options import Options as Meaning
from midlpy.semantic.resolve import resolve

Protocol: TypeAlias = Literal["dce", "ndr64", "all"]

_SYNTAXES: Final[Mapping[Protocol | None, tuple[str, ...]]] = {
    None: (),
    "dce": ("ndr.NDR",),
    "ndr64": ("ndr.NDR64",),
    "all": ("ndr.NDR64", "ndr.NDR"),
}

# Errors of one file that are given, and others.
MAX_FINDINGS: Final = 1_000

# What may only follow from text that could not be read: names declared in it are unknown,
# an interface may look emptier than it is, and members stand where their struct was.
_CONSEQUENCES: Final = frozenset(
    {
        "acf-unknown-operation",
        "acf-unknown-parameter",
        "acf-unknown-type",
        "acf-name-mismatch",
        "attribute-arguments",
        "case-not-constant",
        "case-without-label",
        "constant-expected",
        "empty-union",
        "never-completed",
        "no-size",
        "no-uuid",
        "nothing-remote",
        "only-callbacks",
        "prototype-left-out",
        "unknown-name-in-attribute",
        "unknown-name-in-expression",
        "unknown-type",
        "unnamed-member",
        "variable",
    }
)


# What is often the other half of a mistake in the same lines: of one in the syntax, of an
# attribute that is not known, or of a condition that hides the rest of the file.
_ECHOES: Final = {
    "syntax": frozenset(
        {"arm-without-case", "attribute-not-allowed-here", "not-a-constant"}
        | {"size-on-fixed", "unknown-attribute", "wrong-expression"}
    ),
    "unknown-attribute": frozenset({"arm-without-case"}),
    "unterminated-if": frozenset({"unexpected-end"}),
}
_ECHO_LINES: Final = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose.

    *defines* are ``NAME`` or ``NAME=VALUE``. *acf* replaces the ACF that would be found
    beside the file. *levels* are severities by rule; errors stay errors. *warning_level*
    is MIDL's, 0 to 4: warnings of a higher one are not given; None gives what is worth
    knowing. *app_config*, *osf* and *ms_union* are the switches of these names.
    *client_prefix* and *server_prefix* go ahead of the names of methods. *protocol* says
    which transfer syntaxes interfaces have, None leaves it to the runtime. *module* is
    the name of the main file's module. Without *default_includes* files are looked for
    along *includes* only. *cpp* is a command that preprocesses; without *preprocess*
    nothing does. *converters* are classes, as ``package.module:Class``, by the IDL types
    they present.
    """

    includes: tuple[Path, ...] = ()
    defines: tuple[str, ...] = ()
    undefines: tuple[str, ...] = ()
    acf: Path | None = None
    client: bool = True
    server: bool = True
    async_pipes: AsyncPipes = "require"
    strict: bool = False
    naming: Literal["pep8", "idl"] = "pep8"
    dialect: Dialect = "auto"
    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])
    werror: bool = False
    warning_level: Literal[0, 1, 2, 3, 4] | None = None
    app_config: bool = False
    osf: bool = False
    ms_union: bool = False
    client_prefix: str = ""
    server_prefix: str = ""
    protocol: Protocol | None = None
    module: str | None = None
    default_includes: bool = True
    preprocess: bool = True
    cpp: tuple[str, ...] = ()
    converters: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def text(self) -> TextOptions:
        return TextOptions(
            Naming(self.naming),
            self.client,
            self.server,
            self.client_prefix,
            self.server_prefix,
            _SYNTAXES[self.protocol],
        )

    @property
    def meaning(self) -> Meaning:
        return Meaning(
            strict=self.strict,
            async_pipes=self.async_pipes,
            dialect=self.dialect,
            app_config=self.app_config,
            osf=self.osf,
            ms_union=self.ms_union,
            is_acf_any_name=self.acf is not None,
            converters=self.converters,
        )

    @property
    def loading(self) -> LoadOptions:
        return LoadOptions(
            includes=self.includes,
            defines=self.defines,
            undefines=self.undefines,
            acf=self.acf,
            default_includes=self.default_includes,
            preprocess=self.preprocess,
            cpp=self.cpp,
            is_samba=None if self.dialect == "auto" else self.dialect == "samba",
        )


@dataclass(frozen=True, slots=True)
class Stages:
    """Every value of the straight line, as far as errors let it be made.

    *plans* are those of the files that get a module, the main file's last.
    """

    source: ast.Source | None
    model: ir.Model | None
    plans: tuple[plan.Module, ...]
    diagnostics: tuple[Diagnostic, ...]
    read: tuple[Path, ...]


def stages_of(loaded: Loaded, options: Options) -> Stages:
    """The passes from syntax tree to plan."""
    found = list(loaded.diagnostics)
    model = None
    plans: tuple[plan.Module, ...] = ()
    if loaded.source is not None:
        is_whole = not _has_errors(found)
        resolution = resolve(loaded.source, options.meaning)
        model = resolution.model
        found += (
            each
            for each in resolution.diagnostics
            if is_whole or each.rule not in _CONSEQUENCES
        )
        excess: list[Diagnostic] = []
        is_sound = is_whole and not resolution.has_errors
        if is_sound:
            excess += beyond_bounds(model)
            found += excess
        if is_sound and not excess:
            naming = Naming(options.naming)
            plans = tuple(
                without_hidden_quotes(module, naming)
                for module in _plans(loaded.source, model)
            )
            found += import_cycles(plans)
            for module in plans:
                found += collisions(module, naming)
    told = _without_echoes(list(heeded(found, loaded.silences)))
    graded = grade(_in_source_order(told), options)
    shown = tuple(_first_ones(graded))
    return Stages(loaded.source, model, plans, shown, tuple(loaded.files))


def _without_echoes(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What is found but for what is only said because of what stands beside it."""
    near = {
        (each.span.path, each.span.line + distance, rule)
        for each in found
        for rule in _ECHOES.get(each.rule, ())
        for distance in range(-_ECHO_LINES, _ECHO_LINES + 1)
    }
    return [
        each
        for each in found
        if (each.span.path, each.span.line, each.rule) not in near
    ]


def _in_source_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """File by file, each from top to bottom; each finding once."""
    found = list(dict.fromkeys(diagnostics))
    files = list(dict.fromkeys(each.span.path for each in found))
    return sorted(found, key=lambda each: (files.index(each.span.path), each.span))


def _first_ones(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """MAX_FINDINGS errors of each file and as many others, and how many more there are.

    Who has more mistakes than that has one, and would not read on.
    """
    kept: Counter[tuple[str, bool]] = Counter()
    left_out: dict[str, list[Diagnostic]] = {}
    for each in diagnostics:
        kind = (each.span.path, each.severity is Severity.ERROR)
        kept[kind] += 1
        if kept[kind] <= MAX_FINDINGS:
            yield each
        else:
            left_out.setdefault(each.span.path, []).append(each)
    for path, rest in left_out.items():
        yield Diagnostic(
            "more-findings",
            f"{len(rest)} more findings in '{PurePath(path).name}' are left out",
            rest[0].span,
            Severity.NOTE,
        )


def _has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in diagnostics)


def _plans(source: ast.Source, main: ir.Model) -> tuple[plan.Module, ...]:
    """The plans of the files that get a module: IDL files, and others if used."""
    models = {model.path: model for model in _models(main)}
    wanted = {
        each.unit.path
        for each in _sources(source)
        if not each.is_prelude and PurePath(each.unit.path).suffix.lower() == ".idl"
    }
    wanted.add(main.path)
    plans: dict[str, plan.Module] = {}
    pending = [model.path for model in models.values() if model.path in wanted]
    while pending:
        path = pending.pop()
        if path not in plans:
            plans[path] = lower(models[path])
            pending += plans[path].uses
    return tuple(plans[path] for path in models if path in plans)


def _models(main: ir.Model) -> Iterator[ir.Model]:
    """*main* and what it imports, each once, imported ones first."""
    yield from main.imports
    yield main


def _sources(main: ast.Source) -> Iterator[ast.Source]:
    seen: set[str] = set()
    pending = [main]
    while pending:
        source = pending.pop()
        if source.unit.path not in seen:
            seen.add(source.unit.path)
            yield source
            pending += source.imports


def compiled(loaded: Loaded, options: Options) -> Compiled:
    """All passes over one input."""
    stages = stages_of(loaded, options)
    outputs: tuple[Output, ...] = ()
    if not _has_errors(stages.diagnostics):
        outputs = tuple(
            Output(
                _module_name(module, stages.plans[-1], options),
                module.path,
                render(present(module, options.text)),
            )
            for module in stages.plans
        )
    return Compiled(outputs, stages.diagnostics, stages.read)


def _module_name(module: plan.Module, main: plan.Module, options: Options) -> str:
    if options.module is not None and module is main:
        return options.module
    return module_name(module.path)


@uncollected()
def compile_path(path: Path, options: Options) -> Compiled:
    """All passes over the file at *path*; touches no file but those it reads."""
    return compiled(load(path, options.loading), options)


@uncollected()
def compile_source(
    text: str, filename: str, acf: str | None, options: Options
) -> Compiled:
    """The same for text that stands in no file."""
    loaded = load_text(text, filename=filename, acf=acf, options=options.loading)
    return compiled(loaded, options)


@dataclass(frozen=True, slots=True)
class Batch:
    """Files compiled with the same choices into one folder, which may be a package."""

    paths: tuple[Path, ...]
    folder: Path
    options: Options
    is_package: bool = False


def compile_to(
    paths: Sequence[Path],
    folder: Path,
    options: Options,
    *,
    jobs: int = 1,
    is_package: bool = False,
    is_check: bool = False,
) -> Written:
    """Compile every file and write its module and those it imports into *folder*.

    *is_package* adds an ``__init__.py``.

    Raises:
        CompileError: any file has errors; nothing is written.
        ClashError: two inputs have one output; nothing is written.
        OSError: a file cannot be written.
    """
    batch = Batch(tuple(paths), folder, options, is_package)
    return compile_batches((batch,), jobs=jobs, is_check=is_check)


def compile_batches(
    batches: Sequence[Batch], *, jobs: int = 1, is_check: bool = False
) -> Written:
    """The same for files with different choices, or for different folders.

    Raises:
        CompileError, ClashError, OSError: as compile_to; of one batch, of all.
    """
    results = iter(each_done(compile_path, _tasks(batches), jobs))
    grouped = [[next(results) for _ in batch.paths] for batch in batches]
    everything = [each for group in grouped for each in group]
    diagnostics = joined(everything)
    if any(each.severity is Severity.ERROR for each in diagnostics):
        raise CompileError(list(diagnostics))
    texts: dict[Path, str] = {}
    for batch, group in zip(batches, grouped, strict=True):
        for path, text in _texts(batch, group).items():
            if texts.setdefault(path, text) != text:
                raise ClashError(
                    f"{path} would be written twice, and differently; compile into "
                    "different folders"
                )
    changed, unchanged = write_changed(texts, is_check)
    read = dict.fromkeys(path for each in everything for path in each.read)
    return Written(changed, unchanged, diagnostics, tuple(read))


def _texts(batch: Batch, results: Sequence[Compiled]) -> dict[Path, str]:
    """What belongs into the folder of *batch*, by path."""
    texts = {
        batch.folder / f"{output.name}.py": output.text
        for output in unambiguous(results)
    }
    if batch.is_package:
        # What somebody wrote there stays.
        marker = batch.folder / "__init__.py"
        texts[marker] = read_text(marker) or ""
    return texts


def check_all(batches: Sequence[Batch], jobs: int = 1) -> tuple[Diagnostic, ...]:
    """What there is to say about every file, in their order."""
    return joined(each_done(_check_path, _tasks(batches), jobs))


@uncollected()
def _check_path(path: Path, options: Options) -> Compiled:
    stages = stages_of(load(path, options.loading), options)
    return Compiled((), stages.diagnostics, stages.read)


def _tasks(batches: Iterable[Batch]) -> list[tuple[Path, Options]]:
    return [(path, batch.options) for batch in batches for path in batch.paths]
