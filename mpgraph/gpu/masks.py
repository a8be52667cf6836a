"""Masks on the GPU: models' answers as pictures, steadied by the mask before."""

from __future__ import annotations

import struct

from mpgraph.formats.gpu_buffer import GpuBuffer
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
    """Return new + (old - new) · uncertainty(new) · ratio of the red of two masks of one size, as SRGBA.

    The uncertainty is SegmentationSmoothingCalculator's polynomial.

    Raises: as `mask_of`.
    """
    new, old = texture_of(mask), texture_of(previous)
    context = new.context
    with context.lock:
        kernel = context.kernel("smooth_mask")
        target = context.new_texture(mask.width, mask.height)
        groups = context.over_pixels(kernel, mask.width, mask.height)
        context.dispatch(
            kernel, [new, old, target], groups, struct.pack("2If", mask.width, mask.height, ratio)
        )
    return GpuBuffer(target)
