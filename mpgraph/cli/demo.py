"""`mpgraph demo`: what selfie segmentation can do, on the picture that comes with mpgraph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.frames.outputs import output_folder

SHEET = "demo.png"


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to put the pictures; made if it is not there.")
    ] = Path("mpgraph-demo"),
) -> None:
    """Cut the portrait that comes with mpgraph out of its background, in several ways.

    Needs no picture of yours, camera or display. Replaces the pictures of an
    earlier demo in the same folder.

    \b
    Example:
      mpgraph demo
    """
    from mpgraph.effects.background import Backdrop, Blur, parse_background
    from mpgraph.effects.contact_sheet import contact_sheet
    from mpgraph.effects.effect import CutOut, Effect, MaskOnly, NewBackground
    from mpgraph.effects.landscape import landscape
    from mpgraph.framework.resources import demo_image
    from mpgraph.media.images import read_image, write_image
    from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

    output_folder(folder)
    portrait = read_image(demo_image())
    with SelfieSegmentation() as segmenter:
        mask = segmenter.process(portrait).segmentation_mask
    dusk = landscape(portrait.shape[1], portrait.shape[0])
    effects: dict[str, tuple[str, Effect]] = {
        "mask.png": ("--mask-only", MaskOnly()),
        "silver.png": ("--background silver", NewBackground(parse_background("silver"))),
        "blur.png": ("--background blur", NewBackground(Blur())),
        "dusk.png": ("--background dusk.jpg", NewBackground(Backdrop(dusk))),
        "cutout.png": ("--background transparent", CutOut()),
    }
    tiles = [("portrait.jpg", portrait)]
    for name, (caption, effect) in effects.items():
        picture = effect.apply(portrait, mask)
        write_image(folder / name, picture)
        tiles.append((caption, picture))
    write_image(folder / SHEET, contact_sheet(tiles, columns=3))
    typer.echo(f"{folder / SHEET} shows them all; {', '.join(effects)} are beside it")
