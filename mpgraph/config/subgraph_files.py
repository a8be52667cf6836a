"""Lookup of subgraphs in files, by the name that nodes use.

A file is found by its `type:`, or else by its own name in camel case: `selfie_segmentation_cpu.pbtxt` is
`SelfieSegmentationCpu`. If several files of a folder have the same `type:`, as some of MediaPipe's do, one
that has the ports of the node counts; of several such the one that is named like it (`face_cpu.pbtxt` for
`FaceCpu`), else the nearest, else one for the same device (`box_gpu.pbtxt` for a node in `object_gpu.pbtxt`),
else the first by name. Between `type:` and the file's name comes what Bazel registers it as, in the BUILD
file of its folder: `mediapipe_simple_subgraph(graph = "face.pbtxt", register_as = "FaceDetection")`.

These folders are searched in order: the folder of the file that names the subgraph, the working directory,
then recursively the folders of `mpgraph.framework.resources.subgraph_search_path`, the checkout that
contains the file, the graphs shipped with mpgraph, and the packages of plug-ins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mpgraph.config.flat import name_of
from mpgraph.config.port_lists import PORT_LISTS
from mpgraph.config.source import GraphSource, load_graph_file
from mpgraph.errors import MpgraphError
from mpgraph.framework import plugins
from mpgraph.framework.resources import shipped_subgraphs, subgraph_search_path
from mpgraph.framework.user_code import shown_path

_SUFFIXES = (".pbtxt", ".binarypb")
_BUILD_FILES = ("BUILD", "BUILD.bazel")
_SUFFIXES_AND_BUILD = (*_SUFFIXES, *_BUILD_FILES)
_SIMPLE_SUBGRAPH = re.compile(r"^mediapipe_simple_subgraph\((.*?)^\)", re.MULTILINE | re.DOTALL)
_ATTRIBUTE = re.compile(r"""^\s*(graph|register_as)\s*=\s*["']:?([\w.-]+)["']""", re.MULTILINE)
_TYPE = re.compile(rb"""^type\s*:\s*["'](\w+)["']""", re.MULTILINE)
_ROOT_MARKS = (".git", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel")
_SKIPPED = (".", "node_modules", "bazel-")
_MOST_FOLDERS = 20_000
"""How many folders of a checkout are searched."""


class SubgraphFiles:
    """The subgraphs in files; a snapshot for the loading of one graph or several."""

    def __init__(self, *, lenient: bool = False) -> None:
        """Create an empty snapshot. lenient: as of `load_graph`."""
        self._lenient = lenient
        self._folders: dict[tuple[Path, bool], _Folder] = {}
        self._loaded: dict[Path, GraphSource] = {}

    def find(self, name: str, near: str, node: Any = None) -> GraphSource | None:
        """Return the graph that `name` refers to in a node of the file `near`, or None.

        node: the Node message, whose ports decide between several files; None if it is not known.
        Raises ConfigError, with the location, if the file is not a valid graph.
        """
        own = Path(near)
        files = self._files_of(name, own)
        if not files:
            return None
        return self._load(files[0] if len(files) == 1 else max(files, key=self._ranking(name, own, node)))

    def alternatives(self, name: str, near: str, node: Any) -> list[str]:
        """Return the files between which `find` has chosen without a reason but their names; [] for none."""
        own = Path(near)
        files = self._files_of(name, own)
        if len(files) < 2:
            return []
        rank = self._ranking(name, own, node)
        best = max(map(rank, files))
        same = [shown_path(os.fspath(file)) for file in files if rank(file) == best]
        return same if len(same) > 1 else []

    def _files_of(self, name: str, own: Path) -> list[Path]:
        """The files that may be meant by a name, all of one folder."""
        for folders in (self._search_folders, self._in_plugins):
            for folder in folders(own):
                if found := folder.types.get(name) or folder.registered.get(name):
                    return found
            for folder in folders(own):
                # A graph may have the name of the subgraph that it demonstrates, but never means itself.
                if others := [
                    file for file in folder.in_lower_case.get(name.lower(), ()) if not same_path(file, own)
                ]:
                    return others
        return []

    def names(self, near: str) -> list[str]:
        """Return every name that `find` knows, sorted."""
        own = Path(near)
        folders = [*self._search_folders(own), *self._in_plugins(own)]
        return sorted(
            {name for folder in folders for name in (*folder.types, *folder.registered, *folder.names)}
        )

    def _search_folders(self, own: Path) -> Iterator[_Folder]:
        """Yield the folders in order; each is read when it is reached."""
        in_file = own.is_file()
        if in_file:
            yield self._folder(own.parent, deep=False)
        yield self._folder(Path(), deep=False)
        deep = [*subgraph_search_path()]
        root = _checkout_around(own.parent.absolute()) if in_file else None
        for folder in [*deep, *([root] if root else []), *shipped_subgraphs()]:
            yield self._folder(folder, deep=True)

    def _in_plugins(self, own: Path) -> Iterator[_Folder]:
        del own  # They are the same for every file.
        yield from (self._folder(folder, deep=True) for folder in plugins.folders())

    def _folder(self, path: Path, *, deep: bool) -> _Folder:
        if (path, deep) not in self._folders:
            self._folders[path, deep] = _folder(_files(path, deep=deep))
        return self._folders[path, deep]

    def _ranking(self, name: str, own: Path, node: Any) -> Callable[[Path], tuple[object, ...]]:
        device = _device(own.stem)

        def rank(file: Path) -> tuple[Any, ...]:
            return (
                self._fits(file, node),
                camel_case(file.stem) == name,
                len(os.path.commonpath([file.absolute(), own.absolute()])),
                _device(file.stem) == device,
            )

        return rank

    def _fits(self, file: Path, node: Any) -> bool:
        """Whether a graph has all the ports that a node connects."""
        if node is None:
            return True
        try:
            config = self._load(file).config
        except MpgraphError:
            return False
        return all(
            {_tag(entry) for entry in getattr(node, port_list)}
            <= {_tag(entry) for entry in getattr(config, port_list)}
            for port_list in PORT_LISTS
        )

    def _load(self, file: Path) -> GraphSource:
        if file not in self._loaded:
            self._loaded[file] = load_graph_file(shown_path(os.fspath(file)), lenient=self._lenient)
        return self._loaded[file]


class _File(NamedTuple):
    """A graph file as it is: one that was changed is another."""

    path: str
    modified_ns: int
    size: int


class _Folder:
    """The graph files of one folder, by their types and by their names in camel case."""

    def __init__(self, files: Sequence[_File]) -> None:
        self.types: dict[str, list[Path]] = {}
        self.registered: dict[str, list[Path]] = {}
        self.names: set[str] = set()
        self.in_lower_case: dict[str, list[Path]] = {}  # AutoFlip is autoflip in names of files.
        for file in files:
            path = Path(file.path)
            if path.name in _BUILD_FILES:
                for graph_name, graph in _registrations(file):
                    self.registered.setdefault(graph_name, []).append(path.with_name(graph))
                continue
            name = camel_case(path.stem)
            self.names.add(name)
            self.in_lower_case.setdefault(name.lower(), []).append(path)
            graph_type = _type_of(file)
            if graph_type is not None:
                self.types.setdefault(graph_type, []).append(path)


@lru_cache(maxsize=64)
def _folder(files: tuple[_File, ...]) -> _Folder:
    return _Folder(files)


def _device(stem: str) -> str:
    """What a graph runs on by the name of its file, as MediaPipe names them; "" if it does not say."""
    words = set(stem.split("_"))
    for device, also in (("gpu", "mobile"), ("cpu", "desktop")):
        if device in words or (also in words and words.isdisjoint(("cpu", "gpu"))):
            return device
    return ""


def _tag(entry: str) -> str:
    """The tag of an entry, "" without one."""
    return entry.removesuffix(name_of(entry)).partition(":")[0]


@lru_cache(maxsize=1024)
def _checkout_around(folder: Path) -> Path | None:
    """The root of the checkout that contains a folder, None outside of checkouts."""
    return next((above for above in (folder, *folder.parents) if _is_root(above)), None)


def _is_root(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _ROOT_MARKS)


def camel_case(stem: str) -> str:
    """Return the name of the subgraph that a file or function defines: `hand_roi` is `HandRoi`."""
    return "".join(part[:1].upper() + part[1:] for part in stem.split("_"))


def _files(path: Path, *, deep: bool) -> tuple[_File, ...]:
    """The graph files in a folder, sorted. A folder that cannot be read is treated as empty."""
    found: list[_File] = []
    folders = [os.fspath(path)]
    for _ in range(_MOST_FOLDERS):
        if not folders:
            break
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIXES_AND_BUILD) and entry.is_file():
                    status = entry.stat()
                    found.append(_File(entry.path, status.st_mtime_ns, status.st_size))
                elif deep and not entry.name.startswith(_SKIPPED) and entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return tuple(sorted(found, key=lambda file: file.path.split(os.sep)))


@lru_cache(maxsize=4096)
def _type_of(file: _File) -> str | None:
    if not file.path.endswith(".pbtxt"):
        return None
    try:
        match = _TYPE.search(Path(file.path).read_bytes())
    except OSError:
        return None
    return match[1].decode("ascii", "replace") if match else None


@lru_cache(maxsize=4096)
def _registrations(file: _File) -> tuple[tuple[str, str], ...]:
    """The names of subgraphs that a BUILD file registers, each with its graph file, if that exists."""
    try:
        text = Path(file.path).read_text("utf-8", "replace")
    except OSError:
        return ()
    rules = [dict(_ATTRIBUTE.findall(rule)) for rule in _SIMPLE_SUBGRAPH.findall(text)]
    folder = Path(file.path).parent
    return tuple(
        (rule["register_as"], rule["graph"])
        for rule in rules
        if len(rule) == 2 and (folder / rule["graph"]).is_file()
    )


def same_path(left: str | Path, right: str | Path) -> bool:
    """Whether two paths name the same file, links not followed."""
    return left == right or os.path.abspath(left) == os.path.abspath(right)
