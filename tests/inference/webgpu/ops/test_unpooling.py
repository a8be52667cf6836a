from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError

Array = npt.NDArray[Any]
SAME, VALID = 1, 2


def options(padding: int, stride: int, kernel: int) -> bytes:
    return struct.pack("<5i", padding, stride, stride, kernel, kernel)


def pooled(image: Array, stride: int, kernel: int, pad: int, out: tuple[int, int]) -> tuple[Array, Array]:
    """Maxima and their positions, computed from the definition."""
    _, height, width, channels = image.shape
    most, positions = np.zeros((1, *out, channels), np.float32), np.zeros((1, *out, channels), np.float32)
    for y, x, c in np.ndindex(*out, channels):
        window = {
            ky * kernel + kx: image[0, y * stride - pad + ky, x * stride - pad + kx, c]
            for ky, kx in np.ndindex(kernel, kernel)
            if 0 <= y * stride - pad + ky < height and 0 <= x * stride - pad + kx < width
        }
        positions[0, y, x, c] = max(window, key=lambda position: window[position])
        most[0, y, x, c] = window[int(positions[0, y, x, c])]
    return most, positions


@pytest.mark.parametrize(
    ("size", "channels", "stride", "kernel", "padding", "pad", "out"),
    [
        ((8, 6), 8, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 5, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 3, 2, 3, SAME, 1, (4, 3)),
        ((7, 5), 4, 1, 3, VALID, 0, (5, 3)),
    ],
)
def test_maxima_and_their_positions(
    compare: Any,
    noise: Any,
    size: tuple[int, int],
    channels: int,
    stride: int,
    kernel: int,
    padding: int,
    pad: int,
    out: tuple[int, int],
) -> None:
    image = noise(1, *size, channels) - 5
    model = compare.build(
        "MaxPoolingWithArgmax2D",
        [image],
        outputs=[(1, 1, 1, 1)] * 2,
        custom_options=options(padding, stride, kernel),
    )
    for got, expected in zip(
        compare.gpu(model, [image]), pooled(image, stride, kernel, pad, out), strict=True
    ):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(("stride", "kernel"), [(2, 2), (3, 2), (3, 3), (1, 1)])
def test_values_return_to_their_positions(compare: Any, noise: Any, stride: int, kernel: int) -> None:
    values = noise(1, 4, 3, 6)
    positions = np.random.default_rng(1).integers(0, kernel**2, values.shape)
    expected = np.zeros((1, 4 * stride, 3 * stride, 6), np.float32)
    for y, x, c in np.ndindex(4, 3, 6):
        ky, kx = divmod(int(positions[0, y, x, c]), kernel)
        expected[0, y * stride + ky, x * stride + kx, c] = values[0, y, x, c]
    inputs = [values, positions.astype(np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=options(VALID, stride, kernel))
    (got,) = compare.gpu(model, inputs)
    np.testing.assert_array_equal(got, expected)


def test_overlapping_windows(compare: Any) -> None:
    """Windows of three, two apart: the middle column belongs to both, and the later window wins."""
    values = np.array([[[[1], [2]]]], np.float32)
    inputs = [values, np.array([[[[2], [0]]]], np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=options(VALID, 2, 3))
    (got,) = compare.gpu(model, inputs)
    assert got[0, :, :, 0].tolist() == [[0, 0, 2, 0], [0, 0, 0, 0]]


def test_invalid_options_are_reported(compare: Any, noise: Any) -> None:
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=b"1234")
    with pytest.raises(InferenceError, match="options are not five integers"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=options(3, 1, 1))
    with pytest.raises(InferenceError, match=r"options are \(3, 1, 1, 1, 1\)"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
