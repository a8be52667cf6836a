"""Graphs to look at: text to a model of nested nodes, and from there to SVG, PNG, HTML, DOT and Mermaid.

    from mpgraph import visualizer
    visualizer.to_svg("graph.pbtxt")

`structure_of` resolves everything; layout and drawing are JavaScript (web/), the same in a browser and
here. Each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpgraph.visualizer.model import Structure, to_json
    from mpgraph.visualizer.structure import structure_of

__all__ = ["Structure", "structure_of", "to_json"]

_NAMES = {
    "Structure": "mpgraph.visualizer.model",
    "structure_of": "mpgraph.visualizer.structure",
    "to_json": "mpgraph.visualizer.model",
}


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    value = getattr(import_module(_NAMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
