"""`mpgraph viz`: look at graphs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

FORMATS = {".html": "html", ".svg": "svg", ".png": "png", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
"""What the suffix of an output file means."""
_SUFFIXES = {"html": ".html", "svg": ".svg", "png": ".png", "dot": ".dot", "mermaid": ".mmd"}


def viz(
    graphs: Annotated[
        list[Path], typer.Argument(metavar="GRAPH...", help="Graph files: .pbtxt or .binarypb.")
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
            help="html, svg, png, dot or mermaid; without -o, to stdout.",
        ),
    ] = "",
    expand: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Open this subgraph; 'all' for every one. May be given several times."
        ),
    ] = None,
    options: Annotated[
        str,
        typer.Option(metavar="HOW", help="Options in the nodes: none, short, or all with their defaults."),
    ] = "short",
    types: Annotated[bool, typer.Option("--types", help="Show what each port carries.")] = False,
    dark: Annotated[bool, typer.Option("--dark", help="Light text on a dark ground.")] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Show how the second graph differs from the first, in the page."),
    ] = False,
    trace: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Show this trace beside the graph: what `mpgraph run --trace run.json` wrote.",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 for any free one.")] = 0,
) -> None:
    """Draw graphs: as a page in the browser, or as a file.

    Without -o and --format, the graphs are shown in the browser, where their text
    can be edited and subgraphs open in place, until Ctrl-C. Works for any graph,
    also one whose calculators mpgraph does not have, or that has mistakes.

    \b
    Examples:
      mpgraph viz graph.pbtxt
      mpgraph viz graph.pbtxt -o graph.svg --expand all
      mpgraph viz graph.pbtxt --format mermaid
      mpgraph viz graph.pbtxt --trace run.json
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
    if output is None and not format:
        from mpgraph.visualizer.server import serve

        begin: dict[str, Any] = {"diff": diff, "expand": expand or (), "dark": dark, "extras": extras}
        _refuse_for_pages(options, types)
        serve(graphs, **begin, open_browser=browser, port=port, announce=typer.echo)
        return
    kind = _format(format, output)
    if trace is not None and kind != "html":
        raise typer.BadParameter("a trace is shown in the page only", param_hint="--trace")
    look = _Look(expand or ["none"], "dark" if dark else "auto", options, types)
    if kind == "html":
        _refuse_for_pages(options, types)
    if kind == "html" and (len(graphs) == 1 or _is_file(output)):
        _deliver(look.page(graphs, diff, extras), output, graphs[0], kind)
        return
    if len(graphs) > 1:
        if output is None or _is_file(output):
            raise typer.BadParameter(
                f"several graphs need a folder, such as -o drawings, with --format {kind}", param_hint="-o"
            )
        from mpgraph.cli.frames.outputs import output_folder

        output_folder(output)
    # Names that several files have are told apart before anything is written.
    targets = _targets(graphs, output, kind)
    for graph, target in zip(graphs, targets, strict=True):
        _deliver(look.drawing(graph, kind), target, graph, kind)


class _Look:
    """How drawings look."""

    def __init__(self, expand: list[str], theme: str, options: str, types: bool) -> None:
        self.types = types
        self.expand = expand
        self.theme = theme
        self.options = options

    def drawing(self, graph: Path, kind: str) -> bytes:
        from mpgraph.visualizer import formats

        if kind == "html":
            return self.page([graph], False, {})
        if kind == "dot":
            return formats.to_dot(graph, expand=self.expand).encode()
        if kind == "mermaid":
            return formats.to_mermaid(graph, expand=self.expand).encode()
        shown: dict[str, Any] = {"options": self.options, "types": self.types}
        if kind == "png":
            theme = "light" if self.theme == "auto" else self.theme
            return formats.to_png(graph, expand=self.expand, theme=theme, **shown)
        text = formats.to_svg(graph, expand=self.expand, theme=self.theme, **shown)
        return text.encode() + b"\n"

    def page(self, graphs: list[Path], diff: bool, extras: dict[str, object]) -> bytes:
        from mpgraph.visualizer.html import page_html

        dark = self.theme == "dark"
        return page_html(graphs, diff=diff, expand=self.expand, dark=dark, extras=extras).encode()


def _refuse_for_pages(options: str, types: bool) -> None:
    if options != "short" or types:
        raise typer.BadParameter(
            "are for drawings: a page shows all of that beside a chosen node",
            param_hint="--options, --types",
        )


def _format(format: str, output: Path | None) -> str:
    """What to write: as --format says, else as the output's suffix does."""
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
        raise typer.BadParameter(f'"{output}" is a folder: say --format svg, or another', param_hint="-o")
    known = ", ".join(FORMATS)
    raise typer.BadParameter(f'"{output}" does not end with one of {known}', param_hint="-o")


def _is_file(output: Path | None) -> bool:
    return output is not None and output.suffix.lower() in FORMATS and not output.is_dir()


def _targets(graphs: list[Path], output: Path | None, kind: str) -> list[Path | None]:
    """Where each drawing goes; None for stdout."""
    if output is None or _is_file(output):
        return [output] * len(graphs)
    names = [graph.stem for graph in graphs]
    told_apart = [
        f"{graph.resolve().parent.name}-{graph.stem}" if names.count(graph.stem) > 1 else graph.stem
        for graph in graphs
    ]
    if len(set(told_apart)) < len(told_apart):
        raise typer.BadParameter("two graphs would be written to one file", param_hint="GRAPH...")
    return [output / f"{name}{_SUFFIXES[kind]}" for name in told_apart]


def _deliver(data: bytes, output: Path | None, graph: Path, kind: str) -> None:
    """Write a drawing to a file, whole or not at all, or to stdout."""
    from mpgraph.errors import MediaError
    from mpgraph.io.files import atomic_output

    if output is None:
        if kind == "png" and sys.stdout.isatty():
            raise MediaError("a PNG is nothing for a terminal; give it a file with -o")
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    target = output / f"{graph.stem}{_SUFFIXES[kind]}" if output.is_dir() else output
    if target.exists() and graph.exists() and target.samefile(graph):
        raise MediaError(f'"{target}" is the graph itself; give the drawing another name')
    with atomic_output(target) as unfinished:
        unfinished.write_bytes(data)
    typer.echo(f"{target}: {len(data) / 1000:.0f} kB", err=True)
