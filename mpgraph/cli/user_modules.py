"""User modules given with `--module`: find them, import them, and reload them when they change."""

from __future__ import annotations

import importlib
import linecache
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType

import typer

from mpgraph.errors import InvalidArgumentError, NotFoundError, did_you_mean
from mpgraph.framework import plugins
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.user_code import import_user_module, is_library

OPTION = "--module"


def split_module_options(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the values of all `--module` options, wherever they appear, and the other arguments."""
    modules: list[str] = []
    others: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, value = argument.partition("=")
        if argument == "--":
            others += ["--", *remaining]
        elif name != OPTION:
            others.append(argument)
        else:
            value = value if equals else next(remaining, "")
            if not value or value.startswith("-"):
                raise typer.BadParameter(f"{OPTION} needs the name of a module or a .py file")
            modules.append(value)
    return modules, others


@dataclass(frozen=True)
class UnloadedModules:
    """Modules that `UserModules.unload` removed, and the classes they had registered, by name."""

    modules: dict[str, ModuleType]
    calculators: dict[str, type[Calculator]]
    subgraphs: dict[str, type[Subgraph]]


class UserModules:
    """The modules given with --module, and the user's own modules that they import.

    requested: module names, also looked up in the working directory, or paths of .py files.
    """

    def __init__(self, requested: Sequence[str] = ()) -> None:
        self._requested = tuple(requested)
        self._before = frozenset(sys.modules)
        self._imported: set[str] = set()

    def load(self) -> None:
        """Import the requested modules.

        Raises:
            MpgraphError: a module does not exist or cannot be imported; in the latter case with the
                location in the user's file.
        """
        for module in self._requested:
            self._imported.add(import_file(Path(module)) if _is_path(module) else import_name(module))

    def load_file(self, file: Path) -> ModuleType:
        """Import a .py file, which is the user's from now on, and return its module. Raises as `load`."""
        name = import_file(file)
        self._imported.add(name)
        return sys.modules[name]

    def loaded(self) -> dict[str, ModuleType]:
        """The user's modules that are currently loaded, by name, without installed packages and mpgraph."""
        return {
            name: module
            for name, module in list(sys.modules.items())
            if (name in self._imported or name not in self._before) and _source(module) is not None
        }

    def unload(self) -> UnloadedModules:
        """Remove the user's modules from sys.modules and the classes they registered from the registries.

        The next `load`, or a graph that names a plug-in's calculator, imports them again, in dependency
        order. Classes that are in use remain as they are.
        """
        modules = self.loaded()
        for name, module in modules.items():
            del sys.modules[name]
            _drop_compiled(module)
        importlib.invalidate_caches()
        linecache.checkcache()
        plugins.retry()
        return UnloadedModules(modules, CALCULATORS.forget(modules), SUBGRAPHS.forget(modules))

    def restore(self, unloaded: UnloadedModules) -> None:
        """Undo `unload`, and drop what was imported since."""
        self.unload()
        sys.modules.update(unloaded.modules)
        CALCULATORS.restore(unloaded.calculators)
        SUBGRAPHS.restore(unloaded.subgraphs)

    def files(self) -> list[Path]:
        """The source files of the loaded modules, and of requested modules that cannot be loaded."""
        loaded = [Path(source) for module in self.loaded().values() if (source := _source(module))]
        return [*dict.fromkeys([*loaded, *filter(None, map(_file_of, self._requested))])]


def import_name(name: str) -> str:
    """Import a module by name, from the working directory or sys.path, and return its name.

    Raises:
        NotFoundError: there is no such module; near matches are suggested.
        MpgraphError: the module cannot be imported.
    """
    _make_importable(Path.cwd())
    try:
        return import_user_module(name).__name__
    except ModuleNotFoundError:
        near = did_you_mean(name, _modules_in(Path.cwd()))
        raise NotFoundError(
            f'there is no module "{name}", neither in {Path.cwd()} nor among the installed packages.{near} '
            "Give its name, or the path of a .py file."
        ) from None


def import_file(path: Path) -> str:
    """Import a .py file or a package folder under its proper module name, and return that name.

    Raises:
        MpgraphError: the file does not exist, cannot be a module, is hidden by another module of the same
            name, or cannot be imported.
    """
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [file.name for file in folder.glob("*.py")])
        raise NotFoundError(f'there is no file "{path}".{near}')
    if path.is_dir() and not (path / "__init__.py").exists():
        raise InvalidArgumentError(f'"{path}" is a folder but not a package: it has no __init__.py.')
    whole = path.resolve()
    name, root = package_of(whole if whole.is_dir() else whole.parent)
    if whole.is_file():
        name = f"{name}.{whole.stem}".lstrip(".")
    _make_importable(root)
    try:
        module = import_user_module(name, what=f'"{path}"')
    except ModuleNotFoundError:
        raise InvalidArgumentError(
            f'"{path}" cannot be imported: its name must be letters, digits and "_" with the suffix .py.'
        ) from None
    found = Path(module.__file__ or "").resolve()
    if found not in (whole, whole / "__init__.py"):
        raise InvalidArgumentError(
            f'"{path}" cannot be imported, because there is another module "{name}": {found}. '
            "Rename the file."
        )
    return name


def package_of(folder: Path) -> tuple[str, Path]:
    """The dotted name of the package in a folder ("" if it is none), and the folder that contains it."""
    parts: list[str] = []
    root = folder.resolve()
    while (root / "__init__.py").exists():
        parts.insert(0, root.name)
        root = root.parent
    return ".".join(parts), root


def _is_path(requested: str) -> bool:
    return requested.endswith(".py") or "/" in requested or os.sep in requested


def _make_importable(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()


def _modules_in(folder: Path) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.suffix == ".py":
            yield entry.stem
        elif (entry / "__init__.py").exists():
            yield entry.name


def _source(module: ModuleType) -> str | None:
    """The source file of a module that the user wrote; None for other modules."""
    file = getattr(module, "__file__", None)
    is_mpgraph = module.__name__.partition(".")[0] == "mpgraph"
    return None if is_mpgraph or not file or not file.endswith(".py") or is_library(file) else file


def _drop_compiled(module: ModuleType) -> None:
    """Remove the .pyc file: Python takes it as up to date if the source's size and second are the same."""
    source = _source(module)
    if source is not None:
        with suppress(OSError, NotImplementedError):
            Path(cache_from_source(source)).unlink(missing_ok=True)


def _file_of(requested: str) -> Path | None:
    """The file of a requested module, whether it can be imported or not."""
    if _is_path(requested):
        return Path(requested)
    parts = Path(*requested.split("."))
    return next((file for file in (parts.with_suffix(".py"), parts / "__init__.py") if file.exists()), None)
