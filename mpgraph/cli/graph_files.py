"""Graph files named on the command line."""

from __future__ import annotations

from pathlib import Path

from mpgraph.framework.resources import find_resource

STDIN = "-"
"""The file name that stands for standard input."""


def graph_file(graph: Path) -> Path:
    """Return the file itself if it exists, or else the graph of this name that ships with mpgraph.

    Raises:
        ResourceNotFoundError: there is neither; near matches are suggested.
    """
    return graph if graph.exists() else find_resource(graph)
