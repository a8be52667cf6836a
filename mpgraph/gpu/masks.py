"""Masks on the GPU: model outputs as images, smoothed with the previous mask."""

from __future__ import annotations

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.context import GpuArray, texture_of
from mpgraph.gpu.pool import R32F, RGBA8
from mpgraph.gpu.shader import load_shader

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
    target = values.context.draw(
        load_shader("mask"), [values], width, height, activation=activation, channel=channel, flip=flip
    )
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
    """A mask of (height, width, 2) scores, drawn towards the previous mask's red where it is uncertain.

    p = softmax's `channel`; certainty a = 1 - entropy(p) in bits within 0..1, then a · (2 - a);
    mixed = p · a + previous · (1 - a); mask = mixed · ratio + p · (1 - ratio), rounded to bytes.
    The pixel (x, y) takes the previous mask's at (x / (width - 1), y / (height - 1)) of its size, bilinearly:
    TfLiteTensorsToSegmentationCalculator's shader in MediaPipe's calculators/tflite.

    Raises: as `mask_of`.
    """
    context = scores.context
    target = context.draw(
        load_shader("combined_mask"),
        # Without a previous mask that binding is not read, but something must be bound.
        [scores, context.blank if previous is None else texture_of(previous)],
        width,
        height,
        channel=channel,
        flip=flip,
        uses_previous=previous is not None,
        ratio=ratio,
    )
    return GpuBuffer(target)


def smoothed(mask: GpuBuffer, previous: GpuBuffer, ratio: float) -> GpuBuffer:
    """Return new + (old - new) · uncertainty(new) · ratio of the red of two masks.

    The old one is scaled bilinearly to the new one's size. The result is VEC32F1 if the new mask is, else
    SRGBA with red and alpha rounded to bytes. The uncertainty is SegmentationSmoothingCalculator's
    polynomial.

    Raises: as `mask_of`.
    """
    new, old = texture_of(mask), texture_of(previous)
    is_float = mask.image_format is ImageFormat.VEC32F1
    target = new.context.draw(
        load_shader("smooth_float_mask" if is_float else "smooth_mask"),
        [new, old],
        mask.width,
        mask.height,
        R32F if is_float else RGBA8,
        ratio=ratio,
    )
    return GpuBuffer(target, ImageFormat.VEC32F1 if is_float else ImageFormat.SRGBA)
