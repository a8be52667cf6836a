"""Pictures on the GPU scaled, turned, mirrored, cut out: through an affine map."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import NamedTuple

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.memory import GpuArray, texture_of


class Affine(NamedTuple):
    """Takes a place (x, y) to (a·x + b·y + c, d·x + e·y + f); pixels' middles are at halves."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def after(self, first: Affine) -> Affine:
        """The map that does `first`, then this one."""
        return Affine(
            self.a * first.a + self.b * first.d,
            self.a * first.b + self.b * first.e,
            self.a * first.c + self.b * first.f + self.c,
            self.d * first.a + self.e * first.d,
            self.d * first.b + self.e * first.e,
            self.d * first.c + self.e * first.f + self.f,
        )

    def packed(self) -> bytes:
        """Two rows of four float32, as the kernels take them."""
        return struct.pack("8f", self.a, self.b, self.c, 0, self.d, self.e, self.f, 0)


def scaling(x: float, y: float) -> Affine:
    """The map that multiplies x and y."""
    return Affine(x, 0, 0, 0, y, 0)


def shift(x: float, y: float) -> Affine:
    """The map that adds to x and y."""
    return Affine(1, 0, x, 0, 1, y)


def rotation(radians: float) -> Affine:
    """The map that turns about the origin, clockwise as one sees it with y downwards."""
    quarters = radians / (math.pi / 2)
    if quarters == round(quarters):  # Exact, where sines would be 1e-16 and sample the neighbour.
        sine, cosine = [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)][round(quarters) % 4]
    else:
        sine, cosine = math.sin(radians), math.cos(radians)
    return Affine(cosine, -sine, 0, sine, cosine, 0)


def from_rectangle(
    center: tuple[float, float], size: tuple[float, float], radians: float, width: int, height: int
) -> Affine:
    """From the pixels of an output of `width` by `height` to the turned rectangle of a picture it shows."""
    unit = shift(-0.5, -0.5).after(scaling(1 / width, 1 / height))
    return shift(*center).after(rotation(radians)).after(scaling(*size)).after(unit)


def warp(
    image: GpuBuffer,
    width: int,
    height: int,
    to_source: Affine,
    *,
    nearest: bool = False,
    border: Sequence[float] | None = None,
) -> GpuBuffer:
    """A picture of `width` by `height` that shows at each pixel what is at the mapped place of `image`.

    nearest: take the nearest pixel; else interpolate bilinearly between the middles of four.
    border: red, green, blue and alpha in 0..1 for places beyond the picture, None to repeat its edge.

    VEC32F1 becomes SRGBA with its value, cut off to 0..1, in red; other formats stay what they are.

    Raises:
        InvalidArgumentError: the new size is too large.
        GpuError: the GPU fails.
    """
    source = texture_of(image)
    context = source.context
    with context.lock:
        kernel = context.kernel("warp")
        target = context.new_texture(width, height)
        parameters = to_source.packed() + struct.pack(
            "4f4I", *(border or (0, 0, 0, 0)), width, height, nearest, border is not None
        )
        groups = context.over_pixels(kernel, width, height)
        context.dispatch(kernel, [source, target], groups, parameters)
    return GpuBuffer(target, _byte_format(image, border))


def resize(image: GpuBuffer, width: int, height: int) -> GpuBuffer:
    """The picture scaled bilinearly, edges onto edges; the same one if it has that size."""
    if (image.width, image.height) == (width, height):
        return image
    return warp(image, width, height, scaling(image.width / width, image.height / height))


def sample_tensor(
    image: GpuBuffer,
    width: int,
    height: int,
    to_source: Affine,
    *,
    channels: int,
    low: float,
    high: float,
    zero_border: bool,
) -> GpuArray:
    """What `warp` shows as (1, height, width, channels) float32, from 0..1 stretched to low..high.

    No rounding to bytes happens on the way. zero_border: pixels beyond the picture count as black (before
    the stretching), else as its edge.

    Raises: as `warp`.
    """
    source = texture_of(image)
    context = source.context
    with context.lock:
        kernel = context.kernel("sample_tensor")
        values = context.new_array((1, height, width, channels))
        parameters = to_source.packed() + struct.pack(
            "4I2f", width, height, channels, zero_border, high - low, low
        )
        groups = context.over_pixels(kernel, width, height)
        context.dispatch(kernel, [source, values], groups, parameters)
    return values


def _byte_format(image: GpuBuffer, border: Sequence[float] | None) -> ImageFormat:
    if image.image_format is ImageFormat.VEC32F1:
        return ImageFormat.SRGBA
    if image.image_format is ImageFormat.GRAY8 and border is not None and len(set(border[:3])) > 1:
        return ImageFormat.SRGBA
    return image.image_format
