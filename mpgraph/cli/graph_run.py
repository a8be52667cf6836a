"""`mpgraph run`: run a graph on a video, a picture or a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def run(
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
) -> None:
    """Run a graph on a video, a picture or a camera.

    Each frame is fed when the one before is through, so none is dropped.
    Without an output file the output is shown live: q or Esc ends.

    \b
    Examples:
      mpgraph run graph.pbtxt -i in.mp4 -o out.mp4
      mpgraph run graph.pbtxt --input-image me.jpg --output-image blue.png
      mpgraph run graph.pbtxt -i in.mp4 -o out.mp4 -s model_selection=1
      mpgraph run selfie_segmentation_cpu.pbtxt --webcam 0
    """
    from mpgraph.cli.graph_job import GraphJob
    from mpgraph.cli.graph_session import GraphSession
    from mpgraph.cli.outputs import refuse_to_replace

    inputs = [name for name in (input_video, input_image, webcam) if name is not None]
    if len(inputs) > 1:
        raise typer.BadParameter("give one of --input-video, --input-image and --webcam")
    if output_video is not None and output_image is not None:
        raise typer.BadParameter("give one of --output-video and --output-image")
    if output_video is not None and input_image is not None:
        raise typer.BadParameter("a picture's output is a picture: give --output-image")
    for output in (output_video, output_image):
        if output is not None:
            refuse_to_replace(output, force)
    session = GraphSession.load(graph, input_stream, output_stream, input_side_packets or [], print_output)
    job = GraphJob(session, output_video, output_image, not no_browser)
    if not session.input_stream:
        if inputs:
            raise typer.BadParameter("this graph has no input stream that could be fed")
        job.run_alone()
    elif input_image is not None:
        job.feed_picture(input_image)
    elif input_video is not None:
        job.feed_video(input_video)
    else:
        job.feed_camera(webcam or 0)
