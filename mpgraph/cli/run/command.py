"""`mpgraph run`: run a graph on a video, a picture or a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
    context: typer.Context,
    graph: Annotated[
        Path,
        typer.Argument(
            metavar="GRAPH", help="A .pbtxt or .binarypb file; one that comes with mpgraph needs no folder."
        ),
    ],
    input_video: Annotated[
        Path | None, typer.Option("--input-video", "-i", metavar="FILE", help="Feed this video's frames.")
    ] = None,
    output_video: Annotated[
        Path | None, typer.Option("--output-video", "-o", metavar="FILE", help="Write the output's frames.")
    ] = None,
    input_image: Annotated[
        Path | None, typer.Option("--input-image", metavar="FILE", help="Feed this picture, at time 0.")
    ] = None,
    output_image: Annotated[
        Path | None, typer.Option("--output-image", metavar="FILE", help="Write the output's only picture.")
    ] = None,
    webcam: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Feed camera N, mirrored. Without any input, camera 0 is taken.",
            show_default=False,
        ),
    ] = None,
    input_side_packets: Annotated[
        list[str] | None,
        typer.Option(
            "--input-side-packets",
            "-s",
            metavar="NAME=VALUE,...",
            help="Input side packets, read as the type the graph wants. May be repeated.",
        ),
    ] = None,
    input_stream: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The stream to feed. Default: input_video, or the only one."),
    ] = None,
    output_stream: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The stream to write or show, any in the graph. Default: output_video, or the only one.",
        ),
    ] = None,
    print_output: Annotated[
        bool,
        typer.Option("--print-output", help="Print the packets of the graph's other outputs, one a line."),
    ] = False,
    no_browser: Annotated[
        bool,
        typer.Option("--no-browser", help="Print the live preview's address instead of opening a browser."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace files that exist.")] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", "-w", help="Load the graph, its calculators and models anew when their files change."
        ),
    ] = False,
    viz: Annotated[
        bool, typer.Option("--viz", help="Show the running graph on a page: rates, queues, times, pictures.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Print how long each calculator took, when the run has ended.")
    ] = False,
    trace: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write every call's time: .perfetto-trace, or .json for Chrome."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write all that enters the graph, for bug reports and mpgraph replay."
        ),
    ] = None,
) -> None:
    """Run a graph on a video, a picture or a camera.

    Each frame is fed when the one before is through, so none is dropped.
    Without an output file the output is shown live: q or Esc ends.

    With --watch a camera stays open while you edit, and a video is shown over
    and over. A mistake is shown, and the graph before it goes on. An output
    file is written anew at every change.

    \b
    Examples:
      mpgraph run graph.pbtxt -i in.mp4 -o out.mp4
      mpgraph run graph.pbtxt --input-image me.jpg --output-image blue.png
      mpgraph run graph.pbtxt -i in.mp4 -o out.mp4 -s model_selection=1
      mpgraph run selfie_segmentation_cpu.pbtxt --webcam 0
      mpgraph run graph.pbtxt --webcam 0 --watch --module my_calculators
      mpgraph run graph.pbtxt --webcam 0 --viz
      mpgraph run graph.pbtxt -i in.mp4 -o out.mp4 --profile --trace run.json
      mpgraph run graph.pbtxt --webcam 0 --record bug.mpgrec
    """
    from mpgraph.cli.frames.outputs import refuse_to_replace
    from mpgraph.cli.run.graph_job import Ends, GraphJob
    from mpgraph.cli.run.graph_session import GraphSession
    from mpgraph.cli.run.measuring import Measuring
    from mpgraph.cli.run.record import recording

    if sum(name is not None for name in (input_video, input_image, webcam)) > 1:
        raise typer.BadParameter("give one of --input-video, --input-image and --webcam")
    if output_video is not None and output_image is not None:
        raise typer.BadParameter("give one of --output-video and --output-image")
    if output_video is not None and input_image is not None:
        raise typer.BadParameter("a picture's output is a picture: give --output-image")
    for output in (output_video, output_image, record):
        if output is not None:
            refuse_to_replace(output, force)
    measuring = Measuring(trace, profile, viz, not no_browser)
    measuring.check(force)
    ends = Ends(input_video, input_image, webcam, output_video, output_image, not no_browser)

    def load() -> GraphSession:
        return GraphSession.load(graph, input_stream, output_stream, input_side_packets or [], print_output)

    if watch:
        from mpgraph.cli.run.watch import run_watched

        if measuring.is_wanted or record is not None:
            raise typer.BadParameter("--viz, --profile, --trace and --record see one run: leave out --watch")
        run_watched(graph, load, context.obj, ends)
    else:
        session = load()
        with recording(session.graph, record), measuring.around(session, graph):
            GraphJob(session, ends).run()
