"""`mpgraph demo`: the effects of `mpgraph selfie`, applied to the portrait that ships with mpgraph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.console import echo
from mpgraph.cli.frames.output_paths import output_folder

SHEET = "demo.png"


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder for the results; created if needed.")
    ] = Path("mpgraph-demo"),
) -> None:
    """Try out selfie segmentation: replace the background of a portrait that ships with mpgraph.

    Needs no image of your own, camera or display. Replaces the results of an
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
        result = effect.apply(portrait, mask)
        write_image(folder / name, result)
        tiles.append((caption, result))
    write_image(folder / SHEET, contact_sheet(tiles, columns=3))
    echo(f"{folder / SHEET} shows all results; {', '.join(effects)} are in the same folder")
