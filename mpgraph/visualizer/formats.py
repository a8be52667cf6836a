"""Export a graph to each of the supported formats.

The functions accept a graph as `structure_of` does: a path, text, bytes, a message, a
ValidatedGraphConfig, a GraphBuilder, or a Structure. `expand` selects the open subgraphs: "all",
"none", or names (see `mpgraph.visualizer.visible.expanded_ids`).
All raise as `structure_of`, and InvalidArgumentError for a name in `expand` that no subgraph has.
"""

from __future__ import annotations

from mpgraph.visualizer.dot import dot_text
from mpgraph.visualizer.mermaid import mermaid_text
from mpgraph.visualizer.model import Structure
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.svg import png_of, svg_of
from mpgraph.visualizer.visible import Expand


def to_svg(
    source: object,
    *,
    expand: Expand = "none",
    theme: str = "auto",
    options: str = "short",
    types: bool = False,
) -> str:
    """Return a graph as SVG; the output is deterministic.

    theme: "auto" (follows the reader's system), "light" or "dark".
    options: the options shown at each node: "none", "short" (the first few that the text sets), "all".
    types: whether ports are labelled with their types, rather than only in tooltips.
    """
    return svg_of(_structure(source), expand=expand, theme=theme, options=options, types=types)


def to_png(
    source: object,
    *,
    expand: Expand = "none",
    theme: str = "light",
    options: str = "short",
    types: bool = False,
    scale: float = 2.0,
) -> bytes:
    """Return a graph as PNG. Arguments as of `to_svg`, except that there is no theme "auto".

    scale: pixels per unit of the SVG.

    Raises MediaError if this machine has no fonts, or if the image would be too large.
    """
    svg = svg_of(_structure(source), expand=expand, theme=theme, options=options, types=types)
    return png_of(svg, scale=scale)


def to_dot(source: object, *, expand: Expand = "none") -> str:
    """Return a graph as DOT, the language of Graphviz, with a cluster for each open subgraph."""
    return dot_text(_structure(source), expand)


def to_mermaid(source: object, *, expand: Expand = "none") -> str:
    """Return a graph as a Mermaid flowchart, for READMEs."""
    return mermaid_text(_structure(source), expand)


def to_html(*sources: object) -> str:
    """Return a self-contained interactive page: subgraphs can be opened, and text and drawing are linked."""
    from mpgraph.visualizer.html import page_html

    return page_html(list(sources))


def _structure(source: object) -> Structure:
    return source if isinstance(source, Structure) else structure_of(source)
