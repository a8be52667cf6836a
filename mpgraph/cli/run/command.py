"""`mpgraph run`: run a graph on a video, an image or a camera."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.arguments import Force, NoBrowser, Profile, SidePackets, Trace, TrustModel, Viz


def run(
    context: typer.Context,
    graph: Annotated[
        Path,
        typer.Argument(
            metavar="GRAPH",
            help="A .pbtxt or .binarypb file, or a .py file with a GraphBuilder (FILE.py:NAME for one of "
            "several); a graph that ships with mpgraph needs no folder.",
        ),
    ],
    input_video: Annotated[
        Path | None, typer.Option("--input-video", "-i", metavar="FILE", help="Feed this video's frames.")
    ] = None,
    output_video: Annotated[
        Path | None, typer.Option("--output-video", "-o", metavar="FILE", help="Write the output's frames.")
    ] = None,
    input_image: Annotated[
        Path | None, typer.Option("--input-image", metavar="FILE", help="Feed this image at timestamp 0.")
    ] = None,
    output_image: Annotated[
        Path | None, typer.Option("--output-image", metavar="FILE", help="Write the output's only image.")
    ] = None,
    webcam: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Feed camera N, mirrored. Camera 0 is the default input.",
            show_default=False,
        ),
    ] = None,
    input_side_packets: SidePackets = None,
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
        typer.Option("--print-output", help="Print the packets of all other output streams, one per line."),
    ] = False,
    no_browser: NoBrowser = False,
    force: Force = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", "-w", help="Reload the graph, its calculators and models when their files change."
        ),
    ] = False,
    viz: Viz = False,
    profile: Profile = False,
    trace: Trace = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Record the graph's input, for bug reports and mpgraph replay."),
    ] = None,
    trust_model: TrustModel = False,
) -> None:
    """Run a graph on a video, an image or a camera.

    Each frame is fed when the previous one is done, so no frame is dropped.
    Without an output file the output is shown live; q or Esc stops.

    With --watch, a camera stays open while you edit, and a video is shown in a
    loop. Errors are reported while the previous graph keeps running. An output
    file is written again after every change.

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
      mpgraph run pipeline.py -i in.mp4 -o out.mp4
    """
    from mpgraph.cli.frames.selection import refuse_inputs
    from mpgraph.cli.run.graph_session import GraphSession, load_graph
    from mpgraph.cli.run.instrumentation import RunInstrumentation
    from mpgraph.cli.run.reload import files_of
    from mpgraph.cli.run.session_driver import InputOutputSelection, SessionDriver

    if sum(name is not None for name in (input_video, input_image, webcam)) > 1:
        raise typer.BadParameter("give only one of --input-video, --input-image and --webcam")
    if output_video is not None and output_image is not None:
        raise typer.BadParameter("give only one of --output-video and --output-image")
    if output_video is not None and input_image is not None:
        raise typer.BadParameter("the output for an image is an image: use --output-image")
    inputs = [file for file in (graph, input_video, input_image) if file is not None]
    outputs = [file for file in (output_video, output_image, record, trace) if file is not None]
    refuse_inputs(inputs, outputs, force)
    instrumentation = RunInstrumentation(trace, profile, record, viz, not no_browser)
    instrumentation.check_files(force)
    selection = InputOutputSelection(
        input_video, input_image, webcam, output_video, output_image, not no_browser
    )

    def load() -> GraphSession:
        side_packets = input_side_packets or []
        return GraphSession(
            load_graph(graph, context.obj), input_stream, output_stream, side_packets, print_output
        )

    if watch:
        from mpgraph.cli.run.watch import run_watched

        with suppress(KeyboardInterrupt), instrumentation.page_of_watched(graph) as page:
            run_watched(graph, load, context.obj, selection, page)
    else:
        session = load()
        refuse_inputs(files_of(session.model), outputs, force)
        with instrumentation.attached_to(session, graph):
            SessionDriver(session, selection).run()
