"""`mpgraph demo`: the effects of `mpgraph selfie`, applied to the portrait that ships with mpgraph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.console import echo
from mpgraph.cli.frames.output_paths import output_folder

SHEET = "demo.png"
_DUSK = "dusk.jpg"


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
    from mpgraph.cli.selfie.graph_text import Background, Result, SelfieOptions
    from mpgraph.cli.selfie.job import convert_one
    from mpgraph.effects.contact_sheet import contact_sheet
    from mpgraph.effects.landscape import landscape
    from mpgraph.framework.resources import demo_image
    from mpgraph.media.images import read_image, write_image

    output_folder(folder)
    portrait = read_image(demo_image())
    write_image(folder / _DUSK, landscape(portrait.shape[1], portrait.shape[0]))
    effects = {
        "mask.png": ("--raw-mask", SelfieOptions(Result.MASK)),
        "matte.png": ("--matte", SelfieOptions(Result.MATTE)),
        "blur.png": ("--background blur", SelfieOptions()),
        "dusk.png": (
            "--background dusk.jpg",
            SelfieOptions(background=Background(file=str(folder / _DUSK))),
        ),
        "cutout.png": ("--background transparent", SelfieOptions(background=Background())),
    }
    tiles = [("portrait.jpg", portrait)]
    for name, (caption, options) in effects.items():
        result = convert_one(portrait, options)
        write_image(folder / name, result)
        tiles.append((caption, result))
    write_image(folder / SHEET, contact_sheet(tiles, columns=3))
    echo(f"{folder / SHEET} shows all results; {', '.join(effects)} are in the same folder")
