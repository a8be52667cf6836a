"""Graphs shown by notebooks: an SVG in the output of a cell, without any script."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from mpgraph.errors import MpgraphError


def notebook_html(source: object, subgraphs: Mapping[str, object] | Sequence[object] = ()) -> str:
    """Return a graph as HTML for a notebook: closed subgraphs, light or dark as the reader's system is.

    source, subgraphs: as of `structure_of`. What cannot be drawn is told in a line instead: a notebook
    that shows a value must not fail.
    """
    from mpgraph.visualizer.structure import structure_of
    from mpgraph.visualizer.svg import svg_of

    try:
        svg = svg_of(structure_of(source, subgraphs=subgraphs), embedded=True)
    except MpgraphError as error:
        return f"<pre>{html.escape(str(error))}</pre>"
    return f'<div style="overflow-x:auto">{svg}</div>'
