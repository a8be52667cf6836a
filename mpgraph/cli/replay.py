"""`mpgraph replay`: feed a recorded run to a graph again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.arguments import TrustModel
from mpgraph.cli.console import echo


def replay(
    context: typer.Context,
    recording: Annotated[
        Path, typer.Argument(metavar="FILE", help="A recording, from mpgraph run --record.", exists=False)
    ],
    graph: Annotated[
        Path | None,
        typer.Option(
            metavar="GRAPH", help="Run this graph file, or Python file, instead of the recorded one."
        ),
    ] = None,
    pace: Annotated[
        float,
        typer.Option(min=0.0, metavar="N", help="Speed: 1 as recorded, 2 twice as fast, 0 without waiting."),
    ] = 0.0,
    trust: Annotated[
        bool, typer.Option("--trust", help="Let the recorded graph read and write files, and use plug-ins.")
    ] = False,
    trust_model: TrustModel = False,
    print_output: Annotated[
        bool, typer.Option("--print-output", help="Print the output packets, one per line.")
    ] = False,
) -> None:
    """Feed a recording to its graph again: same packets, same order.

    A recording contains the graph, its side packets and its input. Give your own
    calculators with --module; models are found as usual. Without --trust, the
    recorded graph reads only below the working directory and on the resource
    path. Exits with 1 if the run fails, or if the output differs from the
    recorded output.

    \b
    Examples:
      mpgraph run graph.pbtxt --webcam 0 --record bug.mpgrec
      mpgraph replay bug.mpgrec --print-output
      mpgraph replay bug.mpgrec --graph fixed.pbtxt --module my_calculators
    """
    from mpgraph.cli.console import counted, error_lines, show_error
    from mpgraph.cli.python_graphs import given_graph
    from mpgraph.testing import replay as run_again
    from mpgraph.testing.matching import show

    replacement = None if graph is None else given_graph(graph, context.obj)
    result = run_again(recording, replacement, pace=pace, check=False, trust=trust)
    for stream, packets in result.outputs.items():
        if print_output:
            for packet in packets:
                echo(f"{stream} @{packet.timestamp.value}: {show(packet.payload)}")
        else:
            echo(f"{stream}: {counted(len(packets), 'packet')}")
    lines = [line for error in result.errors for line in error_lines(error)]
    lines += [f"error: {line}" for line in result.differences]
    for line in dict.fromkeys(lines):
        show_error(line)
    echo(f"{recording}: {counted(result.sent, 'packet')} replayed")
    if lines:
        raise typer.Exit(1)
