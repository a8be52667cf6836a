"""`mpgraph viz`: show graphs in the browser, or draw them to files."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.console import echo

FORMATS = {".html": "html", ".svg": "svg", ".png": "png", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
"""Formats by the suffix of the output file."""
_SUFFIXES = {"html": ".html", "svg": ".svg", "png": ".png", "dot": ".dot", "mermaid": ".mmd"}


def viz(
    context: typer.Context,
    graphs: Annotated[
        list[Path],
        typer.Argument(
            metavar="GRAPH...",
            help="Graph files: .pbtxt, .binarypb, .py with a GraphBuilder, or names of mpgraph's graphs.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write this file: .html, .svg, .png, .dot or .mmd (Mermaid). For several graphs, a folder.",
        ),
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help="html, svg, png, dot or mermaid; to stdout without -o.",
        ),
    ] = "",
    expand: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Expand this subgraph, or 'all' of them. May be repeated."),
    ] = None,
    options: Annotated[
        str,
        typer.Option(metavar="HOW", help="Options shown in nodes: none, short, or all including defaults."),
    ] = "short",
    types: Annotated[bool, typer.Option("--types", help="Show the packet type of each port.")] = False,
    structure: Annotated[
        bool,
        typer.Option("--structure", help="Show only the structure, without errors and warnings."),
    ] = False,
    new: Annotated[bool, typer.Option("--new", help="Begin a new file, which the page saves.")] = False,
    dark: Annotated[bool, typer.Option("--dark", help="Light text on a dark background.")] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Show on the page how the second graph differs from the first."),
    ] = False,
    trace: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Show this trace next to the graph: a file from `mpgraph run --trace run.json`.",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free port.")] = 0,
) -> None:
    """Show graphs in the browser, or draw them to files.

    Without -o and --format, the graphs are shown in the browser until Ctrl-C;
    there you can edit their text and expand subgraphs. Works for any graph, even
    with errors or with calculators that mpgraph does not have.

    \b
    Examples:
      mpgraph viz graph.pbtxt
      mpgraph viz graph.pbtxt -o graph.svg --expand all
      mpgraph viz graph.pbtxt --format mermaid
      mpgraph viz graph.pbtxt --trace run.json
      mpgraph viz pipeline.py
      mpgraph viz foreign.pbtxt --structure
      mpgraph viz graphs/*.pbtxt -o drawings --format png
    """
    if options not in ("none", "short", "all"):
        raise typer.BadParameter(f'"{options}" is not one of none, short, all', param_hint="--options")
    if diff and len(graphs) != 2:
        raise typer.BadParameter("needs two graphs", param_hint="--diff")
    extras: dict[str, object] = {}
    if trace is not None:
        from mpgraph.profiling.saved import load_trace

        extras["trace"] = load_trace(trace)
    if output == Path("-"):
        output = None
        if not format:
            raise typer.BadParameter("stdout needs a --format", param_hint="-o")
    is_served = output is None and not format
    chosen = "html" if is_served else _format(format, output)
    if chosen != "html" and trace is not None:
        raise typer.BadParameter("a trace can only be shown on a page", param_hint="--trace")
    if chosen == "html" and (options != "short" or types):
        raise typer.BadParameter(
            "are for drawings: a page shows these details for the selected node",
            param_hint="--options, --types",
        )
    if new and not is_served:
        raise typer.BadParameter("is for the page, which saves the file", param_hint="--new")
    from mpgraph.cli.python_graphs import is_python_graph, load_python_graph, page_file, text_of

    sources: dict[Path, Any] = {}
    for graph in graphs:
        if is_python_graph(graph):
            sources[graph] = load_python_graph(graph, context.obj)
        else:
            file = graph if new else graph_file(graph)
            sources[file] = file
    graphs = list(sources)
    if is_served:
        from mpgraph.visualizer.page_session import PageSession
        from mpgraph.visualizer.server import serve

        written = {graph: source for graph, source in sources.items() if source is not graph}
        session = PageSession(
            [page_file(graph) if graph in written else graph for graph in graphs],
            texts={str(page_file(graph)): text_of(source) for graph, source in written.items()},
            diff=diff,
            expand=expand or (),
            dark=dark,
            structure_only=structure,
            extras=extras,
        )
        serve(session, open_browser=browser, port=port, announce=typer.echo)
        return
    style = _DrawingStyle(expand or ["none"], "dark" if dark else "auto", options, types, structure)
    if chosen == "html" and (len(graphs) == 1 or _is_file(output)):
        _write(style.page([*sources.values()], diff, extras), output, graphs[0], chosen)
        return
    if len(graphs) > 1:
        if output is None or _is_file(output):
            raise typer.BadParameter(
                f"several graphs need a folder, such as -o drawings, with --format {chosen}", param_hint="-o"
            )
        from mpgraph.cli.frames.output_paths import output_folder

        output_folder(output)
    targets = _targets(graphs, output, chosen)  # Reports clashing names before anything is written.
    for graph, target in zip(graphs, targets, strict=True):
        _write(style.drawing(sources[graph], chosen), target, graph, chosen)


@dataclass(frozen=True)
class _DrawingStyle:
    """What drawings show, and in which colours."""

    expand: list[str]
    theme: str
    options: str
    types: bool
    structure_only: bool

    def drawing(self, graph: Any, format: str) -> bytes:
        from mpgraph import visualizer

        if format == "html":
            return self.page([graph], False, {})
        source = self._source(graph)
        if format in ("dot", "mermaid"):
            write = visualizer.to_dot if format == "dot" else visualizer.to_mermaid
            return write(source, expand=self.expand).encode()
        details: dict[str, Any] = {"options": self.options, "types": self.types}
        if format == "png":
            theme = "light" if self.theme == "auto" else self.theme
            return visualizer.to_png(source, expand=self.expand, theme=theme, **details)
        text = visualizer.to_svg(source, expand=self.expand, theme=self.theme, **details)
        return text.encode() + b"\n"

    def page(self, graphs: list[Any], diff: bool, extras: dict[str, object]) -> bytes:
        from mpgraph.visualizer.html import page_html

        dark = self.theme == "dark"
        sources = [self._source(graph) for graph in graphs]
        return page_html(sources, diff=diff, expand=self.expand, dark=dark, extras=extras).encode()

    def _source(self, graph: Any) -> Any:
        from mpgraph.visualizer.structure import structure_of, without_diagnostics

        return without_diagnostics(structure_of(graph)) if self.structure_only else graph


def _format(format: str, output: Path | None) -> str:
    """The format to write: that of --format, or else that of the output's suffix."""
    from mpgraph.errors import did_you_mean

    named = FORMATS.get(output.suffix.lower()) if output else None
    if format:
        chosen = {"mmd": "mermaid", "gv": "dot"}.get(format.lower(), format.lower())
        if chosen not in _SUFFIXES:
            raise typer.BadParameter(
                f'"{format}" is not one of {", ".join(_SUFFIXES)}.{did_you_mean(chosen, _SUFFIXES)}',
                param_hint="--format",
            )
        if named and named != chosen:
            raise typer.BadParameter(f'"{output}" is the name of a {named} file', param_hint="--format")
        return chosen
    if named:
        return named
    if output is not None and (output.is_dir() or not output.suffix):
        raise typer.BadParameter(f'"{output}" is a folder: add --format svg or another', param_hint="-o")
    known = ", ".join(FORMATS)
    raise typer.BadParameter(f'the suffix of "{output}" is not one of {known}', param_hint="-o")


def _is_file(output: Path | None) -> bool:
    return output is not None and output.suffix.lower() in FORMATS and not output.is_dir()


def _targets(graphs: list[Path], output: Path | None, format: str) -> list[Path | None]:
    """The file for each drawing; None for stdout. Equal names get their folder's name as a prefix."""
    if output is None or _is_file(output):
        return [output] * len(graphs)
    stems = [graph.stem for graph in graphs]
    names = [
        f"{graph.resolve().parent.name}-{graph.stem}" if stems.count(graph.stem) > 1 else graph.stem
        for graph in graphs
    ]
    if len(set(names)) < len(names):
        raise typer.BadParameter("two graphs would be written to the same file", param_hint="GRAPH...")
    return [output / f"{name}{_SUFFIXES[format]}" for name in names]


def _write(data: bytes, output: Path | None, graph: Path, format: str) -> None:
    """Write a drawing to stdout, or to a file, atomically."""
    from mpgraph.errors import MediaError
    from mpgraph.io.files import atomic_output

    if output is None:
        if format == "png" and sys.stdout.isatty():
            raise MediaError("a PNG cannot be shown on a terminal; write it to a file with -o")
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    target = output / f"{graph.stem}{_SUFFIXES[format]}" if output.is_dir() else output
    if target.exists() and graph.exists() and target.samefile(graph):
        raise MediaError(f'"{target}" is the graph itself; choose another name for the drawing')
    with atomic_output(target) as unfinished:
        unfinished.write_bytes(data)
    echo(f"{target}: {len(data) / 1000:.0f} kB", err=True)
