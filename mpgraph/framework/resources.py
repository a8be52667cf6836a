"""The search for files that a graph names: models, graphs, label lists.

A graph names `mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite` and runs unchanged on
any machine because that name is searched for, in this order:

1. an absolute path is used as it is;
2. below the working directory;
3. below each folder in the environment variable `MPGRAPH_RESOURCE_PATH` (separated as in `PATH`);
4. below the folder given to `mpgraph.resource_util.set_resource_dir`;
5. among the models, label lists and graphs that ship with mpgraph, under MediaPipe's name or their own; the
   text of a graph also answers to the name of its binary form, as MediaPipe ships it;
6. among the models of the distribution mpgraph-models, where it is installed, in the same way;
7. in the package of a plug-in, if the path begins with the package's name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

from mpgraph.errors import ResourceNotFoundError, did_you_mean
from mpgraph.framework import plugins
from mpgraph.framework.confinement import check_read
from mpgraph.framework.model_manifest import ModelManifest, read_manifest
from mpgraph.io.bounded_cache import FileCache

RESOURCE_PATH_VARIABLE = "MPGRAPH_RESOURCE_PATH"

_PACKAGE = Path(__file__).resolve().parent.parent
_UPSTREAM_ROOT = "mediapipe"
_EXAMPLES = "examples"
_MODELS_PACKAGE = "mpgraph_models"
_MODELS_DISTRIBUTION = "mpgraph-models"

_CONTENTS: FileCache[bytes] = FileCache(64_000_000)
"""The same file is the same object, which makes it cheap to recognize a model that was loaded before."""

_resource_dir: Path | None = None


def set_resource_dir(path: str | os.PathLike[str] | None) -> None:
    """Set the folder below which relative paths are searched for; None or "" resets it."""
    global _resource_dir
    _resource_dir = Path(path) if path else None


def resource_dir() -> str | None:
    """The folder that `set_resource_dir` has set."""
    return str(_resource_dir) if _resource_dir else None


def find_resource(path: str | os.PathLike[str]) -> Path:
    """Return the file for `path`, by the rules at the top of this module.

    Raises:
        ResourceNotFoundError: a FileNotFoundError, with the folders that were searched.
        PermissionDeniedError: graphs are confined, and the file is outside of these folders.
    """
    requested = Path(path)
    if not requested.name:
        raise ResourceNotFoundError(f'"{requested}" does not name a file.')
    # Files of the user precede those that ship with mpgraph, so that a graph or model can be replaced by a
    # file of its name; plug-ins come last, as installing a package must not change what a graph loads.
    folders = [Path(), *_configured_folders()]
    for folder in folders:
        # Joining with an absolute path gives that path, so this covers rule 1 as well.
        if _is_file(candidate := folder / requested):
            check_read(candidate, folders)
            return candidate.absolute()
    if not requested.is_absolute() and (
        found := _find_shipped(requested) or _find_in_models_package(requested) or _find_in_plugins(requested)
    ):
        return found
    raise _not_found(requested, folders)


def read_resource(path: str | os.PathLike[str]) -> bytes:
    """Return the content of the file for `path`. Raises as `find_resource`."""
    found = find_resource(path)
    try:
        return _CONTENTS.get(found, found.read_bytes)
    except OSError as error:
        raise ResourceNotFoundError(f'Cannot read "{found}": {error.strerror or error}.') from error


def shipped_models() -> Path:
    """The folder with the models that ship with mpgraph."""
    return _shipped_folder("models")


@lru_cache(maxsize=1)
def model_manifest() -> ModelManifest:
    """What is known about the models that ship with mpgraph and with mpgraph-models."""
    return read_manifest(shipped_models() / "manifest.json")


def shipped_graphs() -> Path:
    """The folder with the graphs (.pbtxt) that ship with mpgraph."""
    return _shipped_folder("graphs")


def demo_image() -> Path:
    """The portrait that ships with mpgraph: a 512x512 JPEG of one person."""
    return _PACKAGE / "demo" / "portrait.jpg"


def subgraph_search_path() -> list[Path]:
    """The user's folders whose graph files, at any depth, are subgraphs; earlier ones win."""
    return [folder for folder in _configured_folders() if folder.is_dir()]


def shipped_subgraphs() -> list[Path]:
    """The folders with the subgraphs that ship with mpgraph; its examples are none."""
    return [folder for folder in sorted(shipped_graphs().iterdir()) if folder.name != _EXAMPLES]


def check_readable(path: str | os.PathLike[str]) -> None:
    """Check that a graph may read a file that it names by its full path; raises PermissionDeniedError."""
    check_read(Path(path), [Path(), *_configured_folders()])


def _configured_folders() -> list[Path]:
    """The folders of rules 3 and 4. The environment is read each time, as tests and notebooks change it."""
    entries = os.environ.get(RESOURCE_PATH_VARIABLE, "").split(os.pathsep)
    own = [] if _resource_dir is None else [_resource_dir]
    return [*(Path(entry) for entry in entries if entry), *own]


