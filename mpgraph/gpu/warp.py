"""Images on the GPU scaled, rotated, mirrored, cropped: through an affine map.

All functions raise GpuError if the GPU fails.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from typing import NamedTuple

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.context import GpuArray, texture_of
from mpgraph.gpu.shader import Parameter, load_shader


class Method(enum.IntEnum):
    """The pixels that a sample is made of: the nearest, or four or sixteen neighbours; for `warp`."""

    NEAREST = 0
    BILINEAR = 1
    BICUBIC = 2


class Affine(NamedTuple):
    """Maps a point (x, y) to (a·x + b·y + c, d·x + e·y + f); the centres of pixels are at halves."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def after(self, first: Affine) -> Affine:
        """The map that applies `first`, then this one."""
        return Affine(
            self.a * first.a + self.b * first.d,
            self.a * first.b + self.b * first.e,
            self.a * first.c + self.b * first.f + self.c,
            self.d * first.a + self.e * first.d,
            self.d * first.b + self.e * first.e,
            self.d * first.c + self.e * first.f + self.f,
        )

    def parameters(self) -> dict[str, Parameter]:
        """The map as the kernels' parameters: two rows of a matrix."""
        return {"to_source_x": (self.a, self.b, self.c, 0), "to_source_y": (self.d, self.e, self.f, 0)}


def scaling(x: float, y: float) -> Affine:
    """The map that multiplies x and y by factors."""
    return Affine(x, 0, 0, 0, y, 0)


def shift(x: float, y: float) -> Affine:
    """The map that adds offsets to x and y."""
    return Affine(1, 0, x, 0, 1, y)


def upside_down(height: float) -> Affine:
    """The map that turns an image of this height upside down."""
    return Affine(1, 0, 0, 0, -1, height)


def rotation(radians: float) -> Affine:
    """The map that rotates about the origin, clockwise where y points downwards."""
    quarters = radians / (math.pi / 2)
    if quarters == round(quarters):  # Exact: a sine of 1e-16 would sample the neighbour.
        sine, cosine = [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)][round(quarters) % 4]
    else:
        sine, cosine = math.sin(radians), math.cos(radians)
    return Affine(cosine, -sine, 0, sine, cosine, 0)


def from_rectangle(
    center: tuple[float, float], size: tuple[float, float], radians: float, width: int, height: int
) -> Affine:
    """From the pixels of an output of `width` by `height` to the rotated rectangle of an image it shows."""
    unit = shift(-0.5, -0.5).after(scaling(1 / width, 1 / height))
    return shift(*center).after(rotation(radians)).after(scaling(*size)).after(unit)


def warp(
    image: GpuBuffer,
    width: int,
    height: int,
    to_source: Affine,
    *,
    method: Method = Method.BILINEAR,
    border: Sequence[float] | None = None,
) -> GpuBuffer:
    """An image of `width` by `height` that has at each pixel what is at the mapped point of `image`.

    method: how to interpolate between the centres of pixels.
    border: red, green, blue and alpha in 0..1 for points outside the image, None to repeat its edge.

    VEC32F1 becomes SRGBA with its value, clamped to 0..1, in red; other formats are kept.

    Raises:
        InvalidArgumentError: the new size is too large.
    """
    source = texture_of(image)
    parameters = {
        **to_source.parameters(),
        "color": border or (0, 0, 0, 0),
        "method": method,
        "border": border is not None,
    }
    target = source.context.draw("warp", [source], width, height, parameters)
    return GpuBuffer(target, _byte_format(image, border))


def resize(image: GpuBuffer, width: int, height: int) -> GpuBuffer:
    """The image scaled bilinearly, edges onto edges; the same object if it has that size."""
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
    """The result of `warp` as (1, height, width, channels) float32, mapped from 0..1 to low..high.

    There is no rounding to bytes in between. zero_border: pixels outside the image count as black (before
    the mapping), else as its edge.
    """
    source = texture_of(image)
    context = source.context
    with context.lock:
        kernel = context.kernel(load_shader("sample_tensor"))
        values = context.new_array((1, height, width, channels))
        parameters = {
            **to_source.parameters(),
            "width": width,
            "height": height,
            "channels": channels,
            "zero_border": zero_border,
            "scale": high - low,
            "offset": low,
        }
        context.dispatch(kernel, [values, source], kernel.groups_over(width, height), parameters)
    return values


def _byte_format(image: GpuBuffer, border: Sequence[float] | None) -> ImageFormat:
    if image.image_format is ImageFormat.VEC32F1:
        return ImageFormat.SRGBA
    if image.image_format is ImageFormat.GRAY8 and border is not None and len(set(border[:3])) > 1:
        return ImageFormat.SRGBA
    return image.image_format
