"""People composited with backgrounds on the GPU; the operations are those of `mpgraph.effects.compositing`.

All functions raise GpuError if the GPU fails.
"""

from __future__ import annotations

from typing import NamedTuple

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.context import GpuArray, GpuTexture, texture_of
from mpgraph.gpu.shader import load_shader

_RADIUS_PER_SIGMA = 4


class Side(NamedTuple):
    """One side of a matte: the people, or with `invert` what is behind them, the matte widened by `margin`.

    everything: both sides alike.
    """

    invert: bool
    margin: int = 0
    everything: bool = False


_EVERYTHING = Side(invert=False, everything=True)


def spread(image: GpuBuffer, matte: GpuBuffer, side: Side, sigma: float) -> GpuBuffer:
    """The mean color of one side of a matte round each pixel, weighted by a Gaussian: SRGB.

    image, matte: of one size.
    """
    source = texture_of(image)
    width, height = image.width, image.height
    with source.context.lock:
        context = source.context
        weighed = context.new_array((height, width, 4))
        kernel = context.kernel(load_shader("weigh_colors"))
        size = {"width": width, "height": height}
        parameters = {
            **size,
            "invert": side.invert,
            "margin": side.margin,
            "everything": side.everything,
        }
        context.dispatch(
            kernel, [weighed, source, texture_of(matte)], kernel.groups_over(width, height), parameters
        )
        blurred = _blurred(weighed, width, height, sigma)
        return GpuBuffer(context.draw("divide_colors", [blurred], width, height, {}), ImageFormat.SRGB)


def blurred(image: GpuBuffer, sigma: float) -> GpuBuffer:
    """An image out of focus: SRGB."""
    return spread(image, image, _EVERYTHING, sigma)


def _blurred(colors: GpuArray, width: int, height: int, sigma: float) -> GpuArray:
    context = colors.context
    kernel = context.kernel(load_shader("blur_colors"))
    radius = max(1, round(_RADIUS_PER_SIGMA * sigma))
    for down in (False, True):
        result = context.new_array((height, width, 4))
        parameters = {"width": width, "height": height, "down": down, "radius": radius, "sigma": sigma}
        context.dispatch(kernel, [result, colors], kernel.groups_over(width, height), parameters)
        colors = result
    return colors


class EdgeColors(NamedTuple):
    """Small images for the edge: colors nearby of the people, of the old background, and of the new one."""

    people: GpuBuffer
    behind: GpuBuffer
    surroundings: GpuBuffer | None = None


def compose(
    image: GpuBuffer,
    matte: GpuBuffer,
    background: GpuBuffer | None,
    colors: EdgeColors,
    *,
    light_wrap: float,
    foreground_colors: bool,
    run: int,
) -> GpuBuffer:
    """People in front of a background, which is scaled to the image's size: SRGB; without one SRGBA.

    colors: at the edge; `run` pixels side by side share them. light_wrap, foreground_colors: see
        `mpgraph.effects.compositing.Composer`.
    """
    source = texture_of(image)

    def bound(buffer: GpuBuffer | None) -> GpuTexture:
        # What a kernel does not read must be bound nevertheless.
        return source.context.blank if buffer is None else texture_of(buffer)

    parameters = {
        "foreground_colors": foreground_colors,
        "transparent": background is None,
        "light_wrap": light_wrap if colors.surroundings is not None else 0.0,
        "run": run,
    }
    sources = [source, texture_of(matte), bound(background), *map(bound, colors)]
    target = source.context.draw("compose", sources, image.width, image.height, parameters)
    return GpuBuffer(target, ImageFormat.SRGBA if background is None else ImageFormat.SRGB)
