"""ImageTransformationCalculator's arithmetic on the GPU: one affine map, whatever is asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mpgraph.calculators.image.scaling import FILL_AND_CROP, FIT
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.gpu.warp import Affine, rotation, scaling, shift, warp

_IDENTITY = Affine(1, 0, 0, 0, 1, 0)


def transform(
    image: GpuBuffer,
    width: int,
    height: int,
    *,
    mode: int,
    nearest: bool,
    degrees: int,
    mirror: bool,
    upside_down: bool,
    border: Sequence[int] | None,
) -> GpuBuffer:
    """A picture of `width` by `height`: scaled, turned by `degrees` counter-clockwise, then mirrored.

    mode: FIT keeps the aspect ratio and leaves a border; FILL_AND_CROP keeps it and loses what is too
        much, which on the CPU it does not; any other stretches.
    nearest: take the nearest pixel, else interpolate bilinearly, also where the picture shrinks.
    border: red, green and blue in 0..255 of what FIT leaves, None to repeat the picture's edge.

    Unlike on the CPU, turned pictures are exact whether scaled or not.
    """
    to_source = _to_source(image, width, height, mode, degrees, mirror, upside_down)
    if to_source == _IDENTITY and (image.width, image.height) == (width, height):
        return image
    color = (*(part / 255 for part in border), 1.0) if border is not None and mode == FIT else None
    return warp(image, width, height, to_source, nearest=nearest, border=color)


def _to_source(
    image: GpuBuffer, width: int, height: int, mode: int, degrees: int, mirror: bool, upside_down: bool
) -> Affine:
    """The way back from places in the output, about the middles of both."""
    # Before it was turned, the output lay like the source.
    across, down = (height, width) if degrees in (90, 270) else (width, height)
    x, y = image.width / across, image.height / down
    if mode == FIT:
        x = y = max(x, y)
    elif mode == FILL_AND_CROP:
        x = y = min(x, y)
    steps = (
        scaling(-1 if mirror else 1, -1 if upside_down else 1),
        rotation(math.radians(degrees)),
        scaling(x, y),
        shift(image.width / 2, image.height / 2),
    )
    made = shift(-width / 2, -height / 2)
    for step in steps:
        made = step.after(made)
    return made
