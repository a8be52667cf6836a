"""Export of graphs as SVG and PNG, and their display in notebooks."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from mpgraph.errors import InternalError, MediaError, MpgraphError
from mpgraph.visualizer.engine import svg_text
from mpgraph.visualizer.fonts import font_families, font_folders, generic_families
from mpgraph.visualizer.graph_files import structure_without_folders
from mpgraph.visualizer.model import Structure, to_json
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import Expand, expanded_ids

MAX_PIXELS = 120_000_000
"""The maximum size of a PNG, which takes about 500 MB while it is rendered."""


def to_svg(
    source: object,
    *,
    expand: Expand = "none",
    theme: str = "auto",
    options: str = "short",
    types: bool = False,
) -> str:
    """Return a graph as SVG; the output is deterministic and does not depend on where the files are.

    source: a graph as `structure_of` accepts it.
    expand: the open subgraphs: "all", "none", or names as in `mpgraph.visualizer.visible.expanded_ids`.
    theme: "auto" (follows the reader's system), "light" or "dark".
    options: the options shown at each node: "none", "short" (the first few that the text sets) or "all".
    types: whether ports are labelled with their types, rather than only in tooltips.

    Raises as `structure_of`, and InvalidArgumentError for a name in `expand` that no subgraph has.
    """
    return _svg(structure_of(source), expand=expand, theme=theme, options=options, types=types)


def _svg(
    structure: Structure, *, expand: Expand, theme: str, options: str, types: bool, embedded: bool = False
) -> str:
    """embedded: make the drawing as wide as the surrounding page at most, as in a notebook."""
    graph = structure.graph
    layout = {"expanded": expanded_ids(graph, expand), "options": options, "types": types}
    named = "" if graph.file.startswith("<") else Path(graph.file).name
    draw = {"theme": theme, "title": graph.name or named or "Graph", "embedded": embedded}
    return svg_text(structure_without_folders(to_json(structure))["graph"], layout, draw)


def notebook_html(source: object, subgraphs: Mapping[str, object] | Sequence[object] = ()) -> str:
    """Return a graph as HTML for a notebook, without scripts, with closed subgraphs, in the reader's theme.

    source, subgraphs: as of `structure_of`. If the graph cannot be drawn, the HTML is the error message:
    displaying a value in a notebook must not raise.
    """
    try:
        structure = structure_of(source, subgraphs=subgraphs)
        svg = _svg(structure, expand="none", theme="auto", options="short", types=False, embedded=True)
    except MpgraphError as error:
        return f"<pre>{html.escape(str(error))}</pre>"
    return f'<div style="overflow-x:auto">{svg}</div>'


def to_png(
    source: object,
    *,
    expand: Expand = "none",
    theme: str = "light",
    options: str = "short",
    types: bool = False,
    scale: float = 2.0,
) -> bytes:
    """Return a graph as PNG. Arguments and errors as of `to_svg`, except that there is no theme "auto".

    scale: pixels per unit of the SVG; less if the image would be larger than MAX_PIXELS.
    Raises MediaError if this machine has no fonts.
    """
    return png_of(to_svg(source, expand=expand, theme=theme, options=options, types=types), scale)


def png_of(svg: str, scale: float = 2.0) -> bytes:
    """Return an SVG of theme "light" or "dark" as PNG; arguments and errors as of `to_png`."""
    import resvg_py  # Imported late since only PNG needs it.

    families = font_families()
    if not families:
        raise MediaError(
            "there are no fonts on this machine to draw text with; install some (Debian and Ubuntu: "
            "apt install fonts-dejavu-core), or write .svg"
        )
    sans_serif, monospace = generic_families(families)
    width, height = _size(svg)
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / (width * height)) ** 0.5
    try:
        data = resvg_py.svg_to_bytes(
            svg_string=svg,
            width=round(width * scale),
            height=round(height * scale),
            sans_serif_family=sans_serif,
            monospace_family=monospace,
            skip_system_fonts=True,
            font_dirs=[str(folder) for folder in font_folders() if folder.is_dir()],
        )
    except ValueError as error:
        raise InternalError(f"The drawing cannot be converted to PNG: {error}") from error
    return bytes(data)


def _size(svg: str) -> tuple[float, float]:
    head = svg[: svg.index(">")]
    width, height = (float(head.partition(f' {name}="')[2].partition('"')[0]) for name in ("width", "height"))
    return width, height
