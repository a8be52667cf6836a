"""Plug-ins: installed packages that contain calculators and subgraphs.

Such a package declares them in its pyproject.toml:

    [project.entry-points."mpgraph.calculators"]
    BlurCalculator = "shapes.blur_calculator:BlurCalculator"
    shapes = "shapes.calculators"

The first line names one class: its module is imported when a graph first uses BlurCalculator. The
second names a module that registers any number of classes; it is imported when a graph uses a name
that is not known otherwise. Use the first form for modules that are slow to import.

Graph files inside the package are subgraphs of their names, and graphs find other files in it by
a path that begins with the package's name, such as "shapes/models/edges.tflite".
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import Any

from mpgraph.errors import MpgraphError, NotFoundError
from mpgraph.framework.confinement import is_confined
from mpgraph.framework.user_code import import_failure, import_user_module

GROUP = "mpgraph.calculators"
"""The group of entry points that plug-ins use."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plugin:
    """One entry point of a package.

    name: the left side of the entry; the registered name if `attribute` is given.
    module: what to import. attribute: the class in it, "" if the module registers its classes.
    distribution: the package and its version, such as "shapes 0.1.0".
    """

    name: str
    module: str
    attribute: str
    distribution: str

    def load(self) -> Any:
        """Import the module; return the class, or the module itself.

        Raises:
            MpgraphError: it fails; with the package and, if known, the location in its file.
        """
        entry = f'"{self.name}" of ' if self.attribute else ""
        what = f'{entry}the plug-in "{self.distribution}" (module {self.module})'
        try:
            module = import_user_module(self.module, what=what)
            return attrgetter(self.attribute)(module) if self.attribute else module
        except ModuleNotFoundError as error:
            raise import_failure(error, what) from error
        except AttributeError:
            raise NotFoundError(f'{what} has no "{self.attribute}"') from None


def installed() -> tuple[Plugin, ...]:
    """Every plug-in of the packages on `sys.path`, sorted by name; none is imported. Empty if confined."""
    return () if is_confined() else _installed(tuple(sys.path))


@lru_cache(maxsize=4)
def _installed(path: tuple[str, ...]) -> tuple[Plugin, ...]:
    del path  # The key of the cache: a changed path may lead to other packages.
    from importlib.metadata import entry_points  # Slow (30 ms), so not part of `import mpgraph`.

    found = []
    for entry in entry_points(group=GROUP):
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.module
        found.append(Plugin(entry.name, entry.module, entry.attr or "", package))
    return tuple(sorted(set(found), key=lambda plugin: (plugin.name, plugin.distribution)))


def folders() -> list[Path]:
    """The folders of the packages with plug-ins, whose files graphs find without importing them."""
    return list(_folders(tuple(sys.path)))


@lru_cache(maxsize=4)
def _folders(path: tuple[str, ...]) -> tuple[Path, ...]:
    packages = dict.fromkeys(plugin.module.partition(".")[0] for plugin in _installed(path))
    found = []
    for package in packages:
        try:
            spec = find_spec(package)
        except (ImportError, ValueError):
            continue  # Reported when the plug-in is imported.
        locations = spec.submodule_search_locations if spec is not None else None
        found += [Path(location) for location in locations or ()]
    return tuple(folder for folder in found if folder.is_dir())


def load_modules(*, warn: bool = True) -> list[MpgraphError]:
    """Import the plug-ins that name a module; return the errors of those that cannot be imported.

    warn: log each error as a warning, once.
    """
    for plugin in installed():
        if not plugin.attribute and plugin not in _broken:
            try:
                plugin.load()
            except MpgraphError as error:
                _broken[plugin] = error
                if warn:
                    _log.warning("%s", error)
    return list(_broken.values())


def broken() -> list[Plugin]:
    """The plug-ins that `load_modules` could not import."""
    return sorted(_broken, key=lambda plugin: plugin.distribution)


def retry() -> None:
    """Forget which plug-ins could not be imported, as their files may have changed."""
    _broken.clear()


_broken: dict[Plugin, MpgraphError] = {}
