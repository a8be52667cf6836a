"""`mpgraph map`: run a graph on many files, on all cores of this machine or on a Ray cluster."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mpgraph.cli.arguments import STDIN, Recursive, SidePackets, TrustModel
from mpgraph.cli.console import echo, show_error, show_warning

if TYPE_CHECKING:
    from mpgraph.mapping.result import MapResult


def map_files(
    context: typer.Context,
    graph: Annotated[
        Path,
        typer.Argument(
            metavar="GRAPH",
            help="A .pbtxt or .binarypb file, or a Python file with a GraphBuilder; a graph that ships with "
            "mpgraph needs no folder.",
        ),
    ],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Images, videos, folders of them, patterns such as 'videos/*.mp4', and URLs. @list.txt: "
            "those in a file, one per line; -: those on standard input.",
            show_default=False,
        ),
    ],
    output_dir: Annotated[
        str,
        typer.Option(
            "--output-dir",
            "-o",
            metavar="DIR",
            help="The folder, or URL, for the results; it is created.",
            show_default=False,
        ),
    ],
    on: Annotated[
        str,
        typer.Option(
            metavar="WHERE",
            help="[cyan]local[/cyan]: processes on this machine. [cyan]ray[/cyan], "
            "[cyan]ray=ADDRESS[/cyan]: a Ray cluster.",
        ),
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="How many inputs at once. Default: one per core.", show_default=False
        ),
    ] = None,
    recursive: Recursive = False,
    input_side_packets: SidePackets = None,
    input_stream: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The stream to feed. Default: input_video, or the only one.",
            show_default=False,
        ),
    ] = None,
    output_stream: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A stream to write; may be repeated. Default: output_video or the only one with images, and "
            "all without images.",
            show_default=False,
        ),
    ] = None,
    image_suffix: Annotated[
        str | None,
        typer.Option(
            metavar=".png", help="The format of images. Default: that of the input.", show_default=False
        ),
    ] = None,
    video_suffix: Annotated[str, typer.Option(metavar=".mp4", help="The format of videos.")] = ".mp4",
    retries: Annotated[
        int, typer.Option(min=0, metavar="N", help="Attempts after a worker has died with an input.")
    ] = 2,
    summary: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Append a line of JSON for each input. Default: standard output, if that is a pipe or file.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Also do what is done already.")] = False,
    trust_model: TrustModel = False,
) -> None:
    """Run a graph on many files, on all cores or on many machines.

    Images and videos of the graph are written as DIR/NAME.jpg or DIR/NAME.mp4,
    what other streams carry as DIR/NAME.jsonl, a line for each frame. Inputs
    whose results are there, and not older, are skipped: after Ctrl-C or a
    failure, the same command continues. A failing input is reported, the others
    are done, and the exit code is 1.

    \b
    Examples:
      mpgraph map selfie_segmentation_cpu.pbtxt videos/ -o done/
      mpgraph map annotate_hands.pbtxt talks/ -r -o found/ --summary log.jsonl
      mpgraph map graph.pbtxt @list.txt -o done/ -s model_selection=1
      find . -name "*.mov" | mpgraph map graph.pbtxt - -o done/ --workers 4
      mpgraph map graph.pbtxt s3://in/day1/ -o s3://out/ --on ray=10.0.0.7:6379
    """
    from mpgraph.cli.frames.pipeline import progress_bar
    from mpgraph.cli.python_graphs import given_graph
    from mpgraph.mapping.map_graph import map_graph
    from mpgraph.session.side_packets import split_side_packets

    # Ray would print news of its processes on standard output, where the summary is. The results have them.
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", "^")
    start = time.perf_counter()
    results = map_graph(
        given_graph(graph, context.obj),
        _listed(inputs),
        output_dir,
        on=on,
        workers=workers,
        recursive=recursive,
        force=force,
        input_stream=input_stream,
        output_streams=output_stream,
        side_packets=split_side_packets(input_side_packets or []),
        image_suffix=image_suffix,
        video_suffix=video_suffix,
        modules=sorted(context.obj.loaded()),
        retries=retries,
    )
    counts: Counter[str] = Counter()
    with results, _summary(summary) as write, progress_bar(graph.stem, len(results)) as advance:
        for result in results:
            counts[result.status] += 1
            write(result)
            for warning in result.warnings:
                show_warning(_with_input(result, warning))
            if result.error is not None:
                show_error(f"error: {_with_input(result, result.error)}")
            advance()
    if sys.stdout.isatty() or summary is not None:
        done = ", ".join(f"{counts[status]} {status}" for status in ("done", "skipped", "failed"))
        echo(f"{output_dir}: {done} in {time.perf_counter() - start:.1f} s")
    if counts["failed"]:
        raise typer.Exit(1)


def _with_input(result: MapResult, message: str) -> str:
    """A message that names the input, as most do by themselves."""
    return message if result.input in message else f"{result.input}: {message}"


def _listed(inputs: Sequence[str]) -> Iterator[str]:
    """Yield the inputs, with those that are in lists."""
    for each in inputs:
        if each == STDIN:
            yield from _lines(sys.stdin)
        elif each.startswith("@") and not Path(each).exists():
            with open(each[1:], encoding="utf-8") as file:
                yield from _lines(file)
        else:
            yield each


def _lines(file: Iterable[str]) -> Iterator[str]:
    return (line for line in (line.rstrip("\r\n") for line in file) if line)


@contextmanager
def _summary(path: Path | None) -> Iterator[Callable[[MapResult], None]]:
    """Yield a function that writes a result to the summary, if there is one."""
    if path is None and sys.stdout.isatty():
        yield lambda result: None
        return

    def line(result: MapResult) -> str:
        return json.dumps(result.as_dict(), ensure_ascii=False)

    if path is None:
        yield lambda result: echo(line(result))
        return
    with path.open("a", encoding="utf-8", buffering=1) as file:
        yield lambda result: print(line(result), file=file)
