"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.framework.model_trust import trust_models
from mpgraph.framework.resources import find_resource

Force = Annotated[bool, typer.Option("--force", "-f", help="Replace existing files.")]

NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the live preview's address instead of opening a browser.")
]


def _trust_models(trusted: bool) -> bool:
    if trusted:
        trust_models()
    return trusted


TrustModel = Annotated[
    bool,
    typer.Option(
        "--trust-model",
        help="Run models that mpgraph does not ship without a trial in another process.",
        callback=_trust_models,
    ),
]

STDIN = "-"
"""The file name that stands for standard input."""


def graph_file(graph: Path) -> Path:
    """Return the file itself if it exists, or else the graph of this name that ships with mpgraph.

    Raises:
        ResourceNotFoundError: there is neither; near matches are suggested.
    """
    return graph if graph.exists() else find_resource(graph)
