"""From a path to a syntax tree, with the files it imports and its ACF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from midlpy.diagnostics import Diagnostic, Severity, Span
from midlpy.frontend import ast, stand_ins
from midlpy.frontend.dialect import NONE, evidence
from midlpy.frontend.external import CommandError, run, run_on_text
from midlpy.frontend.macros import MacroError, Macros, predefined
from midlpy.frontend.parse import parse_acf
from midlpy.frontend.preprocess import preprocess
from midlpy.frontend.reading import read_unit
from midlpy.frontend.search import Search
from midlpy.frontend.silences import Silence, silences
from midlpy.frontend.source import SourceFile, normalize

# Imports in imports; each is loaded while the one that names it waits.
MAX_IMPORT_DEPTH = 100


class LoadOptions(Struct, frozen=True):
    """What the command line says about reading.

    *defines* are ``NAME`` or ``NAME=VALUE``. The ACF is looked for beside the IDL file
    unless *acf* names it or *acf_text* holds it. Without *default_includes* files are
    looked for along *includes* only. *cpp* is a command that preprocesses in our stead;
    without *preprocess* the text is taken as it stands. *is_samba*: whether files are in
    Samba's dialect, None to let each file tell.
    """

    includes: tuple[Path, ...] = ()
    defines: tuple[str, ...] = ()
    undefines: tuple[str, ...] = ()
    acf: Path | None = None
    acf_text: str | None = None
    default_includes: bool = True
    preprocess: bool = True
    cpp: tuple[str, ...] = ()
    is_samba: bool | None = None


class Loaded(Struct, frozen=True):
    """What was read; *source* is None when there is nothing to go on with.

    *silences* are what comments of all files want not to hear of.
    """

    source: ast.Source | None
    diagnostics: list[Diagnostic]
    files: tuple[Path, ...]
    silences: tuple[Silence, ...] = ()


def load(path: Path, options: LoadOptions | None = None) -> Loaded:
    """The IDL file at *path* and all it imports.

    Bad input is told by diagnostics, a file that cannot be read among them.
    """
    return _Loader(options or LoadOptions()).load(path)


def preprocessed(
    path: Path, options: LoadOptions
) -> tuple[str | None, Sequence[Diagnostic]]:
    """The text of the file at *path* as its lexer reads it, None if that is none."""
    loader = _Loader(options)
    return loader.text(path), loader.findings


def load_text(
    text: str,
    *,
    filename: str = "<idl>",
    acf: str | None = None,
    options: LoadOptions | None = None,
) -> Loaded:
    """The same for IDL (and ACF) that is no file; *filename* is for diagnostics.

    Imports are looked for beside *filename*.
    """
    return _Loader(options or LoadOptions()).load_text(text, filename, acf)


class _Loader:
    """One compilation: each file is parsed once, whoever imports it."""

    def __init__(self, options: LoadOptions) -> None:
        self._options = options
        self._search = Search(options.includes, defaults=options.default_includes)
        self._findings: list[Diagnostic] = []
        # Those that are still being read are known by the names they are shown by.
        self._sources: dict[Path, ast.Source | str] = {}
        self._depth = 0
        # Names of texts that were handed over.
        self._in_no_file: set[str] = set()
        # Of the main file.
        self._home: Path | None = None

    @property
    def findings(self) -> Sequence[Diagnostic]:
        return self._findings

    def text(self, path: Path) -> str | None:
        """The file at *path* after preprocessing."""
        text = self._read_main(path)
        if text is None:
            return None
        source, said = self._preprocessed(str(path), text, path.parent)
        self._findings += said
        return source.text

    def _read_main(self, path: Path) -> str | None:
        try:
            return self._search.read(path)
        except OSError as error:
            at = Span(str(path), 1, 1, 1, 1)
            self._report(
                "unreadable-file", f"the file cannot be read: {_reason(error)}", at
            )
            return None

    def load(self, path: Path) -> Loaded:
        text = self._read_main(path)
        if text is None:
            return self._loaded(None)
        self._sources[path.resolve()] = str(path)
        self._home = path.parent
        unit = self._unit(str(path), text, path.parent)
        acf = self._acf_of(path, is_main=True)
        imports, cyclic = self._imports(unit, path.parent)
        source = ast.Source(unit, acf, imports, cyclic=cyclic)
        return self._loaded(source)

    def load_text(self, text: str, filename: str, acf: str | None) -> Loaded:
        path = Path(filename)
        self._home = path.parent
        unit = self._unit(filename, self._handed(filename, text), path.parent)
        acf_text = self._options.acf_text if acf is None else acf
        tree = None
        if acf_text is not None:
            shown = str(path.with_suffix(".acf")) if path.suffix else "<acf>"
            tree = self._acf(shown, self._handed(shown, acf_text), path.parent)
        elif self._options.acf is not None:
            tree = self._acf_file(self._options.acf)
        imports, cyclic = self._imports(unit, path.parent)
        source = ast.Source(unit, tree, imports, cyclic=cyclic)
        return self._loaded(source)

    def _loaded(self, source: ast.Source | None) -> Loaded:
        search = self._search
        return Loaded(
            source, self._findings, tuple(search.files), tuple(search.silences)
        )

    def _handed(self, shown: str, text: str) -> str:
        """A text that is in no file, as one would be read from there."""
        self._in_no_file.add(shown)
        text = normalize(text)
        self._search.silences += silences(shown, text)
        return text

    def _unit(
        self, shown: str, text: str, folder: Path | None, *, is_ours: bool = False
    ) -> ast.Unit:
        options = self._options
        samba = NONE if is_ours else evidence(shown, text)
        is_samba = options.is_samba
        if is_samba is None:
            is_samba = samba.word is not None
        key = None
        if is_ours or not options.cpp:
            macros = (options.defines, options.undefines, options.preprocess, is_samba)
            key = (shown, text, is_ours, macros)
        unit, findings = read_unit(
            key,
            lambda: self._preprocessed(
                shown, text, folder, is_ours=is_ours, is_samba=is_samba
            ),
            self._search,
        )
        self._findings += findings
        return unit if samba == unit.samba else replace(unit, samba=samba)

    def _preprocessed(
        self,
        shown: str,
        text: str,
        folder: Path | None,
        *,
        is_ours: bool = False,
        is_samba: bool = False,
    ) -> tuple[SourceFile, list[Diagnostic]]:
        options = self._options
        defines = options.defines
        if is_samba:
            defines = ("__PIDL__", *defines)
        at = Span(shown, 1, 1, 1, 1)
        said: list[Diagnostic] = []
        try:
            macros = predefined(defines, options.undefines)
        except MacroError as error:
            said.append(Diagnostic("directive", f"-D: {error}", at))
            macros = predefined((), ())
        # How a file is to be preprocessed is its author's business, not that of ours.
        is_raw = not is_ours and (bool(options.cpp) or not options.preprocess)
        if options.cpp and is_raw:
            try:
                if shown in self._in_no_file:
                    text = run_on_text(options.cpp, text, shown)
                else:
                    text = run(options.cpp, shown)
            except CommandError as error:
                said.append(
                    Diagnostic("preprocessor-failed", str(error), at, midl=1003)
                )
        if is_raw and not options.preprocess:
            macros = Macros()
        source, findings = preprocess(
            shown, text, macros, self._search, folder, is_raw=is_raw
        )
        return source, said + findings

    # ACF

    def _acf_of(self, path: Path, *, is_main: bool) -> ast.Acf | None:
        if is_main and self._options.acf_text is not None:
            shown = str(path.with_suffix(".acf"))
            text = self._handed(shown, self._options.acf_text)
            return self._acf(shown, text, path.parent)
        if is_main and self._options.acf is not None:
            return self._acf_file(self._options.acf)
        beside = self._search.other_case(path.with_suffix(".acf"))
        return None if beside is None else self._acf_file(beside)

    def _acf_file(self, path: Path) -> ast.Acf | None:
        try:
            text = self._search.read(path)
        except OSError as error:
            at = Span(str(path), 1, 1, 1, 1)
            self._report(
                "unreadable-file", f"the ACF file cannot be read: {_reason(error)}", at
            )
            return None
        return self._acf(str(path), text, path.parent)

    def _acf(self, shown: str, text: str, folder: Path | None) -> ast.Acf:
        source, said = self._preprocessed(shown, text, folder)
        acf, findings = parse_acf(source)
        self._findings += [*said, *findings]
        return acf

    # Imports

    def _imports(
        self, unit: ast.Unit, folder: Path | None
    ) -> tuple[tuple[ast.Source, ...], tuple[str, ...]]:
        """What a file imports, and by their paths those that are importing it."""
        self._depth += 1
        imports: dict[int, ast.Source] = {}
        cyclic: dict[str, None] = {}
        for statement in imports_of(unit.items):
            for path in statement.paths:
                source = self._import(path, folder)
                if isinstance(source, str):
                    cyclic[source] = None
                elif source is not None:
                    imports.setdefault(id(source), source)
        self._depth -= 1
        return tuple(imports.values()), tuple(cyclic)

    def _import(self, name: ast.String, folder: Path | None) -> ast.Source | str | None:
        found = self._search.find(name.value, folder)
        if found is None:
            self._report(
                "missing-import",
                f"the file '{name.value}' is nowhere to be found",
                name.span,
                help=f"name its folder with -I, or put it into '{folder}'",
            )
            return None
        if found.is_other_case:
            self._report(
                "import-case",
                f"the file '{name.value}' is called '{found.path.name}' here",
                name.span,
                severity=Severity.WARNING,
            )
        key = found.path.resolve()
        if key in self._sources:
            return self._sources[key]
        if self._depth > MAX_IMPORT_DEPTH:
            self._report(
                "import-limit",
                f"imports are nested more than {MAX_IMPORT_DEPTH} deep",
                name.span,
            )
            return None
        try:
            text = self._search.read_found(found)
        except OSError as error:
            self._report(
                "missing-import",
                f"the file '{name.value}' cannot be read: {_reason(error)}",
                name.span,
            )
            return None
        self._sources[key] = str(found.path)
        is_prelude = found.is_stand_in
        if is_prelude and stand_ins.is_noted(name.value, name.span.path):
            self._report(
                "stand-in",
                stand_ins.message(name.value),
                name.span,
                severity=Severity.NOTE,
            )
        # What stands in for one file does not hide the others that somebody has.
        folder = self._home if is_prelude else found.path.parent
        unit = self._unit(str(found.path), text, folder, is_ours=is_prelude)
        acf = None if is_prelude else self._acf_of(found.path, is_main=False)
        imports, cyclic = self._imports(unit, folder)
        source = ast.Source(unit, acf, imports, is_prelude, cyclic)
        self._sources[key] = source
        return source

    def _report(
        self,
        rule: str,
        message: str,
        span: Span,
        *,
        severity: Severity = Severity.ERROR,
        help: str | None = None,
    ) -> None:
        self._findings.append(Diagnostic(rule, message, span, severity, help=help))


def imports_of(items: Iterable[ast.Item]) -> Iterator[ast.Import]:
    """Every import statement of a file, those in interface bodies too."""
    for item in items:
        match item:
            case ast.Import():
                yield item
            case ast.Library() | ast.Linkage() | ast.Interface():
                yield from imports_of(item.body or ())
            case _:
                pass


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
