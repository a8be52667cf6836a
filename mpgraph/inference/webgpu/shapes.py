"""Shapes as the kernels see them: four dimensions, the last one in blocks of four."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

LANES = 4


@dataclass(frozen=True)
class Shape:
    """The dimensions of a value as the model has them, up to four."""

    dims: tuple[int, ...]

    @property
    def nhwc(self) -> tuple[int, int, int, int]:
        """The dimensions, with ones in front to make four."""
        n, h, w, c = (1,) * (4 - len(self.dims)) + self.dims
        return n, h, w, c

    @property
    def channels(self) -> int:
        """The last dimension."""
        return self.nhwc[3]

    @property
    def pixels(self) -> int:
        """How many places with channels there are."""
        return math.prod(self.nhwc[:3])

    @property
    def blocks(self) -> int:
        """The vec4s a pixel takes."""
        return -(-self.channels // LANES)

    @property
    def vectors(self) -> int:
        """The vec4s the whole value takes."""
        return self.pixels * self.blocks

    @property
    def size(self) -> int:
        """How many numbers the model has here, padding left out."""
        return math.prod(self.dims)

    def axis(self, number: int) -> int:
        """The place in `nhwc` of the model's axis `number`, which may count from the end."""
        return number % len(self.dims) + 4 - len(self.dims)

    def steps(self) -> tuple[int, int, int, int]:
        """How many numbers, padding included, the next element along each axis is away."""
        _, h, w, _ = self.nhwc
        pixel = self.blocks * LANES
        return h * w * pixel, w * pixel, pixel, 1


def pad_last(array: npt.NDArray[Any], *axes: int) -> npt.NDArray[np.float32]:
    """`array` as float32 with zeros behind the last axis, and others given, up to whole blocks."""
    widths = [(0, 0)] * array.ndim
    for axis in (-1, *axes):
        widths[axis] = (0, -array.shape[axis] % LANES)
    return np.ascontiguousarray(np.pad(array.astype(np.float32), widths))


def blocked(array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """A constant of up to four dimensions as the kernels read it."""
    return pad_last(array.reshape(Shape(array.shape).nhwc))


def window(size: int, kernel: int, stride: int, dilation: int, same: bool) -> tuple[int, int]:
    """The size of a convolution's output along one axis and the padding before its input.

    As TfLite's ComputePaddingWithOffset: SAME pads what is missing, the larger half behind.
    """
    reach = (kernel - 1) * dilation + 1
    if not same:
        return (size - reach) // stride + 1, 0
    out = -(-size // stride)
    return out, max(0, (out - 1) * stride + reach - size) // 2


def strides(shape: Shape, out: Shape) -> Sequence[int]:
    """Steps in vec4s through `shape` along (n, y, x, block) that repeat it to fill `out`."""
    n, h, w, c = shape.nhwc
    steps = (h * w * shape.blocks, w * shape.blocks, shape.blocks, 1)
    return [
        0 if have == 1 and want != 1 else step
        for have, want, step in zip((n, h, w, c), out.nhwc, steps, strict=True)
    ]
