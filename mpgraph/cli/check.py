"""`mpgraph check`: find what is wrong with graphs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mpgraph.config.validation.diagnostics import Diagnostic

STDIN = "-"


def check(
    graphs: Annotated[
        list[str], typer.Argument(metavar="GRAPH...", help="Graph files, .pbtxt or .binarypb; - reads stdin.")
    ],
    stdin_name: Annotated[
        str, typer.Option(metavar="FILE", help="What stdin is called; its subgraphs are found beside it.")
    ] = "<stdin>",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout, for editors.")
    ] = False,
) -> None:
    """Read and validate graphs without running them.

    Says all that is wrong: a line for each mistake, with its place and what to do
    about it. Exits with 1 if there is an error, with 0 if there are warnings
    only.

    \b
    --json prints {"diagnostics": [...], "files": 1, "errors": 1, "warnings": 0}.
    A diagnostic has
      severity                  "error" or "warning"
      code                      what kind, such as "unknown-calculator"; stays
      message, suggestion       what is wrong, and what to do about it
      file, line, column        from 1, in characters; 0 if it is the whole file
      end_line, end_column      after its last character; 0 if not known
      used_at                   file, line, column of each use of its subgraph

    \b
    Examples:
      mpgraph check graphs/*.pbtxt
      mpgraph check --json - < graph.pbtxt
    """
    from mpgraph.cli.failures import show_error, show_warning
    from mpgraph.config.validation.diagnostics import ERROR, diagnose, merged

    found: list[Diagnostic] = []
    wrong_files = 0
    for graph in graphs:
        source = sys.stdin.read() if graph == STDIN else _file_of(graph)
        diagnostics = diagnose(source, file=stdin_name)
        wrong_files += bool(diagnostics)
        found += diagnostics
        if not diagnostics and not as_json:
            typer.echo(f"{graph}: ok")
    found = merged(found)  # What is wrong in a subgraph shows in every graph that uses it.
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
        typer.echo(_summary(errors, warnings, wrong_files, len(graphs)), err=True)
    if errors:
        raise typer.Exit(1)


def _file_of(graph: str) -> Path:
    """The file, as given or among the graphs that come with mpgraph, as `mpgraph run` finds it."""
    from mpgraph.errors import MpgraphError
    from mpgraph.framework.resources import find_resource

    if Path(graph).exists():
        return Path(graph)
    try:
        return Path(find_resource(graph))
    except MpgraphError:
        return Path(graph)


def _summary(errors: int, warnings: int, wrong_files: int, files: int) -> str:
    """What was found in numbers: `2 errors and 1 warning in 1 of 3 files`."""
    counts = [_counted(number, word) for number, word in ((errors, "error"), (warnings, "warning")) if number]
    where = f"{wrong_files} of {_counted(files, 'file')}" if files > 1 else "1 file"
    return f"{' and '.join(counts)} in {where}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
