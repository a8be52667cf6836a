"""`mpgraph profile`: a table of calculator times from profiler logs, also those of MediaPipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from mpgraph.cli.console import echo
from mpgraph.errors import InvalidArgumentError


def profile(
    logs: Annotated[
        list[Path],
        typer.Argument(metavar="LOG...", help="Log files of one run, oldest first, such as log_0.binarypb."),
    ],
    columns: Annotated[
        str,
        typer.Option("--cols", metavar="NAME,...", help='The columns; "time_*" for all with this prefix.'),
    ] = "*",
    compact: Annotated[bool, typer.Option("--compact", help="Separate columns by one space.")] = False,
) -> None:
    """Show how long each calculator took, from the logs written by a graph's profiler_config.

    Times are in microseconds. Logs of MediaPipe have the same format.

    \b
    Examples:
      mpgraph profile /tmp/mediapipe_trace_0.binarypb
      mpgraph profile log_*.binarypb --cols "time_*,fps"
    """
    from mpgraph.profiling.report import Reporter, columns_like, text_table

    selected = columns_like(columns.split(","))
    reporter = Reporter()
    for log in logs:
        reporter.add(read_log(log))
    rows = reporter.rows()
    if not rows:
        raise InvalidArgumentError("no calculator was called while these logs were written")
    echo(text_table(rows, selected, compact))


def read_log(path: Path) -> Any:
    """Parse the GraphProfile message in a log file.

    Raises:
        FileNotFoundError: there is no such file.
        InvalidArgumentError: it is not a profiler log.
    """
    from google.protobuf.message import DecodeError

    from mpgraph.io.files import read_whole
    from mpgraph.protos import calculator_profile_pb2

    try:
        log = calculator_profile_pb2.GraphProfile.FromString(read_whole(path))
    except DecodeError:
        log = None
    if log is None or not (log.graph_trace or log.calculator_profiles):
        raise InvalidArgumentError(
            f"{path} is not a profiler log: it does not contain a GraphProfile message. "
            "Graphs write logs with profiler_config { trace_enabled: true trace_log_path: ... }."
        )
    return log
