from __future__ import annotations

import numpy as np
import pytest

from mpgraph.inference.webgpu.shapes import Shape, blocked, strides, window


def test_missing_dimensions_are_added_in_front() -> None:
    assert Shape((5, 7)).nhwc == (1, 1, 5, 7)
    assert Shape(()).nhwc == (1, 1, 1, 1)
    assert Shape((5, 7)).axis(-1) == Shape((5, 7)).axis(1) == 3


def test_channels_come_in_blocks_of_four() -> None:
    shape = Shape((2, 3, 5, 6))
    assert (shape.pixels, shape.blocks, shape.vectors, shape.size) == (30, 2, 60, 180)
    assert shape.steps() == (3 * 5 * 8, 5 * 8, 8, 1)
    packed = blocked(np.ones((2, 3, 5, 6)))
    assert packed.shape == (2, 3, 5, 8) and packed.dtype == np.float32 and packed.sum() == 180


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "same", "expected"),
    [
        (256, 3, 2, 1, True, (128, 0)),
        (5, 3, 1, 1, True, (5, 1)),
        (5, 3, 1, 1, False, (3, 0)),
        (6, 2, 1, 1, True, (6, 0)),
        (7, 3, 1, 2, False, (3, 0)),
        (7, 3, 1, 2, True, (7, 2)),
        (1, 5, 4, 1, True, (1, 2)),
    ],
)
def test_windows(
    size: int, kernel: int, stride: int, dilation: int, same: bool, expected: tuple[int, int]
) -> None:
    assert window(size, kernel, stride, dilation, same) == expected


def test_repeated_axes_have_stride_0() -> None:
    assert strides(Shape((1, 1, 6)), Shape((2, 4, 5, 6))) == [0, 0, 0, 1]
    assert strides(Shape((2, 4, 5, 1)), Shape((2, 4, 5, 6))) == [20, 5, 1, 0]
