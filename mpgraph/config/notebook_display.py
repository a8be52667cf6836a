"""Display of graphs in notebooks, by a renderer in a package above this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module


class NotebookDisplay:
    """A graph that notebooks display as a drawing. `subgraphs` are the graphs that its nodes may name."""

    subgraphs: Mapping[str, object] | Sequence[object] = ()

    def notebook_html(self) -> str:
        """Return the graph as HTML: a drawing, or the error message if it cannot be drawn."""
        # Named rather than imported: the visualizer is built on this package, and needed only here.
        renderer = import_module("mpgraph.visualizer.svg")
        return str(renderer.notebook_html(self._displayed(), self.subgraphs))

    def _displayed(self) -> object:
        """The graph to draw, as any argument of `load_graph`."""
        return self

    def _repr_html_(self) -> str:
        return self.notebook_html()
