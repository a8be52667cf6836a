"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.framework.resources import find_resource

Force = Annotated[bool, typer.Option("--force", "-f", help="Replace existing files.")]

NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the live preview's address instead of opening a browser.")
]

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Images, videos, and folders of them. After one INPUT, the name of a file that does not "
        "exist yet is the OUTPUT.",
        show_default=False,
    ),
]

Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUTPUT",
        help="A file, a folder, or a pattern such as [cyan]out/{stem}.png[/cyan]. Default: next to each "
        "INPUT, with the command in the name.",
        show_default=False,
    ),
]

Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Include sub-folders.")]

STDIN = "-"
"""The file name that stands for standard input, or as an output for standard output."""


def graph_file(graph: Path) -> Path:
    """Return the file itself if it exists, or else the graph of this name that ships with mpgraph.

    Raises:
        ResourceNotFoundError: there is neither; near matches are suggested.
    """
    return graph if graph.exists() else find_resource(graph)
