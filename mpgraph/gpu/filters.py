"""Images on the GPU filtered, recoloured, given an alpha channel, or drawn over.

All functions raise GpuError if the GPU fails.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.shader import Parameter

_SPARSITY = 0.66


def bilateral(image: GpuBuffer, guide: GpuBuffer | None, sigma_color: float, sigma_space: float) -> GpuBuffer:
    """The image smoothed where the guide (the image itself if None) is smooth: SRGBA of the guide's size.

    Each pixel is the weighted mean of samples at offsets (x, y) from it, x and y from -sigma_space + step/2
    (without the half step if step is 1) to sigma_space, with step = max(1, 0.66 · sqrt(sigma_space)), in
    pixels of the guide. The weights are g(length of the offset, sigma_space) · g(distance of the guide's
    colours in 0..1, sigma_color), g(d, s) = exp(-d² / (8 s² + 2e-6)); the first in units of the guide's
    longer side. BilateralFilterCalculator's shader in MediaPipe's
    calculators/image/bilateral_filter_calculator.cc.
    """
    source = texture_of(image)
    edges = source if guide is None else texture_of(guide)
    step = max(1.0, _SPARSITY * math.sqrt(sigma_space))
    start = -sigma_space + (step / 2 if step > 1 else 0.0)
    parameters = {"sigma_color": sigma_color, "sigma_space": sigma_space, "step": step, "start": start}
    context = source.context
    return GpuBuffer(context.draw("bilateral", [source, edges], edges.width, edges.height, parameters))


def recolor(
    image: GpuBuffer,
    mask: GpuBuffer,
    color: Sequence[int],
    *,
    mask_channel: int,
    invert: bool,
    adjust_with_luminance: bool,
) -> GpuBuffer:
    """Mix a colour into an image: image · (1 - m) + color · m at each pixel, alpha included.

    m is the mask (1 - mask if `invert`), scaled bilinearly to the image's size, times the image's luminance
    0.299 r + 0.587 g + 0.114 b if `adjust_with_luminance`; all in 0..1.

    color: red, green and blue in 0..255; its alpha is full. mask_channel: 0 for red, 3 for alpha.
    Returns SRGBA. RecolorCalculator's shader in MediaPipe's calculators/image/recolor_calculator.cc.
    """
    source = texture_of(image)
    parameters: dict[str, Parameter] = {
        "color": [*(part / 255 for part in color), 1.0],
        "mask_channel": mask_channel,
        "invert": invert,
        "luminance": adjust_with_luminance,
    }
    sources = [source, texture_of(mask)]
    return GpuBuffer(source.context.draw("recolor", sources, image.width, image.height, parameters))


def set_alpha(image: GpuBuffer, alpha: GpuBuffer | float) -> GpuBuffer:
    """The image with another alpha: another image's red, scaled bilinearly, or one value in 0..1. SRGBA."""
    source = texture_of(image)
    # Without a mask that binding is not read, but something must be bound.
    mask, value = (texture_of(alpha), 0.0) if isinstance(alpha, GpuBuffer) else (source, alpha)
    parameters = {"uses_mask": isinstance(alpha, GpuBuffer), "alpha": value}
    return GpuBuffer(source.context.draw("set_alpha", [source, mask], image.width, image.height, parameters))


def overlay(image: GpuBuffer, layer: GpuBuffer) -> GpuBuffer:
    """A layer of the image's size laid over it: layer + image · (the layer's alpha), full alpha. SRGBA.

    The layer's alpha is how much of the image shows through: 0 where the layer hides it.
    """
    source = texture_of(image)
    sources = [source, texture_of(layer)]
    return GpuBuffer(source.context.draw("overlay", sources, image.width, image.height, {}))
