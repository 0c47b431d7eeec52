"""Import IDL files as if they were modules.

After ``midlpy.importer.install()``, ``import store`` takes ``store.idl`` on sys.path, and
``from shop import store`` the one in the package ``shop``, where Python itself finds no
module of that name. A file is compiled when it is first imported; the text is kept in
``__pycache__`` and compiled again when the IDL file, or one that it was made from,
changes. The compiler is imported only for that.

A module's name is that of the file in lower case, with ``_`` for what cannot stand in a
name. Files that an IDL file imports are modules beside its own: those of the package, or
those that can be imported by themselves, else such that only this module sees.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self, Unpack, cast

from midlpy.diagnostics_error import CompileError
from midlpy.driver_loading import TextLoader, execute, new_package
from midlpy.driver_output import Output
from midlpy.importer_cache import Cache

if TYPE_CHECKING:
    from midlpy.diagnostics import Diagnostic
    from midlpy.driver_calls import Choices, PathLike


class IdlImportError(CompileError, ImportError):
    """An IDL file that is imported has errors; *diagnostics* holds every finding."""

    def __init__(self, diagnostics: Sequence[Diagnostic], text: str) -> None:
        super().__init__(list(diagnostics))
        self.add_note(text)


class Importer(MetaPathFinder):
    """Finds and compiles IDL files for the import statement, from install on.

    As a context manager it is uninstalled at the end; what is imported stays so.
    """

    def __init__(
        self,
        folders: Iterable[PathLike] | None,
        is_cached: bool,
        choices: Choices,
    ) -> None:
        self._folders = None if folders is None else [os.fspath(f) for f in folders]
        self._choices = _lasting(choices)
        includes = [Path(each) for each in self._choices.get("includes", ())]
        self._cache = Cache(is_cached, includes, repr(sorted(self._choices.items())))
        self._names: dict[str, tuple[int, dict[str, str]]] = {}
        self._beside: dict[str, Output] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.uninstall()

    def uninstall(self) -> None:
        """Find no more IDL files. Again: no effect."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        del target
        parent, _, name = fullname.rpartition(".")
        folders = path
        if folders is None:
            folders = sys.path if self._folders is None else self._folders
        for folder in folders:
            found = self._modules_in(folder or os.curdir).get(name)
            if found is not None:
                return self._spec(fullname, parent, Path(folder, found).absolute())
        beside = self._beside.get(fullname)
        return None if beside is None else self._spec_beside(fullname, parent, beside)

    def invalidate_caches(self) -> None:
        """Look into every folder again."""
        self._names.clear()

    def _modules_in(self, folder: str) -> dict[str, str]:
        """The IDL files in *folder*, by the names of their modules."""
        place = Path(folder)
        try:
            time = place.stat().st_mtime_ns
            known = self._names.get(folder)
            if known is not None and known[0] == time:
                return known[1]
            names = sorted(
                each.name for each in place.iterdir() if each.suffix.lower() == ".idl"
            )
        except OSError:
            return {}
        modules: dict[str, str] = {}
        if names:
            from midlpy.codegen.names import module_name

            for each in names:
                modules.setdefault(module_name(each), each)
        self._names[folder] = (time, modules)
        return modules

    def _spec(self, fullname: str, parent: str, path: Path) -> ModuleSpec:
        return _Spec(fullname, IdlLoader(self, path), parent, str(path))

    def _spec_beside(self, fullname: str, parent: str, output: Output) -> ModuleSpec:
        """How to load what another module was compiled with."""
        from midlpy.frontend import stand_ins

        path = Path(output.source).absolute()
        if path.is_file() and not path.is_relative_to(stand_ins.FOLDER):
            return self._spec(fullname, parent, path)
        # What midlpy brings along is nobody's to edit, nor a place to keep things.
        loader = TextLoader(output.text, f"<midlpy {fullname}>")
        return _Spec(fullname, loader, parent, output.source)

    def outputs(self, path: Path) -> Sequence[Output]:
        """The modules for the IDL file at *path*, its own last.

        Raises:
            IdlImportError: the source has errors.
        """
        kept = self._cache.read(path)
        if kept is not None:
            return kept
        from midlpy.driver import compile_path
        from midlpy.driver_calls import options_of
        from midlpy.driver_output import unambiguous
        from midlpy.driver_show import source_lines
        from midlpy.reporting import report

        compiled = compile_path(path, options_of(None, self._choices))
        if compiled.has_errors:
            found = compiled.diagnostics
            raise IdlImportError(found, report(found, "text", source_lines))
        outputs = unambiguous((compiled,))
        self._cache.write(path, outputs, compiled.read)
        return outputs

    def prepare(self, spec: ModuleSpec, outputs: Sequence[Output]) -> None:
        """Have what the module of *spec* imports where it will look for it.

        Raises:
            ImportError: there is another IDL file of that name already.
        """
        assert spec.parent is not None
        if spec.name.rpartition(".")[0] != spec.parent:
            self._gather(spec.parent, outputs)
            return
        path = list(sys.modules[spec.parent].__path__)
        for output in outputs:
            name = f"{spec.parent}.{output.name}"
            self._beside[name] = output
            found = self.find_spec(name, path)
            loader = None if found is None else found.loader
            if isinstance(loader, IdlLoader):
                source = Path(output.source)
                if not _is_same(loader.path, source):
                    raise ImportError(
                        f"{loader.path} and {source} would both be the module {name}"
                    )

    def _gather(self, package: str, outputs: Sequence[Output]) -> None:
        """Make the modules of *outputs* those of a package that only one module sees.

        A module outside of packages has no other place to import from relatively.
        """
        parent = sys.modules.get(package) or new_package(package)
        for output in outputs:
            name = f"{package}.{output.name}"
            module = self._public(output)
            if module is None:
                module = sys.modules.get(name) or execute(
                    self._spec_beside(name, package, output)
                )
            sys.modules[name] = module
            setattr(parent, output.name, module)

    def _public(self, output: Output) -> ModuleType | None:
        """The module that an import of the file's name gives, if it is the file's."""
        spec = importlib.util.find_spec(output.name)
        loader = None if spec is None else spec.loader
        if not isinstance(loader, IdlLoader):
            return None
        if not _is_same(loader.path, Path(output.source)):
            return None
        return importlib.import_module(output.name)