def _is_file(path: Path) -> bool:
    """Whether `path` is a file; a name that the file system refuses (too long, a zero byte) is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _shipped_folder(name: str) -> Path:
    """`name` inside an installed package, or beside the package in a checkout."""
    for candidate in (_PACKAGE / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    if archive := next((parent for parent in _PACKAGE.parents if parent.is_file()), None):
        raise ResourceNotFoundError(
            f'mpgraph is imported from inside the archive "{archive}", where its {name} are not files.',
            hint="Unpack it, as pip does. Files that unpack themselves work: those of PyInstaller or shiv.",
        )
    raise ResourceNotFoundError(f'The folder "{name}" of mpgraph is missing; install mpgraph again.')


@lru_cache(maxsize=1)
def _shipped_files() -> dict[str, Path]:
    """Each shipped file under the path it has in a checkout, shortest path first."""
    roots = (shipped_models(), shipped_graphs())
    found = {
        file.relative_to(root.parent).as_posix(): file
        for root in roots
        for file in sorted(root.rglob("*"))
        if file.suffix in {".tflite", ".pbtxt", ".txt"}
    }
    return dict(sorted(found.items(), key=lambda item: (item[0].count("/"), item[0])))


def _find_shipped(requested: Path) -> Path | None:
    """A shipped file by its path, its bare name, or the path that MediaPipe has for it.

    A name below any other folder refers to the user's own file: returning ours would hide the error. Several
    shipped files may have one name, as MediaPipe's modules do; the one whose folders match best is returned.
    """
    requested = _text_form(requested)
    parts = requested.parts
    if parts[0] == _UPSTREAM_ROOT or len(parts) == 1:
        # By the end of the text first: asking hundreds of paths for their names takes a millisecond.
        same_name = {
            name: file
            for name, file in _shipped_files().items()
            if name.endswith(requested.name) and file.name == requested.name
        }
        if not same_name:
            return None
        best = max(same_name, key=lambda name: _common_tail(name.split("/"), parts))
        return same_name[best]
    return _shipped_files().get(requested.as_posix())


def _text_form(requested: Path) -> Path:
    """The name that a graph has as text, for that of its binary form."""
    return requested.with_suffix(".pbtxt") if requested.suffix == ".binarypb" else requested


def _models_package() -> list[Path]:
    """The folders of the installed package with further models; empty without it."""
    try:
        spec = find_spec(_MODELS_PACKAGE)  # Does not import it.
    except (ImportError, ValueError):
        return []
    return [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]


def _may_name_model(requested: Path) -> bool:
    """Whether a path may stand for a known model: by bare name or below a folder that is not the user's."""
    roots = (_UPSTREAM_ROOT, "models", _MODELS_PACKAGE)
    return requested.suffix == ".tflite" and (len(requested.parts) == 1 or requested.parts[0] in roots)


def _find_in_models_package(requested: Path) -> Path | None:
    """A model of mpgraph-models under its bare name, MediaPipe's path, or a path like a shipped model's."""
    if not _may_name_model(requested):
        return None
    candidates = (folder / requested.name for folder in _models_package())
    return next((file for file in candidates if _is_file(file)), None)


def _find_in_plugins(requested: Path) -> Path | None:
    """A file of a package that is a plug-in."""
    if len(requested.parts) < 2:
        return None
    package = requested.parts[0]
    candidates = (folder.parent / requested for folder in plugins.folders() if folder.name == package)
    return next((file for file in candidates if _is_file(file)), None)


def _common_tail(left: Sequence[str], right: Sequence[str]) -> int:
    """The number of trailing parts that two paths share."""
    pairs = zip(reversed(left), reversed(right), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _not_found(requested: Path, folders: Iterable[Path]) -> ResourceNotFoundError:
    if os.path.isdir(requested):
        return ResourceNotFoundError(f'"{requested}" is a folder, not a file.')
    if requested.is_absolute():
        return ResourceNotFoundError(f'There is no file "{requested}".')
    searched = ", ".join(f'"{folder.absolute()}"' for folder in folders)
    statement = (
        f'Cannot find the file "{requested.as_posix()}": looked in {searched} and among the files '
        "that ship with mpgraph."
    )
    model = model_manifest().find(requested.name) if _may_name_model(requested) else None
    if model is not None:
        command = model_manifest().install_commands[model.distribution]
        package = f"The model is in the package {model.distribution}"
        if model.distribution == _MODELS_DISTRIBUTION and not _models_package():
            return ResourceNotFoundError(
                f"{statement} {package}, which is not installed.", hint=f"Install it with: {command}"
            )
        return ResourceNotFoundError(
            f"{statement} {package}, but missing from the installed one.",
            hint=f"Install it again with: {command} --force-reinstall",
        )
    near = did_you_mean(requested.name, _names_nearby(requested), requested.suffix, only_typos=True)
    return ResourceNotFoundError(
        statement,
        hint=f"{near} Give an absolute path, or name the folder it is in with {RESOURCE_PATH_VARIABLE}.",
    )


def _names_nearby(requested: Path) -> Iterator[str]:
    """Names that `requested` may be a typo of: shipped files, known models, and its would-be neighbours."""
    models = (model.file for model in model_manifest().models)
    yield from dict.fromkeys([*(file.name for file in _shipped_files().values()), *models])
    for folder in [Path(), *_configured_folders()]:
        try:
            with os.scandir(folder / requested.parent) as entries:
                yield from (entry.name for entry in entries if entry.name.endswith(requested.suffix))
        except (OSError, ValueError):
            continue
