"""The files of MediaPipe's package: `modules/FOLDER/NAME.binarypb`, models and label lists.

mpgraph ships its graphs as text and its models in one folder. For programs that build paths from
`mediapipe.__file__`, they are put into a temporary folder as in MediaPipe's package: once in a process, when
a program first asks for it. The folder is removed at exit.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from mpgraph.config.source import load_graph_file
from mpgraph.errors import ResourceNotFoundError
from mpgraph.framework.resources import find_resource, model_manifest, shipped_graphs

_LABELS = ("modules/hand_landmark/handedness.txt", "modules/objectron/object_detection_oidv4_labelmap.txt")


def folder_of(package: str) -> Path:
    """The folder of MediaPipe's package `package`, "" for `mediapipe` itself; it may be empty."""
    folder = _root().joinpath(*package.split("."))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _root() -> Path:
    root = Path(tempfile.mkdtemp(prefix="mpgraph-")) / "mediapipe"
    atexit.register(_remove, root.parent, os.getpid())
    paths = [model.mediapipe_path.partition("/")[2] for model in model_manifest().models]
    for path in (*paths, *_LABELS):
        with suppress(ResourceNotFoundError):  # A model of mpgraph-models, which is not installed.
            _link(find_resource(f"mediapipe/{path}"), root / path)
    graphs = shipped_graphs()
    for graph in sorted((graphs / "modules").rglob("*.pbtxt")):
        target = (root / graph.relative_to(graphs)).with_suffix(".binarypb")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(load_graph_file(graph).config.SerializeToString(deterministic=True))
    (root / "__init__.py").touch()
    return root


def _link(source: Path, target: Path) -> None:
    """Make `source` appear as `target`; Windows allows links to some users only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # Not a forked process.
        shutil.rmtree(folder, ignore_errors=True)
