"""`mpgraph check`: find what is wrong with graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check(
    graphs: Annotated[
        list[Path], typer.Argument(metavar="GRAPH...", help="Graph files: .pbtxt or .binarypb.")
    ],
) -> None:
    """Read and validate graphs without running them.

    Says all that is wrong, each with its place (file:line:column), and exits with 1 if anything is.

    \b
    Example:
      mpgraph check graphs/*.pbtxt
    """
    from mpgraph.cli.failures import lines_of, show_error
    from mpgraph.config.validation import diagnose

    wrong = 0
    for graph in graphs:
        lines = [line for error in diagnose(graph) for line in lines_of(error)]
        for line in dict.fromkeys(lines):  # One mistake may show at several nodes.
            show_error(line)
        if not lines:
            typer.echo(f"{graph}: ok")
        wrong += bool(lines)
    if wrong:
        raise typer.Exit(1)
