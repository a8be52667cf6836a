"""Graphs in notebooks: an SVG in the output of a cell, without any script."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from mpgraph.errors import MpgraphError


def notebook_html(source: object, subgraphs: Mapping[str, object] | Sequence[object] = ()) -> str:
    """Return a graph as HTML for a notebook, with closed subgraphs, in the theme of the reader's system.

    source, subgraphs: as of `structure_of`. If the graph cannot be drawn, the HTML is the error message:
    displaying a value in a notebook must not raise.
    """
    from mpgraph.visualizer.structure import structure_of
    from mpgraph.visualizer.svg import svg_of

    try:
        svg = svg_of(structure_of(source, subgraphs=subgraphs), embedded=True)
    except MpgraphError as error:
        return f"<pre>{html.escape(str(error))}</pre>"
    return f'<div style="overflow-x:auto">{svg}</div>'
