"""The modules that a user gives with `--module`: found, imported, and imported anew when they change."""

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


def taken_from(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the values of every `--module` among the arguments, wherever it stands, and the others."""
    modules: list[str] = []
    others: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            others += ["--", *waiting]
        elif name != OPTION:
            others.append(argument)
        else:
            value = value if equals else next(waiting, "")
            if not value or value.startswith("-"):
                raise typer.BadParameter(f"{OPTION} wants the name of a module, or a .py file")
            modules.append(value)
    return modules, others


@dataclass(frozen=True)
class Forgotten:
    """Modules and what they had registered, by name."""

    modules: dict[str, ModuleType]
    calculators: dict[str, type[Calculator]]
    subgraphs: dict[str, type[Subgraph]]


class UserModules:
    """The modules given, and all that they import which is the user's own too.

    given: names of modules, for which the working directory counts as well, or paths of .py files.
    """

    def __init__(self, given: Sequence[str] = ()) -> None:
        self._given = tuple(given)
        self._before = frozenset(sys.modules)
        self._imported: set[str] = set()

    def load(self) -> None:
        """Import the modules given.

        Raises MpgraphError if there is no such module, and, with the place in the user's file, if
        it cannot be imported.
        """
        for given in self._given:
            name = import_file(Path(given)) if _is_path(given) else import_name(given)
            self._imported.add(name)

    def loaded(self) -> dict[str, ModuleType]:
        """The user's modules that are loaded now, by name: none of Python's, of packages or of mpgraph."""
        return {
            name: module
            for name, module in list(sys.modules.items())
            if (name in self._imported or name not in self._before) and _source(module) is not None
        }

    def forget(self) -> Forgotten:
        """Let the user's modules, and the classes they registered, be as if they were not imported yet.

        The next `load`, or a graph that names what a plug-in brings, then imports them anew, in the
        order in which they need each other. Classes that are in use stay as they are.
        """
        modules = self.loaded()
        for name, module in modules.items():
            del sys.modules[name]
            _drop_compiled(module)
        importlib.invalidate_caches()
        linecache.checkcache()
        plugins.retry()
        return Forgotten(modules, CALCULATORS.forget(modules), SUBGRAPHS.forget(modules))

    def restore(self, forgotten: Forgotten) -> None:
        """Take back `forget`, and drop what was imported since."""
        self.forget()
        sys.modules.update(forgotten.modules)
        CALCULATORS.restore(forgotten.calculators)
        SUBGRAPHS.restore(forgotten.subgraphs)

    def files(self) -> list[Path]:
        """The source files of the loaded modules, and of those given that cannot be loaded."""
        loaded = [Path(source) for module in self.loaded().values() if (source := _source(module))]
        return [*dict.fromkeys([*loaded, *filter(None, map(_file_of, self._given))])]


def import_name(name: str) -> str:
    """Import a module by its name, from the working directory or where Python looks otherwise."""
    _make_importable(Path.cwd())
    try:
        return import_user_module(name).__name__
    except ModuleNotFoundError:
        near = did_you_mean(name, _modules_in(Path.cwd()))
        raise NotFoundError(
            f'there is no module "{name}", neither in {Path.cwd()} nor among what is installed.{near} '
            "Give its name, or the path of a .py file."
        ) from None


def import_file(path: Path) -> str:
    """Import a file, or the folder of a package, as the module that it is; return the module's name."""
    if not path.exists():
        folder = path.parent if path.parent.is_dir() else Path()
        near = did_you_mean(path.name, [file.name for file in folder.glob("*.py")])
        raise NotFoundError(f'there is no file "{path}".{near}')
    if path.is_dir() and not (path / "__init__.py").exists():
        raise InvalidArgumentError(f'"{path}" is a folder, but no package: it has no __init__.py.')
    whole = path.resolve()
    parts, root = [whole.stem if whole.is_file() else whole.name], whole.parent
    while (root / "__init__.py").exists():
        parts.append(root.name)
        root = root.parent
    name = ".".join(reversed(parts))
    _make_importable(root)
    try:
        module = import_user_module(name, what=f'"{path}"')
    except ModuleNotFoundError:
        raise InvalidArgumentError(
            f'"{path}" cannot be imported: give it a name of letters, digits and "_", and the suffix .py.'
        ) from None
    found = Path(module.__file__ or "").resolve()
    if found not in (whole, whole / "__init__.py"):
        raise InvalidArgumentError(
            f'"{path}" cannot be imported, for there is another module "{name}": {found}. '
            "Give the file another name."
        )
    return name


def _is_path(given: str) -> bool:
    return given.endswith(".py") or "/" in given or os.sep in given


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
    """The file of a module that is the user's own."""
    file = getattr(module, "__file__", None)
    own = module.__name__.partition(".")[0] == "mpgraph"
    return None if own or not file or not file.endswith(".py") or is_library(file) else file


def _drop_compiled(module: ModuleType) -> None:
    """Remove the compiled file: Python takes it for the source's if both are of the same second and size."""
    source = _source(module)
    if source is not None:
        with suppress(OSError, NotImplementedError):
            Path(cache_from_source(source)).unlink(missing_ok=True)


def _file_of(given: str) -> Path | None:
    """The file that a given module is, or would be."""
    if _is_path(given):
        return Path(given)
    parts = Path(*given.split("."))
    return next((file for file in (parts.with_suffix(".py"), parts / "__init__.py") if file.exists()), None)
