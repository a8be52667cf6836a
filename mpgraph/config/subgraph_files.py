"""Lookup of subgraphs in files, by the name that nodes use.

A file is found by its `type:`, or else by its own name in camel case: `selfie_segmentation_cpu.pbtxt` is
`SelfieSegmentationCpu`. If several files of a folder have the same `type:`, as some of MediaPipe's do, the
one that is named like it counts (`face_cpu.pbtxt` for `FaceCpu`); else the first by name that ends as the
file that names the subgraph (`box_gpu.pbtxt` for a node in `object_gpu.pbtxt`); else the first by name.

These folders are searched in order: the folder of the file that names the subgraph, the working directory,
then recursively the folders of `mpgraph.framework.resources.subgraph_search_path`, the last of which are the
graphs shipped with mpgraph, and the packages of plug-ins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from mpgraph.config.source import GraphSource, load_graph_file
from mpgraph.framework import plugins
from mpgraph.framework.resources import subgraph_search_path
from mpgraph.framework.user_code import shown_path

_SUFFIXES = (".pbtxt", ".binarypb")
_TYPE = re.compile(rb"""^type\s*:\s*["'](\w+)["']""", re.MULTILINE)


class SubgraphFiles:
    """The subgraphs in files; a snapshot for the loading of one graph."""

    def __init__(self, *, lenient: bool = False) -> None:
        """Create an empty snapshot. lenient: as of `load_graph`."""
        self._lenient = lenient
        self._folders: dict[tuple[Path, bool], _Folder] = {}

    def find(self, name: str, near: str) -> GraphSource | None:
        """Return the graph that `name` refers to in a node of the file `near`, or None.

        Raises ConfigError, with the location, if the file is not a valid graph.
        """
        own = Path(near)
        found = self._find_in(self._search_folders(own), name, own)
        return found if found is not None else self._find_in(self._in_plugins(), name, own)

    def _find_in(self, folders: list[_Folder], name: str, own: Path) -> GraphSource | None:
        for folder in folders:
            if name in folder.types:
                return self._load(_chosen(folder.types[name], name, own))
        for folder in folders:
            # A graph may have the name of the subgraph that it demonstrates, but does not refer to itself.
            if name in folder.names and not _same(folder.names[name], own):
                return self._load(folder.names[name])
        return None

    def names(self, near: str) -> list[str]:
        """Return every name that `find` knows, sorted."""
        folders = [*self._search_folders(Path(near)), *self._in_plugins()]
        return sorted({name for folder in folders for name in (*folder.types, *folder.names)})

    def _search_folders(self, own: Path) -> list[_Folder]:
        folders = [self._folder(own.parent, deep=False)] if own.is_file() else []
        folders.append(self._folder(Path(), deep=False))
        return [*folders, *(self._folder(folder, deep=True) for folder in subgraph_search_path())]

    def _in_plugins(self) -> list[_Folder]:
        return [self._folder(folder, deep=True) for folder in plugins.folders()]

    def _folder(self, path: Path, *, deep: bool) -> _Folder:
        if (path, deep) not in self._folders:
            self._folders[path, deep] = _Folder(path, deep=deep)
        return self._folders[path, deep]

    def _load(self, file: Path) -> GraphSource:
        return _cached_graph(
            os.path.abspath(file), shown_path(os.fspath(file)), self._lenient, *_version(file)
        )


class _Folder:
    """The graph files of one folder, by their types and by their names in camel case."""

    def __init__(self, path: Path, *, deep: bool) -> None:
        self.types: dict[str, list[Path]] = {}
        self.names: dict[str, Path] = {}
        for file in _files(path, deep=deep):
            self.names.setdefault(camel_case(file.stem), file)
            graph_type = _type_of(file)
            if graph_type is not None:
                self.types.setdefault(graph_type, []).append(file)


def _chosen(files: Sequence[Path], name: str, own: Path) -> Path:
    """Which of the files with `type: name` a node in the file `own` refers to."""
    ending = own.stem.rpartition("_")[2]
    return max(files, key=lambda file: (camel_case(file.stem) == name, file.stem.endswith(f"_{ending}")))


def camel_case(stem: str) -> str:
    """Return the name of the subgraph that a file or function defines: `hand_roi` is `HandRoi`."""
    return "".join(part[:1].upper() + part[1:] for part in stem.split("_"))


def _files(path: Path, *, deep: bool) -> Iterator[Path]:
    try:
        found = path.rglob("*") if deep else path.glob("*")
        yield from sorted(file for file in found if file.suffix in _SUFFIXES and file.is_file())
    except OSError:
        # A folder that cannot be read is treated as empty.
        return


def _version(file: Path) -> tuple[int, int]:
    """Part of the keys of both caches, so that a changed file is read again; (0, 0) if it is gone."""
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _cached_graph(path: str, shown: str, lenient: bool, modified_ns: int, size: int) -> GraphSource:
    del path, modified_ns, size
    return load_graph_file(shown, lenient=lenient)


def _type_of(file: Path) -> str | None:
    try:
        return _cached_type(file, *_version(file))
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _cached_type(file: Path, modified_ns: int, size: int) -> str | None:
    del modified_ns, size
    if file.suffix != ".pbtxt":
        return None
    match = _TYPE.search(file.read_bytes())
    return match[1].decode("ascii", "replace") if match else None


def _same(left: Path, right: Path) -> bool:
    return os.path.abspath(left) == os.path.abspath(right)
