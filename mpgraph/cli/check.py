"""`mpgraph check`: validate graphs without running them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mpgraph.cli.arguments import STDIN, graph_file

if TYPE_CHECKING:
    from mpgraph.config.validation.diagnostics import Diagnostic


def check(
    graphs: Annotated[
        list[str], typer.Argument(metavar="GRAPH...", help="Graph files, .pbtxt or .binarypb; - reads stdin.")
    ],
    stdin_name: Annotated[
        str, typer.Option(metavar="FILE", help="File name for stdin; its subgraphs are searched next to it.")
    ] = "<stdin>",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout, for editors.")
    ] = False,
) -> None:
    """Read and validate graphs without running them.

    Reports all problems, one per line, with the location and how to fix it. Exits
    with 1 if there is an error, with 0 if there are only warnings.

    \b
    --json prints {"diagnostics": [...], "files": 1, "errors": 1, "warnings": 0}.
    A diagnostic has
      severity                  "error" or "warning"
      code                      stable, such as "unknown-calculator"
      message, suggestion       the problem, and how to fix it
      file, line, column        from 1, in characters; 0 for the whole file
      end_line, end_column      after the last character; 0 if not known
      used_at                   file, line, column of each use of the subgraph

    \b
    Examples:
      mpgraph check graphs/*.pbtxt
      mpgraph check --json - < graph.pbtxt
    """
    from mpgraph.cli.console import show_error, show_warning
    from mpgraph.config.validation.diagnostics import ERROR, diagnose, merged

    found: list[Diagnostic] = []
    failing = 0
    for graph in graphs:
        source = sys.stdin.read() if graph == STDIN else _file_of(graph)
        diagnostics = diagnose(source, file=stdin_name)
        failing += bool(diagnostics)
        found += diagnostics
        if not diagnostics and not as_json:
            typer.echo(f"{graph}: ok")
    found = merged(found)  # A problem in a subgraph is found again in every graph that uses it.
    errors = sum(diagnostic.severity == ERROR for diagnostic in found)
    warnings = len(found) - errors
    if as_json:
        rows = [diagnostic.as_dict() for diagnostic in found]
        document = {"diagnostics": rows, "files": len(graphs), "errors": errors, "warnings": warnings}
        typer.echo(json.dumps(document, indent=2))
    elif found:
        for diagnostic in found:
            show = show_error if diagnostic.severity == ERROR else show_warning
            show(str(diagnostic))
        typer.echo(_summary(errors, warnings, failing, len(graphs)), err=True)
    if errors:
        raise typer.Exit(1)


def _file_of(graph: str) -> Path:
    """The graph file; the name itself if there is none, for `diagnose` to report."""
    from mpgraph.errors import MpgraphError

    try:
        return graph_file(Path(graph))
    except MpgraphError:
        return Path(graph)


def _summary(errors: int, warnings: int, failing: int, files: int) -> str:
    """The numbers in words, such as `2 errors and 1 warning in 1 of 3 files`."""
    from mpgraph.cli.console import counted

    counts = [counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    where = f"{failing} of {counted(files, 'file')}" if files > 1 else "1 file"
    return f"{' and '.join(counts)} in {where}"
