"""Drawings of graphs: from text to a model of nested nodes, and on to SVG, PNG, HTML, DOT and Mermaid.

    from mpgraph import visualizer
    visualizer.to_svg("graph.pbtxt", expand="all")

`structure_of` resolves everything; layout and drawing are JavaScript (web/), the same code in a browser
and in Python. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpgraph.visualizer.formats import to_dot, to_html, to_mermaid, to_png, to_svg
    from mpgraph.visualizer.model import Structure, to_json
    from mpgraph.visualizer.networkx_graph import to_networkx
    from mpgraph.visualizer.structure import structure_of

__all__ = [
    "Structure",
    "structure_of",
    "to_dot",
    "to_html",
    "to_json",
    "to_mermaid",
    "to_networkx",
    "to_png",
    "to_svg",
]

_NAMES = {
    "Structure": "mpgraph.visualizer.model",
    "structure_of": "mpgraph.visualizer.structure",
    "to_dot": "mpgraph.visualizer.formats",
    "to_html": "mpgraph.visualizer.formats",
    "to_json": "mpgraph.visualizer.model",
    "to_mermaid": "mpgraph.visualizer.formats",
    "to_networkx": "mpgraph.visualizer.networkx_graph",
    "to_png": "mpgraph.visualizer.formats",
    "to_svg": "mpgraph.visualizer.formats",
}


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    value = getattr(import_module(_NAMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
