"""MediaPipe's import paths, answered with mpgraph's modules.

One finder on `sys.meta_path` has the rules, so that no file is needed for each path:

- `mpgraph.PATH` exists for each `mediapipe.PATH` whose content mpgraph has: `PACKAGES` are created here, and
  `alias_of` names the module of mpgraph that another path stands for. An alias is that very module, so
  classes are equal, patches take effect, and pickles contain mpgraph's own names.
- `mediapipe.PATH` is `mpgraph.PATH`, once `stand_in` was called; `import mpgraph.as_mediapipe` calls it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.abc import Loader
else:  # importlib.abc takes 4 ms to load.
    Loader = object

MEDIAPIPE: Final = "mediapipe"
MPGRAPH: Final = "mpgraph"
VERSION: Final = "0.10.21"
"""The version of MediaPipe whose Python package has these paths."""

_BINDINGS = "python._framework_bindings"
_TOP = (
    *("", "python", _BINDINGS, f"{_BINDINGS}.calculator_graph", f"{_BINDINGS}.image"),
    *(f"{_BINDINGS}.image_frame", f"{_BINDINGS}.matrix", f"{_BINDINGS}.packet", f"{_BINDINGS}.timestamp"),
    f"{_BINDINGS}.validated_graph_config",
)
"""Packages that have mpgraph's public names."""

PACKAGES: Final = (
    *(*_TOP, "calculators.audio", "calculators.internal", "calculators.video.tool", "framework.deps"),
    *("framework.formats", "framework.formats.annotation", "framework.formats.motion"),
    *("framework.formats.object_detection", "framework.stream_handler", "framework.tool", "modules"),
    *("modules.face_detection", "modules.face_geometry", "modules.face_geometry.protos"),
    *("modules.face_landmark", "modules.hand_landmark", "modules.hand_landmark.calculators"),
    *("modules.holistic_landmark", "modules.holistic_landmark.calculators", "modules.iris_landmark"),
    *("modules.objectron", "modules.objectron.calculators", "modules.palm_detection"),
    *("modules.pose_detection", "modules.pose_landmark", "modules.selfie_segmentation"),
    *("util", "util.tracking"),
)
"""The packages of MediaPipe that mpgraph has no package for."""

_ALIASES = {"solution_base": "solutions.solution_base", f"{_BINDINGS}.resource_util": "resource_util"}
_MESSAGES = "_pb2"


def alias_of(path: str) -> str | None:
    """The module of mpgraph that stands for MediaPipe's module `path`, both without the first name.

    None for packages, and for all modules that mpgraph has, but those of messages, under their own path.
    """
    parent, _, name = path.rpartition(".")
    if path in _ALIASES:
        return _ALIASES[path]
    if name.endswith(_MESSAGES) and parent:
        return f"protos.{name}"
    return path.removeprefix("python.") if path.startswith("python.") and path not in PACKAGES else None


def stand_in() -> None:
    """Let `mediapipe` and all below it be mpgraph's from now on, even if MediaPipe is installed.

    Raises:
        ImportError: MediaPipe itself has been imported.
    """
    if not isinstance(sys.modules.get(MEDIAPIPE), _Package | None):
        raise ImportError(
            "MediaPipe itself has been imported before: `import mpgraph.as_mediapipe` must come first.",
            name=MEDIAPIPE,
        )
    _FINDER.stands_in = True
    import_module(MEDIAPIPE)


class MissingModuleError(ModuleNotFoundError):
    """A program imports a module of MediaPipe that mpgraph does not have."""

    def __init__(self, path: str) -> None:
        # Not named "mediapipe.x": `from mediapipe import x` replaces the text of errors of that name.
        super().__init__(
            f'mpgraph, which stands in for MediaPipe here, has no "{MEDIAPIPE}.{path}". It has the graphs, '
            "packets, messages and mp.solutions of MediaPipe's Python package, but neither Tasks nor Model "
            "Maker: run programs that need these with MediaPipe itself.",
            name=f"{MPGRAPH}.{path}",
        )


class _Finder:
    """The rules at the top of this file, for the import system."""

    stands_in = False

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to load the module `name`; None to leave it to other finders."""
        root, _, inner = name.partition(".")
        if root == MEDIAPIPE and inner and self.stands_in:
            if (module := _import_if_present(f"{MPGRAPH}.{inner}")) is not None:
                return ModuleSpec(name, _AliasLoader(module))
            if _is_query():
                return None
            raise MissingModuleError(inner)
        if (root == MPGRAPH and inner in PACKAGES and inner) or (root == MEDIAPIPE and self.stands_in):
            spec = ModuleSpec(name, _PackageLoader(inner), is_package=True)
            spec.submodule_search_locations = _Folder(inner)  # type: ignore[assignment]
            return spec
        if root == MPGRAPH and (alias := alias_of(inner)) is not None:
            target = f"{MPGRAPH}.{alias}"
            module = _import_if_present(target) if target != name else sys.modules.get(name)
            return None if module is None else ModuleSpec(name, _AliasLoader(module))
        return None


def _import_if_present(name: str) -> ModuleType | None:
    """Import a module; None if there is no module of this name."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def _is_query() -> bool:
    """Whether the finder is called for importlib.util.find_spec(), which expects None for missing modules."""
    frame = sys._getframe(3)  # This function, the finder's, that of the import system, its caller.
    return frame.f_globals.get("__name__") == "importlib.util"


class _AliasLoader(Loader):
    """Answers with a module that exists."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # The import system has just replaced it.


class _PackageLoader(Loader):
    """Creates a package of MediaPipe; also reads its files for importlib.resources."""

    def __init__(self, path: str) -> None:
        self._path = path

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Package(spec.name, "MediaPipe's package of this path, with mpgraph's modules.")

    def exec_module(self, module: ModuleType) -> None:
        if not self._path:
            module.__version__ = VERSION  # type: ignore[attr-defined]

    def get_resource_reader(self, name: str) -> _PackageLoader:
        return self

    def files(self) -> Path:
        from mpgraph.mediapipe_paths.package_files import folder_of

        return folder_of(self._path)


class _Folder(Sequence[str]):
    """The `__path__` of a package: the folder with MediaPipe's files in it, written when first read."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getitem__(self, index: Any) -> Any:
        return [str(_PackageLoader(self._path).files())][index]

    def __len__(self) -> int:
        return 1


class _Package(ModuleType):
    """A package of MediaPipe: its modules, and mpgraph's public names if it is one of `_TOP`."""

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":
            return f"{self.__path__[0]}/__init__.py"
        if self._path() in _TOP and (not name.startswith("__") or name == "__all__"):
            mpgraph = sys.modules[MPGRAPH]
            if hasattr(mpgraph, name):
                return getattr(mpgraph, name)
        inner = f"{self._path()}.{name}".removeprefix(".")
        # Only names of modules: pickle, for one, asks every module for a class.
        may_be_module = inner in PACKAGES or name.endswith(_MESSAGES)
        if may_be_module and (module := _import_if_present(f"{MPGRAPH}.{inner}")) is not None:
            return module
        stand_in = " (mpgraph stands in for it)" if self.__name__ == MEDIAPIPE else ""
        text = f"module {self.__name__!r}{stand_in} has no attribute {name!r}"
        raise AttributeError(text, name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(dir(sys.modules[MPGRAPH]) if self._path() in _TOP else ())})

    def _path(self) -> str:
        return self.__name__.partition(".")[2]


_FINDER = _Finder()
sys.meta_path.insert(0, _FINDER)
