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

Webcam = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="Use camera N (0 is the first), mirrored, and show a live preview; q or Esc stops. --output "
        "is then the recording.",
        show_default=False,
    ),
]

PrintGraph = Annotated[
    bool,
    typer.Option("--print-graph", help="Print the graph that the options mean, for mpgraph run; do nothing."),
]

Viz = Annotated[
    bool, typer.Option("--viz", help="Show the running graph on a page: rates, queues, times, images.")
]

Profile = Annotated[
    bool,
    typer.Option("--profile", help="Print how long each calculator took, in the newest 200,000 calls."),
]

Trace = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Trace the newest 200,000 calls: .perfetto-trace, or .json for Chrome.",
        show_default=False,
    ),
]

Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Include sub-folders.")]

SidePackets = Annotated[
    list[str] | None,
    typer.Option(
        "--input-side-packets",
        "-s",
        metavar="NAME=VALUE,...",
        help="Input side packets, parsed as the type that the graph expects. May be repeated.",
        show_default=False,
    ),
]

STDIN = "-"
"""The file name that stands for standard input, or as an output for standard output."""


def graph_file(graph: Path) -> Path:
    """Return the file itself if it exists, or else the graph of this name that ships with mpgraph.

    Raises:
        ResourceNotFoundError: there is neither; near matches are suggested.
    """
    return graph if graph.exists() else find_resource(graph)
