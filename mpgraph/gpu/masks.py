"""Masks on the GPU: models' answers as pictures, steadied by the mask before."""

from __future__ import annotations

import struct

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.allocation import R32F, RGBA8
from mpgraph.gpu.memory import GpuArray, texture_of

NONE, SIGMOID, SOFTMAX = 0, 1, 2
"""The activations, with the numbers of MediaPipe's options."""


def mask_of(
    values: GpuArray, width: int, height: int, *, activation: int, channel: int, flip: bool
) -> GpuBuffer:
    """A mask of (height, width, 1 or 2) float32 values: SRGBA, in red and alpha, rounded to bytes.

    activation: SOFTMAX, of whose two channels `channel` is taken, SIGMOID or NONE, of one channel. flip:
    upside down.

    Raises:
        GpuError: the GPU fails.
    """
    context = values.context
    with context.lock:
        kernel = context.kernel("mask")
        target = context.new_texture(width, height)
        parameters = struct.pack("5I", width, height, activation, channel, flip)
        context.dispatch(kernel, [values, target], context.over_pixels(kernel, width, height), parameters)
    return GpuBuffer(target)


def combined_mask_of(
    scores: GpuArray,
    width: int,
    height: int,
    *,
    channel: int,
    previous: GpuBuffer | None,
    ratio: float,
    flip: bool,
) -> GpuBuffer:
    """A mask of (height, width, 2) scores, drawn to the previous one's red where it is uncertain.

    p = softmax's `channel`; certainty a = 1 - entropy(p) in bits within 0..1, then a · (2 - a);
    mixed = p · a + previous · (1 - a); mask = mixed · ratio + p · (1 - ratio), rounded to bytes.
    The pixel (x, y) takes the previous mask's at (x / (width - 1), y / (height - 1)) of its size, bilinearly:
    TfLiteTensorsToSegmentationCalculator's shader in MediaPipe's calculators/tflite.

    Raises: as `mask_of`.
    """
    context = scores.context
    with context.lock:
        kernel = context.kernel("combined_mask")
        target = context.new_texture(width, height)
        # Without a previous mask nothing of this binding is read, but something must be bound.
        old = context.blank if previous is None else texture_of(previous)
        parameters = struct.pack("5If", width, height, channel, flip, previous is not None, ratio)
        groups = context.over_pixels(kernel, width, height)
        context.dispatch(kernel, [scores, old, target], groups, parameters)
    return GpuBuffer(target)


def smoothed(mask: GpuBuffer, previous: GpuBuffer, ratio: float) -> GpuBuffer:
    """Return new + (old - new) · uncertainty(new) · ratio of the red of two masks.

    The old one is scaled bilinearly to the new one's size. Out comes VEC32F1 where the new mask is that,
    else SRGBA with red and alpha rounded to bytes. The uncertainty is SegmentationSmoothingCalculator's
    polynomial.

    Raises: as `mask_of`.
    """
    new, old = texture_of(mask), texture_of(previous)
    context, width, height = new.context, mask.width, mask.height
    is_float = mask.image_format is ImageFormat.VEC32F1
    with context.lock:
        kernel = context.kernel("smooth_float_mask" if is_float else "smooth_mask")
        target = context.new_texture(width, height, R32F if is_float else RGBA8)
        groups = context.over_pixels(kernel, width, height)
        context.dispatch(kernel, [new, old, target], groups, struct.pack("2If", width, height, ratio))
    return GpuBuffer(target, ImageFormat.VEC32F1 if is_float else ImageFormat.SRGBA)
