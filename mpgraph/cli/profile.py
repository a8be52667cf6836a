"""`mpgraph profile`: the profiler's table of log files, MediaPipe's own too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mpgraph.errors import InvalidArgumentError


def profile(
    logs: Annotated[
        list[Path],
        typer.Argument(
            metavar="LOG...", help="Files of one run, oldest first: trace_log_path0.binarypb and so on."
        ),
    ],
    columns: Annotated[
        str, typer.Option("--cols", metavar="NAME,...", help='The columns; "time_*" for all that begin so.')
    ] = "*",
    compact: Annotated[bool, typer.Option("--compact", help="One space between columns.")] = False,
) -> None:
    """Show how long each calculator took, from the logs of a graph's profiler_config.

    Times are in microseconds. MediaPipe's own logs have the same format.

    \b
    Examples:
      mpgraph profile /tmp/mediapipe_trace_0.binarypb
      mpgraph profile log_*.binarypb --cols "time_*,fps"
    """
    from mpgraph.profiling.report import Reporter, columns_like, text_table

    chosen = columns_like(columns.split(","))
    reporter = Reporter()
    for log in logs:
        reporter.add(read_log(log))
    rows = reporter.rows()
    if not rows:
        raise InvalidArgumentError("no calculator was called while these logs were written")
    typer.echo(text_table(rows, chosen, compact))


def read_log(path: Path) -> Any:
    """The GraphProfile message in a file.

    Raises:
        FileNotFoundError: there is no such file.
        InvalidArgumentError: the file is something else.
    """
    from google.protobuf.message import DecodeError

    from mpgraph.protos import calculator_profile_pb2

    try:
        found = calculator_profile_pb2.GraphProfile.FromString(path.read_bytes())
    except DecodeError:
        found = None
    if found is None or not (found.graph_trace or found.calculator_profiles):
        raise InvalidArgumentError(
            f"{path} is not a log of a graph: it does not hold a GraphProfile message. "
            "Logs are written where profiler_config { trace_enabled: true trace_log_path: ... } says."
        )
    return found
