"""Masks on the GPU: model outputs as images, smoothed with the previous mask.

All functions raise GpuError if the GPU fails.
"""

from __future__ import annotations

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.context import GpuArray, texture_of
from mpgraph.gpu.pool import R32F, RGBA8

NONE, SIGMOID, SOFTMAX = 0, 1, 2
"""The activations, with the numbers of MediaPipe's options."""


def mask_of(
    values: GpuArray,
    width: int,
    height: int,
    *,
    activation: int,
    channel: int,
    flip: bool,
    previous: GpuBuffer | None = None,
    ratio: float = 0.0,
) -> GpuBuffer:
    """A mask of (height, width, 1 or 2) float32 values: SRGBA, in red and alpha, rounded to bytes.

    activation: SOFTMAX, of whose two channels `channel` is taken, SIGMOID or NONE, of one channel. flip:
    upside down. previous: a mask towards whose red the new one is drawn where it is uncertain.

    With `previous`, for the activated value p: certainty a = 1 - entropy(p) in bits within 0..1, then
    a · (2 - a); mixed = p · a + previous · (1 - a); mask = mixed · ratio + p · (1 - ratio).
    The pixel (x, y) takes the previous mask's at (x / (width - 1), y / (height - 1)) of its size, bilinearly:
    TfLiteTensorsToSegmentationCalculator's shader in MediaPipe's calculators/tflite.
    """
    context = values.context
    # Without a previous mask that binding is not read, but something must be bound.
    old = context.blank if previous is None else texture_of(previous)
    parameters = {
        "activation": activation,
        "channel": channel,
        "flip": flip,
        "uses_previous": previous is not None,
        "ratio": ratio,
    }
    return GpuBuffer(context.draw("mask", [values, old], width, height, parameters))


def smoothed(mask: GpuBuffer, previous: GpuBuffer, ratio: float) -> GpuBuffer:
    """Return new + (old - new) · uncertainty(new) · ratio of the red of two masks.

    The old one is scaled bilinearly to the new one's size. The result is VEC32F1 if the new mask is, else
    SRGBA with red and alpha rounded to bytes. The uncertainty is SegmentationSmoothingCalculator's
    polynomial.
    """
    new, old = texture_of(mask), texture_of(previous)
    if mask.image_format is ImageFormat.VEC32F1:
        kernel, image_format, texture_format = "smooth_float_mask", ImageFormat.VEC32F1, R32F
    else:
        kernel, image_format, texture_format = "smooth_mask", ImageFormat.SRGBA, RGBA8
    size = mask.width, mask.height
    target = new.context.draw(kernel, [new, old], *size, {"ratio": ratio}, texture_format)
    return GpuBuffer(target, image_format)
