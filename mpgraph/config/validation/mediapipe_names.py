"""MediaPipe's own calculators and subgraphs, by name, for the hints about those that mpgraph lacks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def mediapipe_folder(name: str) -> str:
    """Return the folder of MediaPipe's repository that has a calculator or subgraph; "" for other names.

    name: of a node; the package in a qualified name is ignored.
    """
    return _folders().get(name.rpartition(".")[2], "")


def is_graph_file(name: str) -> bool:
    """Whether a name of MediaPipe is most likely that of a subgraph in a .pbtxt file."""
    folder = mediapipe_folder(name)
    return folder.startswith(("modules/", "graphs/", "examples/")) and not name.endswith("Calculator")


@cache
def _folders() -> dict[str, str]:
    """Name to folder. tools/mediapipe_names.py extracts the data."""
    text = files("mpgraph.config").joinpath("mediapipe_names.txt").read_text("utf-8")
    lines = (line.split(": ") for line in text.splitlines())
    return {name: folder for folder, names in lines for name in names.split(" ")}
