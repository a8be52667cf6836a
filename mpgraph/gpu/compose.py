"""Pictures on the GPU with a colour laid over them, or with an alpha channel, by a mask."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.gpu.memory import texture_of


def recolor(
    image: GpuBuffer,
    mask: GpuBuffer,
    color: Sequence[int],
    *,
    mask_channel: int,
    invert: bool,
    adjust_with_luminance: bool,
) -> GpuBuffer:
    """Mix a colour into a picture: image · (1 - m) + color · m at each pixel, alpha included.

    m is the mask (1 - mask when inverted), scaled bilinearly to the picture's size, times the picture's
    luminance 0.299 r + 0.587 g + 0.114 b on demand; all in 0..1.

    color: red, green and blue in 0..255; its alpha is full. mask_channel: 0 for red, 3 for alpha.
    Returns SRGBA. RecolorCalculator's shader in MediaPipe's calculators/image/recolor_calculator.cc.

    Raises:
        GpuError: the GPU fails.
    """
    source, weights = texture_of(image), texture_of(mask)
    context = source.context
    red, green, blue = (part / 255 for part in color)
    with context.lock:
        kernel = context.kernel("recolor")
        target = context.new_texture(image.width, image.height)
        parameters = struct.pack(
            "4f5I",
            *(red, green, blue, 1.0),
            *(image.width, image.height, mask_channel, invert, adjust_with_luminance),
        )
        groups = context.over_pixels(kernel, image.width, image.height)
        context.dispatch(kernel, [source, weights, target], groups, parameters)
    return GpuBuffer(target)


def set_alpha(image: GpuBuffer, alpha: GpuBuffer | float) -> GpuBuffer:
    """The picture with alpha: the red of another one, scaled bilinearly, or one value in 0..1. SRGBA.

    Raises:
        GpuError: the GPU fails.
    """
    source = texture_of(image)
    context = source.context
    has_mask = isinstance(alpha, GpuBuffer)
    mask = texture_of(alpha) if isinstance(alpha, GpuBuffer) else source
    with context.lock:
        kernel = context.kernel("set_alpha")
        target = context.new_texture(image.width, image.height)
        value = 0.0 if isinstance(alpha, GpuBuffer) else alpha
        parameters = struct.pack("3If", image.width, image.height, has_mask, value)
        groups = context.over_pixels(kernel, image.width, image.height)
        context.dispatch(kernel, [source, mask, target], groups, parameters)
    return GpuBuffer(target)
