"""Display of graphs in notebooks, by a renderer in a package above this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

# The visualizer is built on this package, so it is named here rather than imported, and loaded only when a
# notebook displays a graph.
_RENDERER = ("mpgraph.visualizer.notebook", "notebook_html")


class NotebookDisplay:
    """A graph that notebooks display as a drawing."""

    subgraphs: Mapping[str, object] | Sequence[object] = ()

    def notebook_html(self) -> str:
        """Return the graph as HTML: a drawing, or the error message if it cannot be drawn."""
        module, function = _RENDERER
        return str(getattr(import_module(module), function)(self._displayed(), self.subgraphs))

    def _displayed(self) -> object:
        """The graph to draw, as any argument of `load_graph`."""
        return self

    def _repr_html_(self) -> str:
        return self.notebook_html()
