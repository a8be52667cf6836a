"""`mpgraph selfie`: replace the background of images, folders of images, videos and camera views."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.arguments import Force, NoBrowser


class Model(str, Enum):
    """The two networks: `general` for all images; `landscape`, which is faster, for wide ones."""

    general = "general"
    landscape = "landscape"


def selfie(
    source: Annotated[
        Path | None,
        typer.Argument(metavar="INPUT", help="An image, a folder of images, or a video.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Argument(
            metavar="OUTPUT",
            help="The file or folder to write. Default: next to INPUT, with -selfie or -mask in the name.",
            show_default=False,
        ),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(
            "--background",
            "-b",
            metavar="WHAT",
            help="The new background: [cyan]blur[/cyan], [cyan]transparent[/cyan], a colour (name, #rrggbb "
            "or r,g,b), or an image file. Default: blur.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        Model,
        typer.Option("--model", "-m", help="[cyan]landscape[/cyan] is faster, for images wider than high."),
    ] = Model.general,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="0..1",
            help="Hard edges: keep pixels whose mask is above this. Default: soft edges.",
            show_default=False,
        ),
    ] = None,
    mask_only: Annotated[
        bool, typer.Option("--mask-only", help="Write the mask, white on black, instead of the image.")
    ] = False,
    webcam: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Use camera N (0 is the first) instead of INPUT and show a live preview; q or Esc stops. "
            "A file argument is then the recording.",
            show_default=False,
        ),
    ] = None,
    no_browser: NoBrowser = False,
    gpu: Annotated[bool, typer.Option("--gpu", help="Use the GPU; see mpgraph doctor.")] = False,
    force: Force = False,
) -> None:
    """Replace the background of people in an image, a folder of images, a video or a camera view.

    Videos keep their frame times, rotation and sound. Ctrl-C ends a video early
    and keeps the frames done so far.

    \b
    Examples:
      mpgraph selfie me.jpg                        writes me-selfie.jpg
      mpgraph selfie me.jpg out.png -b transparent
      mpgraph selfie talk.mp4 -b beach.jpg         writes talk-selfie.mp4
      mpgraph selfie photos/ done/ -b "#1e90ff"
      mpgraph selfie --webcam 0 -b skyblue
    """
    from mpgraph.cli.selfie import images, video
    from mpgraph.cli.selfie.job import SelfieJob, effect_for
    from mpgraph.io.files import existing_file
    from mpgraph.media.images import is_image_file

    if webcam is not None and output is not None:
        raise typer.BadParameter("with --webcam there is at most one file argument, the recording")
    if webcam is None and source is None:
        raise typer.BadParameter("give an INPUT file or folder, or --webcam 0")
    if source is not None and webcam is None and not source.is_dir():
        existing_file(source)
    effect = effect_for(background, mask_only, threshold)
    job = SelfieJob(effect, int(model is Model.landscape), force, "gpu" if gpu else "cpu")
    if webcam is not None or source is None:
        video.process_camera(webcam or 0, source, job, not no_browser)
    elif source.is_dir():
        images.convert_folder(source, output, job)
    elif is_image_file(source):
        images.convert_image(source, output, job)
    else:
        video.convert_video(source, output, job)
