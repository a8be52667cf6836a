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
    from mpgraph.visualizer.dot import to_dot
    from mpgraph.visualizer.html import to_html
    from mpgraph.visualizer.mermaid import to_mermaid
    from mpgraph.visualizer.model import Structure, to_json
    from mpgraph.visualizer.networkx_graph import to_networkx
    from mpgraph.visualizer.structure import structure_of
    from mpgraph.visualizer.svg import to_png, to_svg

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

_MODULES = {
    "Structure": "model",
    "structure_of": "structure",
    "to_dot": "dot",
    "to_html": "html",
    "to_json": "model",
    "to_mermaid": "mermaid",
    "to_networkx": "networkx_graph",
    "to_png": "svg",
    "to_svg": "svg",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
