"""`mpgraph replay`: run a recording again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def replay(
    recording: Annotated[
        Path, typer.Argument(metavar="FILE", help="What mpgraph run --record has written.", exists=False)
    ],
    graph: Annotated[
        Path | None,
        typer.Option(metavar="GRAPH", help="Run this graph instead of the recorded one."),
    ] = None,
    pace: Annotated[
        float,
        typer.Option(min=0.0, metavar="N", help="1 takes the time it took then, 2 half of it, 0 none."),
    ] = 0.0,
    print_output: Annotated[
        bool, typer.Option("--print-output", help="Print what comes out of the graph, one packet a line.")
    ] = False,
) -> None:
    """Send what was recorded through a graph again: same packets, same order.

    The recording holds the graph, its side packets and its input. Calculators
    of your own come by --module; models are looked up as ever. It exits with 1
    if the run fails, or if what comes out is not what was recorded.

    \b
    Examples:
      mpgraph run graph.pbtxt --webcam 0 --record bug.mpgrec
      mpgraph replay bug.mpgrec --print-output
      mpgraph replay bug.mpgrec --graph mended.pbtxt --module my_calculators
    """
    from mpgraph.cli.failures import lines_of, show_error
    from mpgraph.cli.run.record import count_of
    from mpgraph.framework.resources import find_resource
    from mpgraph.testing import replay as run_again
    from mpgraph.testing.matching import show

    found = None if graph is None else graph if graph.exists() else find_resource(graph)
    result = run_again(recording, found, pace=pace, check=False)
    for stream, packets in result.outputs.items():
        if print_output:
            for packet in packets:
                typer.echo(f"{stream} @{packet.timestamp.value}: {show(packet.payload)}")
        else:
            typer.echo(f"{stream}: {count_of(len(packets))}")
    wrong = [line for error in result.errors for line in lines_of(error)]
    wrong += [f"error: {line}" for line in result.differences]
    for line in dict.fromkeys(wrong):
        show_error(line)
    typer.echo(f"{recording}: {count_of(result.sent)} replayed")
    if wrong:
        raise typer.Exit(1)