class IdlLoader(TextLoader):
    """Compiles the IDL file at *path* when its module is executed, or again on reload."""

    def __init__(self, importer: Importer, path: Path) -> None:
        super().__init__("", f"<midlpy {path}>")
        self.path = path
        self._importer = importer

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        try:
            *others, own = self._importer.outputs(self.path)
        except IdlImportError as error:
            error.name, error.path = spec.name, str(self.path)
            raise
        if others:
            self._importer.prepare(spec, others)
        self.text = own.text
        super().exec_module(module)


class _Spec(ModuleSpec):
    """A spec whose relative imports start where midlpy wants.

    Modules outside of packages have none of their own, and ``from . import`` needs one.
    """

    def __init__(self, name: str, loader: TextLoader, parent: str, origin: str) -> None:
        super().__init__(name, loader, origin=origin)
        self._package = parent or f"midlpy_beside_{name}"

    @property
    def parent(self) -> str:
        return self._package


def _lasting(choices: Choices) -> Choices:
    """*choices* that can be looked at again: an iterator is empty after the first."""
    return cast(
        "Choices",
        {
            key: (
                tuple(cast("Iterable[object]", value))
                if isinstance(value, Iterable) and not isinstance(value, str | Mapping)
                else value
            )
            for key, value in choices.items()
        },
    )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def install(
    folders: Iterable[PathLike] | None = None,
    *,
    is_cached: bool = True,
    **choices: Unpack[Choices],
) -> Importer:
    """Let ``import`` find IDL files from now on, behind everything that it found before.

    *folders* are searched for modules outside of packages, by default sys.path; the
    other choices are those of midlpy.load, and refused at the first import if there is
    no such. Without *is_cached* nothing is written.
    """
    importer = Importer(folders, is_cached, choices)
    sys.meta_path.append(importer)
    return importer
