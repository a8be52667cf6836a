"""The modules that a user gives with `--module`: found, imported, and imported anew when they change."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import typer

from mpgraph.author_code import import_author_module, is_library
from mpgraph.errors import InvalidArgumentError, NotFoundError, did_you_mean

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

    def files(self) -> list[Path]:
        """The source files of the loaded modules."""
        return [Path(source) for module in self.loaded().values() if (source := _source(module))]


def import_name(name: str) -> str:
    """Import a module by its name, from the working directory or where Python looks otherwise."""
    _make_importable(Path.cwd())
    try:
        return import_author_module(name).__name__
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
        module = import_author_module(name, what=f'"{path}"')
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
