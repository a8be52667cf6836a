"""Graphs as SVG and PNG."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mpgraph.errors import InternalError, MediaError
from mpgraph.visualizer.engine import svg_text
from mpgraph.visualizer.expansion import Expand, expanded_ids
from mpgraph.visualizer.graph_files import structure_without_folders
from mpgraph.visualizer.model import Structure, to_json

MAX_PIXELS = 120_000_000
"""How large a PNG may be: about 500 MB while it is drawn."""

_FONT_FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts", r"~\AppData\Local\Microsoft\Windows\Fonts"),
}
_LINUX_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def svg_of(
    structure: Structure,
    *,
    expand: Expand = "none",
    theme: str = "auto",
    options: str = "short",
    types: bool = False,
    title: str = "",
    embedded: bool = False,
) -> str:
    """Return a graph as SVG; the same graph gives the same text, wherever its files are.

    expand: as in `expanded_ids`. theme: "auto" (as the reader's system is), "light" or "dark".
    options: which of a node's options are shown: "none", "short" (the first that the text gives) or "all".
    types: whether ports show what they carry, rather than only when the pointer rests on them.
    title: what screen readers announce; by default the name of the graph or its file.
    embedded: fit it into the page around it, as in a notebook.
    """
    graph = structure.graph
    layout = {"expanded": expanded_ids(graph, expand), "options": options, "types": types}
    draw = {"theme": theme, "title": title or title_of(structure), "embedded": embedded}
    return svg_text(structure_without_folders(to_json(structure))["graph"], layout, draw)


def title_of(structure: Structure) -> str:
    """What to call a graph: its type, or its file without folders."""
    file = structure.graph.file
    named = "" if file.startswith("<") else Path(file).name
    return structure.graph.name or named or "Graph"


def png_of(svg: str, *, scale: float = 2.0) -> bytes:
    """Return an SVG of theme "light" or "dark" as PNG. scale: pixels for one unit of the drawing.

    Raises MediaError if this machine has no fonts, or the picture would be larger than MAX_PIXELS.
    """
    import resvg_py  # A library that only PNG needs.

    if next(_font_files(), None) is None:
        raise MediaError(
            "there are no fonts on this machine to draw text with; install some (Debian and Ubuntu: "
            "apt install fonts-dejavu-core), or write .svg"
        )
    width, height = _size(svg)
    if width * height * scale * scale > MAX_PIXELS:
        scale = max(1.0, (MAX_PIXELS / (width * height)) ** 0.5)
        if width * height * scale * scale > MAX_PIXELS:
            raise MediaError(f"{width:.0f}x{height:.0f} pixels are too many for a PNG; write .svg")
    try:
        data = resvg_py.svg_to_bytes(svg_string=svg, width=round(width * scale), height=round(height * scale))
    except ValueError as error:
        raise InternalError(f"The drawing cannot be made a PNG: {error}") from error
    return bytes(data)


def _size(svg: str) -> tuple[float, float]:
    head = svg[: svg.index(">")]
    width, height = (float(head.partition(f' {name}="')[2].partition('"')[0]) for name in ("width", "height"))
    return width, height


def font_folders() -> tuple[Path, ...]:
    """Where this system keeps its fonts."""
    names = _FONT_FOLDERS.get(sys.platform, _LINUX_FONT_FOLDERS)
    return tuple(Path(name).expanduser() for name in names)


def _font_files() -> Iterator[Path]:
    for folder in font_folders():
        yield from (file for file in folder.rglob("*") if file.suffix.lower() in (".ttf", ".otf", ".ttc"))
