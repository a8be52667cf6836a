"""The bilateral filter on the GPU."""

from __future__ import annotations

import math
import struct

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.gpu.memory import texture_of

_SPARSITY = 0.66


def bilateral(image: GpuBuffer, guide: GpuBuffer | None, sigma_color: float, sigma_space: float) -> GpuBuffer:
    """The picture smoothed where the guide (itself, for None) is smooth: SRGBA of the guide's size.

    Each pixel is the mean of the places (x, y) around it, x and y from -sigma_space + step/2 (without the
    half step if step is 1) to sigma_space, with step = max(1, 0.66 · sqrt(sigma_space)), in pixels of the
    guide. The weights are g(distance of the places, sigma_space) · g(distance of the guide's colours in
    0..1, sigma_color), g(d, s) = exp(-d² / (8 s² + 2e-6)); the first in parts of the guide's longer step.
    BilateralFilterCalculator's shader in MediaPipe's calculators/image/bilateral_filter_calculator.cc.

    Raises:
        GpuError: the GPU fails.
    """
    source = texture_of(image)
    edges = source if guide is None else texture_of(guide)
    context = source.context
    step = max(1.0, _SPARSITY * math.sqrt(sigma_space))
    start = -sigma_space + (step / 2 if step > 1 else 0.0)
    with context.lock:
        kernel = context.kernel("bilateral")
        target = context.new_texture(edges.width, edges.height)
        parameters = struct.pack("2I4f", edges.width, edges.height, sigma_color, sigma_space, step, start)
        groups = context.over_pixels(kernel, edges.width, edges.height)
        context.dispatch(kernel, [source, edges, target], groups, parameters)
    return GpuBuffer(target)
