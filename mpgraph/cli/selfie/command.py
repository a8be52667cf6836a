"""`mpgraph selfie`: replace the background of images, folders of images, videos and camera views."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.arguments import (
    STDIN,
    Force,
    Inputs,
    NoBrowser,
    Output,
    PrintGraph,
    Profile,
    Recursive,
    Trace,
    Viz,
    Webcam,
)
from mpgraph.cli.console import echo
from mpgraph.cli.gpu_option import Gpu


class Refine(str, Enum):
    """The names of REFINEMENTS in mpgraph.effects.refinement."""

    fast = "fast"
    balanced = "balanced"
    best = "best"


class Model(str, Enum):
    """The two networks: `general` for all images; `landscape`, which is faster, for wide ones."""

    general = "general"
    landscape = "landscape"


def selfie(
    context: typer.Context,
    inputs: Inputs = None,
    output: Output = None,
    background: Annotated[
        str | None,
        typer.Option(
            "--background",
            "-b",
            metavar="WHAT",
            help="The new background: [cyan]blur[/cyan], [cyan]blur:20[/cyan], [cyan]transparent[/cyan], a "
            "colour (name, #rrggbb or r,g,b), or an image or video file. Default: blur.",
            show_default=False,
        ),
    ] = None,
    blur_strength: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=100,
            metavar="0..100",
            help="How far out of focus a blurred background is. Default: 50.",
            show_default=False,
        ),
    ] = None,
    matte: Annotated[
        bool,
        typer.Option(
            "--matte", "--mask-only", help="Write how much of each pixel is a person, white on black."
        ),
    ] = False,
    raw_mask: Annotated[
        bool, typer.Option("--raw-mask", help="Write the network's mask, as MediaPipe computes it.")
    ] = False,
    model: Annotated[
        Model | None,
        typer.Option(
            "--model",
            "-m",
            help="Use the mask of one of MediaPipe's networks as it is, not the refined matte: faster.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="0..1",
            help="Hard edges: keep pixels that are a person by more than this. Default: soft edges.",
            show_default=False,
        ),
    ] = None,
    refine: Annotated[
        Refine | None,
        typer.Option(
            help="How much is done for the matte. Default: best for images, balanced for videos.",
            show_default=False,
        ),
    ] = None,
    light_wrap: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="0..1",
            help="How much of the new background shines round the people's edge. Default: 0.",
            show_default=False,
        ),
    ] = None,
    recursive: Recursive = False,
    codec: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Of videos: h264, av1, vp9 or prores. Default: that of the file's format.",
            show_default=False,
        ),
    ] = None,
    quality: Annotated[
        int | None,
        typer.Option(min=1, max=100, metavar="1..100", help="Of JPEG, WebP and videos.", show_default=False),
    ] = None,
    webcam: Webcam = None,
    virtual_camera: Annotated[
        bool,
        typer.Option(
            "--virtual-camera", help="With --webcam: be a camera for video calls and other programs."
        ),
    ] = False,
    no_browser: NoBrowser = False,
    gpu: Gpu = False,
    print_graph: PrintGraph = False,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Start again when the background or calculators change.")
    ] = False,
    viz: Viz = False,
    profile: Profile = False,
    trace: Trace = None,
    force: Force = False,
) -> None:
    """Replace the background of people in images, videos or a camera's view.

    Videos keep their frame times, rotation and sound. Ctrl-C ends a video early
    and keeps the frames done so far. No input is ever replaced.

    \b
    Examples:
      mpgraph selfie me.jpg                        writes me-selfie.jpg
      mpgraph selfie me.jpg -o out.png -b transparent
      mpgraph selfie talk.mp4 -b beach.jpg         writes talk-selfie.mp4
      mpgraph selfie *.webp photos/ -o done/ -b "#1e90ff"
      mpgraph selfie talk.mp4 -b waves.mp4 -o talk.webm
      mpgraph selfie --webcam 0 -b skyblue --virtual-camera
      curl -s URL | mpgraph selfie - -o - > out.png
    """
    from mpgraph.cli.frames.pipes import piped_input, piped_output
    from mpgraph.cli.frames.selection import split_output
    from mpgraph.cli.run.instrumentation import RunInstrumentation
    from mpgraph.cli.selfie.job import SelfieJob
    from mpgraph.cli.selfie.options import selfie_options
    from mpgraph.media.encoding import Encoding

    names, output = split_output(inputs or [], output, force=force)
    if webcam is not None and len(names) == 1 and output is None:
        names, output = [], names[0]
    if webcam is not None and names:
        raise typer.BadParameter("--webcam takes the place of INPUT; the recording is --output")
    if webcam is None and not names and not print_graph:
        raise typer.BadParameter("give an INPUT file or folder, or --webcam 0")
    if virtual_camera and webcam is None:
        raise typer.BadParameter("--virtual-camera shows a camera's view: give --webcam 0, too")
    if output == STDIN and (len(names) != 1 or Path(names[0]).is_dir()):
        raise typer.BadParameter("standard output takes the result of one INPUT file")
    if watch and STDIN in (*names, output):
        raise typer.BadParameter("--watch needs files, which can be read again")
    network = None if model is None else int(model is Model.landscape)
    level = None if refine is None else refine.value
    options = selfie_options(
        background, blur_strength, matte, raw_mask, network, threshold, gpu, level, light_wrap
    )
    instrumentation = RunInstrumentation(trace, profile, None, viz, not no_browser)
    job = SelfieJob(options, Encoding(codec, quality), instrumentation)
    with piped_input(names) as files, piped_output(output, job.suffix_in_pipe(files)) as target:
        selection = job.select(files, target, recursive, force or print_graph)
        if print_graph:
            echo(job.text(images=selection.has_only_images), nl=False)
        elif webcam is not None:
            recording = None if target is None else Path(target)
            job.show_camera(webcam, recording, virtual_camera, not no_browser, force)
        elif watch:
            job.watch(selection, context.obj)
        else:
            job.convert(selection, force)
