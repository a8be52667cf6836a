"""Shapes in the kernels' layout: four dimensions, the last in blocks of four."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

LANES = 4

Pair = tuple[int, int]
"""Vertical and horizontal: sizes, strides, padding."""


@dataclass(frozen=True)
class Shape:
    """The dimensions of a value in the model, at most four."""

    dims: tuple[int, ...]

    @property
    def nhwc(self) -> tuple[int, int, int, int]:
        """Four dimensions, with ones in front if the model has fewer."""
        n, h, w, c = (1,) * (4 - len(self.dims)) + self.dims
        return n, h, w, c

    @property
    def channels(self) -> int:
        """The size of the last dimension."""
        return self.nhwc[3]

    @property
    def pixels(self) -> int:
        """The number of positions that have channels."""
        return math.prod(self.nhwc[:3])

    @property
    def blocks(self) -> int:
        """The number of vec4s of a pixel."""
        return -(-self.channels // LANES)

    @property
    def vectors(self) -> int:
        """The number of vec4s of the whole value."""
        return self.pixels * self.blocks

    @property
    def size(self) -> int:
        """The number of elements, without padding."""
        return math.prod(self.dims)

    def axis(self, number: int) -> int:
        """The position in `nhwc` of the model's axis `number`, which may be negative."""
        return number % len(self.dims) + 4 - len(self.dims)

    def steps(self) -> tuple[int, int, int, int]:
        """The distance between neighbours along each axis, in numbers including padding."""
        _, h, w, _ = self.nhwc
        pixel = self.blocks * LANES
        return h * w * pixel, w * pixel, pixel, 1


def pad_last(array: npt.NDArray[Any], *axes: int) -> npt.NDArray[np.float32]:
    """`array` as float32, with the last axis and the given axes padded with zeros to whole blocks."""
    widths = [(0, 0)] * array.ndim
    for axis in (-1, *axes):
        widths[axis] = (0, -array.shape[axis] % LANES)
    return np.ascontiguousarray(np.pad(array.astype(np.float32), widths))


def blocked(array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """A constant of up to four dimensions in the layout of computed values."""
    return pad_last(array.reshape(Shape(array.shape).nhwc))


def window(size: int, kernel: int, stride: int, dilation: int, same: bool) -> tuple[int, int]:
    """The size of a convolution's output along one axis and the padding before its input.

    As TfLite's ComputePaddingWithOffset: SAME pads what is missing, the larger half at the end.
    """
    reach = (kernel - 1) * dilation + 1
    if not same:
        return (size - reach) // stride + 1, 0
    out = -(-size // stride)
    return out, max(0, (out - 1) * stride + reach - size) // 2


def windows(
    image: Shape, kernel: Pair, stride: Pair, same: bool, dilation: Pair = (1, 1)
) -> tuple[Pair, Pair]:
    """The height and width of a convolution's output, and the padding above and left of its input."""
    axes = zip(image.nhwc[1:3], kernel, stride, dilation, strict=True)
    (out_h, pad_h), (out_w, pad_w) = (window(*axis, same) for axis in axes)
    return (out_h, out_w), (pad_h, pad_w)


def window_parameters(
    image: Shape, out: Shape, kernel: Pair, stride: Pair, pad: Pair, dilation: Pair = (1, 1)
) -> dict[str, int]:
    """The parameters of kernels with a sliding window, `Params` in shared.wgsl, but `count`.

    Parameters that only some of the kernels use have neutral values.
    """
    pairs = {
        "in": image.nhwc[1:3],
        "out": out.nhwc[1:3],
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "pad": pad,
    }
    sizes = {f"{name}_{axis}": n for name, pair in pairs.items() for axis, n in zip("hw", pair, strict=True)}
    blocks = {"in_blocks": image.blocks, "out_blocks": out.blocks}
    return {**sizes, **blocks, "activation": 0, "final_activation": -1, "multiplier": 1, "mode": 0}


def strides(shape: Shape, out: Shape) -> Sequence[int]:
    """Strides in vec4s through `shape` along (n, y, x, block) that broadcast it to `out`."""
    n, h, w, c = shape.nhwc
    steps = (h * w * shape.blocks, w * shape.blocks, shape.blocks, 1)
    return [
        0 if size == 1 and out_size != 1 else step
        for size, out_size, step in zip((n, h, w, c), out.nhwc, steps, strict=True)
    ]
