"""A graph in each of the formats it can be written in, straight from wherever it is.

The functions take a graph as `structure_of` does: a path, text, bytes, a message, a
ValidatedGraphConfig, a GraphBuilder, or a Structure that is there already. `expand` says which
subgraphs are open: "all", "none", or names (see `mpgraph.visualizer.expansion.expanded_ids`).
All raise as `structure_of`, and InvalidArgumentError for a name in `expand` that no subgraph has.
"""

from __future__ import annotations

from mpgraph.visualizer.dot import dot_text
from mpgraph.visualizer.expansion import Expand
from mpgraph.visualizer.mermaid import mermaid_text
from mpgraph.visualizer.model import Structure
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.svg import png_of, svg_of


def to_svg(
    source: object,
    *,
    expand: Expand = "none",
    theme: str = "auto",
    options: str = "short",
    types: bool = False,
) -> str:
    """Return a graph as SVG; the same graph gives the same text.

    theme: "auto" (light or dark, as the reader's system is), "light" or "dark".
    options: which of a node's options are shown: "none", "short" (the first that the text gives), "all".
    types: whether ports show what they carry, rather than only when the pointer rests on them.
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
    """Return a graph as PNG. Arguments are those of `to_svg`, but for the theme "auto".

    scale: how many pixels one of the SVG's is.

    Raises MediaError if this machine has no fonts, or the picture would be too large.
    """
    svg = svg_of(_structure(source), expand=expand, theme=theme, options=options, types=types)
    return png_of(svg, scale=scale)


def to_dot(source: object, *, expand: Expand = "none") -> str:
    """Return a graph in Graphviz's language, with a cluster for each open subgraph."""
    return dot_text(_structure(source), expand)


def to_mermaid(source: object, *, expand: Expand = "none") -> str:
    """Return a graph as a Mermaid flowchart, for READMEs."""
    return mermaid_text(_structure(source), expand)


def to_html(*sources: object) -> str:
    """Return a page with the graphs that needs no network: subgraphs open in it, text and drawing linked."""
    from mpgraph.visualizer.html import page_html

    return page_html(list(sources))


def _structure(source: object) -> Structure:
    return source if isinstance(source, Structure) else structure_of(source)
