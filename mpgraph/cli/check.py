"""`mpgraph check`: validate graphs without running them."""

from __future__ import annotations

import gc
import glob
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mpgraph.cli.arguments import STDIN, graph_file
from mpgraph.cli.console import echo

if TYPE_CHECKING:
    from mpgraph.cli.user_modules import UserModules
    from mpgraph.config.validation.diagnostics import Diagnostic

_UNKNOWN = "unknown-calculator"


class Format(str, Enum):
    """How the diagnostics are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def check(
    context: typer.Context,
    graphs: Annotated[
        list[str],
        typer.Argument(
            metavar="GRAPH...",
            help="Graph files, .pbtxt, .binarypb, or .py with a GraphBuilder; folders and patterns; - reads "
            "stdin.",
        ),
    ],
    stdin_name: Annotated[
        str, typer.Option(metavar="FILE", help="File name for stdin; its subgraphs are searched next to it.")
    ] = "<stdin>",
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Calculators that mpgraph does not know are warnings.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail for warnings, too, except those of --allow-unknown.")
    ] = False,
    output: Annotated[
        Format, typer.Option("--format", help="How to print: for people, editors, GitHub Actions or SARIF.")
    ] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Read and validate graphs without running them.

    Reports all problems, one per line, with the location and how to fix it; those
    in a given file before those in its subgraphs. Exits with 1 if there is an
    error, with 0 if there are only warnings. In a folder, all graphs at any depth
    are checked.

    \b
    --format json prints
      {"diagnostics": [...], "files": 1, "errors": 1, "warnings": 0}
    A diagnostic has
      severity                  "error" or "warning"
      code                      stable, such as "unknown-calculator"
      message, suggestion       the problem, and how to fix it
      file, line, column        from 1, in characters; 0 for the whole file
      end_line, end_column      after the last character; 0 if not known
      used_at                   file, line, column of each use of the subgraph

    \b
    Examples:
      mpgraph check graphs
      mpgraph check --strict --allow-unknown --format github "graphs/**/*.pbtxt"
      mpgraph check --json - < graph.pbtxt
    """
    from mpgraph.config.expansion.subgraphs import SubgraphNames
    from mpgraph.config.problems import each_of
    from mpgraph.config.validation.diagnostics import ERROR, WARNING, diagnose, diagnostic_of, merged
    from mpgraph.errors import MpgraphError

    output = Format.JSON if as_json else output
    gc.set_threshold(100_000)  # A third of the time, for graphs are many small objects that stay.
    names = SubgraphNames(lenient=True)  # Every subgraph is read once for all graphs.
    found: list[Diagnostic] = []
    files = failing = 0
    for name, source in _sources(graphs, context.obj):
        if isinstance(source, MpgraphError):  # A Python file that cannot be imported.
            diagnostics = [diagnostic_of(each, file=name) for each in each_of([source])]
        else:
            diagnostics = diagnose(source, file=stdin_name, names=names)
        files += 1
        failing += bool(diagnostics)
        found += diagnostics
        if not diagnostics and output is Format.TEXT:
            echo(f"{name}: ok")
    found = merged(found)  # A problem in a subgraph is found again in every graph that uses it.
    if allow_unknown:
        found = [replace(each, severity=WARNING) if each.code == _UNKNOWN else each for each in found]
    errors = sum(diagnostic.severity == ERROR for diagnostic in found)
    _print(found, output, files, failing, errors)
    tolerated = sum(diagnostic.code == _UNKNOWN for diagnostic in found) if allow_unknown else 0
    if errors or (strict and len(found) > tolerated):
        raise typer.Exit(1)


def _print(found: Sequence[Diagnostic], output: Format, files: int, failing: int, errors: int) -> None:
    import mpgraph
    from mpgraph.cli.console import show_error, show_warning
    from mpgraph.cli.diagnostic_formats import as_github, as_json, as_sarif
    from mpgraph.config.validation.diagnostics import ERROR

    if output is Format.JSON:
        typer.echo(as_json(found, files, errors))
    elif output is Format.SARIF:
        typer.echo(as_sarif(found, mpgraph.__version__))
    elif output is Format.GITHUB:
        echo(as_github(found), nl=bool(found))
    elif found:
        for diagnostic in found:
            show = show_error if diagnostic.severity == ERROR else show_warning
            show(str(diagnostic))
        echo(_summary(errors, len(found) - errors, failing, files), err=True)


def _sources(graphs: Sequence[str], modules: UserModules) -> Iterator[tuple[str, object]]:
    """Yield each graph's name and its text, file, builder or error, in the order of the arguments.

    Raises:
        typer.BadParameter: a folder or pattern has no graphs.
    """
    from mpgraph.cli.python_graphs import is_python_graph, load_python_graph
    from mpgraph.errors import MpgraphError

    for graph in graphs:
        if graph == STDIN:
            yield graph, sys.stdin.read()
        elif os.path.isdir(graph):
            yield from _graphs_in(graph, sorted(Path(graph).rglob("*")))
        elif glob.has_magic(graph) and not os.path.exists(graph):
            yield from _graphs_in(graph, map(Path, sorted(glob.glob(graph, recursive=True))))
        elif is_python_graph(graph):
            try:
                yield graph, load_python_graph(graph, modules)
            except MpgraphError as error:
                yield graph, error
        else:
            yield graph, _file_of(graph)


def _graphs_in(argument: str, files: Iterable[Path]) -> Iterator[tuple[str, object]]:
    """Yield the graphs among the files of a folder or pattern: not profiles, label maps and the like."""
    from mpgraph.config.source import TEXT_SUFFIXES, load_graph_file, may_be_graph
    from mpgraph.errors import MpgraphError

    number = 0
    for file in files:
        if file.suffix not in TEXT_SUFFIXES or not file.is_file() or not may_be_graph(file):
            continue
        try:
            source = load_graph_file(file, lenient=True)
        except MpgraphError:
            source = None  # `diagnose` reports why.
        if source is None or source.config.ListFields():
            number += 1
            yield str(file), source or file
    if not number:
        raise typer.BadParameter(f'There is no graph in "{argument}".')


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
